"""Makes the report on a class and writes it into the course's folder."""

import json
from pathlib import Path

from casebook_grader.course import ROOT
from casebook_grader.report.collect import collect
from casebook_grader.report.figures import figures
from casebook_grader.report.page import render
from cnn_casebook.files import write_whole


def write(
    assignment: str, root: Path = ROOT, data: bool = False, anonymous: bool = False
) -> list[Path]:
    """Write the report on an assignment into `grading/reports/`.

    Args:
        assignment: Name of the assignment.
        root: The course's folder.
        data: Write the same as JSON, too.
        anonymous: Learners are numbers, in a file of its own: the page may be passed on.

    Returns:
        The files written.

    Raises:
        CourseError: There is no such assignment, it is not graded, or a result is damaged.
    """
    found = figures(collect(assignment, root), root, anonymous)
    name = f"{assignment}-anonymous" if anonymous else assignment
    folder = root / "grading" / "reports"
    contents = {folder / f"{name}.html": render(found)}
    if data:
        contents[folder / f"{name}.json"] = json.dumps(found, indent=1, allow_nan=False)
    for path, content in contents.items():
        write_whole(path, content.encode())
    return list(contents)
