"""Whether ResNet-50 is cut where its blocks are, and its references are what they claim to be."""

import keras
import numpy as np
import pytest
from keras import layers

from cnn_casebook.checks import residual, resnet
from cnn_casebook.checks.parts.sections import additions, part, sections
from cnn_casebook.checks.parts.stem import require_stem
from cnn_casebook.checks.parts.stem import stem as stem_formula
from cnn_casebook.checks.parts.verdict import CheckFailed
from cnn_casebook.checks.parts.weights import kernels, norms, randomise, transplant
from cnn_casebook.models.blocks import identity_block, projection_block
from cnn_casebook.models.graph import flatten


@pytest.fixture(scope="module")
def keras_graph():
    return flatten(residual.keras_resnet50())


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
    assert residual.keras_resnet50().count_params() == resnet.BODY + resnet.BIASES


def test_stem_formula_is_that_of_keras(keras_graph, rng):
    randomise(keras_graph, rng)
    stem = sections(keras_graph).stem
    x = rng.uniform(size=(2, 40, 32, 3)).astype("float32")
    (kernel,), (norm,) = kernels(stem.nodes), norms(stem.nodes)
    np.testing.assert_allclose(stem_formula(x, kernel, norm), stem.run(x), atol=1e-4)
    for other in ({"pad": None}, {"pool_pad": "same"}, {"relu_first": True}, {"pool": "average"}):
        wrong = stem_formula(x, kernel, norm, **other)
        assert not np.allclose(wrong, stem.run(x), atol=1e-2)
    require_stem(stem, x, stem.run(x))
    with pytest.raises(CheckFailed, match="no ReLU after its batch norm"):
        require_stem(stem, x, stem_formula(x, kernel, norm, relu=False))
    with pytest.raises(CheckFailed, match="ReLU stands before batch norm in the stem"):
        require_stem(stem, x, stem_formula(x, kernel, norm, pad=None, relu_first=True))


def test_strides_move_and_come_back(keras_graph, rng):
    randomise(keras_graph, rng)
    block = sections(keras_graph).blocks[3]  # the first of conv3
    x = rng.normal(size=(2, 8, 8, 256)).astype("float32")
    weights = residual.read_bottleneck(block, 256, 3, (128, 128, 512), projected=True)
    found = list(resnet._with_every_stride(block, x))
    expected = [
        residual.formula(x, weights, strides=(2, 1, 1)),
        residual.formula(x, weights, strides=(1, 2, 1)),
        residual.formula(x, weights, strides=(1, 2, 1), pad=1),
    ]
    for ours, formula in zip(found, expected, strict=True):
        np.testing.assert_allclose(ours, formula, rtol=1e-3, atol=1e-3)
    np.testing.assert_array_equal(block.run(x), found[0])


def test_part_keeps_what_lies_between(keras_graph):
    cut = sections(keras_graph)
    conv3 = part(keras_graph, cut.cuts[3], cut.cuts[7])
    assert conv3.nodes == [node for block in cut.blocks[3:7] for node in block.nodes]


@pytest.mark.parametrize("part", ["conv2_block1", "conv2_block2"])
def test_a_block_alone_is_the_block_of_the_whole_network(keras_graph, rng, part):
    """The same layers with the same settings, and the same output when weights are the same."""
    number = ["conv2_block1", "conv2_block2"].index(part)
    within, alone = sections(keras_graph).blocks[number], residual.keras_block(part)
    found, expected = ({n.name: n.operation.get_config() for n in g.nodes} for g in (alone, within))
    assert found == expected
    randomise(within, rng)
    transplant(within, alone)
    x = rng.normal(size=(2, *alone.inputs[0].shape[1:])).astype("float32")
    np.testing.assert_allclose(alone.run(x), within.run(x), rtol=1e-5, atol=1e-5)


def test_ready_blocks_are_the_blocks_of_the_exercises():
    """The course's own blocks pass the checks that learners' blocks have to pass."""
    residual.identity_block_order(identity_block)
    residual.identity_block_sizes(identity_block)
    residual.projection_block_formula(projection_block)
    residual.matches_keras(identity_block, "conv2_block2")
    residual.matches_keras(projection_block, "conv2_block1")
    x = keras.Input((6, 6, 4))
    model = keras.Model(x, projection_block(x, 3, (2, 3, 4), use_bias=False))
    assert not any(kernel.node.operation.use_bias for kernel in kernels(flatten(model).nodes))
