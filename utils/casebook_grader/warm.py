"""Warm sandboxes, and sessions that wait for the next submission: what one process has ready."""

import atexit
import threading
from concurrent.futures import Future, ThreadPoolExecutor

from casebook_grader.kernels import in_this_thread
from casebook_grader.limits import Limits
from casebook_grader.sandbox import Sandbox
from casebook_grader.session import Session

_sandboxes: dict[tuple[bool, Limits], Sandbox] = {}
_starting = threading.Lock()

_waiting: dict[tuple, Future] = {}  # at most one session, prepared for the next submission
_preparing = ThreadPoolExecutor(1, thread_name_prefix="casebook-prepare")


def warm_sandbox(sandboxed: bool = True, limits: Limits | None = None) -> Sandbox:
    """The sandbox of this process with these limits: started once, and closed at the end.

    Args:
        sandboxed: False runs kernels without isolation, and prints what is lost.
        limits: What a submission may use; the usual limits without it.

    Raises:
        SandboxError: Kernels cannot be isolated on this machine.
    """
    kind = (sandboxed, limits or Limits())
    with _starting:
        if kind not in _sandboxes:
            _sandboxes[kind] = Sandbox(limits=kind[1], sandboxed=sandboxed)
            atexit.register(_sandboxes[kind].close)
        return _sandboxes[kind]


def next_session(sandbox: Sandbox, setup: list[str]) -> Session:
    """Take the session that waits for these set-up cells, and prepare another one meanwhile.

    Args:
        sandbox: Starts the kernels.
        setup: The set-up cells of the notebook to come.
    """
    kind = (sandbox, *setup)
    ready = _waiting.pop(kind, None)
    for other in list(_waiting):  # the class has come to another notebook
        if unused := _waiting.pop(other, None):
            unused.result().__exit__()
    session = ready.result() if ready else Session(sandbox).prepare(setup)
    _waiting[kind] = _preparing.submit(in_this_thread()(Session(sandbox).prepare), setup)
    return session
