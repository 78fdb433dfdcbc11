"""Notebooks with an exercise or two that run in a moment, as a learner has them."""

from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.utils import compute_checksum

WRITTEN = "*Your answer here.*"
BLANK = "def {}(x):\n    # Your code here.\n    raise NotImplementedError()"


def heading(words):
    return new_markdown_cell(f"## {words}")


def text(source):
    return new_markdown_cell(source)


def code(name, source, **metadata):
    return new_code_cell(source, id=name, metadata=metadata)


def answer(name, source):
    return _graded(new_code_cell(source, id=name), name, solution=True)


def check(name, source, points=1):
    return _graded(new_code_cell(source, id=name), name, grade=True, locked=True, points=points)


def written(name, source=WRITTEN, points=2):
    return _graded(
        new_markdown_cell(source, id=name), name, grade=True, solution=True, points=points
    )


def write(path: Path, *cells) -> Path:
    notebook = new_notebook(cells=list(cells))
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)
    return path


def _graded(cell, name, **marks):
    mark = {"grade_id": name, "grade": False, "solution": False, "locked": False, "task": False}
    cell.metadata["nbgrader"] = {**mark, "schema_version": 3, "cell_type": cell.cell_type, **marks}
    cell.metadata["nbgrader"]["checksum"] = compute_checksum(cell)
    return cell
