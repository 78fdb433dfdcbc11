"""What learners are called in a report that may be passed on: by numbers that stay theirs.

Who has which number is kept in `grading/reports/numbers.json`, for the instructor alone. Numbers
are drawn, so that they say nothing of the alphabet.
"""

import json
import random
from pathlib import Path

from casebook_grader.course import CourseError
from cnn_casebook.files import write_whole

FILE = Path("grading", "reports", "numbers.json")


def numbered(learners: list[str], root: Path) -> dict[str, str]:
    """A name such as "learner 12" for each learner, the same in all reports of a course.

    Args:
        learners: Their true names.
        root: The course's folder.

    Raises:
        CourseError: The list of numbers is damaged.
    """
    path = root / FILE
    known: dict[str, int] = {}
    if path.exists():
        try:
            known = {str(name): int(n) for name, n in json.loads(path.read_bytes()).items()}
        except (ValueError, TypeError, AttributeError) as error:
            raise CourseError(
                f"{path} cannot be read as a list of learners' numbers ({error}). Bring back an "
                "earlier copy; without one, remove it, and everyone gets another number."
            ) from error
    new = sorted(set(learners) - known.keys())
    if new:
        first = max(known.values(), default=0) + 1
        numbers = list(range(first, first + len(new)))
        random.SystemRandom().shuffle(numbers)
        known.update(zip(new, numbers, strict=True))
        write_whole(path, json.dumps(known, indent=1).encode())
    return {learner: f"learner {known[learner]}" for learner in learners}
