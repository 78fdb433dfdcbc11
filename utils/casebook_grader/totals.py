"""Minutes and points that readers see, derived from the one place where each is typed.

| number | where it is typed |
|---|---|
| points of a check or a written answer | the nbgrader metadata of its cell |
| minutes of an exercise or a question | its heading: `## Exercise 2: the block (8 min, 3 points)` |
| minutes of all else in a notebook | `reading_minutes` in the metadata of its cell `at_a_glance` |

The rest follows: the numbers of exercises and the points in headings, the totals in "at a glance",
the numbers in README's table. `casebook release` writes them; it also writes what follows from the
repository's `address`.
"""

import re
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from casebook_grader.address import published_at, with_badges, with_hint
from casebook_grader.course import CourseError, assignments, read_notebook, sources

HEADING = re.compile(r"## (.*?)(?: \((\d+) min(?:, [\d.]+ points?)?\))?")
NUMBERED = re.compile(r"Exercise \d+: ")
GLANCE = "at_a_glance"
MINUTES = re.compile(r"(?<=\| \*\*Time\*\* \| )\d+(?= minutes)")
POINTS = re.compile(r"(?<=\| \*\*Points\*\* \| )[\d.]+(?= \|)")
IDEA = re.compile(r"\*\*One idea:\*\* (.*)")
TABLE = re.compile(
    r"(?<=\| assignment \| notebook \| minutes \| points \| its idea \|\n"
    r"\|---\|---\|---:\|---:\|---\|\n)(?:\|.*\n)*"
)
ROW = re.compile(r"\| `(\w+)` \| \[(\w+)\]\(.*?\) \| .*? \| .*? \| (.*) \|")


@dataclass(frozen=True)
class Stale:
    """A line whose numbers are not those of their sources.

    Attributes:
        place: Where it stands: a file and, in a notebook, a cell.
        found: The line; empty where one is missing.
        expected: What it should be; empty where it should not be there.
    """

    place: str
    found: str
    expected: str

    def __str__(self) -> str:
        """The line in words."""
        return f"{self.place}: expected {self.expected!r}, found {self.found!r}"


@dataclass(frozen=True)
class Summary:
    """What README says of a notebook."""

    minutes: int
    points: float
    idea: str


def update(root: Path) -> list[Stale]:
    """Bring all derived numbers up to date.

    Args:
        root: The course's folder.

    Returns:
        What was stale.

    Raises:
        CourseError: The source of a number is missing; then nothing is written.
    """
    texts, stale = _derive(root)
    for path, text in texts.items():
        path.write_text(text, encoding="utf-8", newline="\n")
    return stale


def find_stale(root: Path) -> list[Stale]:
    """What `update` would change."""
    return _derive(root)[1]


def _derive(root: Path) -> tuple[dict[Path, str], list[Stale]]:
    """The files with stale numbers, as they should be, and the lines in question."""
    texts, stale, summaries = {}, [], {}
    address = published_at(root)
    for assignment in assignments(root):
        for path in sorted((sources(root) / assignment).glob("*.ipynb")):
            notebook = read_notebook(path)
            name = path.relative_to(root).as_posix()
            found, summary = bring_up_to_date(notebook, name, address)
            if found:
                texts[path] = nbformat.writes(notebook) + "\n"
            stale += found
            summaries[assignment, path.stem] = summary
    readme = root / "README.md"
    text, found = _correct_readme(readme, summaries)
    if address is not None and (corrected := with_badges(text, address)) != text:
        found.append(Stale("README.md", "other badges", f"badges of {address or 'no address'}"))
        text = corrected
    if found:
        texts[readme] = text
    return texts, stale + found


def bring_up_to_date(
    notebook: NotebookNode, name: str, address: str | None
) -> tuple[list[Stale], Summary]:
    """Bring what a notebook derives up to date: its numbers, and the line on where it can run.

    Args:
        notebook: A solution, changed in place.
        name: What it is called in messages.
        address: Where the course is published; None leaves the line as it is.

    Returns:
        What was stale, and what README says of the notebook.

    Raises:
        CourseError: The source of a number is missing.
    """
    stale, summary = correct(notebook, name)
    if address is not None:
        stale += _correct_hint(notebook, name, address)
    return stale, summary


def correct(notebook: NotebookNode, name: str) -> tuple[list[Stale], Summary]:
    """Bring the derived numbers of a notebook up to date.

    Args:
        notebook: A solution, changed in place.
        name: What it is called in messages.

    Returns:
        What was stale, and what README says of the notebook.

    Raises:
        CourseError: The source of a number is missing.
    """
    glance = next((cell for cell in notebook.cells if cell.id == GLANCE), None)
    if glance is None:
        raise CourseError(f"{name}: expected a cell {GLANCE!r} with minutes and points; add it.")
    minutes, points = _reading_minutes(glance, name), 0
    stale, number = [], 0
    for cell, total in _sections(notebook, name):
        heading, *rest = cell.source.split("\n")
        title, needed = HEADING.fullmatch(heading).groups()
        if NUMBERED.match(title):
            number += 1
            title = NUMBERED.sub(f"Exercise {number}: ", title)
        if total and not needed:
            raise CourseError(
                f"{name}, cell {cell.id!r}: expected a heading with minutes, such as "
                f"'## {title} (10 min)', found {heading!r}. Add them; its points are filled in."
            )
        expected = _heading(title, needed, total)
        if heading != expected:
            stale.append(Stale(f"{name}, cell {cell.id!r}", heading, expected))
            cell.source = "\n".join([expected, *rest])
        minutes += int(needed or 0)
        points += total
    stale += _correct_glance(glance, name, minutes, points)
    idea = IDEA.search(notebook.cells[0].source)
    return stale, Summary(minutes, points, idea[1] if idea else "")


def _reading_minutes(glance: NotebookNode, name: str) -> int:
    found = glance.metadata.get("casebook", {}).get("reading_minutes")
    if not isinstance(found, int):
        raise CourseError(
            f"{name}, cell {GLANCE!r}: expected metadata such as {{'casebook': "
            "{'reading_minutes': 15}}, the minutes of all that has none in its heading; found "
            f"{found!r}. Add it (in JupyterLab: the gears at the right, Cell Metadata)."
        )
    return found


def _correct_glance(glance: NotebookNode, name: str, minutes: int, points: float) -> list[Stale]:
    where, stale = f"{name}, cell {GLANCE!r}", []
    for row, value, unit in ((MINUTES, minutes, "minutes"), (POINTS, points, "points")):
        found = row.search(glance.source)
        if found is None:
            raise CourseError(
                f"{where}: expected the rows '| **Time** | 60 minutes; ... |' and "
                "'| **Points** | 12 |' with any numbers. Add them; the numbers are filled in."
            )
        if found[0] != f"{value:g}":
            stale.append(Stale(where, f"{found[0]} {unit}", f"{value:g} {unit}"))
            glance.source = row.sub(f"{value:g}", glance.source)
    return stale


def _correct_hint(notebook: NotebookNode, name: str, address: str) -> list[Stale]:
    """Have the set-up cell begin with what helps where the course is not installed."""
    cell = next((cell for cell in notebook.cells if cell.cell_type == "code"), None)
    if cell is None or (source := with_hint(cell.source, address)) == cell.source:
        return []
    first = (text.split("\n")[0] for text in (cell.source, source))
    cell.source = source
    return [Stale(f"{name}, cell {cell.id!r}", *first)]


def _sections(notebook: NotebookNode, name: str) -> list[tuple[NotebookNode, float]]:
    """The cells with headings, and the points of the cells up to the next one."""
    sections = []
    for cell in notebook.cells:
        points = cell.metadata.get("nbgrader", {}).get("points", 0)
        if cell.cell_type == "markdown" and cell.source.startswith("## "):
            sections.append((cell, 0))
        if points and not sections:
            raise CourseError(f"{name}, cell {cell.id!r}: expected a heading above its points.")
        if points:
            heading, total = sections[-1]
            sections[-1] = (heading, total + points)
    return sections


def _heading(title: str, minutes: str | None, points: float) -> str:
    """A heading with its numbers.

    Example:
        >>> _heading("Exercise 2: the block", "8", 3)
        '## Exercise 2: the block (8 min, 3 points)'
    """
    if not minutes:
        return f"## {title}"
    shown = f", {points:g} point{'' if points == 1 else 's'}" if points else ""
    return f"## {title} ({minutes} min{shown})"


def _correct_readme(path: Path, summaries: dict) -> tuple[str, list[Stale]]:
    """README with its table brought up to date; the order and the ideas there stay."""
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    table = TABLE.search(text)
    if table is None:
        raise CourseError(
            f"{path}: expected a table '| assignment | notebook | minutes | points | its idea |' "
            "with a line for each notebook. Put its two lines of heading back."
        )
    found = table[0].splitlines()
    rows = {row.group(1, 2): row for row in map(ROW.fullmatch, found) if row}
    ideas = {key: row[3] for key, row in rows.items() if key in summaries}
    for key in sorted(summaries.keys() - ideas.keys()):
        ideas[key] = summaries[key].idea
    lines = []
    for assignment, notebook in sorted(ideas, key=lambda key: key[0]):
        summary = summaries[assignment, notebook]
        lines.append(
            f"| `{assignment}` | [{notebook}](assignments/{assignment}/{notebook}.ipynb) "
            f"| {summary.minutes} | {summary.points:g} | {ideas[assignment, notebook]} |"
        )
    stale = []
    for line in lines:
        if line not in found:
            key = ROW.fullmatch(line).group(1, 2)
            stale.append(Stale("README.md", rows[key][0] if key in rows else "", line))
    gone = [row for key, row in rows.items() if key not in summaries]
    stale += [Stale("README.md", row[0], "") for row in gone]
    return text[: table.start()] + "\n".join([*lines, ""]) + text[table.end() :], stale
