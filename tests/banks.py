"""The bank of answers: how a learner's text runs against the checks of its exercise, in process.

`tests/bank/<grade_id>.py` holds the answers to one exercise, one below the other:

    # %% right: a short name of the style
    def identity_block(x, kernel_size, filters):
        ...

    # %% wrong: a short name of the mistake
    # loses: shortcut, order
    # says: the shortcut is not added
    def identity_block(x, kernel_size, filters):
        ...

`loses` lists every check that must fail, without the prefix `check_<exercise>_` or
`hidden_<exercise>_`; all others must pass. `says` is a part of the first failure's message.
"""

import re
import sys
import traceback
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import nbformat

ROOT = Path(__file__).parents[1]
BANK = Path(__file__).parent / "bank"


@dataclass(frozen=True)
class Answer:
    """One learner's text for one exercise."""

    exercise: str
    name: str
    right: bool
    text: str
    loses: tuple[str, ...] = ()
    says: str = ""

    def __str__(self):
        return f"{self.exercise}-{'right' if self.right else 'wrong'}-{self.name}".replace(" ", "_")


def answers() -> list[Answer]:
    """All answers of all files of the bank."""
    return [answer for path in sorted(BANK.glob("*.py")) for answer in read_bank(path)]


def read_bank(path: Path) -> list[Answer]:
    """Read one file of the bank."""
    _, *parts = re.split(r"^# %% ", path.read_text(encoding="utf-8"), flags=re.M)
    found = []
    for part in parts:
        head, text = part.split("\n", 1)
        kind, name = head.split(": ", 1)
        assert kind in ("right", "wrong"), f"{path.name}: {head!r}"
        marks = dict(re.findall(r"^# (loses|says): (.*)$", text, flags=re.M))
        assert (kind == "wrong") == (set(marks) == {"loses", "says"}), f"{path.name}: {head!r}"
        text = re.sub(r"^# (loses|says): .*\n", "", text, flags=re.M).strip("\n") + "\n"
        loses = tuple(word.strip() for word in marks.get("loses", "").split(",") if word.strip())
        found.append(
            Answer(path.stem, name.strip(), kind == "right", text, loses, marks.get("says", ""))
        )
    return found


class Notebook:
    """A solution's cells by what they are for: set-up, answers, checks."""

    def __init__(self, path: Path):
        self.path = path
        self.cells = nbformat.read(path, as_version=4).cells
        self.setup = [c.source for c in self.cells if "setup" in c.metadata.get("tags", [])]
        self.answers, self.checks = {}, {}
        for cell in self.cells:
            mark = cell.metadata.get("nbgrader", {})
            if cell.cell_type != "code" or not mark:
                continue
            (self.answers if mark["solution"] else self.checks)[mark["grade_id"]] = cell.source

    @cache  # noqa: B019 - notebooks live as long as the test run
    def _names(self) -> dict:
        """What the set-up cells define; they run once."""
        names = {"__name__": "__main__"}
        for source in self.setup:
            exec(compile(source, f"{self.path.name} set-up", "exec"), names)
        return names

    def checks_of(self, exercise: str) -> dict[str, str]:
        """The check cells of an exercise, by their names without the exercise's."""
        pattern = re.compile(rf"(?:check|hidden)_{exercise}_(\w+)")
        others = [name for name in self.answers if name.startswith(exercise + "_")]
        return {
            match[1]: source
            for name, source in self.checks.items()
            if (match := pattern.fullmatch(name))
            and not any(re.match(rf"(?:check|hidden)_{other}_", name) for other in others)
        }

    def grade(self, exercise: str, text: str) -> dict[str, str]:
        """Run an answer against its exercise's checks.

        Returns:
            For each check its failure's text, empty where it passed.
        """
        names = dict(self._names())
        for other, source in self.answers.items():
            if other != exercise:
                exec(compile(source, other, "exec"), names)
        said = {"answer": _error_of(text, exercise, names)}
        for check, source in self.checks_of(exercise).items():
            said[check] = _error_of(source, check, dict(names))
        error = said.pop("answer")
        return {check: (error and f"{error} / {text}") or text for check, text in said.items()}


def _error_of(source: str, name: str, names: dict) -> str:
    """Run source; return what its exception says, with notes, or nothing."""
    try:
        exec(compile(source, name, "exec"), names)
    except Exception:
        kind, error, _ = sys.exc_info()
        return "".join(traceback.format_exception_only(kind, error)).strip()
    return ""


@cache
def notebook_of(exercise: str) -> Notebook:
    """The solution that holds an exercise, by the grade_id of its answer cell."""
    for path in sorted((ROOT / "solutions").glob("*/*.ipynb")):
        notebook = Notebook(path)
        if exercise in notebook.answers:
            return notebook
    raise LookupError(f"no solution has an answer cell with the grade_id {exercise!r}")
