"""The command `casebook`: its help, its errors, and that it starts at once."""

import os
import re
import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import banks
import click
import pytest
from click.testing import CliRunner
from sample_class import LEARNERS, SIGN, write_alone

from casebook import command
from casebook_grader.course import CourseError
from casebook_grader.results import Check, Grade

SLOW_TO_IMPORT = ("tensorflow", "keras", "numpy", "nbgrader", "nbformat", "jupyterlab", "rich")
SAMPLE = "03_residual_networks"


def run(*words):
    return CliRunner().invoke(command.main, words)


def failed(*words):
    """What a command says that fails without a traceback."""
    done = run(*words)
    assert done.exit_code not in (0, None)
    assert isinstance(done.exception, SystemExit), done.exception
    return done.stderr


def test_the_help_lists_every_word_for_its_people():
    said = run("--help").output
    assert said.index("For learners") < said.index("For instructors") < said.index("For authors")
    for word in command.main.commands.values():
        assert f"\n  {word.name} " in said
        assert word.help.split("\n")[0] in said  # in full, not cut short


@pytest.mark.parametrize("word", command.main.commands)
def test_each_word_has_a_help_with_every_option(word):
    done = run(word, "--help")
    assert done.exit_code == 0
    options = [p for p in command.main.commands[word].params if isinstance(p, click.Option)]
    assert all(option.help for option in options)


@pytest.mark.parametrize("words", [["--help"], ["grade", "--help"], ["new-exercise", "--help"]])
def test_help_imports_nothing_that_is_slow(words):
    program = (
        "import sys; from casebook.command import main; main(sys.argv[1:], standalone_mode=False);"
        f"print('slow:', [name for name in {SLOW_TO_IMPORT} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program, *words], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("slow: []\n")


def test_the_environment_gets_the_command():
    project = tomllib.loads((banks.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    module, name = project["scripts"]["casebook"].split(":")
    assert getattr(import_module(module), name) is command.main


def test_it_runs_as_a_module_within_the_course():
    done = subprocess.run(
        [sys.executable, "-m", "casebook", "grade", "04_nothing"],
        cwd=banks.ROOT / "datasets",
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "no assignment '04_nothing'" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "word", [["start"], ["grade", SAMPLE], ["report", SAMPLE], ["release"], ["new-exercise", "x"]]
)
def test_outside_of_the_course(tmp_path, monkeypatch, word):
    monkeypatch.chdir(tmp_path)
    more = ["--notebook", "y"] if "new-exercise" in word else []
    said = failed(*word, *more)
    assert "expected the course, a folder with nbgrader_config.py" in said
    assert str(tmp_path) in said
    assert "--course FOLDER" in said


@pytest.mark.parametrize(
    ("name", "said"),
    [([], "no assignment was named"), (["04_nothing"], "no assignment '04_nothing'")],
)
def test_grade_names_the_assignments(name, said):
    found = failed("grade", *name, "--course", str(banks.ROOT))
    assert said in found
    assert SAMPLE in found


def test_grade_invents_no_learners(course):
    said = failed("grade", SAMPLE, "--course", str(course))
    assert f"nothing is submitted for {SAMPLE}" in said
    assert f"make sample-class ASSIGNMENT={SAMPLE}" in said
    assert not (course / "grading" / "submitted").exists()


@pytest.fixture
def outcome(monkeypatch):
    """Have grading end with these grades; the options that it was given are kept."""
    from casebook_grader import grade as grading

    given = {}

    def end_with(*grades):
        def grade(assignment, root, options, started, noticed):
            given.update(assignment=assignment, root=root, options=options)
            started(SimpleNamespace(number=2, machines=1), len(grades))
            yield from grades

        monkeypatch.setattr(grading, "grade", grade)
        return given

    return end_with


def test_grade_prints_the_grades_and_all_findings_as_they_are(course, outcome):
    checks = {"check_blocks": Check("blocks", 13, 13)}
    given = outcome(
        Grade("ben", "not gradable", checks, findings=["it is [cut] short"]),
        Grade("ada", checks=checks, by_hand=2, findings=["odd\x1b[2J"]),
    )
    done = run("grade", "--no-sandbox", SAMPLE, "--course", str(course))
    assert done.exit_code == 0, done.output
    assert (given["assignment"], given["root"]) == (SAMPLE, course)
    assert given["options"].sandboxed is False
    assert "2 submissions; 2 notebooks at a time on 1 machine." in done.stderr
    assert "13 / 13" in done.stdout
    assert done.stdout.index("ada") < done.stdout.index("ben")
    assert "ben: it is [cut] short" in done.stdout
    assert "ada: odd\\x1b[2J" in done.stdout  # a verdict of `graded` hides no finding
    assert "Nbgrader > Formgrader" in done.stdout


def test_grade_takes_its_options_and_says_what_has_to_be_graded_again(course, outcome):
    given = outcome(Grade("ada", "engine failed", findings=["blocks: no kernel"]))
    words = "grade --learner ada --force --time-limit 90 --memory-limit 1.5 --workers 3"
    done = run(*words.split(), SAMPLE, "--course", str(course))
    assert done.exit_code == 1
    assert "1 of 1 submissions could not be graded, by no fault of theirs" in done.stderr
    options = given["options"]
    assert (options.learner, options.force, options.workers) == ("ada", True, 3)
    assert options.limits == {"notebook": 90, "memory": 3 * 2**29}
    assert (options.sandboxed, options.cluster) == (True, None)


def test_grade_on_a_cluster(course, outcome):
    given = outcome()
    files = ("--tls-ca", "ca.pem", "--tls-cert", "here.pem", "--tls-key", "here.key")
    words = ("grade", "--scheduler", "tls://10.0.0.1:8786", *files, SAMPLE)
    assert run(*words, "--course", str(course)).exit_code == 0
    cluster = given["options"].cluster
    assert cluster.scheduler == "tls://10.0.0.1:8786"
    assert (cluster.authority, cluster.certificate, cluster.key) == (
        Path("ca.pem"),
        Path("here.pem"),
        Path("here.key"),
    )
    for wrong in ([*words, "--workers", "2"], ["grade", *files, SAMPLE]):
        assert run(*wrong, "--course", str(course)).exit_code == 2


def test_report_wants_grades_first(course):
    said = failed("report", SAMPLE, "--course", str(course))
    assert f"no report was made: there are no results of {SAMPLE}" in said
    assert f"casebook grade {SAMPLE}" in said
    assert "no assignment 'x'" in failed("report", "x", "--course", str(course))
    assert not (course / "grading" / "reports").exists()


def test_report_names_its_files(course):
    from casebook_grader import results

    results.write(results.Grade("ada"), SAMPLE, course)
    done = run("report", SAMPLE, "--json", "--course", str(course))
    assert done.exit_code == 0, done.output
    files = [f"grading/reports/{SAMPLE}.{kind}" for kind in ("html", "json")]
    assert done.stdout.splitlines() == files
    assert all((course / file).is_file() for file in files)
    said = run("report", SAMPLE, "--anonymous", "--course", str(course)).stdout
    assert f"grading/reports/{SAMPLE}-anonymous.html" in said
    assert "numbers.json. Keep that file to yourself" in said


def test_a_course_without_solutions(course):
    (course / "solutions").rename(course / "elsewhere")
    for words in (["grade", SAMPLE], ["report", SAMPLE], ["release"]):
        assert "expected the folder solutions/" in failed(*words, "--course", str(course))


def test_release_says_what_it_mended_and_what_it_refused(course, monkeypatch):
    readme = course / "README.md"
    stale = re.sub(r"\| \d+ \| 15 \|", "| 1 | 2 |", readme.read_text(encoding="utf-8"))
    readme.write_text(stale, encoding="utf-8")
    (course / "solutions" / SAMPLE / "notes.txt").write_text("secret")
    said = run("release", "--course", str(course))
    assert said.exit_code == 1
    assert "brought up to date: README.md: expected" in said.stdout
    assert "nothing was released" in said.stderr
    assert "notes.txt would be handed to learners" in said.stderr


def test_release_lists_the_assignments(course, monkeypatch):
    monkeypatch.setattr("casebook_grader.release.release", lambda root: [SAMPLE])
    said = run("release", "--course", str(course)).stdout.splitlines()
    assert said[2] == f"assignments/{SAMPLE}: changed"
    assert said[3] == "assignments/04_inception: unchanged"


@pytest.fixture
def opened(monkeypatch):
    """What JupyterLab was started with, each time; the variables that this sets are put back."""
    found = []
    monkeypatch.setattr("jupyterlab.labapp.main", found.append)
    for variable in ("PATH", "JUPYTER_CONFIG_PATH", "JUPYTER_PATH", "PYTHONSTARTUP"):
        monkeypatch.setenv(variable, "")
    return found


def test_start_makes_the_copy_and_opens_lab_on_it(course, monkeypatch, opened):
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "others")
    monkeypatch.chdir(course / "solutions")
    done = run("start", "--no-browser", "--port=8890")
    assert done.exit_code == 0, done.output
    first, expose, *options = opened[0]
    assert first == "--LabApp.default_url=/casebook"
    assert expose == "--LabApp.expose_app_in_browser=True"
    assert options == ["--no-browser", "--port=8890"]
    assert (course / "work" / SAMPLE / "residual_blocks.ipynb").is_file()
    assert "new there" in done.stdout
    assert (Path(os.environ["JUPYTER_PATH"]) / "labextensions" / "casebook-lab").is_dir()
    learner, everybody, others = os.environ["JUPYTER_CONFIG_PATH"].split(os.pathsep)
    assert (Path(learner).name, Path(everybody).name, others) == ("learner", "everybody", "others")
    assert "new there" not in run("start").stdout


def test_an_instructor_opens_the_course_itself(course, monkeypatch, opened):
    monkeypatch.chdir(course)
    assert run("start", "--instructor", "--no-browser").exit_code == 0
    assert opened[0][0] == "--LabApp.default_url=/lab"
    assert opened[0][-1] == "--no-browser"
    assert Path(os.environ["JUPYTER_CONFIG_PATH"]).name == "everybody"
    assert not (course / "work").exists()


@pytest.mark.parametrize(
    ("more", "page", "settings"),
    [([], "/casebook", ["hub", "everybody"]), (["--instructor"], "/lab", ["everybody"])],
)
def test_a_hub_starts_its_own_server(course, monkeypatch, opened, more, page, settings):
    monkeypatch.setattr("jupyterhub.singleuser.main", opened.append)
    monkeypatch.chdir(course)
    assert run("start", "--hub", *more).exit_code == 0
    assert f"--ServerApp.default_url={page}" in opened[0]
    top, *folders = os.environ["JUPYTER_CONFIG_PATH"].split(os.pathsep)
    assert Path(top) == course  # nbgrader's settings
    assert [Path(folder).name for folder in folders] == settings
    assert (course / "work").exists() == (not more)


def test_a_hub_without_its_package(course, monkeypatch, opened):
    monkeypatch.setitem(sys.modules, "jupyterhub.singleuser", None)
    monkeypatch.chdir(course)
    assert "-m pip install jupyterhub==VERSION" in failed("start", "--hub")


def test_start_in_an_incomplete_course(course, monkeypatch):
    (course / "assignments").rename(course / "elsewhere")
    assert "complete copy of the course" in failed("start", "--course", str(course))


def test_the_sample_class_stays_apart_from_real_learners(course):
    submitted = course / "grading" / "submitted"
    write_alone(SAMPLE, course)
    assert {path.name for path in submitted.iterdir()} == {*LEARNERS, SIGN}
    write_alone("04_inception", course)  # the same class, another assignment
    with pytest.raises(CourseError, match="has submitted 04_inception already"):
        write_alone("04_inception", course)
    (submitted / "eve").mkdir()
    with pytest.raises(CourseError, match="found eve"):
        write_alone("01_reading_networks", course)
    (submitted / "eve").rmdir()
    (submitted / SIGN).unlink()
    with pytest.raises(CourseError, match="found ada, ben, chen, dana"):
        write_alone("01_reading_networks", course)
    with pytest.raises(CourseError, match="no assignment 'x'"):
        write_alone("x", course)


def test_new_exercise_says_what_to_fill_in(course):
    words = ("new-exercise", "wide_block", "--notebook", "vgg16", "--course", str(course))
    said = run(*words, "--network", "--minutes", "5", "--title", "a wide block").stdout
    for path in (
        "solutions/02_classic_networks/vgg16.ipynb",
        "utils/cnn_casebook/checks/wide_block.py",
        "tests/bank/wide_block.py",
        "tests/cnn_casebook/checks/test_wide_block.py",
    ):
        assert f"\n  {path}\n" in said
        assert "FILL IN" in (course / path).read_text(encoding="utf-8")
    assert "casebook run vgg16" in said
    assert "have moved" not in said
    again = failed(*words)
    assert "no exercise was written" in again
    assert "Choose another" in again


def test_new_exercise_names_cells_whose_numbers_may_be_wrong_now(course):
    words = ("--notebook", "reading_networks", "--after", "start", "--course", str(course))
    assert "name some: theory_lists_kinds" in run("new-exercise", "warm_up", *words).stdout


def test_run_stores_outputs_or_says_why_not(course, monkeypatch):
    path = course / "solutions" / SAMPLE / "resnet50.ipynb"
    monkeypatch.setattr("casebook_grader.stored_outputs.run", lambda root, name: path)
    said = run("run", "resnet50", "--course", str(course)).stdout
    assert said == f"solutions/{SAMPLE}/resnet50.ipynb holds the outputs of this run.\n"
    monkeypatch.undo()
    said = failed("run", "resnet51", "--course", str(course))
    assert "nothing was stored: there is no notebook 'resnet51'" in said
