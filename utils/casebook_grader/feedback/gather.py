"""Gathers what a learner's page shows: the gradebook's scores and comments, the executed notebooks.

Points and comments are always the gradebook's, so that a page made after grading by hand has them.
Of a notebook, only the learner's own cells are shown with their code; a check is its first line,
its points and its message, and the course's other cells are folded.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from markupsafe import Markup
from nbformat import NotebookNode
from nbgrader.api import Grade, SubmittedAssignment, SubmittedNotebook
from nbgrader.utils import is_grade, is_locked, is_solution, is_task

from casebook_grader.feedback.formulas import Formulas
from casebook_grader.feedback.room import PICTURES, Room
from casebook_grader.feedback.text import course_text
from casebook_grader.grader_view import is_written
from casebook_grader.pipeline import without_hidden
from casebook_grader.prepare import language_of
from casebook_grader.scores import message_of
from casebook_grader.submitted_outputs import Claim
from cnn_casebook.guide.outline import heading
from cnn_casebook.languages.messages import messages_in


@dataclass
class Item:
    """Something within a section.

    Attributes:
        kind: `course` (text, folded), `code`, `text`, `output`, `picture` (of the learner's),
            `check`, `written` (points by hand), `claims` (outputs as handed in) or `comment`.
        text: What it shows; for a check what it tests.
        points: What a check or a written answer gives.
        score: What it earned; None where a person has still to read it.
        message: Why a check failed.
        by_hand: Whether a person gave the score.
        code: A check's code, as far as learners have seen it.
        claims: Title, text and links of pictures, of each cell that showed something.
    """

    kind: str
    text: str | Markup = ""
    points: float = 0
    score: float | None = 0
    message: str | None = None
    by_hand: bool = False
    code: str = ""
    claims: list[tuple[str, str, list[str]]] = field(default_factory=list)


@dataclass
class Section:
    """An exercise, or a part of the notebook in which nothing is the learner's."""

    title: str
    number: int
    items: list[Item] = field(default_factory=list)

    @property
    def scored(self) -> list[Item]:
        """Checks and written answers."""
        return [item for item in self.items if item.kind in ("check", "written")]

    @property
    def is_own(self) -> bool:
        """Whether it holds anything but the course's text."""
        return any(item.kind != "course" for item in self.items)

    @property
    def points(self) -> float:
        """What it gives."""
        return sum(item.points for item in self.scored)

    @property
    def score(self) -> float:
        """What it earned so far."""
        return sum(item.score or 0 for item in self.scored)

    @property
    def unread(self) -> float:
        """Points of answers that are not read yet."""
        return sum(item.points for item in self.scored if item.score is None)

    @property
    def holding(self) -> list[Item]:
        """Checks that earned all their points."""
        return [
            item
            for item in self.items
            if item.kind == "check" and item.score is not None and item.score >= item.points
        ]

    @property
    def failed(self) -> list[tuple[str, list[Item]]]:
        """Each message of failed checks once, with its checks."""
        found: dict[str, list[Item]] = {}
        for item in self.items:
            if item.kind == "check" and (item.score or 0) < item.points:
                found.setdefault(item.message or "", []).append(item)
        return list(found.items())


@dataclass
class Part:
    """A notebook of the assignment.

    Attributes:
        language: Code of the language that its text is in.
    """

    name: str
    number: int
    title: str
    sections: list[Section]
    handed_in: bool
    penalty: float
    language: str

    @property
    def points(self) -> float:
        """What it gives."""
        return sum(section.points for section in self.sections)

    @property
    def score(self) -> float:
        """What it earned so far, before the penalty for being late."""
        return sum(section.score for section in self.sections)

    @property
    def unread(self) -> float:
        """Points of answers that are not read yet."""
        return sum(section.unread for section in self.sections)


def gather(
    submission: SubmittedAssignment,
    sources: dict[str, NotebookNode],
    executed: dict[str, NotebookNode | None],
    formulas: Formulas,
    claims: dict[str, list[Claim]],
) -> list[Part]:
    """What a learner's page shows of each notebook.

    Args:
        submission: The learner's, in the gradebook.
        sources: The course's notebooks, by name, in their order.
        executed: The learner's notebooks as they were graded; None where there is none.
        formulas: Draws the formulas of the page.
        claims: What the learner's own runs showed, by the notebook's name.
    """
    entered = {notebook.name: notebook for notebook in submission.notebooks}
    room = Room(formulas)
    return [
        _part(number, source, executed.get(name), entered[name], room, formulas, claims[name])
        for number, (name, source) in enumerate(sources.items(), 1)
        if name in entered
    ]


def _part(
    number: int,
    source: NotebookNode,
    executed: NotebookNode | None,
    entered: SubmittedNotebook,
    room: Room,
    formulas: Formulas,
    claims: list[Claim],
) -> Part:
    name = entered.name
    grades = {grade.name: grade for grade in entered.grades}
    comments = {comment.name: comment.comment for comment in entered.comments if comment.comment}
    known = {cell.id: cell.source for cell in source.cells}
    sections, title = [Section(name, 0)], name
    for cell in executed.cells if executed else source.cells:
        if cell.cell_type == "markdown" and cell.source == known.get(cell.id):
            for line in cell.source.split("\n"):
                if line.startswith("# "):
                    title = sections[0].title = line[2:].strip()
                elif line.startswith("## "):
                    sections.append(Section(heading(line), len(sections)))
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        items = sections[-1].items
        answers = is_solution(cell) or is_task(cell)
        if answers and executed:
            if claims and is_written(cell):
                items.append(_claimed(claims, room))
                claims = []  # they stand once in the page
            items += _own(cell, room)
        elif not answers and is_grade(cell):
            pass  # a check; see below
        elif cell.source == known.get(cell.id) or is_locked(cell):
            if executed and "setup" not in cell.metadata.get("tags", []):
                _add_course(items, cell, formulas)
        elif executed:
            items += _own(cell, room)
        if grade_id in grades:
            items.append(_scored(cell, grades.pop(grade_id), executed, room))
        if grade_id in comments:
            items.append(Item("comment", comments[grade_id]))
    if grades:  # the course has changed since this was run; the points are the gradebook's
        rest = [
            Item("check", name, grade.max_score, None if grade.needs_manual_grade else grade.score)
            for name, grade in grades.items()
        ]
        sections.append(Section("Not in this notebook any more, or not yet", len(sections), rest))
    sections = [section for section in sections if section.items]
    late = entered.late_submission_penalty or 0
    handed_in = executed is not None
    return Part(name, number, title, sections, handed_in, late, language_of(source))


def _scored(cell: NotebookNode, grade: Grade, executed: NotebookNode | None, room: Room) -> Item:
    """A check or a written answer with its points."""
    score = None if grade.needs_manual_grade else grade.score
    by_hand = grade.manual_score is not None
    if is_solution(cell) or is_task(cell):
        return Item("written", "", grade.max_score, score, by_hand=by_hand)
    first, _, rest = without_hidden(cell.source).partition("\n")
    if not first.startswith("#"):
        first, rest = grade.name, without_hidden(cell.source)
    lost = (score or 0) < grade.max_score
    message = None
    if lost and not by_hand:
        say = messages_in(language_of(executed)).say
        message = room.message(say(message_of(executed, grade.name)))
    text = first.lstrip("# ").strip()
    return Item("check", text, grade.max_score, score, message, by_hand, rest.strip())


def _add_course(items: list[Item], cell: NotebookNode, formulas: Formulas) -> None:
    """Add a cell of the course's to the text before it."""
    if cell.cell_type == "markdown":
        # The section's heading stands on the page already.
        text = re.sub(r"\A##? .*\n?", "", cell.source)
        text = course_text(text, formulas)
    else:
        text = Markup("<pre>{}</pre>").format(cell.source)
    if items and items[-1].kind == "course":
        items[-1].text += text
    elif text.strip():
        items.append(Item("course", text))


def _claimed(claims: list[Claim], room: Room) -> Item:
    """What the learner's own run showed; the last pictures first, as far as there is room."""
    found = []
    for claim in reversed(claims):
        links = [room.picture("image/png", picture) for picture in claim.pictures]
        links = [link for link in links if link]
        if links or claim.text:
            found.insert(0, (claim.title, room.text(claim.text), links))
    return Item("claims", claims=found)


def _own(cell: NotebookNode, room: Room) -> Iterator[Item]:
    """A learner's cell, and what it showed when it was run."""
    if cell.cell_type == "markdown":
        yield Item("text", room.markdown(cell.source))
    else:
        yield Item("code", room.text(cell.source))
    for output in cell.get("outputs", []):
        data = output.get("data", {})
        link = next((link for kind in PICTURES if (link := room.picture(kind, data.get(kind)))), "")
        if link:
            yield Item("picture", link)
        elif output.output_type == "error":
            lines = output.traceback or [f"{output.ename}: {output.evalue}"]
            yield Item("output", room.text("\n".join(lines)))
        elif text := output.get("text") or data.get("text/plain"):
            yield Item("output", room.text(str(text)))
