"""The rows of one submission in nbgrader's database, read and written in few statements.

Rows are looked up by pairs that the tables have an index of, so that a large class costs no more
per submission than a small one.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    GradeCell,
    Notebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
    TaskCell,
)
from sqlalchemy import Connection, Row, bindparam, func, insert, select, update

from casebook_grader.course import CourseError
from casebook_grader.scores import Scores

_CELLS, _CHECKS, _TASKS = BaseCell.__table__, GradeCell.__table__, TaskCell.__table__
_SUBMITTED, _NOTEBOOKS = SubmittedAssignment.__table__, SubmittedNotebook.__table__

# Where a grade or a comment lies: the ids of the submitted notebook and of the cell.
Place = tuple[str, str]


@dataclass(frozen=True)
class KnownCell:
    """A cell that earns points: a check, a written answer or a task."""

    id: str
    points: float
    is_code: bool


@dataclass(frozen=True)
class KnownNotebook:
    """A notebook of an assignment as the gradebook knows it; its cells by their grade_id."""

    id: str
    graded: dict[str, KnownCell] = field(default_factory=dict)
    commented: dict[str, str] = field(default_factory=dict)  # the cells' ids


@dataclass(frozen=True)
class KnownAssignment:
    """An assignment as the gradebook knows it; its notebooks by their names."""

    id: str
    notebooks: dict[str, KnownNotebook]


def read_assignment(db: Connection, name: str) -> KnownAssignment:
    """What the gradebook knows of an assignment.

    Raises:
        CourseError: It knows nothing of it.
    """
    assignment = db.scalar(select(Assignment.id).where(Assignment.name == name))
    if assignment is None:
        raise CourseError(
            f"the gradebook does not know {name}; expected what `nbgrader generate_assignment "
            f"{name}` enters into it."
        )
    rows = db.execute(
        select(Notebook.name, Notebook.id, _CELLS.c.name, _CELLS.c.id, _CELLS.c.type)
        .add_columns(func.coalesce(_CHECKS.c.max_score, _TASKS.c.max_score, 0.0))
        .add_columns(_CHECKS.c.cell_type == "code")
        .select_from(Notebook)
        .join(_CELLS, _CELLS.c.notebook_id == Notebook.id)
        .outerjoin(_CHECKS, _CHECKS.c.id == _CELLS.c.id)
        .outerjoin(_TASKS, _TASKS.c.id == _CELLS.c.id)
        .where(Notebook.assignment_id == assignment)
    )
    notebooks: dict[str, KnownNotebook] = {}
    for notebook, notebook_id, grade_id, cell_id, kind, points, is_code in rows:
        known = notebooks.setdefault(notebook, KnownNotebook(notebook_id))
        if kind in ("GradeCell", "TaskCell"):
            known.graded[grade_id] = KnownCell(cell_id, points, bool(is_code))
        if kind in ("SolutionCell", "TaskCell"):
            known.commented[grade_id] = cell_id
    return KnownAssignment(assignment, notebooks)


def find_submission(db: Connection, assignment: KnownAssignment, student: str) -> Row | None:
    """A learner's submission; whoever writes it now is waited for."""
    return db.execute(
        select(_SUBMITTED.c["id", "timestamp", "extension"])
        .where(_SUBMITTED.c.assignment_id == assignment.id, _SUBMITTED.c.student_id == student)
        .with_for_update()
    ).one_or_none()


class SubmissionRows:
    """One learner's rows of an assignment.

    Attributes:
        seconds_late: How long after the due date, with any extension, it was handed in.
    """

    def __init__(self, db: Connection, assignment: KnownAssignment, student: str):
        """Find the rows of a submission that the gradebook has: see `enter`."""
        self._db = db
        self._known = assignment.notebooks
        found = find_submission(db, assignment, student)
        due = db.scalar(select(Assignment.duedate).where(Assignment.id == assignment.id))
        due = due and due + (found.extension or timedelta())
        late = found.timestamp - due if found.timestamp and due else timedelta()
        self.seconds_late = max(0.0, late.total_seconds())
        self._notebooks = self._enter_notebooks(found.id)

    def grades(self) -> dict[tuple[str, str], Row]:
        """The grades that there are, by the notebook's name and the grade_id.

        Each has the fields `score` (as nbgrader counts it) and `needs_manual_grade`.
        """
        rows = self._rows(Grade, Grade.score.label("score"), Grade.needs_manual_grade)
        return {
            (name, grade_id): rows[place]
            for name, known in self._known.items()
            for grade_id, cell in known.graded.items()
            if (place := (self._notebooks[name].id, cell.id)) in rows
        }

    def write_scores(
        self, found: dict[str, Scores], is_changed: Callable[[str, str], bool]
    ) -> None:
        """Write what the checks found, and keep what a person did.

        Args:
            found: The scores of the notebooks that were executed; all of any other become zero.
            is_changed: Whether the answer behind a score, by the notebook's name and the grade_id,
                is another one than before.
        """
        rows = self._rows(
            Grade, Grade.id, Grade.auto_score, Grade.manual_score, Grade.needs_manual_grade
        )
        values: dict[Place, dict] = {}
        for name, known in self._known.items():
            for grade_id, cell in known.graded.items():
                place = (self._notebooks[name].id, cell.id)
                row = rows.get(place)
                if name not in found:
                    score, unread = 0.0, False
                elif grade_id in found[name].points:
                    score = found[name].points[grade_id]
                    if row is None or row.manual_score is None:
                        unread = score is None
                    else:
                        unread = row.needs_manual_grade or is_changed(name, grade_id)
                elif row is None:  # such as a task: no program scores it
                    score, unread = None, True
                else:
                    continue
                values[place] = {"auto_score": score, "needs_manual_grade": unread}
        self._put(Grade, rows, values)

    def write_comments(self, found: dict[str, Scores]) -> None:
        """Write nbgrader's own comments; those of people stay."""
        rows = self._rows(Comment, Comment.id, Comment.auto_comment)
        values: dict[Place, dict] = {}
        for name, known in self._known.items():
            comments = found[name].comments if name in found else {}
            for grade_id, cell in known.commented.items():
                place = (self._notebooks[name].id, cell)
                if grade_id in comments or place not in rows:
                    values[place] = {"auto_comment": comments.get(grade_id)}
        self._put(Comment, rows, values)

    def write_penalties(
        self, names: Iterable[str], penalty_of: Callable[[float], float | None]
    ) -> None:
        """Write penalties for being late, as nbgrader bounds them.

        Args:
            names: The notebooks that were executed.
            penalty_of: The penalty on a notebook's score if it is late.
        """
        totals: dict[str, float] = {}
        if self.seconds_late:
            for (name, _), row in self.grades().items():
                totals[name] = totals.get(name, 0.0) + row.score
        for name in names:
            penalty = penalty_of(totals.get(name, 0.0)) if self.seconds_late else None
            if penalty is not None:
                penalty = 0.0 if penalty < 0 else min(penalty, totals.get(name, 0.0))
            if penalty != self._notebooks[name].late_submission_penalty:
                this = _NOTEBOOKS.c.id == self._notebooks[name].id
                values = {"late_submission_penalty": penalty}
                self._db.execute(update(_NOTEBOOKS).where(this).values(values))

    def _enter_notebooks(self, submission: str) -> dict[str, Row]:
        """The submitted notebooks by name; those are entered that are missing."""
        ids = {known.id: name for name, known in self._known.items()}
        columns = _NOTEBOOKS.c["id", "notebook_id", "late_submission_penalty"]
        wanted = select(*columns).where(
            _NOTEBOOKS.c.assignment_id == submission, _NOTEBOOKS.c.notebook_id.in_(ids)
        )
        rows = self._db.execute(wanted).all()
        new = ids.keys() - {row.notebook_id for row in rows}
        if new:
            values = [{"notebook_id": id, "assignment_id": submission} for id in sorted(new)]
            self._db.execute(insert(SubmittedNotebook), values)
            rows = self._db.execute(wanted).all()
        return {ids[row.notebook_id]: row for row in rows}

    def _rows(self, table: type[Grade | Comment], *columns) -> dict[Place, Row]:
        """Rows of a table by their place; others wait to write them until this is committed."""
        cells = [
            cell
            for known in self._known.values()
            for cell in (
                *(graded.id for graded in known.graded.values()),
                *known.commented.values(),
            )
        ]
        rows = self._db.execute(
            select(table.notebook_id, table.cell_id, *columns)
            .where(
                table.cell_id.in_(cells),
                table.notebook_id.in_(row.id for row in self._notebooks.values()),
            )
            .with_for_update()
        )
        return {(row.notebook_id, row.cell_id): row for row in rows}

    def _put(
        self, table: type[Grade | Comment], rows: dict[Place, Row], values: dict[Place, dict]
    ) -> None:
        """Write values to their places, where they are new or differ."""
        new = [
            {"notebook_id": notebook, "cell_id": cell, **value}
            for (notebook, cell), value in values.items()
            if (notebook, cell) not in rows
        ]
        other = [
            {"row": rows[place].id, **value}
            for place, value in values.items()
            if place in rows and value.items() - rows[place]._mapping.items()
        ]
        if new:
            self._db.execute(insert(table), new)
        if other:
            columns = table.__table__
            self._db.execute(update(columns).where(columns.c.id == bindparam("row")), other)


def enter(
    db: Connection,
    assignment: KnownAssignment,
    student: str,
    timestamp: datetime | None,
    may_enter: bool,
) -> SubmissionRows:
    """Enter a learner and a submission where they are missing.

    Args:
        db: The transaction that they are read and written in.
        assignment: What is submitted.
        student: The name that the gradebook knows the learner by.
        timestamp: When it was handed in, in UTC without a zone; None keeps what was known.
        may_enter: Whether a learner whom the gradebook does not know is entered.

    Raises:
        CourseError: The gradebook does not know the learner, who is not to be entered.
    """
    found = find_submission(db, assignment, student)
    if found is None:
        if db.scalar(select(Student.id).where(Student.id == student)) is None:
            if not may_enter:
                raise CourseError(
                    f"the gradebook does not know {student}, and c.Autograde.create_student is "
                    f"off. Enter the learner with: nbgrader db student add {student}"
                )
            db.execute(insert(Student).values(id=student))
        new = {"assignment_id": assignment.id, "student_id": student, "timestamp": timestamp}
        db.execute(insert(SubmittedAssignment).values(new))
    elif timestamp not in (None, found.timestamp):
        this = _SUBMITTED.c.id == found.id
        db.execute(update(_SUBMITTED).where(this).values(timestamp=timestamp))
    return SubmissionRows(db, assignment, student)
