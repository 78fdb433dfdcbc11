"""How long each solution takes on this machine, one notebook at a time in a kernel of its own.

    python tests/notebook_times.py [NOTEBOOK ...]

A notebook is to run in 90 seconds on two quiet cores: let nothing else run meanwhile. A kernel's
start counts, as it does for learners, and experiments run whole (`runtime.as_time_allows` leaves
nothing out). `CASEBOOK_BUDGET=long` measures the unhurried ones.
"""

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import banks
import nbclient
import nbformat

BUDGET = 90  # seconds
HEAD = ("notebook", "seconds", "slowest cell", "seconds")


class Took(NamedTuple):
    """Seconds of a notebook, and of its slowest cell."""

    notebook: str
    seconds: float
    cell: str
    cell_seconds: float

    def words(self) -> tuple[str, str, str, str]:
        """What the table shows, a text for each column."""
        return self.notebook, f"{self.seconds:.0f}", self.cell, f"{self.cell_seconds:.0f}"


def paths(names: Iterable[str] = ()) -> list[Path]:
    """The named solutions, or all.

    Raises:
        SystemExit: There is no notebook of a name.
    """
    known = {path.stem: path for path in sorted((banks.ROOT / "solutions").glob("*/*.ipynb"))}
    if unknown := set(names) - set(known):
        raise SystemExit(
            f"no notebook {', '.join(sorted(unknown))}; expected of {', '.join(known)}"
        )
    return [path for name, path in known.items() if not names or name in names]


def cell_seconds(cell: nbformat.NotebookNode) -> float:
    """How long a cell took that nbclient ran; 0 for one that did not run."""
    times = cell.metadata.get("execution", {})
    began, ended = times.get("iopub.execute_input"), times.get("shell.execute_reply")
    if not (began and ended):
        return 0.0
    return (datetime.fromisoformat(ended) - datetime.fromisoformat(began)).total_seconds()


def measure(path: Path) -> Took:
    """Run a notebook from top to bottom in a copy of its folder, and time it."""
    notebook = nbformat.read(path, as_version=4)
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(path.parent, folder, dirs_exist_ok=True)
        where = {"metadata": {"path": folder}}
        started = time.perf_counter()
        client = nbclient.NotebookClient(notebook, timeout=900, resources=where)
        client.execute(env={"CASEBOOK_BUDGET": "normal", **os.environ})
        seconds = time.perf_counter() - started
    slowest = max(notebook.cells, key=cell_seconds)
    return Took(path.stem, seconds, slowest.id, cell_seconds(slowest))


def measured(names: Iterable[str] = ()) -> Iterator[Took]:
    """Measure the named notebooks, or all, one after the other."""
    for path in paths(names):
        yield measure(path)


def last_line(took: list[Took]) -> str:
    """How many notebooks keep within the budget.

    Example:
        >>> last_line([Took("a", 40.0, "run", 9.0), Took("b", 95.0, "run", 80.0)])
        'notebooks: 2, within 90 s: 1'
    """
    return f"notebooks: {len(took)}, within {BUDGET} s: {sum(t.seconds <= BUDGET for t in took)}"


def main(names: list[str]) -> None:
    """Run `make times`: a row as soon as it is measured, and a last line."""
    took = []
    print("{:<26}{:>8}  {:<28}{:>8}".format(*HEAD))
    for one in measured(names):
        took.append(one)
        print("{:<26}{:>8}  {:<28}{:>8}".format(*one.words()), flush=True)
    print(last_line(took))


if __name__ == "__main__":
    main(sys.argv[1:])
