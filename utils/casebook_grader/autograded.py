"""Graded notebooks as files, where nbgrader's formgrader and feedback look for them.

They lie in `grading/autograded/<learner>/<assignment>/`, with the records and the time that were
handed in and the course's figures beside them, as `nbgrader autograde` would leave them. Each file
is written whole or not at all, and written again where a run was cut short.
"""

import copy
import os
from datetime import datetime
from pathlib import Path

from nbformat import NotebookNode, v4
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import AssignLatePenalties, CheckCellMetadata, Execute, SaveAutoGrades
from nbgrader.utils import find_all_files, parse_utc
from traitlets import import_item
from traitlets.config import Config

from casebook_grader.course import source_folder
from casebook_grader.pipeline import KeepRead, TwoKernels
from casebook_grader.results import known_as
from cnn_casebook.files import write_whole

# Of nbgrader's steps, those that are done elsewhere: cells are run, and scores are saved. Metadata
# come from the course's source, where they were checked: again for each learner takes 40 ms.
_ELSEWHERE = (
    Execute,
    TwoKernels,
    SaveAutoGrades,
    KeepRead,
    AssignLatePenalties,
    CheckCellMetadata,
)


class Autograded:
    """The folders of one assignment, a folder for each learner."""

    def __init__(self, config: Config, assignment: str):
        """Read the settings, and what lies beside the course's own notebooks.

        Args:
            config: nbgrader's settings.
            assignment: Name of the assignment.
        """
        self._course = CourseDirectory(config=config)
        self._assignment = assignment
        self._nbgrader = Autograde(coursedir=self._course, config=config)
        steps = [
            import_item(step) if isinstance(step, str) else step
            for step in self._nbgrader.autograde_preprocessors
        ]
        self._steps = [step(config=config) for step in steps if step not in _ELSEWHERE]
        self._beside = self._of_the_course()

    @property
    def enters_students(self) -> bool:
        """Whether a learner whom the gradebook does not know is entered into it."""
        return self._nbgrader.create_student

    def finish(self, notebooks: dict[str, NotebookNode]) -> dict[str, NotebookNode]:
        """Executed notebooks after the other steps of nbgrader's settings, such as `LimitOutput`.

        Args:
            notebooks: The executed notebooks, by name; they stay as they are.
        """
        finished = {}
        for name, executed in notebooks.items():
            notebook, resources = copy.deepcopy(executed), {}
            for step in self._steps:
                notebook, resources = step(notebook, resources)
            finished[name] = notebook
        return finished

    def read(self, learner: str, name: str) -> NotebookNode | None:
        """A learner's graded notebook; None if there is none, or none that can be read."""
        try:
            return v4.reads((self._folder(learner) / f"{name}.ipynb").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None

    def write(
        self,
        learner: str,
        notebooks: dict[str, NotebookNode],
        records: dict[str, bytes],
        timestamp: datetime | None,
    ) -> None:
        """Write a learner's folder, in place of what an earlier run left there.

        Args:
            learner: Name of the submission's folder.
            notebooks: The finished notebooks, by name.
            records: Bytes of the records beside them, by file name.
            timestamp: When they were handed in, if known; in UTC where it names no zone.
        """
        folder = self._folder(learner)
        wanted = {folder / name: content for name, content in self._beside.items()}
        wanted |= {folder / name: content for name, content in records.items()}
        if timestamp is not None:
            text = parse_utc(timestamp).strftime("%Y-%m-%d %H:%M:%S.%f UTC")
            wanted[folder / "timestamp.txt"] = text.encode()
        for name, notebook in notebooks.items():
            wanted[folder / f"{name}.ipynb"] = f"{v4.writes(notebook)}\n".encode()
        for path, content in wanted.items():
            if not (path.is_file() and path.read_bytes() == content):
                write_whole(path, content)
        for path in folder.rglob("*"):
            if path not in wanted and not path.is_dir():
                path.unlink()
        self._nbgrader.set_permissions(self._assignment, known_as(learner))

    def _folder(self, learner: str) -> Path:
        where = self._course.autograded_directory
        return Path(self._course.format_path(where, known_as(learner), self._assignment))

    def _of_the_course(self) -> dict[str, bytes]:
        """What lies beside the course's own notebooks: the figures that they show."""
        source = str(source_folder(self._course.config, self._assignment))
        kept = self._nbgrader.exclude_overwriting.get(self._assignment, [])
        files = {
            os.path.relpath(path, source): Path(path).read_bytes()
            for path in find_all_files(source, [*self._course.ignore, "*.ipynb"])
        }
        return {name: content for name, content in files.items() if name not in kept}
