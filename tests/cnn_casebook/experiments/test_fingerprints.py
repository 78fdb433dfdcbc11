"""Fingerprints change with the last bit of a weight, and name the layers that moved."""

import keras
import numpy as np
import pytest
from keras import layers

from cnn_casebook.experiments.fingerprints import fingerprints, moved


def network():
    body = keras.Sequential(
        [keras.Input((3,)), layers.Dense(4, name="hidden"), layers.BatchNormalization(name="norm")],
        name="body",
    )
    x = keras.Input((3,))
    return keras.Model(x, layers.Dense(2, name="head")(body(x)))


def test_every_weight_has_one_those_of_nested_models_too():
    model = network()
    prints = fingerprints(model)
    assert len(prints) == len(model.weights) == 8
    assert all(len(digest) == 64 for digest in prints.values())
    assert fingerprints(model) == prints


def test_the_last_bit_counts():
    model = network()
    before = fingerprints(model)
    kernel = model.get_layer("head").kernel
    changed = np.asarray(kernel).copy()
    changed[0, 0] = np.nextafter(changed[0, 0], np.float32(1))
    kernel.assign(changed)
    assert moved(before, fingerprints(model)) == ["head"]


def test_training_a_head_moves_the_head_alone():
    model = network()
    model.get_layer("body").trainable = False
    model.compile("sgd", "mse", jit_compile=False)
    before = fingerprints(model)
    assert moved(before, fingerprints(model)) == []
    model.fit(np.ones((4, 3)), np.ones((4, 2)), verbose=0)
    assert moved(before, fingerprints(model)) == ["head"]


def test_a_layer_whose_several_weights_moved_is_named_once_in_the_model_s_order():
    before = {"a/kernel": "1", "a/bias": "1", "b/kernel": "1", "b/bias": "1"}
    after = {"a/kernel": "2", "a/bias": "2", "b/kernel": "2", "b/bias": "1"}
    assert moved(before, after) == ["a", "b"]


def test_fingerprints_of_two_models_are_not_compared():
    with pytest.raises(ValueError, match="found two with other weights"):
        moved({"a/kernel": "1"}, {"b/kernel": "1"})
