"""The line of a learner's cell in which an error came up, and what its names held there."""

import collections
import contextlib
import linecache
import re
import traceback
import types
from pathlib import Path

import keras
import numpy as np

from cnn_casebook.models.graph import describe

_NAMES = re.compile(r"(?<![.\w'\"])[A-Za-z_]\w*(?!\w*\s*=[^=])")  # no attributes, no keywords
_MOST_NAMES = 4
_LONGEST = 60  # characters of a value
_PLAIN = (int, float, bool, str, type(None))
_OPERATOR = re.compile("__(?!call|init)[a-z]+__")  # its method, such as __bool__ or __getitem__
_ENDLESS = 10  # calls of one function within one another: far more than an answer needs


def own_line(error: Exception) -> str:
    """The line of a notebook's cell in which an error came up; empty where there is none.

    A cell is no file, so it is known by that. The last one counts: a learner's functions may call
    one another. Where one of another cell refuses what it gets, it is the line that calls it. An
    error that came up in another process brings its line along.
    """
    if isinstance(sent := getattr(error, "line_elsewhere", None), str):
        return sent
    lines = _lines_of_cells(error)
    if not lines:
        return ""
    frame, line = lines[-1]
    held = _held(line, frame.f_locals)
    return f"{line}  (here {held})" if held and not line.startswith("raise") else line


def is_own(error: Exception) -> bool:
    """Whether an error is about the learner's line, and not about one of a library below it.

    It came up in that line itself, in an operator of it, or in whatever it reaches by calling
    itself over and over. One that came up in no cell counts as own: nothing is known of it. An
    error that came up in another process brings the answer along.
    """
    if isinstance(sent := getattr(error, "own_elsewhere", None), bool):
        return sent
    lines = _lines_of_cells(error)
    calls = collections.Counter(frame.f_code for frame, _ in lines)
    if max(calls.values(), default=_ENDLESS) >= _ENDLESS:
        return True
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    below = frames[frames.index(lines[-1][0]) + 1 :]
    return all(_OPERATOR.fullmatch(frame.f_code.co_name) for frame in below)


def _lines_of_cells(error: Exception) -> list[tuple[types.FrameType, str]]:
    """The lines of cells that an error passed through, and their frames, from the outermost.

    Without those of a cell whose own code raises the error of what another cell gave it.
    """
    walk = traceback.walk_tb(error.__traceback__)
    lines = [(frame, line) for frame, number in walk if (line := _line_of_cell(frame, number))]
    if not lines or not lines[-1][1].startswith("raise"):
        return lines
    refusing = lines[-1][0].f_code.co_filename
    return [entry for entry in lines if entry[0].f_code.co_filename != refusing] or lines


def _line_of_cell(frame: types.FrameType, number: int) -> str:
    """A line of a notebook's cell; empty where a frame is one of a file."""
    path = frame.f_code.co_filename
    return "" if Path(path).exists() else linecache.getline(path, number).strip()


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
