"""Matrices that enlarge and blur images: each row mixes the pixels that make one pixel anew.

Multiplied from the left they work down an image, transposed and from the right across it.
"""

import numpy as np


def bilinear(positions: np.ndarray, count: int) -> np.ndarray:
    """Weights of a linear interpolation between pixels.

    Args:
        positions: float (n,): where to interpolate, 0 to count - 1; whole numbers are the centres
            of the pixels.
        count: How many pixels there are.

    Returns:
        float (n, count); every row sums to 1.

    Example:
        >>> bilinear(np.array([0.0, 1.25]), 3).tolist()
        [[1.0, 0.0, 0.0], [0.0, 0.75, 0.25]]
    """
    return np.maximum(0, 1 - np.abs(positions[:, np.newaxis] - np.arange(count)))


def gaussian(count: int, sigmas: np.ndarray) -> np.ndarray:
    """Weights of a Gaussian blur; at the edges they are rescaled, so that nothing gets darker.

    Args:
        count: How many pixels there are.
        sigmas: float (...,): standard deviations, in pixels.

    Returns:
        (..., count, count), of the type of `sigmas`; every row sums to 1.

    Example:
        >>> weights = gaussian(5, np.array([0.1, 2.0]))
        >>> weights.shape, weights[0].round(3).tolist() == np.eye(5).tolist()
        ((2, 5, 5), True)
    """
    places = np.arange(count)
    apart = (places[:, np.newaxis] - places).astype(sigmas.dtype)
    weights = np.exp(-0.5 * (apart / sigmas[..., np.newaxis, np.newaxis]) ** 2)
    return weights / weights.sum(axis=-1, keepdims=True)
