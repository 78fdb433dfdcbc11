"""Grades one submission by itself, in a scratch course that nobody else sees.

Those who study alone are graded so, and submissions on a grader that takes one at a time.
"""

import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from casebook_grader.course import sources
from casebook_grader.grade import Options, grade
from casebook_grader.results import Grade
from casebook_translations import catalogs


@contextmanager
def graded_alone(
    assignment: str, root: Path, files: Iterable[Path], learner: str, sandboxed: bool
) -> Iterator[tuple[Grade, Path]]:
    """Grade a submission in a scratch course.

    Args:
        assignment: Name of the assignment.
        root: The course's folder, with solutions.
        files: What was handed in: notebooks and records.
        learner: What to call the learner there.
        sandboxed: Whether kernels run in the sandbox.

    Yields:
        The grade, and the scratch course's folder, which is gone afterwards.

    Raises:
        CourseError: It cannot be graded.
        SandboxError: Kernels cannot be started here.
    """
    with tempfile.TemporaryDirectory(prefix="casebook-alone-") as scratch:
        course = Path(scratch)
        for step, folder in (("solutions", sources(root)), ("assignments", root / "assignments")):
            shutil.copytree(folder / assignment, course / step / assignment)
        if (root / catalogs.FOLDER).is_dir():
            shutil.copytree(root / catalogs.FOLDER, course / catalogs.FOLDER)
        shutil.copy(root / "nbgrader_config.py", course)
        submitted = course / "grading" / "submitted" / learner / assignment
        submitted.mkdir(parents=True)
        for path in files:
            shutil.copy(path, submitted)
        (found,) = grade(assignment, course, Options(sandboxed=sandboxed))
        yield found, course
