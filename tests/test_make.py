"""What `make` says when something is missing, and that the course's commands exist."""

import subprocess
import sys

import banks


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


def test_an_old_python_is_named(tmp_path):
    old = tmp_path / "python3"
    code = "import sys; sys.version_info = (3, 9, 2); exec(sys.argv[1])"
    old.write_text(f'#!/bin/sh\nexec {sys.executable} -c "{code}" "$2"\n')
    old.chmod(0o755)
    done = make("lab", f"PYTHON={old}", fresh(tmp_path))
    assert done.returncode != 0
    assert "needs Python 3.11 or newer" in done.stderr
    assert "is 3.9" in done.stderr


def test_no_python_is_named(tmp_path):
    done = make("lab", "PYTHON=no-such-python", fresh(tmp_path))
    assert done.returncode != 0
    assert "No no-such-python found" in done.stdout
