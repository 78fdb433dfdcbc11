"""Watches what kernels use, and ends each that uses more than it may.

The operating system enforces part of a kernel's limits by itself (`Limits.rlimits`). Memory,
processes and disk belong to a kernel and all that it started, which no such limit counts; a
thread looks at them five times a second. So a bomb can overshoot by what it takes in a fifth of a
second. Memory that belongs to no process is bounded where that is possible (`Limits.scratch`, and
calls that `bubblewrap` forbids); if all memory runs out, the system ends a kernel before anything
else.
"""

import contextlib
import logging
import os
import stat
import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import psutil

from casebook_grader.limits import Limits

_PERIOD = 0.2  # seconds between two looks


def exceeded(
    process: psutil.Process, folders: Iterable[Path], limits: Limits, children: dict
) -> str | None:
    """Name the limit that a kernel exceeds: "processes", "memory", "disk", or None.

    Args:
        process: The kernel's first process; all that it started descends from it.
        folders: The folders that it may write to.
        limits: What it may use.
        children: What `children_of_all` gives now.
    """
    if not process.is_running():
        return None
    family = [process, *_descendants(process, children)]
    if len(family) - 1 > limits.processes:  # the first one only waits for the kernel
        return "processes"
    crowded = sum(map(_resident, family)) > limits.memory  # counts what is shared many times
    if crowded and sum(map(_own_share, family)) > limits.memory:  # exact, and takes longer
        return "memory"
    disk = _unnamed_files(family)
    for folder in folders:
        size, count = _size(folder, limits.files)
        disk += size
        if disk > limits.disk or count > limits.files:
            return "disk"
    return None


def children_of_all() -> dict[int, list[psutil.Process]]:
    """Who started what: the children of every process of this machine that has some, by its id."""
    children = defaultdict(list)
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):  # it has ended meanwhile
            children[process.ppid()].append(process)
    return children


def _descendants(process: psutil.Process, children: dict) -> Iterator[psutil.Process]:
    for child in children.get(process.pid, ()):
        yield child
        yield from _descendants(child, children)


def _resident(process: psutil.Process) -> int:
    try:
        return process.memory_info().rss
    except psutil.Error:
        return 0


def _own_share(process: psutil.Process) -> int:
    """Bytes in memory, each page divided by the number of processes that share it."""
    try:
        return process.memory_full_info().pss
    except (psutil.AccessDenied, AttributeError):
        return _resident(process)
    except psutil.Error:
        return 0


def _unnamed_files(family: list[psutil.Process]) -> float:
    """Bytes of open files that have no name any more.

    A process that hides its files from us, which takes a purpose, counts as infinite.
    """
    sizes = {}
    for process in family:
        folder = f"/proc/{process.pid}/fd"
        try:
            for number in os.listdir(folder):
                with contextlib.suppress(FileNotFoundError):  # closed meanwhile
                    status = os.stat(f"{folder}/{number}")
                    if stat.S_ISREG(status.st_mode) and status.st_nlink == 0:
                        sizes[status.st_dev, status.st_ino] = status.st_blocks * 512
        except PermissionError:
            if _resident(process):  # a process that is about to end has given up its memory
                return float("inf")
        except OSError:
            continue
    return sum(sizes.values())


def _size(folder: Path, most: int) -> tuple[float, int]:
    """Bytes on disk and number of entries, counted to `most`; infinite where it cannot look."""
    size, count, waiting = 0, 0, [folder]
    while waiting and count <= most:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    count += 1
                    with contextlib.suppress(FileNotFoundError):  # removed meanwhile
                        size += entry.stat(follow_symlinks=False).st_blocks * 512
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError:  # a folder made unreadable, or too deep: what lies there is hidden
            return float("inf"), count
    return size, count


class Watchdog(threading.Thread):
    """Looks at kernels until `stop`, and ends each that exceeds a limit.

    A kernel here has `process`, `folder`, `private`, `limits`, `is_alive()` and `end(why)`.
    """

    def __init__(self):
        """Look at nothing yet."""
        super().__init__(name="casebook-watchdog", daemon=True)
        self._kernels = set()
        self._stopped = threading.Event()

    def watch(self, kernel) -> None:
        """Look at this kernel too."""
        self._kernels.add(kernel)

    def forget(self, kernel) -> None:
        """Look at it no longer."""
        self._kernels.discard(kernel)

    def stop(self) -> None:
        """Look at nothing any more."""
        self._stopped.set()

    def run(self) -> None:
        """Look, wait, look again."""
        while not self._stopped.wait(_PERIOD):
            children = None
            for kernel in tuple(self._kernels):
                if kernel.is_alive():
                    children = self._look(kernel, children)
                else:
                    self.forget(kernel)

    def _look(self, kernel, children: dict | None) -> dict | None:
        """Look at a kernel; return who started what, for the next one of this round."""
        try:
            children = children or children_of_all()
            folders = (kernel.folder, kernel.private)
            why = exceeded(kernel.process, folders, kernel.limits, children)
        except Exception:  # whatever it was, no kernel may run without limits
            logging.exception("a kernel could not be watched, and is ended")
            why = "unwatched"
        if why:
            kernel.end(why)
        return children
