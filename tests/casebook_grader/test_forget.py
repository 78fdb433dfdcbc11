"""Of a learner who is forgotten nothing stays; of the others everything does.

Notebooks are not executed here: a stand-in says that all checks pass.
"""

import json

import clusters
import courses
import jobs
import pytest
from click.testing import CliRunner
from nbgrader.api import Gradebook

from casebook.command import main
from casebook_grader import results, task
from casebook_grader.course import CourseError
from casebook_grader.forget import forget
from casebook_grader.grade import Options, grade

NAME = "o'hara [2]"  # which the gradebook knows by another name


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """A course in which three learners are graded, two of them with equal answers."""
    folder = courses.trivial(tmp_path_factory.mktemp("forget") / "course")
    courses.submit(folder, [NAME, "ada"])
    courses.submit(folder, ["bo"], f"{courses.RIGHT}\n# bo")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(task, "run", jobs.recorded)
        with clusters.started(processes=False) as cluster:
            assert len(list(grade(courses.TRIVIAL, folder, Options(cluster=cluster)))) == 3
    grading = folder / "grading"
    (grading / "roster.csv").write_text(f"name\n{NAME}\nada\n")
    (grading / "collected").mkdir()
    listed = {"learners": {NAME: {}, "ada": {}}, "nothing": [NAME], "left": []}
    (grading / "collected" / f"{courses.TRIVIAL}.json").write_text(json.dumps(listed))
    (grading / "reports").mkdir()
    (grading / "reports" / "numbers.json").write_text(json.dumps({NAME: 1, "ada": 2}))
    return folder


def files(folder):
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_nothing_of_the_learner_stays_and_everything_of_the_others(graded):
    before, grading = files(graded), graded / "grading"
    (stored,) = results.read("bo", courses.TRIVIAL, graded).keys.values()
    done = forget(NAME, graded)
    assert [path.name for path in done.left] == ["roster.csv"]
    gone = before - files(graded)
    assert gone == {path for path in before if "hara" in path}  # ada has the same run in the store
    assert len(gone) >= 3
    assert results.read("ada", courses.TRIVIAL, graded).score == 3
    manifest = json.loads((grading / "collected" / f"{courses.TRIVIAL}.json").read_text())
    assert manifest == {"learners": {"ada": {}}, "nothing": [], "left": []}
    assert json.loads((grading / "reports" / "numbers.json").read_text()) == {"ada": 2}
    with Gradebook(f"sqlite:///{grading}/gradebook.db") as book:
        assert sorted(student.id for student in book.students) == ["ada", "bo"]
        assert book.find_submission(courses.TRIVIAL, "ada").score == 3

    said = CliRunner().invoke(main, ["forget", "--course", str(graded), "--yes", "bo"])
    assert said.exit_code == 0
    assert "removed: bo in the gradebook" in said.stdout
    assert not [path for path in files(grading) if "bo" in path.split("/") or stored in path]


def test_whoever_is_not_known_is_named(graded):
    with pytest.raises(CourseError, match="nothing is known of 'nobody'"):
        forget("nobody", graded)
    for path in ("..", "ada/..", ""):
        with pytest.raises(CourseError, match="expected the name of a learner's folder"):
            forget(path, graded)
    assert results.read("ada", courses.TRIVIAL, graded) is not None


def test_without_a_yes_nothing_happens(graded):
    said = CliRunner().invoke(main, ["forget", "--course", str(graded), "ada"], input="n\n")
    assert said.exit_code == 1
    assert results.read("ada", courses.TRIVIAL, graded) is not None
