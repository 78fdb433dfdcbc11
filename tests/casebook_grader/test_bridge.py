"""Values on their way between two kernels, here within one process."""

import base64
import json

import keras
import numpy as np
import pytest

from casebook_grader.bridge import SMALL_ARRAY, Bundle, CannotTravel


def travelled(value, path):
    """A value after it was written and read."""
    Bundle(path / "message.json").write(value)
    return Bundle(path / "message.json").read()


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6, dtype="int16").reshape(2, 3),
        np.asfortranarray(np.eye(3) + 2j),
        np.zeros((2, 0, 3), "float32"),
        np.array(2.5),
        np.array(["a", "bcd"]),
        np.array([True, False]),
        np.arange(SMALL_ARRAY, dtype="float64"),
    ],
    ids=lambda array: f"{array.dtype}{list(array.shape)}",
)
def test_arrays_travel(array, tmp_path):
    came = travelled(array, tmp_path)
    np.testing.assert_array_equal(came, array, strict=True)
    assert came.flags.writeable


@pytest.mark.parametrize("kind", [object, [("size", "int32"), ("name", object)], [("size", "f4")]])
def test_arrays_of_anything_but_numbers_are_refused(kind, tmp_path):
    with pytest.raises(CannotTravel, match="expected an array of numbers"):
        travelled(np.zeros(2, kind), tmp_path)


@pytest.mark.parametrize("kind", ["O", "O,O", "f4,O"])
def test_a_forged_array_of_objects_is_refused(kind, tmp_path):
    text = base64.b64encode(bytes(16)).decode()
    forged = {"is": "array", "scalar": False, "bytes": text, "shape": [1], "dtype": kind}
    (tmp_path / "message.json").write_text(json.dumps(forged))
    with pytest.raises(CannotTravel, match="cannot be read"):
        Bundle(tmp_path / "message.json").read()


def test_half_of_a_character_becomes_a_question_mark(tmp_path):
    assert travelled("a \ud800 b, \\ud800, \u00e9 \U0001f600", tmp_path) == (
        "a ? b, \\ud800, \u00e9 \U0001f600"
    )


def network():
    """A network with a nested one, frozen weights and statistics, and random numbers."""
    inner = keras.Sequential([keras.Input((8, 8, 4)), keras.layers.BatchNormalization()])
    x = keras.Input((8, 8, 3))
    y = inner(keras.layers.Conv2D(4, 3, padding="same", name="first")(x))
    y = keras.layers.GlobalAveragePooling2D()(keras.layers.Dropout(0.5)(y))
    model = keras.Model(x, keras.layers.Dense(2)(y))
    model.get_layer("first").trainable = False
    rng = np.random.default_rng(1)
    model.set_weights([rng.uniform(0.5, 1, weight.shape) for weight in model.weights])
    return model


def test_a_network_travels_with_its_weights(tmp_path):
    model = network()
    came = travelled(model, tmp_path)
    for a, b in zip(came.weights, model.weights, strict=True):
        np.testing.assert_array_equal(a, b)
    assert len(came.trainable_weights) == len(model.trainable_weights)
    images = np.random.default_rng(2).normal(size=(3, 8, 8, 3)).astype("float32")
    np.testing.assert_allclose(came(images), model(images), rtol=1e-6)
    assert not came.compiled


def test_a_compiled_network_travels_compiled_and_can_be_trained(tmp_path):
    model = network()
    model.layers[2].compile(keras.optimizers.SGD(), "mse")  # the network within it
    model.compile(keras.optimizers.Adam(0.125), "mse")
    came = travelled(model, tmp_path)
    assert came.compiled
    assert isinstance(came.optimizer, keras.optimizers.Adam)
    assert float(came.optimizer.learning_rate) == 0.125
    before = came.get_weights()
    came.fit(np.ones((4, 8, 8, 3)), np.zeros((4, 2)), verbose=0)
    moved = [not np.array_equal(a, b) for a, b in zip(before, came.get_weights(), strict=True)]
    assert moved == [False, False, *[True] * (len(moved) - 2)]


def test_weights_that_do_not_fit_are_refused(tmp_path):
    bundle = Bundle(tmp_path / "message.json")
    told = bundle.encode(network())
    told["weights"][0]["shape"] = [4, 3, 3, 3]
    (tmp_path / "message.json").write_text(json.dumps(told))
    with pytest.raises(CannotTravel, match="a weight of shape"):
        bundle.read()
    assert travelled(network(), tmp_path).built  # nothing is left behind
