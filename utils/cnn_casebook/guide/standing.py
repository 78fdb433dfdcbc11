"""Where a learner stands in a notebook: points by visible checks, and what is still to do."""

import hashlib
import re

from cnn_casebook.guide.outline import Cell, Outline

PASSED, FAILED, BLANK = "passed", "failed", "not written yet"
MARK = "casebook"  # in an output's metadata: what the guide keeps with it


class Standing:
    """What the visible checks of a notebook have said in this session.

    Args:
        outline: What the notebook asks for.
    """

    def __init__(self, outline: Outline):
        """Begin with no check run."""
        self.outline = outline
        self._said: dict[str, str] = {}
        self._ran: dict[str, str] = {}

    def note(self, check: Cell, said: str) -> None:
        """Keep what a check said: PASSED, FAILED or BLANK."""
        self._said[check.id] = said

    def renew(self, answer: Cell, source: str) -> None:
        """Forget what checks said of an answer that has been run anew, as this text."""
        self._ran[answer.id] = source
        for check in self.checks_of(answer):
            self._said.pop(check.id, None)

    def checks_of(self, answer: Cell) -> list[Cell]:
        """The visible checks that read an answer."""
        return [check for check in self.outline.of_kind("check") if _reads(check, answer)]

    def wrong(self) -> list[Cell]:
        """The answers of which a visible check has failed."""
        return [
            answer
            for answer in self.outline.of_kind("answer")
            if any(self._said.get(check.id) == FAILED for check in self.checks_of(answer))
        ]

    def seal(self, check: Cell) -> list[str]:
        """What a check that passed has judged: fingerprints of its own text and of the answers'.

        It is kept with the check's output. Once a text is no longer in the notebook, the output
        says nothing any more.
        """
        read = [answer for answer in self.outline.of_kind("answer") if _reads(check, answer)]
        texts = [self._ran[answer.id] for answer in read if answer.id in self._ran]
        return [fingerprint(text) for text in (check.source, *texts)]

    @property
    def earned(self) -> float:
        """Points of the visible checks that passed."""
        checks = self.outline.of_kind("check")
        return sum(check.points for check in checks if self._said.get(check.id) == PASSED)

    def line(self, check: Cell) -> str:
        """What a check that passed says."""
        return f"Passed: {_points(check.points)}. {self.total()}"

    def total(self) -> str:
        """The points by visible checks, in a sentence."""
        possible = _points(self.outline.points("check"))
        return f"By visible checks you have {self.earned:g} of {possible}."

    def summary(self, now: Outline | None) -> str:
        """The points, and a line for all that is still to do.

        Args:
            now: The notebook as it was last saved, for the written answers.
        """
        written = (now or self.outline).of_kind("written")
        left = [f"{_place(cell)}: {what}" for cell, what in self.left()]
        left += [
            f"{_place(cell)}: nothing was written when the notebook was last saved"
            for cell in written
            if cell.is_blank
        ]
        lines = [self.total()]
        lines += ["Still to do:", *(f"- {line}" for line in left)] if left else []
        return "\n".join([*lines, self.later()]).strip()

    def later(self) -> str:
        """What comes only when the notebook is graded, in a sentence; empty if nothing."""
        hidden, written = self.outline.points("hidden"), self.outline.points("written")
        if hidden and written:
            return (
                f"Hidden checks ({_points(hidden)}) and written answers ({_points(written)}) come "
                "when the notebook is graded."
            )
        if hidden:
            return f"Hidden checks ({_points(hidden)}) come when the notebook is graded."
        if written:
            return f"Written answers ({_points(written)}) come when the notebook is graded."
        return ""

    def left(self) -> list[tuple[Cell, str]]:
        """The answers of which something is left, and what it is in words."""
        groups: dict[str, tuple[Cell, list[Cell]]] = {}
        answer = None
        for cell in self.outline.of_kind("answer", "check"):
            if cell.kind == "answer":
                answer = cell
            groups.setdefault((answer or cell).id, (answer or cell, []))
            if cell.kind == "check":
                groups[(answer or cell).id][1].append(cell)
        left = []
        for answer, checks in groups.values():
            said = [self._said.get(check.id) for check in checks]
            if failed := said.count(FAILED):
                left.append((answer, f"{failed} of {_checks(len(said))} failed"))
            elif BLANK in said:
                left.append((answer, BLANK))
            elif None in said:
                left.append((answer, "not checked yet"))
        return left


def fingerprint(source: str) -> str:
    """A short text that stands for a cell's text, without blank lines around it."""
    return hashlib.sha256(source.strip().encode()).hexdigest()[:16]


def _reads(check: Cell, answer: Cell) -> bool:
    return not answer.names.isdisjoint(re.findall(r"\w+", check.source))


def _place(cell: Cell) -> str:
    return f"{cell.section}, {cell.id}" if cell.section else cell.id


def _points(number: float) -> str:
    return "1 point" if number == 1 else f"{number:g} points"


def _checks(number: int) -> str:
    return "1 check" if number == 1 else f"{number} checks"
