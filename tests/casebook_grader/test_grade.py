"""The promises of the course, through real nbgrader: full marks, no marks, and what is between."""

import html
import re
import shutil

import clusters
import nbformat
import pytest
import sample_class
from banks import ROOT
from courses import keep_only, run_nbgrader, without_engine
from nbgrader.api import Gradebook

from casebook_grader import totals
from casebook_grader.course import CourseError, assignments
from casebook_grader.feedback import write as feedback
from casebook_grader.grade import Options, grade
from casebook_grader.sandbox import SandboxError

needs_bubblewrap = pytest.mark.skipif(
    shutil.which("bwrap") is None, reason="bubblewrap is not installed"
)
SAMPLE = "03_residual_networks"  # here the whole sample class is graded; elsewhere its two ends


@pytest.fixture(scope="module")
def cluster():
    """Workers that all tests here share; what is cold costs more than their notebooks."""
    with clusters.started(memory_limit=0) as cluster:
        yield cluster


@pytest.fixture
def graded(cluster):
    """Grade an assignment on the shared workers; grades by the learner's name."""

    def graded(assignment, course, options=None):
        options = options or Options(cluster=cluster)
        found = {grade.learner: grade for grade in grade(assignment, course, options)}
        return dict(sorted(found.items()))

    return graded


def scores(grade):
    """The scores of a grade's checks, by grade_id."""
    return {name: check.score for name, check in grade.checks.items()}


def points_to_read(assignment):
    """Points of the written questions of an assignment."""
    cells = (
        cell
        for path in (ROOT / "solutions" / assignment).glob("*.ipynb")
        for cell in nbformat.read(path, as_version=4).cells
    )
    marks = (cell.metadata.get("nbgrader", {}) for cell in cells if cell.cell_type == "markdown")
    return sum(mark.get("points", 0) for mark in marks)


def expected(learner, assignment, notebook="*"):
    """The score of every check of an assignment."""
    scores = {}
    for path in sorted((ROOT / "solutions" / assignment).glob(f"{notebook}.ipynb")):
        scores.update(sample_class.expected(learner, path))
    return scores


@needs_bubblewrap
@pytest.mark.slow
@pytest.mark.parametrize("assignment", assignments())
def test_the_sample_class_gets_the_grades_it_deserves(course, graded, assignment):
    learners = sample_class.LEARNERS if assignment == SAMPLE else ("ada", "ben")
    sample_class.write(assignment, course / "grading" / "submitted", learners)
    grades = graded(assignment, course)
    assert grades.keys() == set(learners)
    for learner, found in grades.items():
        assert (found.verdict, found.findings) == ("graded", [])
        assert scores(found) == expected(learner, assignment)
        messages = [check.message for check in found.checks.values() if check.score == 0]
        assert all(messages)
    possible = sum(most for _, most in grades["ada"].notebooks.values())
    assert grades["ada"].score == possible
    assert grades["ben"].score == 0
    assert grades["ada"].by_hand == points_to_read(assignment)
    assert grades["ben"].by_hand == 0
    if assignment == SAMPLE:
        assert grades["chen"].score == possible
        assert 0 < grades["dana"].score < possible
    assert leaks(course, assignment) == []


def leaks(course, assignment):
    """Lines of hidden tests, and of solutions that the learner did not write, in feedback."""
    assert feedback.write(assignment, course).pages
    names = [path.stem for path in (course / "solutions" / assignment).glob("*.ipynb")]
    folders = sorted((course / "grading" / "feedback").glob(f"*/{assignment}"))
    found = []
    for page in [folder / f"{name}.html" for folder in folders for name in names]:
        text = html.unescape(re.sub(r"<[^>]+>", "", page.read_text(encoding="utf-8")))
        source = ROOT / "solutions" / assignment / f"{page.stem}.ipynb"
        for cell in nbformat.read(source, 4).cells:
            if cell.id.startswith("hidden_"):
                secret = cell.source.split("\n")[1:]
            elif cell.metadata.get("nbgrader", {}).get("solution") and "/ben/" in str(page):
                secret = cell.source.split("BEGIN SOLUTION")[1].split("\n")[1:]
                secret = [line for line in secret if len(line.strip()) > 40]
            else:
                continue
            found += [(page.name, line) for line in secret if line.strip() and line.strip() in text]
    return found


@needs_bubblewrap
@pytest.mark.slow
def test_one_damaged_submission_does_not_stop_the_others(course, graded):
    name = SAMPLE
    submitted = course / "grading" / "submitted"
    keep_only(course, name, "residual_blocks.ipynb")
    sample_class.write(name, submitted)
    (submitted / "ben" / name / "residual_blocks.ipynb").write_text('{"cells": [')
    (submitted / "dana" / name / "residual_blocks.ipynb").unlink()
    (submitted / "chen").rename(submitted / "-c [h]*en")
    grades = graded(name, course)
    assert {found.learner: (found.verdict, found.score) for found in grades.values()} == {
        "ada": ("graded", 13),
        "-c [h]*en": ("graded", 13),
        "ben": ("not gradable", 0),
        "dana": ("not gradable", 0),
    }
    assert any("JSON" in finding for finding in grades["ben"].findings)


@pytest.mark.slow
def test_plain_nbgrader_gives_the_same_scores(course):
    """With the engine's lines taken out of the settings, and honest submissions."""
    without_engine(course)
    keep_only(course, SAMPLE, "residual_blocks.ipynb")
    sample_class.write(SAMPLE, course / "grading" / "submitted")
    for command in ("generate_assignment", "autograde"):
        run_nbgrader(course, command, SAMPLE, "--create", "--force")
    with Gradebook(f"sqlite:///{course}/grading/gradebook.db") as book:
        for learner in sample_class.LEARNERS:
            notebook = book.find_submission_notebook("residual_blocks", SAMPLE, learner)
            found = {
                check.name: check.auto_score
                for check in notebook.grades
                if check.cell.cell_type == "code"
            }
            assert found == sample_class.expected(
                learner, ROOT / "solutions" / SAMPLE / "residual_blocks.ipynb"
            )


@needs_bubblewrap
@pytest.mark.slow
def test_the_stock_commands_use_the_engine_and_feedback_hides_the_tests(course):
    keep_only(course, SAMPLE, "residual_blocks.ipynb")
    submitted = course / "grading" / "submitted"
    sample_class.write(SAMPLE, submitted, ("ada", "chen", "dana"))
    path = submitted / "chen" / SAMPLE / "residual_blocks.ipynb"
    path.write_bytes(path.read_bytes()[:-400])  # cut short
    path = submitted / "dana" / SAMPLE / "residual_blocks.ipynb"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())  # with a byte order mark
    for command in ("generate_assignment", "autograde", "generate_feedback"):
        run_nbgrader(course, command, SAMPLE, "--force")
    hidden = [
        line.strip()
        for cell in nbformat.read(ROOT / "solutions" / SAMPLE / "residual_blocks.ipynb", 4).cells
        if cell.id.startswith("hidden_")
        for line in cell.source.split("\n")[1:]
    ]
    for learner, score in (("ada", 13), ("chen", 0), ("dana", 8)):
        page = course / "grading" / "feedback" / learner / SAMPLE / "residual_blocks.html"
        shown = html.unescape(re.sub(r"<[^>]+>", "", page.read_text(encoding="utf-8")))
        assert f"{score} of 15 points" in shown
        assert not [line for line in hidden if line in shown]
    assert "x is added without a projection" in shown  # the message of Dana's mistake


@pytest.mark.slow
def test_without_a_sandbox_the_grades_are_the_same_and_it_says_what_is_lost(course, graded, capfd):
    keep_only(course, SAMPLE, "residual_blocks.ipynb")
    sample_class.write(SAMPLE, course / "grading" / "submitted", ("dana",))
    (dana,) = graded(SAMPLE, course, Options(sandboxed=False, workers=1)).values()
    assert scores(dana) == expected("dana", SAMPLE, "residual_blocks")
    assert "what learners wrote runs as you" in capfd.readouterr().err


@needs_bubblewrap
@pytest.mark.slow
def test_what_was_ended_decides_the_verdict_and_is_told(course, graded):
    keep_only(course, SAMPLE, "residual_blocks.ipynb")
    submitted = course / "grading" / "submitted"
    sample_class.write(SAMPLE, submitted, ("ada", "chen"))
    for learner, text in (("ada", "while True: pass"), ("chen", "import os; os._exit(0)")):
        path = submitted / learner / SAMPLE / "residual_blocks.ipynb"
        notebook = nbformat.read(path, as_version=4)
        notebook.cells.append(nbformat.v4.new_code_cell(text))
        notebook.metadata["casebook"] = {"incidents": [{"kind": "killed", "text": "forged"}]}
        nbformat.write(notebook, path)
    set_limit(course, "cell", 10)
    ada, chen = graded(SAMPLE, course).values()
    assert (ada.verdict, ada.score) == ("timed out", 13)
    assert ada.findings[-1] == "residual_blocks: a cell did not finish within 10 seconds"
    assert (chen.verdict, chen.score) == ("killed", 13)
    assert chen.findings[-1] == "residual_blocks: a cell ended its kernel"


def set_limit(course, name, value):
    """Append a setting to a copy of the course's `nbgrader_config.py`."""
    with open(course / "nbgrader_config.py", "a", encoding="utf-8") as file:
        file.write(f"c.CasebookLimits.{name} = {value!r}\n")


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [("cell", -1, "limit `cell` is -1"), ("sell", 5, "Did you mean `cell`")],
)
def test_a_limit_that_is_nonsense_is_refused_before_anything_is_graded(course, name, value, words):
    sample_class.write(SAMPLE, course / "grading" / "submitted", ("ben",))
    set_limit(course, name, value)
    with pytest.raises(CourseError, match=words):
        list(grade(SAMPLE, course))


def test_no_sandbox_here(course, monkeypatch):
    def refuse(*_):
        raise SandboxError("learner code cannot be isolated here")

    monkeypatch.setattr("casebook_grader.grade.require_sandbox", refuse)
    sample_class.write(SAMPLE, course / "grading" / "submitted", ("ben",))
    with pytest.raises(SandboxError, match="cannot be isolated"):
        list(grade(SAMPLE, course))


def test_nothing_submitted(course):
    with pytest.raises(CourseError, match="grading/submitted/<learner>/03_residual_networks"):
        list(grade("03_residual_networks", course))


@pytest.mark.parametrize("assignment", assignments())
def test_full_marks_are_the_points_of_the_course(assignment):
    points = sum(
        totals.correct(nbformat.read(path, 4), path.name)[1].points
        for path in (ROOT / "solutions" / assignment).glob("*.ipynb")
    )
    assert sum(expected("ada", assignment).values()) + points_to_read(assignment) == points
