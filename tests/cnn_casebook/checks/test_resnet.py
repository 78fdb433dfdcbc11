"""Whether ResNet-50 is cut where its blocks are, and its references are what they claim to be."""

import keras
import numpy as np
import pytest
from keras import layers

from cnn_casebook.checks import resnet
from cnn_casebook.checks.parts import bottleneck
from cnn_casebook.checks.parts.keras_resnet import keras_resnet50
from cnn_casebook.checks.parts.sections import additions, part, sections
from cnn_casebook.checks.parts.steps import run
from cnn_casebook.checks.parts.weights import randomise
from cnn_casebook.models.blocks import identity_block, projection_block
from cnn_casebook.models.graph import flatten


@pytest.fixture(scope="module")
def keras_graph():
    return flatten(keras_resnet50())


@pytest.fixture
def rng():
    return np.random.default_rng(2)


def small(nested=False):
    """A stem, three blocks and a head."""
    x = keras.Input((12, 10, 3))
    y = layers.ReLU()(layers.Conv2D(4, 3, padding="same")(x))
    for number in range(3):
        inside = keras.Input(y.shape[1:]) if nested else y
        if number:
            out = identity_block(inside, 3, (3, 2, 8))
        else:
            out = projection_block(inside, 3, (3, 2, 8))
        y = keras.Model(inside, out)(y) if nested else out
    y = layers.GlobalAveragePooling2D()(y)
    return flatten(keras.Model(x, layers.Dense(5, activation="softmax")(y)))


@pytest.mark.parametrize("nested", [False, True])
def test_sections_of_a_small_network(nested, rng):
    graph = small(nested)
    cut = sections(graph)
    shapes = [wire.shape[1:] for wire in cut.cuts]
    assert shapes == [(12, 10, 4), (6, 5, 8), (6, 5, 8), (6, 5, 8)]
    assert [node.kind for node in cut.stem.nodes] == ["Conv2D", "ReLU"]
    assert [node.kind for node in cut.head.nodes] == ["GlobalAveragePooling2D", "Dense"]
    every = [node for p in (cut.stem, *cut.blocks, cut.head) for node in p.nodes]
    assert len(every) == len(set(every)) == len(graph.nodes)
    x = rng.normal(size=(2, 12, 10, 3)).astype("float32")
    y = x
    for piece in (cut.stem, *cut.blocks, cut.head):
        y = piece.run(y)
    np.testing.assert_allclose(y, graph.run(x), atol=1e-5)


def test_sections_where_blocks_begin_with_the_input():
    x = keras.Input((6, 6, 4))
    graph = flatten(keras.Model(x, identity_block(x, 3, (2, 3, 4))))
    cut = sections(graph)
    assert cut.stem.nodes == cut.head.nodes == []
    assert len(cut.blocks) == 1
    assert cut.cuts == [graph.inputs[0], graph.outputs[0]]


def test_sections_without_additions():
    x = keras.Input((6, 6, 4))
    cut = sections(flatten(keras.Model(x, layers.Conv2D(2, 3)(x))))
    assert cut.blocks == cut.head.nodes == []
    assert [node.kind for node in cut.stem.nodes] == ["Conv2D"]


def test_keras_agrees_with_the_table_of_the_paper(keras_graph):
    cut = sections(keras_graph)
    resnet._require_blocks(cut)
    assert len(additions(keras_graph)) == 16
    plan = [(filters, n == 0) for filters, count, _ in resnet.STAGES for n in range(count)]
    for number, (block, (filters, projected)) in enumerate(zip(cut.blocks, plan, strict=True)):
        resnet._read(block, number, 16, 3, filters, projected)


def test_numbers_of_weights():
    """25,636,712 with biases, for 1,000 classes, as Keras's documentation has it."""
    dense = resnet.FEATURES * 1000 + 1000
    assert resnet.BODY + resnet.BIASES + dense == 25_636_712
    assert keras_resnet50().count_params() == resnet.BODY + resnet.BIASES


def test_strides_move_and_come_back(keras_graph, rng):
    randomise(keras_graph, rng)
    block = sections(keras_graph).blocks[3]  # the first of conv3
    x = rng.normal(size=(2, 8, 8, 256)).astype("float32")
    weights = bottleneck.read_bottleneck(block, 256, 3, (128, 128, 512), projected=True)
    found = list(resnet.with_every_stride(block, x))
    expected = [
        bottleneck.steps(weights, (2, 1, 1)),
        bottleneck.steps(weights, (1, 2, 1)),
        bottleneck.steps(weights, (1, 2, 1), padding=1),
    ]
    for values, right in zip(found, expected, strict=True):
        np.testing.assert_allclose(values, run(right, x), rtol=1e-3, atol=1e-3)
    np.testing.assert_array_equal(block.run(x), found[0])


def test_part_keeps_what_lies_between(keras_graph):
    cut = sections(keras_graph)
    conv3 = part(keras_graph, cut.cuts[3], cut.cuts[7])
    assert conv3.nodes == [node for block in cut.blocks[3:7] for node in block.nodes]
