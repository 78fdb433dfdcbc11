"""Histories in all the forms in which a notebook has them."""

import re

import keras
import numpy as np
import pytest
from drawings import HISTORY

from cnn_casebook.figures.histories import read_lines


def read(histories, metric="loss"):
    return [(name, val, values.tolist()) for name, val, values in read_lines(histories, metric)]


def test_a_list_is_a_run_and_a_list_of_lists_are_several():
    assert read({"a": [3, 2]}) == [("a", False, [[3, 2]])]
    assert read({"a": [[3, 2], [4, 1]]}) == [("a", False, [[3, 2], [4, 1]])]
    assert read({"a": np.array([3.0, 2.0])}) == [("a", False, [[3, 2]])]


def test_a_keras_history_is_read_and_several_too():
    history = keras.callbacks.History()
    history.history = HISTORY
    assert read({"a": history}, "accuracy") == [("a", False, [[0.1, 0.5, 0.9]])]
    assert [np.shape(values) for *_, values in read({"a": [history, HISTORY]})] == [(2, 3), (2, 3)]


def test_validation_is_found_in_the_history_and_in_the_label():
    assert [row[:2] for row in read({"a": HISTORY})] == [("a", False), ("a", True)]
    labels = {"a, validation": [1], "b (val)": [1], "c_val": [1], "interval": [1]}
    assert [row[:2] for row in read(labels)][:3] == [("a", True), ("b", True), ("c", True)]


@pytest.mark.parametrize(
    ("histories", "metric", "error", "words"),
    [
        ({}, "loss", ValueError, "empty dictionary"),
        ([1.0], "loss", TypeError, "found list"),
        ({"a": []}, "loss", ValueError, "for 'a'"),
        ({"a": ["x"]}, "loss", TypeError, "Expected numbers"),
        ({"a": [[1, 2], [1]]}, "loss", ValueError, "1, 2"),
        ({"a": HISTORY}, "f1", ValueError, "'loss', 'val_loss', 'accuracy'"),
    ],
)
def test_wrong_input_is_explained(histories, metric, error, words):
    with pytest.raises(error, match=re.escape(words)) as caught:
        read_lines(histories, metric)
    assert str(caught.value).startswith("Expected")
