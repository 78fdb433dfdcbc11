"""Words for authors, who write and change the course."""

from pathlib import Path

import click

from casebook.place import in_course


@click.command()
@in_course
def release(root: Path) -> None:
    """Generate assignments/ from solutions/.

    First the points and totals in headings, in each notebook's "at a glance" and in README.md are
    brought up to date. Nothing is released where a solution, a hidden test or a stray file would
    reach learners.
    """
    from rich.console import Console

    from casebook_grader import release as releasing
    from casebook_grader import totals
    from casebook_grader.course import CourseError, assignments

    try:
        for stale in totals.update(root):
            click.echo(f"brought up to date: {stale}")
        with Console(stderr=True).status("Generating the assignments from the solutions"):
            changed = releasing.release(root)
    except CourseError as error:
        raise click.ClickException(f"nothing was released: {error}") from None
    for name in assignments(root):
        click.echo(f"assignments/{name}: {'changed' if name in changed else 'unchanged'}")
