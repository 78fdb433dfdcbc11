import keras
import numpy as np
import pytest

from cnn_casebook.models import symbolic


def small():
    x = keras.Input((8, 8, 1))
    y = keras.layers.Dropout(0.5)(keras.layers.Conv2D(4, 3)(x))
    return keras.Model(x, keras.layers.Dense(3)(keras.layers.Flatten()(y)))


def test_shapes_and_counts_without_values():
    with symbolic.without_weights():
        model = small()
    assert model.output.shape == (None, 3)
    assert model.count_params() == small().count_params()
    assert all(weight._value is None for weight in model.weights)


def test_later_models_have_values_and_earlier_ones_stay_open():
    with symbolic.without_weights():
        open_model = small()
    model = small()
    model.compile("adam", "mse", jit_compile=False)
    model.fit(np.ones((2, 8, 8, 1)), np.ones((2, 3)), verbose=0)
    assert all(weight._value is None for weight in open_model.weights)


def test_the_scope_ends_after_an_error():
    with pytest.raises(ZeroDivisionError), symbolic.without_weights():
        raise ZeroDivisionError
    assert all(weight._value is not None for weight in small().weights)
