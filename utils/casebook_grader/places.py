"""Matches the cells that a learner handed in with the cells of the course's own notebook."""

from collections import defaultdict, deque
from dataclasses import dataclass, field

from nbformat import NotebookNode
from nbgrader.utils import is_solution

from casebook_grader.submission import Cell


@dataclass
class Place:
    """A cell of the source, and the learner's cell that stands for it.

    Attributes:
        cell: As it will be executed; answers are blank.
        released: Its text as learners received it.
        known: Texts that are not a change, compared by `bare`.
    """

    cell: NotebookNode
    released: str
    known: frozenset[str]
    learner: Cell | None = None
    extras: list[Cell] = field(default_factory=list)

    @property
    def name(self) -> str:
        """Its id."""
        return self.cell.id

    @property
    def mark(self) -> dict:
        """Its nbgrader metadata, empty if there are none."""
        return self.cell.metadata.get("nbgrader", {})

    @property
    def answer(self) -> bool:
        """Whether its text is the learner's answer."""
        return bool(is_solution(self.cell))

    @property
    def found(self) -> bool:
        """Whether the learner's cell can be read; for an answer, whether it names this one too.

        An answer that has only its text in common is blank, and may be of any other notebook.
        """
        cell = self.learner
        if cell is None or cell.text is None:
            return False
        by_mark = bool(self.mark) and cell.mark.get("grade_id") == self.mark["grade_id"]
        return by_mark or cell.id == self.name or not self.answer

    @property
    def open(self) -> bool:
        """A code cell in which learners try things."""
        return self.cell.cell_type == "code" and not self.mark


def bare(text: str) -> str:
    """A text without what editors change on their own: space at line ends and at both ends."""
    return "\n".join(line.rstrip() for line in text.splitlines()).strip()


def assign(places: list[Place], cells: list[Cell]) -> list[Cell]:
    """Find the learner's cell for each of the source's; return the cells that are left."""
    by_grade_id = {place.mark["grade_id"]: n for n, place in enumerate(places) if place.mark}
    by_id = {place.name: n for n, place in enumerate(places)}
    claims = []
    for cell in cells:
        by_mark = by_grade_id.get(cell.mark.get("grade_id"))
        by_name = by_id.get(cell.id)
        for n in {by_mark, by_name} - {None}:
            claims.append((_rank(places[n], cell, n == by_mark, n == by_name), n, cell))
    taken = set()
    for _, n, cell in sorted(claims, key=lambda claim: claim[:2]):
        if places[n].learner is None and cell.place not in taken:
            places[n].learner = cell
            taken.add(cell.place)
    # Notebooks saved without ids, or with fresh ones: by the text.
    by_text = defaultdict(deque)
    for place in places:
        if place.learner is None and place.released.strip():
            by_text[place.cell.cell_type, bare(place.released)].append(place)
    lone = []
    for cell in cells:
        if cell.place in taken:
            continue
        alike = cell.text is not None and by_text and by_text.get((cell.type, bare(cell.text)))
        if alike:
            alike.popleft().learner = cell
        else:
            lone.append(cell)
    return lone


def _rank(place: Place, cell: Cell, by_grade_id: bool, by_id: bool) -> tuple:
    """How well a learner's cell fits; the least is the best."""
    if cell.text is None:
        fits = 2
    elif place.answer:
        fits = int(bare(cell.text) in ("", bare(place.released)))
    else:
        fits = int(bare(cell.text) not in place.known)
    proper = cell.type == place.cell.cell_type
    proper = proper and (not place.answer or bool(cell.mark.get("solution")))
    return fits, -2 * by_grade_id - by_id, not proper, cell.place
