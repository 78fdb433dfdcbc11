"""Catalogs of translations, `locale/<language>/<notebook>.po`, kept in step with notebooks."""

import collections
import io
import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from casebook_translations.sources import find

FOLDER = "locale"
SOURCE = "en"  # what the course is written in; the others are translated from it
# What speaks to learners while they work, in the package of the course.
SPEAKERS = ("checks", "data", "guide", "models", "remote", "runtime", "workspace")
# What has own words besides, in the packages beside it.
PAGES = (
    "casebook/validation/report.py",
    "casebook/welcome/course.py",
    "casebook/welcome/page.html",
    "casebook_grader/feedback/page.html",
    "casebook_grader/scores.py",
)
FOR_INSTRUCTORS = "## For instructors"
_FIGURE = re.compile(r"\]\((\w+\.svg)\)")
# Dates and versions would change a file without a change of text; the rest says nothing.
_HEAD = re.compile(
    rb'^"(POT-Creation-Date|PO-Revision-Date|Generated-By|Project-Id|Report|Last-|Language-T).*\n',
    flags=re.M,
)


def languages(root: Path) -> list[str]:
    """Codes of the languages that have catalogs, such as `ko`."""
    return sorted(path.name for path in (root / FOLDER).glob("*") if path.is_dir())


def sources_of(root: Path) -> list[Path]:
    """All that is translated: README's part for learners, and the solutions."""
    return [root / "README.md", *sorted((root / "solutions").glob("*/*.ipynb"))]


def package_of(root: Path) -> Path:
    """The package whose messages learners read: checks, and what guides them."""
    return root / "utils" / "cnn_casebook"


def path_of(source: Path, language: str, root: Path) -> Path:
    """Where the translations of a source lie."""
    return root / FOLDER / language / f"{source.stem}.po"


def learners_part(readme: str) -> tuple[str, str]:
    """README's part for learners, and the rest."""
    learners, end, rest = readme.partition(f"\n{FOR_INSTRUCTORS}\n")
    return learners, end + rest


def figures_of(notebook: Path) -> list[Path]:
    """The SVG figures that a notebook shows."""
    names = _FIGURE.findall(notebook.read_text(encoding="utf-8"))
    return [notebook.parent / name for name in dict.fromkeys(names)]


def template(source: Path) -> Catalog:
    """Every message of a source and of its figures, with the places where it stands.

    Args:
        source: A solution, or README.

    Returns:
        A catalog without translations; a message's comments are its places, such as
        `summary (markdown)`.
    """
    places = collections.defaultdict(list)
    for name, kind, text in _texts(source):
        for message in find(kind, text):
            places[message.text].append(f"{name} ({message.kind})")
    catalog = Catalog(fuzzy=False)
    for text, found in places.items():
        catalog.add(text, auto_comments=list(dict.fromkeys(found)))
    return catalog


def _texts(source: Path) -> Iterator[tuple[str, str, str]]:
    """The texts of a source: the name of each, its kind, and itself."""
    if source.is_dir():
        for module in sorted(source.rglob("*.py")):
            name = module.relative_to(source)
            if name.parts[0].removesuffix(".py") in SPEAKERS:
                yield name.as_posix(), "module", module.read_text(encoding="utf-8")
        for name in PAGES:
            if (path := source.parent / name).exists():
                kind = "page" if path.suffix == ".html" else "module"
                yield name, kind, path.read_text(encoding="utf-8")
        return
    if source.suffix == ".md":
        yield source.name, "markdown", learners_part(source.read_text(encoding="utf-8"))[0]
        return
    for cell in nbformat.read(source, as_version=4).cells:
        yield cell.id, cell.cell_type, cell.source
    for figure in figures_of(source):
        yield figure.name, "figure", figure.read_text(encoding="utf-8")


def content_of(source: Path, language: str, root: Path) -> bytes:
    """The file of a source's translations, as it lies there; empty if there is none."""
    path = path_of(source, language, root)
    return path.read_bytes() if path.exists() else b""


def read(path: Path, language: str) -> Catalog:
    """A catalog as it lies there; empty if there is none."""
    if not path.exists():
        return Catalog(locale=language, fuzzy=False)
    return read_po(io.BytesIO(path.read_bytes()), locale=language)


def in_step(source: Path, language: str, root: Path) -> Catalog:
    """A source's catalog as it has to be now.

    Translations of messages that are no longer there are dropped. A changed message keeps the
    translation of the old one, marked as fuzzy, which means stale.
    """
    catalog = read(path_of(source, language, root), language)
    catalog.update(template(source), keep_user_comments=True, update_creation_date=False)
    catalog.obsolete.clear()
    return catalog


def write(catalog: Catalog, path: Path) -> bool:
    """Write a catalog; say whether its file changed."""
    file = io.BytesIO()
    write_po(file, catalog, width=0)
    text = _HEAD.sub(b"", file.getvalue())
    if path.exists() and path.read_bytes() == text:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text)
    return True
