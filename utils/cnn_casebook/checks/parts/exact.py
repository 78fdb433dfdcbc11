"""Exact comparison of plain numbers, and cases in which every mistake shows its own number."""

from collections.abc import Callable, Iterable, Iterator

import numpy as np

from cnn_casebook.checks.parts.verdict import CheckFailed
from cnn_casebook.models.graph import describe


def rounded_width(filters: int, width: float) -> int:
    """Filters or units of a layer in a network of another width: rounded, at least 1.

    Example:
        >>> rounded_width(64, 0.1), rounded_width(64, 1 / 200)
        (6, 1)
    """
    return max(1, round(filters * width))


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


def explaining(
    ask: Callable, mistakes: Callable[..., list[tuple[str, object]]], case, *others
) -> Iterator[tuple[str, object]]:
    """Those mistakes in one case that explain what the learner's function says of others too.

    In one case several mistakes may give the same number. The function is asked when the first of
    them is, which `require_exactly` does only after a wrong number.

    Args:
        ask: Takes a case and returns what the learner's function says of it.
        mistakes: Takes a case; gives sentences with wrong results, in the same order each time.
        case: The case in which the result is wrong.
        others: Cases that tell mistakes apart which agree in that one.
    """
    try:
        said = [ask(other) for other in others]
    except Exception:  # then nothing is known of the number
        return
    there = [mistakes(other) for other in others]
    for number, mistake in enumerate(mistakes(case)):
        if all(same(found, wrong[number][1]) for found, wrong in zip(said, there, strict=True)):
            yield mistake


def require_whole(what: str, *found) -> None:
    """Require integers, of Python or NumPy, where the text promises them.

    Example:
        >>> require_whole("the size", 3, np.int64(3))
        >>> require_whole("the size", 3.0)
        Traceback (most recent call last):
        ...
        cnn_casebook.checks.parts.verdict.CheckFailed: the size is the float 3.0; expected an ...
    """
    __tracebackhide__ = True
    for number in found:
        if np.asarray(number).dtype.kind not in "iu":
            raise CheckFailed(
                f"{what} is the {type(number).__name__} {number}; expected an integer. Divide with "
                "//, and make an int of what NumPy rounds."
            )


def draw_distinct(draw: Callable, results: Callable[..., Iterable]) -> object:
    """Draw a case in which all mistakes give different results, and none the right one.

    Args:
        draw: Draws a case.
        results: Of a case, the right result and that of each mistake.

    Raises:
        RuntimeError: In 2,000 draws there was no such case.
    """
    for _ in range(2000):
        case = draw()
        flat = [tuple(np.ravel(result)) for result in results(case)]
        if len(set(flat)) == len(flat):
            return case
    raise RuntimeError(
        "expected a case in which every mistake gives a result of its own; found none in 2,000 "
        "draws. Widen what is drawn."
    )
