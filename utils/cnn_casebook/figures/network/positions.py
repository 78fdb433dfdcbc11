"""Positions across the flow of a block diagram, with main paths as straight lines."""

import itertools


def position(places, edges, levels, main, gap):
    """Set `across` of every place.

    Args:
        places: `layout.Place` objects; changed in place.
        edges: For each edge the numbers of its places, from source to target.
        levels: For each level the numbers of its places, in order across the flow.
        main: For each merge that is not a concatenation, the parent on the main path.
        gap: Inches between neighbours on one level.

    Example:
        >>> from cnn_casebook.figures.network.layout import Place
        >>> # Two heads: the first runs straight on.
        >>> places = [Place(0, 0, 0.5, 0.5), Place(1, 1, 0.5, 0.5), Place(2, 1, 0.5, 0.5)]
        >>> position(places, [[0, 1], [0, 2]], [[0], [1, 2]], {}, gap=0.2)
        >>> [place.across for place in places]
        [-0.6, -0.6, 0.6]
    """
    columns = _columns(places, edges, main)
    if not _solve(places, edges, levels, columns, gap):
        _solve(places, edges, levels, list(range(len(places))), gap)


def links(edges):
    """Return pairs of places on neighbouring levels that an edge joins.

    Example:
        >>> links([[0, 4, 2]])
        [(0, 4), (4, 2)]
    """
    return [pair for edge in edges for pair in itertools.pairwise(edge)]


def _columns(places, edges, main):
    """Return for each place the number of the straight column that it belongs to."""
    pairs = links(edges)
    children, parents = {}, {}
    for source, target in pairs:
        children.setdefault(source, []).append(target)
        parents.setdefault(target, []).append(source)
    straight = {}  # target: source
    for source, target in pairs:
        if len(children[source]) == len(parents[target]) == 1:
            straight[target] = source
    ends = {edge[-1]: {} for edge in edges}
    for edge in edges:
        ends[edge[-1]][edge[0]] = edge[-2]
    for merge, parent in main.items():
        last = ends.get(merge, {}).get(parent)
        if last is None or last in straight.values():
            continue
        straight[merge] = last
        top = last
        while len(parents.get(top, [])) == 1:
            above = parents[top][0]
            if straight.get(top) != above:
                if above in straight.values():
                    break
                straight[top] = above
            top = above
    for merge, above in parents.items():  # branches side by side: centred below their fork
        forks = {_fork(place, parents, children) for place in above}
        if len(above) > 1 and merge not in straight and len(forks) == 1 and None not in forks:
            straight[merge] = forks.pop()
    for source, below in children.items():  # a fork whose branches never meet: the longest one
        if len(below) > 1 and source not in straight.values() and not _meet(below, children):
            target = max(below, key=lambda place: _height(place, children))
            if len(parents[target]) == 1:
                straight[target] = source
    column = list(range(len(places)))
    for target in sorted(straight, key=lambda place: places[place].level):
        column[target] = column[straight[target]]
    return column


def _fork(place, parents, children):
    """Return the fork at which the branch that ends in a place begins, or None."""
    while len(parents.get(place, [])) == 1:
        above = parents[place][0]
        if len(children[above]) > 1:
            return above
        place = above
    return None


def _below(place, children):
    """Return a place and all that depend on it."""
    found, stack = set(), [place]
    while stack:
        here = stack.pop()
        if here not in found:
            found.add(here)
            stack += children.get(here, [])
    return found


def _meet(branches, children):
    """Return whether all branches lead to one place."""
    return bool(set.intersection(*(_below(place, children) for place in branches)))


def _height(place, children):
    """Return how many levels follow a place."""
    level, reach = {place}, 0
    while True:
        level = {q for p in level for q in children.get(p, [])}
        if not level:
            return reach
        reach += 1


def _solve(places, edges, levels, columns, gap):
    """Place columns so that edges are short and neighbours keep their distance.

    Minimises the squared offsets along edges under the distances, by Hildreth's method.
    Returns whether all distances are kept.
    """
    import numpy as np

    names = sorted(set(columns))
    number = {name: place for place, name in enumerate(names)}
    column = [number[name] for name in columns]
    pull = np.eye(len(names)) * 1e-4
    for source, target in links(edges):
        a, b = column[source], column[target]
        if a != b:
            pull[a, a] += 1
            pull[b, b] += 1
            pull[a, b] -= 1
            pull[b, a] -= 1
    apart = {}
    for line in levels:
        for left, right in itertools.pairwise(line):
            distance = places[left].after + gap + places[right].before
            pair = (column[left], column[right])
            apart[pair] = max(apart.get(pair, 0.0), distance)
    inverse = np.linalg.inv(pull)
    x = np.zeros(len(names))
    force = dict.fromkeys(apart, 0.0)
    for _ in range(2000):
        moved = 0.0
        for (a, b), distance in apart.items():
            push = inverse[b] - inverse[a]
            change = (distance - (x[b] - x[a])) / (push[b] - push[a])
            change = max(change, -force[a, b])
            force[a, b] += change
            x += push * change
            moved = max(moved, abs(change) * abs(push).max())
        if moved < 1e-5:
            break
    for place, where in zip(places, column, strict=True):
        place.across = round(float(x[where]), 3)
    return all(x[b] - x[a] >= distance - 0.01 for (a, b), distance in apart.items())
