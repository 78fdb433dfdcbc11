"""Checks of Inception modules: four branches, their order, what each computes, their parameters.

Branches are told apart by what they do: by the channels they end with, and by the pooling in one
of them. A module is compared with its steps, four paths that meet in a concatenation; where it
differs, the steps are edited by one mistake after another until one gives the same.
"""

import math
from collections import Counter
from dataclasses import dataclass

import keras
import numpy as np

from cnn_casebook.checks.parts.mistakes import other_nonlinearities, wrong_windows
from cnn_casebook.checks.parts.modes import require_usual_layers
from cnn_casebook.checks.parts.oddities import oddities
from cnn_casebook.checks.parts.steps import (
    Mistakes,
    Steps,
    changed,
    concatenate,
    conv,
    places,
    pool,
    relu,
    require_steps,
    without,
)
from cnn_casebook.checks.parts.trunk import module_kernels
from cnn_casebook.checks.parts.verdict import build, check, require
from cnn_casebook.checks.parts.weights import (
    Kernel,
    is_norm,
    kernels,
    randomise,
    require_own_weights,
    wake_relus,
)
from cnn_casebook.models.graph import Graph, Node
from cnn_casebook.models.inception_table import INPUTS, MODULES, Widths

CHANNELS = 7
SHAPE = (9, 8, CHANNELS)  # height unlike width
WIDTHS = Widths(5, 4, 6, 2, 3, 8)  # all different, and unlike CHANNELS
BRANCHES = ("1x1", "3x3", "5x5", "pool")
POOLINGS = ("MaxPooling2D", "MaxPool", "AveragePooling2D", "AveragePool")
ENDS = (  # the last convolution of each branch
    "the 1x1 convolution of the first branch",
    "the 3x3 convolution",
    "the 5x5 convolution",
    "the projection after the pooling",
)
REDUCTIONS = tuple(f"the reduction in front of {end}" for end in ENDS)

_SIZES = (
    "the branches have different heights or widths where they meet. Every convolution and the "
    'pooling have stride 1 and padding="same"; the concatenation runs along the channels, the '
    "last axis."
)
HINTS = (
    ("requires inputs with matching shapes", _SIZES),
    ("Every value in `xs`", _SIZES),
    ("incompatible shapes", "the branches are added; expected a concatenation."),
    ("annot broadcast", "the branches are added; expected a concatenation."),
)


@dataclass(frozen=True)
class Branch:
    """One branch of a module: its convolutions in order, and whether a pooling is in it."""

    convolutions: list[Kernel]
    poolings: list[Node]

    @property
    def text(self) -> str:
        """The branch in a few words: "pool -> 1x1 from 7 to 8"."""
        steps = ["pool"] * len(self.poolings)
        for k in self.convolutions:
            *window, fan_in, fan_out = k.kernel.shape
            size = "x".join(map(str, window)) or "dense"
            steps.append(f"{size} from {fan_in} to {fan_out}")
        return " -> ".join(steps)


def read_branches(graph: Graph) -> list[Branch]:
    """Follow every branch of a module back from its last convolution."""
    layered = kernels(graph.nodes)
    earlier = {k.node: set(graph.ancestors(*k.node.inputs)) for k in layered}
    inner = set().union(*earlier.values()) if earlier else set()
    branches = []
    for last in layered:
        if last.node in inner:
            continue
        before = earlier[last.node]
        chain = [k for k in layered if k.node in before]
        pools = [node for node in graph.nodes if node in before and node.kind in POOLINGS]
        branches.append(Branch([*chain, last], pools))
    return branches


def _require_branches(branches: list[Branch], graph: Graph, channels: int, w: Widths) -> None:
    """Require the four branches of a module, in any order."""
    __tracebackhide__ = True
    expected = [
        f"1x1 from {channels} to {w.f1}",
        f"1x1 from {channels} to {w.f3_reduce} -> 3x3 from {w.f3_reduce} to {w.f3}",
        f"1x1 from {channels} to {w.f5_reduce} -> 5x5 from {w.f5_reduce} to {w.f5}",
        f"pool -> 1x1 from {channels} to {w.pool_projection}",
    ]
    found = [branch.text for branch in branches]
    if Counter(found) == Counter(expected):
        return
    pools = [node for node in graph.nodes if node.kind in POOLINGS]
    lengths = sorted(len(branch.convolutions) for branch in branches)
    windows = Counter(k.kernel.shape[:2] for b in branches for k in b.convolutions)
    pooled = any(branch.poolings for branch in branches)
    if any(is_norm(node) for node in graph.nodes):
        cause = "There are batch norms, too; this module has none."
    elif not pools:
        cause = "There is no pooling; the fourth branch begins with one."
    elif not pooled and len(branches) == 3:
        cause = "The pooling branch has no 1x1 projection: all its channels go on."
    elif not pooled:
        cause = "The pooling comes after the projection; it belongs in front of it."
    elif lengths[-1] > 2:
        cause = "A branch reads another branch's result; every branch begins with x."
    elif lengths.count(1) > 2:
        cause = "A 1x1 reduction is missing in front of a larger window."
    elif (5, 5) not in windows:
        cause = "There is no 5x5 convolution; one branch ends with one."
    elif (3, 3) not in windows:
        cause = "There is no 3x3 convolution; one branch ends with one."
    else:
        cause = "Compare the filters with the arguments. Look at what each convolution reads."
    require(
        False,
        f"inception_module has the branches [{'; '.join(found)}]; expected "
        f"[{'; '.join(expected)}]. {cause}",
    )


def _built_module(inception_module, shape: tuple, widths: Widths) -> Graph:
    """Build a module; name a wrong axis where the branches do not fit together."""
    __tracebackhide__ = True
    try:
        _, graph = build(inception_module, shape, *widths, hints=HINTS)
    except Exception as error:
        if isinstance(error, ValueError):
            _find_axis(inception_module, shape)
        raise
    height, width, _ = shape
    channels = widths.f1 + widths.f3 + widths.f5 + widths.pool_projection
    found, expected = graph.outputs[0].shape[1:], (height, width, channels)
    cause = "The channels of the four branches add up."
    if found[:2] != expected[:2]:
        cause = 'Stride 1 and padding="same" keep height and width.'
    elif len(found) == 3 and found[2] == channels - widths.pool_projection + shape[2]:
        cause = "The pooling branch has no 1x1 projection: all its channels go on."
    elif len(found) == 3 and found[2] < channels:
        cause = f"The branches are [{'; '.join(branch.text for branch in read_branches(graph))}]."
    require(
        found == expected,
        f"inception_module turns {shape} into {found}; expected {expected}. {cause}",
    )
    return graph


def _find_axis(inception_module, shape: tuple) -> None:
    """With equal filters any axis fits: fail if the module then grows in height or width."""
    __tracebackhide__ = True
    x = keras.Input(shape)
    try:
        found = tuple(inception_module(x, *(6,) * len(WIDTHS)).shape[1:])
    except Exception:
        return
    for place, name in enumerate(("height", "width")):
        require(
            len(found) != 3 or found[place] != 4 * shape[place],
            f"the branches are concatenated along the {name}; expected the channels, axis=-1.",
        )
    require(
        len(found) != 3 or found[2] != 6,
        "the branches are added or averaged; expected a concatenation of their channels.",
    )


def _of_channels(branches: list[Branch], widths: Widths) -> list[Branch]:
    """The four branches in the order of the exercise, each known by the channels it ends with."""
    __tracebackhide__ = True
    wanted = (widths.f1, widths.f3, widths.f5, widths.pool_projection)
    ends = [branch.convolutions[-1].kernel.shape[-1] for branch in branches]
    require(
        sorted(ends) == sorted(wanted),
        f"the branches end with {ends} channels; expected {list(wanted)}, in this order. There are "
        f"[{'; '.join(branch.text for branch in branches)}].",
    )
    return [branches[ends.index(end)] for end in wanted]


def _images(rng: np.random.Generator, shape: tuple, batch: int = 3) -> np.ndarray:
    """Non-negative values, as a ReLU leaves them in front of every module."""
    return np.maximum(rng.normal(0.5, 1.0, (batch, *shape)), 0).astype("float32")


@check
def module_branches(inception_module, *, rng) -> None:
    """Height and width kept; four branches with the right convolutions, each with its weights."""
    __tracebackhide__ = True
    graph = _built_module(inception_module, SHAPE, WIDTHS)
    require_own_weights(graph)
    _require_branches(read_branches(graph), graph, CHANNELS, WIDTHS)
    require_usual_layers(graph, "inception_module")


@check
def module_order(inception_module, *, rng) -> None:
    """With one branch switched off, exactly its slice of the channels becomes constant."""
    __tracebackhide__ = True
    graph = _built_module(inception_module, SHAPE, WIDTHS)
    randomise(graph, rng)
    wake_relus(graph)
    x = _images(rng, SHAPE)
    before = graph.run(x)
    first = 0
    for name, branch in zip(BRANCHES, _of_channels(read_branches(graph), WIDTHS), strict=True):
        layer = branch.convolutions[-1].node.operation
        kept = [np.asarray(variable) for variable in layer.weights]
        bias = rng.uniform(0.5, 1.5, kept[0].shape[-1]).astype("float32")
        layer.kernel.assign(np.zeros_like(kept[0]))
        if layer.use_bias:
            layer.bias.assign(bias)
        after = graph.run(x)
        for variable, value in zip(layer.weights, kept, strict=True):
            variable.assign(value)
        moved = np.flatnonzero(np.any(before != after, axis=(0, 1, 2)))
        last = first + len(bias)
        listed = f"{moved[0]} to {moved[-1]}" if len(moved) else "none"
        require(
            len(moved) > 0 and moved[0] == first and moved[-1] == last - 1,
            f"with the {name} branch switched off, the channels that change are {listed}; expected "
            f"{first} to {last - 1}. The order of the concatenation is 1x1, 3x3, 5x5, pool.",
        )
        spread = np.ptp(after[..., first:last], axis=(0, 1, 2))
        require(
            float(spread.max()) < 1e-4,
            f"with the last convolution of the {name} branch at zero, its channels {first} to "
            f"{last - 1} still depend on the image. The branch ends with it and its ReLU.",
        )
        first = last


def steps(branches: list[Branch]) -> Steps:
    """The steps of a module, which fit the convolutions that a learner's branches really have.

    Args:
        branches: The four branches in the order of the exercise.
    """
    paths = []
    for branch, reduction, end in zip(branches, REDUCTIONS, ENDS, strict=True):
        path = [pool("the pooling", 3, 1, "same")] if end == ENDS[-1] else []
        named = [*[reduction] * (len(branch.convolutions) - 1), end]
        for place, weights in zip(named, branch.convolutions, strict=True):
            path += [conv(place, weights), relu(place)]
        paths.append(path)
    return [concatenate("the concatenation", *paths)]


def mistakes(right: Steps) -> Mistakes:
    """The mistakes that a module with the right convolutions can make."""
    for place in places(right, "relu"):
        yield f"there is no ReLU after {place}.", without(right, "relu", place)
    for text, where in (
        ("after the two reductions", REDUCTIONS),
        ("at the ends of the branches", ENDS),
        ("anywhere in the module", (*REDUCTIONS, *ENDS)),
        (
            "after the two reductions and the projection",
            (*REDUCTIONS, ENDS[-1]),
        ),
    ):
        yield f"there is no ReLU {text}.", without(right, "relu", *where)
    yield from wrong_windows(right)
    yield (
        "there is no pooling in the fourth branch: its projection reads x itself.",
        without(right, "pool"),
    )
    for order in ((0, 1, 3, 2), (3, 0, 1, 2), (0, 2, 1, 3), (3, 2, 1, 0), (1, 0, 2, 3)):
        yield (
            "the branches are concatenated in the order "
            f"{', '.join(BRANCHES[i] for i in order)}; expected {', '.join(BRANCHES)}.",
            changed(right, "concatenate", order=order),
        )
    yield from other_nonlinearities(right)


@check
def module_values(inception_module, *, rng) -> None:
    """With random weights and other sizes: each branch by its steps, ReLU after each layer."""
    __tracebackhide__ = True
    for shape, widths in ((SHAPE, WIDTHS), ((5, 6, 4), Widths(3, 5, 7, 6, 2, 9))):
        graph = _built_module(inception_module, shape, widths)
        randomise(graph, rng)
        branches = _of_channels(read_branches(graph), widths)
        x = _images(rng, shape)
        listed = "; ".join(branch.text for branch in branches)
        require_steps(
            f"the output of inception_module for {shape}",
            graph.run(x),
            x,
            steps(branches),
            mistakes=mistakes,
            advice=f"There are the branches [{listed}]; every branch begins with x.",
            hint=oddities(graph, "MaxPooling2D", "MaxPool", norms=False),
        )


def module_parameters(channels: int, w: Widths) -> int:
    """Weights and biases of a module's six convolutions."""
    return sum(math.prod(shape) + shape[-1] for shape in module_kernels(channels, w))


@check
def module_counts(inception_module, *, rng) -> None:
    """The nine modules of GoogLeNet have exactly the parameters that their widths say."""
    __tracebackhide__ = True
    for (name, w), channels in zip(MODULES.items(), INPUTS, strict=True):
        model, _ = build(inception_module, (7, 7, channels), *w, hints=HINTS)
        found, expected = model.count_params(), module_parameters(channels, w)
        causes = {
            expected - sum(w): "The convolutions have no biases; expected one in each.",
            expected - channels * w.pool_projection - w.pool_projection: (
                "The pooling branch has no 1x1 projection."
            ),
            expected - 16 * w.f5_reduce * w.f5: "There is a 3x3 convolution in the 5x5 branch.",
            expected + 16 * w.f3_reduce * w.f3: "There is a 5x5 convolution in the 3x3 branch.",
            expected
            - (channels + 1) * (w.f3_reduce + w.f5_reduce)
            + 9 * (channels - w.f3_reduce) * w.f3
            + 25 * (channels - w.f5_reduce) * w.f5: "The 1x1 reductions are missing.",
        }
        require(
            found == expected,
            f"with the widths of module {name}, {tuple(w)}, on {channels} channels, the module has "
            f"{found:,} parameters; expected {expected:,}. {causes.get(found, '')}",
        )
