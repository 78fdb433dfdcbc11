"""A text that people read, as a span of the source that it stands in."""

import textwrap
from dataclasses import dataclass

_WIDTH = 96  # of a comment's lines


@dataclass(frozen=True)
class Message:
    """A text between two offsets of a source.

    Attributes:
        start: Where it begins, in characters.
        end: Where it ends.
        text: What is translated: the span, on one line where the ends of lines mean nothing.
        kind: `markdown`, `comment`, `docstring`, `string` or `figure`.
        indent: What stands before each of its lines but the first.
    """

    start: int
    end: int
    text: str
    kind: str
    indent: str = ""

    def write(self, translation: str) -> str:
        """A translation as it stands in the source."""
        if self.kind == "comment":
            lines = textwrap.wrap(
                translation,
                _WIDTH,
                initial_indent="# ",
                subsequent_indent="# ",
                break_long_words=False,
                break_on_hyphens=False,
            )
            return f"\n{self.indent}".join(lines)
        return translation.replace("\n", f"\n{self.indent}")
