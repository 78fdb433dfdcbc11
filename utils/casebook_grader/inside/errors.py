"""Exceptions on their way from the learner's kernel to the check that called."""

import builtins

from cnn_casebook.checks.parts.verdict import CheckFailed
from cnn_casebook.models.graph import UnreadableModelError

_LONGEST_TEXT = 4000  # characters


class CannotTravel(TypeError):
    """A value that no message can carry; the text completes "your code gave ..."."""


_OWN = {kind.__name__: kind for kind in (CannotTravel, CheckFailed, UnreadableModelError)}


def encode_error(error: BaseException) -> dict:
    """Describe an exception: the nearest class that both kernels know, its own name, its words.

    Example:
        >>> encode_error(KeyError("x"))
        {'kind': 'KeyError', 'name': 'KeyError', 'text': "'x'"}
    """
    name = type(error).__name__
    known = next(kind for kind in type(error).__mro__ if kind.__module__ == "builtins")
    kind = name if name in _OWN else known.__name__
    return {"kind": kind, "name": name, "text": str(error)[:_LONGEST_TEXT]}


def decode_error(description: dict) -> BaseException:
    """Make the exception that the learner's kernel described.

    Example:
        >>> decode_error({"kind": "ValueError", "name": "MyError", "text": "no"})
        ValueError('MyError: no')
    """
    kind, name, text = (str(description[part])[:_LONGEST_TEXT] for part in ("kind", "name", "text"))
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
