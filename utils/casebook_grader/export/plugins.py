"""The exports themselves: a table of everything, and what Canvas, Moodle and Gradescope take.

A grade is left empty while an answer waits to be read, and where nothing was handed in: an LMS then
leaves its own as it is, and nobody reads a zero that none is.
"""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from nbgrader.plugins import ExportPlugin
from traitlets import Bool, Unicode

from casebook_grader.collect.roster import folder_name, read_roster
from casebook_grader.course import CourseError
from casebook_grader.export import sheet
from casebook_grader.export.grades import Cell, Class, OfLearner, read_class
from casebook_grader.lateness import apply_policies
from cnn_casebook.files import write_whole

TO_READ = "to read"  # stands for the score of an answer that a person has still to read


class Export(ExportPlugin):
    """What all exports share: which assignment, who is who, where to."""

    roster = Unicode("", help="CSV of the class; grading/roster.csv if it is there.").tag(
        config=True
    )
    column = Unicode("", help="What the LMS calls the assignment.").tag(config=True)
    so_far = Bool(
        False, help="Give the points so far where answers wait to be read; else nothing."
    ).tag(config=True)
    ending = ""

    def export(self, gradebook: Gradebook) -> None:
        """Write the grades of one assignment; `to` says where.

        Args:
            gradebook: nbgrader's gradebook.

        Raises:
            CourseError: No assignment is named, or it cannot be read.
        """
        root = Path(CourseDirectory(config=self.config).root)
        assignment = self._assignment(gradebook)
        apply_policies(self.config, assignment)
        gradebook.db.expire_all()
        roster = Path(self.roster) if self.roster else root / "grading" / "roster.csv"
        known = read_roster(roster) if self.roster or roster.is_file() else None
        found = read_class(gradebook, assignment, root, known)
        chosen = {str(name) for name in self.student}
        if chosen:
            found.learners[:] = [entry for entry in found.learners if entry.about.learner in chosen]
        default = root / "grading" / "export" / f"{assignment}{self.ending}"
        self.to = self.to or str(default)
        self.write(found, Path(self.to))
        self.log.info("Exported the grades of %s learners to %s", len(found.learners), self.to)

    def write(self, found: Class, to: Path) -> None:
        """Write the grades of a class to a file or a folder."""
        write_whole(to, sheet.write(self.rows(found)))

    def rows(self, found: Class) -> Iterable[list]:
        """The rows of a table; the first one is its header."""
        raise NotImplementedError

    def grade(self, entry: OfLearner) -> float | None:
        """A learner's grade as it is passed on."""
        return entry.so_far if self.so_far else entry.total

    def _assignment(self, gradebook: Gradebook) -> str:
        named = [str(name) for name in self.assignment]
        named = named or [entry.name for entry in gradebook.assignments]
        if len(named) != 1:
            raise CourseError(
                "expected one assignment, such as --assignment=03_residual_networks; found "
                f"{', '.join(named) or 'none in the gradebook'}."
            )
        return named[0]


class Csv(Export):
    """A table of everything: a row per learner, a column per notebook, check and answer."""

    ending = ".csv"

    def rows(self, found: Class) -> Iterator[list]:
        """Who, what became of it, totals; then each notebook, each check and each answer."""
        notebooks: dict[str, list[Cell]] = {}
        for cell in found.cells:
            notebooks.setdefault(cell.notebook, []).append(cell)
        checks = [cell for cell in found.cells if cell.is_check]
        answers = [cell for cell in found.cells if not cell.is_check]
        yield [
            *("assignment", "learner", "last name", "first name", "email", "verdict"),
            *("handed in (UTC)", "checks", "by hand", "still to read", "late penalty", "total"),
            *(f"notebook {name}" for name in notebooks),
            *(f"{cell.notebook}/{cell.name}" for cell in found.cells),
        ]
        yield [
            *(found.assignment, "", "", "", "", "points possible", ""),
            *(_points(checks), _points(answers), "", "", found.possible),
            *(_points(cells) for cells in notebooks.values()),
            *(cell.points for cell in found.cells),
        ]
        for entry in found.learners:
            about = entry.about
            graded = bool(entry.scores)
            yield [
                *(found.assignment, about.learner, about.last, about.first, about.email),
                *(entry.verdict, f"{entry.time:%Y-%m-%d %H:%M:%S}" if entry.time else ""),
                entry.sum(checks) if graded else None,
                _read(entry, answers),
                *((entry.unread, entry.penalty) if graded else (None, None)),
                self.grade(entry),
                *(_read(entry, cells) for cells in notebooks.values()),
                *(
                    TO_READ
                    if cell in entry.scores and entry.scores[cell] is None
                    else entry.scores.get(cell)
                    for cell in found.cells
                ),
            ]


class Canvas(Export):
    """What Canvas's gradebook imports; with a roster exported from there it finds everybody."""

    ending = ".canvas.csv"

    def rows(self, found: Class) -> Iterator[list]:
        """Canvas's five columns and the assignment's; then the points possible."""
        column = self.column or found.assignment
        yield ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", column]
        yield ["    Points Possible", "", "", "", "", found.possible]
        for entry in found.learners:
            about = entry.about
            row = about.row
            student = ", ".join(filter(None, [about.last, about.first])) or about.learner
            yield [
                row.get("student") or student,
                row.get("id", "") if "sisloginid" in row else "",
                row.get("sisuserid", ""),
                row.get("sisloginid") or about.learner,
                row.get("section", ""),
                self.grade(entry),
            ]


class Moodle(Export):
    """What Moodle's gradebook imports as CSV, learners found by address, username or ID number."""

    ending = ".moodle.csv"

    def rows(self, found: Class) -> Iterator[list]:
        """Moodle's columns about a learner, and the assignment's."""
        column = self.column or found.assignment
        yield ["First name", "Last name", "Username", "ID number", "Email address", column]
        for entry in found.learners:
            about, row = entry.about, entry.about.row
            yield [
                *(about.first, about.last, row.get("username") or about.learner),
                *(row.get("idnumber", ""), about.email, self.grade(entry)),
            ]


class Gradescope(Export):
    """A `results.json` for each learner, as a Gradescope autograder writes it."""

    ending = ".gradescope"

    def write(self, found: Class, to: Path) -> None:
        """Write `<learner>/results.json` into a folder, for each who was graded."""
        for entry in found.learners:
            if entry.scores and not entry.practice:
                content = json.dumps(results_of(entry, found.cells), indent=1, ensure_ascii=True)
                folder = to / folder_name(entry.about.learner)
                write_whole(folder / "results.json", content.encode())


def results_of(entry: OfLearner, cells: Iterable[Cell]) -> dict:
    """A learner's grades as Gradescope's `results.json`.

    Hidden checks are hidden; an answer that waits to be read has no score.

    Args:
        entry: The learner's grades.
        cells: Those of the assignment, in order.
    """
    tests = []
    for cell in cells:
        if cell not in entry.scores:
            continue
        score = entry.scores[cell]
        test = {"name": f"{cell.notebook}: {cell.name}", "max_score": cell.points}
        if score is None:
            test["output"] = "A person has still to read this answer."
        else:
            test["score"] = score
            test["status"] = "passed" if score >= cell.points else "failed"
            test["output"] = entry.messages.get(cell, "")
        test["visibility"] = "hidden" if cell.hidden else "visible"
        tests.append(test)
    output = f"Verdict: {entry.verdict}."
    if entry.unread:
        output += f" Answers of {entry.unread:g} points wait to be read."
    if entry.penalty:
        output += f" {entry.penalty:g} points were taken off for being late."
    return {"score": entry.so_far, "output": output, "visibility": "visible", "tests": tests}


def _points(cells: Iterable[Cell]) -> float:
    return sum(cell.points for cell in cells)


def _read(entry: OfLearner, cells: list[Cell]) -> float | None:
    """The sum of some cells; None where one of them waits to be read or was never graded."""
    scores = [entry.scores.get(cell) for cell in cells]
    return None if None in scores else sum(scores)
