"""What a notebook's file says of a learner's work: which checks passed, what is blank or recorded.

The file alone is read, so what it says is as old as the file: nothing is kept elsewhere, and
nothing can disagree with it.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from cnn_casebook.guide.outline import Cell, Outline
from cnn_casebook.guide.standing import BLANK, FAILED, MARK, PASSED, Standing, fingerprint

_RECORDS = re.compile(r"\bruntime\.record\(\s*[\"'](\w+)[\"']")


@dataclass(frozen=True)
class Progress:
    """How far a learner has come in a notebook.

    Attributes:
        earned: Points of the visible checks that have passed, for the answers as they are now.
        blank: How many answers, written ones too, are as they were released.
        answers: How many answers there are.
        records: For each experiment that keeps a record, whether there is one.
        left: What is still to do, in the notebook's order: a cell, and what about it in words.
    """

    earned: float
    blank: int
    answers: int
    records: dict[str, bool]
    left: list[tuple[Cell, str]]

    @property
    def begun(self) -> bool:
        """Whether anything was written or run to an end."""
        return self.blank < self.answers or any(self.records.values())


def progress(cells: list[dict], folder: Path) -> Progress:
    """Read a notebook's cells, with their outputs.

    Args:
        cells: As the file holds them.
        folder: Where it lies, for its records.

    Raises:
        TypeError, KeyError, AttributeError: They are not a notebook's cells.
    """
    outline = Outline(cells)
    standing = Standing(outline)
    texts = {fingerprint(cell.source) for cell in outline.cells}
    for cell, saved in zip(outline.cells, cells, strict=True):
        if cell.kind == "check" and (said := _said(saved.get("outputs", []), texts)):
            standing.note(cell, said)
    answers = outline.of_kind("answer", "written")
    blank = [cell for cell in answers if cell.is_blank]
    for answer in blank:
        if answer.kind == "answer":
            for check in standing.checks_of(answer):
                standing.note(check, BLANK)
    left = {cell.id: (cell, what) for cell, what in standing.left()}
    left |= {cell.id: (cell, BLANK) for cell in blank}
    records = {}
    for cell in outline.of_kind("code"):
        for name in _RECORDS.findall(cell.source):
            records[name] = (folder / f"record_{name}.json").is_file()
            if not records[name]:
                left.setdefault(cell.id, (cell, "no record yet"))
    return Progress(
        earned=standing.earned,
        blank=len(blank),
        answers=len(answers),
        records=records,
        left=[left[cell.id] for cell in outline.cells if cell.id in left],
    )


def _said(outputs: list[dict], texts: set[str]) -> str:
    """What a check's outputs say; empty if nothing, or of texts that are not there any more."""
    for output in outputs:
        if output.get("output_type") == "error":
            return FAILED
        if seal := output.get("metadata", {}).get(MARK, {}).get("passed"):
            return PASSED if texts.issuperset(seal) else ""
    return ""
