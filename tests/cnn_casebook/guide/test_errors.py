import linecache

import pytest

from cnn_casebook.guide.errors import blank_function, plain_text


def cell(source):
    """Define what a cell does, as IPython would: its lines are known, and it is no file."""
    linecache.cache["<cell>"] = (len(source), None, source.splitlines(True), "<cell>")
    names = {}
    exec(compile(source, "<cell>", "exec"), names)
    return names


def test_what_keras_wraps_around_a_message_goes():
    text = "Exception encountered when calling Add.call().\n\n\x1b[1mShapes differ.\x1b[0m\n\n"
    assert plain_text(ValueError(f"{text}Arguments received by Add.call():\n  x=1")) == (
        "Shapes differ."
    )
    assert plain_text(KeyError("oops")) == "'oops'"


def test_a_blank_function_is_known_by_its_line():
    names = cell(
        "def blank(x):\n    raise NotImplementedError()\n\n"
        "def other(x):\n    error = NotImplementedError(x)\n    raise error\n\n"
        "def caller(x):\n    try:\n        blank(x)\n    except Exception:\n        assert False\n"
    )
    for name, found in (("blank", "blank"), ("caller", "blank"), ("other", "")):
        with pytest.raises((NotImplementedError, AssertionError)) as caught:
            names[name](3)
        assert blank_function(caught.value) == found
    with pytest.raises(NotImplementedError) as caught:
        raise NotImplementedError()  # in a file: the course's or Keras's
    assert blank_function(caught.value) == ""
    caught.value.__cause__ = caught.value  # a circle has an end
    assert blank_function(caught.value) == ""
