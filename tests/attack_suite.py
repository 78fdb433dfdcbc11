"""Attacks on the grader, run through the engine and, for `make attacks`, through stock nbgrader.

    python tests/attack_suite.py

An attack succeeds if a wrong answer gets a point, a secret shows up in what was executed, a file
appears outside, a process stays behind, or the next honest submission does not get full marks.
"""

import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
import psutil
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.utils import determine_grade

from casebook_grader.cells import run_cell
from casebook_grader.limits import MB, Limits
from casebook_grader.rebuild import rebuild
from casebook_grader.sandbox import Sandbox
from casebook_grader.session import Session

HERE = Path(__file__).parent
HONEST = "def double(x):\n    return 2 * x\n"
WRONG = "def double(x):\n    return x\n"
FULL = 3.0
LIMITS = Limits(
    cell=5,
    check=5,
    notebook=60,
    memory=500 * MB,
    processes=24,
    disk=20 * MB,
    open_files=512,
)


@dataclass(frozen=True)
class Attack:
    """One attack: a text for the answer cell, or a change of the notebook's file."""

    name: str
    goal: str
    text: str = WRONG
    edit: object = None

    def __str__(self):
        return self.name.replace(" ", "_")


def attacks() -> list[Attack]:
    """All attacks: those by text, and those by what the file says."""
    _, *parts = re.split(r"^# %% ", (HERE / "attacks" / "attacks.py").read_text(), flags=re.M)
    found = []
    for part in parts:
        head, goal, text = part.split("\n", 2)
        found.append(Attack(head.strip(), goal.removeprefix("# goal: ").strip(), text))
    edits = {name.removeprefix("edit_"): one for name, one in globals().items() if "edit_" in name}
    found += [Attack(name.replace("_", " "), "points", edit=edit) for name, edit in edits.items()]
    return found


# ---- what the file can say ----


def _tests(notebook):
    return [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("points")]


def edit_skip_execution_tag(notebook):
    for cell in _tests(notebook):
        cell.metadata["tags"] = ["skip-execution"]


def edit_test_cells_emptied(notebook):
    for cell in _tests(notebook):
        cell.source = "pass"


def edit_test_cells_deleted(notebook):
    notebook.cells = [cell for cell in notebook.cells if cell not in _tests(notebook)]


def edit_test_cells_turned_into_text(notebook):
    for cell in _tests(notebook):
        cell.cell_type = "markdown"
        cell.pop("outputs", None)
        cell.pop("execution_count", None)


def edit_test_cells_marked_as_answers(notebook):
    for cell in _tests(notebook):
        cell.metadata.nbgrader.update(solution=True, locked=False)
        cell.source = "2"


def edit_points_raised(notebook):
    for cell in _tests(notebook):
        cell.metadata.nbgrader["points"] = 1000


def edit_grade_ids_exchanged(notebook):
    tests = _tests(notebook)
    tests[0].metadata.nbgrader["grade_id"] = tests[1].metadata.nbgrader["grade_id"]
    tests[0].source = "pass"


def edit_own_test_cell_first(notebook):
    copy = json.loads(json.dumps(_tests(notebook)[0]))
    copy["source"] = "1.0"
    notebook.cells.insert(0, nbformat.from_dict(copy))


def edit_schema_version(notebook):
    for cell in _tests(notebook):
        cell.metadata.nbgrader["schema_version"] = 99


def edit_kernel_of_its_own(notebook):
    notebook.metadata["kernelspec"] = {"name": "evil", "display_name": "x", "language": "python"}


def edit_set_up_cell_replaced(notebook):
    notebook.cells[0].source = (
        "import numpy as np\nnp.testing.assert_allclose = lambda *a, **k: None\n"
        "class AssertionError(BaseException): pass"
    )


def edit_outputs_forged(notebook):
    for cell in _tests(notebook):
        cell.outputs = [
            nbformat.v4.new_output("execute_result", {"text/plain": "1.0"}, execution_count=1)
        ]


# ---- the small assignment ----


def source() -> nbformat.NotebookNode:
    """The instructor's notebook: one answer, three checks."""

    def cell(name, text, **mark):
        made = new_code_cell(text)
        made["id"] = name
        made.metadata["nbgrader"] = {
            "schema_version": 3,
            "grade_id": name,
            "grade": False,
            "solution": False,
            "locked": True,
            "task": False,
            **mark,
        }
        return made

    start = cell("start", "import numpy as np")
    start.metadata["tags"] = ["setup"]
    answer = (
        "### BEGIN SOLUTION\ndef double(x):\n    return 2 * x  # SOLUTION-SECRET\n### END SOLUTION"
    )
    hidden = (
        "# Large.\n### BEGIN HIDDEN TESTS\nassert double(1000003) == 2000006\n### END HIDDEN TESTS"
    )
    arrays = "x = np.random.default_rng().normal(size=5)\n"
    arrays += "np.testing.assert_allclose(double(x.copy()), 2 * x)"
    notebook = new_notebook(
        cells=[
            start,
            cell("double", answer, solution=True, locked=False),
            cell("check_double_numbers", "assert double(3) == 6", grade=True, points=1),
            cell("check_double_arrays", arrays, grade=True, points=1),
            cell("hidden_double_large", hidden, grade=True, points=1),
        ]
    )
    notebook.metadata["kernelspec"] = {
        "name": "python3",
        "display_name": "Python 3 (ipykernel)",
        "language": "python",
    }
    return notebook


def submission(answer: str, edit=None) -> nbformat.NotebookNode:
    """A learner's notebook: as released, with an answer and perhaps a change."""
    notebook = source()
    for cell in notebook.cells:
        if cell.id == "double":
            cell.source = answer
        cell.source = re.sub(r"(?s)### BEGIN HIDDEN.*?END HIDDEN TESTS", "", cell.source).strip()
    if edit is not None:
        edit(notebook)
    return notebook


@dataclass
class Target:
    """What an attack could reach: folders with secrets in them."""

    root: Path
    token: str = field(default_factory=lambda: f"SECRET-{secrets.token_hex(8)}")
    port: int = 0

    def __post_init__(self):
        self.course, self.home = self.root / "course", self.root / "home"
        self.other = self.course / "grading" / "submitted" / "eve" / "a" / "double.ipynb"
        self.site = self.root / "site"
        for folder in (self.other.parent, self.course / "solutions", self.home, self.site):
            folder.mkdir(parents=True)
        for path in (
            self.other,
            self.course / "solutions" / "double.ipynb",
            self.course / "grading" / "gradebook.db",
            self.home / "secret.txt",
        ):
            path.write_text(self.token)
        self.before = self.files()

    def fill(self, text: str) -> str:
        """Put the target's paths into an attack's text."""
        places = {"COURSE": self.course, "HOME": self.home, "SITE": self.site}
        places |= {"OTHER": self.other, "PORT": self.port}
        for name, value in places.items():
            text = text.replace(f"@{name}@", str(value))
        return text

    def files(self) -> set[Path]:
        """All files that are there."""
        return {path for path in self.root.rglob("*") if "scratch" not in path.parts}

    def harm(self, shown: str) -> list[str]:
        """What an attack achieved, apart from points."""
        found = []
        if self.token in shown or "2000006" in shown or "SOLUTION-SECRET" in shown:
            found.append("read a secret")
        new = {path for path in self.files() - self.before if "pwned" in path.name}
        if new:
            found.append("wrote outside")
            for path in new:
                path.unlink()
        lingering = [
            process
            for process in psutil.process_iter(["cmdline"])
            if "time.sleep(29.5)" in " ".join(process.info["cmdline"] or [])
        ]
        if lingering:
            found.append("stayed behind")
            for process in lingering:
                process.kill()
        return found


@contextmanager
def target():
    """A target in a scratch folder, with a server on loopback that tells the secret."""
    folder = Path(tempfile.mkdtemp(prefix="attack-target-"))
    made = Target(folder)
    server = socket.create_server(("127.0.0.1", 0))
    made.port = server.getsockname()[1]

    def tell():
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with connection:
                connection.sendall(made.token.encode())

    threading.Thread(target=tell, daemon=True).start()
    os.environ["CASEBOOK_ATTACK_SECRET"] = made.token
    try:
        yield made
    finally:
        os.environ.pop("CASEBOOK_ATTACK_SECRET")
        server.close()
        shutil.rmtree(folder)


def by_engine(sandbox: Sandbox, notebook) -> tuple[float, str]:
    """Grade a submission with the engine; return its score and all that its cells show."""
    ready = rebuild(source(), json.dumps(notebook).encode()).notebook
    with Session(sandbox) as session:
        for cell in ready.cells:
            if cell.cell_type == "code":
                cell.outputs = run_cell(session, cell)
    return score_of(ready), shown_by(ready)


def score_of(notebook) -> float:
    """Add up the points of a notebook that ran."""
    tests = [cell for cell in _tests(notebook) if cell.metadata.nbgrader.get("grade")]
    return sum(determine_grade(cell)[0] or 0 for cell in tests)


def shown_by(notebook) -> str:
    """All that the cells of a notebook show."""
    return json.dumps([cell.get("outputs", []) for cell in notebook.cells])


def attack_engine(sandbox: Sandbox, aim: Target, attack: Attack) -> list[str]:
    """Run an attack, then an honest submission; return what the attack achieved."""
    score, shown = by_engine(sandbox, submission(aim.fill(attack.text), attack.edit))
    achieved = [f"got {score:g} points"] if score else []
    achieved += aim.harm(shown)
    if by_engine(sandbox, submission(HONEST))[0] != FULL:
        achieved.append("spoiled the next submission")
    return achieved


STOCK = """
import os
c = get_config()
c.CourseDirectory.root = os.getcwd()
c.CourseDirectory.course_id = "attacks"
c.ExecutePreprocessor.timeout = 5
"""


def attack_stock(aim: Target, attack: Attack, folder: Path) -> list[str]:
    """The same through plain nbgrader: the attacker and, after it, an honest learner."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "source" / "a").mkdir(parents=True)
    nbformat.write(source(), folder / "source" / "a" / "double.ipynb")
    (folder / "nbgrader_config.py").write_text(STOCK)
    texts = {
        "1attacker": submission(aim.fill(attack.text), attack.edit),
        "2honest": submission(HONEST),
    }
    for learner, notebook in texts.items():
        (folder / "submitted" / learner / "a").mkdir(parents=True)
        path = folder / "submitted" / learner / "a" / "double.ipynb"
        path.write_text(json.dumps(notebook))
    env = {**os.environ, "HOME": str(aim.home), "PYTHONWARNINGS": "ignore"}
    env["PATH"] = f"{Path(sys.executable).parent}:{env['PATH']}"
    for command in (["generate_assignment", "a", "--create"], ["autograde", "a", "--create"]):
        with suppress(subprocess.TimeoutExpired):
            subprocess.run(
                [sys.executable, "-m", "nbgrader", *command],
                cwd=folder,
                env=env,
                timeout=90,
                capture_output=True,
                start_new_session=True,
            )
    achieved, shown = [], ""
    scores = {}
    for learner in texts:
        path = folder / "autograded" / learner / "a" / "double.ipynb"
        try:
            graded = nbformat.read(path, as_version=4)
            scores[learner] = score_of(graded)
            if learner == "1attacker":
                shown = shown_by(graded)
        except Exception:
            scores[learner] = None
    if scores["1attacker"]:
        achieved.append(f"got {scores['1attacker']:g} points")
    achieved += aim.harm(shown)
    if scores["1attacker"] is None:
        achieved.append("left no score")
    if scores["2honest"] != FULL:
        achieved.append("spoiled the next submission")
    return achieved


def main() -> int:
    """Run `make attacks`: both columns."""
    rows, counts = [], [0, 0]
    with target() as aim, Sandbox(LIMITS) as sandbox:
        for attack in attacks():
            here = attack_engine(sandbox, aim, attack)
            stock = attack_stock(aim, attack, aim.root / "scratch")
            counts[0] += bool(here)
            counts[1] += bool(stock)
            rows.append(attack.name)
            print(
                f"{attack.name:45} here: {', '.join(here) or 'nothing':24} "
                f"stock nbgrader: {', '.join(stock) or 'nothing'}",
                flush=True,
            )
    print(f"attacks: {len(rows)}, succeeded here: {counts[0]}, on stock nbgrader: {counts[1]}")
    return 1 if counts[0] else 0


if __name__ == "__main__":
    sys.exit(main())
