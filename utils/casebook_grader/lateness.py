"""Brings deadlines, extensions and penalties of `grading/policies.toml` into the gradebook.

nbgrader takes a penalty when it grades, from the points of that moment. Points that a person adds
later change it, so it is taken anew whenever grades are passed on.
"""

from pathlib import Path

from nbgrader.api import Assignment, SubmittedAssignment
from nbgrader.coursedir import CourseDirectory
from nbgrader.plugins import LateSubmissionPlugin
from sqlalchemy import Connection, select, update
from traitlets.config import Config

from casebook_grader import rows
from casebook_grader.database import in_transaction, open_gradebook
from casebook_grader.policies import Policies, read_policies

_SUBMITTED = SubmittedAssignment.__table__


class LatePenalty(LateSubmissionPlugin):
    """The penalty of the class's rules; nbgrader's own where there are none."""

    def late_submission_penalty(
        self, student_id: str, score: float, total_seconds_late: float
    ) -> float | None:
        """Points that are taken off a notebook."""
        late = read_policies(Path(CourseDirectory(config=self.config).root)).late
        if late is None:
            return super().late_submission_penalty(student_id, score, total_seconds_late)
        return late.penalty(score, total_seconds_late)


def apply_policies(config: Config, assignment: str) -> Policies:
    """Give the gradebook an assignment's deadline, extensions, and the penalties of this moment.

    Where no rule says when it is due, the gradebook's own deadline stays. A gradebook that does not
    know the assignment yet is left alone.

    Args:
        config: nbgrader's settings.
        assignment: Name of the assignment.

    Returns:
        All rules of the class.

    Raises:
        CourseError: The rules or the gradebook cannot be read.
    """
    policies = read_policies(Path(CourseDirectory(config=config).root))
    terms = policies.of(assignment)
    if terms.due is None:
        return policies

    def write(db: Connection) -> None:
        found = db.scalar(select(Assignment.id).where(Assignment.name == assignment))
        if found is None:
            return
        known = rows.read_assignment(db, assignment)
        db.execute(update(Assignment).where(Assignment.id == found).values(duedate=terms.due))
        students = db.execute(
            select(_SUBMITTED.c["id", "student_id", "extension"]).where(
                _SUBMITTED.c.assignment_id == found
            )
        ).all()
        for row in students:
            extension = terms.extension(row.student_id)
            if extension != row.extension:
                this = _SUBMITTED.c.id == row.id
                db.execute(update(_SUBMITTED).where(this).values(extension=extension))
            submission = rows.SubmissionRows(db, known, row.student_id)
            if policies.late:
                seconds = submission.seconds_late
                submission.write_penalties(
                    known.notebooks, lambda score, late=seconds: policies.late.penalty(score, late)
                )

    with open_gradebook(config) as gradebook:
        in_transaction(gradebook, write)
    return policies
