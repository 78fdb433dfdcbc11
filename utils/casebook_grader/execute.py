"""The one entry to execution: a rebuilt notebook goes in, its outputs and incidents come out."""

from nbformat import NotebookNode

from casebook_grader.cells import run_notebook, setup_of
from casebook_grader.reports import Incident
from casebook_grader.sandbox import Sandbox
from casebook_grader.warm import next_session


def execute(
    notebook: NotebookNode, source: NotebookNode, records: dict[str, bytes], sandbox: Sandbox
) -> list[Incident]:
    """Run a rebuilt notebook in two kernels. Several threads may call it at once on one sandbox.

    Args:
        notebook: The notebook to run; the outputs of its cells are written into it.
        source: The course's own notebook.
        records: The records submitted beside it: bytes for each file name.
        sandbox: Starts the kernels; its limits hold.

    Returns:
        What was ended on the way.

    Raises:
        SandboxError: Something failed that is not the submission's own code.
    """
    with next_session(sandbox, setup_of(notebook)).begin(records) as session:
        run_notebook(notebook, source, session)
        return session.incidents
