"""A learner's own copy of the assignments, so that working on them changes no file of the course.

Notebooks that exist in the copy are never overwritten. What is handed in is packed from it.
"""

import json
import shutil
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

from cnn_casebook.guide.outline import Outline


def prepare(root: Path, assignments: Path | None = None) -> list[str]:
    """Copy the assignments' files that `work/` does not have yet.

    Args:
        root: The course's folder.
        assignments: Where they lie in the learner's language; `assignments/` without it.

    Returns:
        What was copied, as paths within `work/`.

    Raises:
        FileNotFoundError: The course's folder has no assignments.
    """
    source, target = assignments or root / "assignments", root / "work"
    files = sorted(path for path in source.glob("*/*") if path.is_file())
    if not files:
        raise FileNotFoundError(
            f"no assignments in {source}. Is this folder a complete copy of the course?"
        )
    copied = []
    for path in files:
        copy = target / path.relative_to(source)
        if not copy.exists():
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
            copied.append(copy.relative_to(target).as_posix())
    return copied


@dataclass(frozen=True)
class Packed:
    """A zip to hand in.

    Attributes:
        path: Where it lies.
        files: What is in it.
        blank: For each notebook the answers that are as they were released.
    """

    path: Path
    files: list[str]
    blank: dict[str, list[str]] = field(default_factory=dict)


def pack(root: Path, assignment: str) -> Packed:
    """Put the notebooks and records of an assignment into a zip, in place of an earlier one.

    Args:
        root: The course's folder.
        assignment: Name of the assignment.

    Raises:
        FileNotFoundError: No such assignment, or a notebook of it is missing in the copy.
        ValueError: A notebook cannot be read.
    """
    files = own_files(root, assignment)
    blank = {}
    for path in files:
        if path.suffix == ".ipynb":
            try:
                outline = Outline(json.loads(path.read_text(encoding="utf-8"))["cells"])
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise ValueError(
                    f"{path} cannot be read as a notebook ({type(error).__name__}). Open it in "
                    "JupyterLab and save it again; or take a fresh copy from assignments/."
                ) from None
            blank[path.stem] = [
                cell.id for cell in outline.of_kind("answer", "written") if cell.is_blank
            ]
    target = root / "work" / f"{assignment}.zip"
    unfinished = target.with_suffix(".part")
    with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED) as file:
        for path in files:
            file.write(path, path.name)
    unfinished.replace(target)
    return Packed(target, [path.name for path in files], blank)


def own_files(root: Path, assignment: str) -> list[Path]:
    """A learner's notebooks of an assignment, and the records beside them.

    Raises:
        FileNotFoundError: No such assignment, or a notebook of it is missing in the copy.
    """
    known = sorted(path.name for path in (root / "assignments").glob("*") if path.is_dir())
    if assignment not in known:
        raise FileNotFoundError(f"no assignment {assignment!r}; expected one of {', '.join(known)}")
    folder = root / "work" / assignment
    names = sorted(path.name for path in (root / "assignments" / assignment).glob("*.ipynb"))
    missing = [name for name in names if not (folder / name).is_file()]
    if missing:
        raise FileNotFoundError(
            f"{', '.join(missing)} is not in {folder}. `casebook start` copies what is missing; a "
            "notebook under another name has to get its name back."
        )
    return [folder / name for name in names] + sorted(folder.glob("record_*.json"))
