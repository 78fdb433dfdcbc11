import numpy as np
import pytest

from cnn_casebook.checks import reading
from cnn_casebook.checks.parts import exact, reading_mistakes
from cnn_casebook.checks.parts.verdict import CheckFailed
from cnn_casebook.models import counting, networks


@pytest.mark.parametrize("found", [7, 7.0, np.int64(7), np.array(7)])
def test_equal_numbers_of_any_type(found):
    exact.require_exactly("a size", found, 7)


@pytest.mark.parametrize("found", [8, 7.5, None, "7", (7,), [7, [8]], float("nan")])
def test_other_values_fail(found):
    with pytest.raises(CheckFailed, match="a size: expected 7, found"):
        exact.require_exactly("a size", found, 7)


def test_large_numbers_are_compared_exactly():
    with pytest.raises(CheckFailed, match="Likely cause: one too many"):
        exact.require_exactly("n", 60_965_225, 60_965_224, [("one too many.", 60_965_225)])


def test_telling_cases_only():
    rng = np.random.default_rng(0)
    case = exact.telling(lambda: int(rng.integers(0, 5)), lambda n: [n, 2 * n, n * n])
    assert case in (3, 4)
    with pytest.raises(RuntimeError, match="widen"):
        exact.telling(lambda: 1, lambda n: [n, n])


@pytest.mark.parametrize("padding", ["valid", "same"])
def test_the_case_agrees_with_a_counted_convolution(padding):
    case = reading_mistakes.Case(9, 7, 6, 4, 3, 2, padding, groups=2)
    kernel = np.ones((3, 3, 3, 4))
    output, multiplications = counting.convolve(
        np.ones((9, 7, 6)), kernel, stride=2, padding=padding, groups=2
    )
    assert output.shape[:2] == case.out
    assert multiplications == case.multiplications
    assert case.parameters == kernel.size + 4


def test_the_reference_rows_give_the_facts():
    rows = reading.rows_of(networks.vgg16(), (224, 224, 3))
    assert sum(row[2] for row in rows) == reading.VGG16_PARAMETERS
    assert sum(row[3] for row in rows) == reading.VGG16_MULTIPLICATIONS
    convolutions = sum(row[3] for row in rows if row[0].startswith("conv"))
    assert round(convolutions / reading.VGG16_MULTIPLICATIONS, 3) == 0.992


def test_a_failure_can_be_repeated_by_its_seed():
    def wrong(layers):
        return 1

    with pytest.raises(CheckFailed) as first:
        reading.receptive_field_gradients(wrong, seed=5)
    with pytest.raises(CheckFailed) as second:
        reading.receptive_field_gradients(wrong, seed=5)
    assert str(first.value) == str(second.value)
