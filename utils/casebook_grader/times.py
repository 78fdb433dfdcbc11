"""When something was handed in: read from text that may be anybody's."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

# As nbgrader writes it, and ISO 8601: a date, a time, and a zone by its offset or its name.
_TIME = re.compile(
    r"(?P<moment>\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:?\d\d)?)"
    r"( (?P<offset>[+-]\d\d:?\d\d)| (?P<zone>[A-Za-z_]+(/[A-Za-z_]+){0,2}))?"
)


def parse_time(text: str) -> datetime:
    """The moment that a text names, in UTC; in UTC too where it names no zone.

    Raises:
        ValueError: It names none, in words for a finding.

    Example:
        >>> parse_time("2026-03-01 18:30:00 +0900"), parse_time("2026-03-01 18:30:00 Asia/Seoul")
        (datetime.datetime(2026, 3, 1, 9, 30), datetime.datetime(2026, 3, 1, 9, 30))
    """
    found = _TIME.fullmatch(text)
    try:
        moment = datetime.fromisoformat(found["moment"] + (found["offset"] or ""))
        zone = ZoneInfo(found["zone"]) if found["zone"] else UTC
    except (TypeError, ValueError, ZoneInfoNotFoundError):
        raise ValueError(f"expected such as 2026-03-01 18:30:00 UTC, found {text[:60]!r}") from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    return moment.astimezone(UTC).replace(tzinfo=None)
