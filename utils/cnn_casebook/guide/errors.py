"""What an exception says to a learner: its own words, and whether a blank answer raised it."""

import linecache
import re
import traceback
from collections.abc import Iterator
from pathlib import Path

from cnn_casebook.guide.outline import STUB

_COLOURS = re.compile(r"\x1b\[[\d;]*m")
_WRAPPED = re.compile(r"^Exception encountered when calling .*?\.\n\n", re.DOTALL)
_ARGUMENTS = "\n\nArguments received by"


def plain_text(error: BaseException) -> str:
    """What an error says, without what Keras wraps around it: colours, calls, their arguments.

    Example:
        >>> plain_text(ValueError("Shapes differ.\\n\\nArguments received by Add.call():\\n  x=1"))
        'Shapes differ.'
    """
    text = _COLOURS.sub("", str(error))
    return _WRAPPED.sub("", text).split(_ARGUMENTS)[0].strip()


def blank_function(error: BaseException) -> str:
    """The function of a notebook's cell that is as it was released, and raised this error.

    Returns:
        Its name; "<module>" if it is the cell itself, empty if the error comes from elsewhere.
    """
    for cause in _causes(error):
        if isinstance(cause, NotImplementedError) and cause.__traceback__ is not None:
            frame = traceback.extract_tb(cause.__traceback__)[-1]
            line = linecache.getline(frame.filename, frame.lineno or 0).strip()
            if line.startswith(STUB) and not Path(frame.filename).exists():  # a cell is no file
                return frame.name
    return ""


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """An error, and the errors that it came from, each once."""
    seen = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__
