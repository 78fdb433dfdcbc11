"""The bank of answers: how a learner's text runs against the checks of its exercise, in process.

`tests/bank/<grade_id>.py` holds the answers to one exercise, one below the other:

    # %% right: calls within calls
    def identity_block(x, kernel_size, filters):
        ...
        return layers.ReLU()(y + x)

    # %% wrong: ReLU on the shortcut
    # from: calls within calls
    # loses: shortcut, order, sizes, reference
    # says: the shortcut passes through a ReLU
    -     return layers.ReLU()(y + x)
    +     return layers.ReLU()(y + layers.ReLU()(x))

`from` names an answer further up in the file; the text is then an edit of that answer, as `edits`
describes it. Without `from` the text is whole. That other answer may be an edit itself, of a whole
text: whoever reads an answer looks at two others at most.

`loses` lists every check that must fail, without the prefix `check_<exercise>_` or
`hidden_<exercise>_`; all others must pass. `says` is a part of the first failure's message.

`# %% same as: <grade_id>` stands for all answers of another exercise, with its name replaced.
"""

import difflib
import linecache
import os
import re
import sys
import traceback
from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import edits
import nbformat

ROOT = Path(__file__).parents[1]
# Whether the longest tests leave nothing out: the weekly job of CI sets the variable.
EVERYTHING = bool(os.environ.get("CASEBOOK_ALL"))
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
    base: str = ""  # the name of the answer that it was edited from, nothing for a whole text

    def __str__(self):
        return f"{self.exercise}-{'right' if self.right else 'wrong'}-{self.name}".replace(" ", "_")


def answers() -> list[Answer]:
    """All answers of all files of the bank."""
    return [answer for path in sorted(BANK.glob("*.py")) for answer in read_bank(path)]


def read_bank(path: Path) -> list[Answer]:
    """Read one file of the bank.

    Raises:
        ValueError: An answer cannot be read; the text names the file, the answer and what to do.
    """
    _, *parts = re.split(r"^# %% ", path.read_text(encoding="utf-8"), flags=re.M)
    found = {}
    for part in parts:
        head, _, body = part.partition("\n")
        try:
            for answer in _read_part(path, head, body, found):
                if answer.name in found:
                    raise ValueError("there are two answers with this name; rename one of them")
                found[answer.name] = answer
        except ValueError as error:
            raise ValueError(f"tests/bank/{path.name}, '# %% {head}': {error}") from None
    return list(found.values())


def _read_part(path: Path, head: str, body: str, found: dict[str, Answer]) -> list[Answer]:
    """The answer, or answers, between one `# %%` and the next; `found` are those above."""
    kind, _, name = map(str.strip, head.partition(": "))
    if kind == "same as":
        return _same_as(path, name)
    marks, text = {}, body
    while match := re.match(r"# (from|loses|says): (.*)\n", text):
        if match[1] in marks:
            raise ValueError(f"there are two lines '# {match[1]}: '; take one out")
        marks[match[1]] = match[2].strip()
        text = text[match.end() :]
    expected = {"right": set(), "wrong": {"loses", "says"}}.get(kind)
    if expected is None:
        raise ValueError("expected 'right: ', 'wrong: ' or 'same as: ' after '# %%'")
    if marks.keys() - {"from"} != expected:
        raise ValueError(
            "right below '# %%' a wrong answer has the lines '# loses: ' and '# says: ', "
            f"a right one has neither; found {sorted(marks)}"
        )
    text = text.strip("\n") + "\n"
    if "from" in marks:
        text = edits.apply(_base(marks["from"], found).text, text)
    elif re.search(r"^[-+] ", text, flags=re.M):
        raise ValueError("this looks like an edit; name the answer it comes from: '# from: '")
    loses = tuple(word.strip() for word in marks.get("loses", "").split(",") if word.strip())
    says, base = marks.get("says", ""), marks.get("from", "")
    return [Answer(path.stem, name, kind == "right", text, loses, says, base)]


def _base(name: str, found: dict[str, Answer]) -> Answer:
    """The answer that another one is an edit of."""
    if name not in found:
        nearest = difflib.get_close_matches(name, found, n=1, cutoff=0)
        raise ValueError(
            f"expected after 'from: ' the name of an answer further up in this file; "
            f"no answer there is called {name!r}"
            + "".join(f", the nearest name is {other!r}" for other in nearest)
        )
    base = found[name]
    if base.base and found[base.base].base:
        raise ValueError(
            f"{name!r} is an edit of {base.base!r}, which is an edit of {found[base.base].base!r}; "
            "name an answer nearer to a whole text, or write this one out"
        )
    return base


def _same_as(path: Path, other: str) -> list[Answer]:
    """All answers of another exercise, with its name replaced by this one's."""
    source = path.with_name(f"{other}.py")
    if not source.exists() or "# %% same as: " in source.read_text(encoding="utf-8"):
        raise ValueError(f"{source.name} must be a file of the bank that writes its answers out")
    return [
        replace(
            answer,
            exercise=path.stem,
            text=re.sub(rf"\b{other}\b", path.stem, answer.text),
            says=re.sub(rf"\b{other}\b", path.stem, answer.says),
        )
        for answer in read_bank(source)
    ]


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

    def grade(self, exercise: str, text: str, checks: Collection[str] = ()) -> dict[str, str]:
        """Run an answer against its exercise's checks.

        Args:
            exercise: The exercise's grade_id.
            text: The answer.
            checks: Names of the checks that run, all where there is none.

        Returns:
            For each check its failure's text, empty where it passed.
        """
        names = dict(self._names())
        for other, source in self.answers.items():
            if other != exercise:
                exec(compile(source, other, "exec"), names)
        said = {"answer": _error_of(text, exercise, names)}
        for check, source in self.checks_of(exercise).items():
            if not checks or check in checks:
                said[check] = _error_of(source, check, dict(names))
        error = said.pop("answer")
        return {check: (error and f"{error} / {text}") or text for check, text in said.items()}


def _error_of(source: str, name: str, names: dict) -> str:
    """Run source, as a cell; return what its exception says, with notes, or nothing."""
    linecache.cache[name] = (len(source), None, source.splitlines(True), name)
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
