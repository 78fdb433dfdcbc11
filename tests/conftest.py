"""Fixtures that several test files share."""

import shutil

import banks
import pytest


@pytest.fixture
def course(tmp_path):
    """A copy of the course's folder with its notebooks and settings, and no submissions."""
    for name in ("solutions", "assignments"):
        shutil.copytree(
            banks.ROOT / name,
            tmp_path / name,
            ignore=shutil.ignore_patterns("record_*.json", ".ipynb_checkpoints"),
        )
    shutil.copy(banks.ROOT / "nbgrader_config.py", tmp_path)
    return tmp_path
