"""The last look at a built site: no line that learners did not receive stands on any page."""

import html
import re
from pathlib import Path

from casebook_grader.course import CourseError, read_notebook, sources
from casebook_grader.release import FORBIDDEN, hidden_lines

_TAG = re.compile(r"<[^>]*>")
_PICTURE = re.compile(r"base64,[^\"]*")
_NUMBER = re.compile(r"^\s*\d+\. ", flags=re.M)
_SHORT = 16  # letters and digits of a line that can give something away
_READ = {".html", ".js", ".txt", ".ipynb", ".json", ".svg", ".md"}


def require_no_leak(site: Path, root: Path) -> None:
    """Compare all text of a built site with all that the solutions hide.

    Args:
        site: The folder that Sphinx wrote.
        root: The course's folder.

    Raises:
        CourseError: A file of the site holds a line of a solution or of a hidden test.
    """
    received = "\n".join(
        words(cell.source)
        for path in sorted((root / "assignments").glob("*/*.ipynb"))
        for cell in read_notebook(path).cells
    )
    secrets = {
        secret
        for path in sorted(sources(root).glob("*/*.ipynb"))
        for secret in map(words, hidden_lines(path))
        if len(secret.replace(" ", "")) >= _SHORT and secret not in received
    }
    for path in sorted(site.rglob("*")):
        if path.suffix not in _READ or "mathjax" in path.parts:
            continue
        page = _PICTURE.sub("", path.read_text(encoding="utf-8"))
        where = path.relative_to(site).as_posix()
        # With its tags for what stands in attributes; without, since colours split code.
        for text in (page, html.unescape(_TAG.sub("", page))):
            if FORBIDDEN.search(text):
                raise CourseError(
                    f"{where}: a mark of a solution or of hidden tests would be shown."
                )
            shown = words(text)
            leaked = next((secret for secret in sorted(secrets) if secret in shown), None)
            if leaked:
                raise CourseError(
                    f"{where}: part of a solution or of a hidden test would be shown: {leaked}"
                )


def words(text: str) -> str:
    """A text as its words alone: spaces, signs and markup differ between a cell and its page.

    A list's number goes too, since a browser writes it.

    Example:
        >>> words("x = **layers.ReLU**()(y)")
        'x layers ReLU y'
    """
    return " ".join(re.findall(r"\w+", _NUMBER.sub("", text)))
