"""The checks of reading a network: right answers of one line, single slips, refusals, seeds."""

import pytest
from answer_functions import assert_same_failure_with_same_seed

from cnn_casebook.checks import reading
from cnn_casebook.checks.parts.convolution_cost import Convolution, size_after
from cnn_casebook.checks.parts.layer_rows import rows_of
from cnn_casebook.checks.parts.receptive_field import field_of
from cnn_casebook.checks.parts.refusals import require_value_error
from cnn_casebook.checks.parts.verdict import CheckFailed


def conv_output_size(size, kernel, stride=1, padding="valid"):
    if padding not in ("valid", "same") or (padding == "valid" and kernel > size):
        raise ValueError
    return size_after(size, kernel, stride, padding)


def conv_cost(*arguments, **settings):
    case = Convolution(*arguments, **settings)
    return (*case.out, case.parameters, case.multiplications)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    ("check", "answer"),
    [
        (reading.conv_output_size_valid, conv_output_size),
        (reading.conv_output_size_same, conv_output_size),
        (reading.conv_output_size_errors, conv_output_size),
        (reading.conv_cost_keras, conv_cost),
        (reading.conv_cost_counted, conv_cost),
        (reading.conv_cost_groups, conv_cost),
        (reading.trace_rows, rows_of),
        (reading.receptive_field_formula, field_of),
        (reading.receptive_field_gradients, field_of),
    ],
    ids=lambda value: value.__name__,
)
def test_right_answers_pass(check, answer, seed):
    check(answer, seed=seed)


def test_whole_networks_agree_with_keras():
    reading.trace_networks(rows_of)


@pytest.mark.parametrize("seed", range(5))
def test_a_size_too_large_by_one_is_not_taken_for_rounding(seed):
    def too_large(*arguments, **settings):
        return conv_output_size(*arguments, **settings) + 1

    with pytest.raises(CheckFailed) as failure:
        reading.conv_output_size_valid(too_large, seed=seed)
    assert "Likely cause: one too many." in str(failure.value)


def test_an_answer_that_changes_its_lists_loses_one_point_of_an_exercise():
    """The next case begins with lists of its own."""

    def trace(layers, input_shape):
        rows = rows_of(layers, input_shape)
        while layers:
            layers.pop().clear()
        return rows

    def receptive_field(layers):
        field = field_of(layers)
        for layer in layers:
            layer["kernel"] = 99
        return field

    for check, answer in (
        (reading.trace_rows, trace),
        (reading.receptive_field_formula, receptive_field),
    ):
        with pytest.raises(CheckFailed, match="another one after the call"):
            check(answer)
    reading.trace_work(trace)
    reading.receptive_field_gradients(receptive_field)


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (None, r"returns 7 \(int\); expected a ValueError"),
        (TypeError, "raises TypeError; expected a ValueError"),
    ],
)
def test_another_error_or_none_is_no_refusal(error, message):
    def answer(size, kernel):
        if error:
            raise error
        return 7

    with pytest.raises(CheckFailed, match=rf"answer\(3, 5\) {message}"):
        require_value_error(answer, (3, 5), "too large")


def test_a_blank_answer_is_no_refusal():
    def answer(size):
        raise NotImplementedError

    with pytest.raises(NotImplementedError):
        require_value_error(answer, (3,), "too large")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda rows: None, "expected a list with a row for each layer"),
        (lambda rows: rows[1:], "trace returns 7 rows for 8 layers"),
        (lambda rows: [("input", (), 0, 0), *rows], "The input itself has no row"),
        (lambda rows: [row[1:] for row in rows], r"the row of a1 is .* expected \(name,"),
        (lambda rows: rows[::-1], "the row of 'a1' has the name 'd2'"),
    ],
)
def test_rows_of_another_form_are_named(change, message):
    with pytest.raises(CheckFailed, match=message):
        reading.trace_rows(lambda layers, input_shape: change(rows_of(layers, input_shape)))


@pytest.mark.parametrize("column", [1, 2, 3])
def test_a_slip_in_a_single_row_is_found_where_it_stands(column):
    def trace(layers, input_shape):
        rows = [list(row) for row in rows_of(layers, input_shape)]
        rows[3][column] = 1
        return rows

    check = reading.trace_work if column == 3 else reading.trace_rows
    with pytest.raises(CheckFailed, match=r"of a3 \(conv\) on \("):
        check(trace)


@pytest.mark.parametrize(
    ("check", "answer"),
    [
        (reading.conv_output_size_valid, lambda size, kernel, stride=1, padding="valid": size),
        (reading.conv_cost_counted, lambda *arguments, **settings: (1, 1, 1, 1)),
        (reading.trace_work, lambda layers, shape: [(x["name"], (), 0, 1) for x in layers]),
        (reading.receptive_field_gradients, lambda layers: 1),
    ],
    ids=["size", "cost", "trace", "field"],
)
def test_the_same_seed_gives_the_same_failure(check, answer):
    assert_same_failure_with_same_seed(check, answer)
