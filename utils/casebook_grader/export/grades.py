"""What the gradebook and the results say of a class, read once for all exports."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from nbgrader.api import (
    BaseCell,
    Grade,
    Gradebook,
    GradeCell,
    Notebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
    TaskCell,
)
from sqlalchemy import func, select

from casebook_grader import results
from casebook_grader.collect.roster import Learner, Roster
from casebook_grader.course import CourseError, read_notebook, sources
from casebook_grader.policies import read_policies

NOTHING = "nothing handed in"
PRACTICE = "practice: handed in before it counts"
_HIDDEN = "BEGIN HIDDEN TESTS"


@dataclass(frozen=True)
class Cell:
    """A check, a written answer or a task of the assignment.

    Attributes:
        notebook: Name of its notebook.
        name: Its grade_id.
        points: What it gives.
        is_check: Whether it is a check; else a person reads it.
        hidden: Whether learners see neither the check nor what it says.
    """

    notebook: str
    name: str
    points: float
    is_check: bool
    hidden: bool = False


@dataclass
class OfLearner:
    """One learner's grades.

    Attributes:
        about: Who it is.
        verdict: What became of the submission.
        time: When it was handed in, in UTC; None where that is not known.
        penalty: Points taken off for being late.
        scores: By cell; None where a person has still to read the answer.
        messages: Why checks failed, by cell.
        practice: It was handed in before it counts, so that no points are passed on.
    """

    about: Learner
    verdict: str = NOTHING
    time: datetime | None = None
    penalty: float = 0
    scores: dict[Cell, float | None] = field(default_factory=dict)
    messages: dict[Cell, str] = field(default_factory=dict)
    practice: bool = False

    @property
    def unread(self) -> float:
        """Points of answers that a person has still to read."""
        return sum(cell.points for cell, score in self.scores.items() if score is None)

    def sum(self, cells: Iterable[Cell]) -> float:
        """Points earned so far in some cells."""
        return sum(self.scores.get(cell) or 0 for cell in cells)

    @property
    def so_far(self) -> float | None:
        """Points of all that was read, without the penalty; None where nothing counts."""
        counts = self.scores and not self.practice
        return max(0.0, self.sum(self.scores) - self.penalty) if counts else None

    @property
    def total(self) -> float | None:
        """The grade; None where nothing was graded or an answer is not read yet."""
        return None if self.unread else self.so_far


@dataclass(frozen=True)
class Class:
    """The grades of a class in one assignment, by learner's name; the cells in their order."""

    assignment: str
    cells: list[Cell]
    learners: list[OfLearner]

    @property
    def possible(self) -> float:
        """Points that the assignment gives."""
        return sum(cell.points for cell in self.cells)


def read_class(
    gradebook: Gradebook, assignment: str, root: Path, roster: Roster | None = None
) -> Class:
    """Read the grades of all learners whom the gradebook or the roster knows.

    Args:
        gradebook: nbgrader's gradebook.
        assignment: Name of an assignment that it knows.
        root: The course's folder.
        roster: Names and addresses, which count before the gradebook's.

    Raises:
        CourseError: The gradebook does not know the assignment, or a result cannot be read.
    """
    known = {entry.name: entry.id for entry in gradebook.assignments}
    if assignment not in known:
        raise CourseError(
            f"the gradebook does not know {assignment!r}; expected one of: "
            f"{', '.join(sorted(known)) or 'none yet'}. Grade it first: casebook grade <assignment>"
        )
    cells = _cells(gradebook, known[assignment], assignment, root)
    learners = {}
    for student in gradebook.db.execute(
        select(Student.id, Student.first_name, Student.last_name, Student.email)
    ):
        learners[student.id] = OfLearner(Learner(*(text or "" for text in student)))
    for name, entry in (roster.learners if roster else {}).items():
        learners[results.known_as(name)] = OfLearner(entry)
    _read_scores(gradebook, known[assignment], cells, learners)
    for result in results.read_each(assignment, root):
        name = results.known_as(result.learner)  # not in the gradebook if the engine failed
        entry = learners.setdefault(name, OfLearner(Learner(name)))
        entry.verdict = str(result.verdict)
        for cell in cells.values():
            check = result.checks.get(cell.name)
            if check and check.message and (entry.scores.get(cell) or 0) < cell.points:
                entry.messages[cell] = check.message
    terms = read_policies(root).of(assignment)
    for entry in learners.values():
        if terms.is_practice(entry.time):
            entry.practice, entry.verdict = True, PRACTICE
    ordered = [entry for _, entry in sorted(learners.items())]
    return Class(assignment, list(cells.values()), ordered)


def _cells(gradebook: Gradebook, assignment_id: str, name: str, root: Path) -> dict[str, Cell]:
    """The cells that earn points, by their ids, in the order of the notebooks."""
    order, hidden = {}, set()
    for path in sorted((sources(root) / name).glob("*.ipynb")):
        for place, cell in enumerate(read_notebook(path).cells):
            grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
            order[path.stem, grade_id] = place
            if _HIDDEN in cell.source:
                hidden.add((path.stem, grade_id))
    found = []
    for row in gradebook.db.execute(
        select(
            BaseCell.id,
            Notebook.name,
            BaseCell.name,
            func.coalesce(GradeCell.__table__.c.max_score, TaskCell.__table__.c.max_score, 0.0),
            GradeCell.__table__.c.cell_type,
        )
        .select_from(BaseCell.__table__)
        .join(Notebook, BaseCell.__table__.c.notebook_id == Notebook.id)
        .outerjoin(GradeCell.__table__, GradeCell.__table__.c.id == BaseCell.__table__.c.id)
        .outerjoin(TaskCell.__table__, TaskCell.__table__.c.id == BaseCell.__table__.c.id)
        .where(
            Notebook.assignment_id == assignment_id,
            BaseCell.__table__.c.type.in_(["GradeCell", "TaskCell"]),
        )
    ):
        cell_id, notebook, grade_id, points, kind = row
        is_hidden = (notebook, grade_id) in hidden or grade_id.startswith("hidden_")
        found.append((cell_id, Cell(notebook, grade_id, points, kind == "code", is_hidden)))

    def place(entry: tuple[str, Cell]) -> tuple[str, int]:
        cell = entry[1]
        return cell.notebook, order.get((cell.notebook, cell.name), 10**6)

    found.sort(key=place)
    return dict(found)


def _read_scores(
    gradebook: Gradebook, assignment_id: str, cells: dict[str, Cell], learners: dict
) -> None:
    """Fill in scores, times and penalties."""
    submissions = {}
    for row in gradebook.db.execute(
        select(
            SubmittedAssignment.id, SubmittedAssignment.student_id, SubmittedAssignment.timestamp
        ).where(SubmittedAssignment.assignment_id == assignment_id)
    ):
        entry = learners[row.student_id]
        entry.time, entry.verdict = row.timestamp, "graded"
        submissions[row.id] = entry
    for row in gradebook.db.execute(
        select(
            SubmittedNotebook.assignment_id,
            func.sum(func.coalesce(SubmittedNotebook.late_submission_penalty, 0.0)),
        ).group_by(SubmittedNotebook.assignment_id)
    ):
        if row[0] in submissions:
            submissions[row[0]].penalty = row[1]
    for submission, cell_id, score, unread in gradebook.db.execute(
        select(
            SubmittedNotebook.assignment_id, Grade.cell_id, Grade.score, Grade.needs_manual_grade
        ).join(SubmittedNotebook, Grade.notebook_id == SubmittedNotebook.id)
    ):
        if submission in submissions and cell_id in cells:
            submissions[submission].scores[cells[cell_id]] = None if unread else score
