"""A process that has imported TensorFlow and forks a kernel each time it is asked to.

`casebook_grader.sandbox` starts it, by path, inside bubblewrap; it imports nothing of
`casebook_grader`, which is not there. A request is a line of JSON on standard input, its answer
a line on standard output. The process runs no TensorFlow operation and starts no thread: what is
forked after either hangs.

A fork becomes three processes: one enters new namespaces and ends, one is the first process of
the new process namespace (with it ends all that was started in there), one is the kernel.
"""

import contextlib
import ctypes
import gc
import json
import os
import resource
import signal
import sys
import tempfile
import time
import traceback

_LIBC = ctypes.CDLL(None, use_errno=True)

# Source: <linux/sched.h>, <sys/mount.h>, <linux/prctl.h>, <linux/capability.h>.
_NEWNS, _NEWUTS, _NEWIPC = 0x00020000, 0x04000000, 0x08000000
_NEWUSER, _NEWPID, _NEWNET = 0x10000000, 0x20000000, 0x40000000
_RDONLY, _NOSUID, _NODEV, _NOEXEC = 1, 2, 4, 8
_BIND, _REC, _PRIVATE = 0x1000, 0x4000, 0x40000
_SET_DUMPABLE, _CAPBSET_DROP, _SET_CHILD_SUBREAPER, _SET_NO_NEW_PRIVS = 4, 24, 36, 38
_CAPABILITY_VERSION_3 = 0x20080522


def preload() -> None:
    """Import all that notebooks of the course use."""
    import importlib
    import pkgutil

    import cnn_casebook

    names = ["tensorflow", "keras", "numpy", "matplotlib.pyplot", "ipykernel.kernelapp"]
    names += ["ipykernel.ipkernel", "ipykernel.debugger", "matplotlib_inline.backend_inline"]
    names += ["IPython.core.completer", "IPython.extensions.storemagic"]
    for name in names:
        importlib.import_module(name)
    for module in pkgutil.walk_packages(cnn_casebook.__path__, "cnn_casebook."):
        importlib.import_module(module.name)


def probe(user: int | None) -> None:
    """Raise OSError unless a fork could be isolated."""
    _enter_namespaces(user)
    child = os.fork()
    if child == 0:
        _mount("tmpfs", "/tmp")
        os._exit(0)
    if os.waitpid(child, 0)[1] != 0:
        raise PermissionError("nothing can be mounted in a new namespace")


def main() -> None:
    """Import, say so, and serve requests until standard input ends."""
    started = time.monotonic()
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # what an import prints is no answer
    preload()
    gc.collect()
    gc.freeze()
    seconds = round(time.monotonic() - started, 2)
    print(json.dumps({"seconds": seconds, "threads": _threads()}), file=answers)
    forks = []
    while line := sys.stdin.readline():
        request = json.loads(line)
        answer = start(request)
        if not request["sandboxed"]:
            forks.append(answer.get("pid"))
        print(json.dumps(answer), file=answers)
    for pid in filter(None, forks):  # in a sandbox they end with this process
        with contextlib.suppress(OSError):
            os.killpg(pid, signal.SIGKILL)


def start(request: dict) -> dict:
    """Fork a kernel.

    Args:
        request: `folder`: the submission's folder. `private`: the kernel's own, which holds
            `connection.json`. `runs`: where the folders of all submissions lie. `hidden`: where
            they are seen in here. `kept`: folders in /tmp that Python
            needs. `rlimits`: limits by name. `scratch`: bytes of /tmp and of
            /dev/shm. `sandboxed`: whether to enter namespaces. `user`: whom to become, or None.

    Returns:
        `pid` of the first process, as the host counts; or `error`.
    """
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        _end_after(_enter, request, write)
    os.close(write)
    with os.fdopen(read) as lines:
        reports = [json.loads(line) for line in lines]  # ends when the fork has closed it
    os.waitpid(child, 0)
    answer = {"error": "the fork ended before it was ready"}
    for report in reports:
        answer.update(report)
    if "pid" in answer:
        del answer["error"]
    return answer


def _end_after(function, request: dict, write: int) -> None:
    """Run a function in a fork, report its failure, and never return."""
    try:
        function(request, write)
    except BaseException as error:
        reason = "".join(traceback.format_exception_only(error)).strip()
        os.write(write, (json.dumps({"error": reason}) + "\n").encode())
    finally:
        os._exit(1)


def _enter(request: dict, write: int) -> None:
    """Enter new namespaces, and fork the first process in there."""
    if request["sandboxed"]:
        _enter_namespaces(request["user"])
    if os.fork() == 0:
        _end_after(_be_first, request, write)
    os._exit(0)


def _enter_namespaces(user: int | None) -> None:
    """Become this user, if there is one, and leave all namespaces of the zygote."""
    if user is not None:
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    user, group = os.getuid(), os.getgid()
    _call("prctl", _SET_DUMPABLE, 1, 0, 0, 0)  # or /proc/self belongs to root
    _call("unshare", _NEWUSER | _NEWNS | _NEWPID | _NEWIPC | _NEWNET | _NEWUTS)
    _write("/proc/self/setgroups", "deny")
    _write("/proc/self/uid_map", f"{user} {user} 1")
    _write("/proc/self/gid_map", f"{group} {group} 1")


def _be_first(request: dict, write: int) -> None:
    """Shut the door, report, fork the kernel, and wait for whatever ends."""
    os.setsid()
    pid = int(os.readlink("/proc/self")) if os.path.exists("/proc/self") else os.getpid()
    if os.path.exists("/proc/self/oom_score_adj"):
        _write("/proc/self/oom_score_adj", "1000")  # where memory runs out, this ends first
    if request["sandboxed"]:
        with contextlib.suppress(OSError):  # a container may have made it read-only
            _write("/proc/sys/user/max_user_namespaces", "0")
        _mount_all(request)
    elif hasattr(_LIBC, "prctl"):  # what the kernel's children leave behind stays below this one
        _call("prctl", _SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    for name, value in request["rlimits"].items():
        _limit(name, value)
    if request["sandboxed"]:
        _drop_capabilities()
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in range(3):
        os.dup2(nothing, number)
    os.write(write, (json.dumps({"pid": pid}) + "\n").encode())
    os.closerange(3, 4096)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    kernel = os.fork()
    if kernel == 0:
        _run_kernel(request)
    signal.signal(signal.SIGINT, lambda *_: os.kill(kernel, signal.SIGINT))
    while os.wait()[0] != kernel:
        pass


def _limit(name: str, value: int) -> None:
    number = getattr(resource, name, None)  # macOS does not have them all
    if number is not None:
        most = resource.getrlimit(number)[1]
        value = value if most == resource.RLIM_INFINITY else min(value, most)
        resource.setrlimit(number, (value, value))


def _mount_all(request: dict) -> None:
    """Show the kernel its two folders and nothing of other submissions."""
    _mount(None, "/", flags=_REC | _PRIVATE)
    runs, hidden = request["runs"], request["hidden"]
    kept = {path: f"{os.path.dirname(hidden)}/kept/{i}" for i, path in enumerate(request["kept"])}
    for path, place in kept.items():
        _mount(None, place, source=path, flags=_BIND | _REC)
    for place in ("/tmp", "/dev/shm"):
        _mount("tmpfs", place, options=f"size={request['scratch']},mode=700")
    for path, place in kept.items():
        os.makedirs(path, exist_ok=True)
        _mount(None, path, source=place, flags=_BIND | _REC)
    os.makedirs(runs, exist_ok=True)
    _mount("tmpfs", runs, options="size=64k,mode=700")
    for folder in (request["folder"], request["private"]):
        os.makedirs(folder)
        source = os.path.join(hidden, os.path.relpath(folder, runs))
        _mount(None, folder, source=source, flags=_BIND)
    _mount("tmpfs", hidden, flags=_RDONLY)
    try:
        _mount("proc", "/proc", flags=_NOEXEC)
    except PermissionError:  # parts of the host's /proc are covered, as in a container
        _mount("tmpfs", "/proc", options="size=16k")
        os.mkdir("/proc/self")
        os.symlink(sys.executable, "/proc/self/exe")  # TensorFlow aborts without these two
        _write("/proc/self/cmdline", f"{sys.executable}\0")


def _mount(kind: str | None, place: str, source: str = "none", flags: int = 0, options: str = ""):
    kind = kind and kind.encode()
    flags |= _NOSUID | _NODEV if kind else 0
    _call("mount", os.fsencode(source), os.fsencode(place), kind, flags, options.encode())


def _drop_capabilities() -> None:
    """Give up every capability, and the ways to get one back."""
    for number in range(64):
        if _LIBC.prctl(_CAPBSET_DROP, number, 0, 0, 0) != 0:
            break
    _call("prctl", _SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    _call("capset", ctypes.byref(header), (ctypes.c_uint32 * 6)())
    _call("prctl", _SET_DUMPABLE, 1, 0, 0, 0)


def _run_kernel(request: dict) -> None:
    """Run an ipykernel; never returns."""
    import numpy as np
    from ipykernel.kernelapp import IPKernelApp

    status = 1
    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        tempfile.tempdir = None  # look at TMPDIR again
        os.environ["TMPDIR"] = os.path.join(request["private"], "tmp")
        os.chdir(request["folder"])
        np.random.seed()
        sys.argv = ["kernel"]
        IPKernelApp.launch_instance(
            argv=[
                f"-f={request['private']}/connection.json",
                "--IPKernelApp.ignore_cwd=True",  # a learner's numpy.py shadows nothing
                "--IPKernelApp.capture_fd_output=False",
                "--HistoryManager.enabled=False",
                "--log-level=50",
            ]
        )
        status = 0
    finally:
        os._exit(status)


def _call(name: str, *arguments) -> None:
    """Call a function of the C library; raise OSError if it fails."""
    if getattr(_LIBC, name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name} {arguments[:2]}: {os.strerror(number)}")


def _write(path: str, text: str) -> None:
    with open(path, "w") as file:
        file.write(text)


def _threads() -> int:
    return len(os.listdir("/proc/self/task")) if os.path.exists("/proc/self/task") else 1


if __name__ == "__main__":
    if sys.argv[1:2] == ["--probe"]:
        probe(int(sys.argv[2]) if sys.argv[2:] else None)
    else:
        main()
