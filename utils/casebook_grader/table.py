"""The table that grading prints; what learners wrote in it is shown literally."""

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from casebook_grader.printable import written_out
from casebook_grader.results import Grade
from casebook_grader.verdicts import Verdict

_MOST = 200  # rows; of a larger class only those that need a look


def literal(text: str) -> Text:
    r"""A text as it is: no markup, no terminal's commands.

    Example:
        >>> literal("[bold]x\x1b[2J").plain
        '[bold]x\\x1b[2J'
    """
    return Text(written_out(text))


def table(assignment: str, grades: Sequence[Grade]) -> Table:
    """A table of grades: a row per learner, a column per notebook.

    Args:
        assignment: Name of the assignment.
        grades: In the order of the rows. Of more than 200 those are shown that were not simply
            graded, 200 at most.
    """
    notebooks = sorted({name for grade in grades for name in grade.notebooks})
    shown = list(grades)
    caption = None
    if len(grades) > _MOST:
        shown = [grade for grade in grades if grade.verdict != Verdict.GRADED][:_MOST]
        caption = (
            f"{len(shown):,} of {len(grades):,} submissions: some of those that were not simply "
            f"graded. All: casebook report {assignment}"
        )
    made = Table(title=f"{assignment}: points from checks", caption=caption)
    made.add_column("learner")
    for name in notebooks:
        made.add_column(name, justify="right", overflow="fold")
    for name in ("total", "to read"):
        made.add_column(name, justify="right")
    made.add_column("verdict")
    for grade in shown:
        points = grade.notebooks
        possible = sum(most for _, most in points.values())
        made.add_row(
            literal(grade.learner),
            *(_points(*points[name]) if name in points else "-" for name in notebooks),
            _points(grade.score, possible) if points else "-",
            f"{grade.by_hand:g}" if points else "-",
            grade.verdict,
        )
    return made


def _points(score: float, possible: float) -> str:
    return f"{score:g} / {possible:g}"
