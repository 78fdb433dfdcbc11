"""Which notebook of the course a file is: by its cells, and only without any by its name."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from nbgrader.utils import is_solution

from casebook_grader.collect.naming import without_copy
from casebook_grader.course import assignments, read_notebook, sources
from casebook_grader.limits import Limits
from casebook_grader.submission import RECORD
from casebook_grader.submission import read_notebook as read_handed_in


@dataclass(frozen=True)
class Recognised:
    """What a file is.

    Attributes:
        name: The file's name in the submission, such as `lenet5.ipynb`; None if it has no place.
        why: How that is known, or why it has none; a clause.
    """

    name: str | None
    why: str


class Recogniser:
    """Knows the notebooks of an assignment, and those of the others."""

    def __init__(self, root: Path, assignment: str, limits: Limits):
        """Read the course's notebooks.

        Args:
            root: The course's folder.
            assignment: Name of the assignment.
            limits: How much is read of a notebook.
        """
        self._limits = limits
        self._marks: dict[tuple[str, str], frozenset[str]] = {}
        for other in assignments(root):
            for path in sorted((sources(root) / other).glob("*.ipynb")):
                answers = [cell for cell in read_notebook(path).cells if is_solution(cell)]
                marks = {cell.metadata.nbgrader.grade_id for cell in answers}
                marks |= {cell.id for cell in answers if "id" in cell}
                self._marks[other, path.stem] = frozenset(marks)
        self._assignment = assignment
        self.notebooks = [name for other, name in self._marks if other == assignment]

    def record(self, name: str) -> Recognised:
        """Which record a file is, by its name."""
        stem, copy = without_copy(name)
        if not RECORD.fullmatch(f"{stem}.json"):
            return Recognised(None, "records are called record_<name>.json")
        return Recognised(f"{stem}.json", "by its name, without the mark of a copy" * bool(copy))

    def notebook(self, name: str, content: bytes) -> Recognised:
        """Which notebook a file is.

        Args:
            name: The file's name.
            content: Its bytes.
        """
        found = read_handed_in(content, self._limits)
        marks = set()
        for cell in found.cells or []:
            marks |= {cell.mark.get("grade_id"), cell.id} - {None}
        hits = {key: len(known & marks) for key, known in self._marks.items() if known & marks}
        stem = without_copy(name)[0]
        named = next((n for n in self.notebooks if n.casefold() == stem.casefold()), None)
        if not hits:
            return self._by_name(named, found.cells is not None)
        assignment, best = max(hits, key=lambda key: (hits[key], *self._fits(key, named)))
        if assignment != self._assignment:
            return Recognised(None, f"its cells are those of {best} in {assignment}")
        said = "" if name == f"{best}.ipynb" else f"by its cells; it is called {name}"
        others = self._others(hits, best)
        return Recognised(
            f"{best}.ipynb", said + (f"; it has cells of {others} too" * bool(others))
        )

    def _fits(self, key: tuple[str, str], named: str | None) -> tuple[bool, bool]:
        return key[0] == self._assignment, key[1] == named

    def _others(self, hits: Mapping[tuple[str, str], int], best: str) -> str:
        return ", ".join(n for a, n in hits if a == self._assignment and n != best)

    def _by_name(self, named: str | None, readable: bool) -> Recognised:
        """A notebook none of whose cells has an id or a grade_id of the course."""
        what = "none of its cells is known by an id" if readable else "it cannot be read"
        if named is None:
            return Recognised(None, f"{what}, and its name is none of {', '.join(self.notebooks)}")
        return Recognised(f"{named}.ipynb", f"by its name alone: {what}")
