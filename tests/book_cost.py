"""What saving a graded submission costs: our gradebook writer beside nbgrader's own steps.

    python tests/book_cost.py

Nothing is executed. Both save the same notebooks, in one run, on the same machine.
"""

import contextlib
import shutil
import statistics
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import executed
import nbformat
import sqlalchemy
from nbformat import NotebookNode, v4
from nbgrader.converters import Autograde
from nbgrader.preprocessors import Execute
from sqlalchemy.exc import SAWarning
from traitlets.config import Config

from casebook_grader.book import Book
from casebook_grader.course import ROOT, nbgrader, require_success
from casebook_grader.results import known_as

TRIVIAL, WHOLE = "trivial", "03_residual_networks"


@dataclass(frozen=True)
class Cost:
    """What saving one submission costs.

    Attributes:
        seconds: The median.
        statements: Sent to the database.
        commits: Of these, how many end a transaction.
        connections: Opened for it.
    """

    seconds: float
    statements: int
    commits: int
    connections: int

    def __str__(self) -> str:
        return (
            f"{1000 * self.seconds:.0f} ms, {self.statements} statements, {self.commits} commits, "
            f"{self.connections} connections"
        )


_MARK = {"schema_version": 3, "locked": False, "solution": False, "grade": False, "task": False}


def check(name: str, points: float = 1) -> NotebookNode:
    """A cell of a source notebook that checks its answer."""
    cell = v4.new_code_cell("assert x == 1", id=name)
    of_check = {"grade_id": name, "grade": True, "locked": True, "points": points}
    cell.metadata.nbgrader = _MARK | of_check
    return cell


def trivial_notebook() -> NotebookNode:
    """A source notebook with one answer and one check."""
    answer = v4.new_code_cell("### BEGIN SOLUTION\nx = 1\n### END SOLUTION", id="one")
    answer.metadata.nbgrader = _MARK | {"grade_id": "one", "solution": True}
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    cells = [answer, check("check_one")]
    return v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})


def make_course(root: Path, assignment: str) -> None:
    """A course of one assignment that its gradebook knows."""
    folder = root / "solutions" / assignment
    if assignment == TRIVIAL:
        folder.mkdir(parents=True)
        nbformat.write(trivial_notebook(), folder / "notebook.ipynb")
    else:
        shutil.copytree(ROOT / "solutions" / assignment, folder)
    shutil.copy(ROOT / "nbgrader_config.py", root)
    course = nbgrader(root, release_directory="grading/release")
    require_success(course.generate_assignment(assignment), "read the assignment")


def hand_in(root: Path, assignment: str, learner: str) -> None:
    """Hand in the solutions."""
    folder = root / "grading" / "submitted" / known_as(learner) / assignment
    folder.mkdir(parents=True)
    for path in (root / "solutions" / assignment).glob("*.ipynb"):
        shutil.copy(path, folder)


@contextlib.contextmanager
def counted() -> Iterator[Counter]:
    """Count what every database engine does meanwhile."""
    count: Counter = Counter()

    def note(what: str) -> Callable:
        def add(*_) -> None:
            count[what] += 1

        return add

    listeners = [
        (sqlalchemy.Engine, "before_cursor_execute", note("statements")),
        (sqlalchemy.Engine, "commit", note("commits")),
        (sqlalchemy.Pool, "connect", note("connections")),
    ]
    for listener in listeners:
        sqlalchemy.event.listen(*listener)
    try:
        yield count
    finally:
        for listener in listeners:
            sqlalchemy.event.remove(*listener)


def cost(learners: list[str], save: Callable[[str], None]) -> Cost:
    """What saving a submission costs, once for each learner."""
    seconds = []
    for learner in learners:
        with counted() as count:
            started = time.perf_counter()
            save(learner)
            seconds.append(time.perf_counter() - started)
    return Cost(
        statistics.median(seconds), count["statements"], count["commits"], count["connections"]
    )


def stock(root: Path, assignment: str, learners: list[str]) -> Cost:
    """nbgrader's own autograde, all its steps but the execution."""
    more = Config()
    more.Autograde.sanitize_preprocessors = Autograde.sanitize_preprocessors.default()
    steps = Autograde.autograde_preprocessors.default()
    more.Autograde.autograde_preprocessors = [step for step in steps if step is not Execute]
    course = nbgrader(root, more)
    for learner in learners:
        hand_in(root, assignment, learner)
    with warnings.catch_warnings():
        # nbgrader reads a new submission before it has added it, which SQLAlchemy remarks on.
        warnings.filterwarnings("ignore", category=SAWarning, module="nbgrader")
        return cost(
            learners, lambda name: require_success(course.autograde(assignment, name), "grade it")
        )


def ours(root: Path, assignment: str, learners: list[str]) -> Cost:
    """The gradebook writer, with the files that it writes."""
    solutions = root / "solutions" / assignment
    notebooks = executed.execute(executed.rebuilt(assignment, root, solutions), None)
    with Book(nbgrader(root).config, assignment) as book:
        return cost(learners, lambda name: book.save(name, notebooks))


def compare(scratch: Path, submissions: int = 12) -> dict[str, tuple[Cost, Cost]]:
    """The cost of a submission for one check and for a whole assignment: ours, nbgrader's own."""
    costs = {}
    for assignment in (TRIVIAL, WHOLE):
        found = []
        for side in (ours, stock):
            root = scratch / f"{side.__name__}_{assignment}"
            root.mkdir()
            make_course(root, assignment)
            found.append(side(root, assignment, [f"learner{n}" for n in range(submissions)]))
        costs[assignment] = tuple(found)
    return costs


def growth(scratch: Path, sizes: tuple[int, ...] = (10, 100, 1000)) -> dict[int, Cost]:
    """The cost of one more trivial submission in a gradebook of that many."""
    root = scratch / "growth"
    root.mkdir()
    make_course(root, TRIVIAL)
    costs, done = {}, 0
    for size in sizes:
        ours(root, TRIVIAL, [f"learner{number}" for number in range(done, size)])
        done = size
        costs[size] = ours(root, TRIVIAL, [f"one more than {size}: {n}" for n in range(30)])
    return costs


def main() -> None:
    """Print all figures."""
    with tempfile.TemporaryDirectory() as scratch:
        for assignment, costs in compare(Path(scratch)).items():
            for side, found in zip(
                ("the gradebook writer", "nbgrader's steps"), costs, strict=True
            ):
                print(f"{assignment}, {side}: {found}")
        for size, found in growth(Path(scratch)).items():
            print(f"one more than {size}: {found}")


if __name__ == "__main__":
    main()
