import keras
import pytest
from keras import layers

from cnn_casebook.checks.parts.oddities import oddities
from cnn_casebook.models.graph import flatten


def of(*chain, known=()):
    x = y = keras.Input((8, 8, 4))
    for layer in chain:
        y = layer(y)
    return oddities(flatten(keras.Model(x, y)), *known)


def test_usual_layers_are_not_odd():
    assert of(layers.Conv2D(4, 3, activation="relu"), layers.BatchNormalization()) == ""
    assert of(layers.ReLU(), layers.Activation("linear"), layers.Dropout(0.5)) == ""
    assert of(layers.MaxPooling2D(2), known=["MaxPooling2D"]) == ""


def test_a_batch_norm_is_odd_where_the_text_has_none():
    x = keras.Input((8, 8, 4))
    graph = flatten(keras.Model(x, layers.BatchNormalization()(x)))
    assert oddities(graph) == ""
    assert "a BatchNormalization" in oddities(graph, norms=False)


@pytest.mark.parametrize(
    ("layer", "words"),
    [
        (layers.MaxPooling2D(2), "a MaxPooling2D"),
        (layers.AveragePooling2D(2), "an AveragePooling2D"),
        (layers.LayerNormalization(), "a LayerNormalization"),
        (layers.Conv2D(4, 3, dilation_rate=2), r"dilation_rate=(2, 2)"),
        (layers.Conv2D(4, 3, groups=2), "groups=2"),
        (layers.Conv2D(4, 3, activation="tanh"), "activation='tanh'"),
        (layers.Activation("gelu"), "a gelu"),
        (layers.ReLU(6), "max_value=6"),
        (layers.ReLU(negative_slope=0.1), "negative_slope=0.1"),
    ],
)
def test_others_are(layer, words):
    assert words in of(layer)
