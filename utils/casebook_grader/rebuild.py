"""Rebuild a submitted notebook: everything from the course's source but the learner's own text.

What is executed and scored is never the file that was handed in. Instructor cells come from
`solutions/`, with their metadata and in their order; from the learner comes text only, into answer
cells, into open code cells, and into extra cells of their own.
"""

import copy
import functools
import re
from collections import defaultdict, deque
from dataclasses import dataclass, field

import nbformat
from nbformat import NotebookNode
from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme, ClearSolutions
from nbgrader.utils import compute_checksum, is_grade, is_locked, is_solution
from traitlets.config import Config, PyFileConfigLoader

from casebook_grader.course import ROOT, CourseError
from casebook_grader.submission import TYPES, Cell, Handwriting, listed, read_notebook, shown

GRADED = "graded"
NOT_GRADABLE = "not gradable"
TAMPERED = "tampered"
MOST_CELLS = 2_000
# Where a tag begins, a link in a formula, a link that is code or a pasted picture, or a letter of
# these in disguise.
_LIVE = re.compile(
    r"<(?=[a-z/!?])|\\(?=href)|(javascript|attachment)(?=\\?:)|&(?=#|colon;|tab;|newline;)",
    re.IGNORECASE,
)
PASTED = re.compile(r"attachment:(?=\S)", re.IGNORECASE)


@dataclass(frozen=True)
class Rebuilt:
    """A notebook that is ready to be executed and scored.

    Attributes:
        notebook: Valid, without outputs; for "not gradable" the source with blank answers.
        findings: What was odd about the submission and what was done, in plain sentences.
        verdict: "graded": grade it. "tampered": grade it, and show a person the findings. "not
            gradable": nothing of the learner's could be read, so that every check will fail.
    """

    notebook: NotebookNode
    findings: list[str]
    verdict: str


@dataclass
class _Place:
    """A cell of the source, and the learner's cell that stands for it.

    Attributes:
        cell: As it will be executed; answers are blank.
        released: Its text as learners received it.
        known: Texts that are not a change, compared by `_bare`.
    """

    cell: NotebookNode
    released: str
    known: frozenset[str]
    learner: Cell | None = None
    extras: list[Cell] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.cell.id

    @property
    def mark(self) -> dict:
        return self.cell.metadata.get("nbgrader", {})

    @property
    def answer(self) -> bool:
        return bool(is_solution(self.cell))

    @property
    def open(self) -> bool:
        """A code cell in which learners try things."""
        return self.cell.cell_type == "code" and not self.mark


def rebuild(source: NotebookNode, submitted: bytes | None, config: Config | None = None) -> Rebuilt:
    """Put a learner's text into the source notebook.

    A learner's cell belongs to the source's cell that its grade_id names, else its id, else whose
    text it has. If several belong to one answer cell, the first of them that was written in counts,
    and before copies the one that still has the course's id.

    Args:
        source: The instructor's notebook, from `solutions/`, with solutions and hidden tests.
        submitted: The file handed in, or None if there is none.
        config: nbgrader's settings; by default the course's `nbgrader_config.py`.

    Raises:
        CourseError: The source itself is damaged; nothing that a learner hands in raises.

    Example:
        >>> source = nbformat.v4.new_notebook()
        >>> rebuild(source, None).verdict
        'not gradable'
    """
    places = _read_source(source, config)
    if submitted is None:
        written = Handwriting(findings=["There is no notebook to read."])
    else:
        written = read_notebook(submitted)
    findings = written.findings
    cells = written.cells or []
    lone = _assign(places, cells)
    if not any(place.learner and place.learner.text is not None for place in places):
        if written.cells is not None:
            findings.append(
                f"None of the {len(cells)} cells handed in can be read as a cell of this notebook. "
                "It may be another notebook under this one's name."
            )
        findings.append("All its answers count as blank.")
        return Rebuilt(_assemble(source, places), findings, NOT_GRADABLE)

    changes = _changes(places, lone)
    findings += changes
    kernel = source.metadata.get("kernelspec", {}).get("name")
    findings += _oddities(places, written.kernel, kernel)
    ahead = _place_extras(places, cells, findings)
    for place in places:
        _fill(place)
    if any(cell.type == "markdown" and PASTED.search(cell.text or "") for cell in cells):
        findings.append("Pictures pasted into text are not kept: see the file handed in for them.")
    return Rebuilt(_assemble(source, places, ahead), findings, TAMPERED if changes else GRADED)


def _read_source(source: NotebookNode, config: Config | None) -> list[_Place]:
    """The source's cells with blank answers, and what learners received of them."""
    config = _settings() if config is None else config
    blank = copy.deepcopy(source)
    try:
        blank, _ = ClearSolutions(config=config).preprocess(blank, {})
        released = copy.deepcopy(blank)
        for step in (ClearHiddenTests, ClearMarkScheme):
            released, _ = step(config=config).preprocess(released, {})
    except (RuntimeError, ValueError) as error:
        raise CourseError(f"the source notebook cannot be released: {error}") from error
    places = []
    for cell, given, original in zip(blank.cells, released.cells, source.cells, strict=True):
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
        if not cell.get("id"):
            raise CourseError("a cell of the source notebook has no id; save it with JupyterLab.")
        if is_solution(cell):
            cell.source = given.source
            # With it nbgrader knows a written answer that was left blank, and gives it zero.
            cell.metadata.nbgrader["checksum"] = compute_checksum(cell)
        known = frozenset(_bare(text) for text in (given.source, original.source))
        places.append(_Place(cell, given.source, known))
    return places


@functools.cache
def _settings() -> Config:
    return PyFileConfigLoader("nbgrader_config.py", path=str(ROOT)).load_config()


def _bare(text: str) -> str:
    """A text without what editors change on their own: space at line ends and at both ends."""
    return "\n".join(line.rstrip() for line in text.splitlines()).strip()


def _assign(places: list[_Place], cells: list[Cell]) -> list[Cell]:
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
            by_text[place.cell.cell_type, _bare(place.released)].append(place)
    lone = []
    for cell in cells:
        if cell.place in taken:
            continue
        alike = cell.text is not None and by_text and by_text.get((cell.type, _bare(cell.text)))
        if alike:
            alike.popleft().learner = cell
        else:
            lone.append(cell)
    return lone


def _rank(place: _Place, cell: Cell, by_grade_id: bool, by_id: bool) -> tuple:
    """How well a learner's cell fits; the least is the best."""
    if cell.text is None:
        fits = 2
    elif place.answer:
        fits = int(_bare(cell.text) in ("", _bare(place.released)))
    else:
        fits = int(_bare(cell.text) not in place.known)
    proper = cell.type == place.cell.cell_type
    proper = proper and (not place.answer or bool(cell.mark.get("solution")))
    return fits, -2 * by_grade_id - by_id, not proper, cell.place


def _changes(places: list[_Place], lone: list[Cell]) -> list[str]:
    """What a learner changed that JupyterLab does not let them change by a slip."""
    changed = defaultdict(list)
    for place in places:
        cell = place.learner
        if cell is None or not place.mark or _from_release(cell, place):
            continue
        if is_locked(place.cell) and cell.text is not None and _bare(cell.text) not in place.known:
            changed["text"].append(place.name)
        if cell.mark:
            if cell.mark.get("grade_id") != place.mark["grade_id"]:
                changed["grade_id"].append(place.name)
            if any(
                bool(cell.mark.get(flag, place.mark.get(flag))) != bool(place.mark.get(flag))
                for flag in ("grade", "solution", "locked")
            ):
                changed["role (answer or test)"].append(place.name)
            if is_grade(place.cell) and "points" in cell.mark:
                try:
                    same = float(cell.mark["points"]) == float(place.mark["points"])
                except (ValueError, OverflowError):
                    same = False
                if not same:
                    changed["points"].append(place.name)
    findings = [
        f"Changed by hand: the {what} of {listed(names)}. The course's own was taken instead."
        for what, names in changed.items()
    ]
    known = {place.mark.get("grade_id") for place in places}
    invented = [
        cell
        for cell in lone
        if cell.mark.get("grade")
        and cell.mark.get("grade_id") not in known
        and not _from_release(cell)
    ]
    if invented:
        ids = listed(shown(cell.mark.get("grade_id")) for cell in invented)
        findings.append(f"Cells were added that claim points ({ids}); they count as plain cells.")
    return findings


def _from_release(cell: Cell, place: _Place | None = None) -> bool:
    """Whether a cell is as nbgrader once released it, by the checksum that it then wrote.

    An answer's text is the learner's, so for it the released text counts.
    """
    text = place.released if place and place.answer else cell.text
    if text is None or "checksum" not in cell.mark:
        return False
    as_released = {"cell_type": cell.type, "metadata": {"nbgrader": cell.mark}, "source": text}
    try:
        return compute_checksum(nbformat.from_dict(as_released)) == cell.mark["checksum"]
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError):
        return False


def _oddities(places: list[_Place], kernel: str | None, expected: str | None) -> list[str]:
    """What happens to honest learners too: lost, moved, retyped, edited cells."""
    kinds = defaultdict(list)
    for place in places:
        cell = place.learner
        if cell is None:
            kinds["no answer" if place.answer else "no instructor" if place.mark else ""].append(
                place.name
            )
        elif cell.text is None:
            kinds["unreadable answer" if place.answer else "unreadable"].append(place.name)
        elif cell.type != place.cell.cell_type:
            kinds["retyped answer" if place.answer else "retyped"].append(place.name)
        elif not (place.answer or place.open) and _bare(cell.text) not in place.known:
            if _from_release(cell):
                kinds["older"].append(place.name)
            elif not is_locked(place.cell):
                kinds["edited"].append(place.name)
    sentences = {
        "no answer": "Answer cells are missing and count as blank: {}.",
        "no instructor": "Cells of the course are missing and were put back: {}.",
        "unreadable answer": "The text of answer cells cannot be read, so they count as blank: {}.",
        "unreadable": "The text of cells cannot be read; the course's own was taken: {}.",
        "retyped answer": "Answer cells were turned into another type of cell; their text was "
        "taken as the answer all the same: {}.",
        "retyped": "Cells of the course were turned into another type; its own were taken: {}.",
        "older": "Cells are of an earlier release; the course's present ones were taken: {}.",
        "edited": "Text differs from the course's; its own is shown: {}.",
    }
    findings = [text.format(listed(kinds[kind])) for kind, text in sentences.items() if kinds[kind]]
    order = [place.learner.place for place in places if place.learner and place.mark]
    if order != sorted(order):
        findings.append("Answers or tests were moved; they run in the course's order.")
    if kernel not in (None, expected):
        findings.append(
            f"The notebook asks for the kernel {shown(kernel)}; it runs with the course's, "
            f"{shown(expected)}."
        )
    return findings


def _place_extras(places: list[_Place], cells: list[Cell], findings: list[str]) -> list[Cell]:
    """Put the learner's own cells after the cell they follow; return those ahead of all."""
    standing = {place.learner.place: place for place in places if place.learner}
    stubs = {_bare(place.released) for place in places if place.answer}
    answers = {place.mark["grade_id"]: place.name for place in places if place.answer}
    answers |= {place.name: place.name for place in places if place.answer}
    ahead: list[Cell] = []
    extras, blank, copies, untyped, too_many = ahead, 0, set(), 0, 0
    room = MOST_CELLS - len(places)
    for cell in cells:
        if cell.place in standing:
            extras = standing[cell.place].extras
            continue
        if cell.text is None:
            continue  # read_notebook has said so
        answer = answers.get(cell.mark.get("grade_id")) or answers.get(cell.id)
        if _bare(cell.text) in stubs or (answer and not cell.text.strip()):
            blank += 1  # run after the answer, it would undo it
            continue
        if room <= 0:
            too_many += 1
            continue
        room -= 1
        untyped += cell.type not in TYPES
        if answer:
            copies.add(answer)
        extras.append(cell)
    if copies:
        findings.append(
            "Several cells hold an answer; one counts and the others were kept as extra cells: "
            f"{listed(sorted(copies))}."
        )
    if blank:
        findings.append(f"Blank copies of answer cells were left out: {blank}.")
    if untyped:
        findings.append(
            f"Extra cells of an unknown type: {untyped}; expected code, markdown or raw. Their "
            "text was kept as raw."
        )
    if too_many:
        findings.append(
            f"The notebook has more than {MOST_CELLS:,} cells; {too_many:,} extra cells were "
            "left out."
        )
    return ahead


def _fill(place: _Place) -> None:
    """Take the learner's text where it is theirs to write."""
    cell = place.learner
    if cell is None or cell.text is None:
        return
    if place.answer or (place.open and cell.type == "code"):
        place.cell.source = _tame(place.cell.cell_type, cell.text)


def _tame(kind: str, text: str) -> str:
    """A text that can be shown to whoever reads it, in formgrader or as feedback.

    No tag in it is HTML any more, and no link starts code: a space without width breaks them up.
    Pasted pictures are gone, as nbconvert refuses a page that refers to one.
    """
    if kind == "code":
        return text
    return _LIVE.sub("\\g<0>\u200b", text)


def _assemble(source: NotebookNode, places: list[_Place], ahead: list[Cell] = ()) -> NotebookNode:
    """The notebook of the places, with fresh ids for the learner's own cells."""
    taken = {place.name for place in places}
    number = 0

    def plain(cell: Cell) -> NotebookNode:
        nonlocal number
        number += 1
        while f"learner_{number}" in taken:
            number += 1
        kind = cell.type if cell.type in TYPES else "raw"
        made = {
            "cell_type": kind,
            "id": f"learner_{number}",
            "metadata": {},
            "source": _tame(kind, cell.text),
        }
        if kind == "code":
            made |= {"execution_count": None, "outputs": []}
        return nbformat.from_dict(made)

    cells = [plain(cell) for cell in ahead]
    for place in places:
        cells.append(place.cell)
        cells += [plain(cell) for cell in place.extras]
    notebook = NotebookNode(
        cells=cells,
        metadata=copy.deepcopy(source.metadata),
        nbformat=source.nbformat,
        nbformat_minor=source.nbformat_minor,
    )
    try:
        nbformat.validate(notebook)
    except nbformat.ValidationError as error:
        raise CourseError(f"the source notebook is not valid: {error.message}") from error
    return notebook
