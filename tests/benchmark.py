"""How fast grading is: the engine, stock nbgrader beside it, and the cells' own time, in one run.

    python tests/benchmark.py

One notebook, residual_blocks, and one worker. The last line gives the engine's submissions per
minute over stock nbgrader's, and the cells' own time in a warm process over the engine's time.
"""

import shutil
import tempfile
import time
from collections import defaultdict
from pathlib import Path

import banks
import sample_class
from courses import run_nbgrader, without_engine

from casebook_grader import grade as grading
from casebook_grader.session import Session
from casebook_grader.warm import warm_sandbox

ASSIGNMENT, NOTEBOOK = "03_residual_networks", "residual_blocks.ipynb"
SUBMISSIONS = 6


def course(folder: Path, engine: bool) -> Path:
    """A course of one notebook, and submissions to it."""
    for step in ("solutions", "assignments"):
        (folder / step / ASSIGNMENT).mkdir(parents=True)
        shutil.copy(banks.ROOT / step / ASSIGNMENT / NOTEBOOK, folder / step / ASSIGNMENT)
    shutil.copy(banks.ROOT / "nbgrader_config.py", folder)
    if not engine:
        without_engine(folder)
    sample_class.write(ASSIGNMENT, folder / "class", ("ada",), folder)
    for number in range(SUBMISSIONS):
        target = folder / "grading" / "submitted" / f"learner{number}"
        shutil.copytree(folder / "class" / "ada", target)
    return folder


def stock(folder: Path) -> float:
    """Seconds per submission of `nbgrader autograde`, without its own start."""

    def run(*arguments):
        started = time.perf_counter()
        run_nbgrader(folder, *arguments)
        return time.perf_counter() - started

    run("generate_assignment", ASSIGNMENT, "--create", "--force")
    one = run("autograde", ASSIGNMENT, "--create", "--student=learner0")
    return (run("autograde", ASSIGNMENT, "--create", "--force") - one) / (SUBMISSIONS - 1)


def engine(folder: Path) -> tuple[float, dict[str, float]]:
    """Seconds per submission of the engine, and where they go; the sandbox is warm."""
    spent = defaultdict(float)

    def timed(owner, name, step):
        original = getattr(owner, name)

        def run(*args, **kwargs):
            started = time.perf_counter()
            try:
                return original(*args, **kwargs)
            finally:
                spent[step] += time.perf_counter() - started

        setattr(owner, name, run)

    sandbox = warm_sandbox()
    sandbox.start_kernel(sandbox.new_folder()).kill()
    timed(grading, "prepare", "rebuild from the source")
    timed(Session, "_start", "start two kernels")
    timed(Session, "set_up", "set-up cells, and the learner's kernel")
    timed(Session, "write", "all cells of the learner's side")
    timed(Session, "check", "checks, and the check kernel")
    timed(Session, "__exit__", "end both kernels")
    seconds = []
    last = [time.perf_counter()]

    def note(learner):
        seconds.append(time.perf_counter() - last[0])
        last[0] = time.perf_counter()

    grading.grade(ASSIGNMENT, folder, progress=note)
    typical = sorted(seconds[1:])[len(seconds[1:]) // 2]  # the first includes nbgrader's start
    return typical, {step: total / SUBMISSIONS for step, total in spent.items()}


def own_time() -> float:
    """Seconds that the cells themselves take in a warm process."""
    notebook = banks.Notebook(banks.ROOT / "solutions" / ASSIGNMENT / NOTEBOOK)

    def run() -> float:
        started = time.perf_counter()
        names = {"__name__": "__main__"}
        for cell in notebook.cells:
            if cell.cell_type == "code" and "experiment" not in cell.metadata.get("tags", []):
                exec(compile(cell.source, cell.id, "exec"), names)
        return time.perf_counter() - started

    run()
    return min(run(), run())


def main() -> None:
    """Run `make benchmark`."""
    with tempfile.TemporaryDirectory() as scratch:
        ours, steps = engine(course(Path(scratch, "engine"), engine=True))
        theirs = stock(course(Path(scratch, "stock"), engine=False))
    limit = own_time()
    print(f"stock nbgrader: {theirs:6.2f} s a submission, {60 / theirs:5.1f} a minute")
    print(f"the engine:     {ours:6.2f} s a submission, {60 / ours:5.1f} a minute; of these")
    for step, seconds in steps.items():
        print(f"    {seconds:6.2f} s  {step}")
    print(
        f"the cells alone, in a warm process: {limit:.2f} s; the engine adds {ours - limit:.2f} s"
    )
    print(f"benchmark: {theirs / ours:.1f} times stock nbgrader, {limit / ours:.2f} of the limit")


if __name__ == "__main__":
    main()
