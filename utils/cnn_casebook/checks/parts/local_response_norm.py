"""Local response normalisation as a list of steps, so that its usual mistakes are edits of it."""

from dataclasses import replace
from functools import partial

import numpy as np
from keras import ops

from cnn_casebook.checks.parts.steps import Mistakes, Step, Steps, changed, edited, run, without


def lrn_steps(
    depth_radius: int = 2, k: float = 2.0, alpha: float = 1e-4, beta: float = 0.75
) -> Steps:
    """x, divided by (k + alpha * sum of the squares of the channels around each channel) ** beta.

    Args:
        depth_radius: Neighbours to each side.
        k: Added to the sum.
        alpha: Factor of the sum.
        beta: Power of the denominator.

    Source: Krizhevsky, Sutskever and Hinton (2012), section 3.3.
    """
    offsets = range(-depth_radius, depth_radius + 1)
    window = {"offsets": offsets, "axis": -1, "moved": _moved}
    denominator = [
        Step("square", "the squares", ops.square),
        Step("window", "the sum", _window_sum, window),
        Step("bracket", "the bracket", lambda s, k, alpha: k + alpha * s, {"k": k, "alpha": alpha}),
        Step("power", "the power", lambda s, beta: s**beta, {"beta": beta}),
    ]
    divided = {"by": lambda x, below: x / below}
    return [Step("divide", "the division", _divide, divided, ([], denominator))]


def lrn(x, **settings) -> np.ndarray:
    """Local response normalisation of the last axis; the settings are those of `lrn_steps`.

    Args:
        x: float32 (batch, ..., channels).
        settings: depth_radius, k, alpha, beta; the paper's where left out.

    Returns:
        float32 (batch, ..., channels).

    Example:
        >>> lrn(np.array([[100.0, 0.0, 0.0, 100.0]])).round(2).tolist()
        [[43.87, 0.0, 0.0, 43.87]]
    """
    return run(lrn_steps(**settings), x)


def _divide(x, below, by):
    return by(x, below)


def _window_sum(x, offsets, axis, moved):
    x = ops.moveaxis(x, axis, -1)
    total = sum((moved(x, offset) for offset in offsets), ops.zeros_like(x))
    return ops.moveaxis(total, -1, axis)


def _window_mean(x, **settings):
    return _window_sum(x, **settings) / _window_sum(ops.ones_like(x), **settings)


def _moved(x, offset: int):
    """In each channel the values of the one `offset` further on; 0 where there is none."""
    around = [(0, 0)] * (len(x.shape) - 1) + [(abs(offset), abs(offset))]
    start = abs(offset) + offset
    return ops.pad(x, around)[..., start : start + x.shape[-1]]


def _rolled(x, offset: int):
    """The same, where the first channel follows the last one."""
    return ops.roll(x, -offset, axis=-1)


def _cut_at_a_negative_start(x, offsets, **_):
    """The sum of x[..., i - r : i + r + 1], as Python reads a start below 0."""
    x = ops.convert_to_numpy(x)
    first, behind = offsets[0], offsets[-1] + 1
    sums = [x[..., i + first : i + behind].sum(axis=-1) for i in range(x.shape[-1])]
    return np.stack(sums, axis=-1)


def _layer_norm(x, epsilon: float = 1e-3):
    mean, variance = ops.moments(x, axes=-1, keepdims=True)
    return (x - mean) / ops.sqrt(variance + epsilon)


def lrn_mistakes(
    depth_radius: int = 2, k: float = 2.0, alpha: float = 1e-4, beta: float = 0.75
) -> Mistakes:
    """What goes wrong in a normalisation; the arguments are those of `lrn_steps`."""
    right, radius = lrn_steps(depth_radius, k, alpha, beta), depth_radius
    window, bracket, power, division = (
        partial(changed, right, kind) for kind in ("window", "bracket", "power", "divide")
    )
    yield "x comes back unchanged; expected it to be divided.", division(by=lambda x, below: x)
    yield (
        "alpha is divided by the number of channels in the sum, as Caffe and PyTorch do. The "
        "paper multiplies the sum by alpha itself.",
        bracket(alpha=alpha / (2 * radius + 1)),
    )
    mean = edited(right, "window", edit=lambda step: [replace(step, run=_window_mean)])
    yield "the mean of the squares is taken; expected their sum.", mean
    yield "the squares are missing: x itself is summed up.", without(right, "square")
    yield (
        "the window is too small: it reaches depth_radius channels to each side, 2 * depth_radius "
        "+ 1 in all.",
        window(offsets=range(-(radius // 2), radius // 2 + 1)),
    )
    yield (
        "the window misses its last channel (a range ends too early).",
        window(offsets=range(-radius, radius)),
    )
    yield (
        "the window misses its first channel (a range starts too late).",
        window(offsets=range(1 - radius, radius + 1)),
    )
    for offsets in (range(radius + 1), range(-radius, 1)):
        text = "the window reaches to one side only; it has depth_radius neighbours to each side."
        yield text, window(offsets=offsets)
    cut = edited(right, "window", edit=lambda step: [replace(step, run=_cut_at_a_negative_start)])
    yield (
        "slices begin before the first channel: a negative start counts from the end. Begin at "
        "max(0, i - depth_radius).",
        cut,
    )
    others = [*range(-radius, 0), *range(1, radius + 1)]
    yield "the channel itself is left out of its window.", window(offsets=others)
    yield "only the channel itself is looked at, not its neighbours.", window(offsets=[0])
    yield "the window is too large.", window(offsets=range(-2 * radius, 2 * radius + 1))
    total = Step("window", "the sum", lambda s: ops.sum(s, axis=-1, keepdims=True))
    everything = edited(right, "window", edit=lambda step: [total])
    yield "the sum runs over all channels; expected a window.", everything
    yield (
        "the window goes around from the last channel to the first; beyond the ends there is "
        "nothing to add.",
        window(moved=_rolled),
    )
    for axis, name in ((2, "width"), (1, "height")):
        yield f"the window runs over {name}; expected channels, the last axis.", window(axis=axis)
    for small in (0.0, k * alpha):  # so close to each other that one text has to serve both
        yield "k is missing, or multiplied by alpha too.", bracket(k=small)
    yield (
        "k is added once for each channel of the window; expected once.",
        bracket(k=(2 * radius + 1) * k),
    )
    yield (
        "alpha is squared with the channel; it is a factor of the square.",
        bracket(alpha=alpha**2),
    )
    yield "k is fixed; use the argument.", bracket(k=2.0)
    yield "k is 1; expected the argument k.", bracket(k=1.0)
    yield "alpha is missing.", bracket(alpha=1.0)
    yield "alpha is fixed; use the argument.", bracket(alpha=1e-4)
    yield "k, alpha and beta are fixed; use the arguments.", lrn_steps(radius)
    yield "beta is missing.", power(beta=1.0)
    yield "beta is fixed; use the argument.", power(beta=0.75)
    yield "a square root is taken; expected the power beta.", power(beta=0.5)
    factor = edited(right, "power", edit=lambda step: [replace(step, run=lambda s, beta: s * beta)])
    yield "beta is a factor; expected a power.", factor
    yield from _wrong_brackets(right, k, alpha, beta)
    yield "x is multiplied; expected a division.", division(by=lambda x, below: x * below)
    yield "this is the denominator; divide x by it.", division(by=lambda x, below: below)
    squared = division(by=lambda x, below: x * x / below)
    yield "the square of x is divided; expected x itself.", squared
    yield (
        "these are the settings that TensorFlow takes when none are given (5, 1, 1 and 0.5); pass "
        "the arguments on.",
        lrn_steps(5, 1.0, 1.0, 0.5),
    )
    yield (
        "this is layer normalisation: it takes mean and deviation over all channels.",
        [Step("norm", "the channels", _layer_norm)],
    )


def _wrong_brackets(right: Steps, k: float, alpha: float, beta: float) -> Mistakes:
    """The same letters, put together in another order."""
    summed = edited(
        without(right, "square"),
        "window",
        edit=lambda step: [step, Step("square", "the sum", ops.square)],
    )
    yield "the sum is squared; expected the sum of the squares.", summed
    text = "the power covers the sum alone; it belongs to the whole bracket with k."
    for by in (lambda s: k + alpha * s**beta, lambda s: k + (alpha * s) ** beta):
        bracket = Step("bracket", "the bracket", by)
        yield text, without(edited(right, "bracket", edit=lambda _, b=bracket: [b]), "power")
    bare = changed(right, "bracket", k=0.0, alpha=1.0)
    yield (
        "x is divided by k alone, and the rest is added: the denominator needs brackets.",
        changed(bare, "divide", by=lambda x, below: x / k + alpha * below),
    )
