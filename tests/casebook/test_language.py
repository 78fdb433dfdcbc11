"""A learner's copy in Korean: made when they start, changed to and fro, and nothing is lost."""

import json
import shutil

import banks
import doubling
import pytest
from click.testing import CliRunner

from casebook import language
from casebook.command import main
from casebook.welcome.course import read_course
from casebook_translations import catalogs, translated

NAME = "03_residual_networks"
BLOCKS, WHY = f"{NAME}/residual_blocks.ipynb", f"{NAME}/why_resnets_work.ipynb"
FIGURE = f"{NAME}/identity_block.svg"


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A course of one assignment with its catalogs; JupyterLab is not started."""
    shutil.copytree(banks.ROOT / "assignments" / NAME, tmp_path / "assignments" / NAME)
    shutil.copytree(banks.ROOT / "locale", tmp_path / "locale")
    shutil.copy(banks.ROOT / "nbgrader_config.py", tmp_path)
    monkeypatch.setattr("casebook.learners._open_lab", lambda *_: None)
    return tmp_path


def start(root, *words, code=0):
    done = CliRunner().invoke(main, ["start", "--course", str(root), *words])
    assert done.exit_code == code, done.output
    return done.output


def read(root, name=BLOCKS, step="work"):
    return json.loads((root / step / name).read_text(encoding="utf-8"))


def text(root, cell):
    return "".join(doubling.cell_of(read(root), cell)["source"])


def write(root, cell, words, step="work"):
    notebook = read(root, BLOCKS, step)
    found = doubling.cell_of(notebook, cell)
    found["source"] = words
    if found["cell_type"] == "code":
        found["outputs"] = [{"output_type": "stream", "name": "stdout", "text": ["seen\n"]}]
    (root / step / BLOCKS).write_text(json.dumps(notebook), encoding="utf-8")


def test_korean_stays_until_another_language_is_named(root):
    assert "files are new there" in start(root, "--language", "ko")
    assert "잔차 블록" in text(root, "title")
    assert read(root)["metadata"]["language"] == "ko"
    assert "지름길" in (root / "work" / FIGURE).read_text(encoding="utf-8")
    shutil.rmtree(root / "work" / NAME)
    start(root)
    assert "잔차 블록" in text(root, "title")
    assert read_course(root, language.assignments_in(root, "ko"))[0].title == "잔차 블록"


def test_another_language_keeps_what_was_written_and_shown(root):
    start(root)
    mine = "def identity_block(x, f, filters):\n    return x  # mine"
    write(root, "identity_block", mine)
    write(root, "theory_norm_try", "print('my own try')")
    said = start(root, "--language", "ko")
    assert "in another language now; what you wrote and what was shown are as they were" in said
    assert "corrected" not in said
    assert "잔차 블록" in text(root, "title")
    assert text(root, "identity_block") == mine
    assert text(root, "theory_norm_try") == "print('my own try')"
    cell = doubling.cell_of(read(root), "identity_block")
    assert cell["outputs"][0]["text"] == ["seen\n"]
    assert "지름길" in (root / "work" / FIGURE).read_text(encoding="utf-8")
    assert read_course(root)[0].corrected == ""
    start(root, "--language", "en")
    assert text(root, "title").startswith("# Residual blocks")
    assert text(root, "identity_block") == mine
    assert "language" not in read(root)["metadata"]
    assert (root / "work" / WHY).read_bytes() == (root / "assignments" / WHY).read_bytes()


def test_a_correction_comes_in_the_language_of_the_copy(root):
    start(root, "--language", "ko")
    write(root, "identity_block", "def identity_block(): 1")
    write(root, "references", "English only so far.", "assignments")
    said = start(root)
    assert f"{BLOCKS}: 1 cell corrected (references). Your answers are as they were." in said
    assert text(root, "references") == "English only so far."
    assert "잔차 블록" in text(root, "title")


def test_an_unknown_language_is_named_and_nothing_changes(root):
    said = start(root, "--language", "tlh", code=1)
    assert "expected a language of the course, en or ko; found 'tlh'" in said
    assert not (root / "work").exists()


def test_without_a_font_what_is_drawn_and_printed_stays_english(root, monkeypatch):
    monkeypatch.setattr("cnn_casebook.fonts.find", lambda language: "")
    said = start(root, "--language", "ko")
    assert "Install one of Noto Sans CJK KR, NanumGothic," in said
    picture = text(root, "experiment_picture")
    assert picture.isascii()
    assert "잔차 블록" in text(root, "title")


def test_a_language_whose_catalogs_are_gone_is_english(root):
    start(root, "--language", "ko")
    shutil.rmtree(root / "locale")
    assert language.current(root) == catalogs.SOURCE


def test_what_a_cell_prints_is_translated_but_for_what_is_graded(root):
    made = translated.write_assignment(root / "assignments" / NAME, "ko", root / "made", root)
    cells = json.loads((made / "residual_blocks.ipynb").read_text(encoding="utf-8"))["cells"]
    korean = {cell["id"]: "".join(cell["source"]) for cell in cells}
    assert "지름길 있음" in korean["experiment_run"]
    for cell in read(root, step="assignments")["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade") and cell["cell_type"] == "code":
            code, other = ("".join(cell["source"]), korean[cell["id"]])
            assert [line for line in code.split("\n") if line[:1] != "#"] == [
                line for line in other.split("\n") if line[:1] != "#"
            ]
