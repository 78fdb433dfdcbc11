"""How fast grading is: the engine, stock nbgrader beside it, and the cells' own time, in one run.

    python tests/benchmark.py [PART ...]

Parts, all of them without a name:

- `class`: 24 submissions of one notebook. `assignment`: 12 of three notebooks each.
- `trivial`: a notebook that computes nothing, at 10, 100 and 1,000 submissions: what the engine and
  the gradebook cost alone.
- `gradebook`: saving alone, beside nbgrader's own steps.
- `memory`: of one worker, and of a further one.
- `huge`: submissions whose outcome is recorded, to see that scheduler, store, gradebook and memory
  are bounded: 100,000, or another number as in `huge=5000`; 2,000 without a name.

The last line gives, for the class, the engine's submissions per minute over stock nbgrader's, and
the cells' own time in a warm process, divided among the cores, over the engine's time.
"""

import contextlib
import io
import shutil
import sys
import tempfile
import threading
import time
from pathlib import Path

import banks
import book_cost
import courses
import jobs
import nbformat
import psutil
import sample_class
from dask.system import CPU_COUNT

from casebook_grader import grade as grading
from casebook_grader import task

ASSIGNMENT, NOTEBOOK = "03_residual_networks", "residual_blocks.ipynb"
CLASS, STOCK = 24, 4


def course(folder: Path, submissions: int, notebooks=("*.ipynb",), engine: bool = True) -> Path:
    """A course of one assignment, and different right submissions to it."""
    for step in ("solutions", "assignments"):
        target = folder / step / ASSIGNMENT
        target.mkdir(parents=True)
        for pattern in notebooks:
            for path in (banks.ROOT / step / ASSIGNMENT).glob(pattern):
                shutil.copy(path, target)
    shutil.copy(banks.ROOT / "nbgrader_config.py", folder)
    if not engine:
        courses.without_engine(folder)
    sample_class.write(ASSIGNMENT, folder / "class", ("ada",), folder)
    for number in range(submissions):
        submitted = folder / "grading" / "submitted" / f"learner{number:03}"
        shutil.copytree(folder / "class" / "ada", submitted)
        for path in submitted.glob("*/*.ipynb"):  # equal notebooks would be run once
            notebook = nbformat.read(path, as_version=4)
            for cell in notebook.cells:
                if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("solution"):
                    cell.source += f"\n# {number}"
                    break
            nbformat.write(notebook, path)
    return folder


def stock(folder: Path, assignment: str, submissions: int) -> float:
    """Seconds per submission of `nbgrader autograde`, without its own start."""

    def run(*arguments):
        started = time.perf_counter()
        courses.run_nbgrader(folder, *arguments)
        return time.perf_counter() - started

    run("generate_assignment", assignment, "--create", "--force")
    first = sorted((folder / "grading" / "submitted").iterdir())[0].name
    alone = run("autograde", assignment, "--create", f"--student={first}")
    return (run("autograde", assignment, "--create", "--force") - alone) / (submissions - 1)


def engine(folder: Path, assignment: str, workers: int, skip: int = 4) -> tuple[float, float]:
    """Seconds per submission while the class is graded, and of the whole run.

    Args:
        folder: The course.
        assignment: Name of its assignment.
        workers: How many notebooks run at a time.
        skip: How many submissions are done before the clock starts: workers start cold.
    """
    started = time.perf_counter()
    moments = []
    for grade in grading.grade(assignment, folder, grading.Options(workers=workers)):
        assert grade.verdict == "graded", (grade.learner, grade.verdict, grade.findings)
        assert all(check.score == check.points for check in grade.checks.values()), grade.checks
        moments.append(time.perf_counter())
    steady = (moments[-1] - moments[skip - 1]) / (len(moments) - skip)
    return steady, moments[-1] - started


def own_time(notebooks: list[Path]) -> float:
    """Seconds that the cells themselves take in a warm process."""

    def run(cells) -> float:
        started = time.perf_counter()
        names = {"__name__": "__main__"}
        for cell in cells:
            if cell.cell_type == "code" and "experiment" not in cell.metadata.get("tags", []):
                exec(compile(cell.source, cell.id, "exec"), names)
        return time.perf_counter() - started

    total = 0.0
    for path in notebooks:
        cells = banks.Notebook(path).cells
        with contextlib.redirect_stdout(io.StringIO()):
            run(cells)
            total += min(run(cells), run(cells))
    return total


def compare(name: str, notebooks: tuple[str, ...], submissions: int, scratch: Path) -> str:
    """Grade a class with the engine and some of it with stock nbgrader; return the last line."""
    workers = CPU_COUNT
    ours, whole = engine(
        course(scratch / f"{name}-engine", submissions, notebooks), ASSIGNMENT, workers
    )
    theirs = stock(
        course(scratch / f"{name}-stock", STOCK, notebooks, engine=False), ASSIGNMENT, STOCK
    )
    sources = sorted((scratch / f"{name}-engine" / "solutions" / ASSIGNMENT).glob("*"))
    with contextlib.chdir(scratch / f"{name}-engine" / "class" / "ada" / ASSIGNMENT):  # the records
        limit = own_time(sources)
    print(f"{name}: {submissions} submissions, {workers} workers, {CPU_COUNT} cores")
    print(f"    stock nbgrader {theirs:6.2f} s a submission, {60 / theirs:5.1f} a minute")
    print(f"    the engine     {ours:6.2f} s a submission, {60 / ours:5.1f} a minute")
    print(f"                   {whole:6.2f} s in all, with its start")
    print(f"    the cells' own {limit:6.2f} s in a warm process, {limit / CPU_COUNT:.2f} per core")
    share = limit / CPU_COUNT / ours
    return f"{theirs / ours:.1f} times stock nbgrader, {share:.2f} of the limit"


def trivial(scratch: Path) -> None:
    """What engine and gradebook cost alone, and whether that grows with the class."""
    costs = {}
    for submissions in (10, 100, 1000):
        folder = courses.trivial(scratch / f"trivial-{submissions}")
        _submit_different(folder, submissions)
        costs[submissions], _ = engine(folder, courses.TRIVIAL, CPU_COUNT)
        print(f"    {submissions:5} submissions: {costs[submissions]:.3f} s each")
    folder = courses.trivial(scratch / "trivial-stock")
    courses.without_engine(folder)
    _submit_different(folder, 6)
    theirs = stock(folder, courses.TRIVIAL, 6)
    print(f"    stock nbgrader:    {theirs:.3f} s each")
    flat = max(costs.values()) / min(costs.values())
    print(
        f"trivial: {costs[100]:.2f} s, stock nbgrader {theirs:.2f} s; {flat:.2f} from 10 to 1,000"
    )


def _submit_different(folder: Path, submissions: int) -> None:
    """Hand in right answers that differ: equal notebooks would be run once."""
    names = [f"learner{number:06}" for number in range(submissions)]
    courses.submit(folder, names[:1], f"{courses.RIGHT}\n# {names[0]}")
    (first,) = (folder / "grading" / "submitted" / names[0]).glob("*/*.ipynb")
    text = first.read_text(encoding="utf-8")
    for name in names[1:]:
        path = Path(str(first).replace(names[0], name))
        path.parent.mkdir(parents=True)
        path.write_text(text.replace(names[0], name), encoding="utf-8")


def memory(scratch: Path) -> None:
    """Proportional set size of the workers, and what one more takes."""
    most = {}
    for workers in (1, 2):
        folder = course(scratch / f"memory-{workers}", 6 * workers, (NOTEBOOK,))
        done = threading.Event()
        sizes = []

        def look(done=done, sizes=sizes):
            while not done.wait(0.5):
                sizes.append(sum(map(_own_share, psutil.Process().children(recursive=True))))

        watcher = threading.Thread(target=look)
        watcher.start()
        engine(folder, ASSIGNMENT, workers, skip=1)
        done.set()
        watcher.join()
        most[workers] = max(sizes)
    print(
        f"memory: {most[1] / 1e6:.0f} MB with one worker at most, "
        f"{(most[2] - most[1]) / 1e6:.0f} MB for one more"
    )


def _own_share(process: psutil.Process) -> int:
    try:
        return process.memory_full_info().pss
    except psutil.Error:
        return 0


def huge(scratch: Path, submissions: int) -> None:
    """Grade a class whose outcome is recorded: all but the execution is real."""
    folder = courses.trivial(scratch / "huge")
    _submit_different(folder, submissions)
    run, task.run = task.run, jobs.recorded
    process, sizes, moments = psutil.Process(), [], [time.perf_counter()]
    try:
        for number, _ in enumerate(grading.grade(courses.TRIVIAL, folder), start=1):
            if number % max(1, submissions // 10) == 0:
                moments.append(time.perf_counter())
                sizes.append(process.memory_info().rss)
                each = (moments[-1] - moments[-2]) / (submissions // 10)
                print(f"    {number:7}: {1000 * each:.1f} ms each, {sizes[-1] / 1e6:.0f} MB")
    finally:
        task.run = run
    each = (moments[-1] - moments[0]) / submissions
    print(f"huge: {submissions} submissions, {1000 * each:.1f} ms each, {max(sizes) / 1e6:.0f} MB")


def main(parts: list[str]) -> None:
    """Run `make benchmark`."""
    last = ""
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        if not parts or "trivial" in parts:
            trivial(scratch)
        if not parts or "gradebook" in parts:
            book_cost.main()
        if not parts or "memory" in parts:
            memory(scratch)
        for part in parts or ["huge=2000"]:
            if part.startswith("huge"):
                huge(scratch, int(part.partition("=")[2] or 100_000))
        if not parts or "assignment" in parts:
            print("assignment:", compare("assignment", ("*.ipynb",), CLASS // 2, scratch))
        if not parts or "class" in parts:
            last = compare("class", (NOTEBOOK,), CLASS, scratch)
    if last:
        print("benchmark:", last)


if __name__ == "__main__":
    main(sys.argv[1:])
