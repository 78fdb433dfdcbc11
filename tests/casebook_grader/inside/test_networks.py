"""Networks on their way through JSON, and what a forged description may not do."""

import json
import resource
import time

import keras
import numpy as np
import pytest

from casebook_grader.inside.errors import CannotTravel
from casebook_grader.inside.networks import decode_networks, encode_networks
from cnn_casebook.models.symbolic import without_weights


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


def test_new_layers_get_no_name_of_a_network_that_came():
    x = keras.Input((3,))
    name = keras.layers.ReLU().name
    kind, number = name.rsplit("_", 1) if "_" in name[3:] else (name, "0")
    layer = keras.layers.ReLU(name=f"{kind}_{int(number) + 3}")
    description = described(keras.Model(x, layer(x)))
    made(description)
    later = {keras.layers.ReLU().name for _ in range(5)}
    assert layer.name not in later


def test_names_with_high_numbers_are_soon_reserved():
    layers = [
        {"module": "keras.layers", "class_name": "ReLU", "config": {"name": f"a{n}_99999"}}
        for n in range(2_000)
    ]
    config = {"module": "keras", "class_name": "Sequential", "config": {"layers": layers}}
    before = time.process_time()
    with pytest.raises(Exception, match="name"):  # which the sequence itself lacks
        made(description_of(config))
    assert time.process_time() - before < 1
    assert keras.backend.get_uid("a7") == 100_001


def description_of(config, weights=(), parts=None):
    return {"config": json.dumps(config), "parts": parts, "weights": list(weights)}


def config_of(*layers, shape=(8,)):
    """The description of a sequence of layers, of which no weight is made."""
    with without_weights():
        x = keras.Input(shape)
        y = x
        for layer in layers:
            y = layer(y)
        return keras.saving.serialize_keras_object(keras.Model(x, y))


def most_memory():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def small():
    """The description of a small network, to be changed."""
    x = keras.Input((4,))
    hidden = keras.layers.Dense(3, name="dense")(x)
    return described(keras.Model(x, keras.ops.relu(hidden)))


def edited(change):
    """The small network's description after a change to its layers: input, dense, relu."""
    description = small()
    config = json.loads(description["config"])
    change(config["config"]["layers"])
    return description | {"config": json.dumps(config)}


@pytest.mark.parametrize("sent", [0, 1, 2, 3])
def test_no_more_memory_is_taken_than_was_sent(sent):
    config = config_of(keras.layers.Dense(10**5), shape=(10**5,))  # 40 GB
    before = most_memory()
    with pytest.raises(CannotTravel, match=r"arrays for 2 weights|a weight of shape"):
        made(description_of(config, [[1.0]] * sent))
    assert most_memory() - before < 100 * 2**20
    assert made(described(network()))[0].built  # nothing waits for a value any more


def test_a_weight_that_no_result_needs_is_not_made_either():
    def add(layers):
        dense = json.loads(json.dumps(layers[1]))
        dense["config"] |= {"name": "more", "units": 10**9}
        layers.append(dense | {"name": "more"})

    before = most_memory()
    with pytest.raises(CannotTravel, match="leaves out a weight of shape"):
        made(edited(add))
    assert most_memory() - before < 100 * 2**20


def test_a_weight_is_of_the_type_that_was_sent():
    with pytest.raises(CannotTravel, match="a weight of type float64; expected float32"):
        decode_networks(small(), lambda values: np.array(values, "float64"))


@pytest.mark.parametrize(
    "layers",
    [
        [keras.layers.RepeatVector(10**8)],
        [keras.layers.Reshape((8, 1, 1)), keras.layers.UpSampling2D(10**4)],
        [keras.Sequential([keras.Input((8,)), keras.layers.CategoryEncoding(10**9)])],
    ],
    ids=["repeated", "enlarged", "within a network"],
)
def test_a_result_that_would_fill_the_memory_is_refused(layers):
    with pytest.raises(CannotTravel, match="gives a result of shape"):
        made(description_of(config_of(*layers)))


def relus(count):
    """The description of a chain of operations, made without Keras, which would take minutes."""
    config = json.loads(small()["config"])
    relu = config["config"]["layers"][2]
    for number in range(count):
        text = json.dumps(relu).replace('"dense"', f'"relu{number - 1}"' if number else '"dense"')
        layer = json.loads(text) | {"name": f"relu{number}"}
        layer["config"]["name"] = f"relu{number}"
        config["config"]["layers"].append(layer)
    config["config"]["output_layers"] = [[f"relu{count - 1}", 0, 0]]
    return config


def test_ten_thousand_layers_are_refused_at_once():
    config = relus(10_000)
    before = time.process_time()
    with pytest.raises(CannotTravel, match="a network of more than 6,000 layers and calls"):
        made(description_of(config))
    assert time.process_time() - before < 3


def test_hundreds_of_layers_travel_but_not_backwards():
    description = small()
    config = relus(300)
    weights = description["weights"]
    assert len(made(description_of(config, weights))[0].operations) == 302
    config["config"]["layers"].reverse()
    with pytest.raises(CannotTravel, match="more than 200 calls before what they read"):
        made(description_of(config, weights))


def test_networks_are_not_taken_apart_for_ever():
    part = [[0], 0, 1, False]
    description = description_of(relus(500), small()["weights"], [part] * 100)
    with pytest.raises(CannotTravel, match="100 networks with 1,006 layers in all"):
        made(description)


@pytest.mark.parametrize(
    ("node", "words"),
    [
        ({"args": [[1.0, 2.0]], "kwargs": {}}, "a call that reads no tensor"),
        ([["dense", 0, 0, {}]], "a call that reads no tensor"),
        ({"args": [{"inbound_nodes": []}], "kwargs": {}}, "a layer within a call"),
        (
            {"args": [{"class_name": "__keras_tensor__", "config": {"keras_history": None}}]},
            "a tensor that no layer made",
        ),
        (
            {"args": [{"class_name": "__tensor__", "config": {"value": [1], "dtype": "int8"}}]},
            "a call that reads no tensor",
        ),
    ],
)
def test_nothing_is_computed_while_a_network_is_made(node, words):
    def change(layers):
        layers[2]["inbound_nodes"] = [node]

    with pytest.raises(CannotTravel, match=words):
        made(edited(change))


def test_a_number_of_results_is_bounded():
    x = keras.Input((20_000,))
    with without_weights():
        parts = keras.ops.split(x, 20_000, axis=1)
    description = described(keras.Model(x, parts[0]))
    with pytest.raises(CannotTravel, match="indices_or_sections=20000; at most 10,000"):
        made(description)


def test_constants_and_slices_travel():
    x = keras.Input((8, 8, 3))
    y = (x - keras.ops.convert_to_tensor([1.0, 2.0, 3.0])) * np.array([2.0, 1.0, 0.5], "float32")
    model = keras.Model(x, y[..., :2])
    np.testing.assert_allclose(made(described(model))[0](images()), model(images()), rtol=1e-6)
