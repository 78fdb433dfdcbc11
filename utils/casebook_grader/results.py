"""What grading found out about one submission, as data: kept in a file, read by tables and reports.

Results lie in `grading/results/<assignment>/<learner>.json`, each written whole or not at all. The
gradebook stays the place of the scores; a result also says what the gradebook cannot: the verdict,
the findings, the message of each failed check, and how long the cells took.
"""

import dataclasses
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from casebook_grader.course import ROOT, CourseError
from casebook_grader.verdicts import Verdict
from cnn_casebook.files import write_whole


@dataclass(frozen=True)
class Check:
    """One check of one learner.

    Attributes:
        notebook: Name of its notebook.
        score: Points earned.
        points: Points that it gives.
        message: Why it failed, as feedback shows it; None if it passed.
    """

    notebook: str
    score: float
    points: float
    message: str | None = None


@dataclass
class Grade:
    """One learner's grade in one assignment.

    Attributes:
        learner: Name of the submission's folder.
        verdict: What became of the submission; `findings` say more.
        checks: The checks of all notebooks, by grade_id; none where nothing was scored.
        by_hand: Points of written answers that a person still has to read.
        findings: What was odd about the submission.
        seconds: For each notebook, how long its cells took when they were run.
        keys: For each notebook, what its run is kept under (`store`).
        handed_in: When it was handed in, in UTC, as ISO 8601 writes it; None if nobody knows.
        before: Points of its checks by the run before, if this one found others.
        folder: Where in `grading/` the attempt lies that counts; empty for the one in `submitted/`.
    """

    learner: str
    verdict: Verdict = Verdict.GRADED
    checks: dict[str, Check] = field(default_factory=dict)
    by_hand: float = 0
    findings: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    handed_in: str | None = None
    before: float | None = None
    folder: str = ""

    @property
    def score(self) -> float:
        """Points earned in the checks of all notebooks."""
        return sum(check.score for check in self.checks.values())

    @property
    def notebooks(self) -> dict[str, tuple[float, float]]:
        """For each notebook its score by the checks, and the points that they give."""
        totals: dict[str, tuple[float, float]] = {}
        for check in self.checks.values():
            score, points = totals.get(check.notebook, (0, 0))
            totals[check.notebook] = (score + check.score, points + check.points)
        return dict(sorted(totals.items()))


def known_as(learner: str) -> str:
    """The name that the gradebook knows a learner by.

    nbgrader reads some characters as patterns, and shows others as HTML; and no database takes what
    Python makes of a byte that is not UTF-8.

    Example:
        >>> known_as("zoe@example.org"), known_as("-all [*]"), known_as("zo\\udceb")
        ('zoe@example.org', '%2Dall %5B%2A%5D', 'zo%DCEB')
    """
    return re.sub(
        r"[*?\[\]{}+%!~<>&\"'\x00-\x1f\\\ud800-\udfff]|^[-.\s]|\s$",
        lambda m: f"%{ord(m[0]):02X}",
        learner,
    )


def write(grade: Grade, assignment: str, root: Path = ROOT) -> None:
    """Keep a result, in place of an earlier one of this learner."""
    content = json.dumps(dataclasses.asdict(grade), ensure_ascii=True, indent=1)
    write_whole(_file(grade.learner, assignment, root), content.encode())


def handed_in(learner: str, assignment: str, root: Path = ROOT) -> Path:
    """The folder of the attempt that counts.

    Args:
        learner: Name of the learner's folder, or the gradebook's name for it.
        assignment: Name of the assignment.
        root: The course's folder.
    """
    for student in (learner, known_as(learner)):
        for result in read_each(assignment, root, student):
            return root / "grading" / (result.folder or f"submitted/{result.learner}/{assignment}")
    return root / "grading" / "submitted" / learner / assignment


def remove(learner: str, assignment: str, root: Path = ROOT) -> None:
    """Remove the result kept of a learner, if there is one."""
    _file(learner, assignment, root).unlink(missing_ok=True)


def read(learner: str, assignment: str, root: Path = ROOT) -> Grade | None:
    """The result kept of a learner; None if there is none, or none that can be read."""
    try:
        return _parse(_file(learner, assignment, root).read_bytes())
    except (OSError, ValueError, KeyError, TypeError):
        return None


def read_all(assignment: str, root: Path = ROOT) -> list[Grade]:
    """All results kept of an assignment, by the learner's name."""
    return sorted(read_each(assignment, root), key=lambda grade: grade.learner)


def read_each(assignment: str, root: Path = ROOT, student: str | None = None) -> Iterator[Grade]:
    """One result after another, by file name: a large class need not be held at once.

    Args:
        assignment: Name of the assignment.
        root: The course's folder.
        student: The name that the gradebook knows a learner by, to read this result alone.

    Raises:
        CourseError: A result cannot be read.
    """
    for file in files(assignment, root):
        if student not in (None, file.stem):
            continue
        try:
            yield _parse(file.read_bytes())
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise CourseError(
                f"{file} cannot be read as a result ({type(error).__name__}: {error}). Remove it "
                f"and run: casebook grade {assignment}"
            ) from error


def files(assignment: str, root: Path = ROOT) -> list[Path]:
    """The files of all results of an assignment, in order."""
    return sorted((root / "grading" / "results" / assignment).glob("*.json"))


def _file(learner: str, assignment: str, root: Path) -> Path:
    return root / "grading" / "results" / assignment / f"{known_as(learner)}.json"


def _parse(content: bytes) -> Grade:
    found = json.loads(content)
    checks = {name: Check(**check) for name, check in found.pop("checks").items()}
    return Grade(verdict=Verdict(found.pop("verdict")), checks=checks, **found)
