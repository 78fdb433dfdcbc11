"""Whatever is killed at any moment, every submission ends with one verdict and the same score."""

import contextlib
import json
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter

import banks
import courses
import psutil
import pytest
from courses import outcome

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not installed"),
]
KILLS = 3 if banks.EVERYTHING else 1  # of each part
CLASS = 30 * KILLS  # so that every kill finds some of it to do
SECONDS = 120  # that one run may take at most
ANSWERS = {
    "right": courses.RIGHT,
    "wrong": courses.WRONG,
    "broken": "def broken(",
    "deadly": "import os\nos._exit(0)",
}


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory):
    """A trivial course, and a class of which some end their kernel or make mistakes."""
    folder = courses.trivial(tmp_path_factory.mktemp("faults") / "handed_in")
    kinds = ["right"] * 6 + ["wrong"] * 2 + ["broken", "deadly"]
    for number in range(CLASS):
        answer = f"{ANSWERS[kinds[number % len(kinds)]]}\n# {number}"
        courses.submit(folder, [f"learner{number:02}"], answer)
    return folder


@pytest.fixture
def course(handed_in, tmp_path):
    """A copy of it in which nothing has been graded."""
    return shutil.copytree(handed_in, tmp_path / "course")


def begin(course, where="--workers=2"):
    """Start grading in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "casebook", "grade", courses.TRIVIAL, where],
        cwd=course,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def finish(grader):
    """Wait for grading to end; return its exit status and what it printed."""
    printed, _ = grader.communicate(timeout=SECONDS)
    return grader.returncode, printed


def graded(course):
    """How many submissions have a result."""
    return len(list((course / "grading" / "results" / courses.TRIVIAL).glob("*.json")))


def part_of(grader, name):
    """The process of a part of a grader; None if it does not run."""
    if name == "driver":
        return psutil.Process(grader.pid)
    marks = {"worker": "spawn_main", "zygote": "casebook_grader.inside.zygote"}
    with contextlib.suppress(psutil.NoSuchProcess):
        for process in psutil.Process(grader.pid).children(recursive=True):
            with contextlib.suppress(psutil.Error):
                line = process.cmdline()
                if any(marks[name] in word for word in line) and "bwrap" not in line[0]:
                    return process
    return None


def kill_at_random(course, grader, name, draw):
    """Kill a part of a grader once some more of the class is done; say whether it was killed."""
    until = min(CLASS - 2, graded(course) + draw.randrange(1, 4))
    end = time.monotonic() + SECONDS
    while graded(course) < until and grader.poll() is None and time.monotonic() < end:
        time.sleep(0.05)
    time.sleep(draw.uniform(0, 0.2))
    process = part_of(grader, name) if grader.poll() is None else None
    if process is None:
        return False
    with contextlib.suppress(psutil.NoSuchProcess):
        process.send_signal(signal.SIGKILL)
        if name == "driver":
            grader.wait(SECONDS)  # so that the next one to be killed is a new grader's
        return True
    return False


@pytest.fixture(scope="module")
def undisturbed(handed_in):
    """The outcome of the same class where nothing is killed."""
    course = shutil.copytree(handed_in, handed_in.parent / "undisturbed")
    status, printed = finish(begin(course))
    assert status == 0, printed
    found = outcome(course)
    assert len(found[1]) == CLASS
    return found


def test_driver_worker_and_zygote_are_killed_at_random(course, undisturbed):
    seed = random.randrange(10**6)
    draw = random.Random(seed)
    killed = Counter()
    grader = begin(course)
    parts = ["driver", "worker", "zygote"] * KILLS
    for name in draw.sample(parts, len(parts)):
        if grader.poll() is not None:
            finish(grader)
            grader = begin(course)
        killed[name] += kill_at_random(course, grader, name, draw)
    finish(grader)
    status, printed = finish(begin(course))
    if status:  # what was killed last has to be graded once more
        status, printed = finish(begin(course))
    assert status == 0, (seed, printed)
    assert outcome(course) == undisturbed, seed
    assert sum(killed.values()) >= 2 * len(parts) / 3, (seed, killed)


class Scheduler:
    """A scheduler and a worker in processes of their own, as on a cluster."""

    def __init__(self, folder):
        self._folder, self._processes = folder, []

    def start(self):
        """Start both; return the option that names them."""
        file = self._folder / f"scheduler-{len(self._processes)}.json"
        where = ("--scheduler-file", str(file))
        self._run("scheduler", "--host=127.0.0.1", "--port=0", "--dashboard-address=:0", *where)
        end = time.monotonic() + SECONDS
        while not file.exists() and time.monotonic() < end:
            time.sleep(0.05)
        self._run("worker", "--nworkers=1", "--nthreads=2", "--no-dashboard", *where)
        return f"--scheduler={json.loads(file.read_text())['address']}"

    def _run(self, part, *options):
        command = [sys.executable, "-m", f"distributed.cli.dask_{part}", *options]
        with open(self._folder / f"{part}-{len(self._processes)}.log", "w") as log:
            self._processes.append(
                subprocess.Popen(command, cwd=self._folder, stdout=log, stderr=subprocess.STDOUT)
            )

    def kill(self):
        """Kill the scheduler that was started last."""
        self._processes[-2].kill()

    def end(self):
        """End everything."""
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@pytest.fixture
def scheduler(tmp_path):
    scheduler = Scheduler(tmp_path)
    yield scheduler
    scheduler.end()


def test_the_scheduler_is_killed(course, undisturbed, scheduler):
    grader = begin(course, scheduler.start())
    end = time.monotonic() + SECONDS
    while graded(course) < 5 and time.monotonic() < end:
        time.sleep(0.05)
    scheduler.kill()
    status, printed = finish(grader)
    assert status == 1
    assert "the scheduler is gone" in printed
    assert 5 <= graded(course) < CLASS
    status, printed = finish(begin(course, scheduler.start()))
    assert status == 0, printed
    assert outcome(course) == undisturbed
