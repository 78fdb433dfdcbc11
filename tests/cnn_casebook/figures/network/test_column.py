"""One volume: larger sizes are drawn larger, and the words fit."""

import pytest

from cnn_casebook.figures.drawing.lettering import text_size
from cnn_casebook.figures.drawing.page import Page
from cnn_casebook.figures.network.column import SHOWN, Column
from cnn_casebook.figures.network.rows import Row


def column(shape, parameters=False, **settings):
    return Column(Row("", shape, "conv 3×3, 64", **settings), parameters)


def test_height_stands_for_height_and_thickness_for_channels():
    small, tall, deep = column((8, 8, 8)), column((16, 8, 8)), column((8, 8, 16))
    assert tall.height > small.height == deep.height
    assert deep.thick > small.thick == tall.thick


def test_a_vector_is_a_thin_bar():
    assert column((10,)).height < column((1000,)).height
    assert column((10,)).thick == column((1000,)).thick


@pytest.mark.parametrize(("count", "slabs"), [(1, 1), (2, 2), (9, SHOWN)])
def test_equal_layers_are_slabs_side_by_side(count, slabs):
    found = column((8, 8, 8), count=count)
    page = Page()
    found.draw(page, 0.0, 0.0, 0.0)
    assert len(page.axes.patches) == 3 * slabs  # front, top and side of each
    assert any(f"(×{count})" in text for text, *_ in found.texts) == (count > 1)


def test_the_column_is_as_wide_as_its_words():
    found = column((112, 112, 64), parameters=True)
    assert found.width >= max(text_size(*text[:3])[0] for text in found.texts)


def test_parameters_are_written_where_they_are_known():
    row = Row("C1", (28, 28, 6), "conv 5×5, 6", 1560)
    assert Column(row, parameters=True).texts[-1][0] == "1,560"
    assert len(Column(row, parameters=False).texts) == 2
