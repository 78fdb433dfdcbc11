"""Whose each file of a download is, and when it came: by its name, the roster and Gradescope."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from casebook_grader.collect.archive import METADATA
from casebook_grader.collect.gradescope import Described
from casebook_grader.collect.naming import Owner, folder_owners, owner_of
from casebook_grader.collect.roster import NotKnown, Roster, folder_name

_Parts = tuple[str, ...]


@dataclass(frozen=True)
class Share:
    """That a file is a learner's, as its owner's name says; `time` is in UTC, where known."""

    learner: str
    owner: Owner
    time: datetime | None


class Sharing:
    """Shares the files of one download out among learners.

    Attributes:
        not_known: Files of groups, and why one of the group did not get them.
    """

    def __init__(
        self,
        paths: list[_Parts],
        others: list[_Parts],
        system: str,
        assignment: str,
        zone: tzinfo,
        roster: Roster | None,
        described: dict[str, Described],
    ):
        """Find the owners.

        Args:
            paths: The files.
            others: Files that were left.
            system: How they are named.
            assignment: Name of the assignment.
            zone: The zone of times in names.
            roster: The class; without it learners get the names that the LMS gives.
            described: What Gradescope says of its folders.
        """
        self._system, self._zone = system, zone
        self._roster, self._described = roster, described
        if system == "folders":
            known = roster.learners if roster else ()
            self._owners = folder_owners(paths, assignment, known, others)
        else:
            self._owners = {parts: owner_of(parts, system) for parts in [*paths, *others]}
        self._names = _names(self._owners.values())
        self.not_known: list[tuple[str, str]] = []

    def of(self, parts: _Parts) -> list[Share]:
        """Whose a file is; several learners' if a group handed it in.

        Raises:
            NotKnown: Nobody's.
        """
        owner = self._owners.get(parts)
        if owner is None:
            raise NotKnown(f"its name does not say whose it is, as {self._system} names files")
        if self._system == "gradescope":
            return self._of_group(parts, owner)
        name = self._roster.find(owner) if self._roster else self._names[_key(owner)]
        if name is None:
            raise NotKnown(f"another learner is called {owner.name!r} too; see --roster")
        time = owner.time
        if time is not None:
            time = time.replace(tzinfo=self._zone).astimezone(UTC).replace(tzinfo=None)
        return [Share(name, owner, time)]

    def _of_group(self, parts: _Parts, owner: Owner) -> list[Share]:
        about = self._described.get(f"submission_{owner.user}")
        if about is None:
            raise NotKnown(f"{METADATA} says nothing of submission_{owner.user}")
        shares = []
        for person in about.submitters:
            try:
                name = self._roster.find(owner, person) if self._roster else _named(person)
                shares.append(Share(name, owner, about.time))
            except NotKnown as error:
                self.not_known.append(("/".join(parts), str(error)))
        return shares


def _key(owner: Owner) -> tuple[str, str]:
    return (owner.name, owner.user or "")


def _names(owners: Iterable[Owner | None]) -> dict[tuple[str, str], str | None]:
    """Names for learners without a roster; those who share one get the LMS's number behind it.

    Where there is no number, they have none. Blackboard puts the assignment's name, which all
    share, before a learner's.
    """
    keys = {_key(owner): owner for owner in owners if owner}
    pieces = [owner.name.split("_") for owner in keys.values() if owner.system == "blackboard"]
    shared = 0
    for column in zip(*(some[:-1] for some in pieces), strict=False):
        if len(set(column)) > 1:
            break
        shared += 1
    names = {key: folder_name("_".join(key[0].split("_")[shared:])) for key in keys}
    counts = Counter(name.casefold() for name in names.values())
    return {
        key: name if counts[name.casefold()] == 1 else f"{name}_{key[1]}" if key[1] else None
        for key, name in names.items()
    }


def _named(submitter: dict[str, str]) -> str:
    name = submitter["email"] or submitter["sid"] or submitter["name"]
    if not name:
        raise NotKnown(f"{METADATA} names nobody for it")
    return folder_name(name)
