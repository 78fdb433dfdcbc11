"""Runs code in a kernel and collects what it shows, whatever hostile code sends in between."""

import json
import queue
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import zmq
from nbformat import NotebookNode
from nbformat.v4 import new_output, output_from_msg

from casebook_grader.kernels import Kernel
from casebook_grader.verdicts import Incident, Verdict

_POLL_MILLISECONDS = 200
_MESSAGE_SECONDS = 0.5  # until the rest of a message that has begun to arrive
_REPLY_SECONDS = 5
_ENDING_SECONDS = 2  # from the end of a kernel's line to its own
_AFTER_ANSWER_SECONDS = 10  # that code may take after its last question was answered
_QUIET = {"store_history": False, "allow_stdin": False}


@dataclass
class Execution:
    """What came of running code in a kernel.

    Attributes:
        outputs: What it showed.
        failed: Whether it raised an exception.
        ended: Why the kernel did not finish it, for a person, or None if it did.
        why: The same as a word: "time", or as `Kernel.why`.
    """

    outputs: list[NotebookNode] = field(default_factory=list)
    failed: bool = False
    ended: Incident | None = None
    why: str | None = None


def request(kernel: Kernel, source: str, may_ask: bool = False) -> str:
    """Ask a kernel to run code; return the request's id."""
    return kernel.client.execute(source, **_QUIET | {"allow_stdin": may_ask})


def follow(
    kernel: Kernel, request_id: str, seconds: float, answer: Callable[[str], str] | None = None
) -> Execution:
    """Collect what comes of a request to run code.

    Args:
        kernel: Where it runs.
        request_id: The request's id.
        seconds: How long it may take; the kernel is not ended here if it takes longer.
        answer: Answers the questions of code that may ask. Such code is the course's own, in a
            check kernel: it has failed unless that kernel says that it has not.
    """
    end = time.monotonic() + seconds
    latest = end + _AFTER_ANSWER_SECONDS
    client, limits = kernel.client, kernel.limits
    execution, size, received = Execution(), 0, 0
    poller = zmq.Poller()
    poller.register(client.iopub_channel.socket, zmq.POLLIN)
    poller.register(client.broken, zmq.POLLIN)
    if answer is not None:
        poller.register(client.stdin_channel.socket, zmq.POLLIN)
    while True:
        ready = dict(poller.poll(_POLL_MILLISECONDS))
        if client.stdin_channel.socket in ready:
            message = _message(client.get_stdin_msg)
            if message and message["msg_type"] == "input_request":
                text = answer(message["content"]["prompt"])
                if not kernel.is_alive():
                    return _ended(execution, kernel)
                client.input(text)
                end = min(max(end, time.monotonic() + _AFTER_ANSWER_SECONDS), latest)
        if client.iopub_channel.socket in ready:
            message = _message(client.get_iopub_msg)
            received += len(str(message))
            if received > limits.message:
                kernel.end("message")
                return _ended(execution, kernel)
            if message and message["parent_header"].get("msg_id") == request_id:
                kind, content = message["msg_type"], message["content"]
                if kind == "status" and content.get("execution_state") == "idle":
                    execution.failed |= answer is not None and not _succeeded(client, request_id)
                    return execution
                output = _output(message, limits.error_line) if size < limits.output else None
                if output is not None:
                    size += len(json.dumps(output))
                    execution.outputs.append(output)
                    if size >= limits.output:
                        execution.outputs[-1] = remark("too much output: the rest is left out")
                execution.failed |= kind == "error"
        elif not kernel.is_alive():
            return _ended(execution, kernel)
        elif client.broken in ready:  # as it does when a kernel ends, or sent too large a message
            if not kernel.ends(_ENDING_SECONDS):
                kernel.end("message")
            return _ended(execution, kernel)
        if time.monotonic() > end:
            text = f"did not finish within {max(seconds, 0):.0f} seconds"
            execution.ended, execution.why = Incident(Verdict.TIMED_OUT, text), "time"
            return execution


def remark(text: str) -> NotebookNode:
    """A remark of the grader's among a cell's outputs."""
    return new_output("stream", name="stdout", text=f"({text})\n")


def error(name: str, text: str) -> NotebookNode:
    """An exception of the grader's among a cell's outputs."""
    return new_output("error", ename=name, evalue=text, traceback=[f"{name}: {text}"])


def _succeeded(client, request_id: str) -> bool:
    """Whether a kernel's reply to a request says that all went well."""
    try:
        reply = client.get_shell_msg(timeout=_REPLY_SECONDS)
        while reply["parent_header"].get("msg_id") != request_id:  # of what nobody asked after
            reply = client.get_shell_msg(timeout=_REPLY_SECONDS)
    except queue.Empty:
        return False
    return reply["content"]["status"] == "ok"


def _ended(execution: Execution, kernel: Kernel) -> Execution:
    """Note how a kernel ended."""
    words = {
        "memory": "took more memory than allowed",
        "processes": "started more processes than allowed",
        "disk": "wrote more files than allowed",
        "message": "sent or showed more than allowed",
    }
    execution.why = kernel.why or "exited"
    execution.ended = Incident(Verdict.KILLED, words.get(execution.why, "ended its kernel"))
    return execution


def _message(receive: Callable) -> dict | None:
    """Receive a message; None where it is not one: hostile code can send anything."""
    try:
        message = receive(timeout=_MESSAGE_SECONDS)
        message["parent_header"].get, message["content"].get
        return message
    except queue.Empty:
        return None
    except Exception:
        return None


def _output(message: dict, longest_line: int) -> NotebookNode | None:
    """Turn a message into a cell's output; only plain text and PNG pictures are kept."""

    def cut(text: str) -> str:
        if type(text) is not str:
            raise TypeError
        return text if len(text) <= longest_line else text[:longest_line] + " ..."

    try:
        output = output_from_msg(message)
        if output.output_type == "stream":
            return output if type(output.text) is str else None
        if output.output_type == "error":
            lines = [cut(line) for line in output.traceback]
            return new_output(
                "error", ename=cut(output.ename), evalue=cut(output.evalue), traceback=lines
            )
        if "data" in output:
            kept = {
                key: output.data[key] for key in ("text/plain", "image/png") if key in output.data
            }
            output["data"] = {key: value for key, value in kept.items() if isinstance(value, str)}
            output["metadata"] = {}
        return output
    except Exception:
        return None
