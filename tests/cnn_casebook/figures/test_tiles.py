"""Rows of tiles: contrast, order, words, and what is refused."""

import numpy as np
import pytest

from cnn_casebook import figures


def test_each_tile_has_its_own_contrast():
    picture = figures.tiles({"maps": [[[0, 1], [2, 4]], [[0, 0.1], [0.1, 0.1]], [[3, 3], [3, 3]]]})
    shown = [axes.images[0].get_array().tolist() for axes in picture.figure.axes]
    assert shown == [[[0, 0.25], [0.5, 1]], [[0, 1], [1, 1]], [[0.5, 0.5], [0.5, 0.5]]]


def test_a_long_row_goes_on_in_the_next_line_and_is_named_once():
    picture = figures.tiles({"image": np.zeros((1, 8, 8)), "maps": np.zeros((16, 4, 4))}, "Title")
    places = [axes.get_position() for axes in picture.figure.axes]
    assert len(places) == 17
    assert len({round(place.y0, 6) for place in places}) == 3
    assert [text.get_text() for text in picture.figure.texts] == ["image", "maps", "", "Title"]
    assert picture.alt == "Title. image: 1 tile, 8×8; maps: 16 tiles, 4×4."


@pytest.mark.parametrize(
    ("rows", "words"),
    [({}, "found none"), ({"maps": np.zeros((5, 5))}, "np.moveaxis"), ({"maps": []}, "'maps'")],
)
def test_wrong_input_is_explained(rows, words):
    with pytest.raises(ValueError, match=words):
        figures.tiles(rows)
