"""Reference rows against Keras and the papers, and what a mistake in a row is called."""

import numpy as np
import pytest

from cnn_casebook.checks import reading
from cnn_casebook.checks.parts.layer_rows import (
    WIDTHS,
    explained,
    row_mistakes,
    rows_of,
    small_network,
)
from cnn_casebook.models import networks


def test_rows_of_whole_networks_give_the_facts():
    rows = rows_of(networks.vgg16(), (224, 224, 3))
    assert sum(row[2] for row in rows) == reading.VGG16_PARAMETERS
    assert sum(row[3] for row in rows) == reading.VGG16_MULTIPLICATIONS
    convolutions = sum(row[3] for row in rows if row[0].startswith("conv"))
    assert round(convolutions / reading.VGG16_MULTIPLICATIONS, 3) == 0.992
    for groups, parameters in reading.ALEXNET_PARAMETERS.items():
        rows = rows_of(networks.alexnet(groups), (227, 227, 3))
        assert sum(row[2] for row in rows) == parameters


def test_rows_are_those_of_a_model_with_weights():
    layers, input_shape = small_network(np.random.default_rng(0))
    rows, model = rows_of(layers, input_shape), networks.build(layers, input_shape)
    assert [row[0] for row in rows] == [layer["name"] for layer in layers]
    assert [row[1] for row in rows] == [layer.output.shape[1:] for layer in model.layers[1:]]
    assert sum(row[2] for row in rows) == model.count_params()


def test_the_small_network_uses_every_entry_of_every_kind():
    layers, (height, width, _) = small_network(np.random.default_rng(1))
    assert {layer["kind"] for layer in layers} == {"conv", "pool", "flatten", "dense"}
    for entry in ("stride", "padding", "groups", "use_bias"):
        assert len({x[entry] for x in layers if x["kind"] == "conv"}) == 2
    assert {x["padding"] for x in layers if x["kind"] == "pool"} == {"valid", "same"}
    assert {x["use_bias"] for x in layers if x["kind"] == "dense"} == {True, False}
    assert height != width


def causes(layer, shape_in, column, value):
    ((_, *right),) = rows_of([layer], shape_in)
    return [
        text
        for text, wrong in row_mistakes(layer, shape_in, ("", *right))[column]
        if wrong == value
    ]


CONV = networks.conv("c", 8, 3, stride=2)
POOL = networks.pool("p", 3, 2)
FLAT = networks.flatten()
DENSE = networks.dense("d", 10)


@pytest.mark.parametrize(
    ("layer", "shape_in", "column", "value", "cause"),
    [
        (CONV, (11, 9, 2), 0, (6, 5, 8), "the entry 'padding' is not used"),
        (CONV, (11, 9, 2), 0, (9, 7, 8), "the entry 'stride' is not used"),
        (CONV, (11, 9, 2), 0, (4, 5, 8), "height and width are swapped"),
        (CONV, (11, 9, 2), 0, (8, 5, 4), "channels come last"),
        (CONV, (11, 9, 2), 0, (5, 4, 2), "as many channels as filters"),
        (CONV, (11, 9, 2), 1, 9 * 2 * 8, "this is without the biases"),
        (CONV, (11, 9, 2), 2, 9 * 2 * 8, "this is one position of the window"),
        (POOL, (11, 9, 2), 0, (5, 4), "the channels are missing"),
        (POOL, (12, 8, 2), 0, (6, 4, 2), "the size is only divided by the stride"),
        (POOL, (11, 9, 2), 0, (11, 9, 2), "pooling takes steps too"),
        (POOL, (11, 9, 2), 1, 9 * 2 * 2 + 2, "pooling has no weights"),
        (POOL, (11, 9, 2), 2, 5 * 4 * 2 * 9 * 2, "pooling multiplies nothing"),
        (FLAT, (11, 9, 2), 0, (99,), "the channels are left out"),
        (FLAT, (11, 9, 2), 0, (11, 9, 2), "flatten makes a vector"),
        (DENSE, (30,), 0, (30,), "a dense layer has 'units' outputs"),
        (DENSE, (30,), 1, 300, "the biases are left out"),
        (DENSE, (30,), 2, 310, "a bias is added, not multiplied"),
    ],
)
def test_a_mistake_in_a_row_is_named(layer, shape_in, column, value, cause):
    assert cause in causes(layer, shape_in, column, value)[0]


def test_no_bias_is_a_mistake_of_its_own():
    dense = networks.dense("d", 10, use_bias=False)
    assert causes(dense, (30,), 1, 310) == ["with use_bias=False there are no biases."]


def test_counts_of_layers_before_explain_no_row_that_has_none_before_it():
    layers, input_shape = small_network(np.random.default_rng(2))
    rows = [(*row[:2], 0, 0) for row in rows_of(layers, input_shape)]
    (*_, (_, *counts)), *_ = explained(layers, input_shape, rows)
    assert not [text for mistakes in counts for text, wrong in mistakes if wrong == 0]


@pytest.mark.parametrize(("width", "layer"), [(45, "p2"), (47, "p2"), (49, "a3")])
@pytest.mark.parametrize("seed", range(20))
def test_a_width_shows_a_layer_whose_padding_is_not_looked_at(width, layer, seed):
    assert width in WIDTHS
    layers, shape = small_network(np.random.default_rng(seed), width)
    others = [each | {"padding": "valid"} if each["name"] == layer else each for each in layers]
    found, right = (
        {row[0]: row[1] for row in rows_of(rows, shape)}[layer] for rows in (others, layers)
    )
    assert found != right
