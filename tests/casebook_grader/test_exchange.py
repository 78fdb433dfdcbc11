"""The week of INSTRUCTORS.md with an exchange folder: an instructor and two learners as Unix users.

Notebooks are not executed here: a stand-in says that all checks pass.
"""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import clusters
import courses
import jobs
import nbformat
import pytest

from casebook_grader import task
from casebook_grader.course import nbgrader, require_success
from casebook_grader.feedback.write import write
from casebook_grader.grade import Options, grade

ASSIGNMENT = courses.TRIVIAL
LEARNERS = ("games", "mail")  # accounts that every Debian has, and nobody uses
# All that is left of root's rights: Python itself may lie in root's home.
READS, CAPS = "-all,+dac_read_search", ("inh-caps", "ambient-caps")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.getuid() != 0, reason="only root can act as several users"),
]


@pytest.fixture
def place():
    """A folder that all users reach, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def act(learner, folder, *words):
    """Run one of nbgrader's commands as a learner; return what it says."""
    account = pwd.getpwnam(learner)
    done = subprocess.run(
        [
            *("setpriv", f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}"),
            *("--clear-groups", *(f"--{kind}={READS}" for kind in ("bounding-set", *CAPS))),
            *(sys.executable, "-m", "nbgrader", *words),
        ],
        cwd=folder,
        env={
            **{name: os.environ[name] for name in ("PATH", "CASEBOOK_EXCHANGE")},
            **{"HOME": str(folder), "LOGNAME": learner},
        },
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stderr


def test_two_learners_get_hand_in_and_get_back_their_own(tmp_path, place, monkeypatch):
    try:
        accounts = [pwd.getpwnam(learner) for learner in LEARNERS]
    except KeyError as error:
        pytest.skip(f"this machine has other accounts: {error}")
    monkeypatch.setattr(task, "run", jobs.recorded)
    exchange = place / "exchange"
    exchange.mkdir()
    exchange.chmod(0o1777)
    course = courses.trivial(tmp_path / "course")
    course.chmod(0o700)
    monkeypatch.setenv("CASEBOOK_EXCHANGE", str(exchange))
    instructor = nbgrader(course)
    require_success(instructor.generate_assignment(ASSIGNMENT), "generate")
    require_success(instructor.release_assignment(ASSIGNMENT), "release")

    homes = {}
    for account in accounts:
        homes[account.pw_name] = home = place / account.pw_name
        home.mkdir(mode=0o700)
        shutil.copy(course / "nbgrader_config.py", home)  # their own course, of no notebook
        (home / "work").mkdir()
        for path in (home, *home.iterdir()):
            os.chown(path, account.pw_uid, account.pw_gid)
        act(account.pw_name, home, "fetch_assignment", ASSIGNMENT)
        notebook = home / "work" / ASSIGNMENT / "doubling.ipynb"
        found = nbformat.read(notebook, as_version=4)
        next(
            cell for cell in found.cells if cell.id == "double"
        ).source = f"{courses.RIGHT}\n# {account.pw_name}"
        notebook.write_text(nbformat.writes(found))
        act(account.pw_name, home, "submit", ASSIGNMENT)

    require_success(instructor.collect(ASSIGNMENT), "collect")
    with clusters.started(processes=False) as cluster:
        options = Options(cluster=cluster)
        grades = {found.learner: found for found in grade(ASSIGNMENT, course, options)}
    assert {name: found.score for name, found in grades.items()} == dict.fromkeys(LEARNERS, 3)
    assert all(found.handed_in for found in grades.values())
    assert [finding for found in grades.values() for finding in found.findings] == []
    assert len(write(ASSIGNMENT, course).pages) == 2
    courses.run_nbgrader(course, "release_feedback", ASSIGNMENT)

    for learner, home in homes.items():
        act(learner, home, "fetch_feedback", ASSIGNMENT)
        (page,) = (home / "work" / ASSIGNMENT / "feedback").glob("*/doubling.html")
        text = page.read_text(encoding="utf-8")
        assert f"# {learner}" in text
        (other,) = set(LEARNERS) - {learner}
        assert other not in text
