"""Remembers which answers a score rests on, so that a person reads again only what has changed.

nbgrader's *Autograde* removes the graded notebook before it grades anew, so nothing is left to
compare with. Here a hash of each answer stays, in `grading/answers/<assignment>/<learner>.json`.
"""

import hashlib
import json
from pathlib import Path

from nbformat import NotebookNode
from nbgrader.utils import is_grade

from casebook_grader.results import known_as
from casebook_grader.scores import answer_behind
from cnn_casebook.files import write_whole


class Answers:
    """The answers of one learner as they were when they were last graded."""

    def __init__(self, root: Path, assignment: str, learner: str):
        """Read what is kept.

        Args:
            root: The course's folder.
            assignment: Name of the assignment.
            learner: Name of the submission's folder.
        """
        self._file = root / "grading" / "answers" / assignment / f"{known_as(learner)}.json"
        try:
            found = json.loads(self._file.read_bytes())
            self._hashes = {name: dict(hashes) for name, hashes in found.items()}
        except (OSError, ValueError, AttributeError, TypeError):
            self._hashes = {}

    def knows(self, name: str) -> bool:
        """Whether a notebook of this name was graded."""
        return name in self._hashes

    def is_changed(self, name: str, notebook: NotebookNode, grade_id: str) -> bool:
        """Whether the answer behind a score is another one than when it was last graded.

        Args:
            name: Name of the notebook.
            notebook: The notebook as it is now.
            grade_id: Name of the check or written answer.
        """
        return self._hashes.get(name, {}).get(grade_id) != _hash(notebook, grade_id)

    def keep(self, notebooks: dict[str, NotebookNode]) -> None:
        """Remember the answers of these notebooks, by name; those of others stay."""
        for name, notebook in notebooks.items():
            names = [cell.metadata.nbgrader.grade_id for cell in notebook.cells if is_grade(cell)]
            self._hashes[name] = {grade_id: _hash(notebook, grade_id) for grade_id in names}
        write_whole(self._file, json.dumps(self._hashes, indent=1).encode())


def _hash(notebook: NotebookNode, grade_id: str) -> str:
    text = json.dumps(answer_behind(notebook, grade_id))
    return hashlib.sha256(text.encode()).hexdigest()[:16]
