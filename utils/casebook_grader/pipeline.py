"""The engine as steps of nbgrader's own pipeline; `nbgrader_config.py` names them.

`Rebuild` comes first when a submission is read, `TwoKernels` stands where nbgrader would execute
the notebook, and `KeepRead` where it would save the scores. With their lines taken out of the
settings, nbgrader grades on its own, and honest submissions get the same scores.
"""

from pathlib import Path

from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor, SaveAutoGrades
from traitlets import Bool
from traitlets.config import Config

from casebook_grader import verdicts
from casebook_grader.answers import Answers
from casebook_grader.execute import execute
from casebook_grader.limits import Limits
from casebook_grader.prepare import language_of, prepare, read_source
from casebook_grader.submission import read_submission
from casebook_grader.warm import warm_sandbox


def _submitted(config: Config, about: dict) -> Path:
    """The folder that a learner handed in."""
    course = CourseDirectory(config=config)
    folder = course.format_path(course.submitted_directory, about["student"], about["assignment"])
    return Path(folder)


class Rebuild(NbGraderPreprocessor):
    """Takes every cell but the learner's own from the solution."""

    def preprocess(
        self, nb: NotebookNode, resources: ResourcesDict
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Return the notebook rebuilt; what was odd goes to the log."""
        about = resources["nbgrader"]
        name = about["notebook"]
        prepared = prepare(self.config, about["assignment"], _submitted(self.config, about), [name])
        for finding in prepared.all_findings:
            self.log.warning("%s: %s", about["student"], finding)
        return prepared.notebooks[name].notebook, resources


class TwoKernels(NbGraderPreprocessor):
    """Executes the learner's cells in one sandboxed kernel, the checks in another.

    What a submission may use is set by `c.CasebookLimits`: see `casebook_grader.limits`.
    """

    sandboxed = Bool(True, help="False runs learner code as yourself.").tag(config=True)

    def preprocess(
        self, nb: NotebookNode, resources: ResourcesDict
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Return the notebook with the outputs of its cells, and with its incidents attached.

        Raises:
            SandboxError: The engine failed. nbgrader then gives this learner no score, and goes on
                with the next.
        """
        about = resources["nbgrader"]
        limits = Limits.from_config(self.config)
        submitted = _submitted(self.config, about)
        records = read_submission(submitted, [f"{about['notebook']}.ipynb"], limits).records
        source = read_source(self.config, about["assignment"], about["notebook"], language_of(nb))
        sandbox = warm_sandbox(self.sandboxed, limits)
        incidents = execute(nb, source, records, sandbox)
        verdicts.attach(nb, incidents)
        for incident in incidents:
            self.log.warning("%s, %s: %s", about["student"], about["notebook"], incident.text)
        return nb, resources


class KeepRead(SaveAutoGrades):
    """Saves scores as nbgrader does, and lets a score that a person gave stay read.

    nbgrader asks for each to be read again; here only where the answer has changed.
    """

    def preprocess(
        self, nb: NotebookNode, resources: ResourcesDict
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Save the scores, and remember the answers that they rest on."""
        about = resources["nbgrader"]
        root = Path(CourseDirectory(config=self.config).root)
        self._answers = Answers(root, about["assignment"], about["student"])
        self._notebook = nb
        nb, resources = super().preprocess(nb, resources)
        self._answers.keep({about["notebook"]: nb})
        return nb, resources

    def _add_score(self, cell: NotebookNode, resources: ResourcesDict) -> None:
        grade_id = cell.metadata.nbgrader.grade_id
        place = (grade_id, self.notebook_id, self.assignment_id, self.student_id)
        grade = self.gradebook.find_grade(*place)
        was_read = grade.manual_score is not None and not grade.needs_manual_grade
        super()._add_score(cell, resources)
        if was_read and not self._answers.is_changed(self.notebook_id, self._notebook, grade_id):
            grade.needs_manual_grade = False
            self.gradebook.db.commit()


def without_hidden(source: str) -> str:
    """The lines of a test that learners have seen.

    Example:
        >>> without_hidden("# Sizes.\\n### BEGIN HIDDEN TESTS\\nassert f(7)\\n### END HIDDEN TESTS")
        '# Sizes.'
    """
    kept, hidden = [], False
    for line in source.split("\n"):
        if "BEGIN HIDDEN TESTS" in line:
            hidden = True
        elif "END HIDDEN TESTS" in line:
            hidden = False
        elif not hidden:
            kept.append(line)
    return "\n".join(kept)
