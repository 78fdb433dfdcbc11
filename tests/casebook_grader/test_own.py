"""Somebody who studies alone gets a grade with hidden checks, and a zip that can be handed in."""

import shutil
import zipfile

import courses
import nbformat
import pytest
from click.testing import CliRunner

from casebook.command import main
from casebook_grader.collect.collecting import collect
from casebook_grader.grade import learners
from cnn_casebook.workspace import pack, prepare

FORGETFUL = "def double(x):\n    return 2 * x if x < 5 else x\n"


@pytest.fixture
def course(tmp_path):
    """A trivial course; its copy in work/ has a right answer."""
    folder = courses.trivial(tmp_path / "course")
    prepare(folder)
    answer(folder, courses.RIGHT)
    return folder


def notebook_of(course):
    return course / "work" / courses.TRIVIAL / "doubling.ipynb"


def answer(course, text):
    notebook = nbformat.read(notebook_of(course), as_version=4)
    (cell,) = [cell for cell in notebook.cells if cell.id == "double"]
    cell.source = text
    nbformat.write(notebook, notebook_of(course))


def said(course, *words, code=0):
    done = CliRunner().invoke(main, [words[0], "--course", str(course), *words[1:]])
    assert done.exit_code == code, done.output
    return done.output


def test_what_is_packed_can_be_collected(course, tmp_path):
    (course / "work" / courses.TRIVIAL / "record_sizes.json").write_text("{}")
    (course / "work" / courses.TRIVIAL / "notes.txt").write_text("mine")
    assert "holds doubling.ipynb, record_sizes.json." in said(course, "hand-in", courses.TRIVIAL)
    packed = pack(course, courses.TRIVIAL)
    assert packed.blank == {"doubling": []}
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as file:
        file.write(packed.path, f"ada/{packed.path.name}")
    collect(courses.TRIVIAL, tmp_path / "all.zip", course)
    with zipfile.ZipFile(tmp_path / "canvas.zip", "w") as file:
        file.write(packed.path, f"doejane_123_456_{packed.path.name}")
    collect(courses.TRIVIAL, tmp_path / "canvas.zip", course)
    assert learners(courses.TRIVIAL, course) == ["ada", "doejane"]
    folder = course / "grading" / "submitted" / "ada" / courses.TRIVIAL
    assert {"doubling.ipynb", "record_sizes.json"} <= {path.name for path in folder.iterdir()}


def test_what_is_blank_missing_or_damaged_is_named(course):
    shutil.copy(course / "assignments" / courses.TRIVIAL / "doubling.ipynb", notebook_of(course))
    assert "doubling, still blank: double" in said(course, "hand-in", courses.TRIVIAL)
    notebook_of(course).write_text("{")
    assert "cannot be read as a notebook" in said(course, "hand-in", courses.TRIVIAL, code=1)
    notebook_of(course).unlink()
    for command in ("hand-in", "self-grade"):
        assert "doubling.ipynb is not in" in said(course, command, courses.TRIVIAL, code=1)
        assert "no assignment 'x'; expected one of" in said(course, command, "x", code=1)


def test_without_solutions_nobody_grades(course):
    shutil.rmtree(course / "solutions")
    assert "the solutions to" in said(course, "self-grade", courses.TRIVIAL, code=1)


@pytest.mark.slow
def test_hidden_checks_count_and_nothing_is_changed(course):
    answer(course, FORGETFUL)
    before = notebook_of(course).read_bytes()
    shown = said(course, "self-grade", courses.TRIVIAL)
    assert "doubling: 1 of 3 points by checks" in shown
    page = course / "work" / f"{courses.TRIVIAL}_feedback.html"
    assert str(page.relative_to(course)) in shown
    assert "hidden_double" not in page.read_text() or "BEGIN HIDDEN" not in page.read_text()
    assert notebook_of(course).read_bytes() == before
    assert not (course / "grading" / "submitted").exists()
