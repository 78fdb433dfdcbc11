"""Whether the normalisation is TensorFlow's, and its mistakes are told apart."""

import numpy as np
import pytest
import tensorflow as tf

from cnn_casebook.checks.parts.local_response_norm import lrn, lrn_mistakes, lrn_steps
from cnn_casebook.checks.parts.steps import require_steps, run
from cnn_casebook.checks.parts.verdict import CheckFailed, equal


@pytest.mark.parametrize(("radius", "channels"), [(0, 3), (1, 5), (2, 9), (6, 4)])
def test_the_normalisation_agrees_with_tensorflow(radius, channels):
    x = np.random.default_rng(radius).normal(0, 50, (2, 3, 4, channels)).astype("float32")
    found = lrn(x, depth_radius=radius, k=1.5, alpha=3e-4, beta=0.6)
    expected = tf.nn.local_response_normalization(x, radius, bias=1.5, alpha=3e-4, beta=0.6)
    assert np.allclose(found, expected, rtol=1e-5)


def test_every_mistake_differs_from_the_right_steps_and_from_the_others():
    x = np.random.default_rng(0).normal(0, 90, (2, 4, 5, 11)).astype("float32")
    settings = {"k": 1.5, "alpha": 4e-4, "beta": 0.6}
    right = lrn(x, **settings)
    results = [(text, run(edit, x)) for text, edit in lrn_mistakes(**settings)]
    for number, (text, result) in enumerate(results):
        assert not np.allclose(result, right, rtol=1e-2), text
        for other_text, other in results[:number]:
            assert text == other_text or not np.allclose(result, other, rtol=1e-3), text


def test_a_window_that_runs_around_the_ends_is_named():
    x = np.random.default_rng(1).normal(0, 90, (2, 3, 4, 9)).astype("float32")
    total = sum(np.roll(x**2, offset, axis=-1) for offset in range(-3, 4))
    found = x / (2 + 1e-4 * total) ** 0.75
    with pytest.raises(CheckFailed, match="goes around from the last channel to the first"):
        require_steps("it", found, x, lrn_steps(3), mistakes=lambda right: lrn_mistakes(3))


def test_a_radius_of_zero_has_no_neighbours():
    x = np.random.default_rng(2).normal(0, 90, (2, 3, 4, 5)).astype("float32")
    assert equal(lrn(x, depth_radius=0), x / (2 + 1e-4 * x**2) ** 0.75)
    without_itself = dict(lrn_mistakes(0))["the channel itself is left out of its window."]
    assert equal(run(without_itself, x), x / 2**0.75)
