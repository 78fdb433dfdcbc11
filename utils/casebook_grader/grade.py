"""Grade what learners submitted for one assignment, and print a table of grades.

    python -m casebook_grader.grade 03_residual_networks

Submissions lie in `grading/submitted/<learner>/<assignment>/`. nbgrader grades them one by one
into its gradebook; a submission that cannot be graded is named and does not stop the others.
"""

import argparse
import sys
import warnings
from dataclasses import dataclass, field
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from sqlalchemy.exc import SAWarning

from casebook_grader.course import ROOT, CourseError, nbgrader, require_assignment, require_success


@dataclass
class Grade:
    """One learner's grade in one assignment.

    Attributes:
        learner: Name of the submission's folder.
        verdict: "graded", or "not gradable" with `reason`.
        notebooks: For each notebook its score by the checks, and the points that they give.
        by_hand: Points of written answers that a person still has to read.
        checks: For each check, by its grade_id, the score.
        reason: Why it could not be graded.
    """

    learner: str
    verdict: str = "graded"
    notebooks: dict[str, tuple[float, float]] = field(default_factory=dict)
    by_hand: float = 0
    checks: dict[str, float] = field(default_factory=dict)
    reason: str = ""

    @property
    def score(self) -> float:
        """Points earned in the checks of all notebooks."""
        return sum(score for score, _ in self.notebooks.values())


def learners(assignment: str, root: Path = ROOT) -> list[str]:
    """Names of those who submitted something for an assignment."""
    folders = (root / "grading" / "submitted").glob(f"*/{assignment}")
    return sorted(folder.parent.name for folder in folders if folder.is_dir())


def grade(assignment: str, root: Path = ROOT, progress=lambda learner: None) -> list[Grade]:
    """Grade all submissions of an assignment anew.

    Args:
        assignment: Name of the assignment.
        root: The course's folder.
        progress: Called with a learner's name after each submission.

    Raises:
        CourseError: No such assignment, nothing submitted, or nbgrader cannot read the source.
    """
    require_assignment(assignment, root)
    names = learners(assignment, root)
    if not names:
        raise CourseError(
            f"nothing is submitted for {assignment}. Put each learner's notebooks into "
            f"grading/submitted/<learner>/{assignment}/ and run this again."
        )
    # The gradebook must know the checks and their points; assignments/ stays as it is.
    course = nbgrader(root, release_directory="grading/release")
    require_success(course.generate_assignment(assignment), f"read {assignment}")
    grades = []
    with warnings.catch_warnings():
        # nbgrader reads a new submission before it has added it, which SQLAlchemy remarks on.
        warnings.filterwarnings("ignore", category=SAWarning, module="nbgrader")
        for name in names:
            grades.append(_grade_one(course, assignment, name))
            progress(name)
    return grades


def _grade_one(course, assignment: str, learner: str) -> Grade:
    """Grade one submission; what goes wrong ends in its verdict."""
    result = course.autograde(assignment, learner)
    if result["success"]:
        return _read(course, assignment, learner)
    log = (result.get("log") or result.get("error") or "no reason given").strip().splitlines()
    errors = [line.strip() for line in log if "Error" in line or "ERROR" in line]
    return Grade(learner, "not gradable", reason=(errors or log)[-1])


def _read(course, assignment: str, learner: str) -> Grade:
    """Read a grade from the gradebook."""
    found = Grade(learner)
    with Gradebook(course.coursedir.db_url, course.coursedir.course_id) as book:
        try:
            submission = book.find_submission(assignment, learner)
        except MissingEntry:
            return Grade(learner, "not gradable", reason="it holds none of the notebooks")
        for notebook in sorted(submission.notebooks, key=lambda notebook: notebook.name):
            tests = [one for one in notebook.grades if one.cell.cell_type == "code"]
            score = sum(one.score for one in tests)
            found.notebooks[notebook.name] = (score, sum(one.max_score for one in tests))
            found.checks.update({one.name: one.score for one in tests})
            found.by_hand += sum(one.max_score for one in notebook.grades if one.needs_manual_grade)
    return found


def table(assignment: str, grades: list[Grade]) -> Table:
    """A table of grades: a row per learner, a column per notebook."""
    notebooks = sorted({name for one in grades for name in one.notebooks})
    shown = Table(title=f"{assignment}: points from checks")
    shown.add_column("learner")
    for name in notebooks:
        shown.add_column(name, justify="right")
    shown.add_column("total", justify="right")
    shown.add_column("to read", justify="right")
    shown.add_column("verdict")
    for one in grades:
        points = [one.notebooks.get(name) for name in notebooks]
        possible = sum(pair[1] for pair in one.notebooks.values())
        shown.add_row(
            one.learner,
            *(f"{pair[0]:g} / {pair[1]:g}" if pair else "-" for pair in points),
            f"{one.score:g} / {possible:g}",
            f"{one.by_hand:g}",
            one.verdict + (f": {one.reason}" if one.reason else ""),
        )
    return shown


def main() -> int:
    """Run `make grade`."""
    parser = argparse.ArgumentParser(prog="casebook_grader.grade", description=__doc__)
    parser.add_argument("assignment", help="such as 03_residual_networks")
    name = parser.parse_args().assignment
    console = Console()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    try:
        with Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True)) as bar:
            task = bar.add_task(f"Grading {name}", total=len(learners(name)) or None)
            grades = grade(name, progress=lambda learner: bar.advance(task))
    except CourseError as error:
        print(f"Nothing was graded: {error}", file=sys.stderr)
        return 1
    console.print(table(name, grades))
    if any(one.by_hand for one in grades):
        console.print("Written answers wait in formgrader: make lab, then Nbgrader > Formgrader.")
    return 0 if all(one.verdict == "graded" for one in grades) else 1


if __name__ == "__main__":
    sys.exit(main())
