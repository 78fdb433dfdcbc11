"""Drift is seen: a changed English text makes its translation stale, and English is shown."""

import re
import shutil

import banks
import nbformat
import pytest
from babel.messages.catalog import Catalog
from click.testing import CliRunner

from casebook.command import main
from casebook_translations import catalogs, translated
from casebook_translations.state import state_of, state_of_catalog

NOTEBOOK = "03_residual_networks/residual_blocks.ipynb"


@pytest.fixture
def course(tmp_path):
    """A course of one notebook with its Korean catalogs."""
    for folder in ("solutions", "assignments"):
        (tmp_path / folder / NOTEBOOK).parent.mkdir(parents=True)
        for name in (NOTEBOOK, "03_residual_networks/identity_block.svg"):
            shutil.copy(banks.ROOT / folder / name, tmp_path / folder / name)
    shutil.copytree(banks.ROOT / "locale", tmp_path / "locale")
    for name in ("README.md", "nbgrader_config.py"):
        shutil.copy(banks.ROOT / name, tmp_path)
    # In step for sure: the course may have moved on since its catalogs were mended.
    for source in catalogs.sources_of(tmp_path):
        path = catalogs.path_of(source, "ko", tmp_path)
        catalogs.write(catalogs.in_step(source, "ko", tmp_path), path)
    return tmp_path


def change(course, old, new):
    for folder in ("solutions", "assignments"):
        path = course / folder / NOTEBOOK
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")


def korean(course, name, target):
    translated.write("ko", target, course)
    cells = nbformat.read(target / "assignments" / NOTEBOOK, 4).cells
    return next(cell for cell in cells if cell.id == name).source


@pytest.mark.parametrize("language", catalogs.languages(banks.ROOT))
def test_no_translation_in_the_course_has_lost_a_part(language):
    for source in catalogs.sources_of(banks.ROOT):
        assert state_of(source, language, banks.ROOT).wrong == []


def test_a_changed_text_is_stale_and_shown_in_english_until_it_is_mended(course, tmp_path):
    notebook = course / "solutions" / NOTEBOOK
    before = state_of(notebook, "ko", course)
    assert "잔차 블록" in korean(course, "title", tmp_path / "first")
    change(course, "compute only the *change*", "compute nothing but the *change*")
    after = state_of(notebook, "ko", course)
    assert after.fresh == before.fresh - 1
    assert [place for place in after.stale if place.startswith("title (markdown)")]
    shown = korean(course, "title", tmp_path / "second")
    assert "잔차 블록" in shown  # the heading is another text
    assert "compute nothing but the *change*" in shown


def test_the_command_names_what_is_stale_and_keeps_the_old_translation(course):
    change(course, "compute only the *change*", "compute nothing but the *change*")
    said = CliRunner().invoke(main, ["translations", "--update", "--course", str(course)])
    assert said.exit_code == 0, said.output
    assert "ko residual_blocks: " in said.output
    assert "stale: title (markdown): '**One idea:** let a block compute nothing" in said.output
    catalog = (course / "locale" / "ko" / "residual_blocks.po").read_text(encoding="utf-8")
    entry = catalog[catalog.index("compute nothing but") - 300 :][:600]
    assert "#, fuzzy" in entry
    assert "변화량" in entry


def test_another_language_needs_only_a_new_folder(course):
    words = ["translations", "--update", "--language", "fr", "residual_blocks"]
    said = CliRunner().invoke(main, [*words, "--course", str(course)])
    assert "fr residual_blocks: 0 of" in said.output
    assert (course / "locale" / "fr" / "residual_blocks.po").exists()
    assert catalogs.languages(course) == ["fr", "ko"]


def test_an_unknown_notebook_is_named(course):
    said = CliRunner().invoke(main, ["translations", "vgg17", "--course", str(course)])
    assert said.exit_code == 1
    assert "found vgg17" in said.output


def test_only_text_differs_in_a_translated_course(course, tmp_path):
    translated.write("ko", tmp_path / "korean", course)
    for folder in ("solutions", "assignments"):
        english = nbformat.read(course / folder / NOTEBOOK, 4)
        other = nbformat.read(tmp_path / "korean" / folder / NOTEBOOK, 4)
        assert other.metadata.pop("language") == "ko"
        for old, new in zip(english.cells, other.cells, strict=True):
            old.source = new.source
            if "nbgrader" in new.metadata:  # a changed text has another checksum
                old.metadata.nbgrader = new.metadata.nbgrader | {
                    name: value
                    for name, value in old.metadata.nbgrader.items()
                    if name != "checksum"
                }
        assert other == english
    figure = tmp_path / "korean" / "assignments" / NOTEBOOK
    figure = figure.with_name("identity_block.svg").read_text(encoding="utf-8")
    assert "지름길" in figure
    assert "Helvetica, Noto Sans KR, " in figure


def test_what_is_written_is_read_again_without_a_change(course):
    path = course / "locale" / "ko" / "residual_blocks.po"
    assert not catalogs.write(catalogs.read(path, "ko"), path)


@pytest.mark.parametrize(
    ("text", "translation", "fault"),
    [
        ("See `x`.", "`y`를 보세요.", "`x`, `y` differ"),
        ("It is $a$.", "그것입니다.", r"\$a\$ differ"),
        ("To [it](a.md).", "[그것](b.md)으로.", r"differ"),
        ("A **shortcut** is", "**지름길(shortcut)**은", "emphasis"),
        ("A **shortcut** is", "**지름길**(shortcut)은", None),
    ],
)
def test_a_translation_that_lost_a_part_is_wrong(text, translation, fault):
    catalog = Catalog(locale="ko", fuzzy=False)
    catalog.add(text, translation, auto_comments=["cell (markdown)"])
    wrong = state_of_catalog(catalog).wrong
    if fault is None:
        assert wrong == []
    else:
        assert len(wrong) == 1
        assert wrong[0].startswith("cell (markdown)")
        assert re.search(fault, wrong[0])
