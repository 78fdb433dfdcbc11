"""Grade what learners submitted for one assignment, and make a table of grades.

Submissions lie in `grading/submitted/<learner>/<assignment>/`. Each is rebuilt from the course's
own source, so that a damaged one is graded as far as it goes and never stops the others, and then
goes through nbgrader into the gradebook, executed in two sandboxed kernels.
"""

import re
import shutil
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from nbgrader.converters import Autograde
from rich.table import Table
from sqlalchemy.exc import SAWarning
from traitlets.config import Config

from casebook_grader.course import ROOT, CourseError, nbgrader, require_assignment, require_success
from casebook_grader.limits import Limits
from casebook_grader.prepare import Prepared, prepare
from casebook_grader.reports import Incident, Verdict, attached, verdict_of
from casebook_grader.warm import warm_sandbox


@dataclass
class Grade:
    """One learner's grade in one assignment.

    Attributes:
        learner: Name of the submission's folder.
        verdict: What became of the submission; `findings` say more.
        notebooks: For each notebook its score by the checks, and the points that they give.
        by_hand: Points of written answers that a person still has to read.
        checks: For each check, by its grade_id, the score.
        findings: What was odd about the submission.
    """

    learner: str
    verdict: Verdict = Verdict.GRADED
    notebooks: dict[str, tuple[float, float]] = field(default_factory=dict)
    by_hand: float = 0
    checks: dict[str, float] = field(default_factory=dict)
    findings: list[str] = field(default_factory=list)

    @property
    def score(self) -> float:
        """Points earned in the checks of all notebooks."""
        return sum(score for score, _ in self.notebooks.values())


def learners(assignment: str, root: Path = ROOT) -> list[str]:
    """Names of those who submitted something for an assignment."""
    folders = (root / "grading" / "submitted").glob(f"*/{assignment}")
    return sorted(folder.parent.name for folder in folders if folder.is_dir())


def grade(
    assignment: str,
    root: Path = ROOT,
    progress: Callable[[str], None] = lambda learner: None,
    sandboxed: bool = True,
) -> list[Grade]:
    """Grade all submissions of an assignment anew.

    Args:
        assignment: Name of the assignment.
        root: The course's folder.
        progress: Called with a learner's name after each submission.
        sandboxed: False runs learner code as yourself, without isolation.

    Raises:
        CourseError: No such assignment, nothing submitted, nonsense among the limits, or nbgrader
            cannot read the source.
        SandboxError: Learner code cannot be isolated on this machine.
    """
    require_assignment(assignment, root)
    names = learners(assignment, root)
    if not names:
        raise CourseError(
            f"nothing is submitted for {assignment}. Put each learner's notebooks into "
            f"grading/submitted/<learner>/{assignment}/ and run this again. To try it out with "
            f"invented learners: make sample-class ASSIGNMENT={assignment}"
        )
    more = Config()
    more.Autograde.sanitize_preprocessors = Autograde.sanitize_preprocessors.default()
    more.TwoKernels.sandboxed = sandboxed
    # The gradebook must know the checks and their points; assignments/ stays as it is.
    course = nbgrader(
        root, more, release_directory="grading/release", submitted_directory="grading/rebuilt"
    )
    warm_sandbox(sandboxed, Limits.from_config(course.config))
    require_success(course.generate_assignment(assignment), f"read {assignment}")
    grades = []
    with warnings.catch_warnings():
        # nbgrader reads a new submission before it has added it, which SQLAlchemy remarks on.
        warnings.filterwarnings("ignore", category=SAWarning, module="nbgrader")
        for name in names:
            grades.append(_grade_one(course, assignment, name, root))
            progress(name)
    return grades


def known_as(learner: str) -> str:
    """The name that the gradebook knows a learner by.

    nbgrader reads some characters as patterns, and shows others as HTML.

    Example:
        >>> known_as("zoe@example.org"), known_as("-all [*]")
        ('zoe@example.org', '%2Dall %5B%2A%5D')
    """
    return re.sub(
        r"[*?\[\]{}+%!~<>&\"'\x00-\x1f\\]|^[-.\s]|\s$", lambda m: f"%{ord(m[0]):02X}", learner
    )


def _grade_one(course: NbGraderAPI, assignment: str, learner: str, root: Path) -> Grade:
    """Rebuild and grade one submission; what goes wrong ends in its verdict."""
    submitted = root / "grading" / "submitted" / learner / assignment
    prepared = prepare(course.config, assignment, submitted)
    _write(prepared, root / "grading" / "rebuilt" / known_as(learner) / assignment)
    grade = Grade(learner, prepared.verdict, findings=prepared.all_findings)
    result = course.autograde(assignment, known_as(learner))
    if not result["success"]:
        log = result.get("log") or result.get("error") or "no reason given"
        grade.verdict = Verdict.NOT_GRADABLE
        grade.findings.append(log.strip().splitlines()[-1])
        return grade
    incidents = _incidents(course, assignment, learner, prepared)
    for notebook, found in incidents.items():
        grade.findings += [f"{notebook}: {incident.text}" for incident in found]
    if grade.verdict == Verdict.GRADED:
        grade.verdict = verdict_of(chain.from_iterable(incidents.values()))
    _read(course, assignment, grade)
    return grade


def _write(prepared: Prepared, folder: Path) -> None:
    """Write a prepared submission where nbgrader will read it."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, rebuilt in prepared.notebooks.items():
        nbformat.write(rebuilt.notebook, folder / f"{name}.ipynb")
    for name, content in prepared.records.items():
        (folder / name).write_bytes(content)


def _incidents(
    course: NbGraderAPI, assignment: str, learner: str, prepared: Prepared
) -> dict[str, list[Incident]]:
    """What was ended while a submission's notebooks ran, by notebook."""
    places = course.coursedir
    folder = places.format_path(places.autograded_directory, known_as(learner), assignment)
    return {
        name: attached(nbformat.read(Path(folder) / f"{name}.ipynb", as_version=4))
        for name in prepared.notebooks
    }


def _read(course: NbGraderAPI, assignment: str, grade: Grade) -> None:
    """Read a grade from the gradebook."""
    with Gradebook(course.coursedir.db_url, course.coursedir.course_id) as book:
        submission = book.find_submission(assignment, known_as(grade.learner))
        for notebook in sorted(submission.notebooks, key=lambda notebook: notebook.name):
            checks = [check for check in notebook.grades if check.cell.cell_type == "code"]
            score = sum(check.score for check in checks)
            grade.notebooks[notebook.name] = (score, sum(check.max_score for check in checks))
            grade.checks.update({check.name: check.score for check in checks})
            grade.by_hand += sum(
                answer.max_score for answer in notebook.grades if answer.needs_manual_grade
            )


def table(assignment: str, grades: list[Grade]) -> Table:
    """A table of grades: a row per learner, a column per notebook."""
    notebooks = sorted({name for grade in grades for name in grade.notebooks})
    shown = Table(title=f"{assignment}: points from checks")
    shown.add_column("learner")
    for name in notebooks:
        shown.add_column(name, justify="right", overflow="fold")
    shown.add_column("total", justify="right")
    shown.add_column("to read", justify="right")
    shown.add_column("verdict")
    for grade in grades:
        points = [grade.notebooks.get(name) for name in notebooks]
        possible = sum(pair[1] for pair in grade.notebooks.values())
        shown.add_row(
            grade.learner,
            *(f"{pair[0]:g} / {pair[1]:g}" if pair else "-" for pair in points),
            f"{grade.score:g} / {possible:g}",
            f"{grade.by_hand:g}",
            grade.verdict,
        )
    return shown
