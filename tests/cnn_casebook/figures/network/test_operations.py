"""Words for operations: what is unusual about one is said, what is usual is not."""

import keras
import pytest
from keras import layers, ops

from cnn_casebook.figures.network.operations import activation_name, describe, times


@pytest.mark.parametrize(
    ("layer", "expected"),
    [
        (layers.Conv2D(64, 3), ("conv", "conv 3×3, 64", "")),
        (layers.Conv2D(64, (1, 7), strides=2), ("conv", "conv 1×7, 64, /2", "")),
        (layers.Conv2D(64, 3, strides=(2, 1)), ("conv", "conv 3×3, 64, /2×1", "")),
        (
            layers.Conv2D(8, 3, groups=2, activation="relu"),
            ("conv", "conv 3×3, 8, 2 groups", "ReLU"),
        ),
        (layers.Conv2D(8, 3, dilation_rate=2), ("conv", "conv 3×3, 8, dilated 2", "")),
        (layers.DepthwiseConv2D(3), ("conv", "depthwise conv 3×3", "")),
        (layers.Dense(10, activation="softmax"), ("dense", "dense 10", "softmax")),
        (layers.MaxPooling2D(3, 2), ("pool", "max pool 3×3, /2", "")),
        (layers.GlobalAveragePooling2D(), ("pool", "global avg pool", "")),
        (layers.BatchNormalization(), ("norm", "BN", "")),
        (layers.Activation("relu"), ("activation", "ReLU", "")),
        (layers.Activation("linear"), ("activation", "linear", "")),
        (layers.Add(), ("merge", "+", "")),
        (layers.Dropout(0.5), ("other", "dropout 0.5", "")),
        (layers.ZeroPadding2D(3), ("other", "zero pad 3", "")),
        (layers.ZeroPadding2D(((1, 2), (0, 0))), ("other", "zero pad", "")),
        (layers.UpSampling2D(2), ("other", "upsample ×2×2", "")),
        (layers.Flatten(), ("other", "flatten", "")),
    ],
    ids=lambda value: value[1] if isinstance(value, tuple) else "",
)
def test_layers(layer, expected):
    assert describe(layer) == expected


def test_functions_have_the_words_of_their_layers():
    x = keras.Input((8, 8, 4))
    made = {
        "ReLU": ops.relu(x),
        "max pool 2×2, /2": ops.max_pool(x, 2),
        "+": x + x,
        "concat": ops.concatenate([x, x]),
    }
    assert [describe(y._keras_history.operation)[1] for y in made.values()] == list(made)


def test_an_unknown_activation_keeps_its_name():
    def squash(x):
        return x

    assert activation_name(squash) == "squash"
    assert activation_name(layers.LeakyReLU()) == "leaky ReLU"


def test_sizes_that_are_not_fixed_are_question_marks():
    assert times((None, None, 3)) == "?×?×3"
