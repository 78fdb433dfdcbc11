"""Enters an assignment into the gradebook, also where its source changed after it was graded.

nbgrader enters an assignment with `generate_assignment`. It refuses where a check came or went and
submissions are graded. Where none are, it removes what it finds and enters it anew, also while
another program saves the first of them. So it is called only where something has changed.
"""

import json

from nbformat import NotebookNode
from nbgrader.api import (
    Assignment,
    Comment,
    Grade,
    GradeCell,
    Notebook,
    SolutionCell,
    SourceCell,
    SubmittedAssignment,
    SubmittedNotebook,
    TaskCell,
)
from nbgrader.apps import NbGraderAPI
from nbgrader.preprocessors import ClearSolutions, ComputeChecksums, LockCells
from nbgrader.utils import is_grade, is_locked, is_solution, is_task
from sqlalchemy import Connection, delete, or_, select
from sqlalchemy.orm import Session
from traitlets.config import Config

from casebook_grader.course import CourseError, read_notebook, require_success, source_folder
from casebook_grader.database import alone, in_transaction, open_gradebook

_Kind = type[GradeCell | SolutionCell | TaskCell | SourceCell]


def enter_assignment(course: NbGraderAPI, assignment: str) -> None:
    """Let the gradebook know an assignment's notebooks, cells and points.

    Nothing is written where it knows them already. Submissions that are graded keep their scores.
    A check that is new has no score until they are graded again; one that is gone is forgotten with
    its scores.

    Args:
        course: nbgrader, with the course's settings.
        assignment: Name of the assignment.

    Raises:
        CourseError: nbgrader cannot read the source, the gradebook cannot be written, or a cell is
            gone that a person gave a score or a comment.
    """
    folder = source_folder(course.config, assignment)
    sources = {path.stem: read_notebook(path) for path in folder.glob("*.ipynb")}
    for source in sources.values():
        _prepare(source, course.config)
    with alone(course.config):
        with open_gradebook(course.config) as gradebook:
            if in_transaction(gradebook, lambda db: _is_entered(db, assignment, sources)):
                return
            in_transaction(gradebook, lambda db: _follow(db, assignment, sources))
        require_success(course.generate_assignment(assignment), f"read {assignment}")


def _prepare(source: NotebookNode, config: Config) -> None:
    """Make of a source what the gradebook keeps of it, by nbgrader's own steps."""
    try:
        for step in (LockCells, ClearSolutions, ComputeChecksums):
            step(config=config).preprocess(source, {})
    except (RuntimeError, ValueError) as error:
        raise CourseError(f"a source notebook cannot be released: {error}") from error


def _is_entered(db: Connection, assignment: str, sources: dict[str, NotebookNode]) -> bool:
    """Whether the gradebook holds just these notebooks with just these cells."""
    session = Session(db)
    known = session.scalar(select(Assignment).where(Assignment.name == assignment))
    notebooks = {notebook.name: notebook for notebook in known.notebooks} if known else {}
    if not sources or notebooks.keys() != sources.keys():
        return False
    for name, notebook in notebooks.items():
        if json.loads(notebook.kernelspec) != sources[name].metadata.get("kernelspec", {}):
            return False
        for kind, cells in _cells_of(sources[name]).items():
            rows = session.scalars(select(kind).where(kind.notebook_id == notebook.id)).all()
            if sorted(row.name for row in rows) != sorted(cells):
                return False
            for row in rows:
                if any(getattr(row, key) != value for key, value in cells[row.name].items()):
                    return False
    return True


def _follow(db: Connection, assignment: str, sources: dict[str, NotebookNode]) -> None:
    """Give the gradebook the source's cells, where submissions keep nbgrader from it.

    Cells that stay, and what the new ones hold, are left to nbgrader.
    """
    session = Session(db)
    known = session.scalar(select(Assignment).where(Assignment.name == assignment))
    if known is None or not session.scalar(
        select(SubmittedAssignment.id).where(SubmittedAssignment.assignment_id == known.id).limit(1)
    ):
        return
    notebooks = {notebook.name: notebook for notebook in known.notebooks}
    for name in sources.keys() - notebooks.keys():
        notebooks[name] = Notebook(name=name, assignment_id=known.id)
        session.add(notebooks[name])
        session.flush()
    for name, notebook in sorted(notebooks.items()):
        wanted = _cells_of(sources.get(name))
        for kind, cells in wanted.items():
            rows = session.scalars(select(kind).where(kind.notebook_id == notebook.id))
            found = {row.name: row for row in rows}
            for grade_id in sorted(found.keys() - cells.keys()):
                _forget(session, f"{grade_id} of {name}", found[grade_id])
            for grade_id in sorted(cells.keys() - found.keys()):
                session.add(kind(name=grade_id, notebook_id=notebook.id, **cells[grade_id]))
        if name not in sources:
            submitted = SubmittedNotebook.notebook_id == notebook.id
            session.execute(delete(SubmittedNotebook).where(submitted))
            session.execute(delete(Notebook).where(Notebook.id == notebook.id))
    session.flush()


def _cells_of(source: NotebookNode | None) -> dict[_Kind, dict[str, dict]]:
    """The cells that nbgrader enters, by kind and grade_id, with what a new one must hold."""
    found: dict[_Kind, dict[str, dict]] = {
        GradeCell: {},
        SolutionCell: {},
        TaskCell: {},
        SourceCell: {},
    }
    for cell in source.cells if source else []:
        mark = cell.metadata.get("nbgrader", {})
        grade_id, kind = mark.get("grade_id"), {"cell_type": cell.cell_type}
        if is_grade(cell):
            found[GradeCell][grade_id] = kind | {"max_score": float(mark.points)}
        if is_solution(cell):
            found[SolutionCell][grade_id] = {}
        if is_task(cell):
            found[TaskCell][grade_id] = kind | {"max_score": float(mark.points)}
        if is_grade(cell) or is_solution(cell) or is_locked(cell) or is_task(cell):
            found[SourceCell][grade_id] = kind | {
                "locked": is_locked(cell),
                "source": cell.source,
                "checksum": mark.get("checksum"),
            }
    return found


def _forget(session: Session, what: str, row: GradeCell | SolutionCell | TaskCell | SourceCell):
    """Remove a cell with its scores and comments; raise CourseError if one is a person's."""
    if not isinstance(row, SourceCell):
        by_hand = (
            select(Grade.id).where(
                Grade.cell_id == row.id,
                or_(Grade.manual_score.is_not(None), Grade.extra_credit.is_not(None)),
            ),
            select(Comment.id).where(
                Comment.cell_id == row.id, Comment.manual_comment.is_not(None)
            ),
        )
        if any(session.scalar(work.limit(1)) for work in by_hand):
            raise CourseError(
                f"{what} is gone from the source, but a person gave it scores or comments, which "
                "would be lost. Put the cell back, or take them back in formgrader."
            )
        session.execute(delete(Grade).where(Grade.cell_id == row.id))
        session.execute(delete(Comment).where(Comment.cell_id == row.id))
    session.delete(row)
