"""A course in another language: the English one with its texts replaced, and nothing else."""

import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

import nbformat
from babel.messages.catalog import Catalog
from nbformat import NotebookNode
from nbgrader.utils import compute_checksum

from casebook_translations import catalogs
from casebook_translations.message import Message
from casebook_translations.sources import translate

# Families that a reader's machine may have, for the labels of figures.
FONTS = {
    "ko": "Noto Sans KR, Noto Sans CJK KR, Apple SD Gothic Neo, Malgun Gothic, NanumGothic",
}
# What cells print was stored in English, and is shown below the code that printed it.
KINDS = ("markdown", "comment", "docstring", "figure")
# Learners run the cells themselves: what is printed and drawn then is theirs to read.
LEARNERS_KINDS = (*KINDS, "string")
_LEFT_OUT = shutil.ignore_patterns("record_*.json", ".ipynb_checkpoints")


def write(language: str, target: Path, root: Path) -> None:
    """Write a course in a language under another folder: its README and its notebooks.

    Only text changes: not ids, order, outputs, nor code. What is stale or missing stays English.

    Args:
        language: Code of the language, such as `ko`.
        target: A folder that does not hold a course yet.
        root: The course's folder.
    """
    readme = catalogs.sources_of(root)[0]
    learners, rest = catalogs.learners_part(readme.read_text(encoding="utf-8"))
    say = _speaker(_catalog(readme, language, root), KINDS)
    learners = translate("markdown", learners, say)
    for folder in ("solutions", "assignments"):
        for assignment in sorted((root / folder).iterdir()):
            write_assignment(assignment, language, target / folder, root, KINDS)
    (target / readme.name).write_text(learners + rest, encoding="utf-8", newline="\n")


def write_assignment(
    folder: Path,
    language: str,
    target: Path,
    root: Path,
    kinds: Iterable[str] = LEARNERS_KINDS,
) -> Path:
    """Write an assignment's notebooks and figures in a language.

    Args:
        folder: The assignment's, in `assignments/` or `solutions/`.
        language: Code of the language, such as `ko`.
        target: The folder that the assignment's is made in.
        root: The course's folder, where `locale/` lies.
        kinds: Kinds of messages that are translated.

    Returns:
        The folder that was made.
    """
    made = Path(shutil.copytree(folder, target / folder.name, ignore=_LEFT_OUT))
    for path in sorted(made.glob("*.ipynb")):
        notebook, figures = nbformat.read(path, as_version=4), catalogs.figures_of(path)
        nbformat.write(in_language(notebook, path, language, root, kinds), path)
        say = _speaker(_catalog(path, language, root), kinds)
        for figure in figures:
            _write_figure(figure, language, say)
    return made


def in_language(
    notebook: NotebookNode,
    name: Path,
    language: str,
    root: Path,
    kinds: Iterable[str] = LEARNERS_KINDS,
) -> NotebookNode:
    """Put a notebook's texts into a language, in place.

    Args:
        notebook: As it is in English: a solution, or as it was released.
        name: What it is called; its folder does not matter.
        language: Code of the language, such as `ko`.
        root: The course's folder, where `locale/` lies.
        kinds: Kinds of messages that are translated.

    Returns:
        The same notebook. Its metadata say the language. Where nbgrader left a checksum of a
        cell's text, it is that of the new text.
    """
    catalog = _catalog(name, language, root)
    say, say_but_strings = _speaker(catalog, kinds), _speaker(catalog, set(kinds) - {"string"})
    for cell in notebook.cells:
        mark = cell.metadata.get("nbgrader", {})
        # In what is graded or read-only, a string may be one that a check compares.
        text = translate(cell.cell_type, cell.source, say_but_strings if mark else say)
        if text != cell.source:
            cell.source = text
            if "checksum" in mark:
                mark["checksum"] = compute_checksum(cell)
    notebook.metadata["language"] = language
    return notebook


def _catalog(source: Path, language: str, root: Path) -> Catalog:
    return catalogs.read(catalogs.path_of(source, language, root), language)


def _speaker(catalog: Catalog, kinds: Iterable[str]) -> Callable[[Message], str]:
    """What says messages of some kinds as a catalog has them."""
    kinds = frozenset(kinds)

    def say(message: Message) -> str:
        entry = catalog.get(message.text)
        if message.kind not in kinds or not entry or not entry.string or entry.fuzzy:
            return message.text
        return entry.string

    return say


def _write_figure(figure: Path, language: str, say: Callable[[Message], str]) -> None:
    """Write a figure anew, with its labels in a language and a font that has its letters."""
    text = translate("figure", figure.read_text(encoding="utf-8"), say)
    if language in FONTS:
        # Behind the figure's own fonts: other letters, and their subscripts, stay as they were.
        text = text.replace(', sans-serif"', f', {FONTS[language]}, sans-serif"')
    figure.write_text(text, encoding="utf-8", newline="\n")
