"""Groups the messages of failed checks: which mistakes does a class make most?"""

import re
from array import array
from collections import Counter
from dataclasses import dataclass, field

from casebook_grader.scores import OWN_LINE

LONGEST = 600  # characters kept of a message
# In this order: a part that one takes is not seen by the next.
VARYING = [
    (re.compile(r"/tmp/[^\s'\"),;]+"), "/tmp/…"),
    (re.compile(r"\b0x[0-9a-f]+\b", re.I), "#"),
    (re.compile(r"\b(?=[a-f]*[0-9])(?=[0-9]*[a-f])[0-9a-f]{7,64}\b", re.I), "#"),  # a hash
    (re.compile(r"-?\d+(?:[.,]\d+)*(?:e[-+]?\d+)?", re.I), "#"),
    (re.compile(r"#(?:, #)+"), "#, …"),
]


def pattern(message: str) -> str:
    """A message without what is drawn anew for each learner: numbers, hashes, temporary folders.

    Example:
        >>> pattern("net417.keras has shape (8, 30, 16); expected 1.5e-3")
        'net#.keras has shape (#, …); expected #'
        >>> pattern("revision 9f2c41d0 in /tmp/x81/copy is a decade old")
        'revision # in /tmp/… is a decade old'
    """
    text = message[:LONGEST]
    for expression, sign in VARYING:
        text = expression.sub(sign, text)
    return " ".join(text.split())


@dataclass
class Group:
    """Messages of one exercise that differ in drawn values only.

    Attributes:
        exercise: Number of the exercise in the assignment.
        text: What they have in common.
        example: One of them, its first characters.
        checks: How many learners met it in each check.
        learners: Numbers of the learners who met it, each once, in order.
    """

    exercise: int
    text: str
    example: str
    checks: Counter = field(default_factory=Counter)
    learners: array = field(default_factory=lambda: array("I"))


class Groups:
    """Collects messages, one learner after the other."""

    def __init__(self):
        """Begin with none."""
        self._groups: dict[tuple[int, str], Group] = {}

    def add(self, learner: int, exercise: int, check: str, message: str) -> None:
        """Add the message of a check that a learner did not pass."""
        message = message.partition(f"\n{OWN_LINE}")[0]  # the same mistake in other words
        text = pattern(message)
        group = self._groups.get((exercise, text))
        if group is None:
            example = message[:LONGEST] + ("…" if len(message) > LONGEST else "")
            group = self._groups[exercise, text] = Group(exercise, text, example)
        group.checks[check] += 1
        if not group.learners or group.learners[-1] != learner:
            group.learners.append(learner)

    def commonest(self) -> list[Group]:
        """All groups, those of most learners first."""
        return sorted(
            self._groups.values(), key=lambda group: (-len(group.learners), group.exercise)
        )
