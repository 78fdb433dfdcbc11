"""Sizes and costs against counted convolutions, and that every mistake gives another number."""

import numpy as np
import pytest

from cnn_casebook.checks.parts.convolution_cost import (
    Convolution,
    draw_convolution,
    same_mistakes,
    size_after,
    valid_mistakes,
)
from cnn_casebook.models import counting


@pytest.mark.parametrize("stride", [1, 2, 3, 5])
@pytest.mark.parametrize("size", [1, 6, 7, 12])
def test_windows_on_a_line_are_those_that_a_loop_counts(size, stride):
    for kernel in range(1, size + 1):
        stops = range(0, size - kernel + 1, stride)
        assert size_after(size, kernel, stride, "valid") == len(stops)
    assert size_after(size, 3, stride, "same") == len(range(0, size, stride))


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("groups", [1, 2])
def test_the_numbers_agree_with_a_counted_convolution(padding, groups):
    case = Convolution(9, 7, 6, 4, 3, 2, padding, groups)
    kernel = np.ones((3, 3, 6 // groups, 4))
    output, multiplications = counting.convolve(
        np.ones((9, 7, 6)), kernel, stride=2, padding=padding, groups=groups
    )
    assert output.shape[:2] == case.out
    assert multiplications == case.multiplications
    assert case.parameters == kernel.size + 4


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize(("groups", "use_bias"), [(1, True), (1, False), (2, True), (4, False)])
@pytest.mark.parametrize("small", [True, False])
def test_in_a_drawn_convolution_no_two_mistakes_look_alike(padding, groups, use_bias, small):
    rng = np.random.default_rng(3)
    for _ in range(5):
        case = draw_convolution(rng, groups, use_bias, padding, small)
        assert (case.padding, case.groups, case.use_bias) == (padding, groups, use_bias)
        assert case.in_channels % groups == case.filters % groups == 0
        for right, mistakes in (
            (case.out, case.wrong_sizes()),
            (case.parameters, case.wrong_parameters()),
            (case.multiplications, case.wrong_multiplications()),
        ):
            found = [tuple(np.ravel(value)) for value in (right, *dict(mistakes).values())]
            assert len(set(found)) == len(found)
            assert len(dict(mistakes)) == len(mistakes)


@pytest.mark.parametrize("mistakes", [valid_mistakes, same_mistakes])
def test_each_mistake_in_a_size_has_its_own_words(mistakes):
    texts = [text for text, _ in mistakes(30, 5, 2)]
    assert len(set(texts)) == len(texts)


def test_the_same_random_numbers_give_the_same_convolution():
    first, second = (
        draw_convolution(np.random.default_rng(4), 2, True, "valid", small=True) for _ in range(2)
    )
    assert first == second


def test_the_text_is_a_call_that_gives_the_same_convolution():
    for case in (
        Convolution(9, 7, 6, 4, 3),
        Convolution(9, 7, 6, 4, 3, 2, "same", groups=2, use_bias=False),
    ):
        assert eval(case.call_text, {"conv_cost": Convolution}) == case
