"""A learner without a clone: a wheel is installed, and `casebook start` does the rest."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
import zipfile
from pathlib import Path

import banks
import click
import pytest

from casebook import packaged
from casebook.place import MARK
from casebook.welcome import ADDRESS

NOTEBOOK = "03_residual_networks/residual_blocks.ipynb"
SOURCE = ("assignments", "datasets", "utils", "pyproject.toml", "setup.py", "MANIFEST.in")
SOURCE += ("locale", "nbgrader_config.py", "README.md", "LICENSE")


@pytest.fixture
def carried(tmp_path, monkeypatch):
    """What a wheel carries, as files that nobody may write to."""
    carried = tmp_path / "carried"
    carried.mkdir()
    shutil.copy(banks.ROOT / MARK, carried)
    target = carried / "assignments" / NOTEBOOK
    target.parent.mkdir(parents=True)
    shutil.copy(banks.ROOT / "assignments" / NOTEBOOK, target)
    for path in carried.rglob("*"):
        path.chmod(0o555 if path.is_dir() else 0o444)
    monkeypatch.setattr(packaged, "CARRIED", carried)
    yield carried
    for path in carried.rglob("*"):
        path.chmod(0o755)


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    return folder


def test_an_empty_folder_becomes_a_course_of_ones_own(carried, folder, capsys):
    assert packaged.course_or_new(folder) == folder
    assert f"A new course in {folder}." in capsys.readouterr().out
    for path in (folder / MARK, folder / "assignments" / NOTEBOOK):
        assert path.stat().st_mode & 0o200
    assert (folder / "assignments").stat().st_mode & 0o200
    assert packaged.course_or_new(folder / "assignments") == folder
    assert capsys.readouterr().out == ""


def test_what_it_takes_to_come_this_far_may_lie_there(carried, folder):
    (folder / "cnn_casebook-0.1.0-py3-none-any.whl").touch()
    (folder / "venv").mkdir()
    (folder / "venv" / "pyvenv.cfg").touch()
    (folder / ".git").mkdir()
    assert packaged.course_or_new(folder) == folder


def test_another_folder_is_left_alone(carried, folder):
    for name in ("letters", "photos", "taxes", "work"):
        (folder / name).mkdir()
    with pytest.raises(click.ClickException, match="letters, photos, taxes and more") as caught:
        packaged.course_or_new(folder)
    assert "mkdir casebook" in caught.value.message
    assert len(list(folder.iterdir())) == 4


def test_assignments_follow_a_newer_wheel_and_own_work_stays(carried, folder):
    packaged.course_or_new(folder)
    for step in ("assignments", "work"):
        path = folder / step / NOTEBOOK
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("older")
    packaged.course_or_new(folder)
    released = (folder / "assignments" / NOTEBOOK).read_text(encoding="utf-8")
    assert released == (carried / "assignments" / NOTEBOOK).read_text(encoding="utf-8")
    assert (folder / "work" / NOTEBOOK).read_text() == "older"


def test_a_clone_is_never_laid_over(carried, folder):
    (folder / MARK).write_text("# an author's own")
    assert packaged.course_or_new(folder) == folder
    assert [path.name for path in folder.iterdir()] == [MARK]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The course as a wheel, built from its sources alone."""
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    leave = shutil.ignore_patterns("*.egg-info", "__pycache__")
    for name in SOURCE:
        path = banks.ROOT / name
        if path.is_dir():
            shutil.copytree(path, source / name, ignore=leave)
        else:
            shutil.copy(path, source)
    pip("wheel", "--no-build-isolation", "--wheel-dir", target, source)
    (built,) = target.glob("*.whl")
    return built


def pip(word, *arguments):
    command = [sys.executable, "-m", "pip", word, "--quiet", "--no-deps", "--no-index"]
    done = subprocess.run([*command, *arguments], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def elsewhere(wheel, tmp_path_factory):
    """Variables of a process that finds the course in the wheel, and not in the repository."""
    target = tmp_path_factory.mktemp("packages")
    pip("install", "--target", target, wheel)
    folders = {f"JUPYTER_{name}_DIR": str(target / name) for name in ("CONFIG", "RUNTIME")}
    return {**os.environ, **folders, "PYTHONPATH": str(target)}


def test_the_wheel_carries_the_course_and_no_answers(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder, pattern, package in (
        ("assignments", "*/*", "casebook/course/assignments"),
        ("locale", "*/*.po", "casebook/course/locale"),
        ("datasets", "*/*", "cnn_casebook/datasets"),
    ):
        for path in (banks.ROOT / folder).glob(pattern):
            if path.is_file() and not path.name.startswith("record_"):
                assert f"{package}/{path.relative_to(banks.ROOT / folder).as_posix()}" in names
    assert "cnn_casebook/datasets/SHA256SUMS" in names
    tops = {name.split("/")[0] for name in names if ".dist-info/" not in name}
    packages = {path.parent.name for path in (banks.ROOT / "utils").glob("*/__init__.py")}
    assert tops == packages
    with zipfile.ZipFile(wheel) as file:
        notebooks = [file.read(name) for name in names if name.endswith(".ipynb")]
    released = [path.read_bytes() for path in (banks.ROOT / "assignments").glob("*/*.ipynb")]
    assert sorted(notebooks) == sorted(released)


def test_the_wheel_finds_its_data(elsewhere, folder):
    program = (
        "import cnn_casebook; from cnn_casebook.data import datasets;"
        "print(cnn_casebook.__file__, datasets.digits()[0].images.shape)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=folder, env=elsewhere, capture_output=True, text=True
    )
    assert done.stdout.startswith(elsewhere["PYTHONPATH"]), done.stderr
    assert done.stdout.endswith("(1437, 8, 8, 1)\n")


def test_start_in_an_empty_folder_serves_ones_own_copy(elsewhere, folder):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = f"--no-browser --allow-root --ip=127.0.0.1 --port={port}".split()
    with open(folder.with_name("log"), "w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "casebook", "start", *options, "--IdentityProvider.token=t"],
            cwd=folder,
            env=elsewhere,
            stdout=log,
            stderr=log,
        )
        try:
            at = f"http://127.0.0.1:{port}"
            served = answer(server, f"{at}/api/contents/work/{NOTEBOOK}?token=t")
            first = answer(server, f"{at}/{ADDRESS}?token=t")
        finally:
            server.terminate()
            server.wait(60)
    assert b"residual_blocks" in served, folder.with_name("log").read_text()
    assert b"residual_blocks" in first
    copy = folder / "work" / NOTEBOOK
    assert copy.read_bytes() == (banks.ROOT / "assignments" / NOTEBOOK).read_bytes()
    assert copy.stat().st_mode & 0o200


def answer(server, address):
    for _ in range(600):
        try:
            with urllib.request.urlopen(address) as reply:
                return reply.read()
        except OSError:
            if server.poll() is not None:
                return b""
            time.sleep(0.2)
    return b""


def test_a_learner_needs_nothing_that_windows_lacks(folder):
    """The command, the set-up of notebooks and the settings that JupyterLab reads."""
    program = """
import os, signal, sys
import distributed, IPython, nbgrader.apps, numpy, psutil  # they know Windows by its name
for name in ("fcntl", "grp", "pwd", "resource", "termios"):
    sys.modules[name] = None
for module, names in ((os, "fork geteuid getuid killpg setsid"), (signal, "SIGKILL SIGALRM")):
    for name in names.split():
        delattr(module, name)
from traitlets.config import PyFileConfigLoader
import casebook.command, casebook.environment, casebook.packaged
import casebook.validation.handler, casebook.welcome.handler
import cnn_casebook.corrections.copies, cnn_casebook.runtime, cnn_casebook.workspace
import cnn_casebook.data.wild
PyFileConfigLoader("nbgrader_config.py", path=sys.argv[1]).load_config()
"""
    settings = shutil.copy(banks.ROOT / MARK, folder)
    done = subprocess.run(
        [sys.executable, "-c", program, Path(settings).parent], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
