"""What people read in Markdown and in SVG figures."""

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt

from casebook_translations.message import Message

MARKDOWN = MarkdownIt("commonmark").enable("table")


def find_in_figure(source: str) -> Iterator[Message]:
    """One message for each label, title and description of an SVG."""
    for match in re.finditer(r"<(?:text|tspan|title|desc)\b[^>]*>([^<]+)<", source):
        if re.search(r"[A-Za-z]{3}", match[1]):
            yield Message(*match.span(1), match[1], "figure")


def find_in_markdown(source: str) -> Iterator[Message]:
    """One message for each heading, paragraph, list item, table cell and text between tags."""
    starts = [0, *(match.end() for match in re.finditer("\n", source)), len(source)]
    cursor = block = 0
    for token in MARKDOWN.parse(source):
        if token.map:
            block = starts[token.map[0]]
        if token.type == "html_block":
            for match in re.finditer(r">([^<>]+)<", token.content):
                start = source.index(match[1], block)
                yield Message(start, start + len(match[1]), match[1], "markdown")
        elif token.type == "inline" and token.content:
            # In a list or a quote the parser has taken the indentation off.
            lines = map(re.escape, token.content.split("\n"))
            place = re.compile(r"[ \t]*\n[ \t>]*".join(lines)).search(source, max(cursor, block))
            if place is None:
                raise ValueError(
                    f"expected this text in its cell, found it nowhere: {token.content!r}"
                )
            cursor = place.end()
            yield Message(*place.span(), " ".join(token.content.split("\n")), "markdown")
