"""The first page: README's part for learners, with its table of notebooks as cards."""

import re
from pathlib import Path

from casebook_grader.address import BEGIN, END
from casebook_grader.course import CourseError, read_notebook
from casebook_site.languages import LANGUAGES
from casebook_translations.catalogs import FOR_INSTRUCTORS, learners_part

_ROW = re.compile(
    r"\| `\w+` \| \[\w+\]\(assignments/(\w+)/(\w+)\.ipynb\) \| (.*) \| (.*) \| (.*) \|"
)
_TABLE = re.compile(r"(?:^\|.*\n)+(?:^\|.*$)", flags=re.M)
# Pictures that other servers hold; each page has its own buttons.
_BADGES = re.compile(f"{BEGIN}.*?{END}\n", flags=re.S)
_FIGURE = re.compile(r"!\[([^\]]+)\]\((\w+\.svg)\)")


def front_page(readme: str, root: Path, language: str) -> str:
    """The first page as MyST Markdown; the notebooks come before all that is about installing.

    Args:
        readme: The text of the course's README.
        root: The course's folder.
        language: Code of the language that the course there is written in, such as `en`.

    Raises:
        CourseError: README has no table of notebooks, or no part for instructors after it.
    """
    learners, end = learners_part(readme)
    rows = list(map(_ROW.fullmatch, learners.split("\n")))
    rows = [row.groups() for row in rows if row]
    if not end or not rows:
        raise CourseError(
            "README.md: expected a table whose rows link to "
            "assignments/<assignment>/<notebook>.ipynb, and after it, where the part for learners "
            f"ends, the line {FOR_INSTRUCTORS!r}. Put them back."
        )
    opening, *sections = re.split(r"^(?=## )", learners, flags=re.M)
    opening = _BADGES.sub("", opening)
    with_table = next(section for section in sections if "](assignments/" in section)
    sections.remove(with_table)
    cards = "\n".join(_card(root, *row, language) for row in rows)
    parts = [opening, _TABLE.sub("", with_table), f":::::{{container}} cases\n{cards}\n:::::\n"]
    parts += [section.replace("](assignments/", "](") for section in sections]
    names = "\n".join(f"{assignment}/{notebook}" for assignment, notebook, *_ in rows)
    parts.append(f"```{{toctree}}\n:hidden:\n\n{names}\n```\n")
    return "\n".join(parts)


def _card(
    root: Path, assignment: str, notebook: str, minutes: str, points: str, idea: str, language: str
) -> str:
    """A notebook's card: its first figure, its title, idea, minutes and points."""
    path = root / "assignments" / assignment / f"{notebook}.ipynb"
    cells = read_notebook(path).cells
    figure = _FIGURE.search("\n".join(cell.source for cell in cells))
    if figure is None:
        raise CourseError(
            f"{path}: expected an SVG figure with alternative text, such as ![Two boxes.](a.svg), "
            "for the notebook's card on the first page. Add one to its solution."
        )
    title = cells[0].source.split("\n")[0].removeprefix("# ")
    facts = LANGUAGES[language].facts.format(minutes=minutes, points=points)
    return (
        "::::{container} case\n"
        f"![{figure[1]}]({assignment}/{figure[2]})\n\n"
        f"**[{title}]({assignment}/{notebook}.ipynb)**\n\n{idea}\n\n"
        f"`{assignment}` {facts}\n::::"
    )
