"""Kernels for hostile code, ready in half a second.

    with Sandbox() as sandbox:
        kernel = sandbox.start_kernel(sandbox.new_folder())
        kernel.client.execute("import keras")
        kernel.kill()

A kernel is forked from a process that has imported TensorFlow and lives inside bubblewrap: no
network, a cleared environment, and of the host's files only Python, its packages, `cnn_casebook`,
`casebook_grader.inside` and `datasets/`, to read. The fork sees the submission's folder, which
two kernels can share, and a folder of its own with its connection file, so that no kernel can
talk to another.
"""

import contextlib
import itertools
import json
import os
import select
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
from jupyter_client.connect import write_connection_file

from casebook_grader import bubblewrap
from casebook_grader.bubblewrap import SandboxError, require_sandbox
from casebook_grader.kernels import Client, Kernel, remove
from casebook_grader.limits import Limits
from casebook_grader.watchdog import Watchdog

with contextlib.suppress(ImportError):  # on Windows, where `require_sandbox` says what is missing
    import fcntl

__all__ = ["Sandbox", "SandboxError", "require_sandbox"]

NOT_SANDBOXED = """\
Running without a sandbox: what learners wrote runs as you. It can read the solutions, the
gradebook, your files and other submissions, change them, use the network, and keep running.
Grade this way only what you would run yourself."""

_PREFIX = "casebook-"  # of folders of sandboxes
_OWNER = "owner"  # a file in each, which its owner holds locked for as long as it lives

_ZYGOTE = ("-I", "-m", "casebook_grader.inside.zygote")
_ANSWER_SECONDS = 120  # an import of TensorFlow takes 3 to 30
_LONGEST_PATH = 85  # bytes; a socket's path takes at most 107


class Sandbox:
    """Starts kernels; a context manager. Its methods may be called from any thread.

    Args:
        limits: What a submission, and each kernel of it, may use.
        sandboxed: False runs them without isolation, and prints what is lost.

    Raises:
        SandboxError: Kernels cannot be isolated on this machine.
    """

    def __init__(self, limits: Limits | None = None, sandboxed: bool = True):
        """Make a folder for all submissions; the zygote starts with the first kernel."""
        if sandboxed:
            require_sandbox()
        else:
            print(NOT_SANDBOXED, file=sys.stderr)
        self.limits = limits or Limits()
        self.sandboxed = sandboxed
        _remove_folders_of_the_dead()
        self.runs = Path(tempfile.mkdtemp(prefix=_PREFIX)).resolve()
        if len(os.fsencode(self.runs)) > _LONGEST_PATH:
            self.runs.rmdir()
            raise SandboxError(
                f"{self.runs} is too long for sockets in it. Set TMPDIR to a folder with a path "
                f"of at most {_LONGEST_PATH - 20} characters."
            )
        self._owner = open(self.runs / f"{_OWNER}-soon", "w")  # noqa: SIM115  `close` closes it
        fcntl.flock(self._owner, fcntl.LOCK_EX)
        (self.runs / f"{_OWNER}-soon").rename(self.runs / _OWNER)
        self._user = bubblewrap.learner() if sandboxed else None
        self.give_away(self.runs)
        self._count = itertools.count(1)
        self._kernels = set()
        self._zygote = None
        self._lock = threading.RLock()
        # bubblewrap ends with the thread that started it, so this thread has to last.
        self._starter = ThreadPoolExecutor(1, thread_name_prefix="casebook-zygote")
        self._watchdog = Watchdog()
        self._watchdog.start()

    def __enter__(self):
        """Return itself."""
        return self

    def __exit__(self, *_):
        """Close it."""
        self.close()

    def new_folder(self, prefix: str = "submission", within: Path | None = None) -> Path:
        """Make an empty folder that kernels can be given; it has the same path inside."""
        folder = (within or self.runs) / f"{prefix}-{next(self._count)}"
        folder.mkdir(mode=0o700)
        self.give_away(folder)
        return folder

    def remove_folder(self, folder: Path) -> None:
        """Remove a folder, after its kernels were killed. `close` removes those that are left."""
        remove(folder)

    def give_away(self, *paths: Path) -> None:
        """Make paths belong to the user that learner code runs as."""
        if self._user is not None:
            for path in paths:
                os.chown(path, self._user, self._user, follow_symlinks=False)

    def start_kernel(self, folder: Path) -> Kernel:
        """Start a kernel whose working folder is `folder`, and wait until it answers.

        Raises:
            SandboxError: It did not start.
        """
        private = self.new_folder("kernel")
        file = str(private / "connection.json")
        write_connection_file(file, transport="ipc", ip=str(private / "s"))
        kernel = self.launch(folder, private, {"NBGRADER_EXECUTION": "autograde"})
        kernel.client = Client(connection_file=file, largest_message=self.limits.message)
        kernel.client.load_connection_file()
        kernel.client.start_channels(hb=False)  # a kernel that stops for a second has not died
        end = time.monotonic() + self.limits.start
        while not kernel.answers():
            if not kernel.is_alive() or time.monotonic() > end:
                why = kernel.why or f"no answer in {self.limits.start:g} s"
                kernel.kill()
                raise SandboxError(f"a kernel did not start: {why}")
        return kernel

    def launch(
        self, folder: Path, private: Path, environment: dict[str, str] | None = None
    ) -> Kernel:
        """Fork a kernel that reads `private / "connection.json"`, and do not wait for it.

        Args:
            folder: Its working folder.
            private: Its own folder.
            environment: Variables that it has besides the usual ones.

        Raises:
            SandboxError: The fork failed.
        """
        (private / "tmp").mkdir(mode=0o700, exist_ok=True)
        self.give_away(private / "tmp", private / "connection.json")
        answer = self._ask(
            {
                "folder": str(folder),
                "private": str(private),
                "runs": str(self.runs),
                "hidden": f"{bubblewrap.INSIDE}/runs",
                "kept": bubblewrap.kept(),
                "rlimits": self.limits.rlimits(),
                "scratch": self.limits.scratch,
                "sandboxed": self.sandboxed,
                "user": self._user,
                "environment": environment or {},
            }
        )
        if "error" in answer:
            raise SandboxError(f"a kernel could not be forked: {answer['error']}")
        try:
            process = psutil.Process(answer["pid"])
        except psutil.NoSuchProcess:
            raise SandboxError("a kernel ended as soon as it was forked") from None
        kernel = Kernel(process, folder, private, self.limits)
        with self._lock:
            kernel.zygote = self._zygote
            running = {kernel for kernel in self._kernels if not kernel.killed}
            self._kernels = running | {kernel}
        self._watchdog.watch(kernel)
        return kernel

    def lost(self, kernel: Kernel) -> bool:
        """Whether the process that forked a kernel has ended, which ends the kernel too."""
        with self._lock:
            if kernel.zygote is not self._zygote:
                return True
            try:
                self._exchange({})
            except (BrokenPipeError, EOFError):
                self._stop_zygote()
                return True
        return False

    def close(self) -> None:
        """Kill every kernel and the zygote, and remove all folders."""
        self._watchdog.stop()
        with self._lock:
            for kernel in self._kernels:
                kernel.kill()
            self._stop_zygote()
        self._starter.shutdown()
        remove(self.runs)
        self._owner.close()

    def _ask(self, request: dict) -> dict:
        """Send the zygote a request; start one if there is none, or it has died."""
        with self._lock:
            for _ in range(2):
                try:
                    if self._zygote is None:
                        self._zygote = self._starter.submit(self._start_zygote).result()
                        self._read()
                    return self._exchange(request)
                except (BrokenPipeError, EOFError):
                    self._stop_zygote()
        lines = (self.runs / "zygote.log").read_text(errors="replace").strip().splitlines()
        raise SandboxError("\n".join(["the process that forks kernels ended.", *lines[-5:]]))

    def _exchange(self, request: dict) -> dict:
        """Send a request; {} asks only whether the zygote is there."""
        self._zygote.stdin.write(json.dumps(request) + "\n")
        self._zygote.stdin.flush()
        return self._read()

    def _start_zygote(self) -> subprocess.Popen:
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        with open(self.runs / "zygote.log", "w") as log:
            if self.sandboxed:
                return bubblewrap.start(_ZYGOTE, self.runs, stderr=log, **pipes)
            environment = {**os.environ, **bubblewrap.environment()}
            command = [sys.executable, *_ZYGOTE]
            return subprocess.Popen(command, env=environment, stderr=log, **pipes)

    def _read(self) -> dict:
        """Read one answer of the zygote; it never sends two."""
        ready, _, _ = select.select([self._zygote.stdout], [], [], _ANSWER_SECONDS)
        line = self._zygote.stdout.readline() if ready else ""
        if not line:
            raise EOFError
        return json.loads(line)

    def _stop_zygote(self) -> None:
        """End the zygote; in a sandbox all its forks end with it."""
        if self._zygote is None:
            return
        with contextlib.suppress(BrokenPipeError):  # it had died, with a request unread
            self._zygote.stdin.close()
        try:
            self._zygote.wait(timeout=2)
        except subprocess.TimeoutExpired:
            self._zygote.kill()
            self._zygote.wait()
        self._zygote.stdout.close()
        self._zygote = None


def _remove_folders_of_the_dead() -> None:
    """Remove the folders of sandboxes whose process was killed: nobody holds their lock."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):  # no folder of ours, or its owner lives
            owner = os.open(folder / _OWNER, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            try:
                if os.fstat(owner).st_uid == os.geteuid() and not folder.is_symlink():
                    fcntl.flock(owner, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    remove(folder)
            finally:
                os.close(owner)
