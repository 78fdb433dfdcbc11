"""Places for the boxes of a block diagram: levels along the flow, positions across it.

The method is the usual one for layered graphs (levels by longest path, placeholders on long edges,
an order with few crossings), with two wishes of its own: the main path of a residual block runs
straight, and identity shortcuts take no place because they bend around it.
"""

import dataclasses

from cnn_casebook.figures.network import positions


@dataclasses.dataclass
class Place:
    """A box or a placeholder on a long edge.

    Attributes:
        box: Number of the box, or None for a placeholder.
        level: 0 for inputs, then one more than the furthest of what it reads.
        before: Inches that it needs on the near side across the flow.
        after: Inches that it needs on the far side across the flow.
        across: Where its centre lies across the flow, in inches.
    """

    box: int | None
    level: int
    before: float = 0.06
    after: float = 0.06
    across: float = 0.0


@dataclasses.dataclass
class Layout:
    """All places, the edges between them, and the shortcuts outside them.

    Attributes:
        places: `Place` objects; those of the boxes first, in the order of the boxes.
        edges: For each drawn edge the numbers of its places, from source to target.
        shortcuts: Pairs of boxes (source, merge) that an identity shortcut joins.
        levels: For each level the numbers of its places, in order across the flow.
        main: For each merge that is not a concatenation, the parent on the main path.
    """

    places: list
    edges: list
    shortcuts: set
    levels: list
    main: dict


def arrange(boxes, room, gap):
    """Place the boxes of a network.

    Args:
        boxes: `Box` objects, each after what it reads.
        room: For each box the inches (before, after) it needs across the flow.
        gap: Inches between neighbours across the flow.

    Returns:
        Layout: Places with levels and positions.

    Example:
        >>> import keras
        >>> from cnn_casebook.figures.network.boxes import read_boxes
        >>> x = keras.Input((8, 8, 4))
        >>> y = keras.layers.Conv2D(4, 3, padding="same")(x)
        >>> boxes = read_boxes(keras.Model(x, keras.layers.Add()([x, y])))
        >>> layout = arrange(boxes, [(0.5, 0.5)] * 3, gap=0.3)
        >>> [place.level for place in layout.places], layout.shortcuts
        ([0, 1, 2], {(0, 2)})
    """
    shortcuts = _shortcuts(boxes)
    parents = [
        list(dict.fromkeys(p for p in box.parents if (p, place) not in shortcuts))
        for place, box in enumerate(boxes)
    ]
    level, weighted = [], []
    for box in boxes:
        level.append(1 + max((level[p] for p in box.parents), default=-1))
        learns = box.kind in ("conv", "dense")
        weighted.append(learns + max((weighted[p] for p in box.parents), default=0))
    main = {
        place: max(found, key=lambda p: (weighted[p], level[p]))
        for place, found in enumerate(parents)
        if found and boxes[place].kind == "merge" and boxes[place].text != "concat"
    }
    places = [Place(place, level[place], *room[place]) for place in range(len(boxes))]
    edges = []
    for target in _visiting_order(boxes, parents, main):
        for source in parents[target]:
            chain = [source]
            for between in range(level[source] + 1, level[target]):
                places.append(Place(None, between))
                chain.append(len(places) - 1)
            edges.append([*chain, target])
    layout = Layout(places, edges, shortcuts, [], main)
    layout.levels = _levels(layout, _visiting_order(boxes, parents, main))
    positions.position(layout.places, edges, layout.levels, main, gap)
    return layout


def _shortcuts(boxes):
    """Return the edges into merges that leave out what another parent has computed."""
    ancestors = []
    for box in boxes:
        ancestors.append(set(box.parents).union(*(ancestors[p] for p in box.parents)))
    return {
        (parent, place)
        for place, box in enumerate(boxes)
        for parent in box.parents
        if box.kind == "merge" and any(parent in ancestors[other] for other in box.parents)
    }


def _visiting_order(boxes, parents, main):
    """Return boxes in depth-first order, main paths before side branches."""
    order, done = [], set()
    read = {p for box in boxes for p in box.parents}
    stack = [(place, False) for place in reversed(range(len(boxes))) if place not in read]
    while stack:
        place, ready = stack.pop()
        if ready:
            order.append(place)
        elif place not in done:
            done.add(place)
            stack.append((place, True))
            first = sorted(parents[place], key=lambda p: p != main.get(place, p))
            stack += [(parent, False) for parent in reversed(first)]
    return order


def _levels(layout, order):
    """Return the places of each level, in an order with few crossings."""
    rank = {place: number for number, place in enumerate(order)}
    for edge in layout.edges:  # a placeholder takes the rank of the edge's source
        for number, place in enumerate(edge[1:-1], start=1):
            rank[place] = rank[edge[0]] + number / 100
    depth = 1 + max(place.level for place in layout.places)
    levels = [[] for _ in range(depth)]
    for number in sorted(rank, key=rank.get):
        levels[layout.places[number].level].append(number)
    up, down = {}, {}
    for source, target in positions.links(layout.edges):
        up.setdefault(target, []).append(source)
        down.setdefault(source, []).append(target)
    best = (_crossings(levels, down), [list(line) for line in levels])
    for sweep in range(8):
        near = (up, down)[sweep % 2]
        for line in levels if sweep % 2 == 0 else reversed(levels):
            at = {place: number for other in levels for number, place in enumerate(other)}
            centre = {p: _mean([at[q] for q in near.get(p, [p])]) for p in line}
            line.sort(key=centre.get)
        crossings = _crossings(levels, down)
        if crossings < best[0]:
            best = (crossings, [list(line) for line in levels])
    return best[1]


def _crossings(levels, down):
    """Count the pairs of links that cross."""
    total = 0
    at = {place: number for line in levels for number, place in enumerate(line)}
    for line in levels:
        ends = [(at[p], at[q]) for p in line for q in down.get(p, [])]
        total += sum(a[0] < b[0] and a[1] > b[1] for a in ends for b in ends)
    return total


def _mean(values):
    """Return the mean of a list."""
    return sum(values) / len(values)
