"""Subcommands for learners."""

import os
import sys
import sysconfig
from pathlib import Path

import click

from casebook.packaged import in_course_or_new
from casebook.place import in_course
from casebook.welcome import ADDRESS

FOLDER = Path(__file__).parent


@click.command(context_settings={"ignore_unknown_options": True})
@in_course_or_new
@click.option(
    "--instructor",
    is_flag=True,
    help="Open the course itself, with Formgrader and nbgrader's menu.",
)
@click.option("--hub", is_flag=True, help="Serve one user of a JupyterHub, which starts this.")
@click.option(
    "--language",
    metavar="CODE",
    help="The language of your notebooks, such as ko; it stays so until you name another.",
)
@click.argument("options", metavar="[JUPYTERLAB OPTIONS]...", nargs=-1, type=click.UNPROCESSED)
def start(
    root: Path, instructor: bool, hub: bool, language: str | None, options: tuple[str, ...]
) -> None:
    """Open your copy of the course: where you stand, JupyterLab.

    A page opens that says what you have done and what comes next. The copy is the folder work/ of
    the course. New notebooks are added there. Where the course has been corrected, your notebooks
    are, too: your answers and outputs stay. In an empty folder the course is laid out first.
    In another language your answers and outputs stay as well. Options of JupyterLab may follow,
    such as

      casebook start --no-browser --port=8890
    """
    if instructor:
        _open_lab(root, ["everybody"], "/lab", options, hub)
        return
    _bring_up_to_date(root, language)
    # On a hub learners get and hand in assignments by nbgrader's list of them.
    _open_lab(root, ["hub" if hub else "learner", "everybody"], f"/{ADDRESS}", options, hub)


def _bring_up_to_date(root: Path, chosen: str | None) -> None:
    """Make or mend the learner's copy, and say what was done.

    Args:
        root: The course's folder.
        chosen: Code of the language that is to be the copy's from now on; None for the one so far.
    """
    from casebook import language
    from cnn_casebook.corrections.copies import IN_OTHER_LANGUAGE, bring_up_to_date
    from cnn_casebook.workspace import prepare

    before = language.current(root)
    if chosen is not None:
        language.choose(root, chosen)
    try:
        assignments = language.make_assignments(root, chosen or before)
        copied = prepare(root, assignments)
    except FileNotFoundError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"Your notebooks are in {root / 'work'}.")
    if copied:
        click.echo(f"{len(copied)} files are new there. Your own work was not touched.")
    is_other = chosen not in (None, before)
    try:
        corrections = bring_up_to_date(root, assignments, is_other)
    except OSError as error:
        click.echo(f"The course's corrections could not be brought in: {error}", err=True)
        return
    for correction in corrections:
        if correction.text != IN_OTHER_LANGUAGE:
            click.echo(f"{correction.path}: {correction.text}.")
    if number := sum(correction.text == IN_OTHER_LANGUAGE for correction in corrections):
        click.echo(f"{number} files of yours are {IN_OTHER_LANGUAGE}.")


@click.command("hand-in")
@in_course
@click.argument("assignment")
def hand_in(root: Path, assignment: str) -> None:
    """Pack your notebooks of ASSIGNMENT into one zip.

    It lies in work/, and holds your notebooks and the records of your experiments. Send it, or
    upload it, as your instructor says. Save your notebooks first. Example:

      casebook hand-in 03_residual_networks
    """
    from cnn_casebook.workspace import pack

    try:
        packed = pack(root, assignment)
    except (FileNotFoundError, ValueError) as error:
        raise click.ClickException(f"nothing was packed: {error}") from None
    click.echo(f"{packed.path.relative_to(root)} holds {', '.join(packed.files)}.")
    for notebook, answers in packed.blank.items():
        if answers:
            click.echo(f"{notebook}, still blank: {', '.join(answers)}")


@click.command("self-grade")
@in_course
@click.argument("assignment")
def self_grade(root: Path, assignment: str) -> None:
    """Grade your own work on ASSIGNMENT, hidden checks too.

    For those who study alone: it takes the solutions, which a class may not have. Your notebooks
    are not changed. A page with all messages is written beside them. Example:

      casebook self-grade 03_residual_networks
    """
    from casebook_grader.course import CourseError
    from casebook_grader.own import grade_own
    from casebook_grader.sandbox import SandboxError

    try:
        found, page = grade_own(assignment, root)
    except (CourseError, FileNotFoundError, SandboxError) as error:
        raise click.ClickException(f"nothing was graded: {error}") from None
    for notebook, (score, points) in found.notebooks.items():
        click.echo(f"{notebook}: {score:g} of {points:g} points by checks")
    for finding in found.findings:
        click.echo(finding)
    if found.by_hand:
        click.echo("Written answers are not graded; the solutions hold a guide to each.")
    if not found.checks:
        raise click.ClickException("nothing could be scored: see above")
    click.echo(f"What failed and why: {page.relative_to(root)}")


def _open_lab(
    root: Path, settings: list[str], page: str, options: tuple[str, ...], hub: bool
) -> None:
    """Run JupyterLab in this process, so that Ctrl-C reaches it alone on every system.

    Args:
        root: The course's folder.
        settings: Folders of `settings` to go by, the strongest first.
        page: What opens first, below the server's address.
        options: Of JupyterLab's own.
        hub: Ask a JupyterHub who may come in; it names itself by environment variables.
    """
    # nbgrader's extension calls other commands of the environment by name.
    _prepend("PATH", sysconfig.get_path("scripts"))
    _prepend("JUPYTER_CONFIG_PATH", *(str(FOLDER / "settings" / name) for name in settings))
    _prepend("JUPYTER_PATH", str(FOLDER / "jupyter"))
    os.environ["PYTHONSTARTUP"] = str(FOLDER / "startup.py")
    os.chdir(root)  # where nbgrader_config.py lies
    # The welcome page opens notebooks in a JupyterLab that is there already.
    own = ["--LabApp.expose_app_in_browser=True"]
    if hub:
        # nbgrader reads its settings in work/ too, where it puts what learners fetch.
        _prepend("JUPYTER_CONFIG_PATH", str(root))
        sys.exit(_hub_server()([*own, f"--ServerApp.default_url={page}", *options]))
    from jupyterlab.labapp import main as jupyterlab

    sys.exit(jupyterlab([f"--LabApp.default_url={page}", *own, *options]))


def _hub_server():
    """What a JupyterHub wants to be started for a user; the course itself does not need it."""
    try:
        from jupyterhub.singleuser import main
    except ImportError:
        raise click.ClickException(
            "expected the package jupyterhub in the hub's own version; found none here. "
            f"Install it: {sys.executable} -m pip install jupyterhub==VERSION"
        ) from None
    return main


def _prepend(variable: str, *folders: str) -> None:
    """Put folders before those that an environment variable names."""
    others = os.environ.get(variable)
    os.environ[variable] = os.pathsep.join([*folders, *([others] if others else [])])
