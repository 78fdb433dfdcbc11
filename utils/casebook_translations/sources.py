"""The messages of a cell or of a figure, found and put back.

Whatever is not translated stays as it is, byte for byte.
"""

import re
from collections.abc import Callable

from casebook_translations import code, pages, prose, raised
from casebook_translations.message import Message

_WAYS = {
    "code": code.find,
    "markdown": prose.find_in_markdown,
    "figure": prose.find_in_figure,
    "module": raised.find,
    "page": pages.find,
}
# Learners never see these regions, so their text stays English.
_SECRET = re.compile(
    r"(BEGIN SOLUTION|BEGIN HIDDEN TESTS).*?(END SOLUTION|END HIDDEN TESTS)", flags=re.S
)
# Formulas, code, names and targets of links, and fields say the same in every language.
_NO_WORDS = re.compile(
    r"\[[\w.]+\]\([^)]*\)|\$\$.*?\$\$|\$[^$\n]+\$|`[^`]*`|\]\([^)]*\)|\{[^}]*\}", flags=re.S
)


def find(kind: str, source: str) -> list[Message]:
    """The messages of a source, in their order.

    Args:
        kind: `code` or `markdown`, as of a notebook's cell, `figure` for the text of an SVG,
            `module` for what a module of the course says, or `page` for a template of a page.
        source: The text of the cell or of the file.

    Raises:
        ValueError: A part of the text is not found where the Markdown parser saw it.

    Example:
        >>> [message.text for message in find("code", 'print("two words")  # why not')]
        ['two words', 'why not']
    """
    found = _WAYS[kind](source) if kind in _WAYS else ()
    in_cell = kind in ("code", "markdown")
    secret = [match.span() for match in _SECRET.finditer(source)] if in_cell else []
    return [
        message
        for message in sorted(found, key=lambda message: message.start)
        if re.search(r"[^\W\d_]{2}", _NO_WORDS.sub("", message.text))
        and not any(start <= message.start < end for start, end in secret)
    ]


def translate(kind: str, source: str, say: Callable[[Message], str]) -> str:
    """A source in which `say` has replaced the text of each message.

    Example:
        >>> translate("markdown", "Two *words*, $x$.", lambda message: message.text.upper())
        'TWO *WORDS*, $X$.'
    """
    for message in reversed(find(kind, source)):
        said = say(message)
        if said != message.text:
            source = source[: message.start] + message.write(said) + source[message.end :]
    return source
