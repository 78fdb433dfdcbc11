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

    Where there is a folder overlay/, the solutions are taken with what it changes. First the points
    and totals in headings, in each notebook's "at a glance" and in README.md are brought up to
    date. Nothing is released where a solution, a hidden test or a stray file would reach learners.
    What has not changed is not generated again.
    """
    from rich.console import Console

    from casebook_grader import mending, totals
    from casebook_grader import release as releasing
    from casebook_grader.course import OVERLAID, OVERLAY, CourseError, assignments
    from casebook_grader.overlaid import notices

    try:
        for said in mending.mend(root) if mend else ():
            click.echo(f"mended: {said}")
        for notice in notices(root):
            click.echo(f"look at this: {notice}")
        for stale in totals.update(root):
            click.echo(f"brought up to date: {stale}")
        with Console(stderr=True).status("Generating the assignments from the solutions"):
            changed = releasing.release(root)
    except CourseError as error:
        hint = f"\n{OVERLAID}/ is made of solutions/ and {OVERLAY}/: mend it there."
        hint = hint * (OVERLAID in str(error))
        raise click.ClickException(f"nothing was released: {error}{hint}") from None
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


@click.command()
@in_course
@click.option(
    "--language",
    "languages",
    metavar="CODE",
    multiple=True,
    help="A language to build, such as en; all, if not given.",
)
@click.option(
    "--repository",
    metavar="ADDRESS",
    help="Where the course's repository lies, for buttons that open a page in Binder; that of "
    "pyproject.toml, if not given.",
)
@click.option(
    "--instructors",
    metavar="WORD",
    help="Build the instructor's edition, with solutions, into site-with-solutions/.",
)
def site(
    root: Path, languages: tuple[str, ...], repository: str | None, instructors: str | None
) -> None:
    """Build the course as pages to read, into site/.

    Text comes from assignments/, outputs from solutions/; nothing is run. Publish the folder as it
    is, or open site/index.html. Example:

      casebook site --repository https://github.com/you/course
    """
    from rich.console import Console

    from casebook_grader.address import published_at
    from casebook_grader.course import CourseError
    from casebook_site import build as building

    try:
        building.require_word(instructors)
        repository = repository or published_at(root) or ""
        codes = building.require_languages(languages)
        for language in codes:
            edition = building.Edition(root, language, repository, instructors is not None, codes)
            with Console(stderr=True).status(f"Building {edition.name}"):
                page = building.build(edition)
            click.echo(f"{page.relative_to(root).as_posix()} is built.")
    except CourseError as error:
        raise click.ClickException(f"no site was built: {error}") from None


@click.command()
@in_course
@click.option("--update", is_flag=True, help="Bring the catalogs in step with the English texts.")
@click.option("--language", metavar="CODE", help="One language, such as ko; a new one too.")
@click.argument("names", metavar="[NOTEBOOK]...", nargs=-1)
def translations(root: Path, update: bool, language: str | None, names: tuple[str, ...]) -> None:
    """Say what is translated, stale or missing.

    A changed English text makes its translation stale; the English is shown until it is mended.
    With --update, catalogs get the new texts and those of NOTEBOOK are begun. Example:

      casebook translations --update --language ko vgg16
    """
    from casebook_translations import catalogs
    from casebook_translations.state import state_of

    texts = [*catalogs.sources_of(root), catalogs.package_of(root)]
    texts = [source for source in texts if source.exists()]
    sources = {source.stem: source for source in texts}
    unknown = [name for name in names if name not in sources]
    if unknown:
        raise click.ClickException(
            f"expected names among {', '.join(sources)}; found {', '.join(unknown)}"
        )
    wrong = 0
    for code in [language] if language else catalogs.languages(root):
        blank = []
        for name, source in sources.items():
            path = catalogs.path_of(source, code, root)
            if update and (path.exists() or name in names):
                catalogs.write(catalogs.in_step(source, code, root), path)
            if not path.exists():
                blank.append(name)
                continue
            state = state_of(source, code, root)
            click.echo(f"{code} {name}: {state}")
            for kind in ("stale", "missing", "wrong"):
                for place in getattr(state, kind):
                    click.echo(f"  {kind}: {place}")
            wrong += len(state.wrong)
        click.echo(f"{code}, not begun: {', '.join(blank) or 'nothing'}")
    if wrong:
        raise click.ClickException(f"{wrong} translations are wrong: mend them in locale/")
