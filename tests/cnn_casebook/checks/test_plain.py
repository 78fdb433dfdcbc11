"""Whether the steps of plain networks agree with Keras, and plans with the paper."""

import keras
import numpy as np
import pytest
from keras import layers

from cnn_casebook.checks import plain, shortcuts
from cnn_casebook.checks.parts.sections import part
from cnn_casebook.checks.parts.steps import computed, run
from cnn_casebook.checks.parts.verdict import equal
from cnn_casebook.checks.parts.weights import draw_values, randomise
from cnn_casebook.checks.plain import Plan
from cnn_casebook.experiments.depth_study import last_volume, main_convolutions
from cnn_casebook.models.blocks import unit
from cnn_casebook.models.graph import flatten


@pytest.fixture
def rng():
    return np.random.default_rng(3)


def network(plan):
    x = inputs = keras.Input(plan.input_shape)
    for shape, step in zip(plan.kernel_shapes, plan.steps, strict=True):
        x = unit(x, shape[-1], step)
    x = layers.GlobalAveragePooling2D()(x)
    return flatten(keras.Model(inputs, layers.Dense(plan.classes, activation="softmax")(x)))


@pytest.mark.parametrize("plan", plain.PLANS, ids=str)
def test_the_steps_of_a_plain_network_are_what_keras_computes(plan, rng):
    graph = network(plan)
    plain.require_layers(graph, plan)
    randomise(graph, rng)
    x = draw_values(rng, 3, *plan.input_shape)
    body = part(graph, graph.inputs[0], last_volume(graph))
    right, zeros = plain._body_steps(body)
    expected = body.run(x)
    np.testing.assert_allclose(run(right, x), expected, rtol=1e-3, atol=1e-4)
    assert not np.allclose(run(zeros, x), expected, atol=1e-2), "padding shows with a stride"
    for text, wrong in plain._plain_mistakes(right):
        assert not equal(computed(wrong, x)(), expected), text


def test_plan_of_the_papers_network():
    plan = Plan(20, (32, 32, 3), 10, (16, 32, 64))
    assert plan.pairs == 3
    assert len(plan.kernel_shapes) == len(plan.steps) == len(plan.volumes) == 19
    assert plan.kernel_shapes[0] == (3, 3, 3, 16)
    assert plan.volumes[0] == plan.volumes[6] == (32, 32, 16)
    assert plan.volumes[7] == plan.volumes[12] == (16, 16, 32)
    assert plan.volumes[13] == plan.volumes[18] == (8, 8, 64)
    assert plan.steps.count(2) == 2


@pytest.mark.parametrize("depth", [20, 32])
def test_numbers_of_weights_agree_with_the_plan(depth):
    plan = Plan(depth, plain.CIFAR["input_shape"], 10, plain.CIFAR["widths"])
    convolutions = sum(np.prod(shape) for shape in plan.kernel_shapes)
    batch_norms = sum(2 * shape[-1] for shape in plan.kernel_shapes)
    assert convolutions + batch_norms + 64 * 10 + 10 == plain.PARAMETERS[depth]


def test_two_projections_cost_what_option_b_costs_more():
    assert shortcuts.OPTION_B_MORE == 16 * 32 + 2 * 32 + 32 * 64 + 2 * 64


def test_last_volume_and_main_convolutions():
    x = inputs = keras.Input((6, 8, 2))
    x = layers.Conv2D(4, 3, padding="same")(layers.ZeroPadding2D(1)(x))
    y = layers.Conv2D(4, 1)(x)
    for head in (
        layers.GlobalAveragePooling2D()(y),
        layers.Flatten()(y),
        layers.AveragePooling2D((8, 10))(y),
        keras.ops.mean(y, axis=(1, 2)),
    ):
        graph = flatten(keras.Model(inputs, head))
        assert last_volume(graph).shape == (None, 8, 10, 4)
        assert [node.operation.kernel_size for node in main_convolutions(graph)] == [(3, 3)]
    assert last_volume(flatten(keras.Model(inputs, y))).shape == (None, 8, 10, 4)
