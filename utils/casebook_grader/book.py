"""The one writer to nbgrader's gradebook: a submission's scores in one transaction.

nbgrader's own steps open the gradebook anew for every notebook and commit after every cell. A
`Book` stays open for a whole run and saves a submission in 16 statements, with the same values in
the same rows, so that formgrader, feedback and nbgrader's exports find what they expect.
"""

import functools
from datetime import datetime
from pathlib import Path
from typing import Self

from nbformat import NotebookNode
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import AssignLatePenalties
from nbgrader.utils import parse_utc
from sqlalchemy import Connection
from traitlets.config import Config

from casebook_grader import rows
from casebook_grader.answers import Answers
from casebook_grader.autograded import Autograded
from casebook_grader.course import CourseError
from casebook_grader.database import in_transaction, open_gradebook
from casebook_grader.results import Check, known_as
from casebook_grader.scores import Scores, answer_behind, message_of, scores_of


class Book:
    """The gradebook of one assignment, open for a whole run."""

    def __init__(self, config: Config, assignment: str):
        """Open the gradebook.

        Args:
            config: nbgrader's settings.
            assignment: Name of an assignment that the gradebook knows (`generate_assignment`).

        Raises:
            CourseError: The gradebook cannot be opened, or does not know the assignment.
        """
        self._root, self._name = Path(CourseDirectory(config=config).root), assignment
        self._files = Autograded(config, assignment)
        self._late = AssignLatePenalties(config=config)
        self._late.init_plugin()
        self._gradebook = open_gradebook(config)
        try:
            self._assignment = in_transaction(
                self._gradebook, lambda db: rows.read_assignment(db, assignment)
            )
        except BaseException:
            self._gradebook.close()
            raise

    def __enter__(self) -> Self:
        """Use it in a `with` statement."""
        return self

    def __exit__(self, *_) -> None:
        """Close the gradebook."""
        self._gradebook.close()

    def known(self, learner: str) -> bool:
        """Whether the gradebook has a submission of a learner."""

        def look(db: Connection) -> bool:
            return rows.find_submission(db, self._assignment, known_as(learner)) is not None

        return in_transaction(self._gradebook, look)

    def save(
        self,
        learner: str,
        notebooks: dict[str, NotebookNode],
        timestamp: datetime | None = None,
        records: dict[str, bytes] | None = None,
    ) -> None:
        """Save a submission's scores, then its graded notebooks.

        Scores, comments and penalties are nbgrader's own. Where a person gave a score, it stays,
        and the cell is marked as unread only if the learner's answer is another one by now.

        If this is cut short, save the same again: scores are written at once or not at all, each
        file whole or not at all, and the files after the scores.

        Args:
            learner: Name of the submission's folder.
            notebooks: The executed notebooks, by name; one that is missing counts zero.
            timestamp: When they were handed in, if known; in UTC where it names no zone.
            records: Bytes of the records handed in with them, by file name.

        Raises:
            CourseError: The gradebook cannot be written, or does not know a cell.
        """
        finished = self._files.finish(notebooks)
        found = {name: scores_of(notebook) for name, notebook in finished.items()}
        self._require_known(found)
        student, at = known_as(learner), parse_utc(timestamp)
        earlier = functools.cache(lambda name: self._files.read(learner, name))
        answers = Answers(self._root, self._name, learner)

        def is_changed(name: str, grade_id: str) -> bool:
            if answers.knows(name):
                return answers.is_changed(name, finished[name], grade_id)
            before, now = earlier(name), finished[name]  # graded before answers were remembered
            return before is None or answer_behind(before, grade_id) != answer_behind(now, grade_id)

        def write(db: Connection) -> None:
            submission = rows.enter(db, self._assignment, student, at, self._files.enters_students)
            submission.write_scores(found, is_changed)
            submission.write_comments(found)
            submission.write_penalties(
                found,
                lambda score: self._late.plugin_inst.late_submission_penalty(
                    student, score, submission.seconds_late
                ),
            )

        def write_files(db: Connection) -> None:
            rows.find_submission(db, self._assignment, student)  # others of this learner wait
            self._files.write(learner, finished, records or {}, at)
            answers.keep(finished)

        in_transaction(self._gradebook, write)
        in_transaction(self._gradebook, write_files)

    def read(self, learner: str) -> tuple[dict[str, Check], float]:
        """A learner's checks, by grade_id, and the points that a person still has to read.

        Raises:
            CourseError: The gradebook has no submission of this learner.
        """

        def look(db: Connection) -> dict:
            if rows.find_submission(db, self._assignment, known_as(learner)) is None:
                raise CourseError(
                    f"the gradebook has no submission of {learner}; expected one that was graded."
                )
            return rows.SubmissionRows(db, self._assignment, known_as(learner)).grades()

        found = in_transaction(self._gradebook, look)
        checks, by_hand = {}, 0.0
        for name, known in sorted(self._assignment.notebooks.items()):
            notebook = self._files.read(learner, name)
            for grade_id, cell in known.graded.items():
                row = found.get((name, grade_id))
                if row is None:
                    continue
                by_hand += cell.points * row.needs_manual_grade
                if cell.is_code:
                    lost = row.score < cell.points
                    message = message_of(notebook, grade_id) if lost else None
                    checks[grade_id] = Check(name, row.score, cell.points, message)
        return checks, by_hand

    def _require_known(self, found: dict[str, Scores]) -> None:
        """Raise CourseError if the gradebook does not know a notebook or a cell."""
        for name, scores in found.items():
            known = self._assignment.notebooks.get(name)
            unknown = {name}
            if known is not None:
                unknown = scores.points.keys() - known.graded.keys()
                unknown |= scores.comments.keys() - known.commented.keys()
            if unknown:
                raise CourseError(
                    f"the gradebook does not know {', '.join(sorted(unknown))} of {name}; expected "
                    "what `nbgrader generate_assignment` enters into it."
                )
