"""A CSV file that no spreadsheet takes for formulas, whatever learners are called."""

import csv
import io
import re
from collections.abc import Iterable

_FORMULA = re.compile(r"^(?=[\s\0]*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n\0])")
# Where a spreadsheet of another country may begin a new cell.
_WITHIN = re.compile(r"(?<=[;,\t\r\n])(?=\s*[=+\-@])")


def inert(value: object) -> object:
    """A value as a cell that is not a formula: a text that looks like one begins with `'`.

    Example:
        >>> inert("=1+1"), inert("Ada"), inert(-1.0), inert(None)
        ("'=1+1", 'Ada', '-1', '')
    """
    if value is None:
        return ""
    if isinstance(value, int | float):
        return f"{value:.10g}"
    return _FORMULA.sub("'", _WITHIN.sub("'", str(value)))


def write(rows: Iterable[Iterable[object]]) -> bytes:
    """Rows as CSV."""
    file = io.StringIO(newline="")
    csv.writer(file).writerows([inert(value) for value in row] for row in rows)
    return file.getvalue().encode()
