"""Keeps a learner's copy of the assignments up to date with the course, file by file.

In `work/.handed_out` lie the versions that a learner has been given (`base`), those that could not
be joined with what the learner did and lie beside it (`offered`), each notebook as it was before
corrections came into it (`before`), and what was said (`said.json`).
"""

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from cnn_casebook.corrections.merge import Conflict, Merged, has_all_of, merge
from cnn_casebook.files import write_whole

_KEPT = ".handed_out"
_MOST = 4  # ids that a sentence names
IN_OTHER_LANGUAGE = "in another language now; what you wrote and what was shown are as they were"


@dataclass(frozen=True)
class Correction:
    """What was done about a file that the course has corrected.

    Attributes:
        path: The file within `work/`, with slashes.
        text: What was done, in a sentence.
    """

    path: str
    text: str


def bring_up_to_date(
    root: Path, assignments: Path | None = None, other_language: bool = False
) -> list[Correction]:
    """Bring what the course corrected into the learner's copy, as far as nothing is lost by it.

    Files that the learner does not have are left alone.

    Args:
        root: The course's folder.
        assignments: Where they lie in the learner's language; `assignments/` without it.
        other_language: The learner's copy was in another language so far.

    Returns:
        What was done; empty if the course has corrected nothing since the last time.

    Raises:
        OSError: A file cannot be read or written. Those before it are done, the others as before.
    """
    found, assignments = [], assignments or root / "assignments"
    for path in sorted(assignments.glob("*/*")):
        if path.is_file():
            name = path.relative_to(assignments)
            copy = _Copy(root, path, name)
            text = copy.bring_up_to_date()
            if text and other_language and copy.is_done:
                text = IN_OTHER_LANGUAGE
            found += [Correction(name.as_posix(), text)] if text else []
    corrected = [entry for entry in found if entry.text != IN_OTHER_LANGUAGE]
    if corrected:
        today = {entry.path: f"{date.today():%Y-%m-%d}: {entry.text}" for entry in corrected}
        text = json.dumps(last_corrections(root) | today, indent=1)
        write_whole(root / "work" / _KEPT / "said.json", text.encode())
    return found


def last_corrections(root: Path) -> dict[str, str]:
    """For each file that was ever corrected, when it last was, and what was done."""
    try:
        said = json.loads((root / "work" / _KEPT / "said.json").read_text(encoding="utf-8"))
        return {str(path): str(text) for path, text in said.items()}
    except (OSError, ValueError, AttributeError):
        return {}


class _Copy:
    """A file of the course, and the learner's copy of it.

    Args:
        root: The course's folder.
        path: The file of the course.
        name: The file within `work/`.
    """

    def __init__(self, root: Path, path: Path, name: Path):
        kept = root / "work" / _KEPT
        self.new = path.read_bytes()
        self.mine = root / "work" / name
        self.base, self.offered, self.before = (
            kept / what / name for what in ("base", "offered", "before")
        )

    def bring_up_to_date(self) -> str:
        """Do what is to be done; say what it was, or nothing."""
        base = _read(self.base)
        if not self.mine.exists() or base == self.new:
            return ""
        mine = _read(self.mine)
        if mine == self.new:
            return self._settle("")
        if mine is not None and mine == base:
            write_whole(self.mine, self.new)
            return self._settle("refreshed; you had not changed it")
        if self.mine.suffix != ".ipynb":
            self._keep_before()
            write_whole(self.mine, self.new)
            return self._settle("replaced")
        try:
            return self._join(base, mine)
        except Conflict as conflict:
            if _has_all_of(self.new, mine):
                return self._settle("")
            return self._offer(str(conflict))

    @property
    def is_done(self) -> bool:
        """Whether the learner has the new version."""
        return _read(self.base) == self.new

    def _join(self, base: bytes | None, mine: bytes | None) -> str:
        given, own = _parsed(base), _parsed(mine)
        if own is None:
            raise Conflict("it cannot be read as a notebook")
        if given is None:
            raise Conflict("it is not known which version you were given")
        try:
            merged = merge(given, json.loads(self.new), own)
        except (KeyError, TypeError, AttributeError) as error:
            raise Conflict("it cannot be read as a notebook") from error
        if merged.notebook == own:
            return self._settle("")
        self._keep_before()
        write_whole(self.mine, _file(merged.notebook))
        return self._settle(_in_words(merged))

    def _keep_before(self) -> None:
        self.before.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(self.mine, self.before)

    def _settle(self, text: str) -> str:
        """Note that the learner has the new version now; drop one that lies beside, if unused."""
        write_whole(self.base, self.new)
        offered = _read(self.offered)
        if offered is not None:
            for path in self._beside():
                if _read(path) == offered:
                    path.unlink()
            self.offered.unlink()
        return text

    def _offer(self, reason: str) -> str:
        """Put the new version beside the learner's, once."""
        offered = _read(self.offered)
        if offered == self.new:
            return ""
        used = [path for path in self._beside() if path.exists() and _read(path) != offered]
        beside = next(path for path in self._beside() if path not in used)
        write_whole(beside, self.new)
        write_whole(self.offered, self.new)
        return (
            f"yours is as it was, because {reason}. The new version lies beside it, in "
            f"{beside.name}. To change over, copy your answers there, and give it the old name"
        )

    def _beside(self) -> list[Path]:
        """Names for a new version that lies beside, from the first."""
        stem = f"{self.mine.stem}_new_version"
        return [self.mine.with_name(f"{stem}{n}.ipynb") for n in ("", *range(2, 100))]


def _in_words(merged: Merged) -> str:
    parts = [
        _counted(merged.changed, "corrected"),
        _counted(merged.added, "new"),
        _counted([name for name in merged.gone if name not in merged.kept], "taken out"),
        _counted(merged.kept, "no longer asked for; what you have there stays as your own"),
    ]
    found = "; ".join(part for part in parts if part) or "details that do not show"
    return f"{found}. Your answers are as they were"


def _counted(names: Sequence[str], what: str) -> str:
    """Some cells and what became of them.

    Example:
        >>> _counted(["start", "theory"], "corrected"), _counted([], "new")
        ('2 cells corrected (start, theory)', '')
    """
    if not names:
        return ""
    more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
    number = "1 cell" if len(names) == 1 else f"{len(names)} cells"
    return f"{number} {what} ({', '.join(names[:_MOST])}{more})"


def _has_all_of(new: bytes, mine: bytes | None) -> bool:
    own = _parsed(mine)
    try:
        return own is not None and has_all_of(json.loads(new), own)
    except (KeyError, TypeError, AttributeError):
        return False


def _parsed(content: bytes | None) -> dict | None:
    try:
        return json.loads(content) if content is not None else None
    except (ValueError, RecursionError):
        return None


def _file(notebook: dict) -> bytes:
    try:
        return (json.dumps(notebook, indent=1, ensure_ascii=False) + "\n").encode()
    except UnicodeEncodeError:  # half a character, which a program cut in two
        return (json.dumps(notebook, indent=1) + "\n").encode()


def _read(path: Path) -> bytes | None:
    """What is in a file; None if there is none."""
    return path.read_bytes() if path.is_file() else None
