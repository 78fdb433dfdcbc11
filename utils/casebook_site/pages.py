"""Notebooks as pages: what learners received, with the outputs that the solutions gave.

The text comes from `assignments/`, where no solution and no hidden test is left. The outputs come
from the cell of the same id in `solutions/`. So a solution cannot reach a page.
"""

import posixpath
import re
from pathlib import Path

from nbformat import NotebookNode

from casebook_grader.course import CourseError, read_notebook

# Learners predict what these cells show before they run them, so readers unfold it.
FOLDED = "experiment"
PREDICTION = "prediction"
_LINK = re.compile(r"(?<!!)\[([^\]]*)\]\(([^)\s]+)\)")


def learners_page(released: Path, solved: Path) -> NotebookNode:
    """A notebook as a page for everyone.

    Args:
        released: The notebook in `assignments/`.
        solved: The same one in `solutions/`, with stored outputs.

    Returns:
        The text of the first with the outputs of the second.

    Raises:
        CourseError: A cell of the first is missing in the second.
    """
    notebook = read_notebook(released)
    outputs = {cell.id: cell.get("outputs", []) for cell in read_notebook(solved).cells}
    for cell in notebook.cells:
        if cell.id not in outputs:
            raise CourseError(
                f"{released}: expected each of its cells in {solved}, found no cell {cell.id!r} "
                "there. Run `casebook release` first."
            )
        if cell.cell_type == "code" and _shows_its_output(cell):
            cell.outputs = outputs[cell.id]
    return _for_sphinx(notebook)


def _shows_its_output(cell: NotebookNode) -> bool:
    """Whether a page shows what a cell of code showed in the solution.

    What an answer or a check showed could tell what stands in it. A prediction is the learner's.
    """
    mark = cell.metadata.get("nbgrader", {})
    asks = PREDICTION in cell.metadata.get("tags", [])
    return not (mark.get("grade") or mark.get("solution") or asks)


def instructors_page(solved: Path) -> NotebookNode:
    """A notebook as a page for instructors, with solutions and hidden tests.

    Args:
        solved: The notebook in `solutions/`.
    """
    return _for_sphinx(read_notebook(solved))


def _for_sphinx(notebook: NotebookNode) -> NotebookNode:
    """Say by tags how each cell is shown, and keep one form of each output."""
    for cell in notebook.cells:
        mark = cell.metadata.pop("nbgrader", {})
        tags = cell.metadata.setdefault("tags", [])
        if mark.get("solution"):
            tags.append("answer")
        if cell.cell_type != "code":
            continue
        for output in cell.outputs:
            if "text/html" in output.get("data", {}):
                # The HTML holds the picture together with its alternative text.
                output.data.pop("image/png", None)
        if cell.outputs and FOLDED in tags:
            tags.append("hide-output")
    return notebook


def with_links(text: str, page: str, root: Path, repository: str) -> str:
    """Markdown whose links to files of the course that are no pages lead to the repository.

    A link to a file that does not exist stays, so that Sphinx warns of it.

    Args:
        text: The Markdown of a page.
        page: Where the page's source lies in the course, such as `assignments/a/b.ipynb`.
        root: The course's folder.
        repository: Address of the repository; where it is empty, such a link becomes plain text.
    """

    def link(match: re.Match) -> str:
        words, target = match.groups()
        path = posixpath.normpath(posixpath.join(posixpath.dirname(page), target))
        if re.match(r"[a-z]+:|#", target) or path.startswith("assignments/"):
            return match[0]
        if not (root / path.partition("#")[0]).exists():
            return match[0]
        return f"[{words}]({repository}/blob/main/{path})" if repository else words

    return _LINK.sub(link, text)
