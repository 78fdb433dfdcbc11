"""System packages that some tests need: a reason to skip at home, an error in `.ci/run`."""

import os
import shutil

import pytest


def require_command(command: str, package: str) -> str:
    """Return a command's path; skip the test, or fail under CASEBOOK_NO_SKIPS, without it.

    Args:
        command: Name of the command.
        package: Debian's package that holds it.
    """
    path = shutil.which(command)
    if path is None:
        reason = f"{command} is not installed (apt install {package})"
        if os.environ.get("CASEBOOK_NO_SKIPS"):
            pytest.fail(reason)
        pytest.skip(reason)
    return path
