"""Whether heads of every right form pass, and what is said of others."""

import keras
import numpy as np
import pytest
from keras import layers, ops

from cnn_casebook.checks.parts.head import require_classes, require_head
from cnn_casebook.checks.parts.verdict import CheckFailed
from cnn_casebook.models.graph import flatten


def head(pool, units=5, activation="softmax", end=None):
    x = keras.Input((4, 3, 6))
    y = layers.Dense(units, activation=activation)(pool(x))
    return flatten(keras.Model(x, end(y) if end else y))


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.mark.parametrize(
    "graph",
    [
        head(layers.GlobalAveragePooling2D()),
        head(lambda x: ops.mean(x, axis=(1, 2))),
        head(lambda x: layers.Flatten()(layers.AveragePooling2D((4, 3))(x))),
        head(layers.GlobalAveragePooling2D(), activation=None, end=layers.Softmax()),
    ],
)
def test_right_heads_pass(graph, rng):
    require_classes(graph, 5)
    require_head(graph, rng)


@pytest.mark.parametrize(
    ("graph", "message"),
    [
        (head(layers.GlobalMaxPooling2D()), "the maximum over height and width is taken"),
        (head(lambda x: ops.sum(x, axis=(1, 2))), "the sum over height and width is taken"),
        (head(layers.GlobalAveragePooling2D(), activation=None), "the outputs are logits"),
        (head(layers.GlobalAveragePooling2D(), activation="sigmoid"), "judges each class alone"),
        (head(layers.GlobalAveragePooling2D(), activation="relu"), "last activation is ReLU"),
        (head(layers.GlobalAveragePooling2D(), end=ops.softmax), "softmax is applied twice"),
        (head(layers.Flatten()), "reads 72 numbers; expected 6.*Pool over height and width first"),
        (head(layers.GlobalAveragePooling2D(), end=layers.Dense(5)), "2 layers with weights"),
    ],
)
def test_other_heads_are_named(graph, message, rng):
    with pytest.raises(CheckFailed, match=message):
        require_head(graph, rng)


def test_classes_of_each_pixel_are_no_classes():
    x = keras.Input((4, 3, 6))
    with pytest.raises(CheckFailed, match=r"expected \(5,\).*Pool over height and width before"):
        require_classes(flatten(keras.Model(x, layers.Dense(5)(x))), 5)
