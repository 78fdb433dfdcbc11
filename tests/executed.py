"""Executed notebooks of a sample class without running a kernel: outputs are written by hand."""

import copy
import random
from datetime import datetime
from pathlib import Path
from threading import Barrier

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.utils import is_grade, is_solution

from casebook_grader.book import Book
from casebook_grader.course import nbgrader
from casebook_grader.entering import enter_assignment
from casebook_grader.rebuild import rebuild

FAILED = "the shortcut passes through a ReLU"


def failed(message: str = FAILED) -> NotebookNode:
    """The output of a check that failed."""
    return new_output(
        "error", ename="CheckFailed", evalue=message, traceback=[f"CheckFailed: {message}"]
    )


def outputs(points: float) -> list[list[NotebookNode]]:
    """Outputs of a check that nbgrader tells apart, for a check of that many points."""
    result = {"data": {"text/plain": str(points / 4)}, "execution_count": 1}
    return [
        [],
        [new_output("stream", name="stdout", text="passed\n")],
        [new_output("stream", name="stdout", text="a line\n" * 1200), failed()],
        [failed()],
        [new_output("error", ename="ValueError", evalue="no\nshape", traceback=["..."] * 150)],
        [new_output("stream", name="stderr", text="W0000 slow\n")],
        [new_output("execute_result", **result)],
        [new_output("execute_result", data={"text/plain": "'fine'"}, execution_count=2)],
    ]


def rebuilt(assignment: str, root: Path, folder: Path) -> dict[str, NotebookNode]:
    """A submission's notebooks, rebuilt from the course's source."""
    config = nbgrader(root).config
    notebooks = {}
    for path in sorted((root / "solutions" / assignment).glob("*.ipynb")):
        handed_in = folder / path.name
        content = handed_in.read_bytes() if handed_in.exists() else None
        notebooks[path.stem] = rebuild(nbformat.read(path, 4), content, config).notebook
    return notebooks


def execute(notebooks: dict[str, NotebookNode], seed: int | None) -> dict[str, NotebookNode]:
    """Give each code cell an output: drawn by the seed; without one, all checks pass."""
    draw = random.Random(seed)
    for notebook in notebooks.values():
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.execution_count = 1
                points = cell.metadata.nbgrader.points if is_check(cell) else 4
                cell.outputs = draw.choice(outputs(points)) if seed is not None else []
    return notebooks


def save_class(
    assignment: str, root: Path, db_urls: list[str], learners: list[str], start: Barrier
) -> None:
    """Enter an assignment and save a class, as a grader of its own.

    Args:
        assignment: Name of the assignment.
        root: The course's folder, with Ada's submission in it.
        db_urls: Gradebooks, one after the other.
        learners: All of them hand in what Ada did; each has outputs of its own.
        start: Where graders wait for each other.
    """
    notebooks = rebuilt(assignment, root, root / "grading" / "submitted" / "ada" / assignment)
    for db_url in db_urls:
        course = nbgrader(root, db_url=db_url, release_directory="grading/release")
        start.wait()
        enter_assignment(course, assignment)
        with Book(course.config, assignment) as book:
            for seed, learner in enumerate(learners):
                book.save(learner, execute(copy.deepcopy(notebooks), seed), datetime(2026, 3, 1))


def is_check(cell: NotebookNode) -> bool:
    """Whether a cell earns points by what it shows."""
    return cell.cell_type == "code" and is_grade(cell) and not is_solution(cell)
