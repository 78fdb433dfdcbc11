"""A course in another language: the English one with its texts replaced, and nothing else."""

import shutil
from collections.abc import Callable
from pathlib import Path

import nbformat

from casebook_translations import catalogs
from casebook_translations.message import Message
from casebook_translations.sources import translate

# Families that a reader's machine may have, for the labels of figures.
FONTS = {"ko": "Noto Sans KR, Noto Sans CJK KR, Apple SD Gothic Neo, Malgun Gothic"}
# What cells print was stored in English, and is shown below the code that printed it.
KINDS = ("markdown", "comment", "docstring", "figure")


def write(language: str, target: Path, root: Path) -> None:
    """Write a course in a language under another folder: its README and its notebooks.

    Only text changes: not ids, metadata, order, outputs, nor code. What is stale or missing stays
    English.

    Args:
        language: Code of the language, such as `ko`.
        target: A folder that does not hold a course yet.
        root: The course's folder.
    """
    for folder in ("solutions", "assignments"):
        shutil.copytree(
            root / folder,
            target / folder,
            ignore=shutil.ignore_patterns("record_*.json", ".ipynb_checkpoints"),
        )
    readme, *notebooks = catalogs.sources_of(root)
    learners, rest = catalogs.learners_part(readme.read_text(encoding="utf-8"))
    learners = translate("markdown", learners, _speaker(readme, language, root))
    (target / readme.name).write_text(learners + rest, encoding="utf-8", newline="\n")
    for source in notebooks:
        say = _speaker(source, language, root)
        for folder in ("solutions", "assignments"):
            path = target / folder / source.relative_to(root / "solutions")
            notebook = nbformat.read(path, as_version=4)
            for cell in notebook.cells:
                cell.source = translate(cell.cell_type, cell.source, say)
            notebook.metadata["language"] = language
            nbformat.write(notebook, path)
            for figure in catalogs.figures_of(source):
                _write_figure(figure, path.with_name(figure.name), language, say)


def _speaker(source: Path, language: str, root: Path) -> Callable[[Message], str]:
    """What says a source's messages in a language."""
    catalog = catalogs.in_step(source, language, root)

    def say(message: Message) -> str:
        entry = catalog.get(message.text)
        if message.kind not in KINDS or not entry or not entry.string or entry.fuzzy:
            return message.text
        return entry.string

    return say


def _write_figure(figure: Path, target: Path, language: str, say: Callable[[Message], str]) -> None:
    """Write a figure with its labels in a language and a font that has its letters."""
    text = translate("figure", figure.read_text(encoding="utf-8"), say)
    if language in FONTS:
        text = text.replace('font-family="', f'font-family="{FONTS[language]}, ', 1)
    target.write_text(text, encoding="utf-8", newline="\n")
