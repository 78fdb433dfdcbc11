"""What a notebook that was run says to its learner: exercise by exercise, in the checks' words."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from nbformat import NotebookNode
from nbgrader.utils import compute_checksum, determine_grade, is_grade, is_locked

from casebook_grader.scores import COLOUR, message_of
from cnn_casebook.guide.outline import Cell, Outline
from cnn_casebook.guide.standing import BLANK, FAILED, PASSED, Standing
from cnn_casebook.languages.messages import messages_in

_EXPLAINED = ("NotImplementedError", "NameError")  # by a blank answer above
_FRAMES = "Traceback (most recent call last)"


@dataclass
class Exercise:
    """A section of a notebook in which something is asked for, or went wrong.

    Attributes:
        title: Its heading.
        said: What came of it, in a few words.
        passed: Whether nothing is left to do in it.
        messages: What failed and why, a text for each check or cell.
    """

    title: str
    said: str
    passed: bool
    messages: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Report:
    """What Validate shows.

    Attributes:
        total: Points by visible checks, in a sentence.
        exercises: In the notebook's order.
        later: What comes only when the notebook is graded, in a sentence; may be empty.
        changed: A sentence on checks that are not as they were released; may be empty.
    """

    total: str
    exercises: list[Exercise]
    later: str
    changed: str


def report(notebook: NotebookNode, outline: Outline, ran: set[int]) -> Report:
    """Read what came of a notebook.

    Args:
        notebook: With the outputs of this run, and no others.
        outline: What it asks for.
        ran: Places of the cells that were run.
    """
    standing = Standing(outline)
    messages: dict[str, list[str]] = {}  # by section
    pairs = list(zip(outline.cells, notebook.cells, strict=True))
    answer, blank = None, []  # the answer above, and all blank ones above
    for at, (cell, run) in enumerate(pairs):
        text = ""
        if cell.kind == "answer":
            answer = cell
            blank += [cell] if cell.is_blank else []
        if cell.kind == "check" and answer in blank:
            standing.note(cell, BLANK)
        elif at not in ran:
            continue
        elif cell.kind == "check" and is_grade(run):
            score, points = determine_grade(run)
            standing.note(cell, PASSED if score == points else FAILED)
            if score != points:
                text = f"{_words(cell)}: {_message(notebook, cell, blank)}"
        else:
            text = _error(cell, run, _EXPLAINED if blank else ())
        if text:
            messages.setdefault(cell.section, []).append(text)
    sections = dict.fromkeys(cell.section for cell in outline.cells)
    say = messages_in(outline.language).say
    exercises = [_exercise(title, standing, messages.get(title, [])) for title in sections]
    changed = [cell for cell, run in pairs if _is_changed(run)]
    return Report(
        total=say(standing.total()),
        exercises=[_in_words(exercise, say) for exercise in exercises if exercise],
        later=say(standing.later()),
        changed=say(_of_changed(changed)),
    )


def _in_words(exercise: Exercise, say: Callable[[str], str]) -> Exercise:
    """An exercise in the notebook's language."""
    said, messages = say(exercise.said), list(map(say, exercise.messages))
    return replace(exercise, title=say(exercise.title), said=said, messages=messages)


def _exercise(title: str, standing: Standing, messages: list[str]) -> Exercise | None:
    """What came of a section; None where it asks for nothing and nothing went wrong."""
    cells = [cell for cell in standing.outline.cells if cell.section == title]
    checks = sum(cell.kind == "check" for cell in cells)
    left = [(cell, what) for cell, what in standing.left() if cell.section == title]
    answers = [cell for cell in cells if cell.kind in ("answer", "written")]
    known = [cell for cell, _ in left]
    left += [(cell, BLANK) for cell in answers if cell.is_blank and cell not in known]
    if left:
        several = len(left) > 1
        said = "; ".join(f"{cell.id}: {what}" if several else what for cell, what in left)
    elif checks:
        said = "the check passed" if checks == 1 else f"all {checks} checks passed"
    elif messages:
        said = "a cell raised an error"
    elif answers:
        said = "written; graded later"
    else:
        return None
    return Exercise(title or "At the top", said, not left and not messages, messages)


def _message(notebook: NotebookNode, check: Cell, blank: list[Cell]) -> str:
    """Why a check failed: its own words, or which answers of other exercises it waits for."""
    text = message_of(notebook, check.id)
    if blank and text.startswith(("Not written yet", "NameError")):
        return f"waits for {', '.join(cell.id for cell in blank)}, {BLANK}."
    return text


def _error(cell: Cell, run: NotebookNode, explained: tuple[str, ...]) -> str:
    """What a cell that is no check raised; empty if nothing, or an error that is explained."""
    for output in run.get("outputs", []):
        if output.output_type == "error" and output.ename not in explained:
            text = COLOUR.sub("", "\n".join(output.traceback))
            if _FRAMES in text:  # the ways through libraries explain nothing here
                text = COLOUR.sub("", f"{output.ename}: {output.evalue}")
            return f"{cell.id}: {text}"
    return ""


def _words(check: Cell) -> str:
    """Name of a check as people say it.

    Example:
        >>> _words(Cell("check_same_padding_sizes", "check", "", ""))
        'same padding sizes'
    """
    return check.id.removeprefix("check_").replace("_", " ")


def _is_changed(run: NotebookNode) -> bool:
    released = run.metadata.get("nbgrader", {}).get("checksum")
    return bool(released) and is_locked(run) and released != compute_checksum(run)


def _of_changed(cells: list[Cell]) -> str:
    if not cells:
        return ""
    names = ", ".join(cell.id for cell in cells)
    return f"Not as released: {names}. When the notebook is graded, these cells are put back."
