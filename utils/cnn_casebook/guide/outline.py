"""What a released notebook asks for, read from its file: answers, checks, points, where they stand.

A kernel is not told which notebook it works for, in no editor alike. So the notebook is found by a
cell that has just run: it is the one beside the kernel that holds this cell.
"""

import json
import re
import symtable
from dataclasses import dataclass, field
from pathlib import Path

STUB = "raise NotImplementedError"
_EMPTY_TEXT = "*Your answer here.*"
_HIDDEN = "BEGIN HIDDEN TESTS"  # stands in solutions, and in no cell that a learner may change
# A heading's minutes and points, in any language: (8 min, 3 points).
_NUMBERS = re.compile(r" \(\d+ ?[^\W\d_]+(, ?[\d.]+ ?[^\W\d_]+)?\)$")
_DEFINES = re.compile(r"^(?:def|class)\s+(\w+)|^(\w+)\s*=(?!=)", re.MULTILINE)


@dataclass(frozen=True)
class Cell:
    """A cell of a notebook.

    Attributes:
        id: The cell's id; of a graded cell, its grade_id.
        kind: "setup", "answer", "check", "hidden", "written", "code" or "text".
        section: The heading above it, without minutes and points.
        source: Its text, without blank lines around it.
        points: What it earns.
        names: What it defines at the top; of an answer its id too.
    """

    id: str
    kind: str
    section: str
    source: str
    points: float = 0
    names: frozenset[str] = field(default_factory=frozenset)

    @property
    def is_blank(self) -> bool:
        """Whether an answer is as it was released."""
        return (STUB if self.kind == "answer" else _EMPTY_TEXT) in self.source


class Outline:
    """The cells of a released notebook, in their order.

    Attributes:
        cells: The cells.
        language: Code of the language that the notebook is written in.
    """

    def __init__(self, cells: list[dict], language: str = "en"):
        """Read the cells of a notebook's file."""
        self.language = language
        self.cells: list[Cell] = []
        section = ""
        for cell in cells:
            source = _text(cell)
            if cell.get("cell_type") == "markdown" and source.startswith("## "):
                section = heading(source.split("\n")[0])
            self.cells.append(_read(cell, source, section))

    def of_kind(self, *kinds: str) -> list[Cell]:
        """The cells of these kinds."""
        return [cell for cell in self.cells if cell.kind in kinds]

    def points(self, *kinds: str) -> float:
        """What the cells of these kinds earn together."""
        return sum(cell.points for cell in self.of_kind(*kinds))

    @property
    def last(self) -> Cell:
        """The last cell that runs."""
        kinds = ("setup", "answer", "check", "hidden", "code")
        return [cell for cell in self.of_kind(*kinds) if cell.source][-1]

    def find(self, source: str, cell_id: str | None) -> Cell | None:
        """The cell that runs this text; an answer is known by its id or by what it defines.

        Args:
            source: What is run.
            cell_id: The cell's id, where the editor tells it.
        """
        for cell in self.cells:
            if cell.source == source.strip() and cell.kind not in ("text", "written"):
                return cell
        names = defined(source)
        for cell in self.of_kind("answer"):
            if cell.id == cell_id or cell.names & names:
                return cell
        return None

    def defining(self, name: str) -> Cell | None:
        """The cell that defines a name; None if none of the notebook's does."""
        found = [cell for cell in self.cells if name in cell.names]
        answers = [cell for cell in found if cell.kind == "answer"]
        return (answers or found or [None])[0]


def find(folder: Path, source: str) -> Outline | None:
    """The outline of the released notebook in a folder that holds a cell of this text.

    Args:
        folder: Where the kernel works.
        source: The text of a cell that has run.

    Returns:
        None if there is no such notebook, or if it is a solution.
    """
    source = source.strip()
    for path in sorted(folder.glob("*.ipynb")):
        try:
            notebook = json.loads(path.read_text(encoding="utf-8"))
            cells = notebook["cells"]
            texts = [_text(cell) for cell in cells]
            if source in texts and not any(_HIDDEN in text for text in texts):
                outline = Outline(cells, str(notebook.get("metadata", {}).get("language", "en")))
                return outline if outline.of_kind("answer") else None
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            continue  # no notebook: another file by that name is not the learner's concern
    return None


def defined(source: str) -> frozenset[str]:
    """Names that code defines at the top, also where it cannot be read as Python.

    Example:
        >>> sorted(defined("import keras\\ndef block(x):\\n    y = x\\nblocks = 3"))
        ['block', 'blocks', 'keras']
        >>> sorted(defined("def block(x:\\n    return x"))
        ['block']
    """
    try:
        table = symtable.symtable(source, "cell", "exec")
    except (SyntaxError, ValueError):
        return frozenset(a or b for a, b in _DEFINES.findall(source))
    symbols = table.get_symbols()
    return frozenset(s.get_name() for s in symbols if s.is_assigned() or s.is_imported())


def heading(line: str) -> str:
    """The words of a section's heading, without its minutes and points.

    Example:
        >>> heading("## Exercise 1: the block (8 min, 3 points)")
        'Exercise 1: the block'
    """
    return _NUMBERS.sub("", line.removeprefix("## "))


def _text(cell: dict) -> str:
    return "".join(cell["source"]).strip()


def _read(cell: dict, source: str, section: str) -> Cell:
    metadata = cell.get("metadata", {})
    mark = metadata.get("nbgrader", {})
    is_code = cell.get("cell_type") == "code"
    name, points = str(mark.get("grade_id") or cell.get("id")), float(mark.get("points") or 0)
    names = defined(source) if is_code else frozenset()
    if mark.get("solution"):
        kind = "answer" if is_code else "written"
        names |= {name} if is_code else set()
    elif mark.get("grade") and is_code:
        kind = "hidden" if name.startswith("hidden_") else "check"
    elif is_code:
        kind = "setup" if "setup" in metadata.get("tags", []) else "code"
    else:
        kind = "text"
    return Cell(name, kind, section, source, points, names)
