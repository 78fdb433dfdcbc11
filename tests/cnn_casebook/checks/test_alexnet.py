"""The checks of AlexNet: the paper's counts, and what a learner's own normalisation excuses."""

import keras
import pytest
from keras import layers

from cnn_casebook.checks import alexnet
from cnn_casebook.checks.parts.verdict import CheckFailed
from cnn_casebook.models.networks import scaled


def test_the_counts_add_up():
    for groups, counts in alexnet.PARAMETERS.items():
        assert sum(counts) == alexnet.TOTALS[groups]


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
