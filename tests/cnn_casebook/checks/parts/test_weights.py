import keras
import numpy as np
import pytest
from keras import layers

from cnn_casebook.checks.parts.verdict import CheckFailed
from cnn_casebook.checks.parts.weights import (
    kernels,
    norms,
    ordered,
    randomise,
    scale_scores,
    transplant,
    wake_relus,
)
from cnn_casebook.models.graph import flatten


def network(bias=True, epsilon=1e-3, shortcut_first=False, filters=5):
    """A projection block, written in one of several ways."""
    x = keras.Input((6, 6, 3))

    def main():
        y = layers.Conv2D(4, 3, padding="same", use_bias=bias)(x)
        y = layers.ReLU()(layers.BatchNormalization(epsilon=epsilon)(y))
        y = layers.Conv2D(filters, 1, use_bias=bias)(y)
        return layers.BatchNormalization(epsilon=epsilon)(y)

    def side():
        y = layers.Conv2D(filters, 1, use_bias=bias)(x)
        return layers.BatchNormalization(epsilon=epsilon)(y)

    paths = [side(), main()] if shortcut_first else [main(), side()]
    return flatten(keras.Model(x, layers.ReLU()(layers.Add()(paths))))


@pytest.fixture
def rng():
    return np.random.default_rng(1)


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("epsilon", [1e-3, 1e-5])
@pytest.mark.parametrize("shortcut_first", [True, False])
def test_transplanted_networks_agree(rng, bias, epsilon, shortcut_first):
    source = network()
    target = network(bias, epsilon, shortcut_first)
    randomise(source, rng)
    randomise(target, rng)
    x = rng.normal(size=(2, 6, 6, 3)).astype("float32")
    assert not np.allclose(source.run(x), target.run(x), atol=1e-3)
    transplant(source, target)
    assert np.allclose(source.run(x), target.run(x), atol=1e-4)


def test_another_architecture_is_named():
    with pytest.raises(CheckFailed, match=r"found a 1x1 convolution, 4 to 6 channels where"):
        transplant(network(), network(filters=6))
    x = keras.Input((6, 6, 3))
    with pytest.raises(CheckFailed, match="has 1 convolutions and dense layers; the reference has"):
        transplant(network(), flatten(keras.Model(x, layers.Conv2D(5, 1)(x))))


def test_a_missing_bias_needs_a_batch_norm(rng):
    x = keras.Input((6, 6, 3))
    source = flatten(keras.Model(x, layers.Conv2D(5, 1)(x)))
    randomise(source, rng)
    target = flatten(keras.Model(x, layers.Conv2D(5, 1, use_bias=False)(x)))
    with pytest.raises(CheckFailed, match="has no bias"):
        transplant(source, target)


def test_order_does_not_depend_on_how_it_was_written():
    kinds = [[n.kind for n in ordered(network(shortcut_first=first))] for first in (True, False)]
    assert kinds[0] == kinds[1]
    shapes = [k.kernel.shape for k in kernels(ordered(network(shortcut_first=True)))]
    assert shapes == [(3, 3, 3, 4), (1, 1, 4, 5), (1, 1, 3, 5)]


def test_randomise_reaches_every_weight(rng):
    graph = network()
    randomise(graph, rng)
    for norm in norms(graph.nodes):
        for values in (norm.gamma, norm.beta, norm.mean, norm.variance):
            assert len(set(values.tolist())) == len(values)
    assert all(np.std(kernel.bias) > 0 for kernel in kernels(graph.nodes))


@pytest.mark.parametrize("end", [layers.Dense(5), layers.Conv2D(5, 1)])
def test_scores_come_to_size_1(rng, end):
    x = keras.Input((6, 5, 3))
    keepdims = isinstance(end, layers.Conv2D)
    features = layers.GlobalAveragePooling2D(keepdims=keepdims)(layers.Conv2D(4, 3)(x))
    graph = flatten(keras.Model(x, layers.Softmax()(end(features))))
    randomise(graph, rng)
    images = rng.normal(0, 300, (6, 6, 5, 3)).astype("float32")
    last = kernels(graph.nodes)[-1]
    scale_scores(graph, images, last)
    wires = [last.node.outputs[0], graph.outputs[0]]
    scores, probabilities = graph.run(images, watch=wires)
    assert np.std(scores - last.bias) == pytest.approx(1, rel=1e-3)
    assert 0.01 < probabilities.max() < 0.999


@pytest.mark.parametrize("seed", range(5))
def test_no_relu_is_silent(seed):
    x = y = keras.Input((6, 5, 3))
    for _ in range(12):
        y = layers.Conv2D(2, 3, padding="same", activation="relu")(y)
    graph, rng = flatten(keras.Model(x, y)), np.random.default_rng(seed)
    randomise(graph, rng)
    wake_relus(graph)
    found = graph.run(rng.uniform(0, 1, (2, 6, 5, 3)).astype("float32"))
    assert np.all(found > 0)
    assert found.max() < 100


def test_a_window_gives_no_scores(rng):
    x = keras.Input((6, 5, 3))
    graph = flatten(keras.Model(x, layers.Flatten()(layers.Conv2D(4, 3)(x))))
    before = np.asarray(graph.nodes[0].operation.kernel)
    scale_scores(graph, rng.normal(size=(2, 6, 5, 3)), kernels(graph.nodes)[0])
    np.testing.assert_array_equal(graph.nodes[0].operation.kernel, before)


def test_dense_on_images_is_a_1x1_convolution():
    x = keras.Input((6, 6, 3))
    (kernel,) = kernels(flatten(keras.Model(x, layers.Dense(7)(x))).nodes)
    assert kernel.kernel.shape == (1, 1, 3, 7)
    assert kernel.text == "dense layer on each pixel, 3 to 7 channels"
