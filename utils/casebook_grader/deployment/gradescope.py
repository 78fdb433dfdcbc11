"""Packs an autograder for Gradescope: one assignment, with all that grades it.

    python -m casebook_grader.deployment.gradescope 03_residual_networks

writes `grading/export/03_residual_networks.autograder.zip`, to be uploaded as the autograder of a
programming assignment. It holds solutions and hidden tests: Gradescope shows it to no learner.
"""

import argparse
import zipfile
from pathlib import Path

from casebook_grader.course import ROOT, CourseError, require_assignment, sources
from casebook_translations import catalogs

ASSIGNMENT = "assignment.txt"  # in the zip: the assignment's name
UNSAFE = "without_sandbox.txt"  # in the zip: grade even where bubblewrap cannot work
_HERE = Path(__file__).parent
_SKIPPED = {"__pycache__", ".ipynb_checkpoints", "cnn_casebook.egg-info"}
_PROGRAMS = ("requirements.lock", "pyproject.toml", "README.md", "LICENSE")


def pack(assignment: str, root: Path = ROOT, without_sandbox: bool = False) -> Path:
    """Write the zip of an assignment.

    Args:
        assignment: Name of the assignment.
        root: The course's folder.
        without_sandbox: Grade also where the container lets nobody make a sandbox. A learner's code
            can then read the hidden tests, and write its own result.

    Returns:
        The zip.

    Raises:
        CourseError: There is no such assignment.
    """
    require_assignment(assignment, root)
    target = root / "grading" / "export" / f"{assignment}.autograder.zip"
    target.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for name, script in (
            ("setup.sh", "gradescope_setup.sh"),
            ("run_autograder", "gradescope_run.sh"),
        ):
            entry = zipfile.ZipInfo(name)
            entry.external_attr = 0o100755 << 16
            made.writestr(entry, (_HERE / script).read_bytes())
        made.writestr(ASSIGNMENT, assignment)
        if without_sandbox:
            made.writestr(UNSAFE, "")
        made.write(root / "nbgrader_config.py", "nbgrader_config.py")
        for name in _PROGRAMS:
            made.write(ROOT / name, name)
        for step, folder in (("solutions", sources(root)), ("assignments", root / "assignments")):
            _add(made, folder / assignment, f"{step}/{assignment}")
        _add(made, root / catalogs.FOLDER, catalogs.FOLDER)
        for name in ("utils", "datasets"):
            _add(made, ROOT / name, name)
    return target


def _add(made: zipfile.ZipFile, folder: Path, name: str) -> None:
    """Add the files of a folder, under another name."""
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if path.is_file() and not path.is_symlink() and not _SKIPPED & set(inside.parts):
            made.write(path, f"{name}/{inside.as_posix()}")


def main() -> None:
    """Pack the assignment that the command line names."""
    parser = argparse.ArgumentParser(description="Pack an autograder for Gradescope.")
    parser.add_argument("assignment")
    parser.add_argument(
        "--without-sandbox",
        action="store_true",
        help="grade even where no sandbox can be made: learners' code can then read hidden tests",
    )
    options = parser.parse_args()
    try:
        print(pack(options.assignment, without_sandbox=options.without_sandbox))
    except CourseError as error:
        parser.error(str(error))


if __name__ == "__main__":
    main()
