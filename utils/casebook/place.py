"""Where a subcommand works: the course's folder, found from the current one like git's."""

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


in_course = click.option(
    "--course",
    "root",
    metavar="FOLDER",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=".",
    callback=lambda context, option, folder: find_course(folder),
    help="The course's folder, where it is not the current one.",
)
