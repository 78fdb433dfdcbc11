"""Whether the checks of residual blocks accept the course's own blocks, and name what is wrong."""

import keras
import pytest
from keras import layers

from cnn_casebook.checks import residual
from cnn_casebook.checks.parts.verdict import CheckFailed
from cnn_casebook.checks.parts.weights import kernels
from cnn_casebook.models.blocks import identity_block, projection_block
from cnn_casebook.models.graph import flatten


def test_ready_blocks_are_the_blocks_of_the_exercises():
    """The course's own blocks pass the checks that learners' blocks have to pass."""
    residual.identity_block_order(identity_block)
    residual.identity_block_sizes(identity_block)
    residual.projection_block_formula(projection_block)
    residual.matches_keras(identity_block, "conv2_block2")
    residual.matches_keras(projection_block, "conv2_block1")
    x = keras.Input((6, 6, 4))
    model = keras.Model(x, projection_block(x, 3, (2, 3, 4), use_bias=False))
    assert not any(kernel.node.operation.use_bias for kernel in kernels(flatten(model).nodes))


def with_main_path(end):
    """An identity block whose paths meet in `end`."""

    def block(x, kernel_size, filters):
        y = x
        for place, (count, window) in enumerate(zip(filters, (1, kernel_size, 1), strict=True)):
            y = layers.ReLU()(y) if place else y
            y = layers.BatchNormalization()(layers.Conv2D(count, window, padding="same")(y))
        return end(y, x)

    return block


@pytest.mark.parametrize(
    ("end", "message"),
    [
        (lambda y, x: layers.ReLU()(y), "the output equals the main path alone: the shortcut"),
        (lambda y, x: y, "the main path alone, and no ReLU follows"),
        (lambda y, x: y + x, "there is no ReLU after the addition"),
        (lambda y, x: layers.ReLU()(layers.ReLU()(y) + x), "the block can only add to x"),
        (lambda y, x: layers.ReLU()(y) + x, "the addition comes after the last ReLU"),
        (lambda y, x: layers.ReLU()(y - x), "the shortcut is subtracted"),
        (lambda y, x: layers.Activation("elu")(y + x), "the nonlinearity is elu"),
    ],
)
def test_the_shortcut_is_judged_with_the_main_path_switched_off(end, message):
    with pytest.raises(CheckFailed, match=message):
        residual.identity_block_shortcut(with_main_path(end), seed=4)


def test_a_stride_on_the_last_convolution_is_found_in_training_mode():
    def late(x, kernel_size, filters, strides):
        y = x
        for place, (count, window) in enumerate(zip(filters, (1, kernel_size, 1), strict=True)):
            y = layers.ReLU()(y) if place else y
            step = strides if place == 2 else 1
            y = layers.Conv2D(count, window, strides=step, padding="same")(y)
            y = layers.BatchNormalization()(y)
        side = layers.BatchNormalization()(layers.Conv2D(filters[2], 1, strides=strides)(x))
        return layers.ReLU()(y + side)

    with pytest.raises(CheckFailed, match="the stride sits on the last 1x1 convolution"):
        residual.projection_block_formula(late, seed=0)


def test_a_list_of_filters_is_handed_over_as_a_copy():
    seen = []

    def greedy(x, kernel_size, filters):
        seen.append(filters)
        if isinstance(filters, list):
            block = identity_block(x, kernel_size, tuple(filters))
            filters.clear()
            return block
        return identity_block(x, kernel_size, filters)

    residual.identity_block_sizes(greedy)
    residual.identity_block_sizes(greedy)
    assert [] in seen, "a list was handed over"


def test_batch_statistics_of_a_block_in_one_mode_only():
    def frozen(x, kernel_size, filters):
        model = keras.Model(x, identity_block(x, kernel_size, filters))
        for layer in model.layers:
            if isinstance(layer, layers.BatchNormalization):
                layer.trainable = False
        return model.output

    residual.batch_statistics(identity_block)
    with pytest.raises(CheckFailed, match="forced into inference mode"):
        residual.batch_statistics(frozen, seed=2)
