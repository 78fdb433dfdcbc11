"""Finds what has changed in an assignment since its submissions were graded, and whom it concerns.

The gradebook holds the cells as they were entered last. A score by a check is made anew by the next
`casebook grade`, for the notebooks that changed alone. A score that a person gave is never changed;
where it was given out of other points, it waits to be read again.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from nbformat import NotebookNode
from nbgrader.api import (
    Assignment,
    BaseCell,
    Grade,
    GradeCell,
    Notebook,
    SourceCell,
    SubmittedAssignment,
    SubmittedNotebook,
    TaskCell,
)
from nbgrader.utils import is_grade, is_task
from sqlalchemy import Connection, bindparam, func, select, update
from traitlets.config import Config

from casebook_grader.course import read_notebook, source_folder
from casebook_grader.database import in_transaction, open_gradebook
from casebook_grader.submission import listed

_CELLS = BaseCell.__table__


@dataclass(frozen=True)
class Change:
    """A check or a written answer that is another one than when submissions were graded.

    Attributes:
        notebook: Name of its notebook.
        name: Its grade_id.
        what: What has changed, to follow its name.
        by_hand: Names that the gradebook has for those whose score a person gave out of other
            points.
    """

    notebook: str
    name: str
    what: str
    by_hand: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        """The change in a line.

        Example:
            >>> print(Change("vgg16", "explain", "gives 2 points, before 1", ["ada"]))
            vgg16: explain gives 2 points, before 1. Scores given by hand wait to be read again: ada
        """
        text = f"{self.notebook}: {self.name} {self.what}"
        if self.by_hand:
            text += f". Scores given by hand wait to be read again: {listed(self.by_hand)}"
        return text


def find_changes(config: Config, assignment: str, mark: bool = False) -> list[Change]:
    """What has changed since the gradebook's submissions were graded; nothing if there are none.

    Args:
        config: nbgrader's settings.
        assignment: Name of the assignment.
        mark: Have scores read again that a person gave out of other points.

    Raises:
        CourseError: The gradebook cannot be opened, or a source cannot be read.
    """
    folder = source_folder(config, assignment)
    sources = {path.stem: read_notebook(path) for path in sorted(folder.glob("*.ipynb"))}

    def look(db: Connection) -> list[Change]:
        known = db.scalar(
            select(Assignment.id)
            .join(SubmittedAssignment, SubmittedAssignment.assignment_id == Assignment.id)
            .where(Assignment.name == assignment)
            .limit(1)
        )
        return _compare(db, known, sources, mark) if known else []

    with open_gradebook(config) as gradebook:
        return in_transaction(gradebook, look)


def _compare(
    db: Connection, assignment: str, sources: dict[str, NotebookNode], mark: bool
) -> list[Change]:
    before = {(row.notebook, row.name): row for row in _entered(db, assignment)}
    texts = _texts(db, assignment)
    found, now = [], set()
    for notebook, cell in _graded(sources):
        place = notebook, cell.metadata.nbgrader.grade_id
        now.add(place)
        points = float(cell.metadata.nbgrader.points)
        if place not in before:
            found.append(Change(*place, f"is new, {_points(points)}"))
        elif before[place].points != points:
            what = f"gives {_points(points)}, before {before[place].points:g}"
            found.append(Change(*place, what, _by_hand(db, before[place].id, mark)))
        elif cell.cell_type == "code" and texts.get(place) != cell.source:
            found.append(Change(*place, "tests something else, or in another way"))
    gone = sorted(before.keys() - now)
    return found + [Change(*place, f"is gone, {_points(before[place].points)}") for place in gone]


def _graded(sources: dict[str, NotebookNode]) -> Iterable[tuple[str, NotebookNode]]:
    for name, source in sources.items():
        for cell in source.cells:
            if is_grade(cell) or is_task(cell):
                yield name, cell


def _entered(db: Connection, assignment: str) -> Iterable:
    """The graded cells of the gradebook: `notebook`, `name`, `id` and `points`."""
    checks, tasks = GradeCell.__table__, TaskCell.__table__
    points = func.coalesce(checks.c.max_score, tasks.c.max_score).label("points")
    return db.execute(
        select(Notebook.name.label("notebook"), _CELLS.c.name, _CELLS.c.id, points)
        .select_from(Notebook)
        .join(_CELLS, _CELLS.c.notebook_id == Notebook.id)
        .outerjoin(checks, checks.c.id == _CELLS.c.id)
        .outerjoin(tasks, tasks.c.id == _CELLS.c.id)
        .where(Notebook.assignment_id == assignment, _CELLS.c.type.in_(["GradeCell", "TaskCell"]))
    )


def _texts(db: Connection, assignment: str) -> dict[tuple[str, str], str]:
    """The text of each cell of the gradebook, by its notebook and grade_id."""
    rows = db.execute(
        select(Notebook.name, SourceCell.name, SourceCell.source)
        .join(Notebook, Notebook.id == SourceCell.notebook_id)
        .where(Notebook.assignment_id == assignment)
    )
    return {(notebook, name): text for notebook, name, text in rows}


def _by_hand(db: Connection, cell: str, mark: bool) -> list[str]:
    """Who has a score for a cell that a person gave."""
    rows = db.execute(
        select(Grade.id, SubmittedAssignment.student_id)
        .join(SubmittedNotebook, SubmittedNotebook.id == Grade.notebook_id)
        .join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
        .where(Grade.cell_id == cell, Grade.manual_score.is_not(None))
    ).all()
    if mark and rows:
        grades = Grade.__table__
        unread = update(grades).where(grades.c.id == bindparam("row"))
        db.execute(unread.values(needs_manual_grade=True), [{"row": row.id} for row in rows])
    return sorted(row.student_id for row in rows)


def _points(points: float) -> str:
    return f"{points:g} point{'' if points == 1 else 's'}"
