"""A course with an instructor's changes: what each does, what is refused, what an update keeps."""

import copy
import os
import re
import shutil
import subprocess
import sys
import zipfile
from contextlib import contextmanager
from pathlib import Path

import banks
import clusters
import courses
import doubling
import jobs
import nbformat
import pytest
import small_notebooks as small
from click.testing import CliRunner

from casebook.command import main
from casebook_grader import task
from casebook_grader.collect.recognise import Recogniser
from casebook_grader.course import CourseError, assignments, nbgrader, source_folder, sources
from casebook_grader.database import open_gradebook
from casebook_grader.deployment.gradescope import pack
from casebook_grader.export.grades import read_class
from casebook_grader.feedback.write import write as write_feedback
from casebook_grader.grade import Options, grade
from casebook_grader.limits import Limits
from casebook_grader.mending import mend
from casebook_grader.overlaid import notices
from casebook_grader.report.outline import read_outline

ASSIGNMENT = courses.TRIVIAL
SECTION = banks.ROOT.joinpath("INSTRUCTORS.md").read_text(encoding="utf-8")
SECTION = SECTION.split("## Make it yours\n")[1].split("\n## ")[0]
GLANCE = "| | |\n|---|---|\n| **Time** | 1 minutes; no run |\n| **Points** | 1 |"
README = (
    "# Course\n\n| assignment | notebook | minutes | points | its idea |\n|---|---|---:|---:|---|\n"
)
TRIPLE = "def triple(x):\n    ### BEGIN SOLUTION\n    return 3 * x\n    ### END SOLUTION"
CHECK = (
    "from cnn_casebook.checks.parts import verdict\n\n\n"
    "@verdict.check\n"
    "def triples(function, *, rng):\n"
    "    found = function(2)\n"
    '    verdict.require(found == 6, f"the shortcut passes through a ReLU before {found}")\n\n\n'
    "triples(triple)"
)
SETTINGS = """
leave_out = ["halving"]

[points.doubling]
check_double = 3
explain = 5

[[texts.doubling]]
old = "doubles numbers"
new = "doubles *your* numbers"

[[exercises.doubling]]
cells = "triple.ipynb"
after = "check_halve"

[messages]
"the shortcut passes through a ReLU" = "tripling went wrong"
"""


def notebook(name, *more):
    """A solution with what totals ask for; `name` tells its cells from those of others."""
    cells = [
        small.text("# Title\n\n**One idea:** doubling."),
        small.text(GLANCE),
        *(cell for cell in copy.deepcopy(doubling.SOURCE.cells) if cell.id != "title"),
    ]
    cells[0].id, cells[1].id = "title", "at_a_glance"
    cells[1].metadata["casebook"] = {"reading_minutes": 10}
    for cell in cells:
        if cell.id == "question":
            cell.source = "## Question (5 min)"
    heading = small.text("## Exercise 7: doubling (5 min)\n\nIt doubles numbers.")
    heading.id = "exercise_double"
    cells[3:3] = [heading]
    return [*cells, *more]


def cell(path, name):
    return doubling.cell_of(nbformat.read(path, 4), name)


@pytest.fixture
def course(tmp_path):
    """A course of two assignments, three notebooks, as it comes; nothing is released yet."""
    root = tmp_path / "course"
    for place in (f"{ASSIGNMENT}/doubling", f"{ASSIGNMENT}/halving", "01_more/more"):
        small.write(root / "solutions" / f"{place}.ipynb", *notebook(place))
    (root / "README.md").write_text(README)
    shutil.copy(banks.ROOT / "nbgrader_config.py", root)
    (root / ".gitignore").write_text("/grading/\n")
    return root


@pytest.fixture
def overlay(course):
    """Its overlay, with an exercise of the instructor's own."""
    folder = course / "overlay"
    heading = small.text("## Exercise 1: three times (4 min)")
    heading.id = "exercise_triple"
    setup = small.code("own_start", "import math", tags=["setup"])
    cells = (heading, small.answer("triple", TRIPLE), small.check("check_triple", CHECK, 2))
    small.write(folder / "triple.ipynb", setup, *cells)
    (folder / "course.toml").write_text(SETTINGS)
    return folder


def run(*words):
    done = CliRunner().invoke(main, list(words), env={"COLUMNS": "200"})
    return done.exit_code, done.output


def test_one_course_for_all_who_ask(course, overlay):
    assert sources(course) == course / "grading" / "overlaid"
    made = sources(course) / ASSIGNMENT / "doubling.ipynb"
    assert not (made.parent / "halving.ipynb").exists()
    assert source_folder(nbgrader(course).config, ASSIGNMENT) == made.parent
    assert nbgrader(course).get_source_assignments() == {ASSIGNMENT, "01_more"}
    ids = [cell.id for cell in nbformat.read(made, 4).cells]
    assert ids[2:5] == ["start", "own_messages", "exercise_double"]
    assert ids[9:14] == ["halve", "check_halve", "exercise_triple", "triple", "check_triple"]
    assert cell(made, "exercise_double").source.split("\n")[0] == (
        "## Exercise 1: doubling (5 min, 6 points)"
    )
    assert cell(made, "exercise_triple").source == "## Exercise 2: three times (4 min, 2 points)"
    assert "doubles *your* numbers" in cell(made, "exercise_double").source
    assert "| **Time** | 24 minutes" in cell(made, "at_a_glance").source
    assert "| **Points** | 13 |" in cell(made, "at_a_glance").source
    checks = {check.name: check.points for check in read_outline(ASSIGNMENT, course).checks}
    assert checks == {"check_double": 3, "hidden_double": 2, "check_halve": 1, "check_triple": 2}
    assert Recogniser(course, ASSIGNMENT, Limits()).notebooks == ["doubling"]
    assert notices(course) == []


def test_what_goes_elsewhere_has_it_too(course, overlay):
    shutil.copytree(course / "solutions", course / "assignments")
    with zipfile.ZipFile(pack(ASSIGNMENT, course)) as packed:
        packed_source = nbformat.reads(
            packed.read(f"solutions/{ASSIGNMENT}/doubling.ipynb").decode(), 4
        )
        assert not [name for name in packed.namelist() if "overlay/" in name]
    assert doubling.cell_of(packed_source, "check_triple")


def test_it_is_made_anew_only_where_something_changed(course, overlay):
    made = sources(course) / ASSIGNMENT / "doubling.ipynb"
    before = made.stat().st_mtime_ns
    sources(course)
    assert made.stat().st_mtime_ns == before
    made.write_text("{}")  # somebody wrote in it
    assert cell(sources(course) / ASSIGNMENT / "doubling.ipynb", "check_triple")
    (overlay / "course.toml").write_text('leave_out = ["01_more"]')
    assert assignments(course) == [ASSIGNMENT]
    assert sorted(path.name for path in sources(course).rglob("*")) == [
        ASSIGNMENT, "doubling.ipynb", "halving.ipynb", "made.json"
    ]  # fmt: skip
    shutil.rmtree(overlay)
    assert sources(course) == course / "solutions"
    assert len(assignments(course)) == 2


def test_a_notebook_and_an_assignment_of_ones_own(course):
    cells = notebook("own")
    small.write(course / "overlay" / "solutions" / "02_own" / "own.ipynb", *cells)
    (course / "overlay" / "solutions" / "02_own" / "own.svg").write_text("<svg/>")
    assert assignments(course) == [ASSIGNMENT, "01_more", "02_own"]
    assert (sources(course) / "02_own" / "own.svg").exists()
    small.write(course / "overlay" / "solutions" / "02_own" / "more.ipynb", *cells)
    with pytest.raises(CourseError, match=r"the course has 'more\.ipynb' itself"):
        sources(course)
    cells[0].source += "\n\nSee [more](more.ipynb)."
    small.write(course / "overlay" / "solutions" / "02_own" / "more.ipynb", *cells)
    (course / "overlay" / "course.toml").write_text('leave_out = ["more"]')
    assert assignments(course) == [ASSIGNMENT, "02_own"]
    assert notices(course) == []  # the link leads to the instructor's notebook


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ('leave_out = ["resnet"]', "leave_out: there is no notebook and no assignment 'resnet'"),
        ("leave_out = [", "cannot be read as TOML"),
        ("[point]", "course.toml: Additional properties are not allowed .'point' was unexpected"),
        ("[points.doubling]\nexplain = true", "points.doubling.explain: True is not of type"),
        ("[points.doubling]\nexplain = -1", "points.doubling.explain: -1 is less than the min"),
        ("[points.resnet]\nexplain = 1", "notebook 'resnet', which does not exist; expected one"),
        (
            'leave_out = ["more"]\n[points.more]\nexplain = 1',
            "notebook 'more', which is left out; expected one of: doubling, halving",
        ),
        ("[points.doubling]\ndouble = 1", "no check and no written answer 'double'; expected one"),
        ('[[texts.doubling]]\nold = "a"', "texts.doubling.0: 'new' is a required property"),
        ('[[exercises.more]]\ncells = "x.ipynb"', "cells in overlay/x.ipynb, found none"),
        (
            '[[exercises.doubling]]\ncells = "triple.ipynb"\nafter = "gone"',
            "expected the id of one of its cells, found 'gone'",
        ),
        (
            '[[exercises.doubling]]\ncells = "triple.ipynb"\nafter = "double"',
            "expected a place between two exercises; 'double' is followed by 'check_double'",
        ),
        ('[[exercises.doubling]]\ncells = "twin.ipynb"', "has a cell 'check_double' already"),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_is_made(course, overlay, settings, said):
    small.write(overlay / "twin.ipynb", small.check("check_double", "assert True"))
    (overlay / "course.toml").write_text(settings)
    with pytest.raises(CourseError, match=said):
        nbgrader(course)
    assert not (course / "grading" / "overlaid").exists()
    code, output = run("release", "--course", str(course))
    assert code == 1
    assert "nothing was released" in output


def test_one_name_for_cells_of_an_own_exercise(course, overlay):
    path = overlay / "triple.ipynb"
    exercise = nbformat.read(path, 4)
    doubling.cell_of(exercise, "check_triple").id = "1a2b3c4d"
    nbformat.write(exercise, path)
    (overlay / ".ipynb_checkpoints").mkdir()
    shutil.copy(path, overlay / ".ipynb_checkpoints")
    code, output = run("release", "--course", str(course))
    assert code == 1
    assert "grading/overlaid/ is made of solutions/ and overlay/: mend it" in output
    assert mend(course) == [
        "overlay/triple.ipynb: the cell 1a2b3c4d / check_triple is now check_triple"
    ]
    assert cell(path, "check_triple")


def test_what_an_instructor_should_look_at_is_said(course, overlay):
    small.write(overlay / "other.ipynb", small.text("nothing"))
    path = course / "solutions" / ASSIGNMENT / "doubling.ipynb"
    text = path.read_text().replace("It doubles numbers", "Next: [halving](halving.ipynb)")
    path.write_text(text)
    settings = SETTINGS.replace("through a ReLU", "through a prism")
    (overlay / "course.toml").write_text(settings)
    assert notices(course) == [
        "overlay/other.ipynb is not used: overlay/course.toml does not name it.",
        "overlay/course.toml, messages: no check says 'the shortcut passes through a prism' (any "
        "more). Look at what it says, and change or remove yours.",
        "overlay/course.toml, texts: doubling does not say 'doubles numbers' (any more), so the "
        "course's own text stands there. Look at it, and change or remove yours.",
        "doubling has a link to halving.ipynb, which is left out; texts in overlay/course.toml can "
        "say something else there.",
    ]


def git(folder, *words):
    names = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    subprocess.run(["git", *names, *words], cwd=folder, check=True, capture_output=True)


def as_written(folder, first):
    """Run the commands of INSTRUCTORS.md that begin with a line."""
    block = next(
        block for block in re.findall(r"```sh\n(.*?)```", SECTION, re.S) if block.startswith(first)
    )
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-euc", block],
        cwd=folder,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def hand_in(course, learner, **answers):
    released = course / "assignments" / ASSIGNMENT / "doubling.ipynb"
    handed_in = nbformat.read(released, 4)
    for name, text in answers.items():
        doubling.cell_of(handed_in, name).source = text
    folder = course / "grading" / "submitted" / learner / ASSIGNMENT
    folder.mkdir(parents=True)
    nbformat.write(handed_in, folder / "doubling.ipynb")


def graded(course, options):
    return {found.learner: found for found in grade(ASSIGNMENT, course, options)}


@contextmanager
def small_cluster():
    """Options to grade in this process."""
    with clusters.started(processes=False) as cluster:
        yield Options(cluster=cluster)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not installed")
def test_changes_hold_through_an_update_and_grades_are_right(course, overlay, monkeypatch):
    """A class handed in; then the course is updated by git, in a text and in a check."""
    aside = shutil.move(overlay, course.with_name("aside"))
    shutil.rmtree(course / "solutions" / "01_more")
    shutil.copytree(course / "solutions", course / "assignments")  # as good as any
    git(course, "init", "--initial-branch=main")
    git(course, "add", ".")
    git(course, "commit", "-m", "First")
    clone = course.with_name("clone")
    git(course, "clone", str(course), str(clone))
    shutil.move(aside, clone / "overlay")
    came = {path: path.read_bytes() for path in clone.glob("solutions/*/*")}

    code, output = run("release", "--course", str(clone))
    assert (code, "look at this" in output) == (0, False)
    assert {path: path.read_bytes() for path in clone.glob("solutions/*/*")} == came
    assert (
        "[doubling](assignments/00_doubling/doubling.ipynb) | 24 | 13 |"
        in (clone / "README.md").read_text()
    )
    as_written(clone, "git add")
    names = subprocess.check_output(["unzip", "-Z1", clone / "course.zip"], text=True).split()
    assert "assignments/00_doubling/doubling.ipynb" in names
    assert not [name for name in names if name.startswith(("solutions", "overlay", "grading"))]
    assert "assignments/00_doubling/halving.ipynb" not in names

    right = {"double": doubling.CODE, "halve": doubling.OTHER_CODE}
    hand_in(clone, "ada", triple="def triple(x):\n    return 3 * x", **right)
    hand_in(clone, "bo", triple="def triple(x):\n    return x", **right)
    with monkeypatch.context() as patch, small_cluster() as options:
        patch.setattr(task, "run", jobs.recorded)  # nothing runs, and all checks pass
        assert {name: found.score for name, found in graded(clone, options).items()} == {
            "ada": 8,
            "bo": 8,
        }

    newer = notebook("newer")
    for each in newer:
        each.source = each.source.replace("doubles numbers", "makes numbers twice as large")
        each.source = each.source.replace("double(7) == 14", "double(8) == 15")
    small.write(course / "solutions" / ASSIGNMENT / "doubling.ipynb", *newer)
    shutil.copytree(course / "solutions", course / "assignments", dirs_exist_ok=True)
    git(course, "commit", "-am", "Second")

    said = as_written(clone, "git restore assignments")
    assert "look at this: overlay/course.toml, texts: doubling does not say 'doubles num" in said
    released = clone / "assignments" / ASSIGNMENT / "doubling.ipynb"
    assert "makes numbers twice as large" in cell(released, "exercise_double").source
    assert cell(released, "check_double").metadata.nbgrader.points == 3
    assert "raise NotImplementedError" in cell(released, "triple").source
    assert not released.with_name("halving.ipynb").exists()
    grades = graded(clone, Options(workers=1, force=True))
    assert {name: (found.before, found.score) for name, found in grades.items()} == {
        "ada": (8, 6),
        "bo": (8, 4),
    }
    message = grades["bo"].checks["check_triple"].message
    assert message.startswith("tripling went wrong before 2")
    (page, _) = write_feedback(ASSIGNMENT, clone).pages
    assert "three times" in page.read_text()
    with open_gradebook(nbgrader(clone).config) as gradebook:
        cells = read_class(gradebook, ASSIGNMENT, clone).cells
    assert sum(each.points for each in cells) == 13


def test_the_example_fits_the_course(course, tmp_path):
    """What INSTRUCTORS.md shows is true of the course as it is now."""
    real = tmp_path / "real"
    shutil.copytree(banks.ROOT / "solutions", real / "solutions")
    settings = re.search(r"```toml\n(.*?)```", SECTION, re.S)[1]
    heading = small.text("## Exercise 1: three times (5 min)")
    cells = (heading, small.answer("triple", TRIPLE), small.check("check_triple", CHECK))
    small.write(real / "overlay" / "three_times.ipynb", *cells)
    (real / "overlay" / "course.toml").write_text(settings)
    assert {said.split(" ")[0] for said in notices(real)} == {"residual_blocks", "resnet50"}
    made = sources(real) / "03_residual_networks"
    assert cell(made / "residual_blocks.ipynb", "explain_relu_place").metadata.nbgrader.points == 4
    assert "On Friday we take" in cell(made / "resnet50.ipynb", "summary").source
    assert assignments(real)[-1] == "04_inception"
