"""Local response normalisation, as the paper defines it and as typical mistakes compute it."""

import functools
from collections.abc import Callable, Iterator

import numpy as np
from keras import ops


def lrn(x, depth_radius: int = 2, k: float = 2.0, alpha: float = 1e-4, beta: float = 0.75):
    """Local response normalisation over the last axis, as the paper defines it.

    Source: Krizhevsky, Sutskever and Hinton (2012), section 3.3.

    Example:
        >>> np.round(lrn(np.array([[100.0, 0.0, 0.0, 100.0]])), 2).tolist()
        [[43.87, 0.0, 0.0, 43.87]]
    """
    return x / (k + alpha * neighbours(x, depth_radius)) ** beta


def neighbours(x, radius: int):
    """For each channel, the sum of squares of the channels at most `radius` away."""
    channels = x.shape[-1]
    squares = ops.pad(ops.square(x), [(0, 0)] * (len(x.shape) - 1) + [(radius, radius)])
    return sum(squares[..., i : i + channels] for i in range(2 * radius + 1))


def lrn_mistakes(
    x: np.ndarray, depth_radius=2, k=2.0, alpha=1e-4, beta=0.75
) -> Iterator[tuple[str, Callable]]:
    """What mistakes would compute; each as a function, so that it costs nothing if unneeded."""
    r = depth_radius
    n = 2 * r + 1

    def total(radius=r, y=x):
        return np.asarray(neighbours(y, radius))

    def shifted(*shifts):
        return sum(
            np.asarray(neighbours(np.roll(x, s, axis=-1), 0)) for s in shifts
        )  # around the end

    def result(s, k=k, alpha=alpha, beta=beta):
        return x / (k + alpha * s) ** beta

    yield (
        "alpha is divided by the number of channels in the sum, as Caffe and PyTorch do. The "
        "paper multiplies the sum by alpha itself.",
        lambda: result(total() / n),
    )
    counted = np.asarray(neighbours(np.ones_like(x), r))
    yield "the mean of the squares is taken; expected their sum.", lambda: result(total() / counted)
    yield "the squares are missing: x itself is summed up.", lambda: result(_plain_sum(x, r))
    yield (
        "the window is too small: it reaches depth_radius channels to each side, 2 * depth_radius "
        "+ 1 in all.",
        lambda: result(total(r // 2)),
    )
    yield (
        "the window misses its last channel (a range ends too early).",
        lambda: result(total() - _single(x, r)),
    )
    yield (
        "the window misses its first channel (a range starts too late).",
        lambda: result(total() - _single(x, -r)),
    )
    yield "the channel itself is left out of its window.", lambda: result(total() - x**2)
    yield "only the channel itself is looked at, not its neighbours.", lambda: result(x**2)
    yield "the window is too large.", lambda: result(total(2 * r))
    yield (
        "the sum runs over all channels; expected a window.",
        lambda: result((x**2).sum(axis=-1, keepdims=True)),
    )
    yield (
        "the window goes around from the last channel to the first; beyond the ends there is "
        "nothing to add.",
        lambda: result(shifted(*range(-r, r + 1))),
    )
    for axis, name in ((2, "width"), (1, "height")):
        yield (
            f"the window runs over {name}; expected channels, the last axis.",
            functools.partial(
                lambda axis: result(np.moveaxis(total(y=np.moveaxis(x, axis, -1)), -1, axis)), axis
            ),
        )
    for small in (0.0, k * alpha):  # so close to each other that one text has to serve both
        yield (
            "k is missing, or multiplied by alpha too.",
            functools.partial(lambda k: result(total(), k=k), small),
        )
    yield "k is fixed; use the argument.", lambda: result(total(), k=2.0)
    yield "k is 1; expected the argument k.", lambda: result(total(), k=1.0)
    yield "alpha is missing.", lambda: result(total(), alpha=1.0)
    yield "alpha is fixed; use the argument.", lambda: result(total(), alpha=1e-4)
    yield (
        "k, alpha and beta are fixed; use the arguments.",
        lambda: result(total(), k=2.0, alpha=1e-4, beta=0.75),
    )
    yield "beta is missing.", lambda: result(total(), beta=1.0)
    yield "beta is fixed; use the argument.", lambda: result(total(), beta=0.75)
    yield "a square root is taken; expected the power beta.", lambda: result(total(), beta=0.5)
    yield "x is multiplied; expected a division.", lambda: x * (k + alpha * total()) ** beta
    yield "this is the denominator; divide x by it.", lambda: (k + alpha * total()) ** beta
    yield "the square of x is divided; expected x itself.", lambda: x * result(total())


def _plain_sum(x: np.ndarray, radius: int) -> np.ndarray:
    padded = np.pad(x, [(0, 0)] * (x.ndim - 1) + [(radius, radius)])
    return sum(padded[..., i : i + x.shape[-1]] for i in range(2 * radius + 1))


def _single(x: np.ndarray, shift: int) -> np.ndarray:
    """The squares of the channels `shift` places further on, 0 beyond the end."""
    squares = np.pad(x**2, [(0, 0)] * (x.ndim - 1) + [(abs(shift),) * 2])
    start = abs(shift) + shift
    return squares[..., start : start + x.shape[-1]]
