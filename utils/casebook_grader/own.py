"""Grades the work of somebody who studies alone, in a scratch course that nobody else sees."""

from pathlib import Path

from casebook_grader.alone import graded_alone
from casebook_grader.bubblewrap import require_sandbox
from casebook_grader.course import CourseError, sources
from casebook_grader.feedback.write import write
from casebook_grader.results import Grade
from casebook_grader.sandbox import SandboxError
from cnn_casebook.files import write_whole
from cnn_casebook.workspace import own_files

LEARNER = "you"


def grade_own(assignment: str, root: Path) -> tuple[Grade, Path]:
    """Grade what lies in `work/`.

    What runs is the reader's own code: where no sandbox can be had it runs without one.

    Args:
        assignment: Name of the assignment.
        root: The course's folder.

    Returns:
        The grade, and where the page of feedback lies; none is written if nothing was scored.

    Raises:
        FileNotFoundError: No such assignment, or a notebook of it is missing.
        CourseError: The solutions are not here, or it cannot be graded.
        SandboxError: Kernels cannot be started here.
    """
    files = own_files(root, assignment)
    if not (sources(root) / assignment).is_dir():
        raise CourseError(
            f"the solutions to {assignment} are not in this copy of the course, so hidden checks "
            "cannot run. Hand in: casebook hand-in " + assignment
        )
    with graded_alone(assignment, root, files, LEARNER, _has_sandbox()) as (found, course):
        target = root / "work" / f"{assignment}_feedback.html"
        if found.checks:
            (page,) = write(assignment, course).pages
            write_whole(target, page.read_bytes())
    return found, target


def _has_sandbox() -> bool:
    try:
        require_sandbox()
    except SandboxError:
        return False
    return True
