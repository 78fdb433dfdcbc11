"""Runs a notebook from the top in a kernel of its own, while the server goes on with other work."""

import os
from collections.abc import AsyncIterator
from dataclasses import asdict
from pathlib import Path

import nbformat
from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import NoSuchKernel
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat.v4 import new_output

from casebook.validation.report import report
from cnn_casebook.guide.outline import Outline

_CELL_SECONDS = 300  # as in nbgrader_config.py
_START_SECONDS = 180
# No history file, and no notice about sockets.
_QUIET = ["--HistoryManager.hist_file=:memory:", "--log-level=ERROR"]


class CannotValidate(Exception):
    """A notebook that cannot be run at all; the text says why and what to do."""


async def validate(path: Path, seconds: float = _CELL_SECONDS) -> AsyncIterator[dict]:
    """Run a notebook as it was last saved; the file is not changed.

    Experiments take their smallest size, and no record is kept: it is `NBGRADER_EXECUTION` that
    says so, as in nbgrader's own validation.

    Args:
        path: The notebook.
        seconds: How long a cell may take; with a cell that takes longer the run is over.

    Yields:
        For each cell that begins to run, how many are `done`, `of` how many, and its `section`;
        last the `report`.

    Raises:
        CannotValidate: It is no notebook, or has no kernel here.
    """
    try:
        notebook = nbformat.read(path, as_version=4)
        outline = Outline(notebook.cells, notebook.metadata.get("language", "en"))
    except Exception as error:  # nbformat's own, of JSON, of encoding
        raise CannotValidate(
            f"{path.name} cannot be read as a notebook ({type(error).__name__}). Save it again."
        ) from error
    name = notebook.metadata.get("kernelspec", {}).get("name", "python3")
    kernel = AsyncKernelManager(kernel_name=name)
    client = NotebookClient(
        notebook, km=kernel, timeout=seconds, startup_timeout=_START_SECONDS, allow_errors=True
    )
    code = [at for at, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    for at in code:
        notebook.cells[at].outputs = []
    ran = set()
    try:
        environment = {**os.environ, "NBGRADER_EXECUTION": "validate"}
        await kernel.start_kernel(extra_arguments=_QUIET, cwd=str(path.parent), env=environment)
        await client.async_start_new_kernel_client()
        for at in code:
            yield {"done": len(ran), "of": len(code), "section": outline.cells[at].section}
            ran.add(at)
            if ended := await _run(client, notebook.cells[at], at, seconds):
                notebook.cells[at].outputs.insert(0, ended)
                break
    except NoSuchKernel:
        raise CannotValidate(
            f"no kernel {name!r} is installed here. Choose another: Kernel > Change Kernel."
        ) from None
    finally:
        if client.kc is not None:
            client.kc.stop_channels()
        if kernel.has_kernel:
            await kernel.shutdown_kernel(now=True)
    yield {"report": asdict(report(notebook, outline, ran))}


async def _run(client: NotebookClient, cell, at: int, seconds: float):
    """Run a cell; return an error as its output where that was the end of the run."""
    try:
        await client.async_execute_cell(cell, at)
    except CellTimeoutError:
        name, text = "TimeoutError", f"the cell did not finish within {seconds:g} seconds."
    except DeadKernelError:
        name, text = "DeadKernelError", "the kernel ended; most often memory has run out."
    else:
        return None
    return new_output("error", ename=name, evalue=text, traceback=[f"{name}: {text}"])
