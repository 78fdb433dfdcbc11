"""Subcommands for learners."""

import os
import sys
import sysconfig
from pathlib import Path

import click

from casebook.place import in_course


@click.command(context_settings={"ignore_unknown_options": True})
@in_course
@click.argument("options", metavar="[JUPYTERLAB OPTIONS]...", nargs=-1, type=click.UNPROCESSED)
def start(root: Path, options: tuple[str, ...]) -> None:
    """Open JupyterLab on your own copy of the assignments.

    The copy is the folder work/ of the course. Notebooks that you have there are never
    overwritten; new ones are added. Options of JupyterLab may follow, such as

      casebook start --no-browser --port=8890
    """
    from cnn_casebook.workspace import prepare

    try:
        copied = prepare(root)
    except FileNotFoundError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"Your notebooks are in {root / 'work'}.")
    if copied:
        click.echo(f"{len(copied)} files are new there. Your own work was not touched.")
    _open_lab(root, options)


def _open_lab(root: Path, options: tuple[str, ...]) -> None:
    """Run JupyterLab in this process, so that Ctrl-C reaches it alone on every system."""
    from jupyterlab.labapp import main as jupyterlab

    # nbgrader's extension calls other commands of the environment by name.
    os.environ["PATH"] = sysconfig.get_path("scripts") + os.pathsep + os.environ.get("PATH", "")
    os.environ["PYTHONSTARTUP"] = str(Path(__file__).with_name("startup.py"))
    os.chdir(root)  # where nbgrader_config.py lies
    sys.exit(jupyterlab(["--LabApp.default_url=/lab/tree/work", *options]))
