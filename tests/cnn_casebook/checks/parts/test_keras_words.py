import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from cnn_casebook.checks.parts.keras_words import ADDITION_ERRORS, slip

SETTING, NOT_CALLED, LIST = (
    "where a setting belongs",
    "A layer is made, and then called",
    "take one list",
)


def shared(x):
    layer = layers.Conv2D(4, 3)
    return layer(layer(x))


@pytest.mark.parametrize(
    ("written", "words"),
    [
        (lambda x: layers.Conv2D(x, 4, 3), SETTING),
        (lambda x: layers.Conv2D(4, x), SETTING),
        (lambda x: layers.BatchNormalization(x), SETTING),
        (lambda x: layers.ReLU(x), SETTING),
        (lambda x: layers.Activation("relu", x), SETTING),
        (lambda x: layers.MaxPooling2D(3, x), SETTING),
        (lambda x: layers.Dense(4, x), SETTING),
        (lambda x: layers.Dense(x, 4), SETTING),
        (lambda x: layers.Flatten(x), SETTING),
        (lambda x: layers.GlobalAveragePooling2D(x), SETTING),
        (lambda x: layers.ReLU()(3), "a number or a text stands"),
        (lambda x: layers.Flatten()((8, 8, 3)), "a number or a text stands"),
        (lambda x: layers.Conv2D(4, 3)("same"), "a number or a text stands"),
        (lambda x: layers.Add([x, x]), LIST),
        (lambda x: layers.Add()(x, x), LIST),
        (lambda x: layers.Add()(x), LIST),
        (lambda x: layers.Concatenate()(x), LIST),
        (lambda x: layers.ReLU()(layers.Conv2D(4, 3)), NOT_CALLED),
        (lambda x: layers.Add()([x, layers.ReLU()]), NOT_CALLED),
        (lambda x: keras.ops.relu(layers.Conv2D(4, 3)), NOT_CALLED),
        (lambda x: keras.Model(x, layers.ReLU()), NOT_CALLED),
        (lambda x: layers.ReLU()(layers.ReLU()), "a layer stands where a tensor belongs"),
        (lambda x: keras.Model(x, model), "nothing of this name is known"),  # noqa: F821 - the slip
        (lambda x: layers.ReLU()(x)(x), "called like a layer"),
        (lambda x: layers.Conv2D(4, 3)([x, x]), "gets a list"),
        (shared, "Make a new layer for each place"),
        (lambda x: layers.Conv2D(4, 3)(layers.Flatten()(x)), "needs height and width"),
        (lambda x: layers.Conv2D(4, 11)(x), "larger than the image"),
        (lambda x: layers.MaxPooling2D(9)(x), "larger than the image"),
        (lambda x: layers.Conv2D(4, 3)(None), "return is missing"),
        (lambda x: layers.Conv2D(None, 3)(x), "a number of filters or channels is None"),
        (lambda x: layers.Conv2D(2.5, 3)(x), "is no whole number"),
        (lambda x: layers.Conv2D(4, 3, groups=3)(x), "groups has to divide"),
        (lambda x: layers.Conv2D(4, 3, groups=2)(x), "groups has to divide"),
        (lambda x: layers.Dense(4)(keras.Input((None,))), "is not known"),
        (lambda x: keras.optimizers.Adam(learning_rate=False), "the learning rate is a number"),
        (lambda x: keras.ops.pad(x, [(0, 0), (0, 0)]), "of whole numbers from 0 on"),
        (lambda x: keras.Model(layers.ReLU()(x), x), "keras.Model takes both, in this order"),
        (lambda x: layers.AveragePooling2D(), "in Keras 3"),
        (lambda x: keras.Input(7), "a tuple of whole numbers"),
        (lambda x: layers.Conv2D(4, 3, groups=0.5)(x), "is a float. Make it a whole number"),
        (lambda x: keras.ops.conv(np.ones((1, 8, 8, 3)), np.ones((3, 4))), "four axes"),
        (lambda x: np.maximum(x, 0), "function of NumPy"),
        (lambda x: tf.nn.relu(x), "function of tf"),
        (lambda x: keras.Sequential([layers.Flatten]), "lacks its brackets"),
        (lambda x: keras.Sequential(keras.Input((8,)), layers.Flatten()), "one list of layers"),
        (lambda x: keras.Sequential([x, layers.ReLU()(x)]), "not called"),
        (lambda x: keras.Model((8, 8, 3), x), "a model begins with a tensor"),
        (lambda x: Conv2D(4, 3)(x), "keras.layers"),  # noqa: F821 - that is the slip
    ],
)
def test_slips_of_this_version_of_keras(written, words):
    with pytest.raises((TypeError, ValueError, NameError, NotImplementedError)) as raised:
        written(keras.Input((8, 8, 3)))
    raised.value.own_elsewhere = isinstance(raised.value, NameError)  # these lines are no cell's
    assert words in slip(raised.value)


@pytest.mark.parametrize(
    "added",
    [
        lambda x, y: x + y,
        lambda x, y: layers.Add()([x, y]),
        lambda x, y: keras.ops.add(x, y),
    ],
)
def test_errors_of_additions(added):
    with pytest.raises(ValueError, match="shape") as raised:
        added(keras.Input((8, 8, 3)), keras.Input((8, 8, 4)))
    assert any(said in str(raised.value) for said in ADDITION_ERRORS)
    assert "shapes that do not fit" in slip(raised.value)


def test_a_name_without_a_value():
    def block(x):
        if x.shape[-1] > 99:
            out = layers.ReLU()(x)
        return out

    with pytest.raises(UnboundLocalError) as raised:
        block(keras.Input((8, 8, 3)))
    assert "this name has no value yet" in slip(raised.value)


def test_an_error_of_the_learners_own_is_no_slip():
    assert slip(ValueError("expected three filters")) == ""
