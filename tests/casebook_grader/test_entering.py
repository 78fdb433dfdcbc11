"""An assignment's source that changes while its submissions are being graded."""

import shutil

import book_cost
import executed
import nbformat
import pytest
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI

from casebook_grader.book import Book
from casebook_grader.course import CourseError, nbgrader
from casebook_grader.entering import enter_assignment

NAME = book_cost.TRIVIAL


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """A course of one small notebook, and a submission that is graded."""
    root = tmp_path_factory.mktemp("graded")
    book_cost.make_course(root, NAME)
    save(root, "ada")
    return root


@pytest.fixture
def course(graded, tmp_path):
    """A copy of that course."""
    return shutil.copytree(graded, tmp_path / "course")


def save(course, learner):
    """Hand in the solutions of this moment, and save them with all checks passed."""
    book_cost.hand_in(course, NAME, learner)
    folder = course / "grading" / "submitted" / learner / NAME
    with Book(nbgrader(course).config, NAME) as book:
        book.save(learner, executed.execute(executed.rebuilt(NAME, course, folder), None))
        return book.read(learner)[0]


def enter(course):
    enter_assignment(nbgrader(course, release_directory="grading/release"), NAME)


def change(course, edit):
    """Edit the source notebook's cells."""
    path = course / "solutions" / NAME / "notebook.ipynb"
    notebook = nbformat.read(path, 4)
    edit(notebook.cells)
    nbformat.write(notebook, path)


def add_check(cells):
    cells.append(book_cost.check("check_two", points=3))


def test_a_check_that_is_new(course):
    change(course, add_check)
    refused = nbgrader(course, release_directory="grading/release").generate_assignment(NAME)
    assert "Cannot add or remove cells" in refused["log"]
    enter(course)
    with Book(nbgrader(course).config, NAME) as book:
        assert book.read("ada")[0].keys() == {"check_one"}
    with Gradebook(f"sqlite:///{course}/grading/gradebook.db") as book:
        assert book.find_submission(NAME, "ada").score == 1
        assert book.find_assignment(NAME).max_score == 4
    again = save(course, "ada again")
    assert {name: check.score for name, check in again.items()} == {"check_one": 1, "check_two": 3}


def test_a_submission_that_exists_gets_rows_of_what_is_new(course):
    """A check, an answer and a whole notebook."""
    change(course, add_check)
    path = course / "solutions" / NAME / "another.ipynb"
    nbformat.write(book_cost.trivial_notebook(), path)
    enter(course)
    folder = course / "solutions" / NAME
    notebooks = executed.execute(executed.rebuilt(NAME, course, folder), None)
    with Book(nbgrader(course).config, NAME) as book:
        book.save("ada", notebooks)
    with Gradebook(f"sqlite:///{course}/grading/gradebook.db") as book:
        submission = book.find_submission(NAME, "ada")
        assert submission.score == 5
        assert sorted(notebook.name for notebook in submission.notebooks) == ["another", "notebook"]
        for notebook in submission.notebooks:
            assert [comment.name for comment in notebook.comments] == ["one"]


def test_points_that_changed(course):
    def edit(cells):
        cells[1].metadata.nbgrader.points = 5

    change(course, edit)
    enter(course)
    assert save(course, "ben")["check_one"].points == 5


def test_a_check_that_is_gone(course):
    change(course, add_check)
    enter(course)
    save(course, "ben")
    change(course, lambda cells: cells.pop(1))
    enter(course)
    with Gradebook(f"sqlite:///{course}/grading/gradebook.db") as book:
        assert [grade.name for grade in book.find_submission(NAME, "ben").notebooks[0].grades] == [
            "check_two"
        ]
        assert book.find_submission(NAME, "ada").score == 0


def test_a_notebook_that_is_gone(course):
    path = course / "solutions" / NAME / "another.ipynb"
    nbformat.write(book_cost.trivial_notebook(), path)
    enter(course)
    save(course, "ben")
    path.unlink()
    enter(course)
    with Gradebook(f"sqlite:///{course}/grading/gradebook.db") as book:
        assert [found.name for found in book.find_submission(NAME, "ben").notebooks] == ["notebook"]


def test_what_a_person_did_is_not_forgotten(course):
    with Gradebook(f"sqlite:///{course}/grading/gradebook.db") as book:
        book.find_grade("check_one", "notebook", NAME, "ada").manual_score = 1
        book.db.commit()
    change(course, lambda cells: cells.pop(1))
    with pytest.raises(CourseError, match="check_one of notebook is gone from the source"):
        enter(course)
    with Gradebook(f"sqlite:///{course}/grading/gradebook.db") as book:
        assert book.find_submission(NAME, "ada").score == 1


@pytest.fixture
def generated(monkeypatch):
    """Count how often nbgrader enters the assignment."""
    calls = []
    generate = NbGraderAPI.generate_assignment

    def note(self, *args, **kwargs):
        calls.append(args)
        return generate(self, *args, **kwargs)

    monkeypatch.setattr(NbGraderAPI, "generate_assignment", note)
    return calls


def test_what_is_known_is_not_entered_again(course, generated):
    enter(course)
    assert generated == []
    (course / "grading" / "gradebook.db").unlink()
    enter(course)
    enter(course)
    assert len(generated) == 1


@pytest.mark.parametrize(
    "edit",
    [
        add_check,
        lambda cells: cells.pop(),
        lambda cells: cells[1].metadata.nbgrader.update(points=5),
        lambda cells: cells[1].update(source="assert x == 2"),
        lambda cells: cells[0].update(source="### BEGIN SOLUTION\n### END SOLUTION\ny = 0"),
        lambda cells: cells[1].metadata.nbgrader.update(grade_id="check_other"),
        lambda cells: cells[1].metadata.nbgrader.update(grade=False),
    ],
)
def test_every_change_is_entered_once(course, generated, edit):
    change(course, edit)
    enter(course)
    enter(course)
    assert len(generated) == 1


def test_a_solution_that_changed_is_no_change_for_the_gradebook(course, generated):
    source = "### BEGIN SOLUTION\nx = 2 - 1\n### END SOLUTION"
    change(course, lambda cells: cells[0].update(source=source))
    enter(course)
    assert generated == []
