import keras
import pytest
from keras import layers

from cnn_casebook.models.costs import multiplications


def test_the_cost_example_of_inception():
    x = keras.Input((28, 28, 192))
    direct = keras.Model(x, layers.Conv2D(32, 5, padding="same")(x))
    narrow = layers.Conv2D(16, 1)(x)
    bottleneck = keras.Model(x, layers.Conv2D(32, 5, padding="same")(narrow))
    assert multiplications(direct) == 120_422_400
    assert multiplications(bottleneck) == 12_443_648


def test_nested_models_strides_and_dense_layers():
    body = keras.Sequential([keras.Input((9, 9, 3)), layers.Conv2D(4, 3, strides=2)])
    x = keras.Input((9, 9, 3))
    y = layers.Dense(5)(layers.Flatten()(layers.ReLU()(body(x))))
    assert multiplications(keras.Model(x, y)) == 4 * 4 * 9 * 3 * 4 + 64 * 5


def test_a_layer_used_twice_works_twice():
    x = keras.Input((6, 6, 4))
    layer = layers.Conv2D(4, 1)
    assert multiplications(keras.Model(x, layer(layer(x)))) == 2 * 36 * 16


def test_an_open_image_size_is_refused():
    x = keras.Input((None, None, 3))
    with pytest.raises(ValueError, match=r"Fix it in keras\.Input"):
        multiplications(keras.Model(x, layers.Conv2D(4, 3)(x)))


def test_other_layers_with_kernels_are_refused():
    x = keras.Input((8, 3))
    with pytest.raises(ValueError, match="Conv1D cannot be counted"):
        multiplications(keras.Model(x, layers.Conv1D(4, 3)(x)))
