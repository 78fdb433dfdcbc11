"""Subcommands for authors, who write and change the course."""

from pathlib import Path

import click

from casebook.place import in_course


@click.command()
@in_course
@click.option(
    "--mend",
    is_flag=True,
    help="First give each graded cell one name, where Create Assignment gave it two.",
)
def release(root: Path, mend: bool) -> None:
    """Generate assignments/ from solutions/.

    First the points and totals in headings, in each notebook's "at a glance" and in README.md are
    brought up to date. Nothing is released where a solution, a hidden test or a stray file would
    reach learners. What has not changed is not generated again.
    """
    from rich.console import Console

    from casebook_grader import mending, totals
    from casebook_grader import release as releasing
    from casebook_grader.course import CourseError, assignments

    try:
        for said in mending.mend(root) if mend else ():
            click.echo(f"mended: {said}")
        for stale in totals.update(root):
            click.echo(f"brought up to date: {stale}")
        with Console(stderr=True).status("Generating the assignments from the solutions"):
            changed = releasing.release(root)
    except CourseError as error:
        raise click.ClickException(f"nothing was released: {error}") from None
    for name in assignments(root):
        click.echo(f"assignments/{name}: {'changed' if name in changed else 'unchanged'}")


@click.command("new-exercise")
@in_course
@click.option(
    "--notebook",
    metavar="NOTEBOOK",
    required=True,
    help="The notebook that gets the exercise, such as vgg16.",
)
@click.option("--title", help="The heading; NAME in words, if not given.")
@click.option(
    "--minutes",
    type=click.IntRange(1, 120),
    default=10,
    show_default=True,
    help="How long a learner needs.",
)
@click.option(
    "--after",
    metavar="CELL",
    help="Id of the cell that it follows; the last exercise's last cell, if not given.",
)
@click.option(
    "--network",
    is_flag=True,
    help="The exercise is a block or a network of Keras layers, checked as a list of steps.",
)
@click.argument("name")
def new_exercise(root: Path, name: str, **options) -> None:
    """Write the skeleton of an exercise called NAME, to fill in.

    NAME is what learners define, and the id of their answer. The skeleton is a solution with its
    checks in the notebook, the module of these checks, the bank of right and wrong answers, and a
    test. Tests fail until every FILL IN is replaced. Example:

      casebook new-exercise same_padding --notebook reading_networks
    """
    from casebook_grader import new_exercise as authoring
    from casebook_grader.course import CourseError

    try:
        written = authoring.write(root, name, **options)
    except CourseError as error:
        raise click.ClickException(f"no exercise was written: {error}") from None
    click.echo("Written; replace every FILL IN:")
    for path in written.files:
        click.echo(f"  {path}")
    if written.mentions:
        click.echo(
            "Numbers of exercises have moved. These cells name some: " + ", ".join(written.mentions)
        )
    click.echo(f"Then: casebook run {options['notebook']}, casebook release, make test.")


@click.command()
@in_course
@click.argument("notebook")
def run(root: Path, notebook: str) -> None:
    """Run the solution NOTEBOOK and store its outputs.

    Nothing is written where a cell raises an error. Example:

      casebook run vgg16
    """
    from rich.console import Console

    from casebook_grader import stored_outputs
    from casebook_grader.course import CourseError

    try:
        with Console(stderr=True).status(f"Running {notebook}"):
            path = stored_outputs.run(root, notebook)
    except CourseError as error:
        raise click.ClickException(f"nothing was stored: {error}") from None
    click.echo(f"{path.relative_to(root).as_posix()} holds the outputs of this run.")
