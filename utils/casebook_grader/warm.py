"""Warm sandboxes: one for all that one process grades."""

import atexit
import threading

from casebook_grader.limits import Limits
from casebook_grader.sandbox import Sandbox

_sandboxes: dict[tuple[bool, Limits], Sandbox] = {}
_starting = threading.Lock()


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
