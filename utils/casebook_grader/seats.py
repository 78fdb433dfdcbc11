"""A seat: a folder, and a check kernel that serves one submission after another there.

No learner's code ever runs in a check kernel, so it need not end with a submission: to start one
and have it build its first networks takes as long as to grade with it. The learner's kernel sees
a folder of its own within the seat, the check kernel sees the whole seat. Between two submissions
`inside.checks.forget` takes out what the last one left. A kernel that was ended, that has grown,
or that has served often is followed by a new one.
"""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from weakref import WeakKeyDictionary

import psutil

from casebook_grader.kernels import Kernel
from casebook_grader.limits import GB
from casebook_grader.sandbox import Sandbox

_MOST_SERVED = 200  # submissions of one check kernel
_LARGEST = GB  # bytes in memory between two submissions; a new one has 0.3, mostly shared


class Seat:
    """A folder and its check kernel.

    Attributes:
        folder: What the check kernel sees.
        kernel: The check kernel, or None if there is none now.
        served: How many submissions that kernel has begun.
    """

    def __init__(self, sandbox: Sandbox):
        """Make the folder; the kernel starts when it is needed."""
        self._sandbox = sandbox
        self.folder = sandbox.new_folder("seat")
        self.kernel: Kernel | None = None
        self.served = 0

    def new_folder(self) -> Path:
        """Make a folder for a submission: all that its learner's kernel sees of the seat."""
        return self._sandbox.new_folder(within=self.folder)

    def require_kernel(self) -> Kernel:
        """The check kernel; a new one where the last has ended or served enough.

        Raises:
            SandboxError: It did not start.
        """
        if not self.has_room():
            self.drop_kernel()
            self.kernel = self._sandbox.start_kernel(self.folder)
        self.served += 1
        return self.kernel

    def has_room(self) -> bool:
        """Whether the check kernel may serve another submission."""
        if self.kernel is None or not self.kernel.is_alive() or self.served >= _MOST_SERVED:
            return False
        try:
            family = self.kernel.process.children(recursive=True)
            return sum(process.memory_info().rss for process in family) < _LARGEST
        except psutil.Error:
            return False

    def drop_kernel(self) -> None:
        """End the check kernel, if there is one."""
        if self.kernel is not None:
            self.kernel.kill()
        self.kernel, self.served = None, 0

    def close(self) -> None:
        """End the check kernel and remove the folder."""
        self.drop_kernel()
        self._sandbox.remove_folder(self.folder)


_idle: WeakKeyDictionary[Sandbox, list[Seat]] = WeakKeyDictionary()


@contextlib.contextmanager
def taken_seat(sandbox: Sandbox) -> Iterator[Seat]:
    """Take a seat that nobody uses, or a new one; after any failure it is not used again.

    There are as many as were ever in use at once. They close with the sandbox.
    """
    try:
        seat = _idle.setdefault(sandbox, []).pop()
    except IndexError:
        seat = Seat(sandbox)
    try:
        yield seat
    except BaseException:
        seat.close()
        raise
    _idle[sandbox].append(seat)
