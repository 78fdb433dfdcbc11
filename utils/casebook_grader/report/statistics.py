"""The figures of a report: distributions, pass rates, and which checks separate learners.

Every figure here comes from a column of numbers, one per learner; nothing knows who they are.
"""

from math import atanh, ceil, floor, log10, sqrt, tanh

import numpy as np

FEWEST = 20  # learners, for a correlation
SMALLER_SIDE = 5  # learners who passed, or who did not, for a correlation
WEAK = 0.2  # correlation below which a check is worth a look
MOST_BINS = 24


def summary(values: np.ndarray) -> dict | None:
    """Mean, quartiles and ends of some values; None if there are none.

    Quartiles are interpolated between values, as NumPy does.

    Example:
        >>> summary(np.array([1, 2, 4, 9]))
        {'count': 4, 'least': 1.0, 'lower': 1.75, 'median': 3.0, 'upper': 5.25, 'most': 9.0, 'mean': 4.0}
    """  # noqa: E501 - one line, as Python prints it
    if not len(values):
        return None
    names = ("least", "lower", "median", "upper", "most")
    found = np.percentile(values, (0, 25, 50, 75, 100))
    figures = {name: float(value) for name, value in zip(names, found, strict=True)}
    return {"count": len(values), **figures, "mean": float(np.mean(values))}


def histogram(values: np.ndarray, most: float, whole: bool = False) -> list[dict]:
    """Count values in bins of one round width, from 0 on.

    Args:
        values: What is counted, from 0 to any size.
        most: Where the last bin begins at the latest; it also holds what lies above.
        whole: Bins are at least 1 wide.

    Returns:
        For each bin where it begins (`from`), where the next one does (`to`), and its `count`. The
        last one is `open` if it holds values beyond its end.

    Example:
        >>> histogram(np.array([0, 1, 1, 3]), most=3, whole=True)[1]
        {'from': 1.0, 'to': 2.0, 'count': 2, 'open': False}
    """
    width = round_up(max(most, 1e-3) / MOST_BINS)
    width = max(width, 1.0) if whole else width
    bins = floor(most / width + 1e-9) + 1
    place = np.minimum(np.floor(np.asarray(values) / width + 1e-9).astype(int), bins - 1)
    counts = np.bincount(place, minlength=bins)
    end = bins * width
    beyond = bool(len(values) and np.max(values) > end)
    return [
        {
            "from": round(n * width, 6),
            "to": round((n + 1) * width, 6),
            "count": int(count),
            "open": beyond and n == bins - 1,
        }
        for n, count in enumerate(counts)
    ]


def round_up(value: float) -> float:
    """The least of 1, 2, 5, 10, 20, ... (or 0.5, 0.2, ...) that is not below a positive value.

    Example:
        >>> round_up(0.3), round_up(2), round_up(21)
        (0.5, 2.0, 50.0)
    """
    ten = 10.0 ** floor(log10(value))
    return next(step * ten for step in (1, 2, 5, 10) if step * ten >= value * (1 - 1e-9))


def ticks(most: float, number: int = 4) -> list[int]:
    """Round whole numbers for an axis of counts, from 0 to at least `most`.

    Example:
        >>> ticks(17)
        [0, 5, 10, 15, 20]
    """
    step = max(1, round(round_up(max(most, 1) / number)))
    return [step * n for n in range(ceil(max(most, 1) / step) + 1)]


def separation(item: np.ndarray, rest: np.ndarray) -> dict:
    """How well a check separates learners who do well in all other checks from those who do not.

    It is the correlation of passing the check (1 or 0) with the points in all others: the
    point-biserial correlation, corrected for the check's own share of the total.

    Args:
        item: 1 where a learner passed the check, else 0.
        rest: The same learners' points in all other checks.

    Returns:
        `count` (learners), and either `r` with the ends `low` and `high` of its 95 % interval
        (Fisher's transformation, so roughly), or `why` there is none.

    Example:
        >>> separation(np.array([1, 0, 1]), np.array([3, 0, 2]))
        {'count': 3, 'why': 'too few: 3 learners, of at least 20'}

    Source: Henrysson, "Correction of item-total correlations in item analysis", Psychometrika 28,
    1963.
    """
    count = len(item)
    passed = int(np.sum(item))
    if count < FEWEST:
        return {"count": count, "why": f"too few: {count} learners, of at least {FEWEST}"}
    if passed in (0, count):
        return {"count": count, "why": "all passed" if passed else "nobody passed"}
    smaller, what = min((passed, "passed"), (count - passed, "failed"))
    if smaller < SMALLER_SIDE:
        return {"count": count, "why": f"too few: {smaller} {what}, of at least {SMALLER_SIDE}"}
    if np.ptp(rest) == 0:
        return {"count": count, "why": "all others gave everyone the same points"}
    r = float(np.clip(np.corrcoef(item, rest)[0, 1], -1, 1))
    z, far = atanh(np.clip(r, -0.999999, 0.999999)), 1.96 / sqrt(count - 3)
    return {"count": count, "r": r, "low": tanh(z - far), "high": tanh(z + far)}
