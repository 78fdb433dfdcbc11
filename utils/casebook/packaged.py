"""Lays the course out in a learner's folder from what a wheel carries: no clone is needed.

The folder is then a course like any other. Assignments in it are brought up to date where a newer
wheel was installed; the learner's own copy of them, `work/`, is not touched here.
"""

import importlib.metadata
import shutil
from pathlib import Path

import click

from casebook.place import MARK, course_option, find_course

CARRIED = Path(__file__).with_name("course")  # missing where the packages are used in a clone
LAID_OUT = ".casebook"  # in a folder that was laid out here: of which version


def lay_out(folder: Path) -> None:
    """Copy the course's settings and assignments; what is there is replaced.

    Files are new ones of the reader's, who may write to them, whoever owns the wheel's.
    """
    for source in sorted(path for path in CARRIED.rglob("*") if path.is_file()):
        target = folder / source.relative_to(CARRIED)
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.name == MARK:
            continue  # last: it makes the folder a course
        shutil.copyfile(source, target)
    shutil.copyfile(CARRIED / MARK, folder / MARK)
    version = importlib.metadata.version("cnn-casebook")
    (folder / LAID_OUT).write_text(version + "\n", encoding="utf-8")


def course_or_new(folder: Path) -> Path:
    """The course that a folder lies in; a new one in an empty folder.

    Args:
        folder: The course's folder, or one within it, or an empty one.

    Raises:
        click.ClickException: There is no course, and none can be made there.
    """
    try:
        root = find_course(folder)
    except click.ClickException:
        if not CARRIED.is_dir():
            raise
        root = folder.resolve()
        _require_empty(root)
        click.echo(f"A new course in {root}.")
        lay_out(root)
        return root
    if CARRIED.is_dir() and (root / LAID_OUT).is_file():
        lay_out(root)
    return root


def _require_empty(folder: Path) -> None:
    """Raise unless there is nothing but what a learner had to put there to come this far."""
    found = sorted(
        path.name
        for path in folder.iterdir()
        if path.name[0] != "." and path.suffix != ".whl" and not (path / "pyvenv.cfg").is_file()
    )
    if found:
        raise click.ClickException(
            f"expected the course or an empty folder; {folder} holds {', '.join(found[:3])}"
            f"{' and more' if found[3:] else ''}. Make a folder for the course (mkdir casebook), "
            "go there (cd casebook), and start again."
        )


in_course_or_new = course_option(course_or_new, "The course's folder, or an empty one")
