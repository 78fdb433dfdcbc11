"""The course away from home: Binder, VS Code and Codespaces, Colab and Kaggle."""

import ast
import json
import os
import shutil
import subprocess
import sys
import tomllib

import banks
import pytest
from click.testing import CliRunner

from casebook.command import main
from casebook.environment import LEARNERS
from casebook.suitable import why_not
from casebook_grader import address, totals
from casebook_grader.course import CourseError

BINDER = banks.ROOT / ".binder"
GITHUB = "https://github.com/ada/casebook"


@pytest.fixture
def published(course):
    """A copy of the course, to be published at an address."""

    def publish(at):
        text = (banks.ROOT / "pyproject.toml").read_text(encoding="utf-8")
        found = tomllib.loads(text)["project"]["urls"]["Repository"]
        (course / "pyproject.toml").write_text(text.replace(found, at), encoding="utf-8")
        return course

    return publish


def test_binder_installs_what_learners_get():
    assert (BINDER / "requirements.txt").read_text() == f"-r ../{LEARNERS}\n"
    version = (BINDER / "runtime.txt").read_text().removeprefix("python-").split(".")
    assert not why_not(tuple(map(int, version)), "Linux", "x86_64")


def test_binder_has_the_copy_ready(course, tmp_path):
    """The script runs with a Python whose pip does nothing, as all is installed here."""
    python = tmp_path / "bin" / "python"
    python.parent.mkdir()
    python.write_text(f'#!/bin/sh\n[ "$1" = -m ] && exit\nexec {sys.executable} "$@"\n')
    python.chmod(0o755)
    search = {"PATH": f"{python.parent}:{os.environ['PATH']}"}
    subprocess.run([BINDER / "postBuild"], cwd=course, env={**os.environ, **search}, check=True)
    assert (course / "work/03_residual_networks/residual_blocks.ipynb").is_file()


def test_binder_starts_jupyter_as_the_course_does(course, monkeypatch):
    names = ("JUPYTER_CONFIG_PATH", "JUPYTER_PATH", "PYTHONSTARTUP")
    for name in names:
        monkeypatch.setenv(name, "")  # so that what the command sets is put back
        monkeypatch.delenv(name)
    printed = subprocess.run([BINDER / "start", "printenv", *names], capture_output=True, text=True)
    monkeypatch.setattr("jupyterlab.labapp.main", lambda options: None)
    monkeypatch.setenv("PATH", os.environ["PATH"])
    monkeypatch.chdir(course)
    CliRunner().invoke(main, ["start", "--course", str(course)])
    assert printed.stdout.splitlines() == [os.environ[name] for name in names]


def test_the_container_finds_the_environment():
    text = (banks.ROOT / ".devcontainer/devcontainer.json").read_text(encoding="utf-8")
    container = json.loads(text)
    assert "utils/casebook/environment.py" in container["postCreateCommand"]
    _, _, version = container["image"].rpartition(":")
    assert not why_not(tuple(map(int, version.split("."))), "Linux", "x86_64")
    settings = container["customizations"]["vscode"]["settings"]
    assert settings["python.defaultInterpreterPath"].endswith("/.venv/bin/python")


def test_one_line_publishes_the_course(published):
    course = published(GITHUB + ".git")
    assert totals.update(course)
    readme = (course / "README.md").read_text(encoding="utf-8")
    for link in (
        "](https://mybinder.org/v2/gh/ada/casebook/HEAD?urlpath=lab/tree/work)",
        "](https://codespaces.new/ada/casebook)",
        f"](https://colab.research.google.com/github/ada/casebook/blob/main/{address.FIRST})",
        f"](https://kaggle.com/kernels/welcome?src={GITHUB}/blob/main/{address.FIRST})",
    ):
        assert link in readme
    for path in (course / "solutions").glob("*/*.ipynb"):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        first = next(cell for cell in cells if cell["cell_type"] == "code")["source"]
        assert first[0].endswith(f"%pip install --no-deps git+{GITHUB}\n")
        assert first[1] == "from cnn_casebook import runtime\n"
    assert (course / address.FIRST).is_file()
    assert totals.find_stale(course) == []


def test_the_address_stands_nowhere_else(published):
    """Without it badges and set-up lines are as if it had never been there."""
    texts = []
    for at in ("https://example.org/cnn-casebook", GITHUB, "https://example.org/cnn-casebook"):
        course = published(at)
        totals.update(course)
        files = (course / "README.md", *sorted(course.glob("solutions/*/*.ipynb")))
        texts.append([path.read_text(encoding="utf-8") for path in files])
    without, published_text, without_again = texts
    assert all(GITHUB in text for text in published_text)
    assert without == without_again
    assert not any(GITHUB in text for text in without)


@pytest.mark.parametrize("wrong", ["http://github.com/ada/casebook", "https://github.com/ada"])
def test_an_address_that_is_none(published, wrong):
    with pytest.raises(CourseError, match='expected Repository = "https://github'):
        address.published_at(published(wrong))


def test_readme_without_a_place_for_badges(published):
    course = published(GITHUB)
    readme = course / "README.md"
    readme.write_text(readme.read_text(encoding="utf-8").replace(address.END, ""))
    with pytest.raises(CourseError, match="put them back"):
        totals.update(course)


def test_notebooks_need_no_more_than_colab_and_kaggle_have():
    """Their set-up line installs the wheel alone, without what it depends on."""
    theirs = {"keras", "matplotlib", "numpy", "PIL", "tensorflow", "cnn_casebook"}
    theirs |= {"babel"}  # of JupyterLab's server; imported for other languages than English alone
    for path in (banks.ROOT / "utils/cnn_casebook").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module]
            tops = {name.split(".")[0] for name in names}
            assert tops <= theirs | sys.stdlib_module_names, path


def test_the_word_is_seen_where_the_course_is_missing(tmp_path):
    """IPython shows the set-up cell's first line above the one that failed."""
    notebook = shutil.copy(banks.ROOT / "assignments/02_classic_networks/vgg16.ipynb", tmp_path)
    program = f"""
import json, sys
sys.modules["cnn_casebook"] = None
from IPython.core.interactiveshell import InteractiveShell
cells = json.load(open({str(notebook)!r}, encoding="utf-8"))["cells"]
first = next(cell for cell in cells if cell["cell_type"] == "code")
InteractiveShell.instance(colors="nocolor").run_cell("".join(first["source"]))
"""
    environment = {**os.environ, "IPYTHONDIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True
    )
    assert "No module named 'cnn_casebook'? Choose the kernel of the course" in done.stdout
