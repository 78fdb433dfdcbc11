"""Finds the attempts of a learner that count, and of several the best.

`casebook collect` keeps what a later hand-in replaced, in `grading/replaced/`. Where the rules of a
class say `attempts = "best"`, these are graded too, and the best one stands in the gradebook.
"""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol, TypeVar

from nbformat import NotebookNode

from casebook_grader.limits import Limits
from casebook_grader.policies import Late, Terms
from casebook_grader.prepare import Prepared
from casebook_grader.results import known_as
from casebook_grader.scores import scores_of
from casebook_grader.submission import read_submission


class Attempt(Protocol):
    """An attempt whose notebooks were run, or could not be."""

    learner: str
    prepared: Prepared
    executed: dict[str, NotebookNode]
    failures: dict[str, str]
    lost: dict[str, str]


_Attempt = TypeVar("_Attempt", bound=Attempt)


@dataclass
class Tried:
    """The attempts of one learner: how many there are, and those that are done."""

    expected: int
    done: list = field(default_factory=list)


def attempts(learner: str, assignment: str, root: Path, terms: Terms) -> list[Path]:
    """The folders of the attempts that may count, in the order in which they were handed in.

    Args:
        learner: Name of the learner's folder.
        assignment: Name of the assignment.
        root: The course's folder.
        terms: The assignment's rules.
    """
    last = root / "grading" / "submitted" / learner / assignment
    if terms.attempts == "last":
        return [last]
    earlier = (root / "grading" / "replaced" / learner / assignment).glob("[0-9]*")
    folders = [*sorted(earlier, key=lambda path: int(path.name) if path.name.isdigit() else 0)]
    return [*(folder for folder in folders if not terms.is_practice(_time(folder))), last]


def best(tried: list[_Attempt], terms: Terms, late: Late | None) -> _Attempt:
    """The attempt that earns most by its checks, less what being late takes off.

    Of equal ones the last. Where one could not be graded, through no fault of the learner, that one
    is returned, so that nothing is decided yet.

    Args:
        tried: The attempts of one learner, in any order.
        terms: The assignment's rules.
        late: What being late takes off.
    """
    for attempt in tried:
        if attempt.failures or attempt.lost:
            return attempt

    def worth(attempt: _Attempt) -> tuple[float, datetime]:
        points = sum(
            points or 0.0
            for notebook in attempt.executed.values()
            for points in scores_of(notebook).points.values()
        )
        time = attempt.prepared.timestamp
        if late:
            seconds = terms.seconds_late(known_as(attempt.learner), time)
            points -= late.penalty(points, seconds)
        return points, time or datetime.max

    return max(tried, key=worth)


def _time(folder: Path) -> datetime | None:
    return read_submission(folder, [], Limits()).timestamp
