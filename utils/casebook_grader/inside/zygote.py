"""A process that has imported TensorFlow and forks a kernel each time it is asked to.

`casebook_grader.sandbox` starts it inside bubblewrap. A request is a line of JSON on standard
input, its reply a line on standard output. The process runs no TensorFlow operation and starts no
thread: what is forked after either hangs.

A fork becomes three processes: one enters new namespaces and ends, one is the first process of
the new process namespace (with it ends all that was started in there), one is the kernel.
"""

import contextlib
import gc
import importlib
import json
import os
import pkgutil
import signal
import sys
import tempfile
import traceback

import casebook_grader.inside
import cnn_casebook
from casebook_grader.inside import isolation

_LIBRARIES = ("tensorflow", "keras", "numpy", "matplotlib.pyplot", "ipykernel.kernelapp")
_LIBRARIES += ("ipykernel.ipkernel", "ipykernel.debugger", "matplotlib_inline.backend_inline")
_LIBRARIES += ("IPython.core.completer", "IPython.extensions.storemagic")
# What a kernel would import when it starts, and what it would import to show its first error.
_LIBRARIES += ("IPython.core.completerlib", "IPython.core.debugger", "IPython.core.logger")
_LIBRARIES += ("IPython.core.oinspect", "IPython.utils.wildcard", "tornado.platform.asyncio")
_LIBRARIES += ("zmq.utils.garbage", "stack_data", "pygments.lexers.python")
_LIBRARIES += ("pygments.formatters.html", "pygments.formatters.terminal256")


def preload() -> None:
    """Import all that notebooks of the course use, and all that runs in kernels beside them."""
    for name in _LIBRARIES:
        importlib.import_module(name)
    for package in (cnn_casebook, casebook_grader.inside):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)


def main() -> None:
    """Import, say so, and serve requests until standard input ends; {} is answered with {}."""
    replies = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # what an import prints is no reply
    preload()
    gc.set_threshold(50_000, 20, 20)  # for kernels: networks are many small objects
    gc.collect()
    gc.freeze()
    print(json.dumps({}), file=replies)
    forks = []
    while line := sys.stdin.readline():
        request = json.loads(line)
        reply = start(request) if request else {}
        if request and not request["sandboxed"]:
            forks.append(reply.get("pid"))
        print(json.dumps(reply), file=replies)
    for pid in filter(None, forks):  # in a sandbox they end with this process
        with contextlib.suppress(OSError):
            os.killpg(pid, signal.SIGKILL)


def start(request: dict) -> dict:
    """Fork a kernel.

    Args:
        request: `folder`: the submission's folder. `private`: the kernel's own, which holds
            `connection.json`. `runs`: where the folders of all submissions lie. `hidden`: where
            they are seen in here. `kept`: folders in /tmp that Python needs. `rlimits`: limits by
            name. `scratch`: bytes of /tmp and of /dev/shm. `sandboxed`: whether to enter
            namespaces. `user`: whom to become, or None. `environment`: further variables.

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
    reply = {"error": "the fork ended before it was ready"}
    for report in reports:
        reply.update(report)
    if "pid" in reply:
        del reply["error"]
    return reply


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
        isolation.enter_namespaces(request["user"])
    if os.fork() == 0:
        _end_after(_be_first, request, write)
    os._exit(0)


def _be_first(request: dict, write: int) -> None:
    """Shut the door, report, fork the kernel, and wait for whatever ends."""
    os.setsid()
    pid = int(os.readlink("/proc/self")) if os.path.exists("/proc/self") else os.getpid()
    isolation.end_first_without_memory()
    if request["sandboxed"]:
        isolation.forbid_namespaces()
        isolation.show_own_folders_only(request)
    else:
        isolation.keep_orphans()
    for name, value in request["rlimits"].items():
        isolation.limit(name, value)
    if request["sandboxed"]:
        isolation.drop_capabilities()
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


def _run_kernel(request: dict) -> None:
    """Run an ipykernel; never returns."""
    import numpy as np  # imported by `preload`
    from ipykernel.kernelapp import IPKernelApp

    status = 1
    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        tempfile.tempdir = None  # look at TMPDIR again
        os.environ["TMPDIR"] = os.path.join(request["private"], "tmp")
        os.environ.update(request["environment"])
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


if __name__ == "__main__":
    main()
