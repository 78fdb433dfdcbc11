"""Where a network is cut, at the edges: what an addition is, and where a last block ends."""

import keras
import numpy as np
import pytest
from keras import layers

from cnn_casebook.checks.parts.sections import additions, part, sections
from cnn_casebook.models.graph import flatten


def graph_of(write):
    x = keras.Input((6, 6, 4))
    return flatten(keras.Model(x, write(x)))


def conv(x):
    return layers.Conv2D(4, 3, padding="same")(x)


@pytest.mark.parametrize(
    ("write", "found"),
    [
        (lambda x: layers.Add()([conv(x), x]), ["Add"]),
        (lambda x: conv(x) + x, ["Add"]),
        (lambda x: keras.ops.subtract(x, conv(x)), ["Subtract"]),
        (lambda x: layers.Average()([conv(x), conv(x), x]), ["Average"]),
        (lambda x: x + x, []),
        (lambda x: 2.0 * x + 1.0, []),
        (lambda x: layers.Concatenate()([conv(x), x]), []),
    ],
    ids=["layer", "operator", "subtraction", "three", "itself", "numbers", "concatenation"],
)
def test_what_counts_as_an_addition(write, found):
    assert [node.kind for node in additions(graph_of(write))] == found


def block(x, relu=True):
    y = layers.Add()([conv(conv(x)), x])
    return layers.ReLU()(y) if relu else y


@pytest.mark.parametrize("relu", [True, False])
def test_the_last_block_ends_with_the_last_tensor_of_its_shape(relu):
    cut = sections(graph_of(lambda x: layers.Flatten()(block(block(x, relu), relu))))
    kinds = ["Conv2D", "Conv2D", "Add", *(["ReLU"] if relu else [])]
    assert [[node.kind for node in piece.nodes] for piece in cut.blocks] == [kinds, kinds]
    assert [node.kind for node in cut.head.nodes] == ["Flatten"]
    assert cut.stem.nodes == []


def test_a_last_tensor_with_two_readers_belongs_to_the_block():
    def write(x):
        y = block(x)
        return layers.Concatenate()([layers.Flatten()(y), layers.GlobalMaxPooling2D()(y)])

    cut = sections(graph_of(write))
    assert cut.blocks[0].nodes[-1].kind == "ReLU"
    assert [node.kind for node in cut.head.nodes][-1] == "Concatenate"


def test_a_block_begins_where_its_paths_part_not_where_the_shortcut_ends():
    def write(x):
        x = conv(x)
        return layers.Add()([conv(layers.ReLU()(conv(x))), layers.Conv2D(4, 1)(x)])

    cut = sections(graph_of(write))
    assert [node.kind for node in cut.stem.nodes] == ["Conv2D"]
    assert len(cut.blocks[0].nodes) == 5
    assert cut.cuts[0] == cut.stem.nodes[0].outputs[0]


def test_pieces_run_one_after_the_other_are_the_network():
    graph = graph_of(lambda x: layers.Flatten()(block(block(conv(x)))))
    cut = sections(graph)
    x = np.random.default_rng(0).normal(0, 1, (2, 6, 6, 4)).astype("float32")
    y = x
    for piece in (cut.stem, *cut.blocks, cut.head):
        y = piece.run(y)
    np.testing.assert_allclose(y, graph.run(x), atol=1e-5)


def test_nothing_lies_between_a_wire_and_itself():
    graph = graph_of(block)
    assert part(graph, graph.inputs[0], graph.inputs[0]).nodes == []
    assert part(graph, graph.inputs[0], graph.outputs[0]).nodes == graph.nodes
