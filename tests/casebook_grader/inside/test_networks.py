"""Networks on their way through JSON, and what a forged description may not do."""

import json

import keras
import numpy as np
import pytest

from casebook_grader.inside.errors import CannotTravel
from casebook_grader.inside.networks import decode_networks, encode_networks


def made(description):
    return decode_networks(description, lambda values: np.array(values, "float32"))


def described(*networks):
    """The description of networks, through JSON."""
    text = json.dumps(encode_networks(list(networks), lambda w: np.asarray(w).tolist()))
    return json.loads(text)


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


def images():
    return np.random.default_rng(2).normal(size=(3, 8, 8, 3)).astype("float32")


def test_a_network_travels_with_its_weights():
    model = network()
    (came,) = made(described(model))
    for a, b in zip(came.weights, model.weights, strict=True):
        np.testing.assert_array_equal(a, b)
    assert len(came.trainable_weights) == len(model.trainable_weights)
    np.testing.assert_allclose(came(images()), model(images()), rtol=1e-6)
    assert not came.compiled


def test_a_compiled_network_travels_compiled_and_can_be_trained():
    model = network()
    model.layers[2].compile(keras.optimizers.SGD(), "mse")  # the network within it
    model.compile(keras.optimizers.Adam(0.125), "mse")
    (came,) = made(described(model))
    assert came.compiled
    assert isinstance(came.optimizer, keras.optimizers.Adam)
    assert float(came.optimizer.learning_rate) == 0.125
    before = came.get_weights()
    came.fit(np.ones((4, 8, 8, 3)), np.zeros((4, 2)), verbose=0)
    moved = [not np.array_equal(a, b) for a, b in zip(before, came.get_weights(), strict=True)]
    assert moved == [False, False, *[True] * (len(moved) - 2)]


def test_weights_that_do_not_fit_are_refused():
    description = described(network())
    description["weights"][0] = np.zeros((4, 3, 3, 3)).tolist()
    with pytest.raises(CannotTravel, match="a weight of shape"):
        made(description)
    assert made(described(network()))[0].built  # nothing is left behind


def test_networks_that_share_layers_still_share_them():
    x = keras.Input((8, 8, 3))
    shared = keras.layers.Conv2D(2, 1)
    first = keras.Model(x, shared(x))
    second = keras.Model(x, keras.layers.ReLU()(shared(x)))
    first_came, second_came = made(described(first, second))
    np.testing.assert_allclose(first_came([images()]), first(images()), rtol=1e-6)
    assert first_came.weights[0] is second_came.weights[0]


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("os", "system"),
        ("builtins", "function"),
        ("keras.layers", "Lambda"),
        ("keras.layers", "TFSMLayer"),
        ("keras.src.saving.serialization_lib", "enable_unsafe_deserialization"),
        ("keras.utils", "get_file"),
    ],
)
@pytest.mark.parametrize("depth", [0, 1])
def test_what_is_not_built_into_keras_is_refused(module, name, depth):
    config = {"module": module, "class_name": name, "config": {}, "registered_name": None}
    for _ in range(depth):
        config = {
            "module": "keras.layers",
            "class_name": "Dense",
            "config": {"units": 1, "kernel_initializer": [config]},
            "registered_name": None,
        }
    with pytest.raises(CannotTravel, match=f"a network with {name}, which is not built into"):
        made({"config": json.dumps(config), "parts": None, "weights": []})


def test_new_layers_get_no_name_of_a_network_that_came():
    x = keras.Input((3,))
    name = keras.layers.ReLU().name
    kind, number = name.rsplit("_", 1) if "_" in name[3:] else (name, "0")
    layer = keras.layers.ReLU(name=f"{kind}_{int(number) + 3}")
    description = described(keras.Model(x, layer(x)))
    made(description)
    later = {keras.layers.ReLU().name for _ in range(5)}
    assert layer.name not in later
