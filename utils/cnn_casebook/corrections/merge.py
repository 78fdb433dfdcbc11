"""Joins what a learner did in a notebook with a newer version of it, cell by cell.

Nothing that a learner wrote is lost, and no output: what the course corrected is taken where the
learner left the cell as it was. Where both changed a cell, only a person can tell what belongs
there, and nothing is joined.
"""

from dataclasses import dataclass, field


class Conflict(ValueError):
    """Why two versions cannot be joined, as the end of a sentence."""


@dataclass
class Merged:
    """A notebook that has the corrections and the learner's work.

    Attributes:
        notebook: As a notebook's file holds it.
        changed: Ids of cells whose text or points are new.
        added: Ids of cells that the learner did not have.
        gone: Ids of cells that the course took out.
        kept: Those of them that stay, as cells of the learner's own.
    """

    notebook: dict
    changed: list[str] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)


def merge(base: dict, new: dict, mine: dict) -> Merged:
    """Join a learner's notebook with a newer version, or with the same in another language.

    In another language every text is new. There what the learner changed stays as it is.

    Args:
        base: The version that the learner was given.
        new: The version that the course has now.
        mine: The learner's notebook. It is not changed.

    Raises:
        Conflict: Both changed a cell, or the learner's notebook does not say which cell is which.
    """
    before, after = _by_id(base["cells"]), _by_id(new["cells"])
    own = _recognised(require_cells(mine), before | after)
    same_language = _language(base) == _language(new)
    for name in sorted(before.keys() & after.keys() - {name for name, _ in own}):
        if is_graded(after[name]) and _differs(before[name], after[name]):
            raise Conflict(f"its cell {name!r} was corrected, and is not in yours")
    merged = Merged({})
    cells: list[tuple[str, dict]] = []
    for name, cell in own:
        old, now = before.get(name), after.get(name)
        if not name:
            cells.append(("", cell))
        elif now is None:
            merged.gone.append(name)
            if _text(cell) != _text(old) or (cell.get("outputs") and not _is_check(old)):
                merged.kept.append(name)
                cells.append(("", _as_own(cell)))
        else:
            cells.append((name, _joined(name, cell, old, now, same_language)))
            if old and (_differs(old, now) or _points(old) != _points(now)):
                merged.changed.append(name)
    cells = _in_new_order(cells, list(before), list(after))
    merged.added = _insert(cells, new["cells"], before)
    version = max(mine["nbformat_minor"], new["nbformat_minor"])
    merged.notebook = mine | {"cells": [cell for _, cell in cells], "nbformat_minor": version}
    if not same_language:
        kept = {
            key: value for key, value in (mine.get("metadata") or {}).items() if key != "language"
        }
        merged.notebook["metadata"] = kept | _language(new)
    return merged


def has_all_of(new: dict, mine: dict) -> bool:
    """Whether a learner's notebook comes from a version: it has all of it but for answers."""
    try:
        own = dict(_recognised(require_cells(mine), _by_id(new["cells"])))
    except Conflict:
        return False
    for name, cell in _by_id(new["cells"]).items():
        mark = cell["metadata"].get("nbgrader", {})
        found = own.get(name)
        if found is None:
            return False
        if mark.get("solution"):
            kept = (found.get("metadata") or {}).get("nbgrader") or {}
            # The checksum is that of the answer as it was released.
            if kept.get("checksum") != mark.get("checksum"):
                return False
        elif _text(found) != _text(cell):
            return False
    return True


def require_cells(notebook: dict) -> list[dict]:
    """The cells of a learner's notebook, whatever the file holds.

    Raises:
        Conflict: It is no notebook, or of a format in which cells have no ids.
    """
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    if not isinstance(cells, list) or not all(_is_cell(cell) for cell in cells):
        raise Conflict("it cannot be read as a notebook")
    version = notebook.get("nbformat"), notebook.get("nbformat_minor")
    known = all(isinstance(number, int) for number in version) and (4, 5) <= version < (5, 0)
    if not known or not all(isinstance(cell.get("id"), str) for cell in cells):
        raise Conflict("it was saved by a program that does not keep which cell is which")
    return cells


def _is_cell(cell) -> bool:
    if not isinstance(cell, dict) or not isinstance(cell.get("metadata", {}), dict):
        return False
    source = cell.get("source")
    text = isinstance(source, str) or (
        isinstance(source, list) and all(isinstance(line, str) for line in source)
    )
    return text and cell.get("cell_type") in ("code", "markdown", "raw")


def is_graded(cell: dict) -> bool:
    """Whether nbgrader knows a cell: an answer, a check, or one that is read-only."""
    return bool(cell["metadata"].get("nbgrader"))


def _is_read_only(cell: dict) -> bool:
    mark = cell["metadata"].get("nbgrader", {})
    return bool(mark.get("locked") or (mark.get("grade") and not mark.get("solution")))


def _is_check(cell: dict) -> bool:
    return _is_read_only(cell) and _points(cell) > 0


def _points(cell: dict) -> float:
    return cell["metadata"].get("nbgrader", {}).get("points") or 0


def _text(cell: dict) -> str:
    return "".join(cell["source"])


def _differs(one: dict, other: dict) -> bool:
    return _text(one) != _text(other) or one["cell_type"] != other["cell_type"]


def _by_id(cells: list[dict]) -> dict[str, dict]:
    return {cell["id"]: cell for cell in cells}


def _recognised(cells: list[dict], known: dict[str, dict]) -> list[tuple[str, dict]]:
    """Each cell with its name among the known ones; an empty name for one of the learner's own.

    A cell that was cut and pasted may have a new id; its grade_id goes with it.
    """
    names = {}
    for number, cell in enumerate(cells):
        if cell["id"] in known:
            names.setdefault(cell["id"], number)
    for number, cell in enumerate(cells):
        mark = cell.get("metadata", {}).get("nbgrader")
        grade_id = mark.get("grade_id") if isinstance(mark, dict) else None
        if isinstance(grade_id, str) and grade_id in known and number not in names.values():
            names.setdefault(grade_id, number)
    by_number = {number: name for name, number in names.items()}
    return [(by_number.get(number, ""), cell) for number, cell in enumerate(cells)]


def _language(notebook: dict) -> dict[str, str]:
    """What a notebook's metadata say of its language; nothing for English."""
    return {k: v for k, v in (notebook.get("metadata") or {}).items() if k == "language"}


def _joined(name: str, cell: dict, old: dict | None, now: dict, same_language: bool) -> dict:
    """A learner's cell with what the course corrected in it."""
    corrected = old is None or _differs(old, now)
    touched = old is None or _differs(old, cell)
    take = old is not None and corrected and (_is_read_only(now) or not touched)
    if corrected and touched and not take and same_language and _differs(cell, now):
        raise Conflict(f"its cell {name!r} was corrected, and you have changed that cell")
    more = {
        key: value
        for key, value in cell.get("metadata", {}).items()
        if old is None or key not in old["metadata"]
    }
    joined = cell | {"id": now["id"], "metadata": more | now["metadata"]}
    if take:
        joined |= {"source": now["source"], "cell_type": now["cell_type"]}
        if "attachments" in now:
            joined["attachments"] = (cell.get("attachments") or {}) | now["attachments"]
        if now["cell_type"] == "code":
            joined = {"outputs": [], "execution_count": None} | joined
        elif cell.get("outputs"):
            raise Conflict(f"its cell {name!r} became text, and yours holds an output")
        else:
            joined = {k: v for k, v in joined.items() if k not in ("outputs", "execution_count")}
    return joined


def _as_own(cell: dict) -> dict:
    """A cell that is not the course's any more."""
    taken = ("nbgrader", "deletable", "editable")
    metadata = {k: v for k, v in cell.get("metadata", {}).items() if k not in taken}
    return cell | {"metadata": metadata}


def _in_new_order(
    cells: list[tuple[str, dict]], before: list[str], after: list[str]
) -> list[tuple[str, dict]]:
    """The cells in the course's new order, if it has one; else in the learner's own.

    A cell of the learner's own stays behind the one that it stands behind.
    """
    present = {name for name, _ in cells} & set(before) & set(after)
    orders = [[name for name in order if name in present] for order in (before, after)]
    mine = [name for name, _ in cells if name in present]
    if orders[0] == orders[1] or mine == orders[1]:
        return cells
    if mine != orders[0]:
        raise Conflict("its cells were put in another order, and so were yours")
    groups: dict[str, list[tuple[str, dict]]] = {"": []}
    behind = ""
    for name, cell in cells:
        behind = name if name in present else behind
        groups.setdefault(behind, []).append((name, cell))
    return [pair for name in ("", *orders[1]) for pair in groups[name]]


def _insert(cells: list[tuple[str, dict]], new: list[dict], before: dict[str, dict]) -> list[str]:
    """Put cells that are new in their places; return their ids."""
    added = []
    place = 0  # behind the cell that was there last, and the learner's own that follow it
    for cell in new:
        name = cell["id"]
        at = next((number for number, (one, _) in enumerate(cells) if one == name), None)
        if at is None and name in before:
            continue  # the learner took it out
        if at is None:
            at = place
            cells.insert(at, (name, cell))
            added.append(name)
        place = at + 1
        while place < len(cells) and not cells[place][0]:
            place += 1
    return added
