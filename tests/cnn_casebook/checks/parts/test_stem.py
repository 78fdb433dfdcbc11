"""Whether the stem's steps are those of Keras, and whether each right way of padding passes."""

import numpy as np
import pytest

from cnn_casebook.checks.parts import stem
from cnn_casebook.checks.parts.keras_resnet import keras_resnet50
from cnn_casebook.checks.parts.sections import sections
from cnn_casebook.checks.parts.steps import run
from cnn_casebook.checks.parts.verdict import CheckFailed
from cnn_casebook.checks.parts.weights import kernels, norms, randomise
from cnn_casebook.models.graph import flatten


@pytest.fixture(scope="module")
def graph():
    found = sections(flatten(keras_resnet50())).stem
    randomise(found, np.random.default_rng(2))
    return found


@pytest.fixture(scope="module")
def weights(graph):
    return kernels(graph.nodes)[0], norms(graph.nodes)[0]


@pytest.fixture(scope="module")
def x():
    return np.random.default_rng(3).uniform(size=(2, 40, 32, 3)).astype("float32")


def test_the_steps_are_those_of_keras(graph, weights, x):
    np.testing.assert_allclose(run(stem.stem_steps(*weights), x), graph.run(x), atol=1e-4)


@pytest.mark.parametrize("padding", [3, "same"])
@pytest.mark.parametrize("pool_padding", [1, "same", 0])
def test_every_padding_passes_and_every_mistake_is_named(graph, weights, x, padding, pool_padding):
    right = stem.stem_steps(*weights, padding, pool_padding)
    stem.require_stem(graph, x, run(right, x))
    for text, wrong in stem._mistakes(right):
        with pytest.raises(CheckFailed) as failure:
            stem.require_stem(graph, x, run(wrong, x))
        assert str(failure.value) == text


def test_other_numbers_of_layers_are_refused(x):
    part = sections(flatten(keras_resnet50())).blocks[0]
    with pytest.raises(CheckFailed, match="the stem has 4 convolutions and 4 batch norms"):
        stem.require_stem(part, x, x)
