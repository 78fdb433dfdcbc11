"""Grades the one submission that Gradescope hands to an autograder, and writes what it reads.

Without a sandbox, and without leave to go without, nothing is graded: Gradescope then says that the
autograder failed, and gives no score.
"""

import sys
from pathlib import Path

from casebook_grader.alone import graded_alone
from casebook_grader.course import CourseError, nbgrader
from casebook_grader.database import open_gradebook
from casebook_grader.deployment.gradescope import ASSIGNMENT, UNSAFE
from casebook_grader.export import PLUGINS
from casebook_grader.grade import SETTLED
from casebook_grader.sandbox import SandboxError
from cnn_casebook.files import write_whole

_LEARNER = "learner"


def run(base: Path) -> None:
    """Grade what lies in `submission`, with the course in `source`, into `results`.

    Args:
        base: Gradescope's folder, `/autograder`.

    Raises:
        CourseError: It could not be graded, by no fault of the learner.
        SandboxError: No sandbox can be made here.
    """
    source = base / "source"
    assignment = (source / ASSIGNMENT).read_text(encoding="utf-8").strip()
    files = [
        path
        for path in (base / "submission").rglob("*")  # a zip may hold the assignment's folder
        if path.suffix == ".ipynb" or path.name.startswith("record_")
        if path.is_file() and not path.is_symlink()
    ]
    sandboxed = not (source / UNSAFE).exists()
    with graded_alone(assignment, source, files, _LEARNER, sandboxed) as (found, course):
        if found.verdict not in SETTLED:
            raise CourseError(f"nothing was scored: {'; '.join(found.findings)}")
        config = nbgrader(course).config
        plugin = PLUGINS["gradescope"](config=config, assignment=[assignment])
        with open_gradebook(config) as gradebook:
            plugin.export(gradebook)
        content = (Path(plugin.to) / _LEARNER / "results.json").read_bytes()
    write_whole(base / "results" / "results.json", content)


if __name__ == "__main__":
    try:
        run(Path(sys.argv[1]))
    except (CourseError, SandboxError) as error:
        sys.exit(f"The autograder failed; it is not the learner's doing. {error}")
