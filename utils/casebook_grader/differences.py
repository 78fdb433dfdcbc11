"""Says how a learner's notebook differs from the one handed out: by hand, by a slip, by its age."""

from collections import defaultdict

import nbformat
from nbgrader.utils import compute_checksum, is_grade, is_locked

from casebook_grader.places import Place, bare
from casebook_grader.submission import Cell, listed, shown


def changes_by_hand(places: list[Place], lone: list[Cell]) -> list[str]:
    """What a learner changed that JupyterLab does not let them change by a slip."""
    changed = defaultdict(list)
    for place in places:
        cell = place.learner
        if cell is None or not place.mark or _from_release(cell, place):
            continue
        if is_locked(place.cell) and cell.text is not None and bare(cell.text) not in place.known:
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


def oddities(places: list[Place], kernel: str | None, expected: str | None) -> list[str]:
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
        elif not (place.answer or place.open) and bare(cell.text) not in place.known:
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


def _from_release(cell: Cell, place: Place | None = None) -> bool:
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
