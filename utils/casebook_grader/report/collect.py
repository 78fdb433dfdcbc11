"""Reads a class once, one learner after the other, and keeps only what the figures need."""

import json
from array import array
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from casebook_grader import results
from casebook_grader.course import CourseError, require_assignment
from casebook_grader.report.copies import Answers
from casebook_grader.report.messages import Groups
from casebook_grader.report.outline import Outline, read_outline
from casebook_grader.verdicts import Verdict

# What a learner wrote was run: only these submissions say something about checks and learners.
SCORED = (Verdict.GRADED, Verdict.TAMPERED, Verdict.TIMED_OUT, Verdict.KILLED)


@dataclass
class Class:
    """A class's results in one assignment; learners are numbered from 0 in the order of files.

    Attributes:
        assignment: Name of the assignment.
        outline: Its exercises and checks.
        answers: Fingerprints of the answers of those who were scored.
        times: When the first and the last result was written.
        learners: Names.
        verdicts: What became of each submission.
        by_hand: Points of written answers that are still to read, for each learner.
        seconds: How long each submission's cells took; not a number where it is not known.
        findings: What was odd, by learner, for those of whom something was.
        messages: Those of failed checks.
        different: Checks that only the course has, or only a result of someone who was scored.
        unread: How many of the scored learners' executed notebooks could not be read.
        scored: Numbers of the learners who were scored.
        earned: Points: a row for each of them, a column for each check.
    """

    assignment: str
    outline: Outline
    answers: Answers
    times: tuple[datetime, datetime]
    learners: list[str] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)
    by_hand: array = field(default_factory=lambda: array("d"))
    seconds: array = field(default_factory=lambda: array("d"))
    findings: dict[int, list[str]] = field(default_factory=dict)
    messages: Groups = field(default_factory=Groups)
    different: set[str] = field(default_factory=set)
    unread: int = 0
    scored: array = field(default_factory=lambda: array("I"))
    _earned: array = field(default_factory=lambda: array("d"))

    @property
    def earned(self) -> np.ndarray:
        """Points of the scored learners: float64 (learners, checks)."""
        return np.array(self._earned).reshape(len(self.scored), len(self.outline.checks))

    @property
    def points(self) -> np.ndarray:
        """Points that each check gives: float64 (checks,)."""
        return np.array([check.points for check in self.outline.checks])


def collect(assignment: str, root: Path) -> Class:
    """Read all results of an assignment, and the answers that were graded.

    Raises:
        CourseError: There is no such assignment, nothing is graded, or a result is damaged.
    """
    require_assignment(assignment, root)
    files = results.files(assignment, root)
    if not files:
        raise CourseError(
            f"there are no results of {assignment}. Grade it first: casebook grade {assignment}"
        )
    times = [file.stat().st_mtime for file in files]
    ends = [datetime.fromtimestamp(end(times), UTC) for end in (min, max)]
    outline = read_outline(assignment, root)
    found = Class(assignment, outline, Answers(outline.given), (ends[0], ends[1]))
    place = {
        check.name: n for n, exercise in enumerate(outline.exercises) for check in exercise.checks
    }
    for grade in results.read_each(assignment, root):
        _add(found, grade, place, root)
    return found


def _add(found: Class, grade: results.Grade, place: dict[str, int], root: Path) -> None:
    """Add one learner's result and answers."""
    number = len(found.learners)
    found.learners.append(grade.learner)
    found.verdicts.append(grade.verdict)
    found.by_hand.append(grade.by_hand)
    found.seconds.append(sum(grade.seconds.values()) or float("nan"))
    if grade.findings:
        found.findings[number] = [str(finding) for finding in grade.findings]
    if grade.verdict not in SCORED:
        return
    found.scored.append(number)
    for check in found.outline.checks:
        result = grade.checks.get(check.name)
        found._earned.append(result.score if result else 0.0)
        if result and result.message and result.score < check.points:
            found.messages.add(number, place[check.name], check.name, result.message)
    found.different |= grade.checks.keys() ^ place.keys()
    answers = answers_of(grade.learner, found.assignment, found.outline, root)
    found.unread += answers is None
    found.answers.add(number, answers or {})


def answers_of(
    learner: str, assignment: str, outline: Outline, root: Path
) -> dict[str, str] | None:
    """The text of a learner's answers in code, by grade_id, as they were graded.

    Returns:
        None if none of the executed notebooks can be read.
    """
    folder = root / "grading" / "autograded" / results.known_as(learner) / assignment
    wanted, answers, read = outline.answers, {}, False
    for notebook in {exercise.notebook: None for exercise in outline.exercises}:
        try:
            cells = json.loads((folder / f"{notebook}.ipynb").read_bytes())["cells"]
            for cell in cells:
                name = cell["metadata"].get("nbgrader", {}).get("grade_id")
                if name in wanted:
                    answers[name] = "".join(cell["source"])
            read = True
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            continue
    return answers if read else None
