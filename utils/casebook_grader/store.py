"""Executed notebooks, kept by what decides their outputs: what was run once is not run again.

They lie in `grading/store/`. A notebook's key is a hash of its rebuilt text, of the records beside
it, of the course's source, of the limits, and of the environment, so a run that was killed goes on
where it stopped, and an unchanged submission costs nothing. The folder may be removed at any time.
"""

import dataclasses
import functools
import hashlib
import importlib.metadata
import json
import platform
from pathlib import Path

import nbformat
from nbformat import NotebookNode

import casebook_grader.inside
import cnn_casebook
from casebook_grader.limits import Limits
from cnn_casebook.files import write_whole

_LIBRARIES = ("tensorflow", "keras", "numpy", "ipykernel", "ipython")


class Store:
    """The executed notebooks of a course.

    Args:
        root: The course's folder.
    """

    def __init__(self, root: Path):
        """Use the folder; it is made with the first notebook."""
        self._folder = root / "grading" / "store"

    def get(self, key: str) -> NotebookNode | None:
        """The notebook of a key; None if there is none, or it was damaged."""
        try:
            return nbformat.v4.reads(self._file(key).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None

    def put(self, key: str, notebook: bytes) -> None:
        """Keep a notebook, whole or not at all."""
        write_whole(self._file(key), notebook)

    def remove(self, key: str) -> None:
        """Remove a notebook, if it is there."""
        self._file(key).unlink(missing_ok=True)

    def _file(self, key: str) -> Path:
        return self._folder / key[:2] / f"{key}.ipynb"


def key_of(
    notebook: NotebookNode, source: NotebookNode, records: dict[str, bytes], limits: Limits
) -> str:
    """What an executed notebook is kept under.

    Args:
        notebook: The rebuilt notebook.
        source: The course's own notebook.
        records: The records beside it.
        limits: What it may use.
    """
    parts = {
        "notebook": _cells(notebook),
        "source": _cells(source),
        "records": {name: hashlib.sha256(text).hexdigest() for name, text in records.items()},
        "limits": dataclasses.asdict(limits),
        "environment": environment(),
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _cells(notebook: NotebookNode) -> list:
    return [[cell.cell_type, cell.id, cell.metadata, cell.source] for cell in notebook.cells]


@functools.cache
def environment() -> str:
    """A hash of what runs a notebook: Python, the libraries that it uses, and the course's code."""
    found = hashlib.sha256(platform.python_version().encode())
    for name in _LIBRARIES:
        found.update(f"{name} {_version(name)}\n".encode())
    for package in (cnn_casebook, casebook_grader):
        folder = Path(package.__file__).parent
        for path in sorted(folder.rglob("*.py")):
            found.update(f"{path.relative_to(folder)}\n".encode() + path.read_bytes())
    return found.hexdigest()


def _version(library: str) -> str:
    """A library's version; TensorFlow's build without CUDA has a name of its own."""
    try:
        return importlib.metadata.version(library)
    except importlib.metadata.PackageNotFoundError:
        return importlib.metadata.version(f"{library}-cpu")
