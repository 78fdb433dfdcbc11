"""Reads what the welcome page shows: the notebooks as released, and a learner's copies of them."""

import json
import re
from dataclasses import dataclass, replace
from pathlib import Path

from cnn_casebook.corrections.copies import last_corrections
from cnn_casebook.guide.outline import Cell, Outline
from cnn_casebook.guide.saved import Progress, progress

_TITLE = re.compile(r"^# (.+)", re.MULTILINE)
_IDEA = re.compile(r"^\*\*[^*]+:\*\* (.+)", re.MULTILINE)  # below the title, in any language
_MINUTES = re.compile(r"\| \*\*Time\*\* \| (\d+) minutes")
_NO_NOTEBOOK = (OSError, ValueError, KeyError, TypeError, AttributeError)


@dataclass(frozen=True)
class Notebook:
    """A notebook of the course, and what a learner has done in it.

    Attributes:
        assignment: The folder that it lies in.
        name: Its name, without `.ipynb`.
        title: Its heading.
        idea: Its one idea, in Markdown.
        minutes: How long it takes; 0 if it does not say.
        points: What it earns, by hand and by hidden checks too.
        possible: What its visible checks earn.
        progress: What was done; None if the learner's copy is missing or cannot be read.
        problem: Why there is no progress; empty if there is.
        saved: When the copy was saved, in seconds; 0 if it is missing.
        corrected: When the course's corrections last came into it, and what was done.
    """

    assignment: str
    name: str
    title: str
    idea: str
    minutes: int
    points: float
    possible: float
    progress: Progress | None
    problem: str = ""
    saved: float = 0
    corrected: str = ""

    @property
    def next(self) -> tuple[Cell, str] | None:
        """What is to be done next in it, and where; None if nothing is left."""
        return self.progress.left[0] if self.progress and self.progress.left else None


def read_course(root: Path, assignments: Path | None = None) -> list[Notebook]:
    """All notebooks of the course in their order; none where there is no course.

    The order is that of the assignments; within one, a notebook follows the one whose summary
    ends with "Next:" and a link to it.

    Args:
        root: The course's folder.
        assignments: Where they lie in the learner's language; `assignments/` without it.
    """
    notebooks, said = [], last_corrections(root)
    for folder in sorted(path for path in (root / "assignments").glob("*") if path.is_dir()):
        texts = {path.stem: _cells(path) for path in sorted(folder.glob("*.ipynb"))}
        for name in _in_order(texts):
            copy = root / "work" / folder.name / f"{name}.ipynb"
            shown = assignments / folder.name / f"{name}.ipynb" if assignments else None
            words = _cells(shown) if shown and shown.is_file() else texts[name]
            notebook = _notebook(folder.name, name, texts[name], words, copy)
            corrected = said.get(f"{folder.name}/{name}.ipynb", "")
            notebooks.append(replace(notebook, corrected=corrected))
    return notebooks


def upcoming(notebooks: list[Notebook]) -> Notebook | None:
    """The notebook to go on with: of those begun the one saved last, otherwise the first.

    Returns:
        None if nothing is left to do.
    """
    open_ones = [notebook for notebook in notebooks if notebook.next]
    begun = [notebook for notebook in open_ones if notebook.progress.begun]
    return max(begun, key=lambda notebook: notebook.saved) if begun else next(iter(open_ones), None)


def _cells(path: Path) -> list[dict]:
    return json.loads(path.read_text(encoding="utf-8"))["cells"]


def _in_order(texts: dict[str, list[dict]]) -> list[str]:
    """Names of an assignment's notebooks, each behind the one that leads to it."""
    following = {
        name: [other for other in texts if f"Next: [{other}.ipynb]" in _text(cells)]
        for name, cells in texts.items()
    }
    led_to = {other for others in following.values() for other in others}
    ordered, waiting = [], [name for name in texts if name not in led_to] or list(texts)
    while waiting:
        name = waiting.pop(0)
        if name not in ordered:
            ordered.append(name)
            waiting = following[name] + waiting
    return ordered + [name for name in texts if name not in ordered]


def _text(cells: list[dict]) -> str:
    return "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")


def _notebook(
    assignment: str, name: str, released: list[dict], shown: list[dict], copy: Path
) -> Notebook:
    text, done, problem, saved = _text(released), None, "", 0.0
    try:
        saved = copy.stat().st_mtime
        done = progress(_cells(copy), copy.parent)
    except FileNotFoundError:
        problem = "It is not in your copy. casebook start puts it there."
    except _NO_NOTEBOOK:
        problem = (
            "Your copy cannot be read as a notebook. Open it in JupyterLab and save it again, or "
            "move it away: casebook start puts a fresh one there."
        )
    title, idea = (_first(part, _text(shown)) for part in (_TITLE, _IDEA))
    minutes = _first(_MINUTES, text)
    outline, minutes = Outline(released), int(minutes or 0)
    possible = outline.points("check")
    points = possible + outline.points("hidden", "written")
    facts = (title or name, idea, minutes, points, possible)
    return Notebook(assignment, name, *facts, done, problem, saved)


def _first(part: re.Pattern, text: str) -> str:
    found = part.search(text)
    return found[1] if found else ""
