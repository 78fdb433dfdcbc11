"""Bars: lengths, values written in full, words."""

import re

import pytest
from drawings import texts

from cnn_casebook import figures


def written(picture):
    return [text.get_text() for text in texts(picture)]


def test_values_are_written_in_full_and_drawn_to_scale():
    picture = figures.bars({"LeNet-5": 61_706, "AlexNet": 123_412, "none": 0})
    assert {"61,706", "123,412", "0"} <= set(written(picture))
    first, second = picture.figure.axes[0].patches
    assert second.get_width() == 2 * first.get_width()


def test_a_logarithmic_axis_has_dots_and_no_bars():
    axes = figures.bars({"a": 10, "b": 1000, "none": 0}, log=True).figure.axes[0]
    assert [list(dot.get_xdata()) for dot in axes.lines] == [[10], [1000]]
    assert not axes.patches


def test_shares_are_of_each_series():
    picture = figures.bars({"weights": {"a": 1, "b": 3}, "sums": {"a": 1, "b": 1}}, percent=True)
    assert {"1 (25%)", "3 (75%)", "1 (50%)"} <= set(written(picture))
    assert {"weights", "sums"} <= {text.get_text() for text in picture.figure.legends[0].texts}


def test_alternative_text_quotes_whole_numbers_but_no_measured_ones():
    assert figures.bars({"a": 0.25, "b": 0.5}).alt == "Horizontal bars. a; b."
    alt = figures.bars({"a": 1000, "b": 2}, "Cost", log=True).alt
    assert alt == "Cost. Dots on a logarithmic axis. a: 1,000; b: 2."


@pytest.mark.parametrize(
    ("values", "error", "words"),
    [
        ({}, ValueError, "found none"),
        ([1, 2], TypeError, "found list"),
        ({"a": "b"}, TypeError, "found 'b'"),
        ({"a": -1}, ValueError, "upwards"),
        ({"a": float("nan")}, ValueError, "found nan"),
    ],
)
def test_wrong_input_is_explained(values, error, words):
    with pytest.raises(error, match=re.escape(words)) as caught:
        figures.bars(values)
    assert str(caught.value).startswith("Expected")
