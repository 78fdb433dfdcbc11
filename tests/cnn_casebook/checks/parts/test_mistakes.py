"""Whether each usual mistake is named where a network of Keras layers really makes it."""

import keras
import numpy as np
import pytest
from keras import activations, layers, ops

from cnn_casebook.checks.parts.mistakes import (
    OTHER_NONLINEARITIES,
    SOFTMAX_OVER_BATCH,
    main_path_alone,
    relu_before_norm,
    usual_mistakes,
    wrong_additions,
    wrong_end,
)
from cnn_casebook.checks.parts.steps import (
    Steps,
    add,
    changed,
    computed,
    conv,
    dense,
    last,
    norm,
    pool,
    relu,
    require_steps,
    run,
)
from cnn_casebook.checks.parts.verdict import CheckFailed, equal
from cnn_casebook.checks.parts.weights import kernels, norms, randomise
from cnn_casebook.models.graph import Graph, flatten

SHAPE = (22, 18, 3)
ORDER = "conv relu conv relu pool conv relu pool dense relu dense softmax"
MADE = {
    "conv": lambda x: layers.Conv2D(4, 3, padding="same")(x),
    "relu": ops.relu,
    "pool": lambda x: layers.MaxPooling2D(2)(x),
    "dense": lambda x: layers.Dense(12)(layers.Flatten()(x)),
    "softmax": ops.softmax,
}


def network(order: str = ORDER, shape: tuple = SHAPE, **made) -> tuple[Graph, np.ndarray]:
    """A network of Keras layers with random weights, and images.

    Args:
        order: Words, one for each layer.
        shape: (height, width, channels).
        made: Functions for words, instead of those in `MADE`.
    """
    x = inputs = keras.Input(shape)
    for word in order.split():
        x = (MADE | made)[word](x)
    graph, rng = flatten(keras.Model(inputs, x)), np.random.default_rng(0)
    randomise(graph, rng)
    return graph, rng.normal(0.2, 1, (3, *shape)).astype("float32")


def right_steps(graph: Graph) -> Steps:
    """What `ORDER` computes with a network's weights."""
    names = ("layer 1", "layer 2", "layer 3", "layer 4", "layer 5")
    first, second, third, fourth, fifth = zip(names, kernels(graph.nodes), strict=True)
    return [
        *(conv(*first), relu(first[0]), conv(*second), relu(second[0]), pool("block 1")),
        *(conv(*third), relu(third[0]), pool("block 2")),
        *(dense(*fourth), relu(fourth[0]), dense(*fifth), last()),
    ]


# Each sentence, and how to make the network that it speaks of.
MISTAKEN = {
    "the pooling takes the average; VGG takes the maximum.": {
        "pool": lambda x: layers.AveragePooling2D(2)(x)
    },
    "there are two poolings after a block, or one of 4x4; expected one of 2x2.": {
        "order": ORDER.replace("pool", "pool pool")
    },
    "the pooling moves by 1 pixel; its stride is 2.": {"pool": lambda x: ops.max_pool(x, 2, 1)},
    'the pooling has padding="same"; an odd last row is dropped.': {
        "pool": lambda x: ops.max_pool(x, 2, 2, "same")
    },
    "the pooling has windows of 3x3; expected 2x2.": {"pool": lambda x: ops.max_pool(x, 3, 2)},
    "nothing is pooled: the layer is missing or unused, or its window is one pixel.": {
        "order": ORDER.replace("pool ", "")
    },
    "the pooling after block 1 is missing or unused.": {"order": ORDER.replace("pool ", "", 1)},
    "the pooling after block 2 is missing or unused.": {
        "order": ORDER.replace("pool dense", "dense")
    },
    'the convolutions are not padded; expected padding="same".': {
        "conv": lambda x: layers.Conv2D(4, 3)(x)
    },
    "there is no ReLU at all (or its result is never used).": {"order": ORDER.replace("relu ", "")},
    "the convolutions have no ReLU.": {"order": ORDER.replace("conv relu", "conv")},
    "the hidden dense layers have no ReLU.": {"order": ORDER.replace("dense relu", "dense")},
    "the ReLU after layer 1 is missing (or its result is never used).": {
        "order": ORDER.replace("conv relu", "conv", 1)
    },
    "the ReLU after layer 2 is missing (or its result is never used).": {
        "order": ORDER.replace("relu pool", "pool", 1)
    },
    "the ReLU after layer 3 is missing (or its result is never used).": {
        "order": ORDER.replace("relu pool dense", "pool dense")
    },
    "the softmax at the end is missing.": {"order": ORDER.removesuffix("softmax")},
    "the last layer has a sigmoid; expected softmax.": {"softmax": ops.sigmoid},
    "softmax is applied twice.": {"order": f"{ORDER} softmax"},
    "a ReLU stands before the softmax: negative scores are lost.": {
        "order": ORDER.replace("softmax", "relu softmax")
    },
    SOFTMAX_OVER_BATCH: {"softmax": lambda scores: ops.softmax(scores, axis=0)},
} | {
    f"the nonlinearity is {name}; VGG uses ReLU.": {"relu": getattr(activations, name)}
    for name in OTHER_NONLINEARITIES
}


def test_the_steps_of_the_right_network_are_the_network():
    graph, x = network()
    assert equal(graph.run(x), run(right_steps(graph), x))


@pytest.mark.parametrize("text", MISTAKEN)
def test_each_usual_mistake_is_named_where_a_network_makes_it(text):
    graph, x = network(**MISTAKEN[text])
    with pytest.raises(CheckFailed) as failure:
        require_steps(
            "it",
            graph.run(x),
            x,
            right_steps(graph),
            mistakes=lambda right: usual_mistakes(right, "VGG"),
        )
    assert str(failure.value) == text


def test_all_usual_mistakes_are_tried_here():
    graph, _ = network()
    found = {text for text, _ in usual_mistakes(right_steps(graph), "VGG")}
    # One hidden dense layer: without its ReLU, all of them lack it.
    assert found - set(MISTAKEN) == {
        "the ReLU after layer 4 is missing (or its result is never used)."
    }
    assert set(MISTAKEN) <= found


def test_a_block_without_a_dense_layer_has_no_mistakes_at_its_end():
    graph, _ = network()
    texts = [text for text, _ in usual_mistakes(right_steps(graph)[:5], "VGG")]
    assert not [text for text in texts if "softmax" in text or "dense" in text]
    assert "the pooling after block 1 is missing or unused." in texts


def test_the_words_for_a_sigmoid_can_be_chosen():
    graph, _ = network()
    texts = [text for text, _ in wrong_end(right_steps(graph), "the output has a sigmoid")]
    assert "the output has a sigmoid; expected softmax." in texts


def test_a_relu_before_the_batch_norm():
    graph, x = network(
        "conv relu norm conv relu norm", norm=lambda x: layers.BatchNormalization()(x)
    )
    right = [
        step
        for place, *weights in zip(
            ("first", "second"), kernels(graph.nodes), norms(graph.nodes), strict=True
        )
        for step in (conv(place, weights[0]), norm(place, weights[1]), relu(place))
    ]
    found = graph.run(x)
    assert not equal(found, run(right, x))
    assert equal(found, run(relu_before_norm(right), x))


MEETINGS = {
    "the main path's result is added to itself, and the shortcut is not added. Keep x in a "
    "variable of its own.": lambda main, side: main + main,
    "the shortcut is added twice.": lambda main, side: main + side + side,
    "the shortcut is subtracted; expected an addition.": lambda main, side: main - side,
    "the shortcut is multiplied; expected an addition.": lambda main, side: main * side,
    "the shortcut is averaged with the main path; expected an addition.": (
        lambda main, side: layers.Average()([main, side])
    ),
    "the shortcut is compared by maximum; expected an addition.": (
        lambda main, side: layers.Maximum()([main, side])
    ),
    "the shortcut is forgotten.": lambda main, side: main,
}


@pytest.mark.parametrize("text", MEETINGS)
def test_each_wrong_addition_is_named_where_a_block_makes_it(text):
    def mistakes(right):
        yield from wrong_additions(right)
        yield "the shortcut is forgotten.", changed(right, "add", by=main_path_alone)

    graph, x = network(
        "block", block=lambda x: MEETINGS[text](layers.Conv2D(3, 3, padding="same")(x), x)
    )
    right = [add("the addition", [conv("main", *kernels(graph.nodes))], [])]
    assert computed(right, x)().shape == x.shape
    with pytest.raises(CheckFailed) as failure:
        require_steps("it", graph.run(x), x, right, mistakes=mistakes)
    assert str(failure.value) == text
