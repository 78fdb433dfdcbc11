"""Rebuild a submitted notebook: everything from the course's source but the learner's own text.

What is executed and scored is never the file that was handed in. Instructor cells come from
`solutions/`, with their metadata and in their order; from the learner comes text only, into answer
cells, into open code cells, and into extra cells of their own.
"""

import copy
import functools
import re
from collections.abc import Callable
from dataclasses import dataclass

import nbformat
from nbformat import NotebookNode
from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme, ClearSolutions
from nbgrader.utils import compute_checksum, is_solution
from traitlets.config import Config, PyFileConfigLoader

from casebook_grader.course import ROOT, CourseError
from casebook_grader.differences import changes_by_hand, oddities
from casebook_grader.limits import Limits
from casebook_grader.places import Place, assign, bare
from casebook_grader.submission import TYPES, Cell, LearnerNotebook, listed, read_notebook, shown
from casebook_grader.verdicts import Verdict
from casebook_translations.catalogs import SOURCE

# Where a tag begins, a link in a formula, a link that is code or a pasted picture, or a letter of
# these in disguise.
_LIVE = re.compile(
    r"<(?=[a-z/!?])|\\(?=href)|(javascript|attachment)(?=\\?:)|&(?=#|colon;|tab;|newline;)",
    re.IGNORECASE,
)
PASTED = re.compile(r"attachment:(?=\S)", re.IGNORECASE)
# Where a picture begins, unless its bytes stand there whole: another one is loaded from where the
# learner likes, and so tells who reads the page, and when.
_PICTURE = re.compile(
    r"!(?=\[)(?!\[[^][\\`\n]*\]\(data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=]*\))"
)


@dataclass(frozen=True)
class Rebuilt:
    """A notebook that is ready to be executed and scored.

    Attributes:
        notebook: Valid, without outputs; for "not gradable" the source with blank answers.
        findings: What was odd about the submission and what was done, in plain sentences.
        verdict: `GRADED`: grade it. `TAMPERED`: grade it, and show a person the findings.
            `NOT_GRADABLE`: no answer could be found and read, so that every check will fail.
    """

    notebook: NotebookNode
    findings: list[str]
    verdict: Verdict


def rebuild(
    source: NotebookNode,
    submitted: bytes | None,
    config: Config | None = None,
    limits: Limits | None = None,
    translate: Callable[[str], NotebookNode | None] | None = None,
) -> Rebuilt:
    """Put a learner's text into the source notebook.

    A learner's cell belongs to the source's cell that its grade_id names, else its id, else whose
    text it has. If several belong to one answer cell, the first of them that was written in counts,
    and before copies the one that still has the course's id.

    Args:
        source: The instructor's notebook, from `solutions/`, with solutions and hidden tests.
        submitted: The file handed in, or None if there is none.
        config: nbgrader's settings; by default the course's `nbgrader_config.py`.
        limits: How much is read; the usual limits without it.
        translate: Gives the source in the language of a code, such as `ko`; None where the course
            is not translated into it. Without it everything is read in English.

    Raises:
        CourseError: The source itself is damaged; nothing that a learner hands in raises.

    Example:
        >>> source = nbformat.v4.new_notebook()
        >>> str(rebuild(source, None).verdict)
        'not gradable'
    """
    limits = limits or Limits()
    if submitted is None:
        handed_in = LearnerNotebook(findings=["There is no notebook to read."])
    else:
        handed_in = read_notebook(submitted, limits)
    findings = handed_in.findings
    if handed_in.language not in (None, SOURCE):
        translation = translate(handed_in.language) if translate else None
        source = translation or source
        if translation is None:
            findings.append(
                f"The notebook says that its language is {shown(handed_in.language)}; expected "
                "one that the course is translated into. It was read as the English one."
            )
    places = _read_source(source, config)
    cells = handed_in.cells or []
    lone = assign(places, cells)
    if not any(place.found for place in [p for p in places if p.answer] or places):
        if handed_in.cells is not None:
            findings.append(
                f"None of the {len(cells)} cells handed in can be read as an answer of this "
                "notebook: none has the id or the grade_id of one. It may be another notebook "
                "under this one's name, or its cells have lost both."
            )
        findings.append("All its answers count as blank.")
        return Rebuilt(_assemble(source, places), findings, Verdict.NOT_GRADABLE)

    changes = changes_by_hand(places, lone)
    findings += changes
    kernel = source.metadata.get("kernelspec", {}).get("name")
    findings += oddities(places, handed_in.kernel, kernel)
    ahead = _place_extras(places, cells, limits.cells, findings)
    for place in places:
        _fill(place)
    courses = {place.learner.place for place in places if place.learner and not place.answer}
    own = (cell for cell in cells if cell.type == "markdown" and cell.place not in courses)
    text = "\n".join(cell.text or "" for cell in own)
    if PASTED.search(text):
        findings.append("Pictures pasted into text are not kept: see the file handed in for them.")
    if _PICTURE.search(PASTED.sub("", text)):
        findings.append("Pictures that lie elsewhere are not shown in text; they became links.")
    verdict = Verdict.TAMPERED if changes else Verdict.GRADED
    return Rebuilt(_assemble(source, places, ahead), findings, verdict)


def _read_source(source: NotebookNode, config: Config | None) -> list[Place]:
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
        known = frozenset(bare(text) for text in (given.source, original.source))
        places.append(Place(cell, given.source, known))
    return places


@functools.cache
def _settings() -> Config:
    return PyFileConfigLoader("nbgrader_config.py", path=str(ROOT)).load_config()


def _place_extras(
    places: list[Place], cells: list[Cell], most: int, findings: list[str]
) -> list[Cell]:
    """Put the learner's own cells after the cell they follow; return those ahead of all."""
    standing = {place.learner.place: place for place in places if place.learner}
    stubs = {bare(place.released) for place in places if place.answer}
    answers = {place.mark["grade_id"]: place.name for place in places if place.answer}
    answers |= {place.name: place.name for place in places if place.answer}
    ahead: list[Cell] = []
    extras, blank, copies, untyped, too_many = ahead, 0, set(), 0, 0
    room = most - len(places)
    for cell in cells:
        if cell.place in standing:
            extras = standing[cell.place].extras
            continue
        if cell.text is None:
            continue  # read_notebook has said so
        answer = answers.get(cell.mark.get("grade_id")) or answers.get(cell.id)
        if bare(cell.text) in stubs or (answer and not cell.text.strip()):
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
            f"The notebook has more than {most:,} cells; {too_many:,} extra cells were left out."
        )
    return ahead


def _fill(place: Place) -> None:
    """Take the learner's text where it is theirs to write."""
    cell = place.learner
    if cell is None or cell.text is None:
        return
    if place.answer or (place.open and cell.type == "code"):
        place.cell.source = _tame(place.cell.cell_type, cell.text)


def _tame(kind: str, text: str) -> str:
    """A text that can be shown to whoever reads it, in formgrader or as feedback.

    No tag in it is HTML any more, no link starts code and no picture is loaded from elsewhere: a
    space without width breaks them up. Pasted pictures are gone, as nbconvert refuses a page that
    refers to one.
    """
    if kind == "code":
        return text
    return _LIVE.sub("\\g<0>\u200b", _PICTURE.sub("!\u200b", text))


def _assemble(source: NotebookNode, places: list[Place], ahead: list[Cell] = ()) -> NotebookNode:
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
