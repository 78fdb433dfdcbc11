"""How tests that run in several processes are dealt to them, so that all end at about one time.

`--dist=loadfile` gives each file to one process. Half of all tests stand in two files, which run
the bank of answers: their tests are dealt by exercise instead, so that an exercise's answers stay
together and share what its notebook has loaded. The bank comes last, its slowest exercises first,
so that quick ones fill up what time is left.
"""

import re

from xdist.scheduler import LoadFileScheduling

BY_EXERCISE = re.compile(r"(.*/(test_bank|test_two_kernels)\.py)::\w+\[(\w+)")
# An answer to one of them takes seconds. They come first, and wrong ones meet some checks only.
SLOW = ["googlenet", "alexnet", "transfer_model", "unfreeze_from", "resnet50", "residual_network"]


def group(nodeid: str) -> str:
    """What a test must stay together with: its file, or its exercise in the bank.

    Example:
        >>> group("tests/test_bank.py::test_answer[lenet5-wrong-no_return]")
        'tests/test_bank.py::lenet5'
        >>> group("tests/test_make.py::test_help[lab]")
        'tests/test_make.py'
    """
    match = BY_EXERCISE.match(nodeid)
    return f"{match[1]}::{match[3]}" if match else nodeid.split("::", 1)[0]


def place(nodeid: str) -> int:
    """A key that sorts tests: all files, then the bank's slow exercises, then its other ones."""
    file, _, exercise = group(nodeid).partition("::")
    if not file.endswith("/test_bank.py"):
        return 0
    return 1 + (SLOW.index(exercise) if exercise in SLOW else len(SLOW))


class ByExercise(LoadFileScheduling):
    """pytest-xdist's `loadfile`, with the groups and the order of this module."""

    def _split_scope(self, nodeid: str) -> str:
        return group(nodeid)
