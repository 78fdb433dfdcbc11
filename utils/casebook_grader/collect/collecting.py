"""Collects a class's submissions of one assignment into `grading/submitted/`.

Of each notebook the latest file that a learner handed in is taken (or the first). What lies there
already is replaced only by a later one, and then kept in `grading/replaced/`.
"""

import contextlib
import fcntl
import hashlib
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from casebook_grader.collect import manifest as manifests
from casebook_grader.collect.archive import MADE_BY_SYSTEM, METADATA, File, Left, read
from casebook_grader.collect.gradescope import Described, read_metadata
from casebook_grader.collect.manifest import Manifest, OfLearner, Taken
from casebook_grader.collect.naming import PATTERNS, Owner, system_of, without_copy
from casebook_grader.collect.recognise import Recogniser
from casebook_grader.collect.roster import NotKnown, Roster
from casebook_grader.collect.sharing import Sharing
from casebook_grader.collect.writing import replace_submission
from casebook_grader.course import ROOT, CourseError, nbgrader, require_assignment
from casebook_grader.limits import Limits
from casebook_grader.submission import Submission, read_submission


@dataclass(frozen=True)
class Rule:
    """Which files are taken.

    Attributes:
        first: Of several files for a notebook the first, not the latest.
        late_after: What came later is left; in UTC.
        zone: The zone of times in Blackboard's names.
        replace: Replace what lies there, even where it is not older.
        system: How files are named; found out without it.
    """

    first: bool = False
    late_after: datetime | None = None
    zone: tzinfo = UTC
    replace: bool = False
    system: str | None = None

    def __str__(self) -> str:
        """The rule in words."""
        said = f"Of each notebook the {'first' if self.first else 'latest'} file was taken"
        if self.late_after:
            said += f"; what came after {self.late_after:%Y-%m-%d %H:%M} UTC was left"
            said += " (what bears no time was not)"
        return f"{said}; what lay there " + (
            "was replaced." if self.replace else "was replaced only by a later one."
        )


@dataclass(frozen=True)
class _Spooled:
    """A file that was read and put aside."""

    parts: tuple[str, ...]
    at: Path
    modified: datetime | None


@dataclass
class _Candidate:
    """A learner's file that may be taken as a notebook or a record."""

    source: str
    at: Path
    why: str
    order: list
    time: datetime | None
    digest: str


@dataclass
class _Person:
    """What is to be collected of a learner: candidates by the name that they get."""

    candidates: dict[str, list[_Candidate]] = field(default_factory=lambda: defaultdict(list))
    left: list[tuple[str, str]] = field(default_factory=list)


def collect(
    assignment: str,
    source: Path,
    root: Path = ROOT,
    rule: Rule | None = None,
    roster: Roster | None = None,
) -> Manifest:
    """Collect what learners handed in for an assignment.

    Args:
        assignment: Name of the assignment.
        source: A zip or a folder, as an LMS gives it.
        root: The course's folder.
        rule: Which files are taken.
        roster: The class; without it learners get the names that the LMS gives their files.

    Returns:
        What became of each file; kept in `grading/collected/<assignment>.json` too.

    Raises:
        CourseError: No such assignment, or nothing that can be read.
    """
    require_assignment(assignment, root)
    grading = root / "grading"
    grading.mkdir(exist_ok=True)
    limits = Limits.from_config(nbgrader(root).config)
    with (
        _alone(grading / "collect.lock"),
        tempfile.TemporaryDirectory(prefix=".collect-", dir=grading) as scratch,
    ):
        run = _Run(assignment, root, rule or Rule(), roster, limits, Path(scratch))
        return run.of(source)


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Wait until nobody else collects into this folder."""
    with open(path, "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


class _Run:
    """One run of `collect`."""

    def __init__(
        self,
        assignment: str,
        root: Path,
        rule: Rule,
        roster: Roster | None,
        limits: Limits,
        scratch: Path,
    ):
        self._assignment, self._root, self._rule = assignment, root, rule
        self._roster, self._limits, self._scratch = roster, limits, scratch
        self._recogniser = Recogniser(root, assignment, limits)
        self._earlier = manifests.read(root, assignment)

    def of(self, source: Path) -> Manifest:
        """Read the source, share it out among learners, and write what is taken."""
        files, left = self._read(source)
        system = self._rule.system or system_of(file.parts for file in files)
        files, described = self._split(files, left, system)
        made = Manifest(self._assignment, source.name, system, str(self._rule))
        people: dict[str, _Person] = defaultdict(_Person)
        by_system = [file for file in left if file.why == MADE_BY_SYSTEM]
        made.left += [("/".join(file.parts), file.why) for file in by_system]
        left = [file for file in left if file.why != MADE_BY_SYSTEM]
        sharing = Sharing(
            [file.parts for file in files],
            [file.parts for file in left],
            system,
            self._assignment,
            self._rule.zone,
            self._roster,
            described,
        )
        for file in files:
            try:
                for share in sharing.of(file.parts):
                    self._add(people[share.learner], file, share.owner, share.time)
            except NotKnown as error:
                made.left.append(("/".join(file.parts), str(error)))
        for item in left:
            try:
                for share in sharing.of(item.parts):
                    people[share.learner].left.append(("/".join(item.parts), item.why))
            except NotKnown:
                made.left.append(("/".join(item.parts), item.why))
        made.left += sharing.not_known
        for learner, person in sorted(people.items()):
            made.learners[learner] = self._take(learner, person)
        if self._roster:
            made.nothing = sorted(self._roster.learners.keys() - people.keys())
        manifests.write(made, self._root)
        return made

    def _read(self, source: Path) -> tuple[list[_Spooled], list[Left]]:
        files, left = [], []
        for number, found in enumerate(read(source, self._limits)):
            if isinstance(found, Left):
                left.append(found)
            else:
                files.append(self._spool(found, number))
        if not files:
            raise CourseError(
                f"{source} holds no notebook. Expected an LMS's download for one assignment"
                + (f"; found {len(left)} other files." if left else "; it is empty.")
            )
        return files, left

    def _split(
        self, files: list[_Spooled], left: list[Left], system: str
    ) -> tuple[list[_Spooled], dict[str, Described]]:
        """The files without Gradescope's description, which is believed where no learner writes."""
        others, described = [], {}
        for file in files:
            if file.parts[-1].lower() != METADATA:
                others.append(file)
            elif system != "gradescope" or any(_is_submissions(part) for part in file.parts):
                left.append(Left(file.parts, "a learner handed it in; Gradescope's lies outside"))
            else:
                described |= read_metadata(file.at.read_bytes())
        return others, described

    def _spool(self, file: File, number: int) -> _Spooled:
        path = self._scratch / str(number)
        path.write_bytes(file.content)
        return _Spooled(file.parts, path, file.modified)

    def _add(self, person: _Person, file: _Spooled, owner: Owner, time: datetime | None) -> None:
        """Find out what a file is, and note it."""
        source, content = "/".join(file.parts), file.at.read_bytes()
        if owner.file.lower().endswith(".ipynb"):
            found = self._recogniser.notebook(owner.file, content)
        else:
            found = self._recogniser.record(owner.file)
        after = self._rule.late_after
        if found.name is None:
            person.left.append((source, found.why))
        elif after and (time > after if time else owner.late):
            when = f"{time:%Y-%m-%d %H:%M} UTC" if time else "late, as the LMS says"
            person.left.append((source, f"it came {when}"))
        else:
            modified = file.modified.isoformat() if file.modified else ""
            copy = without_copy(owner.file)[1]
            order = [time.isoformat() if time else "", owner.number, modified, copy, source]
            digest = hashlib.sha256(content).hexdigest()
            person.candidates[found.name].append(
                _Candidate(source, file.at, found.why, order, time, digest)
            )

    def _take(self, learner: str, person: _Person) -> OfLearner:
        """Choose among a learner's files, and write the submission if it changes."""
        folder = self._root / "grading" / "submitted" / learner / self._assignment
        wanted = [f"{name}.ipynb" for name in self._recogniser.notebooks]
        lies = Submission({})
        if folder.is_dir():
            lies = read_submission(folder, wanted, self._limits)
        there = {n: c for n, c in (lies.notebooks | lies.records).items() if c is not None}
        earlier = self._earlier.get(learner, OfLearner())
        made = OfLearner(left=person.left)
        contents, times = {}, []
        for name, content in there.items():
            known = earlier.files.get(name)
            digest = hashlib.sha256(content).hexdigest()
            if known is None or known.digest != digest:
                known = Taken("", "", [], digest)
            made.files[name] = known
            known.new = False
        changed = False
        for name, candidates in sorted(person.candidates.items()):
            candidates.sort(key=lambda file: file.order)
            wanted_digest = candidates[0 if self._rule.first else -1].digest
            # What was handed in again unchanged came when it came first.
            digests = [file.digest for file in candidates]
            attempt = 1 + digests.index(wanted_digest)
            chosen = candidates[attempt - 1]
            for number, other in enumerate(candidates, start=1):
                if other is not chosen:
                    why = f"it is attempt {number} of {len(candidates)} at {name}"
                    made.left.append((other.source, why))
            lying = made.files.get(name)
            if lying and lying.digest == chosen.digest:
                continue
            why_not = self._why_not(lying, chosen, lies.timestamp)
            if why_not:
                made.left.append((chosen.source, why_not))
                continue
            changed = True
            contents[name] = chosen.at.read_bytes()
            times.append(chosen.time)
            made.files[name] = Taken(
                chosen.source, chosen.why, chosen.order, chosen.digest, attempt, len(candidates)
            )
        kept = {name: content for name, content in there.items() if name not in contents}
        times.append(lies.timestamp if kept else None)
        time = max((time for time in times if time), default=None)
        made.time = f"{time:%Y-%m-%d %H:%M:%S} UTC" if time else None
        made.missing = [n.removesuffix(".ipynb") for n in wanted if n not in made.files]
        if changed:
            replaced = replace_submission(
                self._root, learner, self._assignment, kept | contents, time
            )
            made.replaced = replaced and replaced.relative_to(self._root).as_posix()
        return made

    def _why_not(
        self, lying: Taken | None, chosen: _Candidate, lies_since: datetime | None
    ) -> str | None:
        """Why a file does not replace the one that lies there; None if it does."""
        if lying is None or self._rule.replace:
            return None
        ours, theirs = lying.order[:-1], chosen.order[:-1]
        if not ours and lies_since and chosen.time:  # put there by somebody else
            ours, theirs = lies_since, chosen.time
        if not ours:
            return "another one lies there, of which nobody knows when it came; see --replace"
        if self._rule.first:
            return None if theirs < ours else "an earlier one lies there"
        return None if theirs > ours else "one that is as new or newer lies there"


def _is_submissions(part: str) -> bool:
    return bool(PATTERNS["gradescope"].fullmatch(part)) or part.lower().endswith(".zip")
