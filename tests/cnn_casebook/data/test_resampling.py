"""Weights that enlarge and blur images."""

import keras
import numpy as np
import pytest

from cnn_casebook.data.resampling import bilinear, gaussian


def test_bilinear_is_the_linear_interpolation_between_pixels():
    values = np.random.default_rng(0).normal(size=9)
    positions = np.linspace(0, 8, 50)
    expected = np.interp(positions, np.arange(9), values)
    np.testing.assert_allclose(bilinear(positions, 9) @ values, expected)


def test_gaussian_blurs_as_a_convolution_does():
    values = np.zeros(41)
    values[20] = 1
    window = np.exp(-0.5 * (np.arange(-20, 21) / 2.5) ** 2)
    expected = window / window.sum()
    np.testing.assert_allclose(gaussian(41, np.array(2.5)) @ values, expected, atol=1e-6)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_an_even_image_stays_even_up_to_its_edges(dtype):
    sigmas = np.array([[0.01, 1.0], [3.0, 50.0]], dtype)
    weights = gaussian(8, sigmas)
    assert (weights.shape, weights.dtype) == ((2, 2, 8, 8), dtype)
    np.testing.assert_allclose(weights @ np.ones(8, dtype), 1, rtol=1e-6)


def test_enlarging_is_what_keras_does():
    image = np.random.default_rng(1).random((6, 6)).astype("float32")
    positions = np.clip((np.arange(24) + 0.5) / 4 - 0.5, 0, 5)
    weights = bilinear(positions, 6).astype("float32")
    resized = keras.ops.image.resize(image[..., None], (24, 24), interpolation="bilinear")
    np.testing.assert_allclose(weights @ image @ weights.T, resized[..., 0], atol=1e-5)
