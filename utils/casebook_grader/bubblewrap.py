"""The bubblewrap sandbox that a zygote lives in, and whether this machine allows it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import cnn_casebook
from casebook_grader.course import ROOT
from cnn_casebook.data_files import datasets_folder

INSIDE = "/casebook"  # where the zygote finds itself and the folders of all submissions

_ZYGOTE = Path(__file__).with_name("zygote.py")
_NOBODY = 65534


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
    probe = sandboxed(["-IS", f"{INSIDE}/zygote.py", "--probe", *([str(user)] if user else [])])
    found = subprocess.run(probe, capture_output=True, text=True, timeout=60)
    if found.returncode == 0:
        return None
    said = (found.stderr.strip() or "no reason given").splitlines()[-1]
    return (
        f"this system does not allow the namespaces that it takes ({said}). User namespaces may "
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
        "OPENBLAS_NUM_THREADS": "1",  # or NumPy starts threads when it is imported
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }


def sandboxed(arguments: list[str], runs: Path | None = None) -> list[str]:
    """The command that runs Python where it sees what it needs, and nothing else of the host.

    Args:
        arguments: What Python is given.
        runs: The folder of all submissions' folders, which it may write to.
    """
    command = ["bwrap", "--unshare-ipc", "--unshare-net", "--unshare-pid", "--unshare-uts"]
    command += ["--unshare-cgroup-try", "--die-with-parent", "--new-session", "--clearenv"]
    command += ["--hostname", "casebook", "--chdir", "/"]
    if learner() is None:
        command += ["--unshare-user"]
    else:  # root needs these two to become another user
        command += ["--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    for name, value in _cleared_environment().items():
        command += ["--setenv", name, value]
    command += [*_system(), *_python()]
    command += ["--dir", INSIDE, "--ro-bind", str(_ZYGOTE), f"{INSIDE}/zygote.py"]
    if runs is not None:
        command += ["--bind", str(runs), f"{INSIDE}/runs", "--dir", str(runs)]
    for path in ("/", "/dev", str(ROOT)):
        command += ["--remount-ro", path]
    return [*command, "--", sys.executable, *arguments]


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
    """Show Python, its packages, `cnn_casebook` and the data, and hide the rest of the course."""
    package = Path(cnn_casebook.__file__).resolve().parent
    needed = [Path(sys.base_prefix), Path(sys.prefix), package, datasets_folder()]
    needed.sort(key=lambda path: ROOT in path.parents)  # those within the course come last
    command = []
    for path in needed:
        if ROOT in path.parents and "--tmpfs" not in command:
            command += ["--tmpfs", str(ROOT)]
        command += ["--dir", str(path), "--ro-bind", str(path), str(path)]
    return command if "--tmpfs" in command else [*command, "--tmpfs", str(ROOT)]
