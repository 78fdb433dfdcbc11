"""Keeps a page small, whatever a learner wrote or printed: each kind of content has its room."""

import base64
import binascii

from markupsafe import Markup, escape

from casebook_grader.feedback.formulas import Formulas
from casebook_grader.feedback.text import learner_text
from casebook_grader.report.page import shown
from casebook_grader.scores import COLOUR

TEXT = 400_000  # bytes of all that a learner wrote and printed
LONGEST = 20_000  # characters of one cell or output
MESSAGE = 2_000  # characters of a check's message
IN_PICTURES = 250_000  # bytes of all pictures, as letters
PICTURES = ("image/png", "image/jpeg", "image/svg+xml")
CUT = "\n[The rest is left out here.]"


class Room:
    """What is left of a page's room."""

    def __init__(self, formulas: Formulas):
        """Begin an empty page.

        Args:
            formulas: Draws the formulas of the page.
        """
        self._formulas = formulas
        self._text, self._pictures = TEXT, IN_PICTURES

    def text(self, text: str, longest: int = LONGEST, times: int = 1) -> str:
        """The beginning of a text, as far as there is room for it.

        Args:
            text: Any text.
            longest: Characters that are shown at most.
            times: How often the page shows it.
        """
        text = COLOUR.sub("", text)
        kept = text[: max(0, min(longest, self._text))]
        while kept and times * _size(kept) > self._text:
            kept = kept[: len(kept) // 2]
        self._text -= times * _size(kept)
        return kept if len(kept) == len(text) else kept + CUT

    def message(self, text: str) -> str:
        """A check's message, which the page shows in its summary and below its check."""
        return self.text(text, MESSAGE, times=2)

    def markdown(self, text: str) -> Markup:
        """A learner's text as it is meant; as it is written where that takes too much."""
        if len(text) <= LONGEST:
            made = learner_text(text, self._formulas)
            if len(made) <= self._text:
                self._text -= len(made)
                return made
        return Markup("<pre>{}</pre>").format(shown(self.text(text)))

    def picture(self, kind: str, content: object) -> str | None:
        """A picture as a link that holds its bytes; None if there is none, or no room for it."""
        if not isinstance(content, str):
            return None
        letters = "".join(content.split())
        if kind == "image/svg+xml":
            letters = base64.b64encode(content.encode("utf-8", "replace")).decode()
        if len(letters) > self._pictures:
            return None
        try:
            base64.b64decode(letters, validate=True)
        except (binascii.Error, ValueError):
            return None
        self._pictures -= len(letters)
        return f"data:{kind};base64,{letters}"


def _size(text: str) -> int:
    """Bytes that a text takes in the page."""
    return len(escape(shown(text)).encode("utf-8", "replace"))
