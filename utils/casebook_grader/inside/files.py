"""Reads and writes files in a folder that hostile code writes to as well."""

import json
import os
import re
import stat
from pathlib import Path
from typing import BinaryIO

from casebook_grader.inside.errors import CannotTravel

MOST_PARTS = 2_000_000  # commas and opening brackets; a network of 771 layers has 47,000
LONGEST_INTEGER = 4_300  # digits, as Python has it too unless it is told otherwise
_HALVES = re.compile(r"\\u[dD][89a-fA-F]")  # as JSON writes half of a character


def read_file(path: Path, largest: int | None = None) -> bytes:
    """Read a file that hostile code may have put there: no link, no pipe, not too large.

    Args:
        path: Where it lies.
        largest: Bytes that are read at most; any number without it.

    Raises:
        CannotTravel: It is no regular file, or too large.
        OSError: It cannot be opened.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(descriptor, "rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise CannotTravel("an answer that is no regular file")
        if largest is not None and status.st_size > largest:
            raise CannotTravel(f"an answer of {status.st_size:,} bytes; at most {largest:,} travel")
        return file.read(status.st_size)  # and no more, if it grows meanwhile


def create_file(path: Path) -> BinaryIO:
    """Open a new file for writing: what hostile code put in its place is no file of ours.

    Raises:
        FileExistsError: Something is there, be it a link.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    return open(os.open(path, flags, 0o600), "wb")


def parse_json(text: str | bytes):
    r"""Read JSON; what no message could carry, half of a character, becomes a question mark.

    Raises:
        CannotTravel: It has so many parts, or so long an integer, that reading it takes too long.
        ValueError, RecursionError: It is no JSON, or nested too deeply.

    Example:
        >>> parse_json(r'["a \ud800 b"]')
        ['a ? b']
    """
    text = text if isinstance(text, str) else text.decode("utf-8", "replace")
    parts = sum(map(text.count, ",[{"))
    if parts > MOST_PARTS:
        raise CannotTravel(f"an answer of {parts:,} parts; at most {MOST_PARTS:,} travel")
    if not _HALVES.search(text):
        return json.loads(text, parse_int=_integer)
    clean = json.dumps(json.loads(text, parse_int=_integer), ensure_ascii=False)
    return json.loads(clean.encode("utf-8", "replace"))


def _integer(digits: str) -> int:
    if len(digits) > LONGEST_INTEGER:
        raise CannotTravel(
            f"an integer of {len(digits):,} digits; at most {LONGEST_INTEGER:,} travel"
        )
    return int(digits)
