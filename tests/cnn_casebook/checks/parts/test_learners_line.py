import linecache

import keras
import numpy as np
import pytest
from keras import layers

from cnn_casebook.checks.parts.learners_line import is_own, own_line
from cnn_casebook.checks.parts.verdict import build, call

LAYERS = {"layers": layers, "np": np}


@pytest.fixture
def of_cell(monkeypatch):
    """A function that is defined in a cell: its text is known, and there is no file."""

    def define(text: str, name: str = "answer", cell: str = "a cell", **more):
        monkeypatch.setitem(linecache.cache, cell, (len(text), None, text.splitlines(True), ""))
        names = LAYERS | more
        exec(compile(text, cell, "exec"), names)
        return names[name]

    return define


def raised_by(function, *args) -> Exception:
    with pytest.raises(Exception) as raised:  # noqa: PT011
        call(function, *args)
    return raised.value


def test_the_line_of_a_cell_is_shown(of_cell):
    answer = of_cell("def answer(x):\n    y = layers.ReLU(x)\n    return y\n")
    with pytest.raises(TypeError) as raised:
        build(answer, (8, 8, 3))
    line = "y = layers.ReLU(x)  (here x is a symbolic tensor of shape (None, 8, 8, 3))"
    assert f"Your line: {line}" in raised.value.__notes__
    assert own_line(raised.value) == line


def test_a_line_of_a_file_is_not():
    with pytest.raises(TypeError) as raised:
        layers.ReLU(keras.Input((8, 8, 3)))
    assert own_line(raised.value) == ""


@pytest.mark.parametrize(
    ("line", "value", "held"),
    [
        ("return x[0]", 3, "x is 3"),
        ("return x / 2", "same", "x is 'same'"),
        ("return x + 1", (2, 3), "x is (2, 3)"),
        ("return x + 1", list(range(99)), "x is a list of 99 values"),
        ("return x + 'a'", "b" * 99, None),
        ("return x * 'a'", "b" * 99, f"x is {'b' * 99!r:.57}..."),
        ("return x @ x", np.ones((2, 3)), "x is an array of shape (2, 3)"),
        ("return x['k']", {"a": 1}, "x is a dict of 1 values"),
        ("return x.shape", None, "x is None"),
        ("return np.ones(shape=x)", "no", "x is 'no'"),
        ("return x.size", LAYERS, "x is a dict of 2 values"),
    ],
)
def test_what_names_hold_stands_beside_the_line(of_cell, line, value, held):
    answer = of_cell(f"def answer(x, size=7):\n    {line}\n")
    if held is None:
        assert call(answer, value)
    else:
        assert own_line(raised_by(answer, value)) == f"{line}  (here {held})"


HOSTILE = """\
class Hostile:
    def __repr__(self):
        raise SystemExit

    shape = property(__repr__)

def answer(size):
    x, many = Hostile(), (Hostile(),)
    return x + many + size
"""


def test_a_value_with_code_of_its_own_is_not_asked(of_cell):
    line = "return x + many + size"
    held = "many is a tuple of 1 values, size is 3"
    assert own_line(raised_by(of_cell(HOSTILE), 3)) == f"{line}  (here {held})"


def test_an_error_that_an_answer_raises_itself_is_not_taken_for_a_slip_of_types(of_cell):
    answer = of_cell(
        "def answer(size):\n    if size < 99:\n        raise ValueError('too small')\n"
    )
    error = raised_by(answer, 3)
    assert "Your line: raise ValueError('too small')" in error.__notes__
    assert any("your own code raises this error" in note for note in error.__notes__)


REFUSING = "def earlier(size):\n    if size < 0:\n        raise ValueError('too small')\n"


def test_an_answer_that_an_earlier_one_refuses_shows_the_line_that_calls_it(of_cell):
    earlier = of_cell(REFUSING, "earlier", "an earlier cell")
    answer = of_cell("def answer(size):\n    return earlier(-size)\n", earlier=earlier)
    error = raised_by(answer, 3)
    assert "Your line: return earlier(-size)  (here size is 3)" in error.__notes__
    assert any("something else here than it takes" in note for note in error.__notes__)


def test_a_function_of_the_same_cell_that_refuses_is_part_of_the_answer(of_cell):
    answer = of_cell(f"{REFUSING}\ndef answer(size):\n    return earlier(-size)\n")
    error = raised_by(answer, 3)
    assert "Your line: raise ValueError('too small')" in error.__notes__
    assert any("your own code raises this error" in note for note in error.__notes__)


def test_a_misspelled_error_is_a_name_that_is_not_known(of_cell):
    error = raised_by(of_cell("def answer(size):\n    raise ValueErorr('too small')\n"), 3)
    assert any("nothing of this name is known here" in note for note in error.__notes__)


@pytest.mark.parametrize(
    ("line", "own", "words"),
    [
        ("x.shape[9]", True, "a position is beyond the end"),
        ("keras.ops.conv(x, np.ones(3))", False, "something else here than it takes"),
        ("keras.ops.conv(x, 'same')", False, "Compare its arguments, in their order"),
        ("answer(x)", True, "the function calls itself"),
        ("round((1, 2))", True, "of kinds that do not go together"),
        ("layers.Lambda(answer)(x)", True, "the function calls itself"),
        ("deep(x)", False, "far more layers stand one behind the other"),
        ("1 if keras.Input((8,)) else 2", True, "asks whether a tensor is true"),
        ("[*keras.Input((8,))]", True, "goes through a tensor"),
        ("layers.Conv2D(keras.Input((8,)), 3)", False, "where a setting belongs"),
    ],
)
def test_what_is_said_of_the_line_is_said_where_the_line_is_to_blame(of_cell, line, own, words):
    def deep(x):
        return deep(x)

    answer = of_cell(f"def answer(x):\n    return {line}\n", deep=deep, keras=keras)
    error = raised_by(answer, np.ones((1, 4, 4, 3), "float32"))
    assert is_own(error) == own
    assert any(words in note for note in error.__notes__)


def test_a_blank_answer_has_no_cause(of_cell):
    error = raised_by(of_cell("def answer(size):\n    raise NotImplementedError()\n"), 3)
    assert not any("Likely cause" in note for note in error.__notes__)
