"""Grouped convolutions run as plain ones compute the same, and leave the rest alone."""

import keras
import numpy as np
import pytest
from keras import layers

from cnn_casebook.models.graph import flatten
from cnn_casebook.models.grouped import SplitConvolution, split_groups


@pytest.mark.parametrize(
    "settings",
    [
        {"groups": 2, "padding": "same", "activation": "relu"},
        {"groups": 4, "strides": 2, "use_bias": False},
        {"groups": 1, "dilation_rate": 2},
    ],
)
def test_split_groups_compute_the_same(settings):
    x = keras.Input((9, 8, 8))
    model = keras.Model(x, layers.Conv2D(8, 3, bias_initializer="normal", **settings)(x))
    images = np.random.default_rng(1).normal(size=(2, 9, 8, 8)).astype("float32")
    graph = flatten(model)
    assert np.allclose(split_groups(graph).run(images), model.predict(images, verbose=0), atol=1e-5)


def test_only_grouped_convolutions_are_split():
    x = keras.Input((6, 6, 4))
    y = layers.ReLU()(layers.Conv2D(4, 3)(layers.Conv2D(4, 3, groups=2)(x)))
    graph = flatten(keras.Model(x, y))
    split = split_groups(graph)
    assert isinstance(split.nodes[0].operation, SplitConvolution)
    assert split.nodes[0].name == graph.nodes[0].name
    assert split.nodes[1:] == graph.nodes[1:]
