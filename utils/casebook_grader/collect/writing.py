"""Writes a submission whole: a reader finds the earlier one or the new one, never a mixture."""

import os
import shutil
from datetime import datetime
from pathlib import Path

from casebook_grader.submission import TIMESTAMP
from cnn_casebook.files import write_whole


def replace_submission(
    root: Path, learner: str, assignment: str, contents: dict[str, bytes], time: datetime | None
) -> Path | None:
    """Put a submission in place of an earlier one.

    Args:
        root: The course's folder.
        learner: Name of the learner's folder.
        assignment: Name of the assignment.
        contents: Bytes of each file.
        time: When it was handed in, in UTC; no `timestamp.txt` is written where that is not known.

    Returns:
        Where the earlier one lies now; None if there was none.
    """
    folder = root / "grading" / "submitted" / learner / assignment
    unfinished = folder.with_name(f".{assignment}.part")
    shutil.rmtree(unfinished, ignore_errors=True)
    for name, content in contents.items():
        write_whole(unfinished / name, content)
    if time is not None:  # as nbgrader writes it
        write_whole(unfinished / TIMESTAMP, f"{time:%Y-%m-%d %H:%M:%S.%f} UTC".encode())
    earlier = None
    if os.path.lexists(folder):
        earlier = _free(root / "grading" / "replaced" / learner / assignment)
        folder.replace(earlier)
    unfinished.replace(folder)
    return earlier


def _free(folder: Path) -> Path:
    """The next free number in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    number = 1 + max((int(p.name) for p in folder.iterdir() if p.name.isdigit()), default=0)
    return folder / str(number)
