"""Who is who: a class's list, as an LMS exports it, and the names that an LMS gives files."""

import csv
import io
import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from casebook_grader.collect.naming import Owner
from casebook_grader.course import CourseError

# What columns are called, in letters alone: by nbgrader, Canvas, Moodle, Gradescope, Blackboard.
_COLUMNS = {
    "learner": ("learner", "studentid", "username", "sisloginid", "login", "userid"),
    "id": ("id", "sisuserid", "sid", "idnumber", "studentnumber", "identifier"),
    "email": ("email", "emailaddress", "mail"),
    "name": ("student", "name", "fullname", "studentname"),
    "first": ("firstname", "givenname"),
    "last": ("lastname", "surname", "familyname"),
}
_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\s]+')
_LARGEST = 20_000_000  # bytes


class NotKnown(Exception):
    """It cannot be told whose a file is; the text says why."""


@dataclass(frozen=True)
class Learner:
    """A row of the roster.

    Attributes:
        learner: Name of the learner's folders, and in the gradebook.
        first: First name, or empty.
        last: Last name, or empty.
        email: Email address, or empty.
        row: All of the row, by the names of the columns in letters alone.
    """

    learner: str
    first: str = ""
    last: str = ""
    email: str = ""
    row: dict[str, str] = field(default_factory=dict)


class Roster:
    """The learners of a class, found by what an LMS knows of them."""

    def __init__(self, learners: list[Learner]):
        """Index them by numbers, logins, addresses and names."""
        self.learners = {entry.learner: entry for entry in learners}
        self._by: dict[tuple[str, str], set[str]] = defaultdict(set)
        for entry in learners:
            logins = [entry.learner, entry.row.get("sisloginid", ""), entry.row.get("username", "")]
            logins += [entry.email, entry.email.partition("@")[0]]
            numbers = [entry.row.get(column, "") for column in _COLUMNS["id"]]
            self._add("login", entry, [*logins, *numbers])
            if "sisloginid" in entry.row:  # Canvas's own list; elsewhere an id is another number
                self._add("canvas", entry, [entry.row.get("id", "")])
            self._add("moodle", entry, re.findall(r"^\D*(\d+)$", entry.row.get("identifier", "")))
            full = entry.row.get("name", "")
            names = [f"{entry.first} {entry.last}", f"{entry.last} {entry.first}", full]
            self._add("name", entry, [letters(name) for name in names])

    def _add(self, kind: str, entry: Learner, keys: list[str]) -> None:
        for key in keys:
            if key.strip():
                self._by[kind, key.strip().casefold()].add(entry.learner)

    def find(self, owner: Owner, submitter: dict[str, str] | None = None) -> str:
        """The learner whose file it is.

        Args:
            owner: What the file's name says.
            submitter: What Gradescope says: `name`, `sid`, `email`.

        Raises:
            NotKnown: No learner of the roster, or several.
        """
        asked = []
        if submitter is not None:
            asked += [("login", submitter.get("email", "")), ("login", submitter.get("sid", ""))]
            asked.append(("name", letters(submitter.get("name", ""))))
        elif owner.system == "blackboard":
            pieces = owner.name.split("_")
            asked += [("login", "_".join(pieces[n:])) for n in range(len(pieces))]
        else:
            asked.append((owner.system, owner.user or ""))
            if owner.system == "folders":
                asked.append(("login", owner.name))
            asked.append(("name", letters(owner.name)))
        for kind, key in asked:
            found = self._by.get((kind, key.strip().casefold()), set()) if key else set()
            if len(found) == 1:
                return min(found)
            if found:
                raise NotKnown(f"{key!r} may be any of {', '.join(sorted(found))} of the roster")
        shown = " or ".join(repr(key) for _, key in asked[:3] if key)
        raise NotKnown(f"the roster has nobody known as {shown}; add a row or mend one")


def read_roster(path: Path) -> Roster:
    """Read a class's list: a CSV with a header, of which known columns are used.

    It may be what Canvas (gradebook), Moodle (grading worksheet, participants), Gradescope or
    Blackboard exports, nbgrader's, or your own with columns such as learner, first name, last name
    and email. The column learner, student id, username or SIS login ID gives the name of a
    learner's folder; without it the email address, or an id.

    Raises:
        CourseError: It cannot be read, names nobody, or somebody twice.
    """
    try:
        content = path.read_bytes() if path.stat().st_size <= _LARGEST else b""
    except OSError as error:
        raise CourseError(f"the roster {path} cannot be read: {error.strerror}.") from None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")  # as Excel saves it
    first_line = text.partition("\n")[0]
    delimiter = max(",;\t", key=first_line.count)
    try:
        rows = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise CourseError(f"the roster {path} cannot be read as CSV: {error}.") from None
    learners, lines = [], {}
    for number, row in enumerate(rows, start=2):
        entry = _learner(
            {letters(k): (v or "").strip() for k, v in row.items() if isinstance(k, str)}
        )
        if entry is None:
            continue
        if entry.learner in lines:
            raise CourseError(
                f"the roster {path} has {entry.learner!r} in rows {lines[entry.learner]} and "
                f"{number}; expected each learner once."
            )
        lines[entry.learner] = number
        learners.append(entry)
    if not learners:
        raise CourseError(
            f"the roster {path} names nobody. Expected a CSV with a header and a row for each "
            f"learner, such as learner,first name,last name,email; found {first_line[:80]!r}."
        )
    return Roster(learners)


def _learner(row: dict[str, str]) -> Learner | None:
    """A row as a learner; None for rows that are none, such as Canvas's points possible."""
    found = {}
    for what, columns in _COLUMNS.items():
        found[what] = next((row[column] for column in columns if row.get(column)), "")
    if letters(found["name"]) in ("pointspossible", "studenttest"):
        return None
    last, comma, first = found["name"].partition(",")
    if comma and not found["last"]:
        found["last"], found["first"] = last.strip(), first.strip()
    elif found["name"] and not found["last"]:
        found["first"], _, found["last"] = found["name"].rpartition(" ")
    named = found["learner"] or found["email"] or found["id"]
    if not named:
        return None
    row = row | {"name": found["name"]}
    return Learner(folder_name(named), found["first"], found["last"], found["email"], row)


def letters(text: str) -> str:
    """A name's letters and digits alone, small, as Canvas writes names.

    Example:
        >>> letters("O'Neill, Zoë")
        'oneillzoë'
    """
    text = unicodedata.normalize("NFC", text).casefold()
    return "".join(c for c in text if c.isalnum())


def folder_name(name: str) -> str:
    """A name as a folder may have it on every system.

    Example:
        >>> folder_name("Jane Doe"), folder_name("../x"), folder_name("-a:b")
        ('Jane_Doe', 'x', 'a_b')
    """
    name = _UNSAFE.sub("_", unicodedata.normalize("NFC", name)).strip("_")
    return name.lstrip(".-_")[:100].rstrip(". ") or "nameless"
