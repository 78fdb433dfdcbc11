"""Fixtures that several test files share, how tests are dealt to processes, what `.ci/run` asks."""

import os
import shutil

import banks
import pytest
import side_by_side


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Under CASEBOOK_NO_SKIPS a test fails, rather than skips, where a package is missing.

    At home a test may skip because something "is not installed"; `.ci/run` installs all of it,
    so there a skip would hide that a test never runs.
    """
    report = yield
    if report.skipped and isinstance(report.longrepr, tuple):
        reason = report.longrepr[2]
        if "is not installed" in reason and os.environ.get("CASEBOOK_NO_SKIPS"):
            report.outcome = "failed"
            report.longrepr = f"{reason}, but CASEBOOK_NO_SKIPS is set"
    return report


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: side_by_side.place(item.nodeid))


@pytest.hookimpl(optionalhook=True)  # pytest-xdist may be switched off
def pytest_xdist_make_scheduler(config, log):
    if config.getoption("dist") == "loadfile":
        config.option.loadscopereorder = False  # the order above counts
        return side_by_side.ByExercise(config, log)


@pytest.fixture
def course(tmp_path):
    """A copy of the course's folder: notebooks, settings and README, and no submissions."""
    for name in ("solutions", "assignments"):
        shutil.copytree(
            banks.ROOT / name,
            tmp_path / name,
            ignore=shutil.ignore_patterns("record_*.json", ".ipynb_checkpoints"),
        )
    for name in ("nbgrader_config.py", "README.md"):
        shutil.copy(banks.ROOT / name, tmp_path)
    return tmp_path
