"""A page grows with what is put on it, and is measured in inches."""

import pytest

from cnn_casebook.figures.drawing.lettering import text_size
from cnn_casebook.figures.drawing.page import Page


def test_the_page_ends_where_its_content_ends():
    page = Page()
    page.box(2.0, 1.0, 4.0, 1.0, "white")
    page.circle(0.0, 0.0, 1.0, "white")
    page.line([(0.0, 3.0), (1.0, 3.0)])
    figure = page.finish(margin=0.1)
    assert figure.get_size_inches() == pytest.approx([4.5 + 0.2, 3.5 + 0.2])


@pytest.mark.parametrize(
    ("ha", "va", "left", "bottom"),
    [("left", "top", 0, -1), ("center", "center", -0.5, -0.5), ("right", "bottom", -1, 0)],
)
def test_text_is_put_by_the_point_that_was_asked_for(ha, va, left, bottom):
    page = Page()
    page.text(0.0, 0.0, "two\nlines", ha=ha, va=va)
    width, height = text_size("two\nlines")
    expected = [left * width, bottom * height, (left + 1) * width, (bottom + 1) * height]
    assert page.bounds == pytest.approx(expected)


def test_an_arrow_ends_in_a_head_at_its_last_point():
    page = Page()
    page.arrow([(0, 0), (1, 0), (1, -1)], gid="edge:0-1")
    line, head = page.axes.patches
    assert line.get_gid() == "edge:0-1"
    assert head.get_xy()[0].tolist() == [1, -1]


def test_a_title_stands_above_everything():
    page = Page()
    page.box(0, 0, 1, 1, "white")
    page.finish(title="A title")
    assert page.axes.texts[-1].get_position()[1] > 0.5
