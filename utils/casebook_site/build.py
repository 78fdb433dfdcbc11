"""From the course's folder to a site: pages are written, Sphinx builds them, leaks are looked for.

Nothing is run: text and outputs lie in the course. A site replaces the last one as a whole, once
all of it is right.
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat

from casebook_grader.course import OVERLAY, CourseError, sources
from casebook_site.front import front_page
from casebook_site.languages import LANGUAGES
from casebook_site.leaks import require_no_leak
from casebook_site.pages import instructors_page, learners_page, with_links
from casebook_translations import translated
from casebook_translations.catalogs import SOURCE

SITE = "site"
INSTRUCTORS_SITE = "site-with-solutions"
# What one types to build solutions into pages: nobody does so by mistake.
WORD = "unpublished"
_CONF = '''"""Written by casebook_site.build."""
from casebook_site.configuration import configuration
globals().update(configuration(**{!r}))
'''
_START = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Deep Convolutional Models: Case Studies</title>
<meta http-equiv="refresh" content="0; url=en/index.html"></head>
<body><ul>{}</ul></body></html>
"""


@dataclass(frozen=True)
class Edition:
    """One of the sites that the course can be built into.

    Attributes:
        root: The course's folder.
        language: Code of the language that its pages are in.
        repository: Address of the course's repository, for the buttons that lead there; or empty.
        instructors: Whether the pages hold solutions and hidden tests.
        languages: Codes of all languages that are built, to which its pages lead.
    """

    root: Path
    language: str = "en"
    repository: str = ""
    instructors: bool = False
    languages: Sequence[str] = ()

    @property
    def name(self) -> str:
        """What it is called while it is built."""
        kind = "instructor's" if self.instructors else "web"
        return f"the {kind} edition in {LANGUAGES[self.language].name}"

    @property
    def target(self) -> Path:
        """The folder that the site is built into; solutions never lie where learners' pages do."""
        return self.root / (INSTRUCTORS_SITE if self.instructors else SITE) / self.language


def require_word(word: str | None) -> None:
    """Raise CourseError unless the instructor's edition is not wanted, or asked for by its word."""
    if word not in (None, WORD):
        raise CourseError(
            "the instructor's edition shows every solution and every hidden test, and whoever has "
            f"its address can read them. Expected the word that says you know, found {word!r}. If "
            f"you mean it: casebook site --instructors {WORD}"
        )


def require_languages(codes: Iterable[str]) -> list[str]:
    """The languages of these codes; all for none.

    Raises:
        CourseError: A code is unknown.
    """
    unknown = [code for code in codes if code not in LANGUAGES]
    if unknown:
        raise CourseError(
            f"expected languages among {', '.join(LANGUAGES)}, found {', '.join(unknown)}."
        )
    return list(codes or LANGUAGES)


def build(edition: Edition) -> Path:
    """Build a site.

    Args:
        edition: Which one.

    Returns:
        Its first page.

    Raises:
        CourseError: A page cannot be made, Sphinx warns, or a solution would be shown; then the
            site of before, if any, stays as it is.
    """
    with tempfile.TemporaryDirectory() as scratch:
        pages, site = Path(scratch, "pages"), Path(scratch, "html", edition.language)
        course = edition.root
        if edition.language != SOURCE:
            if (edition.root / OVERLAY).is_dir():
                raise CourseError(
                    f"{OVERLAY}/ changes the English course, which translations do not follow. "
                    f"Build that alone: casebook site --language {SOURCE}"
                )
            course = Path(scratch, "course")
            translated.write(edition.language, course, edition.root)
        write_pages(edition, course, pages)
        _run_sphinx(pages, site)
        if not edition.instructors:
            require_no_leak(site, course)
        _replace(site, edition.target)
    _write_start(edition.target.parent)
    return edition.target / "index.html"


def write_pages(edition: Edition, course: Path, pages: Path) -> None:
    """Write what Sphinx reads: its settings, the first page, notebooks and their figures.

    Args:
        edition: Whose pages they are.
        course: The folder of the course in the edition's language.
        pages: The folder to make.
    """
    pages.mkdir(parents=True)
    settings = {
        "language": edition.language,
        "languages": tuple(edition.languages),
        "repository": edition.repository,
        "instructors": edition.instructors,
    }
    (pages / "conf.py").write_text(_CONF.format(settings), encoding="utf-8")
    for source in sorted((course / "assignments").glob("*/*")):
        page = pages / source.relative_to(course / "assignments")
        page.parent.mkdir(exist_ok=True)
        solved = sources(course) / source.relative_to(course / "assignments")
        if source.suffix == ".svg":
            shutil.copyfile(source, page)
        elif source.suffix == ".ipynb":
            made = (
                instructors_page(solved) if edition.instructors else learners_page(source, solved)
            )
            name = source.relative_to(course).as_posix()
            for cell in made.cells:
                if cell.cell_type == "markdown":
                    cell.source = with_links(cell.source, name, edition.root, edition.repository)
            nbformat.write(made, page)
    readme = (course / "README.md").read_text(encoding="utf-8")
    readme = with_links(readme, "README.md", edition.root, edition.repository)
    front = front_page(readme, course, edition.language)
    (pages / "index.md").write_text(front, encoding="utf-8")


def _run_sphinx(pages: Path, site: Path) -> None:
    """Build the pages; a warning is an error.

    Raises:
        CourseError: Sphinx is not installed, or it warned.
    """
    command = [sys.executable, "-m", "sphinx", "--fail-on-warning", "--quiet", "--jobs=auto"]
    doctrees = pages.with_name("doctrees")
    done = subprocess.run(
        [*command, "-d", str(doctrees), str(pages), str(site)],
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    if "No module named sphinx" in done.stderr:
        raise CourseError(
            "the site is built with Sphinx, which is not installed. Install the extra: "
            "pip install -e '.[site]', or run make site."
        )
    if done.returncode:
        said = done.stderr.replace(f"{pages}/", "").strip().splitlines()
        raise CourseError("Sphinx could not build the site:\n" + "\n".join(said[-20:]))


def _replace(made: Path, target: Path) -> None:
    """Put the built site into its place."""
    shutil.rmtree(target, ignore_errors=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(made, target)


def _write_start(folder: Path) -> None:
    """Write the page above the languages, which leads to the course's own."""
    links = "".join(
        f'<li><a lang="{code}" href="{code}/index.html">{language.name}</a></li>'
        for code, language in LANGUAGES.items()
        if (folder / code).is_dir()
    )
    (folder / "index.html").write_text(_START.format(links), encoding="utf-8")
    (folder / ".nojekyll").touch()  # GitHub Pages leaves out folders such as _static otherwise
