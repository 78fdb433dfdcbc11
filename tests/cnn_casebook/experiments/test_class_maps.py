import keras
import numpy as np
import pytest
from keras import layers

from cnn_casebook.experiments.class_maps import class_maps, overlay, peaks


def network(pool_first):
    x = keras.Input((6, 8, 1))
    y = layers.Conv2D(4, 3, padding="same", activation="relu")(x)
    if pool_first:
        scores = layers.Dense(3, activation="softmax")(layers.GlobalAveragePooling2D()(y))
    else:
        scores = layers.Softmax()(layers.GlobalAveragePooling2D()(layers.Conv2D(3, 1)(y)))
    return keras.Model(x, scores)


@pytest.mark.parametrize("pool_first", [False, True])
def test_the_mean_of_the_maps_is_the_score(pool_first):
    model = network(pool_first)
    images = np.random.default_rng(0).normal(size=(5, 6, 8, 1)).astype("float32")
    maps = class_maps(model, images)
    assert maps.shape == (5, 6, 8, 3)
    scores = keras.ops.softmax(maps.mean(axis=(1, 2)))
    assert np.allclose(scores, model(images), atol=1e-5)


def test_flattened_maps_and_empty_networks_are_refused():
    x = keras.Input((6, 6, 1))
    y = layers.Flatten()(layers.Conv2D(4, 3)(x))
    with pytest.raises(ValueError, match="they were flattened"):
        class_maps(keras.Model(x, layers.Dense(3)(y)), np.zeros((1, 6, 6, 1), "float32"))
    with pytest.raises(ValueError, match="no layer with a kernel"):
        class_maps(keras.Model(x, layers.ReLU()(x)), np.zeros((1, 6, 6, 1), "float32"))


def test_peaks_are_centres_of_cells():
    maps = np.zeros((2, 4, 7))
    maps[0, 0, 0] = maps[1, 3, 6] = 1
    assert peaks(maps, (28, 28)).tolist() == [[3.5, 2.0], [24.5, 26.0]]


def test_overlay_leaves_the_background_black_and_marks_the_peak():
    maps = np.full((1, 3, 3), -2.0)
    maps[0, 1, 1] = 5.0
    picture = overlay(np.zeros((1, 6, 6, 1), "float32"), maps)
    assert picture.shape == (1, 6, 6, 3)
    assert picture[0, 2:4, 2:4].min(axis=(0, 1)).tolist() == picture[0, 2, 2].tolist()
    assert picture[0, 2, 2, 0] > 0.5
    picture[0, 2:4, 2:4] = 0
    assert not picture.any()
