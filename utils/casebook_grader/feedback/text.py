"""Turns markdown into a page's HTML: formulas drawn, tables with lines, nothing loaded, no tags.

A learner's text may be hostile: every tag in it is shown as it is written, every picture is named
in words, and its links can be read and not followed.
"""

import re

import mistune
from markupsafe import Markup, escape

from casebook_grader.feedback.formulas import Formulas
from casebook_grader.report.page import shown

_SUMMARY = re.compile(r"<details[^>]*>\s*<summary>(.*?)</summary>", re.DOTALL)
_TAG = re.compile(r"</?(?:details|summary)[^>]*>|<!--.*?-->", re.DOTALL)


class _Renderer(mistune.HTMLRenderer):
    """Markdown as HTML that loads nothing."""

    def __init__(self, formulas: Formulas, trusted: bool):
        """Begin.

        Args:
            formulas: Draws the formulas.
            trusted: Links may be followed.
        """
        super().__init__(escape=True)
        self._formulas, self._trusted = formulas, trusted

    def inline_math(self, text: str) -> str:
        """A formula within a line."""
        return self._formulas.draw(text)

    def block_math(self, text: str) -> str:
        """A formula on a line of its own."""
        return f'<div class="math">{self._formulas.draw(text)}</div>\n'

    def image(self, text: str, url: str, title: str | None = None) -> str:
        """A picture in words."""
        return f'<span class="soft">[picture: {escape(text) or "without a description"}]</span>'

    def link(self, text: str, url: str, title: str | None = None) -> str:
        """A link of the course's; a learner's as text. Files beside the notebook are not here."""
        if not url.startswith(("https://", "http://")):
            return text
        if self._trusted:
            return f'<a href="{escape(url)}" rel="noopener noreferrer">{text}</a>'
        return text if text == escape(url) else f"{text} ({escape(url)})"

    def heading(self, text: str, level: int, **attributes) -> str:
        """A heading below those of the page."""
        return f"<h{min(level + 3, 6)}>{text}</h{min(level + 3, 6)}>\n"

    def table(self, text: str) -> str:
        """A table that a narrow page can move."""
        return f'<div class="scroll"><table>{text}</table></div>\n'


def course_text(text: str, formulas: Formulas) -> Markup:
    """A text of the course's; hints that fold away in a notebook stand open."""
    return _rendered(_TAG.sub("", _SUMMARY.sub(r"**\1**", text)), formulas, trusted=True)


def learner_text(text: str, formulas: Formulas) -> Markup:
    """A text of a learner's.

    Example:
        >>> learner_text("<b>*x*</b>", Formulas())
        Markup('<p>&lt;b&gt;<em>x</em>&lt;/b&gt;</p>\\n')
    """
    # The grader puts these where a notebook's reader could take text for more; here all is text.
    return _rendered(text.replace("\u200b", ""), formulas, trusted=False)


def _rendered(text: str, formulas: Formulas, trusted: bool) -> Markup:
    markdown = mistune.create_markdown(
        renderer=_Renderer(formulas, trusted), plugins=["table", "strikethrough", "math"]
    )
    try:
        return Markup(markdown(shown(text)))
    except RecursionError:
        return Markup(f"<pre>{escape(shown(text))}</pre>")
