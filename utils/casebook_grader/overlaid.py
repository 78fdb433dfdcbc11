"""Makes the course that a class gets: `solutions/`, with what `overlay/` changes in it.

It lies in `grading/overlaid/`, which may be removed at any time. Whoever asks for the course's
sources gets this folder, brought up to date first; `solutions/` itself is never written to.
"""

import ast
import hashlib
import json
import re
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

import cnn_casebook
from casebook_grader import totals
from casebook_grader.address import published_at
from casebook_grader.course import LEFT_OUT, OVERLAID, OVERLAY, CourseError, read_notebook
from casebook_grader.new_exercise import place_of
from casebook_grader.overlay import FILE, Overlay, read_overlay
from cnn_casebook.files import write_whole

_MEMORY = "made.json"  # in the folder made: what it was made of, and what is to be said about it
_SHOWN = 60  # characters of a text in a message


def bring_up_to_date(root: Path) -> Path:
    """Make the overlaid sources anew where they, or what they are made of, have changed.

    Args:
        root: The course's folder, with `overlay/`.

    Returns:
        The folder of the overlaid sources.

    Raises:
        CourseError: The overlay does not fit the course; then nothing is written.
    """
    target = root / OVERLAID
    made_of, known = _fingerprint(root), _read_memory(target)
    if known.get("made_of") != made_of or known.get("made") != _hash(_made(target)):
        files, said = _Making(root).make()
        for name, content in files.items():
            if not ((target / name).is_file() and (target / name).read_bytes() == content):
                write_whole(target / name, content)
        for path in sorted(target.rglob("*"), reverse=True):  # a folder comes behind its files
            if path.is_dir() and not any(path.iterdir()):
                path.rmdir()
            elif path.is_file() and path.relative_to(target).as_posix() not in files:
                path.unlink()
        memory = {"made_of": made_of, "made": _hash(_made(target)), "notices": said}
        write_whole(target / _MEMORY, json.dumps(memory, indent=1).encode())
    return target


def notices(root: Path) -> list[str]:
    """What an instructor should look at, such as texts that an update has changed; sentences.

    Raises:
        CourseError: The overlay does not fit the course.
    """
    if not (root / OVERLAY).is_dir():
        return []
    return _read_memory(bring_up_to_date(root))["notices"]


def _read_memory(target: Path) -> dict:
    try:
        return dict(json.loads((target / _MEMORY).read_bytes()))
    except (OSError, ValueError, TypeError):
        return {}


def _fingerprint(root: Path) -> str:
    """A hash of all that the overlaid sources are made of, and of what makes them."""
    # The address in notebooks comes from pyproject.toml, what checks say from the package.
    others = [Path(__file__), Path(totals.__file__), root / "pyproject.toml"]
    others += sorted(Path(cnn_casebook.__file__).parent.rglob("*.py"))
    found = {str(path): path.read_bytes() for path in others if path.is_file()}
    return _hash(found | _files(root / "solutions") | _files(root / OVERLAY))


def _made(target: Path) -> dict[str, bytes]:
    """The files that were made, without what is known about them."""
    found = _files(target)
    found.pop(f"{target.name}/{_MEMORY}", None)
    return found


def _hash(files: dict[str, bytes]) -> str:
    found = hashlib.sha256()
    for name, content in sorted(files.items()):
        found.update(f"{name} {len(content)}\n".encode() + content)
    return found.hexdigest()


def _files(folder: Path) -> dict[str, bytes]:
    """The files of a folder, by their paths from the course's folder."""
    return {
        path.relative_to(folder.parent).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not any(map(LEFT_OUT.fullmatch, path.parts))
    }


class _Making:
    """Applies an overlay, step by step."""

    def __init__(self, root: Path):
        """Read the course and what is changed in it."""
        self._root = root
        self._overlay: Overlay = read_overlay(root)
        self._notices: list[str] = []
        if not (root / "solutions").is_dir():
            raise CourseError(f"expected the folder solutions/ in {root}, found none.")
        found = _files(root / "solutions")
        self._files = {name.removeprefix("solutions/"): found[name] for name in found}
        self._left_out: set[str] = set()

    def make(self) -> tuple[dict[str, bytes], list[str]]:
        """The files of the overlaid sources, by their paths, and what is to be said about them."""
        self._leave_out()
        self._add_notebooks()
        notebooks = {Path(name).stem: name for name in self._files if name.endswith(".ipynb")}
        self._left_out -= notebooks.keys()  # of those the class gets its instructor's
        if unknown := sorted(self._overlay.notebooks - notebooks.keys()):
            why = "is left out" if unknown[0] in self._left_out else "does not exist"
            raise CourseError(
                f"{FILE}: something is changed in the notebook {unknown[0]!r}, which {why}; "
                f"expected one of: {', '.join(notebooks)}."
            )
        used = {each["cells"] for group in self._overlay.exercises.values() for each in group}
        for path in sorted((self._root / OVERLAY).glob("*.ipynb")):
            if path.name not in used:
                self._notices.append(f"{OVERLAY}/{path.name} is not used: {FILE} does not name it.")
        self._look_for_messages()
        address = published_at(self._root)
        for name, path in notebooks.items():
            before = self._files[path]
            notebook = nbformat.reads(before.decode(), as_version=4)
            self._add_exercises(name, notebook)
            self._set_points(name, notebook)
            self._replace_texts(name, notebook)
            self._replace_messages(notebook)
            totals.bring_up_to_date(notebook, f"{name} with {OVERLAY}/", address)
            self._look_for_links(name, notebook)
            self._files[path] = (nbformat.writes(notebook) + "\n").encode()
        return self._files, self._notices

    def _leave_out(self) -> None:
        for name in self._overlay.leave_out:
            gone = [path for path in self._files if name in (Path(path).stem, Path(path).parts[0])]
            gone = [path for path in gone if path.endswith(".ipynb")]
            if not gone:
                raise CourseError(
                    f"{FILE}, leave_out: there is no notebook and no assignment {name!r}."
                )
            self._left_out |= {Path(path).stem for path in gone}
            for path in gone:
                del self._files[path]
        kept = {Path(path).parts[0] for path in self._files if path.endswith(".ipynb")}
        self._files = {
            path: content for path, content in self._files.items() if Path(path).parts[0] in kept
        }

    def _add_notebooks(self) -> None:
        taken = {Path(path).stem for path in self._files if path.endswith(".ipynb")}
        own = self._root / OVERLAY / "solutions"
        for found, content in _files(own).items():
            name = found.removeprefix("solutions/")
            stem = Path(name).stem
            if name in self._files or (name.endswith(".ipynb") and stem in taken):
                raise CourseError(
                    f"{OVERLAY}/{found}: the course has {Path(name).name!r} itself. Give yours "
                    "another name, or leave the course's notebook out."
                )
            if name.endswith(".ipynb"):
                read_notebook(own.parent / found)
                taken.add(stem)
            self._files[name] = content

    def _add_exercises(self, name: str, notebook: NotebookNode) -> None:
        for exercise in self._overlay.exercises.get(name, ()):
            where = f"{OVERLAY}/{exercise['cells']}"
            path = self._root / where
            if not path.is_file():
                raise CourseError(f"{FILE}: expected an exercise's cells in {where}, found none.")
            cells = [
                cell
                for cell in read_notebook(path).cells
                if "setup" not in cell.metadata.get("tags", [])
            ]
            taken = {cell.id for cell in notebook.cells}
            for cell in cells:
                if cell.id in taken:
                    raise CourseError(
                        f"{where}: {name} has a cell {cell.id!r} already. Choose another id (and "
                        "grade_id, where the cell is graded)."
                    )
                taken.add(cell.id)
                if cell.cell_type == "code":
                    cell.outputs, cell.execution_count = [], None
            place = place_of(notebook, exercise.get("after"), f"{FILE}, exercises: {name}")
            notebook.cells[place:place] = cells

    def _set_points(self, name: str, notebook: NotebookNode) -> None:
        graded = {
            cell.metadata.nbgrader.grade_id: cell.metadata.nbgrader
            for cell in notebook.cells
            if cell.metadata.get("nbgrader", {}).get("grade")
        }
        for grade_id, points in self._overlay.points.get(name, {}).items():
            if grade_id not in graded:
                raise CourseError(
                    f"{FILE}, points: {name} has no check and no written answer {grade_id!r}; "
                    f"expected one of: {', '.join(graded)}."
                )
            graded[grade_id].points = points

    def _replace_texts(self, name: str, notebook: NotebookNode) -> None:
        for text in self._overlay.texts.get(name, ()):
            cells = [cell for cell in notebook.cells if cell.cell_type == "markdown"]
            cells = [cell for cell in cells if text["old"] in cell.source]
            for cell in cells:
                cell.source = cell.source.replace(text["old"], text["new"])
            if not cells:
                self._notices.append(
                    f"{FILE}, texts: {name} does not say {_shown(text['old'])} (any more), so the "
                    "course's own text stands there. Look at it, and change or remove yours."
                )

    def _look_for_messages(self) -> None:
        if self._overlay.messages:
            said = _texts_of(Path(cnn_casebook.__file__).parent)
            for part in self._overlay.messages:
                if not any(part in text for text in said):
                    self._notices.append(
                        f"{FILE}, messages: no check says {_shown(part)} (any more). Look at what "
                        "it says, and change or remove yours."
                    )

    def _replace_messages(self, notebook: NotebookNode) -> None:
        """Put a set-up cell with the own words behind the last one, so that all kernels know."""
        places = [
            number
            for number, cell in enumerate(notebook.cells)
            if "setup" in cell.metadata.get("tags", [])
        ]
        if not places or not self._overlay.messages:
            return
        name = "own_messages"
        lines = [f"        {old!r}: {new!r}," for old, new in self._overlay.messages.items()]
        source = [
            "# What checks say in this class.",
            "from cnn_casebook.checks.parts import wording",
        ]
        source += ["", "wording.replace(", "    {", *lines, "    }", ")"]
        mark = {"grade_id": name, "schema_version": 3, "locked": True}
        mark |= {"grade": False, "solution": False, "task": False}
        metadata = {"tags": ["setup"], "jupyter": {"source_hidden": True}, "nbgrader": mark}
        cell = new_code_cell("\n".join(source), id=name, metadata=metadata)
        notebook.cells.insert(places[-1] + 1, cell)

    def _look_for_links(self, name: str, notebook: NotebookNode) -> None:
        text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
        for gone in sorted(self._left_out - {name}):
            if re.search(rf"\b{gone}\.ipynb", text):
                self._notices.append(
                    f"{name} has a link to {gone}.ipynb, which is left out; texts in {FILE} can "
                    "say something else there."
                )


def _texts_of(package: Path) -> list[str]:
    """All texts in the modules of a package but docstrings; of those with fields what is fixed."""
    texts = []
    for path in sorted(package.rglob("*.py")):
        nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
        docstrings = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
        texts += [
            node.value
            for node in nodes
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
            if id(node) not in docstrings
        ]
    return texts


def _shown(text: str) -> str:
    return repr(text if len(text) <= _SHOWN else text[:_SHOWN] + "…")
