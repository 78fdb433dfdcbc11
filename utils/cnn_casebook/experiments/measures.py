"""Numbers that experiments plot: how often a network is right, what it keeps of its images."""

import numpy as np


def share_right(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """The share of images whose most probable class is the right one.

    Args:
        probabilities: float (images, classes).
        labels: Integers (images,).

    Example:
        >>> share_right(np.array([[0.9, 0.1], [0.6, 0.4]]), np.array([0, 1]))
        0.5
    """
    return float(np.mean(np.argmax(probabilities, axis=-1) == labels))


def band(right: int, count: int) -> tuple[float, float]:
    """The shares between which the true one lies with 95 % confidence (Wilson's interval).

    It holds if the cases are a fair sample, each independent of the others.

    Args:
        right: How many cases are right.
        count: How many cases there are, at least 1.

    Returns:
        The lower and the upper end, 0 to 1.

    Source:
        Wilson 1927, Journal of the American Statistical Association 22 (158), pages 209 to 212.

    Example:
        >>> [round(end, 2) for end in band(8, 10)], [round(end, 2) for end in band(800, 1000)]
        ([0.49, 0.94], [0.77, 0.82])
    """
    z = 1.96  # 95 % of a normal distribution lie within so many standard deviations
    share = right / count
    middle = share + z**2 / (2 * count)
    half = z * np.sqrt(share * (1 - share) / count + z**2 / (4 * count**2))
    low, high = ((middle + side * half) / (1 + z**2 / count) for side in (-1, 1))
    return float(low), float(high)


def resemblance(before: np.ndarray, after: np.ndarray) -> float:
    """Say how far a network's tensors still tell which images are alike and which are not.

    For every pair of images the correlation of their tensors is taken, once before and once
    after; the result is the correlation of these two lists. 1 means that images which were alike
    still are; 0 means that nothing of it is left.

    Args:
        before: Tensors of some images, float (images, ...).
        after: Tensors of the same images at another place, float (images, ...).

    Raises:
        ValueError: The arrays have different numbers of images, or fewer than three.

    Example:
        >>> x = np.random.default_rng(0).normal(size=(8, 5, 5, 1))
        >>> round(resemblance(x, 2 * x + 1), 3)
        1.0
    """
    if len(before) != len(after) or len(before) < 3:
        raise ValueError(
            f"expected the same images twice, three or more; found {len(before)} and {len(after)}."
        )
    alike = [_pairs(np.reshape(tensors, (len(tensors), -1))) for tensors in (before, after)]
    return float(np.corrcoef(*alike)[0, 1])


def _pairs(rows: np.ndarray) -> np.ndarray:
    """Correlation of every pair of rows, after the mean image is taken away."""
    correlation = np.corrcoef(rows - rows.mean(axis=0))
    return correlation[np.triu_indices(len(rows), k=1)]
