"""A learner's own copy of the assignments, so that working on them changes no file of the course.

Notebooks that exist in the copy are never overwritten.
"""

import shutil
from pathlib import Path


def prepare(root: Path) -> list[str]:
    """Copy the assignments' files that `work/` does not have yet.

    Args:
        root: The course's folder.

    Returns:
        What was copied, as paths within `work/`.

    Raises:
        FileNotFoundError: The course's folder has no assignments.
    """
    source, target = root / "assignments", root / "work"
    files = sorted(path for path in source.glob("*/*") if path.is_file())
    if not files:
        raise FileNotFoundError(
            f"no assignments in {source}. Is this folder a complete copy of the course?"
        )
    copied = []
    for path in files:
        copy = target / path.relative_to(source)
        if not copy.exists():
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
            copied.append(copy.relative_to(target).as_posix())
    return copied
