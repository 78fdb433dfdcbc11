"""Exact comparison of plain numbers, and cases in which every mistake shows its own number."""

from collections.abc import Callable, Iterable

import numpy as np

from cnn_casebook.checks.parts.verdict import CheckFailed
from cnn_casebook.models.graph import describe


def same(found, expected) -> bool:
    """Whether two plain values are equal: numbers of any type, sequences of any type."""
    try:
        array = np.asarray(found)
        return array.dtype.kind in "iufb" and np.array_equal(array, np.asarray(expected))
    except ValueError:  # a ragged sequence
        return False


def require_exactly(
    what: str, found, expected, mistakes: Iterable[tuple[str, object]] = ()
) -> None:
    """Require an exact value; else name the first mistake that would give what was found."""
    __tracebackhide__ = True
    if same(found, expected):
        return
    shown = f"{found:,}" if isinstance(found, int) else describe(found)
    wanted = f"{expected:,}" if isinstance(expected, int) else str(expected)
    cause = next((f" Likely cause: {text}" for text, wrong in mistakes if same(found, wrong)), "")
    raise CheckFailed(f"{what}: expected {wanted}, found {shown}.{cause}")


def telling(draw: Callable, wrong: Callable[..., Iterable]) -> object:
    """Draw a case in which all mistakes give different results, and none the right one.

    Args:
        draw: Draws a case.
        wrong: Of a case, the right result and that of each mistake.
    """
    for _ in range(2000):
        case = draw()
        results = [tuple(np.ravel(result)) for result in wrong(case)]
        if len(set(results)) == len(results):
            return case
    raise RuntimeError("no case tells all mistakes apart; widen what is drawn.")
