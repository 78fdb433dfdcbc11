import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from cnn_casebook.checks import alexnet
from cnn_casebook.checks.parts import alexnet_formula, lrn_formula
from cnn_casebook.checks.parts.verdict import CheckFailed
from cnn_casebook.models.networks import scaled


@pytest.mark.parametrize(("radius", "channels"), [(0, 3), (1, 5), (2, 9), (6, 4)])
def test_normalisation_agrees_with_tensorflow(radius, channels):
    x = np.random.default_rng(radius).normal(0, 50, (2, 3, 4, channels)).astype("float32")
    found = lrn_formula.lrn(x, radius, k=1.5, alpha=3e-4, beta=0.6)
    expected = tf.nn.local_response_normalization(x, radius, bias=1.5, alpha=3e-4, beta=0.6)
    assert np.allclose(found, expected, rtol=1e-5)


def test_every_mistake_in_the_normalisation_differs_from_the_formula():
    x = np.random.default_rng(0).normal(0, 90, (2, 4, 5, 11)).astype("float32")
    settings = {"k": 1.5, "alpha": 4e-4, "beta": 0.6}
    right = np.asarray(lrn_formula.lrn(x, **settings))
    results = [(t, np.asarray(wrong())) for t, wrong in lrn_formula.lrn_mistakes(x, **settings)]
    for i, (text, result) in enumerate(results):
        assert not np.allclose(result, right, rtol=1e-2)
        for other_text, other in results[:i]:
            assert text == other_text or not np.allclose(result, other, rtol=1e-3)


def test_the_counts_add_up():
    for groups, counts in alexnet.PARAMETERS.items():
        assert sum(counts) == alexnet.TOTALS[groups]


def test_what_enters_fc6():
    assert alexnet_formula.entering_fc6((67, 99, 3), 32) == 2 * 32


def layers_for(channels, rng):
    shapes = [(11, 11, 3, 8), (5, 5, 4, 8), (3, 3, 8, 8), (3, 3, 4, 8), (3, 3, 4, channels)]
    shapes += [(channels, 12), (12, 12), (12, 5)]
    return [
        alexnet_formula.Layer(
            name, [], rng.normal(0, 0.2, shape).astype("float32"), np.zeros(shape[-1], "float32")
        )
        for name, shape in zip(alexnet_formula.NAMES, shapes, strict=True)
    ]


def test_shapes_that_do_not_fit_give_nothing():
    rng = np.random.default_rng(0)
    images = rng.normal(0, 50, (2, 67, 67, 3)).astype("float32")
    layers = layers_for(8, rng)
    assert alexnet_formula.forward(images, layers).shape == (2, 5)
    assert alexnet_formula.forward(images, layers, pooled=(0, 1)) is None
    assert alexnet_formula.forward(images, layers, pooled=(0, 1, 2, 3, 4)) is None
    assert alexnet_formula.forward(images, layers, paddings=("valid",) * 5) is None


def test_a_normalisation_that_lets_nothing_through_makes_no_network_right():
    """What the learner's own normalisation does counts only if an image gets through it."""

    def dead(input_shape, classes, groups, width):
        first, second, third, last, hidden = (scaled(n, width) for n in (96, 256, 384, 256, 4096))
        x = inputs = keras.Input(input_shape)
        x = layers.Conv2D(first, 11, strides=4, activation="sigmoid")(x)
        x = layers.AveragePooling2D(3, 2)(0.0 * x)
        x = layers.Conv2D(second, 5, padding="same", groups=groups, activation="tanh")(x)
        x = layers.AveragePooling2D(3, 2)(0.0 * x)
        x = layers.Conv2D(third, 3, padding="same", activation="relu")(x)
        x = layers.Conv2D(third, 3, padding="same", groups=groups, activation="relu")(x)
        x = layers.Conv2D(last, 3, padding="same", groups=groups, activation="relu")(x)
        x = layers.Flatten()(layers.MaxPooling2D(3, 2)(x))
        for _ in range(2):
            x = layers.Dropout(0.5)(layers.Dense(hidden, activation="relu")(x))
        return keras.Model(inputs, layers.Dense(classes, activation="softmax")(x))

    with pytest.raises(CheckFailed):
        alexnet.alexnet_order(dead, lambda x: 0.0 * x)
