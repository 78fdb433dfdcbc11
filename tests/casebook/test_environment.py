"""A new environment is built beside the old one, and takes its place only when it is whole."""

import json
import subprocess
import sys
import zipfile

import pytest

from casebook import environment
from casebook.environment import LEARNERS, TESTS, packages


@pytest.fixture
def folder(tmp_path):
    """An environment that was built from the tests' lock, as far as can be seen."""
    folder = tmp_path / ".venv"
    (folder / environment.SCRIPTS).mkdir(parents=True)
    environment._python(folder).write_text("")
    environment._write_mark(folder, lock_of(TESTS))
    (folder / "old").write_text("old")
    return folder


def lock_of(name):
    return (environment.ROOT / name).read_text(encoding="utf-8")


@pytest.fixture
def built(monkeypatch):
    """Locks that environments are built from, which take no time."""
    locks = []
    monkeypatch.setattr(environment, "build", lambda folder, lock: locks.append(lock))
    monkeypatch.setattr(environment, "has_gpu", lambda: False)
    return locks


def test_nothing_is_done_where_nothing_has_changed(folder, built):
    environment.set_up(folder, tests=True, gpu=None)
    environment.set_up(folder, tests=False, gpu=None)  # it serves learners too
    environment.set_up(folder, tests=False, gpu=True)
    assert built == []


def test_learners_keep_the_build_that_they_chose(folder, built):
    for gpu in (True, False):
        environment._write_mark(folder, packages(lock_of(LEARNERS), gpu))
        environment.set_up(folder, tests=False, gpu=None)
    assert built == []
    environment.set_up(folder, tests=False, gpu=True)
    environment.set_up(folder, tests=True, gpu=None)
    assert built == [packages(lock_of(LEARNERS), True), lock_of(TESTS)]


@pytest.mark.parametrize("gpu", [True, False])
def test_the_machine_decides_without_a_choice(tmp_path, built, monkeypatch, gpu):
    monkeypatch.setattr(environment, "has_gpu", lambda: gpu)
    environment.set_up(tmp_path / ".venv", tests=False, gpu=None)
    assert built == [packages(lock_of(LEARNERS), gpu)]
    assert ("tensorflow-cpu==" in built[0]) != gpu


@pytest.mark.parametrize(
    ("said", "status", "found"),
    [("GPU 0: H200", 0, True), ("No devices were found", 0, False), ("GPU lost", 9, False)],
)
def test_a_gpu_is_found_by_its_driver(monkeypatch, said, status, found):
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")
    done = subprocess.CompletedProcess([], status, said.encode())
    monkeypatch.setattr("subprocess.run", lambda command, **_: done)
    assert environment.has_gpu() is found


def test_without_a_driver_there_is_no_gpu(monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert not environment.has_gpu()


@pytest.mark.parametrize("spoil", ["ready", "python"])
def test_what_is_not_whole_is_built_again(folder, built, spoil):
    if spoil == "ready":
        (folder / "ready").write_text("")  # as an older make left it
    else:
        environment._python(folder).unlink()
    environment.set_up(folder, tests=True, gpu=None)
    assert built == [lock_of(TESTS)]


def test_a_change_of_the_project_installs_the_course_alone(folder, built, monkeypatch):
    mark = json.loads((folder / "ready").read_text())
    (folder / "ready").write_text(json.dumps(mark | {"project": "another"}))
    installed = []
    monkeypatch.setattr(environment, "install_course", installed.append)
    for _ in range(2):
        environment.set_up(folder, tests=True, gpu=None)
    assert (installed, built) == ([folder], [])
    assert environment.is_built(folder, [lock_of(TESTS)])


@pytest.mark.parametrize("error", [subprocess.CalledProcessError, KeyboardInterrupt])
@pytest.mark.parametrize("step", ["venv", "--require-hashes", "--editable"])
def test_a_build_that_breaks_off_leaves_the_old_environment(
    folder, monkeypatch, capsys, step, error
):
    def run(*words):
        if step in words:
            raise error(1, words)
        if "venv" in words:
            (folder.with_name(".venv.new") / environment.SCRIPTS).mkdir(parents=True)

    monkeypatch.setattr(environment, "_run", run)
    monkeypatch.setattr(sys, "argv", ["environment.py", str(folder)])
    environment._write_mark(folder, "an older lock")
    assert environment.main() == 1
    assert (folder / "old").exists()
    said = capsys.readouterr().err
    assert f"The older one in {folder} is as it was. Try again." in said
    assert ("interrupted" in said) == (error is KeyboardInterrupt)
    assert ("apt install" in said) == (error is not KeyboardInterrupt and step == "venv")


def test_an_environment_that_is_in_use_stays(folder, monkeypatch, capsys):
    """On Windows a folder from which a program runs cannot be renamed."""

    def build(*_):
        new = folder.with_name(".venv.new")
        new.mkdir()
        monkeypatch.setattr("pathlib.Path.rename", refuse)
        environment.replace(new, folder)

    def refuse(*_):
        raise PermissionError("in use")

    monkeypatch.setattr(environment, "build", build)
    monkeypatch.setattr(sys, "argv", ["environment.py", str(folder)])
    environment._write_mark(folder, "an older lock")
    assert environment.main() == 1
    assert "(in use). Close JupyterLab" in capsys.readouterr().err
    assert (folder / "old").exists()


def test_the_old_one_comes_back_where_the_swap_was_cut_short(folder, built):
    folder.rename(folder.with_name(".venv.old"))
    environment.set_up(folder, tests=True, gpu=None)
    assert (folder / "old").exists()
    assert built == []


def test_commands_run_in_the_place_of_the_old_environment(folder, monkeypatch):
    """A real environment without packages: its own pip stands for every command."""
    monkeypatch.setattr(environment, "_pip", lambda *_: None)
    environment.build(folder, "lock")
    assert sorted(path.name for path in folder.parent.iterdir()) == [".venv"]
    assert environment.is_built(folder, ["lock"])
    assert not (folder / "old").exists()
    done = subprocess.run(
        [folder / environment.SCRIPTS / "pip", "--version"], capture_output=True, text=True
    )
    assert str(folder / "lib") in done.stdout, done.stderr
    for path in (folder / environment.SCRIPTS).iterdir():
        assert b".venv.new" not in path.read_bytes()
    assert ".venv.new" not in (folder / "pyvenv.cfg").read_text()


def test_programs_of_windows_name_the_new_place_too(tmp_path):
    """They are a launcher, the path of Python, and a zip; all three must stay readable."""
    new, place = tmp_path / ".venv.new", tmp_path / ".venv"
    (new / environment.SCRIPTS).mkdir(parents=True)
    (new / "pyvenv.cfg").write_text("home = /usr/bin")
    program = new / environment.SCRIPTS / "casebook.exe"
    with zipfile.ZipFile(tmp_path / "code", "w") as code:
        code.writestr("__main__.py", "main()")
    start = f"MZ launcher\n#!{new}/Scripts/python.exe\r\n"
    program.write_bytes(start.encode() + (tmp_path / "code").read_bytes())
    environment.name_place(new, place)
    assert f"#!{place}/Scripts/python.exe\r\n".encode() in program.read_bytes()
    assert zipfile.ZipFile(program).read("__main__.py") == b"main()"
