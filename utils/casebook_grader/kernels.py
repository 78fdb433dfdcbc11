"""A kernel as the grader holds it: whether it runs, why it ended, and how to end it for good."""

import contextlib
import queue
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import zmq
from jupyter_client import BlockingKernelClient
from jupyter_core.utils import ensure_event_loop
from traitlets import Int

from casebook_grader.limits import Limits

_GONE_SECONDS = 10
_RETRY_MILLISECONDS = 5  # between two attempts to connect with a kernel that is still to open
_MOST_MESSAGES = 4  # that wait here; more wait in the kernel


@contextlib.contextmanager
def in_this_thread() -> Iterator[None]:
    """Let a thread of its own use clients, and leave nothing open when it ends.

    A client opens an event loop in every thread that uses it, and nobody closes that.
    """
    try:
        yield
    finally:
        loop = ensure_event_loop()
        if not loop.is_running():  # as that of a server is, which grades in its own thread
            loop.close()


class Client(BlockingKernelClient):
    """A client that no kernel can fill the grader's memory through.

    Attributes:
        broken: A socket that can be read once the line on which a kernel publishes has broken.
    """

    largest_message = Int(help="Bytes; a larger message ends the connection, and so the kernel.")

    def _context_default(self) -> zmq.Context:
        context = super()._context_default()
        context.setsockopt(zmq.MAXMSGSIZE, self.largest_message)
        context.setsockopt(zmq.RCVHWM, _MOST_MESSAGES)
        context.setsockopt(zmq.RECONNECT_IVL, _RETRY_MILLISECONDS)
        return context

    def start_channels(self, **which) -> None:
        """Connect with the kernel."""
        super().start_channels(**which)
        line = self.iopub_channel.socket
        self.broken = line.get_monitor_socket(zmq.EVENT_DISCONNECTED)

    def stop_channels(self) -> None:
        """Let go of the kernel."""
        if self.channels_running:
            self.iopub_channel.socket.disable_monitor()
            self.broken.close()
        super().stop_channels()


class Kernel:
    """One kernel and all that it starts.

    Attributes:
        client: A client with its channels started, once the kernel has answered.
        process: The first process; all others of the kernel descend from it.
        folder: The submission's folder, which another kernel may share.
        private: The kernel's own folder.
        connection_file: Path of its connection file.
        limits: What it may use.
        killed: Whether we killed it.
        zygote: The process that forked it.
    """

    def __init__(self, process: psutil.Process, folder: Path, private: Path, limits: Limits):
        """Hold a kernel that was forked; it need not answer yet."""
        self.process = process
        self.folder = folder
        self.private = private
        self.connection_file = private / "connection.json"
        self.limits = limits
        self.client: Client | None = None
        self.killed = False
        self.zygote: subprocess.Popen | None = None
        self._reason = None
        self._lock = threading.Lock()

    @property
    def why(self) -> str | None:
        """Why it ended, or None while it runs and after `kill`.

        "memory", "processes", "disk": it exceeded this limit. "exited": it ended by itself.
        "message": it sent a message that was too large, or too many. "unwatched": its limits could
        not be watched.
        """
        if self.killed:
            return self._reason
        return None if self.is_alive() else "exited"

    def is_alive(self) -> bool:
        """Say whether it still runs."""
        try:
            return self.process.is_running() and self.process.status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return False

    def answers(self, seconds: float = 1.0) -> bool:
        """Say whether it answers a request, and publishes that it did, within this time."""
        request = self.client.kernel_info()
        try:
            while not _belongs(self.client.get_shell_msg(timeout=seconds), request):
                pass
            message = {}
            while message.get("content") != {"execution_state": "idle"}:
                message = self.client.get_iopub_msg(timeout=seconds / 5)  # it comes with the reply
                if not _belongs(message, request):
                    message = {}
        except queue.Empty:
            return False
        return True

    def interrupt(self) -> None:
        """Interrupt the cell that runs, as Jupyter's stop button does."""
        if self.is_alive():
            self.process.send_signal(signal.SIGINT)

    def ends(self, seconds: float = _GONE_SECONDS) -> bool:
        """Say whether it has ended, or does so within this time."""
        end = time.monotonic() + seconds
        while self.is_alive() and time.monotonic() < end:
            time.sleep(0.01)
        return not self.is_alive()

    def end(self, reason: str | None = None) -> None:
        """Kill all processes of the kernel; `why` keeps the first reason."""
        with self._lock:
            if not self.killed:
                self._reason = reason if self.is_alive() else "exited"
                self.killed = True
        _kill_all(self.process)

    def kill(self) -> None:
        """Kill all processes of the kernel and clear up after it. Doing it twice does no harm."""
        self.end()
        if self.client is not None:
            self.client.stop_channels()
        remove(self.private)


def _belongs(message: dict, request: str) -> bool:
    return message["parent_header"].get("msg_id") == request


def _kill_all(process: psutil.Process) -> None:
    """Kill a process and its descendants, and wait until they are gone."""
    try:
        family = [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return
    for member in family:  # in a process namespace the first takes the others with it
        try:
            member.kill()
        except psutil.NoSuchProcess:
            continue
    psutil.wait_procs(family, timeout=_GONE_SECONDS)


def remove(folder: Path) -> None:
    """Remove a folder that hostile code has written to: too deep, unreadable, whatever."""
    try:
        shutil.rmtree(folder)
    except FileNotFoundError:
        return
    except (OSError, RecursionError):
        subprocess.run(["chmod", "-R", "u+rwx", folder], check=False, capture_output=True)
        subprocess.run(["rm", "-rf", folder], check=False, capture_output=True)
