"""Read what a learner handed in: the files that count, and the cells of a notebook.

Any of it may be damaged or hostile. Nothing here fails because of what a learner handed in: what
cannot be used is left out, and a finding, a plain sentence, says why.
"""

import json
import os
import re
import stat
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from casebook_grader.limits import Limits
from casebook_grader.times import parse_time

TIMESTAMP = "timestamp.txt"
SECRET = "submission_secret.txt"  # nbgrader's exchange names feedback by it; nobody grades it
_LONGEST_TIME = 100  # bytes
RECORD = re.compile(r"record_[a-z0-9_]+\.json")
TYPES = ("code", "markdown", "raw")
# All that is read of a notebook; outputs in particular are forgotten while parsing.
USED = {"cells", "cell_type", "id", "source", "metadata", "nbgrader"}
USED |= {"grade_id", "grade", "solution", "locked", "task", "points", "checksum"}
USED |= {"nbformat", "kernelspec", "name", "language"}
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


@dataclass
class Submission:
    """The files of one submitted folder.

    Attributes:
        notebooks: For each notebook of the assignment its bytes, or None if it cannot be had.
        records: The records beside them: bytes for each file name.
        findings: What was left out or is missing, and why.
        timestamp: When it was handed in, in UTC, where `timestamp.txt` says so.
    """

    notebooks: dict[str, bytes | None]
    records: dict[str, bytes] = field(default_factory=dict)
    findings: list[str] = field(default_factory=list)
    timestamp: datetime | None = None


@dataclass(frozen=True)
class Cell:
    """A learner's cell.

    Attributes:
        place: Its number in the notebook, from 1.
        type: "code", "markdown" or "raw"; anything else is kept for the message only.
        id: Its id, or None.
        text: Its source, or None where that is no text.
        mark: Its nbgrader metadata, plain values only; empty if there are none.
    """

    place: int
    type: str
    id: str | None
    text: str | None
    mark: dict


@dataclass
class LearnerNotebook:
    """What can be read of a learner's notebook.

    Attributes:
        cells: Its cells, or None if nothing can be read.
        kernel: Name of the kernel that it asks for, or None.
        language: The language that it says it is written in, or None.
        findings: What was damaged, and what was done about it.
    """

    cells: list[Cell] | None = None
    kernel: str | None = None
    language: str | None = None
    findings: list[str] = field(default_factory=list)


class _Unreadable(Exception):
    """The notebook cannot be read; the text completes "cannot be read: ..."."""


def read_submission(
    folder: Path, assignment_sources: Iterable[str], limits: Limits | None = None
) -> Submission:
    """Collect a learner's files by an allow-list: the assignment's notebooks, and records.

    Links are not followed, nothing but a regular file is opened for reading, and no file is read
    beyond its cap. Everything else in the folder is left where it is.

    Args:
        folder: The submitted folder, `<learner>/<assignment>`.
        assignment_sources: File names of the assignment's notebooks.
        limits: How much is read; the usual limits without it.
    """
    limits = limits or Limits()
    found = Submission(dict.fromkeys(sorted(assignment_sources)))
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        handle = os.open(folder, flags)
    except (OSError, ValueError) as error:
        found.findings.append(
            f"The submitted folder cannot be opened ({_reason(error)}); expected a folder that "
            "is not a link. Nothing was read."
        )
        return found
    try:
        _collect(handle, found, limits)
    finally:
        os.close(handle)
    return found


def _collect(folder: int, found: Submission, limits: Limits) -> None:
    """Read what is allowed from an open folder."""
    for name in found.notebooks:
        try:
            found.notebooks[name] = _read_file(folder, name, limits.notebook_size)
        except FileNotFoundError:
            found.findings.append(f"The notebook {shown(name)} was not handed in.")
        except (OSError, ValueError) as error:
            found.findings.append(f"The notebook {shown(name)} was not read: {_reason(error)}.")
    left_out = []
    records = []
    for name in os.listdir(folder):
        if RECORD.fullmatch(name):
            records.append(name)
        elif name == TIMESTAMP:
            _read_timestamp(folder, found)
        elif name not in found.notebooks and name != SECRET:
            left_out.append(name)
    records.sort()
    for name in records[: limits.records]:
        try:
            found.records[name] = _read_file(folder, name, limits.record_size)
        except (OSError, ValueError) as error:
            found.findings.append(f"The record {shown(name)} was not read: {_reason(error)}.")
    if records[limits.records :]:
        found.findings.append(
            f"There are {len(records)} records; the first {limits.records} by name were read. "
            f"Left out: {listed(map(shown, records[limits.records :]))}."
        )
    if left_out:
        found.findings.append(
            "Left out, because only the assignment's notebooks and files record_<name>.json "
            f"count: {listed(map(shown, sorted(left_out)))}."
        )


def _read_timestamp(folder: int, found: Submission) -> None:
    """Read when a submission was handed in, as nbgrader writes it beside what it collects."""
    try:
        text = _read_file(folder, TIMESTAMP, _LONGEST_TIME).decode().strip()
        found.timestamp = parse_time(text)
    except (OSError, ValueError, OverflowError) as error:
        found.findings.append(
            f"The time in {TIMESTAMP} was not read: {_reason(error)}. It counts as handed in "
            "without one."
        )


def _read_file(folder: int, name: str, largest: int) -> bytes:
    """Read a regular file of at most `largest` bytes; OSError or ValueError says why not."""
    if not stat.S_ISREG(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode):
        raise ValueError("it is a link, a folder or a device; expected a file")
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY
    with open(os.open(name, flags, dir_fd=folder), "rb") as file:
        about = os.fstat(file.fileno())
        if not stat.S_ISREG(about.st_mode):  # exchanged since the first look
            raise ValueError("it is a link, a folder or a device; expected a file")
        if about.st_size > largest:
            raise ValueError(_too_large(about.st_size, largest))
        content = file.read(largest + 1)
    if len(content) > largest:
        raise ValueError(_too_large(len(content), largest))
    return content


def _reason(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


def _too_large(size: int, largest: int) -> str:
    return (
        f"it takes {size:,} bytes, and at most {largest:,} are read; clear the outputs, save and "
        "hand it in again"
    )


def read_notebook(content: bytes, limits: Limits | None = None) -> LearnerNotebook:
    """Read a learner's notebook, as far as that goes.

    Args:
        content: The file's bytes.
        limits: How much is read.

    Example:
        >>> read_notebook(b"{").findings
        ['The notebook cannot be read: it is not JSON (line 1, column 2). It may be cut short: ...']
    """
    limits = limits or Limits()
    found = LearnerNotebook()
    try:
        notebook = _parse(content, limits, found.findings)
        cells = notebook.get("cells")
        form = notebook.get("nbformat")
        if not isinstance(cells, list):
            raise _Unreadable(
                f"it has no list of cells (its nbformat is {shown(form)}; expected 4). Open it in "
                "JupyterLab, save it and hand it in again"
            )
    except _Unreadable as error:
        found.findings.append(f"The notebook cannot be read: {error}.")
        return found
    if isinstance(form, bool) or form != 4:
        found.findings.append(
            f"The notebook's nbformat is {shown(form)}; expected 4. It was read as 4."
        )
    found.kernel = _said(notebook, "metadata", "kernelspec", "name")
    found.language = _said(notebook, "metadata", "language")
    found.cells = _cells(cells, limits, found.findings)
    return found


def _parse(content: bytes, limits: Limits, findings: list[str]) -> dict:
    """Turn bytes into JSON's objects, of which only the keys in `USED` are kept."""
    if len(content) > limits.notebook_size:
        raise _Unreadable(_too_large(len(content), limits.notebook_size))
    if not content.strip(b"\0\t\n\r "):
        raise _Unreadable("the file is empty")
    text, damage = _decode(content)
    parts = text.count("[") + text.count("{") + text.count(",")
    if parts > limits.parts:
        raise _Unreadable(
            f"it has {parts:,} parts (commas and opening brackets), and at most {limits.parts:,} "
            "are read; clear the outputs, save and hand it in again"
        )
    repeated = Counter()

    def keep(pairs: list[tuple]) -> dict:
        pairs = [pair for pair in pairs if pair[0] in USED]
        kept = dict(pairs)
        if len(kept) < len(pairs):
            repeated.update(key for key, count in Counter(k for k, _ in pairs).items() if count > 1)
        return kept

    try:
        try:
            notebook = json.loads(text, object_pairs_hook=keep)
        except json.JSONDecodeError:
            raise
        except ValueError:  # an integer of thousands of digits
            repeated.clear()
            notebook = json.loads(text, object_pairs_hook=keep, parse_int=float)
    except json.JSONDecodeError as error:
        raise _Unreadable(
            f"it is not JSON (line {error.lineno}, column {error.colno}). It may be cut short: "
            "save it again and hand it in again"
        ) from None
    except RecursionError:
        raise _Unreadable("its JSON is nested too deeply") from None
    if not isinstance(notebook, dict):
        raise _Unreadable("its JSON is not an object, as a notebook's is")
    findings += damage
    if repeated:
        findings.append(
            f"The keys {listed(sorted(repeated))} occur twice in one JSON object; the last one "
            "was taken, as Jupyter does."
        )
    return notebook


def _decode(content: bytes) -> tuple[str, list[str]]:
    """Bytes as text, and what was odd about them."""
    damage = []
    encoding = json.detect_encoding(content)
    if encoding != "utf-8":
        damage.append(f"The notebook is saved as {encoding}; expected utf-8. It was read so.")
    try:
        text = content.decode(encoding, "surrogatepass")
    except UnicodeDecodeError:
        text = content.decode(encoding, "replace")
        damage.append(
            f"Some bytes are no {encoding}; each was replaced by {REPLACEMENT!r} and the rest read."
        )
    return text, damage


def _said(notebook: dict, *keys: str) -> str | None:
    place = notebook
    for key in keys:
        place = place.get(key) if isinstance(place, dict) else None
    return place if isinstance(place, str) else None


def _cells(found: list, limits: Limits, findings: list[str]) -> list[Cell]:
    """The cells among a notebook's `cells`, cleaned."""
    cells, lost = [], Counter()
    noted = {"cut": [], "replaced": []}
    if len(found) > limits.cells_read:
        findings.append(
            f"The notebook has {len(found):,} cells; "
            f"only the first {limits.cells_read:,} were read."
        )
    for place, item in enumerate(found[: limits.cells_read], start=1):
        if not isinstance(item, dict):
            lost["no JSON object"] += 1
            continue
        metadata = item.get("metadata")
        metadata = metadata if isinstance(metadata, dict) else {}
        # Colab keeps a cell's id in its metadata.
        ids = [name for name in (item.get("id"), metadata.get("id")) if isinstance(name, str)]
        text = _text(item.get("source"))
        if text is None:
            lost["without a readable source"] += 1
        else:
            text, changes = _clean(text, limits.cell_text)
            for change in changes:
                noted[change].append(place)
        kind = item.get("cell_type")
        kind = kind if isinstance(kind, str) else shown(kind)
        cells.append(Cell(place, kind, ids[0] if ids else None, text, _mark(metadata)))
    if lost:
        counted = " and ".join(f"{count} {what}" for what, count in lost.items())
        findings.append(f"Among its cells are {counted}; they were left out.")
    if noted["cut"]:
        findings.append(
            f"Cells longer than {limits.cell_text:,} characters were cut there: numbers "
            f"{listed(map(str, noted['cut']))}."
        )
    if noted["replaced"]:
        findings.append(
            f"Characters that are no text (NUL, halves of surrogate pairs) became {REPLACEMENT!r} "
            f"in cells number {listed(map(str, noted['replaced']))}."
        )
    return cells


def _text(source) -> str | None:
    """A cell's source, which the format allows to be a list of lines."""
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        return "".join(source)
    return source if isinstance(source, str) else None


def _clean(text: str, longest: int) -> tuple[str, list[str]]:
    """A text that every file, database and kernel can hold, and what that took."""
    changes = []
    text = text.replace("\r\n", "\n")
    if len(text) > longest:
        text = text[:longest]
        text = text.rpartition("\n")[0] or text
        changes.append("cut")
    clean = text.replace("\0", REPLACEMENT)
    try:
        clean.encode()
    except UnicodeEncodeError:
        # Two halves that stand side by side, split by a list of lines, become one character.
        clean = clean.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if clean != text:
        changes.append("replaced")
    return clean, changes


def _mark(metadata: dict) -> dict:
    mark = metadata.get("nbgrader")
    if not isinstance(mark, dict):
        return {}
    return {k: v for k, v in mark.items() if isinstance(v, str | bool | int | float)}


def shown(value) -> str:
    r"""A learner's value as it may stand in a message: short, and safe to print.

    Example:
        >>> shown("a name with a line\nbreak")
        "'a name with a line\\nbreak'"
    """
    if isinstance(value, list | dict):
        return f"a {type(value).__name__}"
    text = repr(value[:60] if isinstance(value, str) else value)
    return text if len(text) <= 100 else text[:97] + "..."


def listed(items: Iterable[str], most: int = 10) -> str:
    """Join names for a message, and count those past the first few.

    Example:
        >>> listed(["a", "b", "c"], most=2)
        'a, b and 1 more'
    """
    items = list(items)
    more = len(items) - most
    return ", ".join(items[:most]) + (f" and {more} more" if more > 0 else "")
