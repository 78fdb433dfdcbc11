"""A class is graded once: what is known is not run again, what failed is, and nobody stops others.

Notebooks are not executed here: a stand-in says that all checks pass.
"""

import sys

import clusters
import courses
import jobs
import nbformat
import pytest
from nbgrader.api import Gradebook

from casebook_grader import results, task
from casebook_grader.book import Book
from casebook_grader.course import CourseError
from casebook_grader.grade import Options, grade

NAMES = [f"learner{number}" for number in range(5)]


@pytest.fixture(scope="module")
def cluster():
    """A scheduler and a worker in this process."""
    with clusters.started(processes=False) as cluster:
        yield cluster


@pytest.fixture
def course(tmp_path):
    """A trivial course; five learners have handed in different right answers."""
    folder = courses.trivial(tmp_path / "course")
    for name in NAMES:
        courses.submit(folder, [name], f"{courses.RIGHT}\n# {name}")
    return folder


@pytest.fixture
def runs(tmp_path, monkeypatch):
    """Count how often a notebook was run since the last count."""
    file = tmp_path / "runs"
    monkeypatch.setenv("CASEBOOK_RUNS", str(file))
    monkeypatch.setattr(task, "run", jobs.counted)

    def count():
        found = file.read_text().count("ran") if file.exists() else 0
        file.unlink(missing_ok=True)
        return found

    return count


@pytest.fixture
def graded(course, cluster):
    """Grade the class; grades by name."""

    def graded(**options):
        found = grade(courses.TRIVIAL, course, Options(cluster=cluster, **options))
        return {grade.learner: grade for grade in found}

    return graded


def test_what_is_known_is_not_run_again(course, graded, runs):
    first = graded()
    assert runs() == 5
    assert {(found.verdict, found.score) for found in first.values()} == {("graded", 3)}
    assert graded() == first
    assert runs() == 0
    courses.submit(course, NAMES[:1], courses.RIGHT + "\n# changed")
    assert graded().keys() == first.keys()
    assert runs() == 1
    assert {name: results.read(name, courses.TRIVIAL, course) for name in NAMES[1:]} == {
        name: first[name] for name in NAMES[1:]
    }


def test_other_limits_or_force_run_all_again(graded, runs):
    graded()
    assert runs() == 5
    graded(limits={"notebook": 33})
    assert runs() == 5
    graded(force=True)
    assert runs() == 5


def test_equal_submissions_are_run_once(course, graded, runs):
    courses.submit(course, NAMES, courses.RIGHT)
    assert [found.score for found in graded().values()] == [3] * 5
    assert runs() == 1
    graded(force=True)
    assert runs() == 1


def test_a_class_of_equal_submissions_is_not_read_at_once(course, cluster, runs, monkeypatch):
    grade_module = sys.modules[grade.__module__]
    begun, prepare = [], grade_module.prepare
    monkeypatch.setattr(grade_module, "_MOST_BEGUN", 2)
    monkeypatch.setattr(
        grade_module, "prepare", lambda *given: begun.append(given) or prepare(*given)
    )
    courses.submit(course, NAMES, courses.RIGHT)
    ahead = [
        len(begun) - done
        for done, _ in enumerate(grade(courses.TRIVIAL, course, Options(cluster=cluster)))
    ]
    assert len(ahead) == 5
    assert max(ahead) == 2


def test_one_learner_alone(course, graded, runs):
    assert graded(learner="learner3").keys() == {"learner3"}
    assert runs() == 1
    with pytest.raises(CourseError, match="by 'nobody'; expected the name of a folder"):
        graded(learner="nobody")


def test_a_damaged_file_of_the_store_is_made_anew(course, graded, runs):
    graded()
    runs()
    for path in (course / "grading" / "store").glob("*/*"):
        path.write_bytes(path.read_bytes()[:100])
    graded()
    assert runs() == 5


def test_a_gradebook_that_was_removed_is_filled_again(course, graded, runs):
    first = graded()
    runs()
    (course / "grading" / "gradebook.db").unlink()
    assert graded() == first
    assert runs() == 0


def test_what_the_engine_failed_at_is_not_scored_and_graded_by_the_next_run(
    course, graded, monkeypatch
):
    with monkeypatch.context() as patch:
        patch.setattr(task, "run", jobs.engine_failed)
        found = graded()["learner0"]
    assert (found.verdict, found.checks) == ("engine failed", {})
    assert "no kernel today. It is not the learner's doing. Nothing was scored" in found.findings[0]
    with Gradebook(f"sqlite:///{course}/grading/gradebook.db") as book:
        assert book.assignment_submissions(courses.TRIVIAL) == []
    monkeypatch.setattr(task, "run", jobs.recorded)
    found = graded()["learner0"]
    assert (found.verdict, found.score, found.findings) == ("graded", 3, [])


def test_a_worker_of_another_version_is_refused(graded, monkeypatch):
    monkeypatch.setattr("casebook_grader.grade.environment", lambda: "older")
    found = graded()["learner0"]
    assert found.verdict == "engine failed"
    assert "install the same on all" in found.findings[0]


def test_what_ends_every_worker_is_said_and_not_scored(course, monkeypatch):
    monkeypatch.setattr(task, "run", jobs.end_the_worker)
    options = Options(workers=1, learner="learner0")
    (found,) = grade(courses.TRIVIAL, course, options)
    assert (found.verdict, found.checks) == ("killed", {})
    assert "its worker ended twice" in found.findings[0]


def test_one_submission_that_cannot_be_saved_stops_no_other(graded, runs, monkeypatch):
    save = Book.save

    def refuse(book, learner, *rest):
        if learner in refused:
            raise CourseError("the name is too long")
        save(book, learner, *rest)

    monkeypatch.setattr(Book, "save", refuse)
    refused = {"learner2"}
    found = graded()
    verdicts = {name: str(found[name].verdict) for name in NAMES}
    assert verdicts.pop("learner2") == "engine failed"
    assert set(verdicts.values()) == {"graded"}
    refused = set(NAMES)
    with pytest.raises(CourseError, match="the name is too long"):
        graded(force=True)


def test_the_time_of_handing_in_reaches_the_gradebook(course, graded, runs):
    graded()
    path = course / "grading" / "submitted" / "learner1" / courses.TRIVIAL / "timestamp.txt"
    path.write_text("2026-03-01 18:30:00 UTC")
    found = graded()["learner1"]
    assert (found.handed_in, found.findings) == ("2026-03-01T18:30:00", [])
    with Gradebook(f"sqlite:///{course}/grading/gradebook.db") as book:
        assert book.find_submission(courses.TRIVIAL, "learner1").timestamp.hour == 18
    assert runs() == 5


def test_a_damaged_submission_stops_no_other(course, graded, runs):
    folder = course / "grading" / "submitted" / "learner1" / courses.TRIVIAL
    (folder / "doubling.ipynb").write_text('{"cells": [')
    other = course / "grading" / "submitted" / "learner2" / courses.TRIVIAL / "doubling.ipynb"
    notebook = nbformat.read(other, as_version=4)
    notebook.cells[1].source += "\n# changed by hand"
    nbformat.write(notebook, other)
    verdicts = {name: str(found.verdict) for name, found in graded().items()}
    assert verdicts["learner1"] == "not gradable"
    assert sorted(verdicts) == NAMES
