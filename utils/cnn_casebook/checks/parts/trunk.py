"""GoogLeNet's trunk, cut at its concatenations: what each piece holds, and what it computes.

A trunk is everything on the way from the images to the main output: the stem, nine Inception
modules with two poolings between them, and the classifier.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from keras import ops

from cnn_casebook.checks.parts.exact import rounded_width
from cnn_casebook.checks.parts.mistakes import wrong_end, wrong_windows
from cnn_casebook.checks.parts.steps import (
    Mistakes,
    Steps,
    changed,
    conv,
    dense,
    global_pool,
    last,
    places,
    pool,
    relu,
    require_steps,
    without,
)
from cnn_casebook.checks.parts.verdict import require
from cnn_casebook.checks.parts.weights import Kernel
from cnn_casebook.models.graph import Graph, Node, Wire
from cnn_casebook.models.inception_table import MODULES, Widths

POOLED = ("3b", "4e")  # modules with a max pooling behind them; Szegedy et al. 2014, table 1
ACTIVATIONS = ("ReLU", "Relu", "Activation")


# ---- what each piece holds ----


@dataclass(frozen=True)
class Cut:
    """A trunk, cut at its modules: the wire that enters each, and the one that leaves it."""

    trunk: Graph
    entries: list[Wire]
    exits: list[Wire]

    @cached_property
    def pieces(self) -> dict[str, list[Node]]:
        """The nodes of each piece: "the stem", "module 3a" to "module 5b", "the classifier"."""
        ends = {"the stem": self.entries[0]}
        ends |= {f"module {name}": wire for name, wire in zip(MODULES, self.exits, strict=True)}
        ends["the classifier"] = self.trunk.outputs[0]
        pieces, known = {}, set()
        for name, wire in ends.items():
            pieces[name] = [node for node in self.trunk.ancestors(wire) if node not in known]
            known.update(pieces[name])
        return pieces


def cut_at_modules(trunk: Graph) -> Cut:
    """Find the modules of a trunk by the concatenations that end them.

    Args:
        trunk: All nodes on the way to the main output.

    Raises:
        CheckFailed: There are not nine.
    """
    __tracebackhide__ = True

    def inner(node: Node) -> bool:  # a concatenation inside another one
        readers = trunk.readers(node.outputs[0])
        return bool(readers) and all(reader.kind == "Concatenate" for reader in readers)

    ends = [node for node in trunk.nodes if node.kind == "Concatenate" and not inner(node)]
    require(
        len(ends) == len(MODULES),
        f"on the way to the main output there are {len(ends)} concatenations; expected "
        f"{len(MODULES)}, one for each Inception module.",
    )
    entries, exits, known = [], [], set()
    for end in ends:
        nodes = [node for node in trunk.ancestors(end.outputs[0]) if node not in known]
        reads = Counter(wire for node in nodes for wire in set(node.inputs))
        entries.append(max(reads, key=lambda wire: (reads[wire], -wire.number)))
        wire = end.outputs[0]
        while len(readers := trunk.readers(wire)) == 1 and readers[0].kind in ACTIVATIONS:
            (wire,) = readers[0].outputs  # a ReLU for all branches at once
            nodes.append(readers[0])
        exits.append(wire)
        known.update(nodes)
    return Cut(trunk, entries, exits)


def module_kernels(channels: int, w: Widths) -> list[tuple]:
    """Shapes of a module's six kernels: (height, width, in, out).

    Args:
        channels: Channels that enter the module.
        w: Its widths.
    """
    return [
        (1, 1, channels, w.f1),
        (1, 1, channels, w.f3_reduce),
        (3, 3, w.f3_reduce, w.f3),
        (1, 1, channels, w.f5_reduce),
        (5, 5, w.f5_reduce, w.f5),
        (1, 1, channels, w.pool_projection),
    ]


def expected_kernels(
    channels: int, classes: int, width: float, scaled: Callable = rounded_width
) -> dict[str, list[tuple]]:
    """Shapes of the kernels that each piece of a trunk should have.

    Args:
        channels: Channels of the images.
        classes: Number of classes.
        width: What multiplies every number of filters.
        scaled: Takes a number of filters and the width; gives the number in the network.
    """
    first, before = scaled(64, width), scaled(192, width)
    shapes = {"the stem": [(7, 7, channels, first), (1, 1, first, first), (3, 3, first, before)]}
    for name, widths in MODULES.items():
        w = Widths(*(scaled(filters, width) for filters in widths))
        shapes[f"module {name}"] = module_kernels(before, w)
        before = w.f1 + w.f3 + w.f5 + w.pool_projection
    shapes["the classifier"] = [(before, classes)]
    return shapes


# ---- what each piece computes ----


def stem_steps(
    weights: list[Kernel], padding: str | int = "same", pool_padding: str | int = "same"
) -> Steps:
    """The steps of the stem: 7x7 convolution and pooling, then 1x1, 3x3 and pooling.

    Args:
        weights: Its three convolutions.
        padding: Of the 7x7 convolution: "same", or how many zeros on each side.
        pool_padding: Of the two poolings.
    """
    first, second, third = (f"the {size} convolution of the stem" for size in ("7x7", "1x1", "3x3"))
    return [
        conv(first, weights[0], 2, padding),
        relu(first),
        pool("the first max pooling of the stem", 3, 2, pool_padding),
        conv(second, weights[1]),
        relu(second),
        conv(third, weights[2]),
        relu(third),
        pool("the max pooling in front of 3a", 3, 2, pool_padding),
    ]


def stem_mistakes(right: Steps) -> Mistakes:
    """The mistakes that a stem with the right convolutions can make."""
    for place in places(right, "relu"):
        yield f"there is no ReLU after {place}.", without(right, "relu", place)
    yield "there is no ReLU in the stem.", without(right, "relu")
    first = places(right, "conv")[0]
    stride = changed(right, "conv", first, stride=1)
    yield "the 7x7 convolution has stride 1; expected 2.", stride
    for place in places(right, "pool"):
        yield f"{place} is missing or unused.", without(right, "pool", place)
    for text, settings in (
        ("have stride 1; expected 2", {"stride": 1}),
        ("have stride 3, Keras's choice; expected 2", {"stride": 3}),
        ("take the average", {"by": ops.average_pool}),
    ):
        yield f"the poolings of the stem {text}.", changed(right, "pool", **settings)
    cut_first = changed(right, "conv", first, padding="valid")
    cut_pools = changed(right, "pool", padding="valid")
    cut_both = changed(cut_first, "pool", padding="valid")
    expected = 'off; expected padding="same".'
    yield f"the 7x7 convolution cuts the border {expected}", cut_first
    yield f"the poolings of the stem cut the border {expected}", cut_pools
    yield f"the stem cuts borders {expected}", cut_both


def require_stem(
    weights: list[Kernel], images: np.ndarray, found: np.ndarray, hint: str = ""
) -> None:
    """Require that a stem computed what its steps do, padded by "same" or by zeros on each side.

    Args:
        weights: The convolutions in front of the first module.
        images: What entered the stem, float32 (batch, height, width, channels).
        found: What entered the first module, float32 (batch, height / 8, width / 8, channels).
        hint: What to look at where no mistake explains the difference.
    """
    __tracebackhide__ = True
    require(
        [kernel.kernel.shape[:2] for kernel in weights] == [(7, 7), (1, 1), (3, 3)],
        f"in front of the first module there are {[kernel.text for kernel in weights]}; expected "
        "a 7x7, a 1x1 and a 3x3 convolution.",
    )
    rights = [stem_steps(weights, a, b) for a in ("same", 3) for b in ("same", 1)]
    what = "what enters module 3a"
    require_steps(what, found, images, *rights, mistakes=stem_mistakes, hint=hint)


def between_steps(before: str, padding: str | int = "same") -> Steps:
    """The steps behind a module: a max pooling where the table has one, or none."""
    return [pool("the max pooling", 3, 2, padding)] if before in POOLED else []


def between_mistakes(right: Steps) -> Mistakes:
    """What can go wrong between two modules."""
    if not right:
        yield "there is a max pooling where the table has none.", between_steps(POOLED[0])
        return
    yield "the max pooling is missing or unused.", without(right, "pool")
    yield from wrong_windows(right)
    for text, settings in (
        ("has stride 1; expected 2", {"stride": 1}),
        ("has stride 3, Keras's choice when none is given; expected 2", {"stride": 3}),
        ('cuts the border off; expected padding="same"', {"padding": "valid"}),
    ):
        yield f"the pooling {text}.", changed(right, "pool", **settings)


def require_between(before: str, after: str, left: np.ndarray, entered: np.ndarray) -> None:
    """Require that a module reads what the one before it gave, max-pooled after 3b and 4e.

    Args:
        before: Name of the first module.
        after: Name of the next one.
        left: What left the first, float32 (batch, height, width, channels).
        entered: What entered the next, of the same shape or half the height and width.
    """
    __tracebackhide__ = True

    def mistakes(right: Steps) -> Mistakes:
        for text, steps in between_mistakes(right):
            yield f"between {before} and {after} {text}", steps

    how, paddings = ("max-pooled", ("same", 1)) if before in POOLED else ("as it is", ("same",))
    what = f"what enters module {after} (the output of {before}, {how})"
    rights = [between_steps(before, padding) for padding in paddings]
    require_steps(what, entered, left, *rights, mistakes=mistakes)


def tail_steps(weights: Kernel) -> Steps:
    """The steps behind the last module: the mean of each channel, a dense layer, softmax."""
    return [global_pool(), dense("the last dense layer", weights), last()]


def tail_mistakes(right: Steps) -> Mistakes:
    """The mistakes that a classifier of one dense layer can make."""
    yield from wrong_end(right, "the network ends in a sigmoid")
    text = "the maximum over the image is taken after 5b; expected the mean."
    yield text, changed(right, "global_pool", by=ops.max)


def require_tail(weights: list[Kernel], features: np.ndarray, found: np.ndarray) -> None:
    """Require that the main output is what the last module's output gives.

    Args:
        weights: The layers with weights behind the last module.
        features: What left that module, float32 (batch, height, width, channels).
        found: The main output, float32 (batch, classes).
    """
    __tracebackhide__ = True
    channels = features.shape[-1]
    require(
        len(weights) == 1 and weights[0].kernel.shape[-2] == channels,
        f"after module 5b there are {[kernel.text for kernel in weights]}; expected one dense "
        f"layer that reads {channels} numbers, the mean of each channel over the image.",
    )
    what = "the main output, given what module 5b makes,"
    require_steps(what, found, features, tail_steps(weights[0]), mistakes=tail_mistakes)
