"""Subcommands for instructors."""

from collections import Counter
from pathlib import Path

import click

from casebook.place import in_course


class _Progress:
    """Shows how far grading has come: rate, remaining time and verdicts."""

    def __init__(self, assignment: str):
        """Show nothing yet."""
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
        )

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        columns += (TextColumn("{task.fields[rate]}"), TimeRemainingColumn())
        columns += (TextColumn("{task.fields[verdicts]}"),)
        self._bar = Progress(*columns, console=Console(stderr=True))
        self._task = self._bar.add_task(f"Grading {assignment}", total=None, rate="", verdicts="")
        self._verdicts = Counter()

    def __enter__(self):
        """Show the bar."""
        self._bar.start()
        return self

    def __exit__(self, *_):
        """Leave it as it is."""
        self._bar.stop()

    def begin(self, workers, submissions: int) -> None:
        """Say how many notebooks run at a time, and begin to count."""
        self._bar.console.print(
            f"{submissions} submissions; {workers.number} notebooks at a time on "
            f"{workers.machines} {'machine' if workers.machines == 1 else 'machines'}."
        )
        self._bar.reset(self._task, total=submissions, rate="", verdicts="")

    def add(self, verdict: str) -> None:
        """Count a submission."""
        self._verdicts[verdict] += 1
        task = self._bar.tasks[0]
        minutes = (task.elapsed or 0) / 60
        self._bar.update(
            self._task,
            advance=1,
            rate=f"{(task.completed + 1) / minutes:.0f} a minute" if minutes else "",
            verdicts=", ".join(f"{count} {name}" for name, count in self._verdicts.items()),
        )


@click.command()
@in_course
@click.option("--learner", metavar="NAME", help="Grade this learner's submission alone.")
@click.option("--force", is_flag=True, help="Run again what was run before.")
@click.option(
    "--dry-run",
    is_flag=True,
    help="Grade nothing; say what has changed since, and whose grades that touches.",
)
@click.option(
    "--workers",
    type=click.IntRange(1),
    metavar="N",
    help="How many notebooks run at a time here; as many as cores and memory allow without it.",
)
@click.option(
    "--time-limit", type=float, metavar="SECONDS", help="What a notebook may take in all."
)
@click.option(
    "--memory-limit", type=float, metavar="GB", help="What a kernel of a submission may take."
)
@click.option("--scheduler", metavar="ADDRESS", help="Run notebooks on this cluster of dask's.")
@click.option("--tls-ca", type=click.Path(path_type=Path), metavar="FILE", help="For tls://.")
@click.option("--tls-cert", type=click.Path(path_type=Path), metavar="FILE", help="For tls://.")
@click.option("--tls-key", type=click.Path(path_type=Path), metavar="FILE", help="For tls://.")
@click.option(
    "--no-sandbox", is_flag=True, help="Run what learners wrote as yourself, without isolation."
)
@click.argument("assignment", default="")
def grade(
    root: Path,
    learner: str | None,
    force: bool,
    dry_run: bool,
    workers: int | None,
    time_limit: float | None,
    memory_limit: float | None,
    scheduler: str | None,
    tls_ca: Path | None,
    tls_cert: Path | None,
    tls_key: Path | None,
    no_sandbox: bool,
    assignment: str,
) -> None:
    """Grade what learners submitted for ASSIGNMENT.

    Submissions lie in grading/submitted/<learner>/<assignment>/. The grades are printed, and go
    into nbgrader's gradebook. What learners wrote runs in a sandbox, which takes Linux and
    bubblewrap. What was graded before and has not changed is not run again, so a run that was
    interrupted goes on where it stopped. Where the course has changed since, it says which checks
    and points did, grades what that touches, and says whose points moved.

    The exit status is 0 if every submission has a verdict, 1 if some have to be graded again, or
    nothing could be graded. Example:

      casebook grade 03_residual_networks
    """
    from rich.console import Console

    from casebook_grader import grade as grading
    from casebook_grader.changes import find_changes
    from casebook_grader.cluster import Cluster
    from casebook_grader.course import CourseError, nbgrader
    from casebook_grader.limits import GB
    from casebook_grader.sandbox import SandboxError
    from casebook_grader.table import literal, table

    if scheduler and workers:
        raise click.UsageError("--workers is for this machine; a cluster has its own.")
    if not scheduler and (tls_ca or tls_cert or tls_key):
        raise click.UsageError("TLS files are for a cluster; expected --scheduler too.")
    limits = {}
    if time_limit is not None:
        limits["notebook"] = time_limit
    if memory_limit is not None:
        limits["memory"] = int(memory_limit * GB)
    options = grading.Options(
        learner=learner,
        force=force,
        workers=workers,
        cluster=Cluster(scheduler, tls_ca, tls_cert, tls_key) if scheduler else None,
        limits=limits,
        sandboxed=not no_sandbox,
    )
    console = Console()

    def notice(changes) -> None:
        for change in changes:
            console.print(literal(f"Changed since it was graded: {change}"))

    grades = []
    try:
        if dry_run:
            notice(find_changes(nbgrader(root).config, assignment))
            names = grading.outdated(assignment, root, options)
            console.print(literal(f"To be graded, or graded anew: {', '.join(names) or 'nobody'}"))
            return
        with _Progress(assignment) as progress:
            for found in grading.grade(assignment, root, options, progress.begin, notice):
                grades.append(found)
                progress.add(found.verdict)
    except (CourseError, SandboxError, OSError) as error:
        graded = f"{len(grades)} submissions were graded, then" if grades else "nothing was graded"
        raise click.ClickException(f"{graded}: {error}") from None
    grades.sort(key=lambda found: found.learner)
    console.print(table(assignment, grades))
    for found in grades:
        if found.before is not None:
            moved = f"{found.before:g} points before, now {found.score:g}"
            console.print(literal(f"{found.learner}: {moved}"))
    for found in grades:
        for finding in found.findings:
            console.print(literal(f"{found.learner}: {finding}"))
    if any(found.by_hand for found in grades):
        console.print(
            "Written answers wait: casebook start --instructor, then Nbgrader > Formgrader."
        )
    again = sum(found.verdict not in grading.SETTLED for found in grades)
    if again:
        raise click.ClickException(
            f"{again} of {len(grades)} submissions could not be graded, by no fault of theirs: "
            "see above, and run this again"
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


@click.command()
@in_course
@click.option("--learner", metavar="NAME", help="Write this learner's feedback alone.")
@click.option("--pdf", is_flag=True, help="Print each page as PDF, too, which takes Chromium.")
@click.argument("assignment", default="")
def feedback(root: Path, learner: str | None, pdf: bool, assignment: str) -> None:
    """Write feedback on ASSIGNMENT, a page for each learner.

    It holds the points and comments that the gradebook has now, those given by hand too, why each
    check failed, and the learner's own cells. The code of hidden tests is not in it. The pages lie
    in grading/feedback/, where nbgrader release_feedback finds them. Example:

      casebook feedback 03_residual_networks
    """
    from rich.console import Console

    from casebook_grader.course import CourseError
    from casebook_grader.feedback.pdf import find_browser, print_pdf
    from casebook_grader.feedback.write import write
    from casebook_grader.table import literal

    try:
        browser = find_browser() if pdf else None
        written = write(assignment, root, learner)
    except CourseError as error:
        raise click.ClickException(f"no feedback was written: {error}") from None
    for path in written.pages:
        click.echo(path.relative_to(root))
        if browser:
            try:
                click.echo(print_pdf(path, browser).relative_to(root))
            except CourseError as error:
                raise click.ClickException(str(error)) from None
    for name in written.without:
        Console(stderr=True).print(literal(f"{name}: nothing was scored yet, so there is no page"))


@click.command()
@in_course
@click.option("--yes", is_flag=True, help="Do not ask first.")
@click.argument("learner")
def forget(root: Path, yes: bool, learner: str) -> None:
    """Remove all that is kept of LEARNER.

    Submissions, grades, comments, feedback and stored runs go.

    What names the whole class, such as a roster or a report, is listed and not changed. There is no
    way back. Example:

      casebook forget ada
    """
    from casebook_grader import forget as forgetting
    from casebook_grader.course import CourseError

    if not yes:
        click.confirm(f"Remove all that is kept of {learner!r}, with all grades?", abort=True)
    try:
        done = forgetting.forget(learner, root)
    except CourseError as error:
        raise click.ClickException(str(error)) from None
    for removed in done.removed:
        click.echo(f"removed: {removed}")
    for path in done.left:
        click.echo(f"still names {learner}: {path.relative_to(root)}")
    if done.left:
        click.echo("Make these again, or take the name out; and think of your copies of grading/.")
