"""What one worker does: run one rebuilt notebook, without the course's folder or the gradebook."""

import time
from dataclasses import dataclass

import nbformat

from casebook_grader import verdicts
from casebook_grader.execute import execute
from casebook_grader.limits import Limits
from casebook_grader.sandbox import SandboxError
from casebook_grader.store import environment
from casebook_grader.warm import warm_sandbox


@dataclass(frozen=True)
class Task:
    """All that it takes to run a notebook.

    Attributes:
        notebook: The rebuilt notebook, as its file's bytes.
        source: The course's own notebook, without outputs.
        records: The records beside it.
        limits: What it may use.
        sandboxed: False runs learner code as the worker's user, without isolation.
        environment: What `store.environment` has to give where it runs.
    """

    notebook: bytes
    source: bytes
    records: dict[str, bytes]
    limits: Limits
    sandboxed: bool
    environment: str


@dataclass(frozen=True)
class Ran:
    """What came of a task.

    Attributes:
        notebook: The executed notebook, as its file's bytes, with its incidents attached; None if
            the engine failed.
        failure: Why it failed.
    """

    notebook: bytes | None = None
    failure: str = ""


def run(task: Task) -> Ran:
    """Run a task. What fails outside the learner's code is said, not raised."""
    if task.environment != environment():
        return Ran(
            failure="a worker has other versions of the course or of its libraries than the "
            "machine that grades; install the same on all"
        )
    notebook, source = map(nbformat.v4.reads, (task.notebook.decode(), task.source.decode()))
    started = time.monotonic()
    try:
        sandbox = warm_sandbox(task.sandboxed, task.limits)
        incidents = execute(notebook, source, task.records, sandbox)
    except SandboxError as error:
        return Ran(failure=str(error))
    verdicts.attach(notebook, incidents, time.monotonic() - started)
    return Ran(notebook=nbformat.v4.writes(notebook).encode())
