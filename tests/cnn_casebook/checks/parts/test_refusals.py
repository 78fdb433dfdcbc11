import subprocess

import pytest

from cnn_casebook.checks.parts.refusals import refuses, require_refusal
from cnn_casebook.checks.parts.verdict import CheckFailed


def answer(value):
    if isinstance(value, Exception):
        raise value
    return value


@pytest.mark.parametrize(
    "error",
    [
        ValueError("no"),
        FileNotFoundError("no"),
        PermissionError("no"),
        TimeoutError("no"),
        RuntimeError("no"),
        AssertionError("no"),
        subprocess.CalledProcessError(128, "git"),
        UnicodeDecodeError("utf-8", b"", 0, 1, "no"),
        Exception("no"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_errors_that_say_no(error):
    assert refuses(error)
    require_refusal("a bad name", "", answer, error)


@pytest.mark.parametrize(
    "error",
    [
        NotImplementedError(),
        RecursionError(),
        KeyError("k"),
        NameError("n"),
        TypeError("t"),
        IndexError("i"),
        ZeroDivisionError("z"),
        CheckFailed("the argument is unreadable"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_slips_in_the_code_go_on_with_a_note(error):
    assert not refuses(error)
    with pytest.raises(type(error)) as caught:
        require_refusal("a bad name", "", answer, error)
    assert caught.value is error
    assert "Likely cause: a bad name. Expected is an error" in caught.value.__notes__[-1]


@pytest.mark.parametrize("value", [None, False, -1, []])
def test_a_returned_value_is_no_refusal(value):
    with pytest.raises(CheckFailed) as caught:
        require_refusal("a bad name", "Raise ValueError.", answer, value)
    message = str(caught.value)
    assert message.startswith("a bad name: answer should refuse it with an error; found ")
    assert message.endswith(" instead. Raise ValueError.")
