import keras
import numpy as np
import pytest
from keras import layers, ops

from cnn_casebook.models.graph import (
    UnreadableModelError,
    UnrunnableModelError,
    describe,
    flatten,
    paths,
    without_shortcut,
)


def block(width=4, shortcut=True):
    x = keras.Input((6, 5, width))
    y = layers.BatchNormalization()(layers.Conv2D(width, 3, padding="same")(x))
    return keras.Model(x, layers.ReLU()(y + x if shortcut else y))


def images(*shape):
    return np.random.default_rng(0).normal(size=shape).astype("float32")


def nested():
    """A model in a model in a model, one of them called twice, with functions in between."""
    inner = keras.Sequential([keras.Input((6, 5, 4)), layers.Conv2D(4, 1), layers.Dropout(0.5)])
    x = keras.Input((6, 5, 4))
    y = ops.relu(inner(inner(x))) + x
    middle = keras.Model(x, [y, ops.mean(y, axis=(1, 2))])
    x = keras.Input((6, 5, 4))
    images, means = middle(block()(x))
    return keras.Model(x, layers.Add()([images, ops.reshape(means, (-1, 1, 1, 4))]))


@pytest.mark.parametrize("training", [False, True])
def test_run_computes_what_the_model_computes(training):
    model, x = block(), images(3, 6, 5, 4)
    assert np.allclose(flatten(model).run(x, training=training), model(x, training=training))


def test_nested_models_become_single_operations():
    model, x = nested(), images(3, 6, 5, 4)
    graph = flatten(model)
    assert not any(isinstance(node.operation, keras.Model) for node in graph.nodes)
    assert [node.kind for node in graph.nodes].count("Dropout") == 2
    assert np.allclose(graph.run(x), model(x, training=False), atol=1e-6)


def test_several_inputs_and_outputs():
    a, b = keras.Input((3,)), keras.Input((3,))
    model = keras.Model([a, b], [a - b, layers.Dense(2)(b)])
    x, y = images(2, 3), images(2, 3)
    found = flatten(model).run(x, y)
    for output, expected in zip(found, model([x, y]), strict=True):
        assert np.allclose(output, expected)


def test_unused_layers_do_not_count():
    x = keras.Input((4, 4, 1))
    layers.ReLU()(x)
    kept = layers.Conv2D(1, 1)(x)
    layers.ReLU()(kept)
    assert [node.kind for node in flatten(keras.Model(x, kept)).nodes] == ["Conv2D"]


def test_replace_and_watch():
    graph, x = flatten(block()), images(2, 6, 5, 4)
    conv = graph.nodes[0].outputs[0]
    assert np.all(graph.run(x, replace={conv: lambda y: 0 * y}, watch=[conv])[0] == 0)
    assert graph.readers(conv)[0].kind == "BatchNormalization"


def test_paths_of_a_block_with_and_without_shortcut():
    found = paths(flatten(block()))
    assert [node.kind for node in found.main] == ["Conv2D", "BatchNormalization"]
    assert found.shortcut == []
    assert [node.kind for node in found.after] == ["ReLU"]
    assert paths(flatten(block(shortcut=False))).merge is None


def test_without_shortcut():
    model, x = block(), images(2, 6, 5, 4)
    main = layers.ReLU()(model.layers[2](model.layers[1](x)))
    assert np.allclose(without_shortcut(model)(x), main, atol=1e-6)
    with pytest.raises(ValueError, match="expected a block with a shortcut"):
        without_shortcut(block(shortcut=False))


class Own(keras.Model):
    def call(self, x):
        return x


class Double(layers.Layer):
    def call(self, x):
        return 2 * x


def with_layer(layer):
    x = keras.Input((4,))
    return keras.Model(x, layer(x))


def test_depth_first_follows_a_branch_to_its_end():
    x = keras.Input((4,))
    first, second = layers.Dense(4, name="first"), layers.Dense(4, name="second")
    left, right = first(x), second(x)  # called side by side
    y = layers.Add(name="add")([layers.ReLU(name="after_second")(right), layers.ReLU()(left)])
    graph = flatten(keras.Model(x, [layers.Dense(2, name="head")(y), y]))
    names = [node.name for node in graph.depth_first()]
    assert names[:2] == ["second", "after_second"]
    assert names[2] == "first"
    assert names[4:] == ["add", "head"]
    assert set(names) == {node.name for node in graph.nodes}


@pytest.mark.parametrize("model", [nested(), block(), block(shortcut=False)])
def test_depth_first_puts_each_node_after_what_it_reads(model):
    graph = flatten(model)
    known = set(graph.inputs)
    for node in graph.depth_first():
        assert known.issuperset(node.inputs)
        known.update(node.outputs)
    assert known.issuperset(graph.outputs)


@pytest.mark.parametrize("layer", [Double(), layers.Lambda(lambda x: x), Own()])
def test_own_layers_are_operations_whose_inside_stays_closed(layer):
    (node,) = flatten(with_layer(layer), own_layers=True).nodes
    assert node.operation is layer


def test_own_layers_do_not_open_what_cannot_be_opened():
    with pytest.raises(UnreadableModelError, match="Own is a model class of its own"):
        flatten(Own(), own_layers=True)


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (None, "expected a Keras model, found None"),
        (layers.Dense(3, name="d"), "found the layer d, not called"),
        (keras.Sequential([layers.Dense(3)]), "Make keras.Input"),
        (Own(), "Own is a model class of its own"),
        (with_layer(Double()), "contains Double"),
        (with_layer(layers.Lambda(lambda x: x)), "contains Lambda"),
    ],
    ids=str,
)
def test_unreadable_models(model, message):
    with pytest.raises(UnreadableModelError, match=message):
        flatten(model)


def padded(*pairs):
    return lambda x: ops.pad(x, pairs)


@pytest.mark.parametrize(
    ("step", "message"),
    [
        (padded((0, 1), (0, 0), (0, 0), (0, 0)), "its Add .* number of images differs"),
        (padded((0, 0), (-1, 1), (0, 0), (0, 0)), r"its Pad .* gets \(3, 6, 5, 4\) and fails"),
    ],
    ids=["a batch that grows", "a pad below 0"],
)
def test_a_model_that_cannot_be_run_says_where(step, message):
    x = keras.Input((6, 5, 4))
    graph = flatten(keras.Model(x, layers.Add()([x, step(x)])))
    with pytest.raises(UnrunnableModelError, match=message) as raised:
        graph.run(images(3, 6, 5, 4))
    assert "function_node" not in str(raised.value)


def test_describe():
    assert describe(keras.Input((3,))) == "a symbolic tensor of shape (None, 3)"
    assert describe(layers.ReLU) == "the layer ReLU, not called"
    assert describe(len) == "the function len, not called"
    assert len(describe("x" * 500)) < 80
