"""Whether a bottleneck's steps are what Keras computes, and each mistake has its own values."""

import keras
import numpy as np
import pytest
from keras import layers

from cnn_casebook.checks.parts import bottleneck
from cnn_casebook.checks.parts.keras_resnet import keras_block, keras_case
from cnn_casebook.checks.parts.steps import run
from cnn_casebook.checks.parts.verdict import CheckFailed, equal
from cnn_casebook.checks.parts.weights import randomise
from cnn_casebook.models.blocks import identity_block, projection_block
from cnn_casebook.models.graph import flatten


def drawn(block, shape, *args):
    """A block with random weights, what it is given, and its weights as the checks read them."""
    rng = np.random.default_rng(1)
    x = keras.Input(shape)
    graph = flatten(keras.Model(x, block(x, *args)))
    randomise(graph, rng)
    kernel_size, filters = args[:2]
    projected = block is projection_block
    weights = bottleneck.read_bottleneck(graph, shape[-1], kernel_size, filters, projected)
    return graph, rng.normal(0.8, 4, (3, *shape)).astype("float32"), weights


@pytest.mark.parametrize("part", ["conv2_block1", "conv2_block2"])
def test_steps_are_what_keras_computes(part):
    graph, rng = keras_block(part), np.random.default_rng(0)
    randomise(graph, rng)
    shape, kernel_size, filters, *strides = keras_case(part)
    weights = bottleneck.read_bottleneck(graph, shape[-1], kernel_size, filters, bool(strides))
    x = rng.normal(size=(2, *shape)).astype("float32")
    values = run(bottleneck.steps(weights), x)
    np.testing.assert_allclose(values, graph.run(x), rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize(
    ("block", "shape", "args", "strides"),
    [
        (identity_block, (7, 6, 8), (3, (3, 5, 8)), (1, 1, 1)),
        (projection_block, (7, 6, 4), (3, (3, 5, 8), 2), (2, 1, 1)),
    ],
)
def test_every_mistake_is_named_and_none_is_the_block(block, shape, args, strides):
    graph, x, weights = drawn(block, shape, *args)
    right = bottleneck.steps(weights, strides)
    assert equal(graph.run(x), run(right, x))
    named = []
    for text, wrong in bottleneck.mistakes(right):
        values = run(wrong, x)
        if equal(values, run(right, x)):  # an identity block has no batch norm on its shortcut
            assert block is identity_block
            assert "no batch norm after its convolution" in text
            continue
        with pytest.raises(CheckFailed) as failure:
            bottleneck.require_block("the output", graph, values, x, weights, strides[0])
        named.append((text, str(failure.value)))
    assert [text for text, _ in named] == [said for _, said in named]
    assert len(named) > 15


@pytest.mark.parametrize("stride_on", ["first", "middle, same", "middle, zeros"])
def test_the_stride_may_sit_in_three_ways(stride_on):
    graph, x, weights = drawn(projection_block, (8, 7, 4), 3, (3, 5, 6), 2)
    ways = {
        "first": bottleneck.steps(weights, (2, 1, 1)),
        "middle, same": bottleneck.steps(weights, (1, 2, 1)),
        "middle, zeros": bottleneck.steps(weights, (1, 2, 1), padding=1),
    }
    bottleneck.require_block("the output", graph, run(ways[stride_on], x), x, weights, 2)


def test_a_shared_layer_is_refused():
    x = keras.Input((5, 5, 4))
    shared = layers.Conv2D(4, 1)
    y = layers.BatchNormalization()(shared(x))
    y = layers.BatchNormalization()(layers.Conv2D(4, 3, padding="same")(layers.ReLU()(y)))
    y = layers.BatchNormalization()(shared(layers.ReLU()(y)))
    graph = flatten(keras.Model(x, layers.ReLU()(y + x)))
    with pytest.raises(CheckFailed, match="used more than once"):
        bottleneck.read_bottleneck(graph, 4, 3, (4, 4, 4), projected=False)
