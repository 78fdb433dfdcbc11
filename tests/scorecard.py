"""What the course promises, measured: fairness, safety, speed, run times and size, on one page.

    python tests/scorecard.py [PART ...]

Parts, all of them without a name: `fairness`, `safety`, `speed`, `otter`, `notebooks`, `install`.
Each takes its figures from the tool that measures them, and replaces its section of `scorecard.md`;
the others stay as they are. Nothing else should run meanwhile: it takes about an hour.

`otter` takes the command `otter` of otter-grader, from an environment with the course's packages:
`OTTER=/its/bin/otter make scorecard`. It is no part of the lock, and left out where there is none.
"""

import datetime
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

import banks
import benchmark
import nbformat
import notebook_times
import psutil
from mutants import runner
from nbgrader.utils import is_grade, is_solution

HERE = Path(__file__).parent
PAGE = HERE / "scorecard.md"
_TITLE = "# Scorecard\n\nMeasured by `make scorecard`; each part says when, and what measures it.\n"


def fairness() -> list[str]:
    """How many answers of the bank are judged as a person judged them; and the mutants."""
    wrongly = {True: [], False: []}
    answers = banks.answers()
    runner.preload()
    for answer, said in runner.grade_all(answers, each=300):
        if answer.right == any(said.values()):
            wrongly[answer.right].append(str(answer))
    right = sum(answer.right for answer in answers)
    wrong = len(answers) - right
    lines = [
        "| answers of the bank | number | judged wrongly |",
        "|---|---:|---:|",
        f"| right, in different styles | {right} | {len(wrongly[True])} |",
        f"| wrong, with the mistakes of learners | {wrong} | {len(wrongly[False])} |",
    ]
    mutants = HERE / "mutants.md"
    if mutants.is_file():
        lines += ["", f"By `make mutants`: {mutants.read_text().strip().splitlines()[-1]}"]
    return lines


def safety() -> list[str]:
    """The attacks, on this grader and on stock nbgrader."""
    said = _run("attack_suite.py")
    rows = re.findall(r"^(.+?) +here: (.+?) +stock nbgrader: (.+)$", said, re.MULTILINE)
    return [
        f"By `make attacks`: {said.splitlines()[-1]}",
        "",
        "| attack | gains here | gains on stock nbgrader |",
        "|---|---|---|",
        *(f"| {' | '.join(map(str.strip, row))} |" for row in rows),
    ]


def speed() -> list[str]:
    """A class of 24, and a notebook that computes nothing, beside stock nbgrader."""
    said = [_run("benchmark.py", part) for part in ("class", "trivial")]
    return ["By `make benchmark`:", "", "```", *said, "```"]


_OTTER_TEST = """from otter.test_files import test_case
OK_FORMAT, name, points = False, {name!r}, {points}
@test_case(points={points})
def test(env):
    exec({source!r}, env)
"""


def otter() -> list[str]:
    """The same notebook graded by otter-grader, one submission after another."""
    path = banks.ROOT / "solutions" / benchmark.ASSIGNMENT / benchmark.NOTEBOOK
    notebook = nbformat.read(path, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    checks = [cell for cell in code if is_grade(cell) and not is_solution(cell)]
    left_out = checks + [cell for cell in code if "experiment" in cell.metadata.get("tags", [])]
    notebook.cells = [cell for cell in notebook.cells if cell not in left_out]
    with tempfile.TemporaryDirectory() as folder:
        nbformat.write(notebook, f"{folder}/submission.ipynb")
        with zipfile.ZipFile(f"{folder}/autograder.zip", "w") as file:
            file.writestr("otter_config.json", "{}")
            for cell in checks:
                mark = cell.metadata.nbgrader
                test = _OTTER_TEST.format(
                    name=mark.grade_id, points=mark.points, source=cell.source
                )
                file.writestr(f"tests/{mark.grade_id}.py", test)
        command = [_OTTER, "run", "-a", "autograder.zip", "--no-logo", "submission.ipynb"]
        seconds = []
        for _ in range(4):
            started = time.perf_counter()
            subprocess.run(command, cwd=folder, check=True, capture_output=True)
            seconds.append(time.perf_counter() - started)
        with open(f"{folder}/results.json", encoding="utf-8") as file:
            tests = json.load(file)["tests"]
    assert sum(test.get("score", 0) for test in tests) == sum(
        cell.metadata.nbgrader.points for cell in checks
    ), tests
    return [f"`otter run` on `{path.stem}`: {min(seconds):.1f} s a submission, the best of four."]


def notebooks() -> list[str]:
    """Seconds that each solution takes, experiments included, one after the other."""
    took = list(notebook_times.measured())
    rows = [f"| {' | '.join(one.words())} |" for one in took]
    head = [f"| {' | '.join(notebook_times.HEAD)} |", "|---|---:|---|---:|"]
    return [f"By `make times`: {notebook_times.last_line(took)}", "", *head, *rows]


def install() -> list[str]:
    """What the environment takes on the disk, and its largest packages."""
    sizes: dict[str, int] = {}
    folder = next(Path(sys.prefix).glob("lib/python*/site-packages"))
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            package = path.relative_to(folder).parts[0]
            sizes[package] = sizes.get(package, 0) + path.stat().st_blocks * 512
    largest = sorted(sizes.items(), key=lambda pair: -pair[1])[:5]
    return [
        f"{sum(sizes.values()) / 1e9:.1f} GB on disk, of which "
        + ", ".join(f"{name} {size / 1e9:.2f}" for name, size in largest)
        + " GB."
    ]


PARTS = {part.__name__: part for part in (fairness, safety, speed, otter, notebooks, install)}
_OTTER = os.environ.get("OTTER") or shutil.which("otter")


def _run(script: str, *arguments: str) -> str:
    """What a script of this folder prints."""
    done = subprocess.run(
        [sys.executable, HERE / script, *arguments], capture_output=True, text=True, cwd=HERE.parent
    )
    if done.returncode:
        raise SystemExit(f"{script} failed:\n{done.stderr}")
    return done.stdout.strip()


def sections(page: str) -> dict[str, str]:
    """The sections of a scorecard, by the name of their part.

    Example:
        >>> sections("# Scorecard\\n\\n## speed\\n\\nfast\\n")
        {'speed': 'fast'}
    """
    parts = re.split(r"^## (\w+)\n", page, flags=re.MULTILINE)[1:]
    return {name: text.strip() for name, text in zip(parts[::2], parts[1::2], strict=True)}


def main(names: list[str]) -> None:
    """Run `make scorecard`.

    Raises:
        SystemExit: A part is not known, or its tool fails.
    """
    if unknown := set(names) - set(PARTS):
        raise SystemExit(f"no part {', '.join(sorted(unknown))}; expected of {', '.join(PARTS)}")
    found = sections(PAGE.read_text(encoding="utf-8")) if PAGE.is_file() else {}
    for name in names or [name for name in PARTS if name != "otter" or _OTTER]:
        part = PARTS[name]
        memory = psutil.virtual_memory().total / 1e9
        about = f"{part.__doc__.splitlines()[0]} {datetime.date.today()}, {os.cpu_count()} cores, "
        found[name] = "\n".join([f"{about}{memory:.0f} GB.", "", *part()])
        text = "".join(f"\n## {key}\n\n{found[key]}\n" for key in PARTS if key in found)
        PAGE.write_text(_TITLE + text, encoding="utf-8")
        print(f"{name}: written to {PAGE.relative_to(banks.ROOT)}")


if __name__ == "__main__":
    main(sys.argv[1:])
