"""A network as rows: what every path goes through, side branches summed up."""

import re

import drawings
import keras
import pytest
from drawings import build
from keras import layers

from cnn_casebook.figures.network.rows import Row, read_rows


def test_a_residual_network_becomes_a_row_of_blocks():
    def network(x):
        pooled = layers.GlobalAveragePooling2D()(drawings.residual_stage(x))
        return layers.Dense(10)(pooled)

    model = build(network)
    rows = read_rows(model)
    assert [row.operation for row in rows] == [
        "input",
        "residual block",
        "global avg pool",
        "dense 10",
    ]
    assert (rows[1].count, rows[1].shape, rows[1].kind) == (3, (16, 16, 32), "block")
    assert sum(row.parameters for row in rows) == model.count_params()


def test_auxiliary_heads_are_left_out_of_the_row():
    operations = [row.operation for row in read_rows(build(drawings.auxiliary))]
    assert operations == ["input", "4 branches, concat", "global avg pool", "dense 10, softmax"]


def test_equal_convolutions_are_one_row_and_their_weights_add_up():
    model = keras.Sequential([keras.Input((8, 8, 4)), *[layers.Conv2D(4, 1) for _ in range(3)]])
    assert read_rows(model) == [
        Row("", (8, 8, 4), "input", 0, kind="input"),
        Row("", (8, 8, 4), "conv 1×1, 4", 3 * 20, count=3, kind="conv"),
    ]


def test_a_table_is_read_as_it_stands_in_a_paper():
    table = [
        ("", (None, 8, 8, 3), "input"),
        ("c1", (8, 8, 4), "conv 3x3, 4", 112),
        ("c2", (8, 8, 4), "conv 3x3, 4"),
        ("fc", 10, "dense 10", 2570),
    ]
    assert read_rows(table) == [
        Row("", (8, 8, 3), "input", kind="input"),
        Row("c1 to c2", (8, 8, 4), "conv 3×3, 4", None, count=2, kind="conv"),
        Row("fc", (10,), "dense 10", 2570, kind="dense"),
    ]


@pytest.mark.parametrize(
    ("table", "error", "words"),
    [
        ([], ValueError, "empty list"),
        ([("a", (3,))], TypeError, "in row 0"),
        ([("a", "x", "conv")], TypeError, "found 'x' as output shape in row 0"),
    ],
)
def test_a_wrong_table_is_explained(table, error, words):
    with pytest.raises(error, match=re.escape(words)) as caught:
        read_rows(table)
    assert str(caught.value).startswith("Expected")
