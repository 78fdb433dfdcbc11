"""The bubblewrap sandbox that a zygote lives in, and whether this machine allows it."""

import errno
import os
import platform
import shutil
import struct
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import casebook_grader
import cnn_casebook
from casebook_grader.course import ROOT
from cnn_casebook.data.data_files import datasets_folder

# Calls that no notebook needs: they take memory that no process is charged for, or have been a
# way out of sandboxes. Source: <asm/unistd_64.h>, <asm-generic/unistd.h>, <linux/audit.h>.
FORBIDDEN = (
    *("add_key", "bpf", "io_uring_setup", "keyctl", "memfd_create", "memfd_secret", "msgget"),
    *("perf_event_open", "request_key", "shmget", "userfaultfd"),
)
_NUMBERS = {
    "x86_64": (0xC000003E, (248, 321, 425, 250, 319, 447, 68, 298, 249, 29, 323)),
    "aarch64": (0xC00000B7, (217, 280, 425, 219, 279, 447, 186, 241, 218, 194, 282)),
}

INSIDE = "/casebook"  # where the zygote finds the folders of all submissions

_NOBODY = 65534
_PROBE_SECONDS = 60


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
        return "it takes Linux. On macOS or Windows, grade in a Linux virtual machine."
    if not shutil.which("bwrap"):
        return (
            "bubblewrap is not installed. Install it with `apt install bubblewrap` "
            "(Debian, Ubuntu), `dnf install bubblewrap` (Fedora), or your system's equivalent."
        )
    user = learner()
    probe = ["-I", "-m", "casebook_grader.inside.isolation", *([str(user)] if user else [])]
    try:
        with start(probe, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
            errors = process.communicate(timeout=_PROBE_SECONDS)[1].strip()
    except subprocess.TimeoutExpired:
        errors = f"bubblewrap took more than {_PROBE_SECONDS} s"
    if process.returncode == 0:
        return None
    reason = (errors or "no reason given").splitlines()[-1]
    return (
        f"this system does not allow the namespaces that it takes ({reason}). User namespaces may "
        "be switched off (`sysctl user.max_user_namespaces` shows 0), kept from what bubblewrap "
        "starts (`sysctl kernel.apparmor_restrict_unprivileged_userns` shows 1), or forbidden by "
        "the container that this runs in. Have them allowed, or grade on another machine."
    )


def learner() -> int | None:
    """The user that learner code runs as: nobody where we are root, else None for ourselves."""
    if os.geteuid() != 0:
        return None
    ranges = [line.split() for line in Path("/proc/self/uid_map").read_text().splitlines()]
    known = any(int(first) <= _NOBODY < int(first) + int(count) for first, _, count in ranges)
    return _NOBODY if known else None


def environment() -> dict[str, str]:
    """The variables that a zygote needs, and all that it has in a sandbox."""
    return {
        "KERAS_BACKEND": "tensorflow",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "TF_NUM_INTRAOP_THREADS": "1",
        "TF_NUM_INTEROP_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",  # or NumPy starts threads when it is imported
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }


def start(arguments: Sequence[str], runs: Path | None = None, **options) -> subprocess.Popen:
    """Start Python where it sees what it needs, and nothing else of the host.

    Args:
        arguments: What Python is given.
        runs: The folder of all submissions' folders, which it may write to.
        options: Further options of `subprocess.Popen`.
    """
    command = _bubblewrap(runs)
    with tempfile.TemporaryFile() as program:
        if instructions := call_filter():
            program.write(instructions)
            program.seek(0)
            command += ["--seccomp", str(program.fileno())]
        command += ["--", sys.executable, *arguments]
        return subprocess.Popen(command, pass_fds=[program.fileno()], **options)


def kept() -> list[str]:
    """Folders that Python needs and that lie in /tmp, which a fork has to itself."""
    needed = (ROOT, Path(sys.base_prefix), Path(sys.prefix))
    return [str(path) for path in needed if Path("/tmp") in path.parents]


def _bubblewrap(runs: Path | None) -> list[str]:
    command = ["bwrap", "--unshare-ipc", "--unshare-net", "--unshare-pid", "--unshare-uts"]
    command += ["--unshare-cgroup-try", "--die-with-parent", "--new-session", "--clearenv"]
    command += ["--hostname", "casebook", "--chdir", "/"]
    if learner() is None:
        command += ["--unshare-user"]
    else:  # root needs these two to become another user
        command += ["--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    for name, value in _cleared_environment().items():
        command += ["--setenv", name, value]
    command += [*_system(), *_python(), "--dir", INSIDE]
    for number, _ in enumerate(kept()):
        command += ["--dir", f"{INSIDE}/kept/{number}"]
    if runs is not None:
        command += ["--bind", str(runs), f"{INSIDE}/runs", "--dir", str(runs)]
    for path in ("/", "/dev", str(ROOT)):
        command += ["--remount-ro", path]
    return command


def call_filter(machine: str | None = None) -> bytes | None:
    """A program that forbids the calls in FORBIDDEN, for bubblewrap's `--seccomp`.

    Args:
        machine: The processor's name; this one's without it.

    Returns:
        Instructions of classic BPF; None for a processor whose numbers are not known here.

    Example:
        >>> len(call_filter("x86_64")) // 8  # instructions
        17
    """
    machine = machine or platform.machine()
    if machine not in _NUMBERS:
        return None
    architecture, numbers = _NUMBERS[machine]
    load, equal, at_least, give = 0x20, 0x15, 0x35, 0x06
    allow, forbid = 0x7FFF0000, 0x00050000 | errno.EPERM
    end = len(numbers) + 1  # instructions from the first comparison of a number to "allow"
    program = [
        (load, 0, 0, 4),  # the architecture; another one has other numbers
        (equal, 0, end + 2, architecture),
        (load, 0, 0, 0),  # the number of the call
        (at_least, end, 0, 0x40000000),  # x32's numbers
        *((equal, end - 1 - at, 0, number) for at, number in enumerate(numbers)),
        (give, 0, 0, allow),
        (give, 0, 0, forbid),
    ]
    return b"".join(struct.pack("=HBBI", *instruction) for instruction in program)


def _cleared_environment() -> dict[str, str]:
    return {
        **environment(),
        "HOME": "/tmp",
        "IPYTHONDIR": "/tmp/.ipython",
        "LANG": "C.UTF-8",
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
        "USER": "learner",
    }


def _system() -> list[str]:
    """Show the system's programs and libraries.

    The host's /proc has to be seen here for a fork to be allowed one of its own, which it then
    mounts over it.
    """
    command = ["--dev", "/dev", "--tmpfs", "/dev/shm", "--bind", "/proc", "/proc"]
    command += ["--tmpfs", "/tmp", "--dir", "/etc", "--ro-bind", "/usr", "/usr"]
    command += ["--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache"]
    for path in (Path("/bin"), Path("/sbin"), *sorted(Path("/").glob("lib*"))):
        if path.is_symlink():
            command += ["--symlink", os.readlink(path), str(path)]
        elif path.is_dir():
            command += ["--ro-bind", str(path), str(path)]
    return command


def _python() -> list[str]:
    """Show Python, its packages, `cnn_casebook`, what runs inside, and the data.

    The rest of the course is hidden: solutions, submissions, and the grader itself.
    """
    package = Path(cnn_casebook.__file__).resolve().parent
    grader = Path(casebook_grader.__file__).resolve()
    needed = [Path(sys.base_prefix), Path(sys.prefix), package, datasets_folder()]
    needed += [grader, grader.parent / "inside"]
    needed.sort(key=lambda path: ROOT in path.parents)  # those within the course come last
    command = []
    for path in needed:
        if ROOT in path.parents and "--tmpfs" not in command:
            command += ["--tmpfs", str(ROOT)]
        command += ["--dir", str(path.parent), "--ro-bind", str(path), str(path)]
    return command if "--tmpfs" in command else [*command, "--tmpfs", str(ROOT)]
