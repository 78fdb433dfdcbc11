import keras
import numpy as np
import pytest
from keras import layers, ops

from cnn_casebook.experiments import influence
from cnn_casebook.models.graph import flatten


def test_pixels_of_a_window_with_a_stride():
    x = keras.Input((11, 11, 2))
    model = keras.Model(x, layers.Conv2D(3, 3, strides=2)(layers.Conv2D(3, 2, strides=3)(x)))
    gradient = influence.on_pixels(model, np.ones((11, 11, 2), "float32"))
    assert gradient.shape == (11, 11)
    assert influence.seen_side(gradient) == 1 + 1 + 2 * 3


def test_nothing_seen():
    assert influence.seen_side(np.zeros((4, 4))) == 0


def halves(crossed):
    x = keras.Input((5, 5, 3))
    y = layers.Conv2D(4, 1)(x)
    left, right = ops.split(y, 2, axis=-1)
    convolutions = [layers.Conv2D(3, 3)(half) for half in (left, right)]
    return keras.Model(x, layers.Concatenate()(convolutions[::-1] if crossed else convolutions))


@pytest.mark.parametrize("crossed", [False, True])
def test_channels_in_the_order_of_the_concatenation(crossed):
    images = np.random.default_rng(0).normal(size=(1, 5, 5, 3))
    (seen,) = influence.on_channels(halves(crossed), images)
    own, other = (seen[:2, 3:], seen[:2, :3]) if crossed else (seen[:2, :3], seen[:2, 3:])
    assert own.all()
    assert not other.any()
    (in_parts,) = influence.on_channels(halves(crossed), images, parts=2)
    assert np.array_equal(in_parts, seen[:, ::3])


def test_stages_hold_what_lies_side_by_side():
    stages = influence.weight_stages(flatten(halves(False)))
    assert [len(stage) for stage in stages] == [1, 2]
