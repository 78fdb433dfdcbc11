"""What tests and benchmarks do with a copy of the course's folder."""

import os
import re
import subprocess
import sys
from pathlib import Path


def keep_only(course: Path, assignment: str, notebook: str) -> None:
    """Remove the other notebooks of an assignment."""
    for step in ("assignments", "solutions"):
        for path in (course / step / assignment).glob("*.ipynb"):
            if path.name != notebook:
                path.unlink()


def without_engine(course: Path) -> None:
    """Take the engine's lines out of the settings: plain nbgrader is left."""
    config = course / "nbgrader_config.py"
    lines = config.read_text(encoding="utf-8")
    lines = lines[: lines.index("# Safe and fast grading.")]
    lines = re.sub(r"^from casebook_grader.*\n", "", lines, flags=re.MULTILINE)
    config.write_text(lines, encoding="utf-8")


def run_nbgrader(course: Path, *arguments: str) -> None:
    """Run one of nbgrader's stock commands in a course's folder."""
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments],
        cwd=course,
        env={**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
