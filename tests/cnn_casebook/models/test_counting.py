import keras
import numpy as np
import pytest

from cnn_casebook.models import counting


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize(("size", "stride", "groups"), [(3, 1, 1), (3, 2, 2), (2, 3, 1), (4, 2, 3)])
def test_convolves_as_keras_does(padding, size, stride, groups):
    rng = np.random.default_rng(size)
    image = rng.normal(size=(8, 7, 6))
    kernel = rng.normal(size=(size, size, 6 // groups, 6))
    bias = rng.normal(size=6)
    output, multiplications = counting.convolve(image, kernel, bias, stride, padding, groups)
    parts = zip(
        np.split(image[np.newaxis], groups, axis=-1), np.split(kernel, groups, -1), strict=True
    )
    expected = np.concatenate(
        [keras.ops.conv(part, weights, stride, padding) for part, weights in parts], axis=-1
    )
    assert np.allclose(output, expected[0] + bias, atol=1e-5)
    assert multiplications == output.size * kernel[..., 0].size


def test_only_multiplications_count():
    tally = counting.Tally()
    a, b = tally.numbers([2.0, 5.0])
    assert (a + b).value == 7
    assert tally.multiplications == 0
    assert (a * b * a).value == 20
    assert tally.multiplications == 2
