"""What became of each file that was to be collected: kept as JSON, printed as a table."""

import dataclasses
import json
from dataclasses import dataclass, field
from pathlib import Path

from rich.table import Table

from casebook_grader.submission import listed
from casebook_grader.table import literal
from cnn_casebook.files import write_whole


@dataclass
class Taken:
    """A file of a submission.

    Attributes:
        source: The file that it was, with its folders.
        why: How it was recognised; empty where its name is the course's.
        order: What decides which of two files is the later one.
        digest: SHA-256 of its bytes.
        attempt: Which of the learner's files for this notebook it was, from 1.
        attempts: How many there were.
        new: Whether this run took it; else it lay there before.
    """

    source: str
    why: str
    order: list
    digest: str
    attempt: int = 1
    attempts: int = 1
    new: bool = True


@dataclass
class OfLearner:
    """What became of one learner's files.

    Attributes:
        files: For each file of the submission as it lies there now, where it came from.
        left: What was left, and why: pairs.
        time: When the submission was handed in, in UTC; None where nobody says.
        missing: Notebooks of the assignment that are not there.
        replaced: Where the earlier submission was put, if this run replaced it.
    """

    files: dict[str, Taken] = field(default_factory=dict)
    left: list[tuple[str, str]] = field(default_factory=list)
    time: str | None = None
    missing: list[str] = field(default_factory=list)
    replaced: str | None = None


@dataclass
class Manifest:
    """What became of all files.

    Attributes:
        assignment: Name of the assignment.
        source: The zip or folder.
        system: How its files are named.
        rule: Which files were taken, in words.
        learners: What became of each learner's.
        left: Files that are nobody's, and why.
        nothing: Learners of the roster who handed in nothing.
    """

    assignment: str
    source: str
    system: str
    rule: str
    learners: dict[str, OfLearner] = field(default_factory=dict)
    left: list[tuple[str, str]] = field(default_factory=list)
    nothing: list[str] = field(default_factory=list)


def path_of(root: Path, assignment: str) -> Path:
    """Where the manifest of an assignment lies."""
    return root / "grading" / "collected" / f"{assignment}.json"


def write(manifest: Manifest, root: Path) -> Path:
    """Keep a manifest; learners whom this run did not touch stay as they were."""
    path = path_of(root, manifest.assignment)
    content = dataclasses.asdict(manifest)
    earlier = {
        name: dataclasses.asdict(entry) for name, entry in read(root, manifest.assignment).items()
    }
    content["learners"] = dict(sorted((earlier | content["learners"]).items()))
    write_whole(path, (json.dumps(content, indent=1) + "\n").encode())
    return path


def read(root: Path, assignment: str) -> dict[str, OfLearner]:
    """What is known of earlier runs, by learner; nothing where no manifest can be read."""
    try:
        kept = json.loads(path_of(root, assignment).read_bytes())["learners"]
        return {
            learner: OfLearner(
                **{**entry, "files": {n: Taken(**t) for n, t in entry["files"].items()}}
            )
            for learner, entry in kept.items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def table(manifest: Manifest) -> Table:
    """A row for each learner: what was taken, what was not and why."""
    made = Table(
        title=literal(
            f"{manifest.assignment}: collected from {manifest.source} ({manifest.system})"
        ),
        caption=manifest.rule,
    )
    for name in ("learner", "taken", "missing", "handed in", "remarks"):
        made.add_column(name, overflow="fold")
    for learner, entry in sorted(manifest.learners.items()):
        notebooks = [name for name in entry.files if name.endswith(".ipynb")]
        new = sum(entry.files[name].new for name in notebooks)
        made.add_row(
            literal(learner),
            f"{new} of {len(notebooks) + len(entry.missing)}",
            ", ".join(entry.missing),
            entry.time or "not known",
            literal("; ".join(_remarks(entry))),
        )
    for learner in manifest.nothing:
        made.add_row(literal(learner), "-", "everything", "-", "handed in nothing")
    return made


def _remarks(entry: OfLearner) -> list[str]:
    """What a person should know of a learner's files, in order of weight."""
    remarks = []
    for name, taken in entry.files.items():
        said = [taken.why] if taken.why else []
        if taken.attempts > 1:
            said.append(f"attempt {taken.attempt} of {taken.attempts}")
        if not taken.new:
            said.append("lay there before")
        if said:
            remarks.append(f"{name}: {', '.join(said)}")
    remarks += [f"left {source}: {why}" for source, why in entry.left[:5]]
    if len(entry.left) > 5:
        remarks.append(f"{len(entry.left) - 5} more were left: see the manifest")
    if entry.replaced:
        remarks.append(f"the earlier submission is in {entry.replaced}")
    return remarks


def of_nobody(manifest: Manifest) -> list[str]:
    """Lines about files that are nobody's, many with the same reason as one."""
    by_why: dict[str, list[str]] = {}
    for source, why in manifest.left:
        by_why.setdefault(why, []).append(source)
    return [f"Left, as {why}: {listed(sources, 5)}" for why, sources in by_why.items()]
