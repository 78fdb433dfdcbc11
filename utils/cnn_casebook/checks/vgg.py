"""Checks of VGG-16: one block, the whole network at small widths, and the full size by its shapes.

A network is compared with its steps, run here on its own weights. Where it differs, the steps are
edited by one mistake after another until they give what the network gives.
"""

import itertools
import math

import numpy as np
from keras import layers

from cnn_casebook.checks.parts.exact import rounded_width
from cnn_casebook.checks.parts.mistakes import missing_relus, usual_mistakes
from cnn_casebook.checks.parts.modes import (
    noisy,
    require_plain_relus,
    require_trainable,
    require_usual_layers,
)
from cnn_casebook.checks.parts.steps import (
    Mistakes,
    Steps,
    conv,
    dense,
    last,
    pool,
    relu,
    require_steps,
    without,
)
from cnn_casebook.checks.parts.verdict import build, build_model, check, require
from cnn_casebook.checks.parts.weights import (
    Kernel,
    draw_values,
    is_kernel,
    kernels,
    randomise,
    require_own_weights,
)
from cnn_casebook.models.graph import Graph
from cnn_casebook.models.symbolic import without_weights

BLOCKS = ((2, 64), (2, 128), (3, 256), (3, 512), (3, 512))  # paper, table 1, column D
LENGTHS = tuple(count for count, _ in BLOCKS)
POOLINGS = ("MaxPooling2D", "MaxPool", "AveragePooling2D", "AveragePool")
HIDDEN = 4096
PARAMETERS = 138_357_544  # table 2 rounds it to 138 million


def _steps(weights: list[Kernel], counts: tuple) -> Steps:
    """Blocks of convolutions and, where weights are left, the dense layers after them."""
    steps, named = [], [(f"layer {n}", w) for n, w in enumerate(weights, start=1)]
    rest = iter(named)
    for block, count in enumerate(counts, start=1):
        for place, w in itertools.islice(rest, count):
            steps += [conv(place, w), relu(place)]
        steps.append(pool(f"block {block}"))
    for place, w in rest:
        steps += [dense(place, w), relu(place)]
    if len(named) > sum(counts):
        steps[-1] = last()
    return steps


def _mistakes(right: Steps, counts: tuple) -> Mistakes:
    ends = [f"layer {end}" for end in itertools.accumulate(counts)]
    inner = {f"layer {n}" for n in range(1, sum(counts) + 1)}.difference(ends)
    yield next(missing_relus(right))  # first: a block of one convolution has no other ReLU
    yield "the ReLU of each block's last convolution is missing.", without(right, "relu", *ends)
    if inner:
        yield "only each block's last convolution has a ReLU.", without(right, "relu", *inner)
    yield from usual_mistakes(right, "VGG")


def _block(vgg_block, shape: tuple, convolutions: int, filters: int) -> Graph:
    __tracebackhide__ = True
    _, graph = build(vgg_block, shape, convolutions, filters)
    require_own_weights(graph)
    found = [node.operation.kernel.shape for node in graph.nodes if is_kernel(node)]
    require(
        len(found) == convolutions,
        f"the block has {len(found)} layers with kernels; expected {convolutions} convolutions.",
    )
    expected = [(3, 3, c, filters) for c in (shape[-1], *(filters,) * (convolutions - 1))]
    _require_kernels(graph, expected, "the block")
    return graph


def _require_kernels(graph: Graph, expected: list[tuple], what: str) -> None:
    """Require the layers with weights, their kernels' shapes, and biases."""
    __tracebackhide__ = True
    nodes = [node for node in graph.nodes if is_kernel(node)]
    for place, (node, wanted) in enumerate(zip(nodes, expected, strict=True), start=1):
        found = tuple(node.operation.kernel.shape)
        if len(found) == 4 and len(wanted) == 2:
            found = (math.prod(found[:-1]), found[-1])
        if found == wanted:
            continue
        cause = "Look at what enters this layer: paddings, poolings and Flatten before it."
        if found[-1] != wanted[-1]:
            cause = "Look at its number of filters or units, and at width."
        elif len(found) == 4 and found[:2] != wanted[:2]:
            cause = "Every window is 3x3."
        require(
            False,
            f"layer {place} of {what} has a kernel of shape {found}; expected {wanted}. {cause}",
        )
    bare = [node.name for node in nodes if not node.operation.use_bias]
    require(not bare, f"no bias in {', '.join(bare)}; every layer of VGG has one.")
    others = [node.kind for node in graph.nodes if node.has_weights and node not in nodes]
    require(
        not others, f"these layers have weights too: {', '.join(others)}. VGG has none of them."
    )


def _compare(graph: Graph, counts: tuple, rng: np.random.Generator, what: str) -> None:
    """Compare a network with its steps under fresh random weights."""
    __tracebackhide__ = True
    randomise(graph, rng)
    x = draw_values(rng, 3, *graph.inputs[0].shape[1:])
    right = _steps(kernels(graph.nodes), counts)
    require_steps(what, graph.run(x), x, right, mistakes=lambda steps: _mistakes(steps, counts))


@check
def block_layers(vgg_block, *, rng) -> None:
    """The number of convolutions, their windows and filters."""
    __tracebackhide__ = True
    for convolutions, filters in ((2, 5), (3, 4)):
        graph = _block(vgg_block, (8, 12, 3), convolutions, filters)
    require_usual_layers(graph, "vgg_block")


@check
def block_order(vgg_block, *, rng) -> None:
    """With random weights: convolution and ReLU as often as asked, then one maximum pooling."""
    __tracebackhide__ = True
    _, graph = build(vgg_block, (8, 12, 3), 2, 5)
    count = len(kernels(graph.nodes))
    _compare(graph, (max(1, count),), rng, "the output of vgg_block")


@check
def block_sizes(vgg_block, *, rng) -> None:
    """Other numbers of convolutions and odd image sizes."""
    __tracebackhide__ = True
    for shape, convolutions, filters in (((9, 7, 4), 1, 3), ((11, 14, 2), 4, 6)):
        graph = _block(vgg_block, shape, convolutions, filters)
        _compare(graph, (convolutions,), rng, "the output of vgg_block")


def _lengths(graph: Graph) -> tuple:
    """How many convolutions stand in each of five blocks; the paper's where there are not five.

    A network of another depth, such as VGG-19, loses the points for its layers, and not for what
    it does right with them.
    """
    lengths, count = [], 0
    for node in graph.nodes:
        count += isinstance(node.operation, layers.Conv2D)
        if node.kind in POOLINGS:
            lengths.append(count)
            count = 0
    return tuple(lengths) if len(lengths) == 5 and all(lengths) and not count else LENGTHS


def _expected(shape: tuple, classes: int, width: float, lengths: tuple = LENGTHS) -> list[tuple]:
    found, channels = [], shape[-1]
    for count, (_, filters) in zip(lengths, BLOCKS, strict=True):
        for _ in range(count):
            found.append((3, 3, channels, channels := rounded_width(filters, width)))
    hidden = rounded_width(HIDDEN, width)
    entering = (shape[0] // 32) * (shape[1] // 32) * channels
    return [*found, (entering, hidden), (hidden, hidden), (hidden, classes)]


def _network(vgg16, shape: tuple, classes: int, width: float) -> Graph:
    __tracebackhide__ = True
    _, graph = build_model(vgg16, shape, classes, width)
    _require_ends(graph, shape, classes)
    return graph


def _require_ends(graph: Graph, shape: tuple, classes: int) -> None:
    __tracebackhide__ = True
    found = graph.inputs[0].shape[1:]
    require(found == shape, f"the input has shape {found}; expected {shape}: use input_shape.")
    found = graph.outputs[0].shape[1:]
    require(
        found == (classes,),
        f"the output has shape {found}; expected ({classes},). "
        + ("Is Flatten missing?" if len(found) > 1 else "Is the number of classes fixed?"),
    )
    require_own_weights(graph)


def _require_layers(
    graph: Graph, shape: tuple, classes: int, width: float, lengths: tuple = LENGTHS
) -> None:
    __tracebackhide__ = True
    nodes = [node for node in graph.nodes if is_kernel(node)]
    found = sum(isinstance(node.operation, layers.Conv2D) for node in nodes)
    cause = "Is a block too short, or a layer missing?"
    if (found, len(nodes)) == (16, 19):
        cause = "This is VGG-19; in VGG-16 the last three blocks have three convolutions each."
    require(
        (found, len(nodes)) == (sum(lengths), sum(lengths) + 3),
        f"the network has {found} convolutions and {len(nodes) - found} dense layers; expected "
        f"{sum(lengths)} and 3. {cause}",
    )
    expected = _expected(shape, classes, width, lengths)
    _require_kernels(graph, expected, f"vgg16 with width={width:g}")


@check
def vgg16_layers(vgg16, *, rng) -> None:
    """Thirteen convolutions and three dense layers of the right sizes, at 1/32 of the width."""
    __tracebackhide__ = True
    graph = _network(vgg16, (64, 32, 3), 6, 1 / 32)
    _require_layers(graph, (64, 32, 3), 6, 1 / 32)
    require_trainable(graph, "vgg16")
    require_plain_relus(graph, "vgg16")
    first, _, last_layer = [node for node in graph.nodes if is_kernel(node)][-3:]
    for node in noisy(graph):
        before = graph.ancestors(*node.inputs)
        require(
            first in before and last_layer not in before,
            f"there is a {node.kind} where the paper has none. It may follow the two hidden dense "
            "layers, and nothing else.",
        )


@check
def vgg16_order(vgg16, *, rng) -> None:
    """With random weights the output is that of the paper's order of steps."""
    __tracebackhide__ = True
    graph = _network(vgg16, (64, 64, 3), 6, 1 / 32)
    found = [node for node in graph.nodes if is_kernel(node)]
    lengths = _lengths(graph)
    count = sum(lengths) + 3
    require(
        len(found) == count,
        f"the network has {len(found)} layers with weights; expected {count}: {sum(lengths)} "
        "convolutions and 3 dense layers.",
    )
    _compare(graph, lengths, rng, "the output of vgg16")


@check
def vgg16_width(vgg16, *, rng) -> None:
    """Width scales the channels and the hidden dense layers, rounded, at least 1; not classes."""
    __tracebackhide__ = True
    for width in (0.1, 1 / 200):
        graph = _network(vgg16, (32, 32, 3), 9, width)
        found = [n.operation.kernel.shape[-1] for n in graph.nodes if is_kernel(n)]
        wanted = [kernel[-1] for kernel in _expected((32, 32, 3), 9, width, _lengths(graph))]
        require(
            found == wanted,
            f"with width={width:g} the layers have {found} outputs; expected {wanted}. Width "
            "scales every channel count and both hidden dense layers, never the classes.",
        )


@check
def vgg16_counts(vgg16, *, rng) -> None:
    """The full-size network has 138,357,544 parameters; no weight is allocated."""
    __tracebackhide__ = True
    with without_weights():
        model, graph = build_model(vgg16)
    _require_ends(graph, (224, 224, 3), 1000)
    found = model.count_params()
    require(
        found == PARAMETERS,
        f"with its defaults vgg16 has {found:,} parameters; expected {PARAMETERS:,}.",
    )


@check
def vgg16_sizes(vgg16, *, rng) -> None:
    """Other image sizes, channels and classes: the same formula."""
    __tracebackhide__ = True
    shape = (70, 45, 1)
    graph = _network(vgg16, shape, 11, 1 / 40)
    lengths = _lengths(graph)
    _require_layers(graph, shape, 11, 1 / 40, lengths)
    _compare(graph, lengths, rng, "the output of vgg16")
