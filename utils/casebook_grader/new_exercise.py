"""The skeleton of a new exercise, so that an author begins with what to say, not with where.

It lies in `skeleton/`, one folder for functions and one for networks: the cells of the notebook,
the module of its checks, its bank and its test. NAME stands for what learners define.
"""

import keyword
import re
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from casebook_grader import totals
from casebook_grader.course import CourseError, find_notebook, read_notebook

SKELETON = Path(__file__).parent / "skeleton"
FILL_IN = "FILL IN"  # stands wherever an author has to write something; tests refuse it
LONGEST = 28  # characters of a name: the line that imports its checks then has 99
OURS = "from cnn_casebook"


@dataclass(frozen=True)
class Written:
    """What a skeleton consists of.

    Attributes:
        files: The files that wait to be filled in, the notebook first.
        mentions: Ids of the notebook's cells that name an exercise by its number; an author looks
            at them where numbers have moved.
    """

    files: list[str]
    mentions: list[str]


def write(
    root: Path,
    name: str,
    notebook: str,
    title: str | None = None,
    minutes: int = 10,
    after: str | None = None,
    network: bool = False,
) -> Written:
    """Write the skeleton of an exercise, and bring numbers and totals up to date.

    Args:
        root: The course's folder.
        name: What learners define; the id of their answer.
        notebook: Name of the notebook that gets the exercise.
        title: The heading; the name in words if not given.
        minutes: How long a learner needs.
        after: Id of the cell that it follows; if not given, it follows the last exercise.
        network: Whether learners write a block or a network of Keras layers.

    Returns:
        What was written.

    Raises:
        CourseError: The name cannot be used or is taken, or there is no such notebook or cell;
            nothing was written.
    """
    totals.find_stale(root)  # raises an error where the update at the end would
    skeleton = SKELETON / ("network" if network else "function")
    _require_name(name, skeleton)
    path = find_notebook(root, notebook)
    words = {
        "TITLE": title or name.replace("_", " "),
        "MINUTES": str(minutes),
        "NOTEBOOK": path.relative_to(root / "solutions").as_posix(),
        "NAME": name,
    }

    def filled(part: str) -> str:
        text = (skeleton / f"{part}.txt").read_text(encoding="utf-8")
        return re.sub("|".join(words), lambda match: words[match[0]], text)

    files = {
        root / "utils" / "cnn_casebook" / "checks" / f"{name}.py": filled("check"),
        root / "tests" / "bank" / f"{name}.py": filled("bank"),
        root / "tests" / "cnn_casebook" / "checks" / f"test_{name}.py": filled("test"),
    }
    for file in files:
        if file.exists():
            raise CourseError(f"expected a new name, found {file} for {name!r}. Choose another.")
    cells = _cells(filled("cells"))
    _require_new_ids(root, cells)
    solution = read_notebook(path)
    place = place_of(solution, after, path.name)
    solution.cells[place:place] = cells
    _import_checks(solution, f"{OURS}.checks import {name} as {name}_checks", path.name)
    totals.correct(solution, path.name)
    files = {path: nbformat.writes(solution) + "\n", **files}
    for file, text in files.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="\n")
    totals.update(root)
    names = [file.relative_to(root).as_posix() for file in files]
    return Written(names, [] if after is None else _mentions(solution, cells))


def _require_name(name: str, skeleton: Path) -> None:
    fits = re.fullmatch(r"(?!check_|hidden_|exercise_)[a-z][a-z0-9_]*", name)
    if not fits or len(name) > LONGEST or keyword.iskeyword(name):
        raise CourseError(
            f"expected the name of a Python function in at most {LONGEST} small letters, digits "
            "and underscores, such as same_padding, not beginning with check_, hidden_ or "
            f"exercise_; found {name!r}."
        )
    if re.search(rf"\b{name}\b", (skeleton / "check.txt").read_text(encoding="utf-8")):
        raise CourseError(
            f"expected a new name, found that checks use {name!r} themselves. Choose another."
        )


def _require_new_ids(root: Path, cells: list[NotebookNode]) -> None:
    """Ids of an exercise are unique in the whole course, since its bank bears its name."""
    for path in sorted((root / "solutions").glob("*/*.ipynb")):
        taken = {cell.id for cell in read_notebook(path).cells}
        for cell in cells:
            if cell.id in taken:
                raise CourseError(
                    f"expected a new name, found a cell {cell.id!r} in {path.name}. Choose another."
                )


def _cells(text: str) -> list[NotebookNode]:
    """Make the cells of a notebook from a skeleton, where `# %% id` begins each."""
    _, *parts = re.split(r"^# %% ", text, flags=re.M)
    cells = []
    for part in parts:
        name, source = part.rstrip("\n").split("\n", 1)
        if name.startswith("exercise_"):
            cells.append(new_markdown_cell(source, id=name))
            continue
        mark = {"grade_id": name, "schema_version": 3, "task": False}
        if name.startswith(("check_", "hidden_")):
            mark |= {"grade": True, "locked": True, "points": 1, "solution": False}
        else:
            mark |= {"grade": False, "locked": False, "solution": True}
        cells.append(new_code_cell(source, id=name, metadata={"nbgrader": mark}))
    return cells


def place_of(notebook: NotebookNode, after: str | None, name: str) -> int:
    """Where in a notebook the cells of a new exercise go.

    Args:
        notebook: A solution.
        after: Id of the cell that they follow; the last exercise's last cell without it.
        name: What the notebook is called in messages.

    Raises:
        CourseError: There is no such cell, or what follows belongs to it.
    """
    ids = [cell.id for cell in notebook.cells]
    marks = [cell.metadata.get("nbgrader", {}) for cell in notebook.cells]
    if after is None:
        code = [cell.cell_type == "code" for cell in notebook.cells]
        graded = [number for number, mark in enumerate(marks) if mark and code[number]]
        return graded[-1] + 1 if graded else len(ids)
    if after not in ids:
        raise CourseError(f"{name}: expected the id of one of its cells, found {after!r}.")
    place = ids.index(after) + 1
    if place < len(ids) and (marks[place].get("grade") or marks[place].get("solution")):
        raise CourseError(
            f"{name}: expected a place between two exercises; {after!r} is followed by "
            f"{ids[place]!r}, which belongs to it."
        )
    return place


def _mentions(notebook: NotebookNode, new: list[NotebookNode]) -> list[str]:
    return [
        cell.id
        for cell in notebook.cells
        if cell not in new and re.search(r"(?<!## )\b[Ee]xercise \d", cell.source)
    ]


def _import_checks(notebook: NotebookNode, line: str, name: str) -> None:
    """Add an import to the set-up cell, in the order that ruff asks for."""
    setup = [cell for cell in notebook.cells if "setup" in cell.metadata.get("tags", [])]
    if not setup:
        raise CourseError(f"{name}: expected a cell with the tag 'setup', found none. Tag it.")
    defined = line.split()[3]
    if re.search(rf"\b{defined}\b", "".join(cell.source for cell in setup)):
        raise CourseError(f"{name}: the set-up cell uses the name {defined!r}. Choose another.")
    above, found, below = setup[-1].source.rpartition("\n\n")
    lines = below.split("\n")
    if not all(line.startswith(OURS) for line in lines):
        above, found, lines = setup[-1].source, "\n\n", []
    lines = sorted([*lines, line], key=lambda line: line.split()[1::2])
    setup[-1].source = above + found + "\n".join(lines)
