"""Kernels for hostile code, ready in half a second.

    with Sandbox() as sandbox:
        folder = sandbox.new_folder()
        kernel = sandbox.start_kernel(folder)
        kernel.client.execute("import keras")
        kernel.kill()

A kernel is forked from a process that has imported TensorFlow and lives inside bubblewrap: no
network, a cleared environment, and of the host's files only Python, its packages, `cnn_casebook`
and `datasets/`, to read. The fork sees the submission's folder, which two kernels can share, and
a folder of its own with its connection file, so that no kernel can talk to another.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cnn_casebook
import psutil
from cnn_casebook.data_files import datasets_folder
from jupyter_client import BlockingKernelClient
from jupyter_client.connect import write_connection_file

from casebook_grader.course import ROOT
from casebook_grader.limits import Limits, Watchdog

_ZYGOTE = Path(__file__).with_name("zygote.py")
_INSIDE = "/casebook"  # where the zygote finds itself and all submissions' folders
_NOBODY = 65534
_START_SECONDS = 120
_READY_SECONDS = 60

NOT_SANDBOXED = """\
Running without a sandbox: what learners wrote runs as you. It can read the solutions, the
gradebook, your files and other submissions, change them, use the network, and keep running.
Grade this way only what you would run yourself. Limits of memory, processes and disk still hold."""


class SandboxError(Exception):
    """Kernels cannot be isolated here, or cannot be started; the text says what to do."""


def require_sandbox() -> None:
    """Raise SandboxError unless learner code can be isolated on this machine."""
    reason = _obstacle()
    if reason:
        raise SandboxError(
            f"learner code cannot be isolated here: {reason}\n"
            "With --no-sandbox grading works all the same, but learner code then runs as you: it "
            "can read solutions, gradebook and other submissions, and use the network."
        )


def _obstacle() -> str | None:
    """Say why there can be no sandbox, or None."""
    if not sys.platform.startswith("linux"):
        return "it takes Linux. On macOS or Windows, grade in a Linux container or virtual machine."
    if not shutil.which("bwrap"):
        return (
            "bubblewrap is not installed. Install it with `apt install bubblewrap` "
            "(Debian, Ubuntu), `dnf install bubblewrap` (Fedora), or your system's equivalent."
        )
    user = _learner()
    inside = [sys.executable, "-IS", f"{_INSIDE}/zygote.py", "--probe", *([str(user)] if user else [])]
    found = subprocess.run(
        [*_bubblewrap(None, user), *inside], capture_output=True, text=True, timeout=60
    )
    if found.returncode == 0:
        return None
    said = (found.stderr.strip() or "no reason given").splitlines()[-1]
    return (
        f"this system does not let bubblewrap make the namespaces it needs ({said}). "
        "User namespaces may be switched off (`sysctl user.max_user_namespaces` shows 0), kept "
        "from bubblewrap's children by AppArmor (`sysctl kernel.apparmor_restrict_unprivileged_"
        "userns` shows 1), or forbidden by the container that this runs in. Have them allowed, "
        "or grade on another machine."
    )


class Kernel:
    """One kernel and all that it starts.

    Attributes:
        client: A `BlockingKernelClient` with its channels started; None before it is ready.
        process: The first process; everything else the kernel starts descends from it.
        folders: The submission's folder and the kernel's own.
        limits: What it may use.
        connection_file: Path of its connection file, on the host.
    """

    def __init__(self, process: psutil.Process, folders: list[Path], limits: Limits):
        self.process = process
        self.folders = folders
        self.limits = limits
        self.client = None
        self.connection_file = folders[1] / "connection.json"
        self._killed_for = None
        self._lock = threading.Lock()
        self._killed = False

    @property
    def why(self) -> str | None:
        """Why it ended: "memory", "processes", "disk", "exited", or None if nothing but us did."""
        if self._killed:
            return self._killed_for
        return None if self.is_alive() else "exited"

    def is_alive(self) -> bool:
        """Say whether it still runs."""
        try:
            return self.process.is_running() and self.process.status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return False

    def end(self, why: str | None) -> None:
        """Kill all processes of the kernel, and keep the first reason given."""
        with self._lock:
            if not self._killed:
                self._killed_for = why if self.is_alive() else "exited"
                self._killed = True
        _kill_all(self.process)

    def kill(self) -> None:
        """Kill all processes of the kernel, and clear up after it. Can be called twice."""
        self.end(None)
        if self.client is not None:
            self.client.stop_channels()
        shutil.rmtree(self.folders[1], ignore_errors=True)


def _kill_all(process: psutil.Process) -> None:
    """Kill a process and its descendants, and wait until they are gone."""
    try:
        family = [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return
    for one in family:  # in a process namespace the first takes the others with it
        try:
            one.kill()
        except psutil.NoSuchProcess:
            continue
    psutil.wait_procs(family, timeout=10)


class Sandbox:
    """Starts kernels; a context manager.

    Args:
        limits: What each kernel may use.
        sandboxed: False runs them without isolation, and prints what is lost.

    Raises:
        SandboxError: Kernels cannot be isolated on this machine.
    """

    def __init__(self, limits: Limits | None = None, sandboxed: bool = True):
        if sandboxed:
            require_sandbox()
        else:
            print(NOT_SANDBOXED, file=sys.stderr)
        self.limits = limits or Limits()
        self.sandboxed = sandboxed
        self.runs = Path(tempfile.mkdtemp(prefix="casebook-")).resolve()
        self._user = _learner() if sandboxed else None
        self._own(self.runs)
        self._count = 0
        self._kernels = set()
        self._zygote = None
        self._lock = threading.RLock()
        # bubblewrap ends with the thread that started it, so that thread must last.
        self._starter = ThreadPoolExecutor(1, thread_name_prefix="casebook-zygote")
        self._watchdog = Watchdog()
        self._watchdog.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def new_folder(self, prefix: str = "submission") -> Path:
        """Make an empty folder that kernels can be given."""
        with self._lock:
            self._count += 1
            folder = self.runs / f"{prefix}-{self._count}"
        folder.mkdir(mode=0o700)
        self._own(folder)
        return folder

    def start_kernel(self, folder: Path) -> Kernel:
        """Start a kernel whose working folder is `folder`, and wait until it answers.

        Raises:
            SandboxError: It did not start.
        """
        private = self.new_folder("kernel")
        file = private / "connection.json"
        write_connection_file(str(file), transport="ipc", ip=str(private / "s"))
        kernel = self.launch(folder, private)
        client = BlockingKernelClient(connection_file=str(file))
        client.load_connection_file()
        client.start_channels()
        kernel.client = client
        try:
            client.wait_for_ready(timeout=_READY_SECONDS)
        except RuntimeError as error:
            why = kernel.why
            kernel.kill()
            raise SandboxError(f"a kernel did not start: {why or error}") from error
        return kernel

    def launch(self, folder: Path, private: Path) -> Kernel:
        """Fork a kernel with the connection file `private / "connection.json"`."""
        (private / "tmp").mkdir(exist_ok=True)
        self._own(private / "tmp", private / "connection.json")
        answer = self._ask(
            {
                "connection": str(private / "connection.json"),
                "folder": str(folder),
                "private": str(private),
                "rlimits": self.limits.rlimits(),
                "scratch": self.limits.scratch,
                "sandboxed": self.sandboxed,
                "hidden": f"{_INSIDE}/runs",
                "runs": str(self.runs),
                "user": self._user,
            }
        )
        if "error" in answer:
            raise SandboxError(f"a kernel could not be started: {answer['error']}")
        kernel = Kernel(psutil.Process(answer["pid"]), [folder, private], self.limits)
        self._kernels.add(kernel)
        self._watchdog.watch(kernel)
        return kernel

    def close(self) -> None:
        """Kill every kernel and the zygote, and remove all folders."""
        self._watchdog.stop()
        with self._lock:
            for kernel in self._kernels:
                kernel.kill()
            self._stop_zygote()
        self._starter.shutdown()
        shutil.rmtree(self.runs, ignore_errors=True)

    def _own(self, *paths: Path) -> None:
        """Give paths to the user that learner code runs as."""
        if self._user is not None:
            for path in paths:
                os.chown(path, self._user, self._user)

    def _ask(self, request: dict) -> dict:
        """Send the zygote a request; start one if there is none, or it has died."""
        with self._lock:
            for _ in range(2):
                if self._zygote is None:
                    self._zygote = self._starter.submit(self._start_zygote).result()
                    self._read()
                try:
                    self._zygote.stdin.write(json.dumps(request) + "\n")
                    self._zygote.stdin.flush()
                    return self._read()
                except (BrokenPipeError, EOFError):
                    self._stop_zygote()
            raise SandboxError(f"the process that forks kernels ended.{self._last_words()}")

    def _start_zygote(self) -> subprocess.Popen:
        command = [sys.executable, "-I", str(_ZYGOTE)]
        environment = None
        if self.sandboxed:
            inside = [sys.executable, "-I", f"{_INSIDE}/zygote.py"]
            command = [*_bubblewrap(self.runs, self._user), *inside]
        else:
            environment = {**os.environ, **_environment()}
        with open(self.runs / "zygote.log", "w") as log:
            return subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env=environment,
                text=True,
            )

    def _read(self) -> dict:
        """Read one answer of the zygote."""
        line = self._zygote.stdout.readline()
        if not line:
            raise EOFError
        return json.loads(line)

    def _stop_zygote(self) -> None:
        if self._zygote is not None:
            self._zygote.stdin.close()
            self._zygote.kill()
            self._zygote.wait()
            self._zygote.stdout.close()
            self._zygote = None

    def _last_words(self) -> str:
        lines = (self.runs / "zygote.log").read_text(errors="replace").strip().splitlines()
        return "\n".join(["", *lines[-5:]])


def _learner() -> int | None:
    """The user that learner code runs as: nobody where we are root, else None for ourselves."""
    if os.geteuid() != 0:
        return None
    ranges = [line.split() for line in Path("/proc/self/uid_map").read_text().splitlines()]
    known = any(int(first) <= _NOBODY < int(first) + int(count) for first, _, count in ranges)
    return _NOBODY if known else None


def _environment() -> dict[str, str]:
    return {
        "HOME": "/tmp",
        "IPYTHONDIR": "/tmp/.ipython",
        "KERAS_BACKEND": "tensorflow",
        "LANG": "C.UTF-8",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "USER": "learner",
    }


def _bubblewrap(runs: Path | None, user: int | None) -> list[str]:
    """The command that shows a process what it needs, and nothing else of the host."""
    command = ["bwrap", "--unshare-ipc", "--unshare-net", "--unshare-pid", "--unshare-uts"]
    command += ["--unshare-cgroup-try", "--die-with-parent", "--new-session", "--clearenv"]
    command += ["--hostname", "casebook", "--chdir", "/"]
    if user is None:
        command += ["--unshare-user"]
    else:  # what is needed to become another user
        command += ["--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    for name, value in _environment().items():
        command += ["--setenv", name, value]
    command += ["--dev", "/dev", "--tmpfs", "/dev/shm", "--bind", "/proc", "/proc"]
    command += ["--tmpfs", "/tmp", "--dir", "/etc", "--ro-bind", "/usr", "/usr"]
    command += ["--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache"]
    for path in (Path("/bin"), Path("/sbin"), *sorted(Path("/").glob("lib*"))):
        if path.is_symlink():
            command += ["--symlink", os.readlink(path), str(path)]
        elif path.is_dir():
            command += ["--ro-bind", str(path), str(path)]
    package, data = Path(cnn_casebook.__file__).parent, datasets_folder()
    needed = [Path(sys.base_prefix), Path(sys.prefix), package, data]
    outside = [path for path in needed if ROOT not in path.parents]
    inside = [path for path in needed if ROOT in path.parents]
    for path in outside:
        command += ["--dir", str(path), "--ro-bind", str(path), str(path)]
    command += ["--tmpfs", str(ROOT)]  # hides the course where a path above holds it
    for path in inside:
        command += ["--dir", str(path), "--ro-bind", str(path), str(path)]
    command += ["--dir", _INSIDE, "--ro-bind", str(_ZYGOTE), f"{_INSIDE}/zygote.py"]
    if runs is not None:
        command += ["--bind", str(runs), f"{_INSIDE}/runs", "--dir", str(runs)]
    for path in ("/", "/dev", str(ROOT)):
        command += ["--remount-ro", path]
    return [*command, "--"]
