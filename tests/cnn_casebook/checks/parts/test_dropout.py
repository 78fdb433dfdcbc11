"""Whether dropout of the right share stands in the right place."""

import keras
import numpy as np
import pytest
from keras import layers

from cnn_casebook.checks.parts.dropout import require_dropout
from cnn_casebook.checks.parts.verdict import CheckFailed
from cnn_casebook.models.graph import flatten


def judge(*steps):
    x = keras.Input((400,))
    y = x
    for step in steps:
        y = step(y)
    graph = flatten(keras.Model(x, layers.Dense(2)(y)))
    images = np.random.default_rng(0).normal(1, 1, (8, 400)).astype("float32")
    require_dropout(graph, graph.nodes[-1], images, 0.7, "here and there")


def test_dropout_of_the_right_share():
    judge(layers.Dropout(0.7))
    judge(layers.ReLU(), layers.Dropout(0.7))
    judge(layers.Dropout(0.7), layers.ReLU())


@pytest.mark.parametrize(
    ("steps", "says"),
    [
        ([layers.ReLU()], "Dropout is missing"),
        ([layers.Dropout(0.3)], "not the share to keep"),
        ([layers.Dropout(0.5)], "expected 70%"),
        ([layers.Dropout(0.7), layers.Dense(400, "relu")], "dropout stands elsewhere"),
    ],
)
def test_other_shares_and_places(steps, says):
    with pytest.raises(CheckFailed, match=says):
        judge(*steps)
