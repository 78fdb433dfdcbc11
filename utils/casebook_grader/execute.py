"""The one entry to execution: a rebuilt notebook goes in, its outputs and incidents come out."""

import logging

from nbformat import NotebookNode

from casebook_grader.cells import run_notebook, setup_of
from casebook_grader.kernels import in_this_thread
from casebook_grader.sandbox import Sandbox, SandboxError
from casebook_grader.seats import taken_seat
from casebook_grader.session import Session
from casebook_grader.verdicts import Incident


@in_this_thread()
def execute(
    notebook: NotebookNode, source: NotebookNode, records: dict[str, bytes], sandbox: Sandbox
) -> list[Incident]:
    """Run a rebuilt notebook in two kernels. Several threads may call it at once on one sandbox.

    What fails outside the submission's own code is tried once more, in fresh kernels.

    Args:
        notebook: The notebook to run; the outputs of its cells are written into it.
        source: The course's own notebook.
        records: The records submitted beside it: bytes for each file name.
        sandbox: Starts the kernels; its limits hold.

    Returns:
        What was ended on the way.

    Raises:
        SandboxError: Something failed twice that is not the submission's own code. The notebook's
            outputs say nothing about the submission, and must not be scored.
    """
    try:
        return _attempt(notebook, source, records, sandbox)
    except Exception:  # whatever it was: the learner's code has no way to raise one here
        logging.getLogger(__name__).warning("a notebook is executed again", exc_info=True)
    try:
        return _attempt(notebook, source, records, sandbox)
    except SandboxError:
        raise
    except Exception as failure:
        raise SandboxError(f"{type(failure).__name__}: {failure}") from failure


def _attempt(
    notebook: NotebookNode, source: NotebookNode, records: dict[str, bytes], sandbox: Sandbox
) -> list[Incident]:
    with taken_seat(sandbox) as seat, Session(sandbox, seat) as session:
        session.prepare(setup_of(notebook)).begin(records)
        run_notebook(notebook, source, session)
        return session.incidents
