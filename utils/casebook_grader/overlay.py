"""Reads what an instructor changes in the course, which lies apart from what an update brings.

All of it is in the folder `overlay/`: settings in `course.toml`, exercises in notebooks beside it,
and own notebooks in `solutions/<assignment>/`. `overlaid` applies it.
"""

from dataclasses import dataclass, field
from pathlib import Path

import jsonschema

from casebook_grader.course import OVERLAY, CourseError, read_toml

FILE = f"{OVERLAY}/course.toml"


def _table(of: dict) -> dict:
    return {"type": "object", "additionalProperties": of}


def _list(**texts: dict) -> dict:
    """Tables with texts: all of them are needed, but those with a default."""
    needed = [name for name, kind in texts.items() if "default" not in kind]
    table = {"type": "object", "properties": texts, "required": needed}
    return {"type": "array", "items": {**table, "additionalProperties": False}}


_TEXT, _SOME = {"type": "string"}, {"type": "string", "minLength": 1}
_SCHEMA = {
    "type": "object",
    "properties": {
        "leave_out": {"type": "array", "items": _TEXT},
        "points": _table(_table({"type": "number", "minimum": 0, "maximum": 1000})),
        "texts": _table(_list(old=_SOME, new=_TEXT)),
        "exercises": _table(_list(cells=_SOME, after={"type": "string", "default": ""})),
        "messages": {**_table(_SOME), "propertyNames": {"minLength": 8}},
    },
    "additionalProperties": False,
}


@dataclass(frozen=True)
class Overlay:
    """What is changed in the course.

    Attributes:
        leave_out: Names of notebooks, or of whole assignments, that this class does not get.
        points: For each notebook the points of a check or a written answer, by its grade_id.
        texts: For each notebook tables with an `old` text and the `new` one in its place.
        exercises: For each notebook tables with a notebook of `cells` to put in, and, if not
            behind the last exercise, the id of the cell that they come `after`.
        messages: Parts of what checks say, and the words in their place.
    """

    leave_out: list[str] = field(default_factory=list)
    points: dict[str, dict[str, float]] = field(default_factory=dict)
    texts: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    exercises: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    messages: dict[str, str] = field(default_factory=dict)

    @property
    def notebooks(self) -> set[str]:
        """Names of all notebooks that something is changed in."""
        return {*self.points, *self.texts, *self.exercises}


def read_overlay(root: Path) -> Overlay:
    """Read `overlay/course.toml`; without the file nothing of the course's own is changed.

    Args:
        root: The course's folder.

    Raises:
        CourseError: It cannot be read, or says what cannot be done.
    """
    found = read_toml(root, FILE)
    errors = jsonschema.Draft202012Validator(_SCHEMA).iter_errors(found)
    wrong = jsonschema.exceptions.best_match(errors)
    if wrong:
        place = ".".join(map(str, wrong.absolute_path))
        raise CourseError(
            f"{FILE}{f', {place}' * bool(place)}: {wrong.message}. INSTRUCTORS.md, Make it yours, "
            "shows what can be said."
        )
    return Overlay(**found)
