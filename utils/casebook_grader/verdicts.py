"""What a run reports, as data: the verdict on a submission, and what went wrong while it ran.

Incidents travel in the executed notebook's metadata, where no learner can write: a notebook's
metadata comes from the course's own source.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum

from nbformat import NotebookNode

_KEY = "casebook"  # in a notebook's metadata


class Verdict(StrEnum):
    """What became of a submission.

    GRADED: its checks were run. TAMPERED: so they were, and a person should read the findings.
    TIMED_OUT, KILLED: so they were, and the learner's code took too long, or too much of
    something else. NOT_GRADABLE: nothing of the learner's could be read; all checks fail.
    ENGINE_FAILED: what failed is not the learner's; nothing was scored, and the next run tries
    again.
    """

    GRADED = "graded"
    TAMPERED = "tampered"
    TIMED_OUT = "timed out"
    KILLED = "killed"
    NOT_GRADABLE = "not gradable"
    ENGINE_FAILED = "engine failed"


@dataclass(frozen=True)
class Incident:
    """Something that was ended while a notebook ran.

    Attributes:
        kind: The verdict that follows where nothing else decides it: `TIMED_OUT` or `KILLED`.
        text: What happened, for a person: "a cell did not finish within 60 seconds".
    """

    kind: Verdict
    text: str

    def of(self, what: str) -> "Incident":
        """The same, with what it happened to.

        Example:
            >>> Incident(Verdict.KILLED, "ended its kernel").of("a cell").text
            'a cell ended its kernel'
        """
        return Incident(self.kind, f"{what} {self.text}")


def verdict_of(incidents: Iterable[Incident]) -> Verdict:
    """The verdict on a submission that could be read, whose run had these incidents.

    Example:
        >>> str(verdict_of([]))
        'graded'
    """
    kinds = {incident.kind for incident in incidents}
    for kind in (Verdict.TIMED_OUT, Verdict.KILLED):
        if kind in kinds:
            return kind
    return Verdict.GRADED


def attach(
    notebook: NotebookNode, incidents: Iterable[Incident], seconds: float | None = None
) -> None:
    """Write incidents into an executed notebook, and how long it took, in place of any it holds."""
    notebook.metadata[_KEY] = {
        "incidents": [asdict(incident) for incident in incidents],
        "seconds": seconds,
    }


def attached(notebook: NotebookNode) -> list[Incident]:
    """The incidents in an executed notebook; none where another engine executed it."""
    found = notebook.metadata.get(_KEY, {}).get("incidents", [])
    return [Incident(Verdict(item["kind"]), item["text"]) for item in found]


def seconds_of(notebook: NotebookNode) -> float:
    """How long an executed notebook took; 0 where nobody measured it."""
    return notebook.metadata.get(_KEY, {}).get("seconds") or 0
