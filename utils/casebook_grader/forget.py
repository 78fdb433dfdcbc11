"""Removes one learner from a course: files, results, stored runs, and the gradebook.

What names the learner and is not theirs alone, such as a roster or a report of the whole class, is
not touched but listed, for a person to make again or to edit.
"""

import html
import json
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from glob import escape
from pathlib import Path

from nbgrader.api import MissingEntry

from casebook_grader import results
from casebook_grader.course import ROOT, CourseError, nbgrader
from casebook_grader.database import open_gradebook
from casebook_grader.report.names import FILE as NUMBERS
from casebook_grader.results import known_as
from casebook_grader.store import Store
from cnn_casebook.files import write_whole

_THEIRS = ("submitted", "replaced", "autograded", "feedback")  # a folder for each learner
_OF_ALL = ("collected", "export", "reports", "exchange")  # where a class is listed
_LARGEST = 50_000_000  # bytes of a file that is searched for a name


@dataclass
class Forgotten:
    """What became of a learner's traces.

    Attributes:
        removed: What was removed, in words.
        left: Files and folders that still name the learner.
    """

    removed: list[str] = field(default_factory=list)
    left: list[Path] = field(default_factory=list)


def forget(learner: str, root: Path = ROOT) -> Forgotten:
    """Remove a learner. Run again after an interruption, it goes on.

    Args:
        learner: Name of the submission's folder.
        root: The course's folder.

    Raises:
        CourseError: Nothing is known of the learner, or the gradebook cannot be opened.
    """
    names = sorted({learner, known_as(learner)})
    if learner in ("", ".", "..") or Path(learner).name != learner:
        raise CourseError(f"expected the name of a learner's folder; found {learner!r}")
    grading, done = root / "grading", Forgotten()
    done.removed += _from_gradebook(known_as(learner), root)
    done.removed += _results(learner, root)
    for path in sorted((grading / "answers").glob(f"*/{escape(known_as(learner))}.json")):
        path.unlink()
        done.removed.append(f"{path.relative_to(root)}")
    for path in (grading / place / name for place in _THEIRS for name in names):
        if os.path.lexists(path):
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
            done.removed.append(f"{path.relative_to(root)}/")
    for path in sorted((grading / "collected").glob("*.json")):
        if _from_manifest(learner, path):
            done.removed.append(f"the entry in {path.relative_to(root)}")
    if _from_json(root / NUMBERS, lambda numbers: numbers.pop(learner, None)):
        done.removed.append(f"the number in {NUMBERS}")
    done.left = list(_naming(names, grading))
    if not done.removed and not done.left:
        raise CourseError(f"nothing is known of {learner!r} in {grading.relative_to(root)}/")
    return done


def _from_gradebook(student: str, root: Path) -> list[str]:
    with open_gradebook(nbgrader(root).config) as gradebook:
        try:
            gradebook.remove_student(student)
        except MissingEntry:
            return []
    return [f"{student} in the gradebook, with all scores and comments"]


def _results(learner: str, root: Path) -> list[str]:
    """Remove the results, and the runs in the store that are nobody else's."""
    own: dict[str, results.Grade] = {}
    others: set[str] = set()  # keys of runs that are somebody else's too
    for folder in sorted((root / "grading" / "results").glob("*")):
        for result in results.read_each(folder.name, root):
            if result.learner == learner:
                own[folder.name] = result
            else:
                others.update(result.keys.values())
    if not own:
        return []
    keys = {key for result in own.values() for key in result.keys.values()} - others
    for key in keys:
        Store(root).remove(key)
    for name in own:
        results.remove(learner, name, root)
    return [f"the results in {', '.join(own)}, and {len(keys)} executed notebooks"]


def _from_manifest(learner: str, path: Path) -> bool:
    def drop(manifest: dict) -> bool:
        nothing = manifest.get("nothing", [])
        known = learner in nothing or learner in manifest.get("learners", {})
        manifest.get("learners", {}).pop(learner, None)
        manifest["nothing"] = [name for name in nothing if name != learner]
        return known

    return _from_json(path, drop)


def _from_json(path: Path, drop) -> bool:
    """Change a file of JSON, if `drop` says that it found something."""
    try:
        content = json.loads(path.read_bytes())
        found = drop(content)
    except (OSError, ValueError, AttributeError):
        return False
    if found:
        write_whole(path, (json.dumps(content, indent=1) + "\n").encode())
    return bool(found)


def _naming(names: list[str], grading: Path) -> Iterator[Path]:
    """What still names the learner: files by their text, and whatever by its own name."""
    words = {written for name in names for written in (name, html.escape(name))}
    pattern = re.compile(rf"(?<!\w)({'|'.join(map(re.escape, sorted(words)))})(?!\w)")
    searched = [path for place in _OF_ALL for path in sorted((grading / place).rglob("*"))]
    lists = [*sorted(grading.glob("*.csv")), *sorted(grading.glob("*.toml"))]
    for path in [*lists, *searched]:
        if pattern.search(path.name) or pattern.search(_text(path)):
            yield path


def _text(path: Path) -> str:
    """A file's text; empty for what is no file, or too large to be a list of learners."""
    if not path.is_file() or path.is_symlink() or path.stat().st_size > _LARGEST:
        return ""
    return path.read_bytes().decode("utf-8", "replace")
