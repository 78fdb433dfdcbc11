"""Lines, bands and labels of learning curves."""

import re

import drawings
import pytest
from drawings import CURVES, HISTORY

from cnn_casebook import figures


def test_labels_of_lines_that_end_together_keep_apart():
    runs = {f"network {number}": [1.0, 0.5 + number / 1000] for number in range(7)}
    assert drawings.overlapping(figures.learning_curves(runs)) == []


def test_a_line_that_ends_early_has_its_label_there():
    picture = figures.learning_curves({"short": [3.0, 2.0], "long": [3.0, 2.5, 2.0, 1.0]})
    axes = picture.figure.axes[0]
    places = {text.get_text(): getattr(text, "xy", None) for text in axes.texts}
    assert places == {"short": (2, 2.0), "long": None}


def test_epochs_are_whole_numbers_from_one():
    picture = figures.learning_curves({"a": [3.0, 2.0, 1.0]})
    axes = picture.figure.axes[0]
    assert all(float(tick).is_integer() for tick in axes.get_xticks())
    assert list(axes.lines[0].get_xdata()) == [1, 2, 3]


def test_validation_is_dashed_in_the_colour_of_its_training_line():
    picture = figures.learning_curves({"frozen": HISTORY, "tuned": HISTORY})
    lines = picture.figure.axes[0].lines
    assert [line.is_dashed() for line in lines] == [False, True, False, True]
    assert lines[0].get_color() == lines[1].get_color() != lines[2].get_color()


def test_seeds_become_a_mean_and_a_band():
    picture = figures.learning_curves({"a": [[1.0, 3.0], [3.0, 5.0]]})
    axes = picture.figure.axes[0]
    assert list(axes.lines[0].get_ydata()) == [2.0, 4.0]
    low, high = axes.collections[0].get_datalim(axes.transData).intervaly
    assert (low, high) == (1.0, 5.0)


def test_lists_labelled_as_validation_pair_with_their_training():
    picture = figures.learning_curves({"a": [1.0, 0.5], "a, validation": [1.0, 0.7]})
    training, validation = picture.figure.axes[0].lines
    assert training.get_color() == validation.get_color()
    assert "dashed lines validation" in picture.alt


def test_alternative_text_quotes_no_measured_number():
    alt = figures.learning_curves(CURVES, title="Depth").alt
    assert alt.startswith("Depth. Line plot of loss against epoch, 1 to 3, for plain-20, residual")
    assert not re.search(r"\d\.\d", alt)


def test_positions_must_be_as_many_as_values():
    with pytest.raises(ValueError, match="found 1 positions and 2 values"):
        figures.learning_curves({"a": [1, 2]}, x=[1])
