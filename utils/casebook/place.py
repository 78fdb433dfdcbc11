"""Where a subcommand works: the course's folder, found from the current one like git's."""

from collections.abc import Callable
from pathlib import Path

import click

MARK = "nbgrader_config.py"  # lies at the top of every course of nbgrader's


def find_course(folder: Path) -> Path:
    """The course that a folder lies in.

    Args:
        folder: The course's folder, or one within it.

    Raises:
        click.ClickException: There is no course.
    """
    folder = folder.resolve()
    for place in (folder, *folder.parents):
        if (place / MARK).is_file():
            return place
    raise click.ClickException(
        f"expected the course, a folder with {MARK} and assignments/; found neither {folder} nor "
        "a folder above it to be one. Go to the course's folder (cd), or name it: --course FOLDER"
    )


def course_option(find: Callable[[Path], Path], what: str):
    """The option `--course`, which gives a subcommand the course's folder as `root`.

    Args:
        find: Finds the course from the folder that is named, by default the current one.
        what: What the folder may be, for the help.
    """
    return click.option(
        "--course",
        "root",
        metavar="FOLDER",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        default=".",
        callback=lambda context, option, folder: find(folder),
        help=f"{what}, where it is not the current one.",
    )


in_course = course_option(find_course, "The course's folder")
