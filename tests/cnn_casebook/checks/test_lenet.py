import keras
import numpy as np
import pytest
from keras import layers

from cnn_casebook.checks import lenet, lenet_1998
from cnn_casebook.checks.parts.verdict import CheckFailed


def network(input_shape=(32, 32, 1), classes=10):
    x = images = keras.Input(input_shape)
    for filters in (6, 16):
        x = layers.AveragePooling2D(2)(layers.Conv2D(filters, 5, activation="relu")(x))
    x = layers.Flatten()(x)
    for units in (120, 84):
        x = layers.Dense(units, activation="relu")(x)
    return keras.Model(images, layers.Dense(classes, activation="softmax")(x))


def test_the_numbers_are_those_of_the_paper():
    assert network().count_params() == 61_706
    assert [sum(pair) for pair in zip(*lenet_1998.COUNTS.values(), strict=True)] == [
        60_000,
        340_908,
    ]
    columns = [*lenet_1998.THREES, *lenet_1998.FOURS, *lenet_1998.BROKEN_FOURS, lenet_1998.ALL]
    assert sum(map(len, columns)) == 60


def test_no_known_mistake_gives_the_right_count():
    for name, (parameters, connections) in lenet_1998.COUNTS.items():
        wrong_parameters, wrong_connections = lenet_1998._WRONG_COUNTS[name]
        assert parameters not in wrong_parameters
        assert connections not in wrong_connections


@pytest.mark.parametrize("seed", range(5))
def test_the_formula_is_the_network_and_no_mistake_is(seed):
    lenet.lenet5_order(network, seed=seed)
    graph = lenet._network(network)
    lenet.randomise(graph, np.random.default_rng(seed))
    weights = lenet.kernels(graph.nodes)
    x = lenet._images(np.random.default_rng(seed), (32, 32, 1))
    found = graph.run(x)

    def right(**changed):
        return lenet.formula(x, weights, **changed)

    for text, wrong in lenet._mistakes(right, 5):
        assert not lenet.equal(found, wrong()), text


def test_a_failure_can_be_repeated_by_its_seed():
    def linear(input_shape=(32, 32, 1), classes=10):
        return keras.Sequential([keras.Input(input_shape), layers.Flatten(), layers.Dense(classes)])

    with pytest.raises(CheckFailed) as failure:
        lenet.lenet5_probabilities(linear, seed=7)
    assert "seed=7" in failure.value.__notes__[0]
