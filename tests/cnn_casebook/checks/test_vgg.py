"""Whether the steps of VGG-16 agree with Keras, and no mistake passes for them."""

import keras
import numpy as np
import pytest
from keras import layers

from cnn_casebook.checks import vgg
from cnn_casebook.checks.parts.exact import rounded_width
from cnn_casebook.checks.parts.steps import computed, run
from cnn_casebook.checks.parts.verdict import CheckFailed, equal
from cnn_casebook.checks.parts.weights import kernels, randomise
from cnn_casebook.models.graph import flatten

CONVOLUTIONS = tuple(count for count, _ in vgg.BLOCKS)


def narrow(input_shape=(64, 64, 3), classes=6, width=1 / 32):
    x = images = keras.Input(input_shape)
    for count, filters in vgg.BLOCKS:
        for _ in range(count):
            x = layers.Conv2D(rounded_width(filters, width), 3, padding="same", activation="relu")(
                x
            )
        x = layers.MaxPooling2D(2)(x)
    x = layers.Flatten()(x)
    for _ in range(2):
        x = layers.Dense(rounded_width(vgg.HIDDEN, width), activation="relu")(x)
    return keras.Model(images, layers.Dense(classes, activation="softmax")(x))


def test_the_kernels_make_up_the_parameters():
    shapes = vgg._expected((224, 224, 3), 1000, 1.0)
    assert sum(int(np.prod(shape)) + shape[-1] for shape in shapes) == vgg.PARAMETERS


def test_the_steps_are_keras_own_vgg16():
    model = keras.applications.VGG16(weights=None, include_top=False, input_shape=(32, 64, 3))
    graph, rng = flatten(model), np.random.default_rng(0)
    randomise(graph, rng)
    x = rng.normal(size=(1, 32, 64, 3)).astype("float32")
    values = run(vgg._steps(kernels(graph.nodes), CONVOLUTIONS), x)
    np.testing.assert_allclose(values, graph.run(x), rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("seed", range(3))
def test_no_mistake_is_the_network(seed):
    graph, rng = flatten(narrow()), np.random.default_rng(seed)
    randomise(graph, rng)
    x = rng.normal(0.2, 1, (3, 64, 64, 3)).astype("float32")
    found = graph.run(x)
    right = vgg._steps(kernels(graph.nodes), CONVOLUTIONS)
    assert equal(found, run(right, x))
    for text, wrong in vgg._mistakes(right, CONVOLUTIONS):
        if "an odd last row" not in text:  # the same for a side of 64
            assert not equal(found, computed(wrong, x)()), text


def test_global_pooling_is_named_by_the_layer_that_reads_it():
    def pooled(input_shape=(224, 224, 3), classes=1000, width=1.0):
        body = narrow(input_shape, classes, width)
        x = next(layer for layer in body.layers if isinstance(layer, layers.Flatten)).input
        x = layers.GlobalAveragePooling2D()(x)
        for units in (128, 128):
            x = layers.Dense(units, activation="relu")(x)
        return keras.Model(body.input, layers.Dense(classes, activation="softmax")(x))

    message = r"the output of vgg16: layer 14 cannot read what reaches it, 2 x 2 x 16\."
    with pytest.raises(CheckFailed, match=message):
        vgg.vgg16_order(pooled, seed=0)
