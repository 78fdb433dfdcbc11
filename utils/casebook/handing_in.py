"""Subcommands for what comes in from an LMS, and what goes back to it."""

from pathlib import Path

import click

from casebook.place import in_course

ROSTER = "grading/roster.csv"
SYSTEMS = ("canvas", "moodle", "gradescope", "blackboard", "folders")


@click.command()
@in_course
@click.option(
    "--roster",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="CSV",
    help=f"The class, as your LMS exports it; {ROSTER} without it, if that is there.",
)
@click.option(
    "--first", is_flag=True, help="Of several files for a notebook take the first, not the latest."
)
@click.option(
    "--late-after",
    metavar="TIME",
    help="Leave what came later, such as '2026-03-01 18:00:00 Europe/Berlin'.",
)
@click.option(
    "--zone", metavar="ZONE", default="UTC", help="Zone of the times in Blackboard's file names."
)
@click.option("--named-by", type=click.Choice(SYSTEMS), help="The LMS, where it is not recognised.")
@click.option("--replace", is_flag=True, help="Replace what lies there even if it is not older.")
@click.argument("assignment")
@click.argument("source", metavar="FILE_OR_FOLDER", type=click.Path(exists=True, path_type=Path))
def collect(
    root: Path,
    roster: Path | None,
    first: bool,
    late_after: str | None,
    zone: str,
    named_by: str | None,
    replace: bool,
    assignment: str,
    source: Path,
) -> None:
    """Collect what was handed in for ASSIGNMENT from an LMS.

    FILE_OR_FOLDER is a zip or a folder as Canvas, Moodle, Gradescope or Blackboard give it, or one
    with a folder for each learner. Notebooks are recognised by their cells, whatever they are
    called. They are put into grading/submitted/, where casebook grade finds them. What lies there
    is replaced only by something later, and kept in grading/replaced/. What was taken, what was
    not and why is printed, and kept in grading/collected/. Example:

      casebook collect 03_residual_networks submissions.zip --roster class.csv
    """
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    from rich.console import Console

    from casebook_grader.collect import collecting, manifest
    from casebook_grader.collect.roster import read_roster
    from casebook_grader.course import CourseError
    from casebook_grader.table import literal
    from casebook_grader.times import parse_time

    try:
        after = parse_time(late_after) if late_after else None
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--late-after") from None
    try:
        in_zone = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise click.BadParameter(
            f"expected such as Europe/Berlin, found {zone!r}", param_hint="--zone"
        ) from None
    rule = collecting.Rule(first, after, in_zone, replace, named_by)
    if roster is None and (root / ROSTER).is_file():
        roster = root / ROSTER
    try:
        known = read_roster(roster) if roster else None
        with Console(stderr=True).status(f"Collecting {assignment}"):
            made = collecting.collect(assignment, source, root, rule, known)
    except CourseError as error:
        raise click.ClickException(f"nothing was collected: {error}") from None
    console = Console()
    console.print(manifest.table(made))
    for line in manifest.of_nobody(made):
        console.print(literal(line))
    written = manifest.path_of(root, assignment).relative_to(root)
    click.echo(f"All of it: {written}. Next: casebook grade {assignment}")


@click.command()
@in_course
@click.option(
    "--to",
    "kind",
    type=click.Choice(("csv", "canvas", "moodle", "gradescope")),
    default="csv",
    show_default=True,
    help="Whom for; csv is a table of everything.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Where to; for gradescope a folder. In grading/export/ without it.",
)
@click.option(
    "--roster",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="CSV",
    help=f"The class, as your LMS exports it; {ROSTER} without it, if that is there.",
)
@click.option("--column", default="", help="What the LMS calls the assignment, as it exports it.")
@click.option(
    "--so-far", is_flag=True, help="Give the points so far where answers wait to be read."
)
@click.argument("assignment")
def export(
    root: Path,
    kind: str,
    out: Path | None,
    roster: Path | None,
    column: str,
    so_far: bool,
    assignment: str,
) -> None:
    """Export the grades of ASSIGNMENT for an LMS.

    The total is left empty where an answer waits to be read or nothing was handed in; there the
    LMS's own grade stays. nbgrader export can do the same, with
    --exporter=casebook_grader.export.Canvas, .Moodle, .Gradescope or .Csv. Example:

      casebook export 03_residual_networks --to canvas --roster gradebook.csv
    """
    from casebook_grader.course import CourseError, nbgrader, require_assignment
    from casebook_grader.database import open_gradebook
    from casebook_grader.export import PLUGINS

    try:
        require_assignment(assignment, root)
        config = nbgrader(root).config
        plugin = PLUGINS[kind](
            config=config,
            assignment=[assignment],
            to=str(out or ""),
            roster=str(roster or ""),
            column=column,
            so_far=so_far,
        )
        with open_gradebook(config) as gradebook:
            plugin.export(gradebook)
    except CourseError as error:
        raise click.ClickException(f"nothing was exported: {error}") from None
    click.echo(plugin.to)
