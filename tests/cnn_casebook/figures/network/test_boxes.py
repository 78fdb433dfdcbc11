"""Boxes and arrows are those of Keras's own graph."""

import itertools
import shutil

import drawings
import keras
import pytest
from drawings import build
from keras import layers, ops

from cnn_casebook import figures
from cnn_casebook.figures.network.boxes import fuse, given_name, read_boxes
from cnn_casebook.models.graph import UnreadableModelError


def drawn(picture):
    """Return the numbers of the boxes drawn, and the pairs that an arrow joins."""
    nodes = {int(mark.split(":")[1]) for mark in drawings.marks(picture, "node")}
    arrows = [*drawings.marks(picture, "edge"), *drawings.marks(picture, "shortcut")]
    return nodes, {tuple(map(int, mark.split(":")[1].split("-"))) for mark in arrows}


def keras_graph(model, boxes):
    """Return Keras's own nodes and edges, operations that share a box contracted to its number."""
    dot = keras.utils.model_to_dot(model, expand_nested=True)
    place = {name: number for number, box in enumerate(boxes) for name in box.names}
    inputs = [layer.name for layer in model.layers if isinstance(layer, layers.InputLayer)]
    place |= {name: number for number, name in enumerate(inputs)}
    names, edges, models = {}, [], [model]
    while models:
        for operation in getattr(inner := models.pop(), "operations", inner.layers):
            names[str(id(operation))] = operation.name
            if isinstance(operation, keras.Model):
                models.append(operation)
    stack = [dot]
    while stack:
        part = stack.pop()
        stack += part.get_subgraphs()
        edges += [(names[e.get_source()], names[e.get_destination()]) for e in part.get_edges()]
    inner = {name for pair in edges for name in pair} - set(place)  # inputs of nested models
    while inner:
        name = inner.pop()
        sources = [source for source, target in edges if target == name]
        targets = [target for source, target in edges if source == name]
        edges = [edge for edge in edges if name not in edge]
        edges += list(itertools.product(sources, targets))
    joined = {(place[a], place[b]) for a, b in edges}
    return {place[name] for pair in edges for name in pair}, {(a, b) for a, b in joined if a != b}


@pytest.mark.skipif(not shutil.which("dot"), reason="graphviz is not installed")
@pytest.mark.parametrize("direction", ["down", "right"])
@pytest.mark.parametrize("block", drawings.BLOCKS, ids=lambda block: block.__name__)
def test_boxes_and_arrows_are_those_of_keras(block, direction):
    model = build(block)
    boxes = fuse(read_boxes(model))
    nodes, arrows = drawn(figures.blocks(model, direction=direction))
    expected_nodes, expected_arrows = keras_graph(model, boxes)
    assert nodes == set(range(len(boxes))) == expected_nodes
    assert arrows == expected_arrows


def test_shapes_and_parameters_are_those_of_keras():
    model = build(drawings.residual_stage)
    boxes = read_boxes(model)
    assert sum(box.parameters for box in boxes) == model.count_params()
    assert boxes[0].shape == model.input_shape[1:]
    for box in boxes[1:]:
        assert box.shape == tuple(model.get_layer(box.names[0]).output.shape[1:])


def test_batch_norm_and_relu_share_the_box_of_their_convolution():
    words = [box.words for box in fuse(read_boxes(build(drawings.identity)))]
    assert words == [
        "input",
        "conv 1×1, 8 · BN · ReLU",
        "conv 3×3, 12 · BN · ReLU",
        "conv 1×1, 32 · BN",
        "+",
        "ReLU",
    ]


def test_layers_and_operations_look_the_same():
    def plain(x):
        return layers.ReLU()(layers.Add()([layers.Conv2D(32, 3, padding="same")(x), x]))

    def operations(x):
        return ops.relu(layers.Conv2D(32, 3, padding="same")(x) + x)

    assert figures.blocks(build(plain)).alt == figures.blocks(build(operations)).alt


def test_a_layer_used_twice_is_drawn_twice_and_counted_once():
    shared = layers.Conv2D(32, 3, padding="same")
    boxes = read_boxes(build(lambda x: shared(shared(x))))
    assert [box.parents for box in boxes] == [(), (0,), (1,)]
    assert sum(box.parameters for box in boxes) == shared.count_params()


def test_inputs_come_first_and_outputs_are_marked():
    a, b = keras.Input((3,), name="a"), keras.Input((4,), name="b")
    joined = layers.Concatenate()([layers.Dense(2)(b), a])
    boxes = read_boxes(keras.Model([a, b], [joined, a]))
    assert [box.text for box in boxes] == ["input", "input", "dense 2", "concat"]
    assert boxes[3].parents == (2, 0)
    assert [box.output for box in boxes] == [True, False, False, True]


def test_what_no_output_needs_is_not_drawn():
    inside = keras.Input((8,))
    both = keras.Model(inside, [layers.Dense(4)(inside), layers.Dense(9)(inside)])
    x = keras.Input((8,))
    assert [box.text for box in read_boxes(keras.Model(x, both(x)[0]))] == ["input", "dense 4"]


@keras.saving.register_keras_serializable("test_boxes")
class Double(layers.Layer):
    def call(self, x):
        return 2 * x


class Closed(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = layers.Dense(3)

    def call(self, x):
        return self.dense(x)


@pytest.mark.parametrize(("own", "words"), [(Double, "double"), (Closed, "closed")])
def test_a_layer_of_the_learner_s_own_is_a_box_with_its_class_as_words(own, words):
    x = keras.Input((5,))
    boxes = read_boxes(keras.Model(x, own()(layers.Dense(5)(x))))
    assert [box.text for box in boxes] == ["input", "dense 5", words]
    assert boxes[-1].parameters == (18 if own is Closed else 0)


def test_merges_of_one_tensor_are_no_merges():
    x = keras.Input((5,))
    boxes = read_boxes(keras.Model(x, x + 1.0))
    assert [(box.kind, box.text) for box in boxes] == [("input", "input"), ("other", "add")]


def test_names_that_keras_made_up_are_not_shown():
    x = keras.Input((5,))
    assert given_name(keras.Model(x, layers.Dense(2)(x))) == "network"
    assert given_name(keras.Model(x, layers.Dense(2)(x), name="head")) == "head"


def test_an_unreadable_model_is_refused():
    with pytest.raises(UnreadableModelError, match="is a model class of its own"):
        read_boxes(Closed())
