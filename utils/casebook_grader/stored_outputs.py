"""The outputs that a solution stores: from one run, top to bottom, and nothing else moves."""

import os
from copy import deepcopy
from pathlib import Path

import nbformat
from nbclient import NotebookClient

from casebook_grader.course import CourseError, find_notebook, read_notebook

LONGEST = 600  # seconds of one cell


def run(root: Path, name: str) -> Path:
    """Run a solution and store its outputs.

    Args:
        root: The course's folder.
        name: Name of the notebook.

    Returns:
        The notebook's file.

    Raises:
        CourseError: There is no such notebook, or a cell raised an error; then the file stays.
    """
    path = find_notebook(root, name)
    notebook = read_notebook(path)
    # Times of cells and versions of Python would differ in every run.
    metadata = deepcopy(notebook.metadata)
    client = NotebookClient(
        notebook,
        timeout=LONGEST,
        kernel_name="python3",
        record_timing=False,
        resources={"metadata": {"path": str(path.parent)}},
    )
    try:
        # The whole experiment, also on a slow machine.
        client.execute(env={"CASEBOOK_BUDGET": "normal", **os.environ})
    except Exception as error:
        raise CourseError(f"{path} does not run from top to bottom:\n{error}") from error
    notebook.metadata = metadata
    path.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8", newline="\n")
    return path
