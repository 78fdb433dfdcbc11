"""Exceptions on their way from the learner's kernel to the check that called."""

import builtins

from cnn_casebook.checks.parts.learners_line import is_own, own_line
from cnn_casebook.checks.parts.verdict import CheckFailed
from cnn_casebook.models.graph import UnreadableModelError

_LONGEST_TEXT = 4000  # characters
_LONGEST_LINE = 200  # characters of a learner's line


class CannotTravel(TypeError):
    """A value that no message can carry; the text completes "your code gave ..."."""


_OWN = {kind.__name__: kind for kind in (CannotTravel, CheckFailed, UnreadableModelError)}


def encode_error(error: BaseException) -> dict:
    """Describe an exception: the nearest class that both kernels know, its own name, its words.

    And the learner's line where it came up, if that is in a cell, and whether it is about that.

    Example:
        >>> encode_error(KeyError("x"))
        {'kind': 'KeyError', 'name': 'KeyError', 'text': "'x'", 'line': '', 'own': True}
    """
    name = type(error).__name__
    known = next(kind for kind in type(error).__mro__ if kind.__module__ == "builtins")
    kind = name if name in _OWN else known.__name__
    line = own_line(error)[:_LONGEST_LINE]
    text = str(error)[:_LONGEST_TEXT]
    return {"kind": kind, "name": name, "text": text, "line": line, "own": is_own(error)}


def decode_error(description: dict) -> BaseException:
    """Make the exception that the learner's kernel described.

    Example:
        >>> error = decode_error(
        ...     {
        ...         "kind": "ValueError",
        ...         "name": "MyError",
        ...         "text": "no",
        ...         "line": "y = f(x)",
        ...         "own": False,
        ...     }
        ... )
        >>> error, own_line(error), is_own(error)
        (ValueError('MyError: no'), 'y = f(x)', False)
    """
    error = _decoded(*(str(description[part])[:_LONGEST_TEXT] for part in ("kind", "name", "text")))
    error.line_elsewhere = " ".join(str(description["line"])[:_LONGEST_LINE].split())
    error.own_elsewhere = bool(description["own"])
    return error


def _decoded(kind: str, name: str, text: str) -> BaseException:
    """Make an exception of these words."""
    if kind == CannotTravel.__name__:
        return CheckFailed(f"your code gave {text}.")
    if kind in _OWN:
        return _OWN[kind](text)
    known = getattr(builtins, kind, None)
    if not (isinstance(known, type) and issubclass(known, Exception)):  # such as SystemExit
        return CheckFailed(f"your code raised {name}: {text}")
    try:
        return known(text if kind == name else f"{name}: {text}")
    except TypeError:  # such as UnicodeDecodeError, which takes five arguments
        return RuntimeError(f"{name}: {text}")
