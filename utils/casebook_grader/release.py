"""Make the learners' assignments from the solutions, and refuse to let a solution out.

Each assignment goes through nbgrader's `generate_assignment` in a scratch course, is compared
with its source, in every language that it is translated into, and only then replaces the folder in
`assignments/`. What was made of the same source by the same program before, and lies there
unchanged, is not made again.
"""

import hashlib
import importlib.metadata
import json
import re
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import nbformat

from casebook_grader.course import (
    LEFT_OUT,
    ROOT,
    CourseError,
    assignments,
    nbgrader,
    read_notebook,
    require_success,
    sources,
)
from casebook_translations import catalogs, translated
from cnn_casebook.files import write_whole

RELEASED = (".ipynb", ".svg")
_MEMORY = Path("grading/released.json")  # may be removed: then all is made again
MARKS = {
    "solution": ("BEGIN SOLUTION", "END SOLUTION"),
    "hidden tests": ("BEGIN HIDDEN TESTS", "END HIDDEN TESTS"),
}
_SHORT, _LONG = 16, 40  # characters of a line that can be a hint, and of one that gives too much
_SETTING = re.compile(r"\w+=[^=].*,|[\[\](){}:,]*")
FORBIDDEN = re.compile(r"(BEGIN|END) (SOLUTION|HIDDEN TESTS)")


@dataclass
class Secrets:
    """What must not reach the learner, as found in the sources."""

    solutions: list[list[str]] = field(default_factory=list)
    hidden: set[str] = field(default_factory=set)


def release(root: Path = ROOT, names: list[str] | None = None) -> list[str]:
    """Generate assignments from solutions; nothing changes if one of them is refused.

    Args:
        root: The course's folder.
        names: Assignments to generate; all if not given.

    Returns:
        The names of the assignments whose files changed.

    Raises:
        CourseError: A source is damaged, a file is in the way, or a secret would leak.
    """
    names = assignments(root) if names is None else names
    given = {name: _read_sources(sources(root) / name) for name in names}
    secrets = Secrets()
    for notebooks in given.values():
        for path, notebook in notebooks.items():
            _collect(path, notebook, secrets)
    known = _read_memory(root)
    same = {name for name in names if known.get(name) == _fingerprint(root, name)}
    if len(same) == len(names):
        return _remove_unknown(root / "assignments", names) if names == assignments(root) else []
    with tempfile.TemporaryDirectory() as scratch:
        made = {
            name: root / "assignments" / name
            if name in same
            else _generate(root, name, Path(scratch))
            for name in names
        }
        for name, folder in made.items():
            _require_no_leak(folder, given[name], secrets)  # of what changed, in what did not too
            for language in catalogs.languages(root):
                other = _translate(folder, language, Path(scratch, language), root)
                _require_no_leak(other, given[name], secrets, f"{language}: ")
        changed = [name for name in names if _replace(made[name], root / "assignments" / name)]
        if names == assignments(root):
            changed += _remove_unknown(root / "assignments", names)
    known |= {name: _fingerprint(root, name) for name in names}
    text = json.dumps({name: known[name] for name in sorted(known)}, indent=1)
    write_whole(root / _MEMORY, text.encode())
    return changed


def _read_memory(root: Path) -> dict[str, str]:
    """The fingerprints of what was released before; empty where nothing can be read."""
    try:
        return dict(json.loads((root / _MEMORY).read_bytes()))
    except (OSError, ValueError, TypeError):
        return {}


def _fingerprint(root: Path, name: str) -> str:
    """A hash of an assignment's source and of what was made of it, and of what makes it."""
    found = hashlib.sha256(f"{importlib.metadata.version('nbgrader')}\n".encode())
    found.update(Path(__file__).read_bytes() + (root / "nbgrader_config.py").read_bytes())
    for path in sorted((sources(root) / name).glob("*.ipynb")):
        for language in catalogs.languages(root):
            found.update(catalogs.content_of(path, language, root))
    for step in (sources(root), root / "assignments"):
        for path, content in sorted(_contents(step / name).items()):
            if not LEFT_OUT.fullmatch(path):
                found.update(f"{step.name} {path} {len(content)}\n".encode() + content)
    return found.hexdigest()


def _read_sources(folder: Path) -> dict[Path, nbformat.NotebookNode]:
    """Read an assignment's notebooks; refuse files that nbgrader would hand to learners."""
    notebooks = {}
    for path in sorted(folder.iterdir()):
        if LEFT_OUT.fullmatch(path.name):
            continue
        if path.suffix not in RELEASED or not path.is_file() or path.is_symlink():
            raise CourseError(
                f"{path} would be handed to learners. Only notebooks and their SVG figures may "
                "lie in an assignment's folder: move it away."
            )
        if path.suffix == ".ipynb":
            notebooks[path] = read_notebook(path)
    if not notebooks:
        raise CourseError(f"{folder} holds no notebook. Remove the folder, or add its notebook.")
    return notebooks


def _collect(path: Path, notebook, secrets: Secrets) -> None:
    """Check how a source is marked up, and keep what it hides."""
    ids = set()
    for cell in notebook.cells:
        where = f"{path}, cell {cell.get('id')!r}"
        mark = cell.metadata.get("nbgrader", {})
        regions = {kind: _regions(cell.source, kind, where) for kind in MARKS}
        if mark:
            grade_id = mark.get("grade_id")
            if grade_id != cell.get("id"):
                raise CourseError(
                    f"{where}: its grade_id is {grade_id!r}; expected the cell's id. As Create "
                    "Assignment makes it, it can be mended: casebook release --mend"
                )
            if grade_id in ids:
                raise CourseError(f"{where}: another cell has the same grade_id.")
            ids.add(grade_id)
        if mark.get("solution") and not regions["solution"]:
            raise CourseError(f"{where}: an answer cell without BEGIN SOLUTION and END SOLUTION.")
        if regions["solution"] and not mark.get("solution"):
            raise CourseError(f"{where}: a solution in a cell that is not marked as an answer.")
        is_test = bool(mark.get("grade")) and not mark.get("solution")
        if regions["hidden tests"] and not is_test:
            raise CourseError(f"{where}: hidden tests in a cell that is not marked as a test.")
        if is_test and cell.id.startswith("hidden_") != bool(regions["hidden tests"]):
            raise CourseError(
                f"{where}: a test's id begins with hidden_ if, and only if, it has hidden tests."
            )
        if "setup" in cell.metadata.get("tags", []) and not _read_only(mark):
            raise CourseError(f"{where}: a set-up cell must be read-only for nbgrader.")
        secrets.solutions += regions["solution"]
        secrets.hidden.update(line for region in regions["hidden tests"] for line in region)


def hidden_lines(path: Path) -> set[str]:
    """The lines of a source that learners do not receive, without indentation."""
    return {
        line
        for cell in read_notebook(path).cells
        for kind in MARKS
        for region in _regions(cell.source, kind, f"{path}, cell {cell.get('id')!r}")
        for line in region
    }


def _read_only(mark: dict) -> bool:
    return bool(mark.get("locked")) and not mark.get("grade") and not mark.get("solution")


def _regions(source: str, kind: str, where: str) -> list[list[str]]:
    """The lines between the marks of a kind, without indentation and blank lines."""
    begin, end = MARKS[kind]
    regions, inside = [], None
    for line in source.split("\n"):
        if begin in line:
            if inside is not None:
                raise CourseError(f"{where}: {begin} twice without {end}.")
            inside = []
        elif end in line:
            if inside is None:
                raise CourseError(f"{where}: {end} without {begin}.")
            regions.append(inside)
            inside = None
        elif inside is not None and line.strip():
            inside.append(line.strip())
    if inside is not None:
        raise CourseError(f"{where}: {begin} without {end}.")
    return regions


def _generate(root: Path, name: str, scratch: Path) -> Path:
    """Run nbgrader on a copy of one assignment, in a course of its own."""
    shutil.copytree(
        sources(root) / name,
        scratch / "solutions" / name,
        ignore=lambda _, files: [file for file in files if LEFT_OUT.fullmatch(file)],
    )
    database = f"sqlite:///{scratch / 'gradebook.db'}"
    course = nbgrader(root, root=str(scratch), db_url=database, source_directory="solutions")
    require_success(course.generate_assignment(name), f"generate {name}")
    return scratch / "assignments" / name


def _translate(folder: Path, language: str, target: Path, root: Path) -> Path:
    """Put what was generated into a language, as learners get it."""
    try:
        return translated.write_assignment(folder, language, target, root)
    except ValueError as error:
        raise CourseError(f"{folder.name} cannot be put into {language!r}: {error}") from error


def _require_no_leak(folder: Path, sources: dict, secrets: Secrets, language: str = "") -> None:
    """Compare what was generated with everything that the sources hide.

    Args:
        folder: An assignment as learners get it.
        sources: Its solutions.
        secrets: Of all assignments.
        language: What a message begins with, where it is of a translation.
    """
    expected = {path.name for path in sources}
    found = {path.name for path in folder.glob("*.ipynb")}
    if found != expected:
        raise CourseError(f"{folder.name}: expected {sorted(expected)}, generated {sorted(found)}.")
    for path in sorted(folder.iterdir()):
        if path.suffix == ".ipynb":
            notebook = nbformat.read(path, as_version=4)
            for cell in notebook.cells:
                where = f"{language}{folder.name}/{path.name}, cell {cell.id!r}"
                if cell.get("outputs") or cell.get("execution_count") or cell.get("attachments"):
                    raise CourseError(f"{where}: an output or attachment would be released.")
                _require_clean(cell.source, where, secrets)
        else:
            where = f"{language}{folder.name}/{path.name}"
            _require_clean(path.read_text(encoding="utf-8"), where, secrets)


def _require_clean(text: str, where: str, secrets: Secrets) -> None:
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    if FORBIDDEN.search(text):
        raise CourseError(f"{where}: a mark of a solution or of hidden tests would be released.")
    leaked = secrets.hidden.intersection(lines)
    if leaked:
        raise CourseError(f"{where}: a hidden test would be released: {leaked.pop()}")
    whole = " ".join(lines)
    for solution in secrets.solutions:
        shown = {line for line in solution if _is_statement(line) and line in whole}
        long = max(map(len, shown), default=0) > (_SHORT if len(solution) == 1 else _LONG)
        if len(shown) > 1 or long:
            raise CourseError(
                f"{where}: part of a solution would be released: {' / '.join(sorted(shown))}. One "
                "short line may be given as a hint."
            )


def _is_statement(line: str) -> bool:
    """Whether a line says something: no bracket, setting or comment alone.

    Example:
        >>> _is_statement("x = layers.Conv2D(f1, 1)(x)"), _is_statement("jit_compile=False,")
        (True, False)
    """
    return len(line) >= _SHORT and not _SETTING.fullmatch(line) and not line.startswith("#")


def _replace(made: Path, target: Path) -> bool:
    """Put the generated folder into its place; say whether anything changed."""
    if target.is_dir() and _contents(made) == _contents(target):
        return False
    target.parent.mkdir(exist_ok=True)
    fresh = target.with_name(target.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    shutil.copytree(made, fresh)
    for path in fresh.rglob("*"):
        path.chmod(0o644 if path.is_file() else 0o755)
    shutil.rmtree(target, ignore_errors=True)
    fresh.rename(target)
    return True


def _contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and ".ipynb_checkpoints" not in path.parts
    }


def _remove_unknown(folder: Path, names: list[str]) -> list[str]:
    """Remove assignments whose solutions are gone."""
    unknown = [path for path in folder.iterdir() if path.is_dir() and path.name not in names]
    for path in unknown:
        shutil.rmtree(path)
    return [path.name for path in unknown]
