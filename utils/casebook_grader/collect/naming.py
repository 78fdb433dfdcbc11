r"""How LMSs name what they give: whose file it is, when it came, as how many-th.

Canvas      `doejane_LATE_12345_678910_lenet5-1.ipynb`: name, user, attachment; -1 is a second try
Moodle      `Jane Doe_12345_assignsubmission_file_/lenet5.ipynb`, or the same in one name
Gradescope  `submission_12345/lenet5.ipynb`, with `submission_metadata.yml` beside the folders
Blackboard  `Homework 3_jdoe_attempt_2026-03-01-18-30-00_lenet5.ipynb`
folders     `jdoe/lenet5.ipynb`: a folder for each learner, as for nbgrader

One download comes from one of them. Which one is decided for the whole, so that a learner's choice
of a file name cannot make it another learner's.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

PATTERNS = {
    "moodle": re.compile(
        r"(?P<name>.+?)_(?P<user>\d+)_assignsubmission_(file|onlinetext)(_(?P<file>.*))?"
    ),
    "gradescope": re.compile(r"submission_(?P<user>\d+)"),
    "canvas": re.compile(
        r"(?P<name>.+?)_(?P<late>LATE_)?(?P<user>\d+)_(?P<number>\d+)_(?P<file>.+)"
    ),
    "blackboard": re.compile(
        r"(?P<name>.+?)_attempt_(?P<time>\d{4}(-\d\d){5})(_(?P<file>.+)|\.txt)?"
    ),
}
SYSTEMS = (*PATTERNS, "folders")
_COPY = re.compile(r"^(?P<stem>.+?)(?: ?\((?P<a>\d{1,3})\)|-(?P<b>\d{1,3})| - copy|_copy)*$", re.I)


@dataclass(frozen=True)
class Owner:
    """Whose file it is, as its name says.

    Attributes:
        system: The LMS.
        name: A name: for Canvas its letters alone, for Blackboard all before `_attempt_`.
        user: The LMS's number of the learner, for Gradescope of the submission; or None.
        time: When it came, in the LMS's zone; or None.
        number: A number that grows with each file handed in; 0 where there is none.
        late: Whether the LMS says that it came late.
        file: The file's own name.
    """

    system: str
    name: str
    user: str | None
    file: str
    time: datetime | None = None
    number: int = 0
    late: bool = False


def system_of(paths: Iterable[tuple[str, ...]]) -> str:
    """The LMS that at least half of these files are named by; "folders" if there is none.

    Example:
        >>> system_of([("class", "doejane_12_34_lenet5.ipynb"), ("class", "readme.ipynb")])
        'canvas'
    """
    counts, total = dict.fromkeys(PATTERNS, 0), 0
    for parts in paths:
        total += 1
        # Within a zip of a learner's own all names are the learner's.
        end = next((n for n, part in enumerate(parts, 1) if part.lower().endswith(".zip")), None)
        for system, pattern in PATTERNS.items():
            counts[system] += any(pattern.fullmatch(part) for part in parts[:end])
    best = max(counts, key=counts.get)
    return best if 2 * counts[best] >= total > 0 else "folders"


def owner_of(parts: tuple[str, ...], system: str) -> Owner | None:
    """Whose file it is by the LMS's naming, outermost folder first; None if that says nothing.

    Example:
        >>> owner_of(("doejane_LATE_12_34_lenet5-1.ipynb",), "canvas").user
        '12'
    """
    for part in parts:
        found = PATTERNS[system].fullmatch(part)
        if found is None:
            continue
        groups = found.groupdict()
        try:
            time = groups.get("time") and datetime.strptime(groups["time"], "%Y-%m-%d-%H-%M-%S")
        except ValueError:
            time = None
        return Owner(
            system,
            groups.get("name") or "",
            groups.get("user"),
            file=(groups.get("file") or part) if part is parts[-1] else parts[-1],
            time=time or None,
            number=int((groups.get("number") or "0")[:18]),
            late=bool(groups.get("late")),
        )
    return None


def folder_owners(
    paths: Iterable[tuple[str, ...]],
    assignment: str,
    known: Iterable[str] = (),
    others: Iterable[tuple[str, ...]] = (),
) -> dict[tuple[str, ...], Owner]:
    """Whose files they are where each learner has a folder; those outside have no owner.

    The folder is the outermost one with a known name, else the first below the folders that all
    files share.

    Args:
        paths: The files.
        assignment: Name of the assignment, which is no learner's.
        known: Names of learners.
        others: Files that were left; they have owners, but do not tell which folders are shared.

    Example:
        >>> paths = [("hw", "ada", "a.ipynb"), ("hw", "ben", "03_x.zip", "a.ipynb")]
        >>> [owner.name for owner in folder_owners(paths, "03_x").values()]
        ['ada', 'ben']
    """
    paths, known = list(paths), {name.casefold() for name in known}
    shared = 0
    while _is_shared(paths, shared, assignment):
        shared += 1
    owners = {}
    for parts in [*paths, *others]:
        folders = [part.removesuffix(".zip") for part in parts[:-1]]
        named = next((part for part in folders if part.casefold() in known), None)
        below = parts[:shared] == paths[0][:shared] if paths else False
        name = named or (folders[shared] if below and len(folders) > shared else None)
        if name is not None and name != assignment:
            owners[parts] = Owner("folders", name, None, parts[-1])
    return owners


def _is_shared(paths: list[tuple[str, ...]], level: int, assignment: str) -> bool:
    """Whether the folder at a level holds the class, not one learner's files."""
    if not paths or len({parts[level : level + 1] for parts in paths}) != 1:
        return False
    below = {parts[level + 1].removesuffix(".zip") for parts in paths if len(parts) > level + 2}
    deeper = all(len(parts) > level + 2 for parts in paths)
    return assignment not in below and (len(below) > 1 or (deeper and bool(below)))


def without_copy(name: str) -> tuple[str, int]:
    """A file's name without its ending and the marks of a copy, and the copy's number.

    Example:
        >>> without_copy("lenet5 (1).ipynb"), without_copy("lenet5-2.ipynb")
        (('lenet5', 1), ('lenet5', 2))
    """
    stem = name.rpartition(".")[0] or name
    found = _COPY.match(stem)
    return found["stem"].strip(), int(found["a"] or found["b"] or 0)
