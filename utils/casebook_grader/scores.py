"""What an executed notebook says of its own: scores as nbgrader finds them, and failed messages."""

import re
from dataclasses import dataclass

from nbformat import NotebookNode
from nbgrader.utils import (
    compute_checksum,
    determine_grade,
    is_grade,
    is_locked,
    is_solution,
    is_task,
)

BLANK = "No response."  # nbgrader's words for an answer that was left as it was released
OWN_LINE = "Your line: "  # begins a line of a message that quotes the learner
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True)
class Scores:
    """What the gradebook should say of a notebook, by grade_id.

    Attributes:
        points: The score of each check and written answer; None where a person has to read it.
        comments: nbgrader's comment on each answer, or None.
    """

    points: dict[str, float | None]
    comments: dict[str, str | None]


def scores_of(notebook: NotebookNode) -> Scores:
    """The scores of an executed notebook; what a person adds is not among them."""
    points, comments = {}, {}
    for cell in notebook.cells:
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        if is_grade(cell):
            points[grade_id], _ = determine_grade(cell)
        if is_solution(cell) or is_task(cell):
            checksum = cell.metadata.nbgrader.get("checksum")
            is_blank = not is_task(cell) and checksum == compute_checksum(cell)
            comments[grade_id] = BLANK if is_blank else None
    return Scores(points, comments)


def answer_behind(notebook: NotebookNode, grade_id: str) -> list[str]:
    """The learner's text that a score rests on.

    For a written answer that is the cell itself; for a check all code above it that was the
    learner's to write.
    """
    written: list[str] = []
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == grade_id:
            return [cell.source] if is_solution(cell) else written
        if cell.cell_type == "code" and not is_locked(cell):
            written.append(cell.source)
    return []


def _notes(output: NotebookNode, text: str) -> list[str]:
    """What the check kernel says below an error: its likely cause, and the learner's line."""
    shown = COLOUR.sub("", "\n".join(output.traceback)).split("\n")
    return [
        line
        for line in shown
        if line.startswith(("Likely cause: ", OWN_LINE)) and line not in text.split("\n")
    ]


def message_of(notebook: NotebookNode | None, grade_id: str) -> str:
    """Why a check did not earn all its points, in the words that feedback shows.

    Args:
        notebook: The executed notebook, or None if there is none.
        grade_id: Name of the check.
    """
    outputs = [
        output
        for cell in (notebook.cells if notebook else [])
        if cell.metadata.get("nbgrader", {}).get("grade_id") == grade_id
        for output in cell.get("outputs", [])
    ]
    for output in outputs:
        if output.output_type == "error":
            # What a check finds is its message alone; other errors are known by their name.
            is_finding = output.ename in ("CheckFailed", "AssertionError") and output.evalue
            text = output.evalue if is_finding else f"{output.ename}: {output.evalue}"
            if (output.ename, output.evalue) == ("NotImplementedError", ""):
                text = "Not written yet."
            text = COLOUR.sub("", text).strip().removesuffix(":")
            return "\n".join([text, *_notes(output, text)])
    for output in outputs:
        if output.output_type == "stream" and output.name == "stderr":
            lines = output.text.strip().splitlines() or ["nothing"]
            return f"The check wrote to stderr: {COLOUR.sub('', lines[-1])}"
    return "It earned a part of its points." if notebook else "There is no notebook."
