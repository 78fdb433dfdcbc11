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
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from nbgrader.converters import Autograde
from rich.table import Table
from sqlalchemy.exc import SAWarning
from traitlets.config import Config

from casebook_grader.course import ROOT, CourseError, nbgrader, require_assignment, require_success
from casebook_grader.pipeline import warm_sandbox
from casebook_grader.rebuild import rebuild
from casebook_grader.submission import read_submission


@dataclass
class Grade:
    """One learner's grade in one assignment.

    Attributes:
        learner: Name of the submission's folder.
        verdict: "graded"; "timed out" or "killed", where the learner's code took too much;
            "tampered", graded all the same; or "not gradable". `findings` say more.
        notebooks: For each notebook its score by the checks, and the points that they give.
        by_hand: Points of written answers that a person still has to read.
        checks: For each check, by its grade_id, the score.
        findings: What was odd about the submission.
    """

    learner: str
    verdict: str = "graded"
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
        CourseError: No such assignment, nothing submitted, or nbgrader cannot read the source.
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
    warm_sandbox(sandboxed)
    more = Config()
    more.Autograde.sanitize_preprocessors = Autograde.sanitize_preprocessors.default()
    more.TwoKernels.sandboxed = sandboxed
    # The gradebook must know the checks and their points; assignments/ stays as it is.
    course = nbgrader(
        root, more, release_directory="grading/release", submitted_directory="grading/rebuilt"
    )
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
    verdict, findings = _rebuild(course.config, assignment, learner, root)
    grade = Grade(learner, verdict, findings=findings)
    result = course.autograde(assignment, known_as(learner))
    log = result.get("log") or result.get("error") or "no reason given"
    if not result["success"]:
        grade.verdict = "not gradable"
        grade.findings.append(log.strip().splitlines()[-1])
        return grade
    incidents = re.findall(rf"\[WARNING\] {re.escape(known_as(learner))}, (.*)", log)
    grade.findings += incidents
    if grade.verdict == "graded" and incidents:
        late = any("did not finish" in one for one in incidents)
        grade.verdict = "timed out" if late else "killed"
    _read(course, assignment, grade)
    return grade


def _rebuild(config: Config, assignment: str, learner: str, root: Path) -> tuple[str, list[str]]:
    """Write a submission's rebuilt notebooks; return its verdict so far, and findings."""
    sources = {path.stem: path for path in (root / "solutions" / assignment).glob("*.ipynb")}
    submitted = root / "grading" / "submitted" / learner / assignment
    found = read_submission(submitted, [path.name for path in sources.values()])
    target = root / "grading" / "rebuilt" / known_as(learner) / assignment
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    verdicts, findings = [], list(found.findings)
    for name, path in sorted(sources.items()):
        source = nbformat.read(path, as_version=4)
        rebuilt = rebuild(source, found.notebooks[path.name], config)
        nbformat.write(rebuilt.notebook, target / path.name)
        verdicts.append(rebuilt.verdict)
        findings += [f"{name}: {finding}" for finding in rebuilt.findings]
    for name, content in found.records.items():
        (target / name).write_bytes(content)
    if all(verdict == "not gradable" for verdict in verdicts):
        return "not gradable", findings
    return "tampered" if "tampered" in verdicts else "graded", findings


def _read(course: NbGraderAPI, assignment: str, grade: Grade) -> None:
    """Read a grade from the gradebook."""
    with Gradebook(course.coursedir.db_url, course.coursedir.course_id) as book:
        submission = book.find_submission(assignment, known_as(grade.learner))
        for notebook in sorted(submission.notebooks, key=lambda notebook: notebook.name):
            tests = [one for one in notebook.grades if one.cell.cell_type == "code"]
            score = sum(one.score for one in tests)
            grade.notebooks[notebook.name] = (score, sum(one.max_score for one in tests))
            grade.checks.update({one.name: one.score for one in tests})
            grade.by_hand += sum(one.max_score for one in notebook.grades if one.needs_manual_grade)


def table(assignment: str, grades: list[Grade]) -> Table:
    """A table of grades: a row per learner, a column per notebook."""
    notebooks = sorted({name for one in grades for name in one.notebooks})
    shown = Table(title=f"{assignment}: points from checks")
    shown.add_column("learner")
    for name in notebooks:
        shown.add_column(name, justify="right", overflow="fold")
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
            one.verdict,
        )
    return shown
