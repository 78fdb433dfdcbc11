"""Whether the steps of blocks with two convolutions are the network's, for either option."""

import keras
import pytest
from keras import layers, ops

from cnn_casebook.checks import shortcuts
from cnn_casebook.checks.parts.sections import sections
from cnn_casebook.checks.parts.verdict import CheckFailed
from cnn_casebook.checks.plain import PLANS, Plan
from cnn_casebook.models.blocks import unit
from cnn_casebook.models.graph import flatten


def pair(x, filters, stride):
    return unit(unit(x, filters, stride), filters, relu=False)


def network(plan, shortcut, main=pair, end=lambda y, s: layers.ReLU()(y + s)):
    """A residual network; `shortcut` takes x, the channels wanted and whether the shape changes."""
    x = inputs = keras.Input(plan.input_shape)
    x = unit(x, plan.widths[0], plan.strides)
    for stage, filters in enumerate(plan.widths):
        for number in range(plan.pairs):
            stride = 2 if stage and not number else 1
            x = end(main(x, filters, stride), shortcut(x, filters, stride))
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Dense(plan.classes, activation="softmax")(x))


def zeros_behind(x, filters, stride):
    kept = x[:, ::stride, ::stride]
    return ops.pad(kept, [(0, 0), (0, 0), (0, 0), (0, filters - x.shape[-1])])


def zeros_around(x, filters, stride):
    more = filters - x.shape[-1]
    kept = x[:, ::stride, ::stride]
    return ops.pad(kept, [(0, 0), (0, 0), (0, 0), (more // 2, more - more // 2)])


def pooled(x, filters, stride):
    return zeros_behind(layers.MaxPooling2D(2, padding="same")(x) if stride == 2 else x, filters, 1)


def projected(x, filters, stride):
    if stride == 1:
        return x
    return layers.BatchNormalization()(layers.Conv2D(filters, 1, strides=stride)(x))


def answer(shortcut, **more):
    def residual_network(depth, input_shape, classes, widths, strides=1, option="A"):
        return network(Plan(depth, input_shape, classes, widths, strides), shortcut, **more)

    return residual_network


@pytest.mark.parametrize("shortcut", [zeros_behind, zeros_around])
def test_zeros_may_stand_on_either_side(shortcut):
    shortcuts.residual_network_option_a(answer(shortcut), seed=0)


def test_a_pooled_shortcut_is_named():
    with pytest.raises(CheckFailed, match="halved by max pooling"):
        shortcuts.residual_network_option_a(answer(pooled), seed=0)


def test_a_projection_passes_and_a_relu_behind_it_is_named():
    shortcuts.residual_network_option_b(answer(projected), seed=0)

    def rectified(x, filters, stride):
        side = projected(x, filters, stride)
        return layers.ReLU()(side) if stride == 2 else side

    with pytest.raises(CheckFailed, match="a ReLU follows the projection"):
        shortcuts.residual_network_option_b(answer(rectified), seed=0)


@pytest.mark.parametrize(
    ("end", "message"),
    [
        (lambda y, s: layers.ReLU()(y - s), "the shortcut is subtracted"),
        (lambda y, s: layers.ReLU()(y) + s, "ReLU is applied on the main path before"),
        (lambda y, s: layers.Activation("linear")(y + s), "there is no ReLU after the addition"),
        (lambda y, s: layers.ReLU()(y + 2 * s), "the shortcut is added twice"),
    ],
)
def test_mistakes_where_the_paths_meet(end, message):
    with pytest.raises(CheckFailed, match=message):
        shortcuts.residual_network_formula(answer(zeros_behind, end=end), seed=0)


def test_blocks_that_change_the_shape_begin_the_second_and_third_stage():
    graph = flatten(network(PLANS[1], projected))
    cut = sections(graph)
    assert [number for number, _ in shortcuts._chosen(cut, changing=True)] == [3, 5]
    assert [number for number, _ in shortcuts._chosen(cut, changing=False)] == [1, 2, 4, 6]


def test_a_network_whose_shortcuts_all_keep_the_shape_has_no_projection():
    def residual_network(depth, input_shape, classes, widths, strides=1, option="A"):
        return network(Plan(depth, input_shape, classes, widths[:1] * 3), lambda x, *_: x, same)

    def same(x, filters, _):
        return pair(x, filters, 1)

    with pytest.raises(CheckFailed, match="of 3 blocks with a shortcut none changes the shape"):
        shortcuts.residual_network_option_b(residual_network, seed=0)
