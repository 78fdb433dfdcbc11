"""An assignment as a report needs it: its exercises in order, their checks, their answer cells."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from nbformat import NotebookNode
from nbgrader.utils import is_grade, is_solution

from casebook_grader.course import read_notebook, sources
from casebook_grader.totals import HEADING, ROW


@dataclass(frozen=True)
class CheckCell:
    """A check of the course.

    Attributes:
        name: Its grade_id.
        says: What it tests, by the first line of its cell.
        points: What it gives.
    """

    name: str
    says: str
    points: float

    @property
    def hidden(self) -> bool:
        """Whether learners receive its first line only."""
        return self.name.startswith("hidden_")


@dataclass
class Exercise:
    """A section of a notebook with checks or answers in code.

    Attributes:
        notebook: Name of its notebook.
        title: Its heading without minutes and points.
        checks: Its checks, in order.
        answers: The grade_ids of its answer cells.
    """

    notebook: str
    title: str
    checks: list[CheckCell] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)


@dataclass
class Outline:
    """An assignment.

    Attributes:
        exercises: All of them, notebook by notebook in the order of the course.
        given: All code that learners receive, answers left blank.
    """

    exercises: list[Exercise] = field(default_factory=list)
    given: list[str] = field(default_factory=list)

    @property
    def checks(self) -> list[CheckCell]:
        """The checks of all exercises, in order."""
        return [check for exercise in self.exercises for check in exercise.checks]

    @property
    def answers(self) -> dict[str, Exercise]:
        """The exercise of each answer cell, by its grade_id."""
        return {name: exercise for exercise in self.exercises for name in exercise.answers}


def read_outline(assignment: str, root: Path) -> Outline:
    """Read an assignment's solutions, and what its learners received.

    Raises:
        CourseError: A notebook is damaged.
    """
    readme = root / "README.md"
    text = readme.read_text(encoding="utf-8") if readme.exists() else ""
    order = [match[2] for match in ROW.finditer(text)]
    paths = {path.stem: path for path in sorted((sources(root) / assignment).glob("*.ipynb"))}
    outline = Outline()
    for name in sorted(paths, key=lambda name: order.index(name) if name in order else len(order)):
        cells = read_notebook(paths[name]).cells
        outline.exercises += _exercises(name, cells)
        released = root / "assignments" / assignment / f"{name}.ipynb"
        if released.exists():
            cells = read_notebook(released).cells
        else:
            cells = [cell for cell in cells if not is_solution(cell)]
        outline.given += [cell.source for cell in cells if cell.cell_type == "code"]
    return outline


def _exercises(notebook: str, cells: list[NotebookNode]) -> list[Exercise]:
    """The sections of a notebook that hold a check, or an answer in code."""
    sections = [Exercise(notebook, notebook)]
    for cell in cells:
        if cell.cell_type == "markdown":
            headings = [line for line in cell.source.split("\n") if line.startswith("## ")]
            sections += [Exercise(notebook, HEADING.fullmatch(line)[1]) for line in headings]
        elif is_solution(cell):
            sections[-1].answers.append(cell.metadata.nbgrader.grade_id)
        elif is_grade(cell):
            mark = cell.metadata.nbgrader
            first = re.match(r"#+ *(.*)", cell.source)
            says = first[1] if first else mark.grade_id
            sections[-1].checks.append(CheckCell(mark.grade_id, says, float(mark.points)))
    return [section for section in sections if section.checks or section.answers]
