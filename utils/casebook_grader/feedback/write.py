"""Writes the feedback on an assignment: a page for each learner, where nbgrader looks for it.

The page lies in `grading/feedback/<learner>/<assignment>/` under the assignment's name, to be sent
or uploaded, and under each notebook's name, as `nbgrader release_feedback` passes files on.
"""

import functools
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from jinja2 import Template
from markupsafe import Markup
from nbgrader.api import MissingEntry, SubmittedAssignment
from nbgrader.converters import GenerateFeedback
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from casebook_grader import results
from casebook_grader.autograded import Autograded
from casebook_grader.course import ROOT, CourseError, nbgrader, require_assignment
from casebook_grader.database import open_gradebook
from casebook_grader.feedback.formulas import Formulas
from casebook_grader.feedback.gather import gather
from casebook_grader.lateness import apply_policies
from casebook_grader.policies import read_policies
from casebook_grader.prepare import language_of, read_source
from casebook_grader.report.outline import read_outline
from casebook_grader.report.page import FOLDER, templates
from casebook_grader.results import known_as
from casebook_grader.scores import BLANK
from casebook_grader.submission import SECRET, TIMESTAMP
from casebook_grader.submitted_outputs import read_claims
from casebook_grader.verdicts import Verdict
from casebook_translations.catalogs import SOURCE
from casebook_translations.pages import said_in
from cnn_casebook.files import write_whole

_FOLDER = Path(__file__).parent
_LARGEST = 1000  # bytes of the exchange's own files
# A learner is told of a run that did not go to its end. That a submission was changed by hand is
# for a person to read first.
_TOLD = {Verdict.NOT_GRADABLE, Verdict.TIMED_OUT, Verdict.KILLED}


class Written(NamedTuple):
    """What was written: a page for each learner, and who has none, as nothing was scored."""

    pages: list[Path]
    without: list[str]


def write(assignment: str, root: Path = ROOT, learner: str | None = None) -> Written:
    """Write the feedback on an assignment, in place of any that lies there.

    Args:
        assignment: Name of the assignment.
        root: The course's folder.
        learner: Write this learner's alone: the name of a folder, or the gradebook's.

    Raises:
        CourseError: There is no such assignment, nobody's is graded, or the learner's is not.
    """
    require_assignment(assignment, root)
    config = nbgrader(root).config
    apply_policies(config, assignment)
    with open_gradebook(config) as gradebook:
        try:
            submissions = gradebook.assignment_submissions(assignment)
        except MissingEntry:
            submissions = []
        if learner is not None:
            names = (learner, known_as(learner))
            submissions = [found for found in submissions if found.student_id in names]
        if not submissions:
            who = f"no submission of {learner} for" if learner else "no graded submission of"
            raise CourseError(
                f"the gradebook has {who} {assignment}. Grade it first: casebook grade {assignment}"
            )
        alone = submissions[0].student_id if learner is not None else None
        feedback = _Feedback(assignment, root, config, alone)
        pages = [feedback.write(submission) for submission in submissions]
        entered = {submission.student_id for submission in submissions}
        without = [] if learner else sorted(feedback.results.keys() - entered)
        return Written(pages, [feedback.results[name].learner for name in without])


@functools.cache
def _page(language: str) -> Template:
    environment = templates(_FOLDER)
    environment.filters["said"] = said_in(language)
    return environment.get_template("page.html")


class _Feedback:
    """The feedback on one assignment."""

    def __init__(self, assignment: str, root: Path, config: Config, student: str | None):
        """Read the assignment, and the results of one learner or of all."""
        self._assignment, self._root = assignment, root
        self._terms = read_policies(root).of(assignment)
        self._course = CourseDirectory(config=config)
        self._executed = Autograded(config, assignment)
        self._nbgrader = GenerateFeedback(coursedir=self._course, config=config)
        exercises = read_outline(assignment, root).exercises
        self._names = list(dict.fromkeys(exercise.notebook for exercise in exercises))
        self._source = functools.cache(functools.partial(read_source, config, assignment))
        self.results = {
            known_as(result.learner): result
            for result in results.read_each(assignment, root, student)
        }
        self._style = Markup(
            "".join(
                (folder / "page.css").read_text(encoding="utf-8") for folder in (FOLDER, _FOLDER)
            )
        )

    def write(self, submission: SubmittedAssignment) -> Path:
        """Write a learner's page; return it."""
        student = submission.student_id
        result = self.results.get(student)  # none where nbgrader's own autograde graded
        learner = result.learner if result else student
        folder = self._path(self._course.feedback_directory, student)
        content = self._render(submission, result, learner).encode()
        for name in (*self._names, self._assignment):
            write_whole(folder / f"{name}.html", content)
        (folder / f"{self._assignment}.pdf").unlink(missing_ok=True)  # of an older page
        for name in (TIMESTAMP, SECRET):  # release_feedback finds out by them whose this is
            handed_in = results.handed_in(student, self._assignment, self._root) / name
            plain = handed_in.is_file() and not handed_in.is_symlink()
            if plain and handed_in.stat().st_size <= _LARGEST:
                write_whole(folder / name, handed_in.read_bytes())
        self._nbgrader.set_permissions(self._assignment, student)
        return folder / f"{self._assignment}.html"

    def _render(
        self, submission: SubmittedAssignment, result: results.Grade | None, learner: str
    ) -> str:
        formulas = Formulas()
        executed = {name: self._executed.read(learner, name) for name in self._names}
        sources = {
            name: self._source(name, language_of(notebook)) for name, notebook in executed.items()
        }
        folder = results.handed_in(submission.student_id, self._assignment, self._root)
        claims = {name: read_claims(folder, source, name) for name, source in sources.items()}
        parts = gather(submission, sources, executed, formulas, claims)
        penalty = sum(part.penalty for part in parts)
        student, at = submission.student, submission.timestamp
        name = " ".join(filter(None, (student.first_name, student.last_name)))
        verdict = result.verdict.value if result and result.verdict in _TOLD else None
        languages = {language_of(notebook) for notebook in executed.values() if notebook}
        language = languages.pop() if len(languages) == 1 else SOURCE
        return _page(language).render(
            language=language,
            assignment=self._assignment,
            learner=learner,
            name=name or learner,
            handed_in=at.replace(tzinfo=UTC).isoformat() if at else None,
            made=datetime.now(UTC).isoformat(),
            parts=parts,
            score=max(0.0, sum(part.score for part in parts) - penalty),
            possible=sum(part.points for part in parts),
            unread=sum(part.unread for part in parts),
            penalty=penalty,
            practice=self._terms.is_practice(at),
            verdict=verdict,
            findings=result.findings if verdict else [],
            blank=BLANK,
            shapes=formulas.shapes,
            style=self._style,
        )

    def _path(self, folder: str, learner: str) -> Path:
        return Path(self._course.format_path(folder, learner, self._assignment))
