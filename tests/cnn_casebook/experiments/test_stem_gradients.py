import keras
import numpy as np
from keras import layers, ops

from cnn_casebook.experiments.stem_gradients import stem_gradients


def test_each_output_has_its_own_gradient():
    x = keras.Input((6, 6, 1))
    y = layers.Flatten()(layers.Conv2D(3, 3)(x))
    free = layers.Dense(2, activation="softmax")(y)
    cut = layers.Dense(2, activation="softmax")(ops.stop_gradient(y))
    weak = layers.Dense(2, activation="softmax", kernel_initializer="zeros")(y)
    images = np.random.default_rng(0).normal(size=(8, 6, 6, 1)).astype("float32")
    found = stem_gradients(keras.Model(x, [free, cut, weak]), images, np.arange(8) % 2)
    assert found[0] > 0
    assert found[1:] == [0.0, 0.0]
