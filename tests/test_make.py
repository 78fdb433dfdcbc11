"""What `make` says when something is missing, and that the course's commands exist."""

import subprocess
import sys
import tomllib

import banks
import pytest
from packaging.specifiers import SpecifierSet

from casebook.suitable import why_not


def make(*arguments, **options):
    return subprocess.run(
        ["make", "--no-print-directory", *arguments],
        cwd=banks.ROOT,
        capture_output=True,
        text=True,
        **options,
    )


def test_help_lists_the_commands():
    said = make().stdout
    for name in ("lab", "test", "notebooks", "release", "grade", "sample-class"):
        assert f"make {name}" in said


def fresh(tmp_path):
    """Make's variables for an environment that does not exist yet."""
    return f"VENV={tmp_path / 'venv'}"


@pytest.mark.parametrize("version", [(3, 9), (3, 14)])
def test_a_python_that_does_not_fit_is_named(tmp_path, version):
    other = tmp_path / "python3"
    code = "import runpy, sys; "
    code += f"sys.version_info = {version}; runpy.run_path(sys.argv[1], None, '__main__')"
    other.write_text(f'#!/bin/sh\nexec {sys.executable} -c "{code}" "$1"\n')
    other.chmod(0o755)
    done = make("lab", f"PYTHON={other}", fresh(tmp_path))
    assert done.returncode != 0
    assert "needs Python 3.11 to 3.13" in done.stderr
    assert f"this is 3.{version[1]}" in done.stderr
    assert "make PYTHON=python3.12 lab" in done.stdout


def test_an_intel_mac_is_sent_to_binder():
    assert "Binder" in why_not((3, 12), "Darwin", "x86_64")
    assert not why_not((3, 12), "Darwin", "arm64")


def test_the_project_allows_the_same_versions():
    project = tomllib.loads((banks.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    allowed = SpecifierSet(project["requires-python"])
    for minor in range(9, 16):
        assert allowed.contains(f"3.{minor}.1") == (not why_not((3, minor), "Linux", "x86_64"))


def test_no_python_is_named(tmp_path):
    done = make("lab", "PYTHON=no-such-python", fresh(tmp_path))
    assert done.returncode != 0
    assert "No no-such-python found" in done.stdout
