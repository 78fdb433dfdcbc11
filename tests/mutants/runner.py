"""Grade many answers, each in a fork of this process, because TensorFlow takes seconds to import.

This process imports everything and runs no TensorFlow operation: what is forked after one hangs.
"""

import collections
import contextlib
import importlib
import json
import os
import pkgutil
import selectors
import signal
import tempfile
import time
from collections.abc import Iterable, Iterator

import banks

import cnn_casebook


def preload() -> None:
    """Import what the notebooks use."""
    for name in ("tensorflow", "keras", "numpy", "matplotlib.pyplot"):
        importlib.import_module(name)
    for module in pkgutil.walk_packages(cnn_casebook.__path__, "cnn_casebook."):
        importlib.import_module(module.name)


def grade_all(
    answers: Iterable, each: float, until: float = float("inf"), cores: int | None = None
) -> Iterator[tuple[object, dict[str, str]]]:
    """Grade answers side by side.

    Args:
        answers: Objects with `exercise` and `text`.
        each: Seconds that one answer may take.
        until: Value of `time.monotonic()` after which no further answer is started.
        cores: Answers at a time; as many as this process may use cores, if None.

    Yields:
        An answer and what `banks.Notebook.grade` gives for it; {"ended": reason} if it took too
        long or its process died.
    """
    waiting = collections.deque(answers)
    cores = cores or len(os.sched_getaffinity(0))
    running = {}
    with selectors.DefaultSelector() as selector:
        while running or (waiting and time.monotonic() < until):
            while waiting and len(running) < cores and time.monotonic() < until:
                answer = waiting.popleft()
                banks.notebook_of(answer.exercise)  # read once, for all forks
                pid, pipe = _start(answer)
                running[pipe] = (answer, pid, time.monotonic() + each, [])
                selector.register(pipe, selectors.EVENT_READ)
            for key, _ in selector.select(timeout=0.2):
                block = os.read(key.fd, 65536)
                running[key.fd][3].append(block)
                if not block:
                    yield _finish(selector, running, key.fd, "its process died")
            for pipe, (_, _, deadline, _) in list(running.items()):
                if time.monotonic() > deadline:
                    yield _finish(selector, running, pipe, f"it took more than {each:g} seconds")


def _start(answer) -> tuple[int, int]:
    """Fork a process that grades one answer; return its id and the pipe with its reply."""
    read, write = os.pipe()
    pid = os.fork()
    if pid:
        os.close(write)
        return pid, read
    try:
        os.setsid()
        nothing = os.open(os.devnull, os.O_RDWR)
        for number in range(3):
            os.dup2(nothing, number)
        with tempfile.TemporaryDirectory() as folder:
            os.chdir(folder)
            said = banks.notebook_of(answer.exercise).grade(answer.exercise, answer.text)
        with os.fdopen(write, "w") as reply:
            json.dump(said, reply)
    finally:
        os._exit(0)


def _finish(selector, running: dict, pipe: int, reason: str) -> tuple[object, dict[str, str]]:
    """End a fork and all that it started; return its answer and what the checks said."""
    answer, pid, _, blocks = running.pop(pipe)
    selector.unregister(pipe)
    os.close(pipe)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    try:
        return answer, json.loads(b"".join(blocks))
    except ValueError:
        return answer, {"ended": reason}
