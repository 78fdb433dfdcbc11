"""Whose submission is whose in Gradescope's download: `submission_metadata.yml` says so."""

from dataclasses import dataclass
from datetime import UTC, datetime

import yaml

from casebook_grader.course import CourseError
from casebook_grader.times import parse_time


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
    """Reads plain data; of Ruby's objects, what they hold."""


def _plain(loader: yaml.Loader, suffix: str, node: yaml.Node) -> object:
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_scalar(node)


_Loader.add_multi_constructor("!ruby/", _plain)


@dataclass(frozen=True)
class Described:
    """What Gradescope says of a submission.

    Attributes:
        submitters: For each of a group `name`, `sid` and `email`.
        time: When it was handed in, in UTC; None where that is not said.
    """

    submitters: list[dict[str, str]]
    time: datetime | None


def read_metadata(content: bytes) -> dict[str, Described]:
    """Gradescope's description of a class: what it says of each folder `submission_<number>`.

    Raises:
        CourseError: It cannot be read.
    """
    try:
        found = yaml.load(content, _Loader)
    except (yaml.YAMLError, UnicodeError, ValueError, RecursionError) as error:
        raise CourseError(
            f"submission_metadata.yml cannot be read ({str(error).splitlines()[0]}). Expected it "
            "as Gradescope writes it; download the submissions again."
        ) from None
    described = {}
    for folder, about in (found if isinstance(found, dict) else {}).items():
        people = about.get(":submitters") if isinstance(about, dict) else None
        submitters = [
            {key: _text(person.get(f":{key}")) for key in ("name", "sid", "email")}
            for person in (people if isinstance(people, list) else [])
            if isinstance(person, dict)
        ]
        if isinstance(folder, str) and submitters:
            described[folder] = Described(submitters, _time(about.get(":created_at")))
    return described


def _text(value: object) -> str:
    return str(value) if isinstance(value, str | int) else ""


def _time(value: object) -> datetime | None:
    if isinstance(value, dict):
        value = value.get("utc")
    if isinstance(value, str):
        try:
            return parse_time(value.strip().removesuffix(" Z"))
        except ValueError:
            return None
    if not isinstance(value, datetime):
        return None
    return value if value.tzinfo is None else value.astimezone(UTC).replace(tzinfo=None)
