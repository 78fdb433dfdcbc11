"""Makes a page of a report's data: one file that loads nothing and runs nothing.

What learners wrote (names, code, and through it messages and findings) may be hostile. Jinja
escapes all of it, `shown` makes what a reader could not see visible, no link or source comes from
it, and a content security policy in the page forbids whatever could get through.
"""

from datetime import datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from casebook_grader.printable import JOINERS, SPACES, written_out
from casebook_grader.report import charts
from casebook_grader.report.statistics import FEWEST, SMALLER_SIDE, WEAK
from casebook_grader.verdicts import Verdict

FOLDER = Path(__file__).parent
ROWS = 2000  # learners in a table
GROUPS = 20  # of messages
NAMES = 12  # learners at once behind a message
MORE_NAMES = 300  # when a reader asks for all of them
WEAKEST = 5  # checks that separate least
FINDINGS = 20  # of one learner
VERDICTS = {
    Verdict.GRADED: "all checks were run",
    Verdict.TAMPERED: "all checks were run; a person should read the findings",
    Verdict.TIMED_OUT: "checks were run; the learner's code took too long",
    Verdict.KILLED: "checks were run; the learner's code used too much of something, or ended it",
    Verdict.NOT_GRADABLE: "nothing could be read; not counted in any figure below",
    Verdict.ENGINE_FAILED: "not the learner's fault, nothing was scored; grade again",
}


def render(figures: dict) -> str:
    """The page.

    Args:
        figures: As `figures.figures` returns them.
    """
    environment = templates(FOLDER)
    environment.filters |= {
        "percent": lambda share: f"{100 * share:.0f}\u00a0%",
        "learners": lambda count: f"{count:,} learner{'' if count == 1 else 's'}",
    }
    rows = figures["learners"]
    notable = [row for row in rows if row["found"] or row["verdict"] != Verdict.GRADED]
    plain = [row for row in rows if not (row["found"] or row["verdict"] != Verdict.GRADED)]
    checks = [
        {**check, "title": exercise["title"], "notebook": exercise["notebook"]}
        for exercise in figures["exercises"]
        for check in exercise["checks"]
    ]
    separating = [check for check in checks if "r" in check["separates"]]
    weakly = sum(check["separates"]["r"] < WEAK for check in separating)
    return environment.get_template("page.html").render(
        report=figures,
        style=Markup((FOLDER / "page.css").read_text(encoding="utf-8")),
        charts=charts,
        verdicts=VERDICTS,
        notable=notable[:ROWS],
        plain=plain[: max(0, ROWS - len(notable))],
        left_out=max(0, len(rows) - ROWS),
        separating=sorted(separating, key=lambda check: check["separates"]["r"]),
        silent=[check for check in checks if "why" in check["separates"]],
        open=max(WEAKEST, weakly),
        hidden=sum(check["hidden"] for check in checks),
        groups=GROUPS,
        names=NAMES,
        more_names=MORE_NAMES,
        findings=FINDINGS,
        fewest=FEWEST,
        side=SMALLER_SIDE,
        weak=WEAK,
    )


def templates(folder: Path) -> Environment:
    """What makes pages of the templates in a folder, and of those here: all text is shown as text.

    Args:
        folder: Where the page's own template lies; it may include `head.html`.
    """
    environment = Environment(
        loader=FileSystemLoader([folder, FOLDER]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: shown(value) if type(value) is str else value,
    )
    environment.filters |= {"number": number, "moment": moment}
    return environment


def shown(text: str) -> str:
    r"""A text whose control characters, and others that nobody sees, are written out.

    Line ends and tabs stay, and so do the joiners that some scripts spell with.

    Example:
        >>> shown("a\x1b[31m \u202egnp.exe")
        'a\\x1b[31m \\u202egnp.exe'
    """
    return written_out(text, kept="\n\t" + JOINERS + SPACES)


def moment(text: str) -> str:
    """A time in words.

    Example:
        >>> moment("2026-03-01T09:05:00+00:00")
        '1 March 2026, 09:05 UTC'
    """
    time = datetime.fromisoformat(text)
    return f"{time.day} {time:%B %Y, %H:%M} UTC"


def number(value: float, digits: int = 1) -> str:
    """A number with at most some digits behind the point, and its thousands apart.

    Example:
        >>> number(13.0), number(7.25), number(1234.5)
        ('13', '7.2', '1,234.5')
    """
    text = f"{value:,.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
