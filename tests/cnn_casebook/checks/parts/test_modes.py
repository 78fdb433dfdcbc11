import keras
import pytest
from keras import layers

from cnn_casebook.checks.parts.modes import (
    nonlinearity,
    require_calm,
    require_plain_relus,
    require_trainable,
    require_usual_layers,
)
from cnn_casebook.checks.parts.verdict import CheckFailed
from cnn_casebook.models.graph import flatten


def graph(*more, **settings):
    x = keras.Input((8, 8, 3))
    y = layers.BatchNormalization()(layers.Conv2D(4, 3, **settings)(x))
    for layer in more:
        y = layer(y)
    return flatten(keras.Model(x, y))


@pytest.mark.parametrize(
    ("layer", "name"),
    [
        (layers.ReLU(), "relu"),
        (layers.Activation("relu"), "relu"),
        (keras.ops.relu, "relu"),
        (layers.Conv2D(4, 1, activation=keras.activations.relu), "relu"),
        (layers.ReLU(negative_slope=0.1), "ReLU with negative_slope=0.1"),
        (layers.LeakyReLU(), "LeakyReLU"),
        (layers.Dense(4, activation="gelu"), "gelu"),
        (keras.ops.tanh, "Tanh"),
        (layers.Dense(4), ""),
        (layers.MaxPooling2D(2), ""),
    ],
    ids=range(10),
)
def test_a_nonlinearity_has_a_name(layer, name):
    assert nonlinearity(graph(layer).nodes[-1]) == name


def test_usual_layers_pass():
    require_usual_layers(graph(layers.ReLU(), layers.Dropout(0.0), layers.MaxPooling2D(2)), "it")


@pytest.mark.parametrize(
    "layer",
    [
        layers.Dropout(0.1),
        layers.SpatialDropout2D(0.1),
        layers.GaussianNoise(0.1),
        layers.GaussianDropout(0.1),
        layers.AlphaDropout(0.1),
        layers.RandomFlip(),
    ],
)
def test_random_layers_do_not(layer):
    with pytest.raises(CheckFailed, match=f"training mode alone.*{type(layer).__name__}"):
        require_calm(graph(layer).nodes, "the block")


def test_frozen_layers_do_not():
    with pytest.raises(CheckFailed, match="Leave trainable=False out"):
        require_trainable(graph(trainable=False), "the block")


def test_batch_norms_may_be_left_to_another_check():
    frozen = graph(layers.BatchNormalization(trainable=False))
    require_trainable(frozen, "the block", norms=False)
    with pytest.raises(CheckFailed, match="batch_norm"):
        require_trainable(frozen, "the block")


@pytest.mark.parametrize(
    ("layer", "words"),
    [
        (layers.ReLU(6), "max_value=6"),
        (layers.ReLU(negative_slope=0.1), "negative_slope=0.1"),
        (layers.Activation("relu6"), "ends at 6"),
        (layers.Conv2D(4, 3, activation="relu6"), "ends at 6"),
        (keras.ops.relu6, "ends at 6"),
    ],
)
def test_other_relus_do_not(layer, words):
    with pytest.raises(CheckFailed, match=words):
        require_plain_relus(graph(layer), "the block")
