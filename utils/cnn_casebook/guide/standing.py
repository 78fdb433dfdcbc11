"""Where a learner stands in a notebook: points by visible checks, and what is still to do."""

import re

from cnn_casebook.guide.outline import Cell, Outline

PASSED, FAILED, BLANK = "passed", "failed", "not written yet"


class Standing:
    """What the visible checks of a notebook have said in this session.

    Args:
        outline: What the notebook asks for.
    """

    def __init__(self, outline: Outline):
        """Begin with no check run."""
        self.outline = outline
        self._said: dict[str, str] = {}

    def note(self, check: Cell, said: str) -> None:
        """Keep what a check said: PASSED, FAILED or BLANK."""
        self._said[check.id] = said

    def forget(self, answer: Cell) -> None:
        """Forget what checks said of an answer that has been run anew."""
        for check in self.outline.of_kind("check"):
            if answer.names.intersection(re.findall(r"\w+", check.source)):
                self._said.pop(check.id, None)

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
        left = self._left()
        left += [
            f"{_place(cell)}: nothing was written when the notebook was last saved"
            for cell in written
            if cell.is_blank
        ]
        lines = [self.total()]
        lines += ["Still to do:", *(f"- {line}" for line in left)] if left else []
        later = [
            f"{words} ({_points(points)})"
            for words, points in (
                ("hidden checks", self.outline.points("hidden")),
                ("written answers", self.outline.points("written")),
            )
            if points
        ]
        if later:
            sentence = " and ".join(later)
            lines.append(f"{sentence[0].upper()}{sentence[1:]} come when the notebook is graded.")
        return "\n".join(lines)

    def _left(self) -> list[str]:
        """What is left of each answer, in words."""
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
            if BLANK in said:
                left.append(f"{_place(answer)}: {BLANK}")
            elif failed := said.count(FAILED):
                left.append(f"{_place(answer)}: {failed} of {_count(len(said), 'check')} failed")
            elif None in said:
                left.append(f"{_place(answer)}: not checked yet")
        return left


def _place(cell: Cell) -> str:
    return f"{cell.section}, {cell.id}" if cell.section else cell.id


def _points(number: float) -> str:
    return _count(number, "point")


def _count(number: float, what: str) -> str:
    return f"{number:g} {what}{'' if number == 1 else 's'}"
