"""Arrows of a diagram: which of them are shortcuts, and in which colour."""

import drawings
import pytest
from drawings import build, marks
from matplotlib.colors import to_hex

from cnn_casebook import figures
from cnn_casebook.figures.drawing import palette


def test_only_what_skips_layers_is_drawn_as_a_shortcut():
    def shortcuts(block):
        return marks(figures.blocks(build(block)), "shortcut")

    assert shortcuts(drawings.identity) == ["shortcut:0-4"]
    assert shortcuts(drawings.projection) == shortcuts(drawings.inception) == []
    assert len(shortcuts(drawings.skips_in_skips)) == 3


@pytest.mark.parametrize(
    ("block", "side"),
    [
        (drawings.projection, {"edge:0-1", "edge:1-5"}),
        (drawings.padded_shortcut, {"edge:0-2", "edge:2-3", "edge:3-4"}),
        (drawings.inception, set()),
    ],
)
def test_a_shortcut_with_layers_in_it_has_the_colour_of_shortcuts(block, side):
    picture = figures.blocks(build(block))
    edges = picture.figure.findobj(lambda artist: (artist.get_gid() or "").startswith("edge:"))
    coloured = {e.get_gid() for e in edges if to_hex(e.get_edgecolor()) == palette.SHORTCUT}
    assert coloured == side


def test_every_output_that_nothing_reads_has_an_arrow():
    assert len(marks(figures.blocks(build(drawings.identity)), "out")) == 1
    assert len(marks(figures.blocks(build(drawings.auxiliary)), "out")) == 2


@pytest.mark.parametrize("direction", ["down", "right"])
def test_the_shape_stands_beside_every_box(direction):
    picture = figures.blocks(build(drawings.identity), direction=direction)
    words = [text.get_text() for text in drawings.texts(picture)]
    assert sum(word.startswith("16×16×") for word in words) == 6 + (direction == "down")
    assert any(word.startswith("shortcut") for word in words)
