"""A bottleneck block read from a learner's network: its weights, its steps, its usual mistakes."""

import math
from dataclasses import dataclass

import numpy as np
from keras import ops

from cnn_casebook.checks.parts.beginnings import doubled, require_beginning
from cnn_casebook.checks.parts.mistakes import (
    main_path_alone,
    other_nonlinearities,
    relu_before_norm,
    single_nonlinearities,
    unused_relu,
    wrong_additions,
)
from cnn_casebook.checks.parts.oddities import oddities
from cnn_casebook.checks.parts.steps import (
    Mistakes,
    Step,
    Steps,
    add,
    changed,
    conv,
    followed,
    norm,
    relu,
    require_steps,
    without,
)
from cnn_casebook.checks.parts.verdict import require
from cnn_casebook.checks.parts.weights import (
    Kernel,
    Norm,
    kernels,
    listed,
    norms,
    require_own_weights,
    swapped_arguments,
)
from cnn_casebook.models.graph import Graph, paths

MAIN, SHORTCUT, END = ("first", "second", "third"), "the shortcut", "the addition"  # places


@dataclass(frozen=True)
class Bottleneck:
    """The weights of a block: three convolutions with batch norms, and those of the shortcut."""

    convolutions: list[Kernel]
    norms: list[Norm]
    projection: list[Kernel]
    projection_norms: list[Norm]


def read_bottleneck(
    graph: Graph, channels: int, kernel_size: int, filters: tuple, projected: bool
) -> Bottleneck:
    """Read a block's weights; fail where a convolution or a batch norm is missing or of other size.

    Args:
        graph: The block.
        channels: Channels of the block's input.
        kernel_size: Height and width of the middle convolution.
        filters: The three filter counts.
        projected: Whether the shortcut has a convolution.
    """
    __tracebackhide__ = True
    require_own_weights(graph)
    require_beginning(graph)
    found = paths(graph)
    main = kernels(found.main)
    f1, f2, f3 = filters
    expected = [(1, 1, channels, f1), (kernel_size, kernel_size, f1, f2), (1, 1, f2, f3)]
    _require_kernels("main path", [k.kernel.shape for k in main], expected)
    main_norms = norms(found.main)
    _require_norms("main path", main_norms, filters)
    require(
        not kernels(found.after) and not norms(found.after),
        "there is a convolution or a batch norm after the addition; there only ReLU follows. Each "
        "batch norm comes right after its convolution, before the addition.",
    )
    require(
        not projected or found.merge is not None or not doubled(graph),
        "the main path's result is added to itself, and the projection is not added. Keep both in "
        "variables of their own.",
    )
    side = kernels(found.shortcut)
    side_shape = [(1, 1, channels, f3)] if projected else []
    _require_kernels("shortcut", [k.kernel.shape for k in side], side_shape)
    side_norms = norms(found.shortcut)
    _require_norms("shortcut", side_norms, filters[2:] if projected else ())
    return Bottleneck(main, main_norms, side, side_norms)


def _require_kernels(where: str, found: list[tuple], expected: list[tuple]) -> None:
    __tracebackhide__ = True
    if found == expected:
        return
    cause = ""
    windows, wanted = ([shape[:2] for shape in shapes] for shapes in (found, expected))
    if where == "shortcut" and not expected:
        cause = "In an identity block x itself is added, with no weights on its way."
    elif where == "shortcut" and not found:
        cause = "x is added without a projection, or not at all; the main path's shape differs."
    elif len(found) != len(expected):
        cause = (
            f"These are {len(found)} convolutions; a bottleneck has three, 1x1, kxk and 1x1, each "
            "of which reads what the one before it made."
        )
    elif swapped := swapped_arguments(found, expected):
        cause = swapped
    elif windows != wanted and windows[::2] == wanted[::2]:
        cause = "The window of the middle convolution is kernel_size."
    elif windows != wanted:
        cause = "Look at the kernel sizes: the kxk window belongs to the middle convolution alone."
    else:
        cause = "Look at the filter counts and at which tensor enters each convolution."
    require(False, f"the {where} has {listed(found)}; expected {listed(expected)}. {cause}")


def _require_norms(where: str, found: list[Norm], sizes: tuple) -> None:
    __tracebackhide__ = True
    require(
        len(found) == len(sizes),
        f"the {where} has {len(found)} batch norms; expected {len(sizes)}: one after each "
        "convolution.",
    )
    require(
        [len(norm.gamma) for norm in found] == list(sizes),
        f"the batch norms on the {where} have {[len(norm.gamma) for norm in found]} channels; "
        f"expected {list(sizes)}: one right after each convolution.",
    )


def steps(block: Bottleneck, strides: tuple = (1, 1, 1), padding: str | int = "same") -> Steps:
    """The steps of a bottleneck block: `relu(main(x) + shortcut(x))`.

    Args:
        block: The block's weights.
        strides: Stride of each of the three convolutions; the shortcut has their product.
        padding: Of the middle convolution.
    """
    main = []
    for number, (place, stride) in enumerate(zip(MAIN, strides, strict=True)):
        kernel = block.convolutions[number]
        main.append(conv(place, kernel, stride, padding if number == 1 else "same"))
        main += [norm(place, block.norms[number]), relu(place)]
    return [add(END, main[:-1], shortcut_steps(block, math.prod(strides))), relu(END)]


def shortcut_steps(block: Bottleneck, stride: int) -> Steps:
    """The steps on the shortcut; none where x itself is added."""
    kernels_and_norms = zip(block.projection, block.projection_norms, strict=True)
    return [
        step
        for kernel, batch_norm in kernels_and_norms
        for step in (conv(SHORTCUT, kernel, stride, "valid"), norm(SHORTCUT, batch_norm))
    ]


def mistakes(right: Steps) -> Mistakes:
    """The mistakes that a block can make in its order of steps."""
    alone = changed(right, "add", by=main_path_alone)
    yield "the output equals the main path alone: the shortcut is not added.", alone
    yield (
        "the output equals the main path alone, and no ReLU follows: the shortcut is not added.",
        without(alone, "relu", END),
    )
    early = followed(right, "norm", MAIN[-1], by=relu)
    yield (
        "ReLU is applied on the main path before the addition, so the block can only add to x. "
        "Add first, then ReLU.",
        early,
    )
    yield (
        "the addition comes after the last ReLU: the output is relu(main path) + shortcut. Add "
        "first, then ReLU.",
        without(early, "relu", END),
    )
    yield (
        "both the main path and the shortcut pass through a ReLU before the addition, so the sum "
        "can never be negative. Add first, then ReLU.",
        changed(early, "add", by=lambda main, side: main + ops.relu(side)),
    )
    yield "there is no ReLU after the addition.", without(right, "relu", END)
    for place in MAIN[:-1]:
        yield unused_relu(f"the {place} batch norm"), without(right, "relu", place)
    yield "both ReLUs on the main path are missing.", without(right, "relu", *MAIN)
    yield (
        "ReLU stands before batch norm; the order is convolution, batch norm, ReLU.",
        relu_before_norm(right),
    )
    yield (
        "the shortcut passes through a ReLU before the addition; it should stay as it is.",
        changed(right, "add", by=lambda main, side: main + ops.relu(side)),
    )
    text = "the shortcut has no batch norm after its convolution."
    yield text, without(right, "norm", SHORTCUT)
    yield from wrong_additions(right)
    yield "x passes through a ReLU before the block's first convolution.", [relu("x"), *right]
    yield from other_nonlinearities(right, "this block uses ReLU")
    yield from single_nonlinearities(right, "this block uses ReLU")


def silent_steps(beta: np.ndarray) -> Steps:
    """A block whose main path gives beta alone, given what its shortcut gives."""
    constant = Step("norm", MAIN[-1], lambda side: beta + ops.zeros_like(side))
    return [add(END, [constant], []), relu(END)]


def require_block(
    what: str, graph: Graph, found: np.ndarray, x: np.ndarray, weights: Bottleneck, stride: int
) -> None:
    """Require that a block with these weights computed what its steps do.

    A stride may sit on the first 1x1 convolution (He et al. 2015), or on the kxk, padded either
    way.

    Args:
        what: What is compared, for the message.
        graph: The block.
        found: What it made of x.
        x: What entered it, float32 (batch, height, width, channels).
        weights: Its weights.
        stride: Its stride.
    """
    __tracebackhide__ = True
    rights = [steps(weights, (stride, 1, 1))]
    if stride > 1:
        half = weights.convolutions[1].kernel.shape[0] // 2
        rights += [steps(weights, (1, stride, 1), padding) for padding in ("same", half)]
    require_steps(what, found, x, *rights, mistakes=mistakes, hint=oddities(graph))
