"""Two machines grade a class without a shared file system; one that disappears loses nothing."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from clusters import write_settings
from courses import HALF, POINTS, RIGHT, TRIVIAL, WRONG, outcome, submit, trivial
from hosts import needs_hosts, needs_root, network

from casebook_grader import results

pytestmark = [
    pytest.mark.slow,
    needs_hosts,
    needs_root,
    pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not installed"),
]
ADDRESS = "tls://10.77.0.1:8786"
SECONDS = 180  # until something that should happen has not; other tests may run beside
DASK = [sys.executable, "-m", "dask"]
GRADE = [sys.executable, "-m", "casebook", "grade", TRIVIAL]
ANSWERS = (RIGHT, HALF, WRONG)
LEARNERS = [f"learner{number}" for number in range(6)]


@pytest.fixture
def folder():
    """A folder with a short path, since sockets lie in it."""
    with tempfile.TemporaryDirectory(prefix="hosts-") as path:
        yield Path(path)


@pytest.fixture
def environment(folder):
    """What all machines have."""
    settings = {
        "DASK_CONFIG": str(write_settings(folder)),
        "DASK_DISTRIBUTED__COMM__TIMEOUTS__TCP": "11s",  # no test waits longer than it must
    }
    return {**os.environ, **settings}


@pytest.fixture
def course(folder):
    """A class whose answers take a second each, and differ."""
    course = trivial(folder / "courses" / "course")
    for number, learner in enumerate(LEARNERS):
        answer = ANSWERS[number % 3]
        submit(course, [learner], f"import time\n\ntime.sleep(1)\n{answer}  # {learner}")
    return course


@pytest.fixture
def hosts(environment, course):
    """A grader's machine with a scheduler, and two with a worker; these do not see the course."""
    options = {"env": environment, "stdout": subprocess.DEVNULL, "stderr": subprocess.STDOUT}
    worker = [*DASK, "worker", ADDRESS, "--nworkers=1", "--nthreads=1", "--memory-limit=0"]
    hidden = {"first": [course.parent], "second": [course.parent]}
    with network("grader", "first", "second", hidden=hidden) as hosts:
        scheduler = [*DASK, "scheduler", "--host", hosts["grader"].address, "--no-dashboard"]
        hosts["grader"].start(scheduler, **options)
        for name in ("first", "second"):
            hosts[name].start([*worker, "--no-dashboard"], **options)
        yield hosts


@pytest.fixture
def grade(folder, environment, hosts):
    """Starts grading of a course on these machines."""
    names = {"ca": "ca", "cert": "client", "key": "client-key"}
    tls = [f"--tls-{option}={folder}/tls/{name}.pem" for option, name in names.items()]

    def start(course):
        return hosts["grader"].start(
            [*GRADE, f"--course={course}", f"--scheduler={ADDRESS}", *tls],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    return start


def finish(grader):
    """Wait for grading to end well; return what it printed."""
    printed, _ = grader.communicate(timeout=SECONDS)
    assert grader.returncode == 0, printed
    return printed


def test_a_machine_that_disappears_loses_nothing(hosts, grade, course):
    untouched = shutil.copytree(course, course.parent / "untouched")
    assert hosts["grader"].run(["ls", course]).stdout.split()
    assert hosts["first"].run(["ls", course.parent]).stdout == ""
    grader = grade(course)
    end = time.monotonic() + SECONDS
    while len(results.read_all(TRIVIAL, course)) < 2 and grader.poll() is None:
        assert time.monotonic() < end
        time.sleep(0.05)
    hosts["second"].disconnect()
    hosts["second"].end()
    assert "at a time on 2 machines" in finish(grader)
    found = outcome(course)
    assert {grade.learner: grade.score for grade in results.read_all(TRIVIAL, course)} == {
        learner: POINTS[ANSWERS[number % 3]] for number, learner in enumerate(LEARNERS)
    }
    assert {verdict for verdict, _, _ in found[1].values()} == {"graded"}
    assert "at a time on 1 machine." in finish(grade(untouched))
    assert outcome(untouched) == found
