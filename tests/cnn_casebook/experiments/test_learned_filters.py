"""A network's filters and maps, whatever way the network is written."""

import keras
import numpy as np
import pytest
from keras import layers

from cnn_casebook.experiments import learned_filters


@pytest.mark.parametrize("separate", [True, False], ids=["layer", "argument"])
def test_maps_are_what_the_filters_find_after_relu(separate):
    inner = keras.Sequential([keras.Input((8, 7, 2))])
    inner.add(layers.Conv2D(3, 3, activation=None if separate else "relu"))
    if separate:
        inner.add(layers.ReLU())
    model = keras.Sequential([inner, layers.AveragePooling2D(2), layers.Conv2D(5, 2)])
    image = np.random.default_rng(0).normal(size=(8, 7, 2)).astype("float32")
    first, second = learned_filters.convolutions(model, image)
    assert np.allclose(first.maps, np.moveaxis(inner(image[None])[0], -1, 0), atol=1e-6)
    assert np.array_equal(first.filters[1], inner.layers[0].kernel[:, :, 0, 1])
    assert (second.filters.shape, second.maps.shape) == ((5, 2, 2), (5, 2, 1))


def test_filters_that_grow_stay_alike_and_others_do_not():
    filters = np.eye(4).reshape(4, 2, 2)
    assert learned_filters.alike(filters, 2 * filters).tolist() == [1, 1, 1, 1]
    assert learned_filters.alike(filters, filters[::-1]).tolist() == [0, 0, 0, 0]
