"""Subcommands for instructors."""

from pathlib import Path

import click

from casebook.place import in_course


@click.command()
@in_course
@click.option(
    "--no-sandbox", is_flag=True, help="Run what learners wrote as yourself, without isolation."
)
@click.argument("assignment", default="")
def grade(root: Path, no_sandbox: bool, assignment: str) -> None:
    """Grade what learners submitted for ASSIGNMENT.

    Submissions lie in grading/submitted/<learner>/<assignment>/. The grades are printed, and go
    into nbgrader's gradebook. What learners wrote runs in a sandbox, which takes Linux and
    bubblewrap. Example:

      casebook grade 03_residual_networks
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from casebook_grader import grade as grading
    from casebook_grader.course import CourseError
    from casebook_grader.sandbox import SandboxError

    console = Console()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    waiting = len(grading.learners(assignment, root)) if assignment else 0
    bar = Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True), disable=not waiting)
    try:
        with bar:
            task = bar.add_task(f"Grading {assignment}", total=waiting)
            grades = grading.grade(
                assignment, root, lambda learner: bar.advance(task), not no_sandbox
            )
    except (CourseError, SandboxError) as error:
        raise click.ClickException(f"nothing was graded: {error}") from None
    console.print(grading.table(assignment, grades))
    for result in grades:
        for finding in result.findings if result.verdict != "graded" else ():
            console.print(f"{result.learner}: {finding}", markup=False, highlight=False)
    if any(result.by_hand for result in grades):
        console.print(
            "Written answers wait in formgrader: casebook start, then Nbgrader > Formgrader."
        )


@click.command()
@in_course
@click.option("--json", "data", is_flag=True, help="Write the same as data, too.")
@click.option(
    "--anonymous",
    is_flag=True,
    help="Give learners numbers, and leave out what may hold their names.",
)
@click.argument("assignment", default="")
def report(root: Path, data: bool, anonymous: bool, assignment: str) -> None:
    """Report on a class that was graded: one page.

    It holds scores, pass rates, the commonest messages, times, findings, and answers that are
    nearly alike. It needs no network, and nothing that a learner wrote runs in it. Example:

      casebook report 03_residual_networks
    """
    from casebook_grader.course import CourseError
    from casebook_grader.report import names
    from casebook_grader.report.write import write

    try:
        written = write(assignment, root, data, anonymous)
    except CourseError as error:
        raise click.ClickException(f"no report was made: {error}") from None
    for path in written:
        click.echo(path.relative_to(root))
    if anonymous:
        click.echo(f"Who has which number: {names.FILE}. Keep that file to yourself.")
