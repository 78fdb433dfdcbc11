"""What tests and benchmarks do with a copy of the course's folder, and a course without a load."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import banks
import doubling
import nbformat
from nbgrader.api import Gradebook
from sqlalchemy import text

from casebook_grader import results
from casebook_grader.course import nbgrader, require_success

TRIVIAL = "00_doubling"  # the assignment of a trivial course
# Answers to it, and the points that they earn.
RIGHT, HALF, WRONG, BLANK = (
    doubling.CODE,
    "def double(x):\n    return 2",
    "def double(x):\n    return x",
    doubling.STUB,
)
POINTS = {RIGHT: 3, HALF: 1, WRONG: 0, BLANK: 0}


def trivial(folder: Path) -> Path:
    """Make a course of one notebook whose cells take no time; return its folder.

    It has a set-up cell that imports nothing heavy, the answer cell `double`, `check_double` of 1
    point and `hidden_double` of 2, and the course's own settings.

    Args:
        folder: Where to make it; missing or empty.
    """
    wanted = ("title", "start", "double", "check_double", "hidden_double")
    source = json.loads(nbformat.writes(doubling.SOURCE))
    for step, notebook in (("solutions", source), ("assignments", doubling.RELEASED)):
        cells = [cell for cell in notebook["cells"] if cell["id"] in wanted]
        (folder / step / TRIVIAL).mkdir(parents=True)
        path = folder / step / TRIVIAL / "doubling.ipynb"
        path.write_text(json.dumps(notebook | {"cells": cells}), encoding="utf-8")
    shutil.copy(banks.ROOT / "nbgrader_config.py", folder)
    return folder


def with_question(folder: Path) -> Path:
    """Make a trivial course with a written answer, which its gradebook knows; return its folder.

    Args:
        folder: Where to make it; missing or empty.
    """
    root = trivial(folder)
    for step, notebook in (("solutions", doubling.SOURCE), ("assignments", doubling.RELEASED)):
        (root / step / TRIVIAL / "doubling.ipynb").write_text(json.dumps(notebook))
    known = nbgrader(root, release_directory="grading/release")
    require_success(known.generate_assignment(TRIVIAL), "read the assignment")
    return root


def submit(course: Path, learners: Iterable[str], answer: str = RIGHT) -> None:
    """Hand in the notebook of a trivial course; what a learner handed in before is replaced.

    Args:
        course: The folder that `trivial` made.
        learners: Names of those who hand it in.
        answer: The text of their answer cell.
    """
    notebook = nbformat.read(course / "assignments" / TRIVIAL / "doubling.ipynb", as_version=4)
    doubling.cell_of(notebook, "double").source = answer
    for learner in learners:
        target = course / "grading" / "submitted" / learner / TRIVIAL
        target.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, target / "doubling.ipynb")


def outcome(course: Path) -> tuple[list, dict]:
    """All scores in a trivial course's gradebook, and every learner's verdict and findings."""
    with Gradebook(f"sqlite:///{course}/grading/gradebook.db") as book:
        rows = book.db.execute(
            text(
                "SELECT student.id, notebook.name, base_cell.name, auto_score, manual_score, "
                "needs_manual_grade FROM grade "
                "JOIN submitted_notebook ON submitted_notebook.id = grade.notebook_id "
                "JOIN notebook ON notebook.id = submitted_notebook.notebook_id "
                "JOIN submitted_assignment "
                "ON submitted_assignment.id = submitted_notebook.assignment_id "
                "JOIN student ON student.id = submitted_assignment.student_id "
                "JOIN base_cell ON base_cell.id = grade.cell_id"
            )
        )
        scores = sorted(map(tuple, rows), key=str)
    found = results.read_all(TRIVIAL, course)
    verdicts = {grade.learner: (grade.verdict, grade.findings, grade.checks) for grade in found}
    return scores, verdicts


def released(root: Path, assignment: str) -> Path:
    """Make a course of one assignment of this course's, which its gradebook knows.

    Args:
        root: Where to make it; missing or empty.
        assignment: Name of the assignment.
    """
    for step in ("solutions", "assignments"):
        shutil.copytree(banks.ROOT / step / assignment, root / step / assignment)
    shutil.copy(banks.ROOT / "nbgrader_config.py", root)
    course = nbgrader(root, release_directory="grading/release")
    require_success(course.generate_assignment(assignment), "read the assignment")
    return root


def keep_only(course: Path, assignment: str, notebook: str) -> None:
    """Remove the other notebooks of an assignment."""
    for step in ("assignments", "solutions"):
        for path in (course / step / assignment).glob("*.ipynb"):
            if path.name != notebook:
                path.unlink()


def without_engine(course: Path) -> None:
    """Take the engine's lines out of the settings: plain nbgrader is left."""
    config = course / "nbgrader_config.py"
    lines = config.read_text(encoding="utf-8")
    lines = lines[: lines.index("# Safe and fast grading.")]
    lines = re.sub(r"^from casebook_grader.*\n", "", lines, flags=re.MULTILINE)
    config.write_text(lines, encoding="utf-8")


def run_nbgrader(course: Path, *arguments: str) -> None:
    """Run one of nbgrader's stock commands in a course's folder."""
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments],
        cwd=course,
        env={**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
