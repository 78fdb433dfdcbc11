"""What tests have workers do: functions that a worker process can import."""

import os
import signal
import time

import nbformat

from casebook_grader import task, verdicts


def double(number):
    return 2 * number


def fail(text):
    raise ValueError(text)


def end_the_worker(_):
    os.kill(os.getpid(), signal.SIGKILL)


def end_the_worker_once(marker):
    """End the worker, unless the file says that this has happened."""
    try:
        os.close(os.open(marker, os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return "ran"
    end_the_worker(None)


def slowly(seconds):
    time.sleep(seconds)
    return "done"


def recorded(given):
    """Stand in for `task.run`: the outcome of a notebook whose checks all pass."""
    notebook = nbformat.reads(given.notebook, as_version=4)
    verdicts.attach(notebook, [], 0.0)
    return task.Ran(nbformat.writes(notebook).encode())


def counted(given):
    """As `recorded`; each run leaves a line in the file that CASEBOOK_RUNS names."""
    with open(os.environ["CASEBOOK_RUNS"], "a") as file:
        file.write("ran\n")
    return recorded(given)


def engine_failed(given):
    return task.Ran(failure="no kernel today")
