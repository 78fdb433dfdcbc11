"""Exceptions of a learner's code, as the check that called sees them."""

import pytest

from casebook_grader.inside.errors import CannotTravel, decode_error, encode_error
from cnn_casebook.checks.parts.learners_line import is_own, own_line
from cnn_casebook.checks.parts.verdict import CheckFailed
from cnn_casebook.models.graph import UnreadableModelError


class Own(KeyError):
    """A learner's class."""


@pytest.mark.parametrize(
    ("raised", "kind", "text"),
    [
        (ValueError("no"), ValueError, "no"),
        (Own("no"), KeyError, "\"Own: 'no'\""),
        (CheckFailed("wrong"), CheckFailed, "wrong"),
        (UnreadableModelError("odd"), UnreadableModelError, "odd"),
        (CannotTravel("a secret"), CheckFailed, "your code gave a secret."),
        (SystemExit(3), CheckFailed, "your code raised SystemExit: 3"),
        (KeyboardInterrupt(), CheckFailed, "your code raised KeyboardInterrupt: "),
        (UnicodeDecodeError("utf-8", b"x", 0, 1, "bad"), RuntimeError, "UnicodeDecodeError: "),
    ],
)
def test_an_exception_keeps_its_kind_and_its_words(raised, kind, text):
    came = decode_error(encode_error(raised))
    assert type(came) is kind
    assert text in str(came)


@pytest.mark.parametrize("kind", ["print", "__import__", "type", "nothing"])
def test_a_forged_kind_is_no_way_to_a_function(kind):
    came = decode_error({"kind": kind, "name": "x", "text": "y", "line": "", "own": True})
    assert type(came) is CheckFailed


def test_long_words_are_cut():
    assert len(encode_error(ValueError("x" * 10**6))["text"]) == 4000
    forged = {
        "kind": "ValueError",
        "name": "E",
        "text": "x" * 10**6,
        "line": "y\n" * 10**6,
        "own": 1,
    }
    assert len(str(decode_error(forged))) < 4010
    assert own_line(decode_error(forged)) == " ".join(["y"] * 100)


@pytest.mark.parametrize("own", [True, False])
def test_where_an_error_came_up_goes_along(own):
    description = encode_error(ValueError("no")) | {"own": own}
    assert is_own(decode_error(description)) == own
