"""The autograder for Gradescope, in a folder that looks like its container's: /autograder."""

import json
import os
import shutil
import stat
import subprocess
import sys
import zipfile

import courses
import pytest

from casebook_grader.course import CourseError
from casebook_grader.deployment.gradescope import pack

ASSIGNMENT = courses.TRIVIAL


def unpack(tmp_path, zip_file, answer):
    """Lay out what Gradescope lays out, with a submission; return its folder."""
    base = tmp_path / "autograder"
    with zipfile.ZipFile(zip_file) as made:
        made.extractall(base / "source")
        assert made.getinfo("run_autograder").external_attr >> 16 & stat.S_IXUSR
    course = courses.trivial(tmp_path / "learner")
    courses.submit(course, ["ada"], answer)
    shutil.copytree(
        course / "grading" / "submitted" / "ada" / ASSIGNMENT, base / "submission" / "x"
    )
    return base


def run(base):
    """Run it as Gradescope does, but with this environment's packages."""
    return subprocess.run(
        ["sh", base / "source" / "run_autograder"],
        env={**os.environ, "CASEBOOK_AUTOGRADER": str(base), "CASEBOOK_PYTHON": sys.executable},
        capture_output=True,
        text=True,
    )


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not installed")
def test_a_submission_gets_its_results(tmp_path):
    made = pack(ASSIGNMENT, courses.trivial(tmp_path / "course"))
    with zipfile.ZipFile(made) as packed:
        names = set(packed.namelist())
    assert {"setup.sh", "requirements.lock", f"solutions/{ASSIGNMENT}/doubling.ipynb"} <= names
    assert not [name for name in names if "grading" in name or "__pycache__" in name]
    assert made.stat().st_size < 50_000_000
    base = unpack(tmp_path, made, courses.HALF)
    done = run(base)
    assert done.returncode == 0, done.stderr
    found = json.loads((base / "results" / "results.json").read_text())
    assert found["score"] == 1
    shown = {test["name"]: (test["score"], test["visibility"]) for test in found["tests"]}
    assert shown == {
        "doubling: check_double": (1, "visible"),
        "doubling: hidden_double": (0, "hidden"),
    }


def test_an_unknown_assignment_is_named(tmp_path):
    with pytest.raises(CourseError, match="there is no assignment 'x'"):
        pack("x", courses.trivial(tmp_path))


def test_the_scripts_are_what_a_shell_reads(tmp_path):
    made = pack(ASSIGNMENT, courses.trivial(tmp_path / "course"), without_sandbox=True)
    with zipfile.ZipFile(made) as packed:
        packed.extractall(tmp_path / "source")
    assert (tmp_path / "source" / "without_sandbox.txt").exists()
    for name in ("setup.sh", "run_autograder"):
        assert subprocess.run(["sh", "-n", tmp_path / "source" / name]).returncode == 0
