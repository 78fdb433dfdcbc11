"""Gives graded cells one name, where nbgrader's *Create Assignment* gave them two.

A cell's id and its grade_id are the same slug in this course. *Create Assignment* invents a
grade_id, or takes what is typed there, and JupyterLab lets nobody edit a cell's id.
"""

import re
from pathlib import Path

import nbformat

from casebook_grader.course import LEFT_OUT, OVERLAY, CourseError, read_notebook

# What Jupyter and nbgrader invent: a part of a UUID, or a hash behind "cell-".
_INVENTED = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){0,3}(-[0-9a-f]{12})?|cell-[0-9a-f]+")
_SLUG = re.compile(r"[a-z][a-z0-9_]*")


def mend(root: Path) -> list[str]:
    """Let each graded cell that an author writes have one name, its id and its grade_id.

    It is the name that learners have got already, else the one that a person chose.

    Args:
        root: The course's folder.

    Returns:
        What was mended, in words.

    Raises:
        CourseError: A cell has no name that a person chose, or another cell has it; then nothing
            is written.
    """
    mended, changed = [], {}
    paths = [*root.glob("solutions/*/*.ipynb"), *root.glob(f"{OVERLAY}/**/*.ipynb")]
    for path in sorted(paths):
        if any(map(LEFT_OUT.fullmatch, path.parts)):
            continue
        notebook = read_notebook(path)
        released = _released(root / "assignments" / path.parent.name / path.name)
        found = [
            f"{path.relative_to(root)}: {said}"
            for cell in notebook.cells
            if (said := _mend_cell(cell, notebook, released, path))
        ]
        if found:
            mended += found
            changed[path] = nbformat.writes(notebook) + "\n"
    for path, text in changed.items():
        path.write_text(text, encoding="utf-8", newline="\n")
    return mended


def _mend_cell(cell, notebook, released: set[str], path: Path) -> str:
    """Mend a cell; say what was done, or nothing."""
    mark = cell.metadata.get("nbgrader", {})
    names = cell.get("id", ""), str(mark.get("grade_id", ""))
    if not mark or names[0] == names[1]:
        return ""
    known = [name for name in names if name in released]
    chosen = [name for name in names if _SLUG.fullmatch(name) and not _INVENTED.fullmatch(name)]
    if not known and len(chosen) != 1:
        why = "both are names that a person may have chosen" if chosen else "neither is a name"
        raise CourseError(
            f"{path}, a cell whose id is {names[0]!r} and whose grade_id is {names[1]!r}: {why}. "
            "Type its name into the field ID of Create Assignment, in small letters with "
            "underscores, such as check_stage_shape, and run this again"
            + (" (or edit the file so that both are the same)." if chosen else ".")
        )
    name = (known or chosen)[0]
    others = [other for other in notebook.cells if other is not cell]
    taken = {other.get("id") for other in others}
    taken |= {other.metadata.get("nbgrader", {}).get("grade_id") for other in others}
    if name in taken:
        raise CourseError(f"{path}: two cells are called {name}; give one of them another name.")
    cell.id = mark["grade_id"] = name
    return f"the cell {' / '.join(names)} is now {name}"


def _released(path: Path) -> set[str]:
    """The grade_ids that learners have got."""
    cells = read_notebook(path).cells if path.is_file() else []
    return {cell.metadata.get("nbgrader", {}).get("grade_id") for cell in cells} - {None}
