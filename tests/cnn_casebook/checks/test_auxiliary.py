"""The checks of auxiliary heads: the steps are the head, and each mistake has its sentence."""

import keras
import numpy as np
import pytest
from keras import layers

from cnn_casebook.checks import auxiliary
from cnn_casebook.checks.parts.steps import DoesNotFit, require_steps, run
from cnn_casebook.checks.parts.total_loss import loss_mistakes, right_loss
from cnn_casebook.checks.parts.verdict import CheckFailed, equal
from cnn_casebook.checks.parts.weights import kernels, randomise
from cnn_casebook.models.graph import flatten

SHAPE, WINDOW = (8, 11, 4), (5, 5)


def head(x, classes, **changed):
    """An auxiliary head; `changed` names layers and what stands there instead, a list of layers."""
    window = tuple(min(5, side) for side in x.shape[1:3])
    steps = {
        "pool": [layers.AveragePooling2D(window, 3)],
        "conv": [layers.Conv2D(128, 1)],
        "conv_relu": [layers.ReLU()],
        "flatten": [layers.Flatten()],
        "dense": [layers.Dense(1024)],
        "dense_relu": [layers.ReLU()],
        "dropout": [layers.Dropout(0.7)],
        "scores": [layers.Dense(classes)],
        "end": [layers.Softmax()],
        **changed,
    }
    for instead in steps.values():
        for layer in instead:
            x = layer(x)
    return x


def compared(seed=0):
    """The weights of a head, images for it, and what it makes of them."""
    rng, inputs = np.random.default_rng(seed), keras.Input(SHAPE)
    graph = flatten(keras.Model(inputs, head(inputs, 7)))
    randomise(graph, rng)
    x = np.maximum(rng.normal(0.5, 1, (4, *SHAPE)), 0).astype("float32")
    return kernels(graph.nodes), x, graph.run(x)


@pytest.mark.parametrize("seed", range(3))
def test_the_steps_are_the_head_and_no_mistake_is(seed):
    auxiliary.head_values(head, seed=seed)
    weights, x, found = compared(seed)
    right = auxiliary._steps(weights, WINDOW)
    assert equal(found, run(right, x))
    for text, edit in auxiliary._mistakes(right):
        assert not equal(found, run(edit, x)), text


def other(function, *places):
    return {place: [layers.Activation(function)] for place in places}


@pytest.mark.parametrize(
    ("says", "changed"),
    [
        ("the softmax at the end is missing", lambda: {"end": []}),
        ("the head ends in a sigmoid; expected softmax", lambda: other("sigmoid", "end")),
        ("softmax is applied twice", lambda: {"end": [layers.Softmax(), layers.Softmax()]}),
        ("there is no ReLU after the 1x1 convolution", lambda: {"conv_relu": []}),
        ("there is no ReLU after the dense layer of 1024", lambda: {"dense_relu": []}),
        ("there is no ReLU in the head", lambda: {"conv_relu": [], "dense_relu": []}),
        ("the nonlinearity is silu; expected", lambda: other("silu", "conv_relu", "dense_relu")),
        (
            "the pooling takes the maximum; expected the average",
            lambda: {"pool": [layers.MaxPooling2D(5, 3)]},
        ),
        ("Dropout is missing", lambda: {"dropout": []}),
        ("Here: 14x14 -> Flatten", lambda: {"pool": []}),
        ("strides=3, same. -> 5x5", lambda: {"pool": [layers.AveragePooling2D(5, 3, "same")]}),
        ("strides=5, valid. -> 2x2", lambda: {"pool": [layers.AveragePooling2D(5)]}),
        ("AveragePooling2D.8x8, strides=3", lambda: {"pool": [layers.AveragePooling2D(8, 3)]}),
        (
            "The hidden dense layer has 512 units; expected 1,024",
            lambda: {"dense": [layers.Dense(512)]},
        ),
    ],
)
def test_a_mistake_is_named_when_a_head_makes_it(says, changed):
    def auxiliary_head(x, classes):
        return head(x, classes, **changed())

    with pytest.raises(CheckFailed, match=says):
        auxiliary.head_values(auxiliary_head, seed=0)


def test_each_mistake_has_a_sentence_of_its_own():
    weights, x, _ = compared()
    right = auxiliary._steps(weights, WINDOW)
    for text, edit in auxiliary._mistakes(right):
        with pytest.raises(CheckFailed) as caught:
            require_steps("the head", run(edit, x), x, right, mistakes=auxiliary._mistakes)
        assert str(caught.value) == text


def test_a_window_larger_than_the_image_is_said_with_place_and_shape():
    weights, x, _ = compared()
    with pytest.raises(DoesNotFit, match="the pooling cannot read what reaches it, 8 x 4 x 4"):
        run(auxiliary._steps(weights, WINDOW), x[:, :, :4])
    run(auxiliary._steps(weights, (4, 4))[:1], x[:, :, :4])
    with pytest.raises(DoesNotFit, match="8 x 4 x 4"):
        run(auxiliary._steps(weights, (4, 5))[:1], x[:, :, :4])


@pytest.mark.parametrize("number", range(29))
def test_a_mistake_is_named_when_a_loss_makes_it(number):
    def mistaken(labels, *outputs):
        return loss_mistakes(labels, outputs)[number]

    labels, outputs = auxiliary._drawn(np.random.default_rng(0), 6, 4)
    says, _ = mistaken(labels, *outputs)
    with pytest.raises(CheckFailed) as caught:
        auxiliary.loss_value(lambda *given: mistaken(*given)[1], seed=0)
    assert str(caught.value) == says


def test_a_forgotten_bracket_is_no_other_mistake_where_one_output_is_unsure():
    def total_loss(labels, *outputs):
        main, head1, head2 = (
            -np.log(output[np.arange(len(labels)), labels]).mean() for output in outputs
        )
        return main + 0.3 * head1 + head2

    with pytest.raises(CheckFailed, match="brackets around the sum of the heads"):
        auxiliary.loss_parts(total_loss, seed=0)


def test_the_right_loss_passes():
    def total_loss(labels, *outputs):
        return right_loss(labels, outputs)

    auxiliary.loss_value(total_loss, seed=0)
    auxiliary.loss_parts(total_loss, seed=0)
