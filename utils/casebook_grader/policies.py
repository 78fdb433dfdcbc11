"""Reads the rules of a class from one file: deadlines, lateness, extensions, attempts, anonymity.

The file is `grading/policies.toml`, which git ignores, as it may name learners. Whoever grades,
exports or writes feedback reads it anew, so that a rule that changed holds at once.
"""

import math
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from casebook_grader.course import CourseError, read_toml, require_assignment
from casebook_grader.results import known_as

FILE = "grading/policies.toml"
_KINDS = {float: "a number", bool: "true or false", str: "a text", dict: "a table"}
_KINDS |= {datetime: "a time with its zone, such as 2026-03-01T23:59:00+01:00"}


@dataclass(frozen=True)
class Late:
    """What being late takes off.

    Attributes:
        per_day: Part of the points that each day begun takes off, 0 to 1.
        at_most_days: After so many days nothing counts; None: no end.
        grace_minutes: So long nobody is late.
    """

    per_day: float = 0.0
    at_most_days: float | None = None
    grace_minutes: float = 0.0

    def penalty(self, score: float, seconds: float) -> float:
        """Points that are taken off.

        Args:
            score: Points earned.
            seconds: How late it was handed in.

        Example:
            >>> Late(per_day=0.1, at_most_days=3).penalty(20, 25 * 3600)
            4.0
        """
        if seconds <= self.grace_minutes * 60:
            return 0.0
        days = math.ceil(seconds / 86_400)
        if self.at_most_days is not None and seconds > self.at_most_days * 86_400:
            return score
        return score * min(1.0, self.per_day * days)


@dataclass(frozen=True)
class Terms:
    """The rules of one assignment; times in UTC, without a zone, as nbgrader keeps them.

    Attributes:
        due: When it is due.
        counts_from: What was handed in before is practice: it is graded, and counts nothing.
        attempts: Which counts of several that one learner handed in: "last" or "best".
        extensions: When it is due for some, by the name that the gradebook knows them by.
    """

    due: datetime | None = None
    counts_from: datetime | None = None
    attempts: str = "last"
    extensions: dict[str, datetime] = field(default_factory=dict)

    def extension(self, student: str) -> timedelta | None:
        """How much later it is due for a learner; None where it is not."""
        return self.extensions[student] - self.due if student in self.extensions else None

    def seconds_late(self, student: str, handed_in: datetime | None) -> float:
        """How late something was handed in; 0 where that is not known or nothing is due."""
        due = self.extensions.get(student, self.due)
        return max(0.0, (handed_in - due).total_seconds()) if handed_in and due else 0.0

    def is_practice(self, handed_in: datetime | None) -> bool:
        """Whether it was handed in before it counts."""
        return bool(self.counts_from and handed_in and handed_in < self.counts_from)


@dataclass(frozen=True)
class Policies:
    """All rules of a class.

    Attributes:
        late: What being late takes off; None leaves it to nbgrader's own settings.
        anonymous: Whoever grades by hand sees no name on a submission's page.
        assignments: The rules of each assignment that has some.
    """

    late: Late | None = None
    anonymous: bool = False
    assignments: dict[str, Terms] = field(default_factory=dict)

    def of(self, assignment: str) -> Terms:
        """The rules of an assignment."""
        return self.assignments.get(assignment, Terms())


def read_policies(root: Path) -> Policies:
    """The rules of a class; without the file there are none.

    Args:
        root: The course's folder.

    Raises:
        CourseError: It cannot be read, or says what no rule is.
    """
    found = read_toml(root, FILE)
    _require(found, "", {"late": dict, "anonymous": bool, "assignments": dict})
    late = found.get("late")
    if late is not None:
        names = {"per_day": float, "at_most_days": float, "grace_minutes": float}
        _require(late, "late.", names)
        _between(late, "per_day", 0, 1)
        _between(late, "at_most_days", 0, 1000)
        _between(late, "grace_minutes", 0, 10_000)
    terms = {}
    for name, given in found.get("assignments", {}).items():
        require_assignment(name, root)
        terms[name] = _terms(f"assignments.{name}", given)
    return Policies(late and Late(**late), found.get("anonymous", False), terms)


def _terms(place: str, given: object) -> Terms:
    kinds = {"due": datetime, "counts_from": datetime, "attempts": str, "extensions": dict}
    _require({place: given}, "", {place: dict})
    _require(given, f"{place}.", kinds)
    if given.get("attempts", "last") not in ("last", "best"):
        raise CourseError(
            f'{FILE}: expected {place}.attempts to be "last" or "best"; found '
            f"{given['attempts']!r}."
        )
    extensions = given.get("extensions", {})
    _require(extensions, f"{place}.extensions.", dict.fromkeys(extensions, datetime))
    if extensions and "due" not in given:
        raise CourseError(f"{FILE}: expected {place}.due beside its extensions; found none.")
    for learner, time in extensions.items():
        if time < given["due"]:
            raise CourseError(
                f"{FILE}: expected {place}.extensions.{learner} to be later than {place}.due; "
                f"found {time}."
            )
    return Terms(
        _utc(given.get("due")),
        _utc(given.get("counts_from")),
        given.get("attempts", "last"),
        {known_as(learner): _utc(time) for learner, time in extensions.items()},
    )


def _require(given: dict, place: str, kinds: dict[str, type]) -> None:
    """Raise CourseError unless only these keys are there, each with a value of its kind."""
    for key, value in given.items():
        if key not in kinds:
            raise CourseError(
                f"{FILE}: there is no rule {place}{key}; expected one of: {', '.join(kinds)}."
            )
        kind = kinds[key]
        fits = isinstance(value, int | float if kind is float else kind)
        fits &= kind is bool or not isinstance(value, bool)
        if not fits or (kind is datetime and value.tzinfo is None):
            raise CourseError(
                f"{FILE}: expected {place}{key} to be {_KINDS[kind]}; found {value!s}."
            )


def _between(given: dict, key: str, low: float, high: float) -> None:
    if not low <= given.get(key, low) <= high:
        raise CourseError(
            f"{FILE}: expected late.{key} to be from {low} to {high:,}; found {given[key]}."
        )


def _utc(time: datetime | None) -> datetime | None:
    return time and time.astimezone(UTC).replace(tzinfo=None)
