"""How far a translation is: what is fresh, stale or missing, and which translations are wrong."""

import collections
import re
from dataclasses import dataclass, field
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.catalog import Message as Entry

from casebook_translations.catalogs import in_step
from casebook_translations.prose import MARKDOWN

# Code, formulas, targets of links, fields and tags: a translation carries them over as they are.
_KEPT = re.compile(r"`[^`]+`|\$\$?[^$]+\$\$?|\]\([^)]+\)|\{[^{}]*\}|<[^>]+>")


@dataclass
class State:
    """A source in a language.

    Attributes:
        fresh: How many messages have a translation of what they say now.
        stale: Messages that changed after they were translated, with their places.
        missing: Messages without a translation, with their places.
        wrong: Translations that lost a part of their message, and which part.
    """

    fresh: int = 0
    stale: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        """The state in numbers."""
        messages = self.fresh + len(self.stale) + len(self.missing)
        return (
            f"{self.fresh} of {messages} texts translated, {len(self.stale)} stale, "
            f"{len(self.missing)} missing"
        )


def state_of(source: Path, language: str, root: Path) -> State:
    """How far a source is translated, whether or not its catalog was brought in step.

    Args:
        source: A solution, or README.
        language: Code of the language, such as `ko`.
        root: The course's folder, where `locale/` lies.
    """
    return state_of_catalog(in_step(source, language, root))


def state_of_catalog(catalog: Catalog) -> State:
    """How far the messages of a catalog are translated."""
    state = State()
    for entry in catalog:
        if not entry.id:
            continue  # the head of the file
        where = f"{', '.join(entry.auto_comments)}: {entry.id[:60]!r}"
        if not entry.string:
            state.missing.append(where)
        elif entry.fuzzy:
            state.stale.append(where)
        else:
            state.fresh += 1
            state.wrong += [f"{where}: {fault}" for fault in _faults(entry)]
    return state


def _faults(entry: Entry) -> list[str]:
    """What a translation lost or added."""
    faults = []
    expected, found = (collections.Counter(_KEPT.findall(t)) for t in (entry.id, entry.string))
    if expected != found:
        differing = ", ".join(sorted((expected - found) + (found - expected)))
        faults.append(f"expected the same code, formulas, links and fields; {differing} differ")
    is_markdown = any(place.endswith("(markdown)") for place in entry.auto_comments)
    if is_markdown and _emphasis(entry.id) != _emphasis(entry.string):
        faults.append(
            "expected as much emphasis as rendered; write **지름길**(shortcut)은, since the stars "
            "of **지름길(shortcut)**은 do not close"
        )
    return faults


def _emphasis(text: str) -> collections.Counter:
    """How often a text is emphasised as it is rendered."""
    tokens = MARKDOWN.parseInline(text)[0].children
    return collections.Counter(t.type for t in tokens if t.type in ("strong_open", "em_open"))
