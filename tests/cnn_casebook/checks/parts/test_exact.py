import numpy as np
import pytest

from cnn_casebook.checks.parts import exact
from cnn_casebook.checks.parts.verdict import CheckFailed


@pytest.mark.parametrize("found", [7, 7.0, np.int64(7), np.float32(7), np.array(7)])
def test_equal_numbers_of_any_type(found):
    exact.require_exactly("a size", found, 7)


@pytest.mark.parametrize("found", [8, 7.5, None, "7", (7,), [7, [8]], float("nan"), 7 + 0j])
def test_other_values_fail(found):
    with pytest.raises(CheckFailed, match="a size: expected 7, found"):
        exact.require_exactly("a size", found, 7)


@pytest.mark.parametrize("found", [(5, 4, 3), [5, 4, 3], np.array([5.0, 4.0, 3.0])])
def test_equal_shapes_of_any_type(found):
    exact.require_exactly("a shape", found, (5, 4, 3))


@pytest.mark.parametrize("found", [(5, 4), (4, 5, 3), 60, ((5, 4, 3),)])
def test_other_shapes_fail(found):
    with pytest.raises(CheckFailed, match=r"a shape: expected \(5, 4, 3\), found"):
        exact.require_exactly("a shape", found, (5, 4, 3))


def test_large_numbers_are_compared_exactly_and_written_with_commas():
    with pytest.raises(CheckFailed) as caught:
        exact.require_exactly("n", 60_965_225, 60_965_224, [("one too many.", 60_965_225)])
    message = "n: expected 60,965,224, found 60,965,225. Likely cause: one too many."
    assert str(caught.value) == message


def test_the_first_mistake_that_fits_is_named():
    mistakes = [("another number.", 2), ("the first.", 3), ("the second.", 3)]
    with pytest.raises(CheckFailed, match="Likely cause: the first"):
        exact.require_exactly("n", 3, 4, mistakes)
    with pytest.raises(CheckFailed) as caught:
        exact.require_exactly("n", 5, 4, mistakes)
    assert "Likely cause" not in str(caught.value)


def test_a_case_is_drawn_until_all_results_differ():
    rng = np.random.default_rng(0)
    for _ in range(10):
        case = exact.draw_distinct(lambda: int(rng.integers(0, 5)), lambda n: [n, 2 * n, n * n])
        assert case in (3, 4)


def test_results_of_several_numbers_are_compared_as_a_whole():
    assert exact.draw_distinct(lambda: 1, lambda n: [(n, 2), (2, n), [[n], [n]]]) == 1


def test_no_such_case_is_an_error_of_the_check():
    with pytest.raises(RuntimeError, match="Widen what is drawn"):
        exact.draw_distinct(lambda: 1, lambda n: [n, n])


def test_a_mistake_explains_other_cases_too():
    def mistakes(case):
        return [("one too many.", case + 1), ("doubled.", 2 * case)]

    def likely(ask):
        return [text for text, _ in exact.explaining(ask, mistakes, 1, 5, 7)]

    assert likely(lambda case: case + 1) == ["one too many."]
    assert likely(lambda case: 2 * case) == ["doubled."]
    assert likely(lambda case: 2 if case == 1 else case) == []
    assert likely(lambda case: 1 / (case - 5)) == []
