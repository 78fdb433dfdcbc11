"""Text is measured as it is drawn, and broken so that it fits."""

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from cnn_casebook.figures.drawing.lettering import balance, font, phrases, text_size, wrap

TEXTS = ("conv 11×11, 96, /4", "avg pool, conv 1×1, 128, dense 1024, dense 1000, softmax", "x")


@pytest.mark.parametrize("bold", [False, True])
@pytest.mark.parametrize("text", TEXTS)
def test_text_is_as_wide_as_it_was_measured(text, bold):
    figure = Figure(figsize=(9, 1), dpi=300)
    drawn = figure.text(0, 0.5, text, **font(10, bold))
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    width = drawn.get_window_extent(canvas.get_renderer()).width / 300
    assert text_size(text, 10, bold)[0] == pytest.approx(width, rel=0.02)  # hinting


@pytest.mark.parametrize("breaks", [wrap, balance, phrases])
@pytest.mark.parametrize("text", TEXTS)
def test_lines_fit_and_lose_no_word(breaks, text):
    broken = breaks(text, 1.2)
    assert broken.split() == text.split()
    assert text_size(broken, 9.5)[0] <= 1.2 + 0.06  # wrap measures at 10 points


def test_balanced_lines_are_no_more_than_needed_and_about_equal():
    text = "conv 5×5, 256, 2 groups"
    broken = balance(text, 1.4)
    assert broken.count("\n") == wrap(text, 1.4, 9.5).count("\n") == 1
    first, second = (text_size(line, 9.5)[0] for line in broken.split("\n"))
    assert max(first, second) < text_size(text, 9.5)[0] * 0.7


def test_phrases_break_at_commas():
    assert phrases("avg pool, conv 1×1, dense 1024", 1.0).split("\n") == [
        "avg pool,",
        "conv 1×1,",
        "dense 1024",
    ]
