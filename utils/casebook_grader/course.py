"""The course as nbgrader sees it: its folders, its settings, its assignments."""

import os
import re
import sys
import tomllib
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.apps import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config, PyFileConfigLoader

ROOT = Path(__file__).resolve().parents[2]
OVERLAY = "overlay"  # what an instructor changes in the course; nbgrader_config.py names both too
OVERLAID = "grading/overlaid"  # what that makes of solutions/
# What a solution's run and JupyterLab leave beside notebooks; no source.
LEFT_OUT = re.compile(r"record_[a-z0-9_]+\.json|\.ipynb_checkpoints")


class CourseError(Exception):
    """Something about the course's files that a person has to mend; the text says how."""


def sources(root: Path = ROOT) -> Path:
    """The folder with the course's sources: `solutions/`, or what `overlay/` makes of it.

    Whoever reads the course reads it from here; only authors' tools write in `solutions/`.

    Args:
        root: The course's folder.

    Raises:
        CourseError: What is overlaid does not fit the course.
    """
    if not (root / OVERLAY).is_dir():
        return root / "solutions"
    from casebook_grader.overlaid import bring_up_to_date  # here, since it reads the course too

    return bring_up_to_date(root)


def source_folder(config: Config, assignment: str) -> Path:
    """The folder with an assignment's sources, where nbgrader's settings say.

    Raises:
        CourseError: What is overlaid does not fit the course.
    """
    places = CourseDirectory(config=config)
    sources(Path(places.root))  # brings them up to date
    return Path(places.format_path(places.source_directory, ".", assignment))


def read_toml(root: Path, name: str) -> dict:
    """Read a file of an instructor's settings; without the file nothing is set.

    Args:
        root: The course's folder.
        name: The file's path within it.

    Raises:
        CourseError: It cannot be read.
    """
    path = root / name
    if not path.is_file():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CourseError(f"{name} cannot be read as TOML: {error}") from error


def assignments(root: Path = ROOT) -> list[str]:
    """Names of all assignments, in the order of the course.

    Args:
        root: The course's folder.

    Example:
        >>> "03_residual_networks" in assignments()
        True

    Raises:
        CourseError: There are no solutions, or what is overlaid does not fit them.
    """
    if not (root / "solutions").is_dir():
        raise CourseError(
            f"expected the folder solutions/ in {root}, found none. Is it a complete copy of the "
            "course?"
        )
    return sorted(path.name for path in sources(root).iterdir() if path.is_dir())


def require_assignment(name: str, root: Path = ROOT) -> None:
    """Raise CourseError unless an assignment of this name exists."""
    known = assignments(root)
    if name not in known:
        found = f"there is no assignment {name!r}" if name else "no assignment was named"
        raise CourseError(
            f"{found}; expected one of\n  "
            + "\n  ".join(known)
            + f"\nsuch as (with make) ASSIGNMENT={known[0]}"
        )


def find_notebook(root: Path, notebook: str) -> Path:
    """The solution of a name, such as vgg16, vgg16.ipynb or its path.

    Raises:
        CourseError: There is none.
    """
    paths = {path.stem: path for path in sorted((root / "solutions").glob("*/*.ipynb"))}
    name = Path(notebook).stem
    if name not in paths:
        raise CourseError(
            f"there is no notebook {notebook!r}; expected one of\n  " + "\n  ".join(paths)
        )
    return paths[name]


def read_notebook(path: Path) -> NotebookNode:
    """Read a notebook of the course; raise CourseError where it is damaged."""
    try:
        return nbformat.read(path, as_version=4)
    except Exception as error:
        raise CourseError(f"{path} cannot be read as a notebook: {error}") from error


def nbgrader(course: Path = ROOT, more: Config | None = None, **settings) -> NbGraderAPI:
    """nbgrader's own interface, with the settings of `nbgrader_config.py`.

    Args:
        course: The course's folder, where `nbgrader_config.py` lies.
        more: Settings of other classes to use instead.
        settings: Settings of nbgrader's `CourseDirectory` to use instead.

    Raises:
        CourseError: What is overlaid does not fit the course.
    """
    sources(course)  # brings them up to date, for what nbgrader reads by itself
    _find_alembic()
    config = Config(PyFileConfigLoader("nbgrader_config.py", path=str(course)).load_config())
    config.merge(more or Config())
    config.CourseDirectory.update(settings)
    return NbGraderAPI(CourseDirectory(config=config), config=config)


def require_success(result: dict, what: str) -> None:
    """Raise CourseError, with nbgrader's last words, unless it succeeded."""
    if not result["success"]:
        said = (result.get("log") or result.get("error") or "no reason given").strip()
        raise CourseError(f"nbgrader could not {what}:\n" + "\n".join(said.splitlines()[-12:]))


def _find_alembic() -> None:
    """Put this environment's commands on the search path: nbgrader calls `alembic` by its name."""
    commands = str(Path(sys.executable).parent)
    if commands not in os.environ.get("PATH", "").split(os.pathsep):
        os.environ["PATH"] = commands + os.pathsep + os.environ.get("PATH", "")
