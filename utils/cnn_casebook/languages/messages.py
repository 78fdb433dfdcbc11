"""What checks say, in another language: their English sentences, recognised where they are shown.

A check raises its message in English, as plain f-strings; stored results, reports and the gradebook
keep it so, whatever the languages of a class. A message is recognised by the f-strings that it was
made of, and translated where a person reads it.
"""

import functools
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from cnn_casebook.languages.korean import with_particles

CATALOG = "cnn_casebook.po"  # of the messages, among the catalogs of a language
_PACKAGE = Path(__file__).parents[1]
# The course's folder, or where the wheel carries it.
_FOLDERS = (_PACKAGE.parents[1], _PACKAGE.parent / "casebook" / "course")

_FIELD = re.compile(r"(?<!\{)\{(\w+)\}(?!\})")
_BRACES = re.compile(r"\{\{|\}\}|\{(\w+)\}")
_LIST = re.compile(r", (?![^(\[{]*[)\]}])")  # not within brackets
_GAP = re.compile(r"(?<=[.:;!?])\s+")
_ENGLISH = re.compile(r"\b[a-z]{2,} [a-z]{2,}\b")  # that no pattern explained
# A pattern with fewer letters than this is read in a field alone, of at most so many characters.
_LETTERS, _PHRASE = 6, 60
# The longest line that is read at all, since learners choose what errors say: in characters, and
# in ends of sentences.
_LONGEST, _MOST_GAPS = 1_200, 20
_CODE = {"line"}  # fields that show a learner's text
_GRAMMAR = {"ko": with_particles}


@dataclass(frozen=True)
class _Said:
    """A text in the language, and how much of it is known from the catalog.

    Attributes:
        text: What is shown.
        known: How many of the English characters are known.
        outermost: How many of them the message itself says, outside its fields.
    """

    text: str
    known: int = 0
    outermost: int = 0

    @property
    def rank(self) -> tuple[int, int]:
        """What the better of two readings has more of."""
        return self.known, self.outermost


@dataclass(frozen=True)
class _Pattern:
    """A text with fields: what it says between them, their names, and its translation."""

    literals: tuple[str, ...]
    names: tuple[str, ...]
    translation: str

    @functools.cached_property
    def longest(self) -> str:
        return max(self.literals, key=len).strip()

    @functools.cached_property
    def expression(self) -> re.Pattern:
        *first, last = map(re.escape, self.literals)
        if not last and first[-1].endswith(r"\ "):  # a cause that may be missing, with its space
            first[-1] = first[-1].removesuffix(r"\ ") + r"(?:\ |$)"
        return re.compile("(.*?)".join([*first, last]))

    @functools.cached_property
    def is_loose(self) -> bool:
        """Whether it says so little that it fits nearly everything: `{name} is {text}`."""
        return len(re.sub(r"[\W\d_]", "", "".join(self.literals))) < _LETTERS

    def fields(self, text: str) -> tuple[str, ...] | None:
        """What the fields hold in a text; None where it is another text."""
        found = self.longest in text and self.expression.fullmatch(text)
        return found.groups() if found else None


class Messages:
    """The messages of the course in a language.

    Several ways to read a message may be possible; the one counts that explains most of it.

    Args:
        translations: Translated texts by the English ones, with fields as the catalog names them.
        grammar: Puts a sentence in order once its fields are known, such as Korean particles.
    """

    def __init__(self, translations: dict[str, str], grammar: Callable[[str], str] = str):
        """Sort texts into those with fields and those without."""
        self._grammar = grammar
        self._translations = translations
        self._whole = {}
        self._patterns: list[_Pattern] = []
        self._loose: list[_Pattern] = []
        for text, translation in translations.items():
            pieces = _FIELD.split(text.strip())
            literals = tuple(_filled(piece, {}) for piece in pieces[::2])
            if len(pieces) == 1:
                self._whole[literals[0]] = _filled(translation.strip(), {})
            else:
                names = tuple(pieces[1::2])
                pattern = _Pattern(literals, names, translation.strip())
                (self._loose if pattern.is_loose else self._patterns).append(pattern)
        self._with_code = [p for p in self._loose if _CODE.intersection(p.names)]

    def translation(self, text: str) -> str:
        """The translation of a text with its fields' names; the text itself where it has none."""
        return self._translations.get(text, text)

    def fill(self, translation: str, fields: dict[str, str]) -> str:
        """A translation with its fields filled in."""
        return self._grammar(_filled(translation, fields))

    def say(self, text: str) -> str:
        """A message in the language; what no text of the course explains stays as it is."""
        if not self._translations:  # in English
            return text
        return "\n".join(map(self._line, text.split("\n")))

    def _line(self, line: str) -> str:
        if len(line) > _LONGEST or len(_GAP.findall(line)) > _MOST_GAPS:
            return line
        return self._best(line, {}).text

    def _best(self, text: str, seen: dict[str, _Said]) -> _Said:
        """The reading of a text that explains most of it."""
        if text not in seen:
            seen[text] = _Said(text)  # also for a text that would be read as a part of itself
            readings = self._one(text, seen), self._pieces(text, seen)
            seen[text] = max(readings, key=lambda said: said.rank)
        return seen[text]

    def _one(self, text: str, seen: dict[str, _Said]) -> _Said:
        """A text read as one message."""
        stripped = text.strip()
        if stripped in self._whole:
            best = _Said(self._whole[stripped], len(stripped), len(stripped))
        else:
            best = self._by(self._patterns, stripped, seen)
        start = text.find(stripped)
        end = start + len(stripped)
        return replace(best, text=text[:start] + best.text + text[end:])

    def _by(self, patterns: list[_Pattern], text: str, seen: dict[str, _Said]) -> _Said:
        """The best reading of a text by one of some patterns."""
        read = (
            self._read(pattern, found, seen)
            for pattern in patterns
            if (found := pattern.fields(text)) is not None
        )
        return max(read, key=lambda said: said.rank, default=_Said(text))

    def _field(self, text: str, seen: dict[str, _Said]) -> _Said:
        """What a field holds: a message, a phrase, or neither."""
        said = self._best(text, seen)
        if said.known or _GAP.search(text):
            return said
        parts = _LIST.split(text)
        if len(parts) > 1:
            values = [self._field(part, seen) for part in parts]
            if all(value.known for value in values):
                listed = ", ".join(value.text for value in values)
                return _Said(listed, sum(value.known for value in values))
        loose = self._by(self._loose, text, seen) if len(text) <= _PHRASE else said
        return said if _ENGLISH.search(loose.text) else loose

    def _code(self, text: str, seen: dict[str, _Said]) -> _Said:
        """A learner's text: it stays, whatever it says, but for what the course put behind it."""
        said = self._by(self._with_code, text, seen)
        return said if said.known else _Said(text, len(text))

    def _read(self, pattern: _Pattern, found: tuple[str, ...], seen: dict[str, _Said]) -> _Said:
        """A text read as made of a pattern, with what its fields hold."""
        values = [
            self._code(value, seen) if name in _CODE else self._field(value, seen)
            for name, value in zip(pattern.names, found, strict=True)
        ]
        fields = dict(zip(pattern.names, (value.text for value in values), strict=True))
        outermost = sum(map(len, pattern.literals))
        known = outermost + sum(value.known for value in values)
        # A field that goes on over the end of a sentence, and says nothing, is probably none.
        known -= any(not value.known and _GAP.search(value.text) for value in values)
        said = self._grammar(_filled(pattern.translation, fields)).strip()
        return _Said(said, known, outermost)

    def _pieces(self, text: str, seen: dict[str, _Said]) -> _Said:
        """A text read as several messages, one behind the other."""
        gaps = [gap.span() for gap in _GAP.finditer(text)]
        best = _Said(text)
        for start, end in gaps:  # what is before the gap is one message
            before = self._one(text[:start], seen)
            if before.known or start == gaps[0][0]:
                after = self._best(text[end:], seen)
                if before.known + after.known > best.known:
                    said = before.text + text[start:end] + after.text
                    best = _Said(said, before.known + after.known)
        return best


def _filled(text: str, fields: dict[str, str]) -> str:
    """A text with its fields filled in, and single braces for doubled ones."""
    return _BRACES.sub(lambda found: fields[found[1]] if found[1] else found[0][0], text)


@functools.cache
def messages_in(language: str) -> Messages:
    """The messages of the course in a language, by its catalog; none for English.

    A translation whose English text has changed since, marked as fuzzy, is left out.

    Args:
        language: Code of the language, such as `ko`.
    """
    path = _catalog(language)
    if path is None:
        return Messages({})
    # Not at the top: English notebooks run where Babel, which JupyterLab brings, is missing.
    from babel.messages.pofile import read_po

    with open(path, "rb") as file:
        entries = [entry for entry in read_po(file) if entry.id and entry.string]
    fresh = {entry.id: entry.string for entry in entries if not entry.fuzzy}
    return Messages(fresh, _GRAMMAR.get(language, str))


def _catalog(language: str) -> Path | None:
    """Where the course lies, or what the wheel carries of it."""
    if not re.fullmatch(r"[a-z]{2,3}(_[A-Z]{2})?", language):  # it may come from anywhere
        return None
    places = (folder / "locale" / language / CATALOG for folder in _FOLDERS)
    return next((path for path in places if path.is_file()), None)
