"""The checks of mlpconv layers and their network: steps, mistakes, and what does not fit."""

import keras
import numpy as np
import pytest
from keras import layers

from cnn_casebook.checks import network_in_network as nin
from cnn_casebook.checks.parts.steps import require_steps, run
from cnn_casebook.checks.parts.verdict import CheckFailed, equal
from cnn_casebook.checks.parts.weights import kernels, randomise
from cnn_casebook.models.graph import flatten

SHAPE = (13, 18, 3)
RELUS = ("relu", "relu", "relu")


def mlpconv(x, kernel_size, filters, activations=RELUS):
    for side, count, activation in zip((kernel_size, 1, 1), filters, activations, strict=True):
        x = layers.Conv2D(count, side, padding="same", activation=activation)(x)
    return x


def pooling(size=3, stride=2, padding="same", layer=layers.MaxPooling2D):
    return layer(size, stride, padding)


def network(input_shape=SHAPE, classes=4, activations=RELUS, **changed):
    """A network in network; `changed` names layers and what stands there instead, a list."""
    first, second, third = (
        [lambda x, filters=filters: mlpconv(x, 3, filters, activations)] for filters in nin.FILTERS
    )
    steps = {
        "first": first,
        "pool": [pooling()],
        "second": second,
        "late_pool": [],
        "third": third,
        "maps": [layers.Conv2D(classes, 1)],
        "mean": [layers.GlobalAveragePooling2D()],
        "end": [layers.Softmax()],
        **changed,
    }
    x = images = keras.Input(input_shape)
    for instead in steps.values():
        for layer in instead:
            x = layer(x)
    return keras.Model(images, x)


def compared(seed=0):
    """The weights of a network, images for it, and what it makes of them."""
    graph, rng = flatten(network()), np.random.default_rng(seed)
    randomise(graph, rng)
    x = rng.normal(0.2, 1, (3, *SHAPE)).astype("float32")
    return kernels(graph.nodes), x, graph.run(x)


@pytest.mark.parametrize("seed", range(3))
def test_the_steps_are_the_network_and_no_mistake_is(seed):
    nin.mlpconv_formula(mlpconv, seed=seed)
    weights, x, found = compared(seed)
    right = nin._network_steps(weights)
    assert equal(found, run(right, x))
    for text, edit in nin._network_mistakes(right):
        assert not equal(found, run(edit, x)), text


@pytest.mark.parametrize(
    ("says", "activations"),
    [
        ("the ReLU after the kxk convolution is missing", (None, "relu", "relu")),
        ("the ReLU after the first 1x1 convolution is missing", ("relu", None, "relu")),
        ("the ReLU after the second 1x1 convolution is missing", ("relu", "relu", None)),
        ("the only ReLU is the one after the kxk convolution", ("relu", None, None)),
        ("the only ReLU is the one after the second 1x1", (None, None, "relu")),
        ("there is no ReLU at all, so the three layers collapse", (None, None, None)),
        ("the nonlinearity is elu; expected ReLU", ("elu", "elu", "elu")),
    ],
)
def test_a_mistake_is_named_when_an_mlpconv_layer_makes_it(says, activations):
    def wrong(x, kernel_size, filters):
        return mlpconv(x, kernel_size, filters, activations)

    def wrong_network(input_shape, classes):
        return network(input_shape, classes, activations)

    with pytest.raises(CheckFailed, match=says):
        nin.mlpconv_formula(wrong, seed=0)
    with pytest.raises(CheckFailed, match=says):
        nin.network_formula(wrong_network, seed=0)


ENDS = [
    ("the softmax at the end is missing", lambda: {"end": []}),
    ("the scores end in a sigmoid", lambda: {"end": [layers.Activation("sigmoid")]}),
    ("softmax is applied twice", lambda: {"end": [layers.Softmax(), layers.Softmax()]}),
    ("a ReLU stands before the softmax", lambda: {"end": [layers.ReLU(), layers.Softmax()]}),
    ("their maximum is taken", lambda: {"mean": [layers.GlobalMaxPooling2D()]}),
    ("summed over the image", lambda: {"mean": [lambda x: keras.ops.sum(x, (1, 2))]}),
    (
        "a ReLU follows the class maps",
        lambda: {"mean": [layers.ReLU(), layers.GlobalAveragePooling2D()]},
    ),
    (
        "the softmax is taken at each pixel",
        lambda: {"mean": [layers.Softmax()], "end": [layers.GlobalAveragePooling2D()]},
    ),
]
POOLINGS = [
    ("the max pooling after the first mlpconv layer is missing", lambda: {"pool": []}),
    (
        "the pooling takes the average; expected the maximum",
        lambda: {"pool": [pooling(layer=layers.AveragePooling2D)]},
    ),
    ("the pooling window is 2x2", lambda: {"pool": [pooling(2)]}),
    ("the pooling window is 4x4", lambda: {"pool": [pooling(4)]}),
    ("the pooling cuts the border off", lambda: {"pool": [pooling(padding="valid")]}),
    ("the pooling has stride 1", lambda: {"pool": [pooling(stride=1)]}),
    ("the pooling has stride 3", lambda: {"pool": [pooling(stride=3)]}),
    ("there is a second max pooling", lambda: {"late_pool": [pooling()]}),
    ("it belongs after the first", lambda: {"pool": [], "late_pool": [pooling()]}),
]


@pytest.mark.parametrize(("says", "changed"), ENDS + POOLINGS)
def test_a_mistake_is_named_when_a_network_makes_it(says, changed):
    def wrong(input_shape, classes):
        return network(input_shape, classes, **changed())

    with pytest.raises(CheckFailed, match=says):
        nin.network_formula(wrong, seed=0)


# On maps of one sign each, a ReLU after their mean computes the same as one before it.
@pytest.mark.parametrize(("says", "changed"), [e for e in ENDS if "before the softmax" not in e[0]])
def test_the_end_is_judged_by_itself(says, changed):
    def wrong(input_shape, classes):
        return network(input_shape, classes, pool=[], **changed())

    with pytest.raises(CheckFailed, match=says):
        nin.network_pooling(wrong, seed=0)


def test_pooling_before_the_last_layer_is_the_same():
    def other_way(input_shape, classes):
        maps, mean = [layers.GlobalAveragePooling2D()], [layers.Dense(classes)]
        return network(input_shape, classes, maps=maps, mean=mean)

    for check in (nin.network_layers, nin.network_pooling, nin.network_formula):
        check(other_way, seed=0)


def test_each_mistake_has_a_sentence_of_its_own():
    weights, x, _ = compared()
    right, mistakes = nin._network_steps(weights), nin._network_mistakes
    for text, edit in mistakes(right):
        with pytest.raises(CheckFailed) as caught:
            require_steps("the output", run(edit, x), x, right, mistakes=mistakes)
        assert str(caught.value) == text


def test_what_does_not_fit_is_said_with_place_and_shape():
    def doubled(input_shape, classes):
        pool = [pooling(), lambda x: layers.Concatenate()([x, x])]
        return network(input_shape, classes, pool=pool)

    with pytest.raises(CheckFailed) as caught:
        nin.network_formula(doubled, seed=0)
    assert str(caught.value) == (
        "the output of the network for images (28, 28, 1): the kxk convolution of mlpconv layer 2 "
        "cannot read what reaches it, 14 x 14 x 16. Look at the step before it."
    )
