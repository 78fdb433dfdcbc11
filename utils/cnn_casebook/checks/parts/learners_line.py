"""The line of a learner's cell in which an error came up, and what its names held there."""

import contextlib
import linecache
import re
import traceback
from pathlib import Path

import keras
import numpy as np

from cnn_casebook.models.graph import describe

_NAMES = re.compile(r"(?<![.\w'\"])[A-Za-z_]\w*(?!\w*\s*=[^=])")  # no attributes, no keywords
_MOST_NAMES = 4
_LONGEST = 60  # characters of a value
_PLAIN = (int, float, bool, str, type(None))


def own_line(error: Exception) -> str:
    """The line of a notebook's cell in which an error came up; empty where there is none.

    A cell is no file, so it is known by that. The last one counts: a learner's functions may call
    one another. An error that came up in another process brings its line along.
    """
    if isinstance(sent := getattr(error, "line_elsewhere", None), str):
        return sent
    for frame, number in reversed(list(traceback.walk_tb(error.__traceback__))):
        path = frame.f_code.co_filename
        line = linecache.getline(path, number).strip()
        if line and not Path(path).exists():
            held = _held(line, frame.f_locals)
            return f"{line}  (here {held})" if held and not line.startswith("raise") else line
    return ""


def _held(line: str, values: dict) -> str:
    """Say what the names of a line hold: "size is 3, x is an array of shape (2, 2)"."""
    names = dict.fromkeys(name for name in _NAMES.findall(line) if name in values)
    words = ((name, _words(values[name])) for name in names)
    return ", ".join([f"{name} is {text}" for name, text in words if text][:_MOST_NAMES])


def _words(value) -> str:
    """A value in a few words; empty for what only its own code could tell."""
    kind = type(value)
    if kind in (tuple, list) and all(type(element) in _PLAIN for element in value):
        text = repr(value)
        return text if len(text) <= _LONGEST else f"a {kind.__name__} of {len(value)} values"
    if kind in (tuple, list, dict, set):
        return f"a {kind.__name__} of {len(value)} values"
    if kind in _PLAIN:
        text = repr(value)
        return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."
    if kind in (np.ndarray, keras.KerasTensor):
        with contextlib.suppress(Exception):
            return describe(value)
    return ""
