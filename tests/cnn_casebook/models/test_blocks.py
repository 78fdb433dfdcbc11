"""Ready-made blocks: their shapes, their weights, and what is left of them without a main path."""

import keras
import numpy as np
import pytest

from cnn_casebook.models.blocks import identity_block, projection_block, unit
from cnn_casebook.models.graph import flatten, paths


def built(block, *arguments, channels=6, **settings):
    x = keras.Input((8, 8, channels))
    return keras.Model(x, block(x, *arguments, **settings))


@pytest.mark.parametrize("use_bias", [True, False])
def test_weights_of_the_bottlenecks(use_bias):
    biases = 2 + 3 + 6 if use_bias else 0
    norms = 4 * (2 + 3 + 6)
    identity = built(identity_block, 3, (2, 3, 6), use_bias=use_bias)
    assert identity.count_params() == 6 * 2 + 9 * 2 * 3 + 3 * 6 + biases + norms
    projection = built(projection_block, 3, (2, 3, 6), use_bias=use_bias)
    shortcut = 6 * 6 + 4 * 6 + (6 if use_bias else 0)
    assert projection.count_params() == identity.count_params() + shortcut


def test_an_identity_block_without_main_path_passes_its_input_on():
    model = built(identity_block, 3, (2, 3, 6))
    for variable in model.weights:
        if variable.path.endswith("gamma"):
            variable.assign(np.zeros(variable.shape))
    x = np.abs(np.random.default_rng(0).normal(size=(2, 8, 8, 6))).astype("float32")
    np.testing.assert_array_equal(model(x), x)  # the last ReLU lets positive values through


def test_the_stride_sits_on_the_first_convolution_and_on_the_shortcut():
    model = built(projection_block, 3, (2, 3, 12), strides=2)
    assert model.output_shape == (None, 4, 4, 12)
    found = paths(flatten(model))
    strides = [node.operation.strides for node in found.main if node.kind == "Conv2D"]
    assert strides == [(2, 2), (1, 1), (1, 1)]
    assert [node.operation.strides for node in found.shortcut if node.kind == "Conv2D"] == [(2, 2)]
    assert [node.kind for node in found.after] == ["ReLU"]


@pytest.mark.parametrize(
    ("settings", "kinds"),
    [
        ({}, ["Conv2D", "BatchNormalization", "ReLU"]),
        ({"relu": False}, ["Conv2D", "BatchNormalization"]),
        ({"batch_norm": False, "strides": 2}, ["Conv2D", "ReLU"]),
    ],
)
def test_units_may_leave_out_batch_norm_and_relu(settings, kinds):
    model = built(unit, 5, **settings)
    assert [node.kind for node in flatten(model).nodes] == kinds
    assert model.output_shape == (None, *((4, 4) if "strides" in settings else (8, 8)), 5)
    assert not model.layers[1].use_bias
