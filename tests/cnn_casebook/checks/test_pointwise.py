"""The checks of 1x1 convolutions: what they accept, where budgets end, that cases are fair."""

import keras
import numpy as np
import pytest
from answer_functions import assert_same_failure_with_same_seed

from cnn_casebook.checks import pointwise
from cnn_casebook.checks.parts.verdict import CheckFailed


def einsum(images, kernel, bias):
    return np.einsum("bhwc,cf->bhwf", images, kernel[0, 0]) + bias


def collapse(w1, w2):
    return w1 @ w2


def bottleneck(input_shape, filters, budget):
    height, width, channels = input_shape
    return [(1, budget // (height * width * (channels + 25 * filters))), (5, filters)]


@pytest.mark.parametrize("seed", range(5))
def test_right_answers_pass(seed):
    pointwise.pointwise_sizes(einsum, seed=seed)
    pointwise.collapse_equal(collapse, seed=seed)
    pointwise.collapse_chain(collapse, seed=seed)
    pointwise.design_case(bottleneck, seed=seed)


@pytest.mark.parametrize("seed", range(30))
def test_every_budget_that_is_drawn_can_be_met(seed):
    """With a bottleneck, and with two 3x3 convolutions of the largest width that fits."""

    def two_windows(input_shape, filters, budget):
        height, width, channels = input_shape
        return [(3, budget // (height * width * 9 * (channels + filters))), (3, filters)]

    pointwise.design_any(bottleneck, seed=seed)
    pointwise.design_any(two_windows, seed=seed)


def test_an_answer_leaves_the_arrays_that_it_gets():
    def in_place(images, kernel, bias):
        images *= 0.5
        bias += 0
        return einsum(2 * images, kernel, bias)

    with pytest.raises(CheckFailed, match="in_place changed an array that it was given"):
        pointwise.pointwise_sizes(in_place)


def test_what_the_learner_keeps_is_not_changed():
    kept = []

    def remembers(w1, w2):
        kept.append((product := collapse(w1, w2), product.copy()))
        return product

    pointwise.collapse_equal(remembers)
    pointwise.collapse_chain(remembers)
    assert len(kept) == 3 + 6
    for array, copy in kept:
        np.testing.assert_array_equal(array, copy)


def test_a_transposed_kernel_is_named_where_both_axes_have_one_length():
    def transposed(images, kernel, bias):
        matrix = kernel[0, 0]
        return images @ (matrix.T if matrix.shape[0] == matrix.shape[1] else matrix) + bias

    with pytest.raises(CheckFailed, match="the kernel is transposed"):
        pointwise.pointwise_sizes(transposed)


@pytest.mark.parametrize("value", [np.ones(3), np.float32(2), keras.ops.ones((2, 3))])
def test_arrays_of_numpy_and_of_keras_are_read(value):
    assert isinstance(pointwise._array(value, "collapse"), np.ndarray)


@pytest.mark.parametrize("value", [None, [1.0, 2.0], 3.0, "array", keras.Input((3,))])
def test_other_values_are_no_arrays(value):
    with pytest.raises(CheckFailed, match="collapse should return an array, found"):
        pointwise._array(value, "collapse")


def test_sizes_differ_and_lie_in_their_range():
    rng = np.random.default_rng(0)
    for _ in range(20):
        sizes = pointwise._distinct_sizes(rng, 5, 2, 9)
        assert len(set(sizes)) == 5
        assert set(sizes) <= set(range(2, 9))


@pytest.mark.parametrize(
    "design",
    [
        [(1, 4), (5, 32)],
        ((1, 4), [5, 32]),
        [[1.0, 4.0], [5.0, 32.0]],
        np.array([[1, 4], [5, 32]]),
        [(np.int64(1), np.float32(4)), (5, 32)],
    ],
    ids=repr,
)
def test_designs_are_read_in_every_form(design):
    assert pointwise._pairs(design) == [(1, 4), (5, 32)]


@pytest.mark.parametrize(
    ("design", "message"),
    [
        (None, "a list of pairs"),
        ([], "a list of pairs"),
        ("5, 32", "a list of pairs"),
        ([5, 32], "5 in the design is not a pair"),
        ([(5,)], "is not a pair of whole numbers"),
        ([(5, 32, 1)], "is not a pair of whole numbers"),
        ([(5, 0)], "each at least 1"),
        ([(-1, 3)], "each at least 1"),
        ([(5, 32.5)], "Round a width down"),
        ([(5, float("nan"))], "is not a pair of whole numbers"),
        ([("5", 32)], "is not a pair of whole numbers"),
        ([(4, 32)], "has an even window"),
    ],
    ids=repr,
)
def test_other_designs_are_refused(design, message):
    with pytest.raises(CheckFailed, match=message) as caught:
        pointwise._pairs(design)
    assert ("Round" in str(caught.value)) == ("Round" in message)


COST = 2 * 3 * 25 * 4 * 5  # height, width, window, channels, filters


@pytest.mark.parametrize("budget", [COST, COST + 1, 2 * COST])
def test_from_half_of_the_budget_to_all_of_it(budget):
    pointwise._require_design(lambda *_: [(5, 5)], (2, 3, 4), 5, budget)


@pytest.mark.parametrize(
    ("design", "budget", "message"),
    [
        ([(5, 5)], COST - 1, "takes 3,000 = 3,000 multiplications, 1 over. "),
        ([(5, 5)], 2 * COST + 1, "less than half of the budget"),
        ([(1, 1), (5, 5)], 750, "24 + 750 = 774 multiplications, 24 over. Without the first layer"),
        ([(3, 5)], COST, "sees 3 x 3 pixels; expected 5 x 5"),
        ([(5, 5), (1, 4)], COST, "ends with 4 channels; expected 5"),
    ],
)
def test_designs_that_miss_something_are_named(design, budget, message):
    with pytest.raises(CheckFailed) as caught:
        pointwise._require_design(lambda *_: design, (2, 3, 4), 5, budget)
    assert message in str(caught.value)


def test_the_same_seed_gives_the_same_failure():
    assert_same_failure_with_same_seed(
        pointwise.pointwise_sizes, lambda x, kernel, bias: 2 * einsum(x, kernel, bias)
    )
