"""Chains broken into lines: nothing lost, nothing too wide, lines about equal."""

import numpy as np
import pytest

from cnn_casebook.figures.network.lines import break_lines


@pytest.mark.parametrize("seed", range(20))
def test_lines_keep_the_order_fit_the_page_and_are_as_few_as_possible(seed):
    rng = np.random.default_rng(seed)
    widths = rng.uniform(0.3, 3, rng.integers(1, 30)).tolist()
    lines = break_lines(widths, room=9.0)
    assert [place for line in lines for place in line] == list(range(len(widths)))
    assert all(sum(widths[place] for place in line) <= 9.0 + 1e-6 for line in lines)
    fewest, used = 1, 0.0
    for width in widths:  # each line as full as it gets: no way needs fewer
        fewest, used = (fewest, used + width) if used + width <= 9.0 else (fewest + 1, width)
    assert len(lines) == fewest


def test_lines_are_balanced():
    assert break_lines([1.0] * 12, room=11.0) == [list(range(6)), list(range(6, 12))]


def test_what_is_wider_than_the_page_has_a_line_for_itself():
    assert break_lines([1.0, 12.0, 1.0], room=9.0) == [[0], [1], [2]]
