"""Whether a trunk is cut at its modules, and what its pieces compute is what their steps give."""

import keras
import numpy as np
import pytest
from keras import layers, ops

from cnn_casebook.checks.parts.exact import rounded_width
from cnn_casebook.checks.parts.mistakes import SOFTMAX_OVER_BATCH
from cnn_casebook.checks.parts.trunk import (
    between_mistakes,
    between_steps,
    cut_at_modules,
    require_between,
    require_stem,
    require_tail,
    stem_mistakes,
    stem_steps,
    tail_mistakes,
    tail_steps,
)
from cnn_casebook.checks.parts.verdict import CheckFailed
from cnn_casebook.checks.parts.weights import kernels, randomise
from cnn_casebook.models.graph import flatten

SHAPE = (40, 56, 3)


@pytest.mark.parametrize(("filters", "width", "found"), [(96, 0.1, 10), (16, 0.01, 1), (64, 1, 64)])
def test_widths_are_rounded_and_at_least_one(filters, width, found):
    assert rounded_width(filters, width) == found


def test_a_trunk_is_cut_where_its_branches_fork_and_meet():
    x = y = keras.Input((8, 8, 3))
    forks = []
    for number in range(9):
        y = layers.MaxPooling2D(1)(y)
        forks.append(y.shape)
        inner = layers.Concatenate()([layers.Conv2D(2, 1)(y), layers.Conv2D(3, 1)(y)])
        y = layers.Concatenate()([inner, layers.Conv2D(4, 1)(y)])
        if number % 2:
            y = layers.ReLU()(y)
    trunk = flatten(keras.Model(x, layers.GlobalAveragePooling2D()(y)))
    cut = cut_at_modules(trunk)
    assert [trunk.maker[wire].kind for wire in cut.entries] == ["MaxPooling2D"] * 9
    kinds = [trunk.maker[wire].kind for wire in cut.exits]
    assert kinds == ["Concatenate", "ReLU"] * 4 + ["Concatenate"]


def test_a_trunk_without_nine_concatenations_is_refused():
    x = keras.Input((8, 8, 3))
    trunk = flatten(keras.Model(x, layers.Concatenate()([x, layers.ReLU()(x)])))
    with pytest.raises(CheckFailed, match="there are 1 concatenations; expected 9"):
        cut_at_modules(trunk)


def test_the_pieces_are_the_trunk():
    x = y = keras.Input((8, 8, 3))
    for _ in range(9):
        y = layers.Concatenate()([layers.Conv2D(2, 1)(y), layers.Conv2D(3, 1)(y)])
    y = layers.Dense(4)(layers.GlobalAveragePooling2D()(y))
    trunk = flatten(keras.Model(x, y))
    pieces = cut_at_modules(trunk).pieces
    assert [len(nodes) for nodes in pieces.values()] == [0, *[3] * 9, 2]
    assert [node for nodes in pieces.values() for node in nodes] == trunk.nodes


def randomised(inputs, outputs, rng):
    graph = flatten(keras.Model(inputs, outputs))
    randomise(graph, rng)
    return graph, kernels(graph.nodes)


def judge_stem(relus="abc", stride=2, pools=(2, 2), pool=layers.MaxPooling2D, pad="same"):
    """Judge a stem with mistakes; `relus` are the convolutions with a ReLU, `pad` both paddings."""
    rng = np.random.default_rng(3)
    pads = pad if isinstance(pad, tuple) else (pad, pad)

    def padded(x, size, pad):
        return (layers.ZeroPadding2D(size // 2)(x), "valid") if pad == "zeros" else (x, pad)

    def conv(x, name, filters, size, strides, pad="same"):
        activation = "relu" if name in relus else None
        x, pad = padded(x, size, pad)
        return layers.Conv2D(filters, size, strides, padding=pad, activation=activation)(x)

    def pooled(x, strides):
        x, pad = padded(x, 3, pads[1])
        return pool(3, strides, padding=pad)(x) if strides else x

    x = images = keras.Input(SHAPE)
    x = pooled(conv(x, "a", 5, 7, stride, pads[0]), pools[0])
    x = pooled(conv(conv(x, "b", 6, 1, 1), "c", 4, 3, 1), pools[1])
    graph, weights = randomised(images, x, rng)
    x = rng.uniform(0, 1, (3, *SHAPE)).astype("float32")
    require_stem(weights, x, graph.run(x))


@pytest.mark.parametrize("pad", ["same", "zeros", ("same", "zeros"), ("zeros", "same")])
def test_the_steps_are_the_stem(pad):
    judge_stem(pad=pad)


STEM = {
    "there is no ReLU after the 7x7 convolution of the stem.": {"relus": "bc"},
    "there is no ReLU after the 1x1 convolution of the stem.": {"relus": "ac"},
    "there is no ReLU after the 3x3 convolution of the stem.": {"relus": "ab"},
    "there is no ReLU in the stem.": {"relus": ""},
    "the 7x7 convolution has stride 1; expected 2.": {"stride": 1},
    "the first max pooling of the stem is missing or unused.": {"pools": (None, 2)},
    "the max pooling in front of 3a is missing or unused.": {"pools": (2, None)},
    "the poolings of the stem have stride 1; expected 2.": {"pools": (1, 1)},
    "the poolings of the stem have stride 3, Keras's choice; expected 2.": {"pools": (3, 3)},
    "the poolings of the stem take the average.": {"pool": layers.AveragePooling2D},
    'the 7x7 convolution cuts the border off; expected padding="same".': {"pad": ("valid", "same")},
    'the poolings of the stem cut the border off; expected padding="same".': {
        "pad": ("same", "valid")
    },
    'the stem cuts borders off; expected padding="same".': {"pad": "valid"},
}


@pytest.mark.parametrize("text", STEM)
def test_a_stem_that_makes_a_mistake_hears_of_it(text):
    with pytest.raises(CheckFailed) as caught:
        judge_stem(**STEM[text])
    assert str(caught.value) == text


def judge_between(before, function):
    left = np.random.default_rng(4).uniform(0, 2, (3, 9, 12, 5)).astype("float32")
    require_between(before, "the next", left, ops.convert_to_numpy(function(left)))


def test_the_steps_are_what_stands_between_modules():
    judge_between("4a", lambda x: x)
    judge_between("3b", layers.MaxPooling2D(3, 2, "same"))
    zeros = keras.Sequential([layers.ZeroPadding2D(1), layers.MaxPooling2D(3, 2)])
    judge_between("4e", zeros)


BETWEEN = {
    "the max pooling is missing or unused.": lambda x: x,
    "the pooling takes the average; expected the maximum.": layers.AveragePooling2D(3, 2, "same"),
    "the pooling window is 2x2; expected 3x3.": layers.MaxPooling2D(2, 2, "same"),
    "the pooling window is 4x4; expected 3x3.": layers.MaxPooling2D(4, 2, "same"),
    "the pooling window is 5x5; expected 3x3.": layers.MaxPooling2D(5, 2, "same"),
    "the pooling has stride 1; expected 2.": layers.MaxPooling2D(3, 1, "same"),
    "the pooling has stride 3, Keras's choice when none is given; expected 2.": (
        layers.MaxPooling2D(3, padding="same")
    ),
    'the pooling cuts the border off; expected padding="same".': layers.MaxPooling2D(3, 2),
}


@pytest.mark.parametrize("text", BETWEEN)
def test_another_pooling_between_modules_is_named(text):
    with pytest.raises(CheckFailed) as caught:
        judge_between("3b", BETWEEN[text])
    assert str(caught.value) == f"between 3b and the next {text}"


def test_a_pooling_where_the_table_has_none_is_named():
    with pytest.raises(CheckFailed, match="between 4a and the next there is a max pooling where"):
        judge_between("4a", layers.MaxPooling2D(3, 2, "same"))


def judge_tail(pooling=layers.GlobalAveragePooling2D, finish="softmax", units=(6,)):
    rng = np.random.default_rng(5)
    features = keras.Input((3, 4, 9))
    y = pooling()(features)
    for count in units:
        y = layers.Dense(count, activation=finish)(y)
    graph, weights = randomised(features, y, rng)
    x = np.abs(rng.normal(0, 1, (4, 3, 4, 9))).astype("float32")
    require_tail(weights, x, graph.run(x))


def test_the_steps_are_the_tail():
    judge_tail()


def softmax_of(function):
    return lambda scores: ops.softmax(function(scores))


TAIL = {
    "the softmax at the end is missing.": {"finish": None},
    "the network ends in a sigmoid; expected softmax.": {"finish": "sigmoid"},
    "softmax is applied twice.": {"finish": softmax_of(ops.softmax)},
    "a ReLU stands before the softmax: negative scores are lost.": {"finish": softmax_of(ops.relu)},
    SOFTMAX_OVER_BATCH: {"finish": lambda scores: ops.softmax(scores, axis=0)},
    "the maximum over the image is taken after 5b; expected the mean.": {
        "pooling": layers.GlobalMaxPooling2D
    },
}


@pytest.mark.parametrize("text", TAIL)
def test_a_tail_that_makes_a_mistake_hears_of_it(text):
    with pytest.raises(CheckFailed) as caught:
        judge_tail(**TAIL[text])
    assert str(caught.value) == text


@pytest.mark.parametrize("wrong", [{"units": (6, 6)}, {"pooling": layers.Flatten}])
def test_a_tail_of_other_layers_is_listed(wrong):
    with pytest.raises(CheckFailed, match="expected one dense layer that reads 9 numbers"):
        judge_tail(**wrong)


def stem_weights():
    x = keras.Input(SHAPE)
    y = layers.Conv2D(6, 3)(layers.Conv2D(6, 1)(layers.Conv2D(5, 7)(x)))
    return kernels(flatten(keras.Model(x, y)).nodes)


def test_every_mistake_of_the_lists_is_made_above():
    weights = stem_weights()
    for mistakes, right, made in (
        (stem_mistakes, stem_steps(weights), STEM),
        (between_mistakes, between_steps("3b"), BETWEEN),
        (tail_mistakes, tail_steps(weights[0]), TAIL),
    ):
        assert sorted(text for text, _ in mistakes(right)) == sorted(made)


def test_a_step_of_the_stem_that_does_not_fit_is_named_with_its_shape():
    weights = stem_weights()
    x = np.zeros((1, *SHAPE), "float32")
    misfit = "the 1x1 convolution of the stem cannot read what reaches it, 10 x 14 x 6"
    other = [weights[1], weights[1], weights[2]]
    with pytest.raises(CheckFailed, match="expected a 7x7, a 1x1 and a 3x3"):
        require_stem(other, x, x)
    first = keras.Input(SHAPE)
    wider = kernels(flatten(keras.Model(first, layers.Conv2D(6, 7)(first))).nodes)
    with pytest.raises(CheckFailed, match=misfit):
        require_stem([*wider, *weights[1:]], x, x)
