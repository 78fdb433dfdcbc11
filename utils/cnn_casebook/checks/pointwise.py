"""Checks of 1x1 convolutions: three ways to write one, two that are one, what they save."""

import functools
import itertools
from collections.abc import Iterator, Sequence

import keras
import numpy as np
from keras import ops

from cnn_casebook.checks.parts.own_work import uses
from cnn_casebook.checks.parts.verdict import (
    call,
    check,
    require,
    require_arrays_kept,
    require_equal,
)
from cnn_casebook.checks.parts.weights import draw_values
from cnn_casebook.models.graph import describe

_WAYS = ("pointwise_conv2d", "pointwise_dense", "pointwise_einsum")  # to write one convolution
WINDOW = 5  # height and width of what a design must see

_SHAPES = (
    "Images are (batch, height, width, channels), a kernel is (1, 1, channels in, channels out), a "
    "bias (channels out,)."
)
_FORMULA = (
    "the formula of einsum does not describe the arrays: it has a letter for each axis of each of "
    f"them, in their order, and behind -> those that stay. {_SHAPES}"
)

# What NumPy, TensorFlow and Keras say where sizes do not fit.
_AXES = (
    (
        "is out of bounds for axis",
        "a position is beyond the end of an axis: positions run from 0 to the length minus 1. The "
        "first two axes of a kernel have the length 1.",
    ),
    ("is out of bounds for array", f"there is no axis of this number: they begin at 0. {_SHAPES}"),
    (
        "provided weight shape",
        f"set_weights gets an array of another shape than the weight has. {_SHAPES}",
    ),
    ("reshape", f"a reshape keeps the number of values, and the sizes give another. {_SHAPES}"),
    ("too many indices", f"the array has fewer axes than this line asks for. {_SHAPES}"),
    ("ndim=", f"an array has too few or too many axes here. {_SHAPES}"),
    ("ubscript", _FORMULA),
    ("to einstein sum", _FORMULA),
    ("inputs for equation", _FORMULA),
    ("to have rank", _FORMULA),
    *(
        (part, f"two axes do not fit. {_SHAPES}")
        for part in (" shape ", "shapes", "imension", "mismatch", "broadcast", "size ", "axis")
    ),
)


def _array(value, name: str) -> np.ndarray:
    """The array that a learner's function returned, from NumPy or from Keras."""
    __tracebackhide__ = True
    numeric = hasattr(value, "shape") and not isinstance(value, keras.KerasTensor)
    require(numeric, f"{name} should return an array, found {describe(value)}.")
    return ops.convert_to_numpy(value)


def _distinct_sizes(rng: np.random.Generator, count: int, low: int, high: int) -> list[int]:
    """Sizes that all differ, so that swapped axes show."""
    return [int(size) for size in rng.permutation(np.arange(low, high))[:count]]


def _require_own_way(pointwise, name: str) -> None:
    """Require that none of the three ways to write a 1x1 convolution is another one of them."""
    __tracebackhide__ = True
    found = [other for other in _WAYS if other != name and f"__main__.{other}" in uses(pointwise)]
    require(
        not found,
        f"{name} uses {''.join(found[:1])}, which is the answer to another exercise. The three "
        "ways stand side by side: write each on its own.",
    )


def _called(pointwise, name: str, *arrays: np.ndarray) -> np.ndarray:
    __tracebackhide__ = True
    return _array(call(pointwise, *(array.copy() for array in arrays), hints=_AXES), name)


def _own_weights(pointwise, name: str, found: np.ndarray, *arrays: np.ndarray) -> Iterator[tuple]:
    """Name a layer with weights of its own, if a second call gives something else."""
    if not np.array_equal(_called(pointwise, name, *arrays), found):
        yield (
            "each call gives another result: a layer draws random weights of its own. Give it the "
            "kernel and the bias: build it, then layer.set_weights([kernel, bias]).",
            found,
        )


@check
def pointwise_sizes(pointwise, name: str = "", *, rng) -> None:
    """Equals a matrix product over the channels at every pixel, on random sizes.

    Args:
        pointwise: The learner's function.
        name: Its name in the text, where it may have been given another one's.
        rng: Random numbers.
    """
    __tracebackhide__ = True
    name = name or (pointwise.__name__ if callable(pointwise) else "the answer")
    if name in _WAYS:
        _require_own_way(pointwise, name)
    batch, side, channels = _distinct_sizes(rng, 3, 2, 9)
    trials = [(batch, side, side, channels, channels)]  # here a transposed kernel fits too
    trials += [tuple(_distinct_sizes(rng, 5, 2, 12)) for _ in range(2)]
    for batch, height, width, channels, filters in trials:
        images = draw_values(rng, batch, height, width, channels)
        kernel = draw_values(rng, 1, 1, channels, filters)
        bias = draw_values(rng, filters)
        found = _called(pointwise, name, images, kernel, bias)
        matrix = kernel[0, 0]
        right = images @ matrix + bias
        pixels = images.reshape(-1, channels)
        mistakes = [
            ("the bias is not added.", right - bias),
            ("the bias counts twice.", right + bias),
            ("the bias is subtracted.", right - 2 * bias),
            (
                "a ReLU follows. A 1x1 convolution is linear: the nonlinearity is a step of its "
                "own.",
                np.maximum(right, 0),
            ),
            ("height and width are swapped.", np.swapaxes(right, 1, 2)),
            (
                "the batch axis is lost: all images of the batch should be kept.",
                right[0],
            ),
            (
                "the sum runs over the pixels too; each pixel should keep its own result.",
                images.sum((1, 2)) @ matrix + bias,
            ),
            (
                "the mean over the pixels is taken; each pixel should keep its own result.",
                images.mean((1, 2)) @ matrix + bias,
            ),
            ("a stride of 2 leaves pixels out; expected stride 1.", right[:, ::2, ::2]),
            (
                "the pixels stand in a row; give the result its height and width back: "
                "(batch, height, width, filters).",
                pixels @ matrix + bias,
            ),
            (
                "the pixels stand in a row; give the result its height and width back: "
                "(batch, height, width, filters).",
                right.reshape(batch, -1, filters),
            ),
            (
                "a reshape mixes channels with pixels: keep the channels as the last axis, "
                "reshape(-1, channels).",
                (images.reshape(channels, -1).T @ matrix + bias).reshape(right.shape),
            ),
            (
                "a reshape mixes channels with pixels: the channels are the last axis of what the "
                "product gives, before and after the reshape.",
                (pixels @ matrix + bias).T.reshape(right.shape),
            ),
        ]
        if channels == filters:
            mistakes.append(
                (
                    "the kernel is transposed: its last two axes are (channels in, filters).",
                    images @ matrix.T + bias,
                )
            )
        require_equal(
            f"{name} for {batch} images of {height} x {width} pixels, {channels} channels to "
            f"{filters}",
            found,
            right,
            mistakes=itertools.chain(
                mistakes, _own_weights(pointwise, name, found, images, kernel, bias)
            ),
        )
    require_arrays_kept(pointwise, images, kernel, bias)


def _chain(images: np.ndarray, *kernels: np.ndarray) -> np.ndarray:
    """What 1x1 convolutions without bias compute, one after the other."""
    for w in kernels:
        images = images @ w[0, 0]
    return images


def _collapsed(collapse, w1, w2) -> np.ndarray:
    """Call `collapse`; return its kernel, of the right shape."""
    __tracebackhide__ = True
    found = _array(call(collapse, w1.copy(), w2.copy(), hints=_AXES), "collapse")
    expected = (1, 1, w1.shape[2], w2.shape[3])
    cause = ""
    if found.shape == expected[2:]:
        cause = " This is the matrix; a kernel keeps its two window axes, each of size 1."
    elif found.shape == (1, 1, expected[3], expected[2]):
        cause = " It is transposed."
    require(
        found.shape == expected,
        f"collapse of {w1.shape} and {w2.shape} has shape {found.shape}; expected {expected}."
        + cause,
    )
    return found


# What stands in the place of the matrix product of w1 and w2, kernels of two 1x1 convolutions.
_OTHER_PRODUCTS = (
    (
        "the kernels are multiplied in the wrong order: w1 works first.",
        lambda w1, w2: w2 @ w1,
    ),
    (
        "the kernels are multiplied number by number; expected the product of the two matrices.",
        lambda w1, w2: w1 * w2,
    ),
    ("the kernels are added; expected their matrix product.", lambda w1, w2: w1 + w2),
    ("one of the kernels is transposed.", lambda w1, w2: w1 @ np.swapaxes(w2, 2, 3)),
    ("one of the kernels is transposed.", lambda w1, w2: np.swapaxes(w1, 2, 3) @ w2),
    ("both kernels are transposed.", lambda w1, w2: np.swapaxes(w2 @ w1, 2, 3)),
    (
        "the product is transposed: its last two axes are (channels, filters).",
        lambda w1, w2: np.swapaxes(w1 @ w2, 2, 3),
    ),
    ("this is the first kernel alone.", lambda w1, w2: w1),
    ("this is the second kernel alone.", lambda w1, w2: w2),
    ("the product is divided by the middle channels.", lambda w1, w2: w1 @ w2 / w1.shape[3]),
    (
        "a ReLU stands between the two layers or around a kernel; two linear layers have none.",
        lambda w1, w2: np.maximum(w1 @ w2, 0),
    ),
    (
        "a ReLU stands between the two layers or around a kernel; two linear layers have none.",
        lambda w1, w2: np.maximum(w1, 0) @ w2,
    ),
    ("the kernel holds nothing but zeros.", lambda w1, w2: 0 * w1 @ w2),
)


def _collapse_mistakes(images: np.ndarray, *kernels: np.ndarray) -> Iterator[tuple]:
    """What one layer computes whose kernel was made of several, from the left, by each mistake.

    Yields:
        The mistake in words, and the values; only where it gives a kernel of the right shape.
    """
    shape = (1, 1, kernels[0].shape[2], kernels[-1].shape[3])
    for text, product in _OTHER_PRODUCTS:
        try:
            wrong = functools.reduce(product, kernels)
        except ValueError:  # the sizes differ, so this mistake raises or shows in the shape
            continue
        if wrong.shape == shape:
            yield text, _chain(images, wrong)


@check
def collapse_equal(collapse, *, rng) -> None:
    """One layer with the collapsed kernel gives what the two layers give."""
    __tracebackhide__ = True
    side = int(rng.integers(3, 7))
    sizes = [(side, side, side), tuple(_distinct_sizes(rng, 3, 2, 9))]
    for channels, middle, filters in sizes:
        w1, w2 = draw_values(rng, 1, 1, channels, middle), draw_values(rng, 1, 1, middle, filters)
        found = _collapsed(collapse, w1, w2)
        images = draw_values(rng, 2, 3, 4, channels)
        require_equal(
            f"what one layer computes with the kernel that collapse made ({channels} to {middle} "
            f"to {filters} channels)",
            _chain(images, found),
            _chain(images, w1, w2),
            mistakes=_collapse_mistakes(images, w1, w2),
        )
    require_arrays_kept(collapse, w1, w2)


@check
def collapse_chain(collapse, *, rng) -> None:
    """Four layers collapse to one, and it does not matter which neighbours collapse first."""
    __tracebackhide__ = True
    sizes = _distinct_sizes(rng, 5, 2, 9)
    chain = [draw_values(rng, 1, 1, *pair) / np.float32(2) for pair in itertools.pairwise(sizes)]
    images = draw_values(rng, 2, 4, 3, sizes[0])
    w1, w2, w3, w4 = chain
    from_left = functools.reduce(functools.partial(_collapsed, collapse), chain)
    from_pairs = _collapsed(collapse, _collapsed(collapse, w1, w2), _collapsed(collapse, w3, w4))
    for how, found in (("from the left", from_left), ("as (1, 2) and (3, 4)", from_pairs)):
        require_equal(
            f"what one layer computes after four kernels were collapsed {how}",
            _chain(images, found),
            _chain(images, *chain),
            mistakes=_collapse_mistakes(images, *chain),
        )


def _pairs(design) -> list[tuple[int, int]]:
    """Read a design: a list of (kernel, filters)."""
    __tracebackhide__ = True
    is_list = isinstance(design, Sequence | np.ndarray) and not isinstance(design, str)
    require(
        is_list and len(design) > 0,
        "design_within_budget should return a list of pairs (kernel, filters), such as [(5, 32)], "
        f"found {describe(design)}.",
    )
    pairs = []
    for entry in design:
        cause = ""
        try:
            kernel, filters = entry
            pair = (int(kernel), int(filters))
            whole = pair == (kernel, filters) and min(pair) >= 1
            cause = "" if pair[1] == filters else " Round a width down with //."
        except (TypeError, ValueError):
            whole = False
        require(
            whole,
            f"{entry!r} in the design is not a pair of whole numbers (kernel, filters), each at "
            f"least 1.{cause}",
        )
        require(
            pair[0] % 2 == 1,
            f"{entry!r} in the design has an even window; use odd ones, which have a middle.",
        )
        pairs.append(pair)
    return pairs


def _require_design(design_within_budget, input_shape, filters, budget) -> None:
    """Require a design that sees the window, ends with the filters and fits the budget."""
    __tracebackhide__ = True
    height, width, channels = input_shape
    pairs = _pairs(call(design_within_budget, input_shape, filters, budget))
    where = f"for {height} x {width} x {channels}, {filters} filters, budget {budget:,}: {pairs}"
    require(
        pairs[-1][1] == filters,
        f"{where} ends with {pairs[-1][1]} channels; expected {filters}.",
    )
    seen = 1 + sum(kernel - 1 for kernel, _ in pairs)
    require(
        seen == WINDOW,
        f"{where} sees {seen} x {seen} pixels; expected {WINDOW} x {WINDOW}. A window of k adds "
        "k - 1 to what is seen.",
    )
    parts, before = [], channels
    for kernel, after in pairs:
        parts.append(height * width * kernel * kernel * before * after)
        before = after
    cost = sum(parts)
    listed = " + ".join(f"{part:,}" for part in parts)
    cause = ""
    if sum(parts[1:]) <= budget < cost:
        cause = "Without the first layer it would fit: its multiplications count too."
    require(
        cost <= budget,
        f"{where} takes {listed} = {cost:,} multiplications, {cost - budget:,} over. {cause}",
    )
    require(
        2 * cost >= budget,
        f"{where} takes {listed} = {cost:,} multiplications, less than half of the budget. Make "
        "the layers in the middle wider.",
    )


@check
def design_case(design_within_budget, *, rng) -> None:
    """The case of the text: 28 x 28 x 192 to 32 filters for 12.5 million multiplications."""
    __tracebackhide__ = True
    _require_design(design_within_budget, (28, 28, 192), 32, 12_500_000)


@check
def design_any(design_within_budget, *, rng) -> None:
    """Other sizes and budgets, up to what the direct 5x5 convolution costs."""
    __tracebackhide__ = True
    for trial in range(6):
        height, width = _distinct_sizes(rng, 2, 5, 40)
        # With few channels the windows take nearly all, so that a slip in them shows.
        channels = int(rng.integers(3, 5) if trial == 2 else rng.integers(64, 257))
        filters = int(rng.integers(16, 65))
        narrowest = height * width * max(channels + 25 * filters, 9 * (channels + filters))
        direct = height * width * 25 * channels * filters
        budget = int(np.exp(rng.uniform(np.log(2 * narrowest), np.log(direct))))
        budget = (2 * narrowest, direct, 47 * narrowest // 20)[trial] if trial < 3 else budget
        _require_design(design_within_budget, (height, width, channels), filters, budget)
