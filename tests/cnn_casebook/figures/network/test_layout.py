"""Levels, shortcuts and the order across the flow."""

import itertools

import drawings
import pytest
from drawings import build

from cnn_casebook.figures.network.boxes import fuse, read_boxes
from cnn_casebook.figures.network.layout import arrange


def arranged(block):
    boxes = fuse(read_boxes(build(block)))
    return boxes, arrange(boxes, [(0.5, 0.5)] * len(boxes), gap=0.2)


@pytest.mark.parametrize(
    ("block", "shortcuts"),
    [
        (drawings.identity, {(0, 4)}),
        (drawings.projection, set()),
        (drawings.inception, set()),
        (drawings.dense_block, {(0, 2), (2, 4), (4, 6)}),
    ],
)
def test_only_what_skips_layers_is_a_shortcut(block, shortcuts):
    assert arranged(block)[1].shortcuts == shortcuts


@pytest.mark.parametrize("block", drawings.BLOCKS, ids=lambda block: block.__name__)
def test_every_edge_runs_down_level_by_level(block):
    boxes, layout = arranged(block)
    level = [place.level for place in layout.places]
    for edge in layout.edges:
        assert [level[place] for place in edge] == list(range(level[edge[0]], level[edge[-1]] + 1))
    joined = {(edge[0], edge[-1]) for edge in layout.edges} | layout.shortcuts
    assert joined == {(parent, place) for place, box in enumerate(boxes) for parent in box.parents}


@pytest.mark.parametrize("block", drawings.BLOCKS, ids=lambda block: block.__name__)
def test_neighbours_keep_their_distance(block):
    _, layout = arranged(block)
    for line in layout.levels:
        for left, right in itertools.pairwise(line):
            a, b = layout.places[left], layout.places[right]
            assert b.across - a.across >= a.after + 0.2 + b.before - 0.011


def test_the_main_path_runs_straight():
    boxes, layout = arranged(drawings.projection)
    (merge,) = (place for place, box in enumerate(boxes) if box.text == "+")
    path = [merge]
    while path[-1] in layout.main or boxes[path[-1]].parents:
        path.append(layout.main.get(path[-1], boxes[path[-1]].parents[0]))
    assert len(path) == 5  # the addition, three convolutions, the input
    assert len({layout.places[place].across for place in path}) == 1
