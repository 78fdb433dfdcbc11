"""Points and checks that change after a class was graded: whom it concerns, and who is left alone.

Notebooks are not executed here: a stand-in says that all checks pass.
"""

import json
import re

import clusters
import courses
import doubling
import jobs
import nbformat
import pytest
from click.testing import CliRunner

from casebook.command import main
from casebook_grader import results, task
from casebook_grader.changes import find_changes
from casebook_grader.course import nbgrader
from casebook_grader.database import open_gradebook
from casebook_grader.grade import Options, grade

ASSIGNMENT = courses.TRIVIAL


@pytest.fixture
def course(tmp_path):
    """A course of two notebooks, of which the first has a written answer; Ada and Bo handed in."""
    root = courses.trivial(tmp_path / "course")
    other = root / "solutions" / ASSIGNMENT / "other.ipynb"
    text = (root / "solutions" / ASSIGNMENT / "doubling.ipynb").read_text()
    other.write_text(re.sub(r"(check|hidden)_double", r"\1_other", text))
    (root / "solutions" / ASSIGNMENT / "doubling.ipynb").write_text(json.dumps(doubling.SOURCE))
    for learner in ("ada", "bo"):
        folder = root / "grading" / "submitted" / learner / ASSIGNMENT
        folder.mkdir(parents=True)
        (folder / "doubling.ipynb").write_text(json.dumps(doubling.honest()))
        (folder / "other.ipynb").write_text(json.dumps(doubling.honest()))
    return root


@pytest.fixture
def graded(course, monkeypatch, tmp_path):
    """Grade the class; returns the grades, what was noticed and how many notebooks ran."""
    runs = tmp_path / "runs"
    monkeypatch.setenv("CASEBOOK_RUNS", str(runs))
    monkeypatch.setattr(task, "run", jobs.counted)

    def graded():
        runs.write_text("")
        noticed = []
        with clusters.started(processes=False) as cluster:
            options = Options(cluster=cluster)
            grades = list(grade(ASSIGNMENT, course, options, noticed=noticed.extend))
        return grades, [str(change) for change in noticed], runs.read_text().count("ran")

    return graded


def edit(course, **changes):
    """Change cells of the first notebook: points, or a text in place of the check's."""
    path = course / "solutions" / ASSIGNMENT / "doubling.ipynb"
    notebook = nbformat.read(path, 4)
    for name, value in changes.items():
        cell = doubling.cell_of(notebook, name)
        if isinstance(value, str):
            cell.source = value
        else:
            cell.metadata.nbgrader["points"] = value
    notebook.cells = [cell for cell in notebook.cells if cell.source != "gone"]
    nbformat.write(notebook, path)


def written_grade(course, learner, score=None):
    """Whether a learner's written answer waits to be read; first give it a score by hand."""
    with open_gradebook(nbgrader(course).config) as gradebook:
        (found,) = (
            found
            for notebook in gradebook.find_submission(ASSIGNMENT, learner).notebooks
            for found in notebook.grades
            if found.name == "explain"
        )
        if score is not None:
            found.manual_score, found.needs_manual_grade = score, False
            gradebook.db.commit()
        return found.needs_manual_grade, found.manual_score


def test_what_changed_is_said_and_only_that_is_graded_anew(course, graded):
    grades, noticed, runs = graded()
    assert ([found.score for found in grades], noticed) == ([7, 7], [])
    assert runs == 2  # of each notebook once: both handed in the same
    assert written_grade(course, "ada", 2.0) == (False, 2.0)
    assert graded()[1:] == ([], 0)
    assert written_grade(course, "ada") == (False, 2.0)

    edit(
        course, check_double=3, hidden_double="assert double(0) == 0", explain=1, check_halve="gone"
    )
    wanted = [
        "doubling: check_double gives 3 points, before 1",
        "doubling: hidden_double tests something else, or in another way",
        "doubling: explain gives 1 point, before 2. Scores given by hand wait to be read again: "
        "ada",
        "doubling: check_halve is gone, 1 point",
    ]
    words = ["grade", "--course", str(course), "--dry-run", ASSIGNMENT]
    said = CliRunner().invoke(main, words, env={"COLUMNS": "200"}).stdout
    assert said.splitlines() == [
        *(f"Changed since it was graded: {line}" for line in wanted),
        "To be graded, or graded anew: ada, bo",
    ]
    assert written_grade(course, "ada") == (False, 2.0)  # nothing was done yet

    grades, noticed, runs = graded()
    assert noticed == wanted
    assert runs == 1
    assert [(found.before, found.score) for found in grades] == [(7, 8), (7, 8)]
    assert written_grade(course, "ada") == (True, 2.0)  # given out of 2; now it gives 1
    assert written_grade(course, "bo") == (True, None)
    assert graded()[1:] == ([], 0)
    assert results.read("ada", ASSIGNMENT, course).before is None
    assert "graded anew: nobody" in CliRunner().invoke(main, words).stdout


def test_before_anything_is_graded_nothing_has_changed(course):
    assert find_changes(nbgrader(course).config, ASSIGNMENT) == []
