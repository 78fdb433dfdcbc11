"""The checks of today's LeNet-5: the steps are the network, and each mistake has its sentence."""

import keras
import numpy as np
import pytest
from keras import layers

from cnn_casebook.checks import lenet
from cnn_casebook.checks.parts.steps import computed, require_steps, run
from cnn_casebook.checks.parts.verdict import CheckFailed, equal
from cnn_casebook.checks.parts.weights import kernels, randomise
from cnn_casebook.models.graph import flatten

RELUS = ("C1_relu", "C3_relu", "C5_relu", "F6_relu")


def network(input_shape=(32, 32, 1), classes=10, **changed):
    """Today's LeNet-5; `changed` names layers and what stands there instead, a list of layers."""
    steps = {
        "C1": [layers.Conv2D(6, 5)],
        "C1_relu": [layers.ReLU()],
        "S2": [layers.AveragePooling2D(2)],
        "C3": [layers.Conv2D(16, 5)],
        "C3_relu": [layers.ReLU()],
        "S4": [layers.AveragePooling2D(2)],
        "flatten": [layers.Flatten()],
        "C5": [layers.Dense(120)],
        "C5_relu": [layers.ReLU()],
        "F6": [layers.Dense(84)],
        "F6_relu": [layers.ReLU()],
        "output": [layers.Dense(classes)],
        "end": [layers.Softmax()],
        **changed,
    }
    found = [layer for instead in steps.values() for layer in instead]
    return keras.Sequential([keras.Input(input_shape), *found])


def require_order(seed=0, **changed):
    def lenet5():
        return network(**changed)

    lenet.lenet5_order(lenet5, seed=seed)


def compared(seed=0, **changed):
    """The weights of a network, images for it, and what it makes of them."""
    graph, rng = flatten(network(**changed)), np.random.default_rng(seed)
    randomise(graph, rng)
    x = rng.normal(0.2, 1, (4, *graph.inputs[0].shape[1:])).astype("float32")
    return kernels(graph.nodes), x, graph.run(x)


def test_the_number_of_parameters_is_that_of_the_text():
    assert network().count_params() == 61_706


@pytest.mark.parametrize("seed", range(5))
def test_the_steps_are_the_network_and_no_mistake_is(seed):
    weights, x, found = compared(seed)
    right = lenet._steps(weights)
    assert equal(found, run(right, x))
    for text, edit in lenet._mistakes(right):
        assert not equal(found, computed(edit, x)()), text


def test_later_layers_may_be_convolutions():
    flattened = [layers.Flatten(), layers.Softmax()]
    require_order(
        flatten=[],
        C5=[layers.Conv2D(120, 5)],
        F6=[layers.Conv2D(84, 1)],
        output=[layers.Conv2D(10, 1)],
        end=flattened,
    )


@pytest.mark.parametrize("end", ["softmax", "linear", "sigmoid", "relu", "tanh", "log_softmax"])
def test_whether_the_end_is_a_softmax_is_not_asked_of_the_order(end):
    require_order(end=[layers.Activation(end)])
    likely = end in ("softmax", "linear", "sigmoid")
    says = "the second pooling takes the maximum" if likely else "is not what the definition gives"
    with pytest.raises(CheckFailed, match=says):
        require_order(end=[layers.Activation(end)], S4=[layers.MaxPooling2D(2)])


def other(function, *places):
    return {place: [layers.Activation(function)] for place in places}


def late(function):
    """Each nonlinearity of a convolution after its pooling."""
    pooled = [layers.AveragePooling2D(2), layers.Activation(function)]
    rest = other(function, "C5_relu", "F6_relu")
    return {"C1_relu": [], "S2": pooled, "C3_relu": [], "S4": pooled, **rest}


def missing(*places):
    return {place: [] for place in places}


@pytest.mark.parametrize(
    ("says", "changed"),
    [
        (
            "the poolings take the maximum",
            lambda: {"S2": [layers.MaxPooling2D(2)], "S4": [layers.MaxPooling2D(2)]},
        ),
        ("the first pooling takes the maximum", lambda: {"S2": [layers.MaxPooling2D(2)]}),
        (
            "the poolings add up their four inputs",
            lambda: {
                place: [layers.AveragePooling2D(2), layers.Rescaling(4)] for place in ("S2", "S4")
            },
        ),
        ("ReLU comes after the pooling", lambda: late("relu")),
        ("there is no ReLU at all", lambda: missing(*RELUS)),
        ("both convolutions lack their ReLU", lambda: missing("C1_relu", "C3_relu")),
        ("the dense layers C5 and F6 lack their ReLU", lambda: missing("C5_relu", "F6_relu")),
        ("the ReLU after C1 is missing", lambda: missing("C1_relu")),
        ("the ReLU after F6 is missing", lambda: missing("F6_relu")),
        (
            'padding="same" in both convolutions',
            lambda: {
                "C1": [layers.Conv2D(6, 5, padding="same")],
                "C3": [layers.Conv2D(16, 5, padding="same")],
            },
        ),
        ('padding="same" in C1', lambda: {"C1": [layers.Conv2D(6, 5, padding="same")]}),
        ('padding="same" in C3', lambda: {"C3": [layers.Conv2D(16, 5, padding="same")]}),
        ("the nonlinearity is gelu; today's LeNet-5 uses ReLU.\n", lambda: other("gelu", *RELUS)),
        (
            "the nonlinearity is tanh; today's LeNet-5 uses ReLU. It also comes after",
            lambda: late("tanh"),
        ),
        ("softmax is applied twice", lambda: {"end": [layers.Softmax(), layers.Softmax()]}),
        (
            "a ReLU stands before the softmax",
            lambda: {"end": [layers.ReLU(), layers.Softmax()]},
        ),
    ],
)
def test_a_mistake_is_named_when_a_network_makes_it(says, changed):
    with pytest.raises(CheckFailed, match=says):
        require_order(**changed())


def test_each_mistake_has_a_sentence_of_its_own():
    weights, x, _ = compared()
    right = lenet._steps(weights)
    again = ("the convolutions have no ReLU.", "the hidden dense layers have no ReLU.")
    for text, edit in lenet._mistakes(right):
        # C1 and C3 were named before, and C5 and F6. Padding makes C5 larger than it is here.
        if text not in again and not text.startswith("padding"):
            with pytest.raises(CheckFailed) as caught:
                require_steps("the output", run(edit, x), x, right, mistakes=lenet._mistakes)
            assert str(caught.value) == text


def test_layers_are_numbered_where_one_is_missing():
    require_order(F6=[], F6_relu=[])
    with pytest.raises(CheckFailed, match="the ReLU after layer 2 is missing"):
        require_order(F6=[], F6_relu=[], C3_relu=[])


def test_what_does_not_fit_is_said_with_place_and_shape():
    with pytest.raises(CheckFailed) as caught:
        require_order(S4=[layers.AveragePooling2D(2, 1)])
    assert str(caught.value).startswith(
        "the output of lenet5 with random weights: C5 cannot read what reaches it, 5 x 5 x 16. "
        "Each 5x5 convolution has no padding"
    )
    with pytest.raises(CheckFailed, match="the network has 5x5 from 1 to 6 channels -> dense 1176"):
        require_order(C3=[], C3_relu=[], S4=[])


def test_a_window_that_is_not_square_is_compared_as_it_is():
    require_order(C1=[layers.Conv2D(6, (3, 7))], C5=[layers.Dense(120)])
    with pytest.raises(CheckFailed, match="Both convolutions have a window of 5x5"):
        lenet.lenet5_layers(lambda: network(C1=[layers.Conv2D(6, (5, 4))]))


def test_a_failure_can_be_repeated_by_its_seed():
    def linear():
        return keras.Sequential([keras.Input((32, 32, 1)), layers.Flatten(), layers.Dense(10)])

    with pytest.raises(CheckFailed) as failure:
        lenet.lenet5_probabilities(linear, seed=7)
    assert "seed=7" in failure.value.__notes__[0]
