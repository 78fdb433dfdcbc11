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
from cnn_casebook.checks.parts.oddities import oddities
from cnn_casebook.checks.parts.sizes import sizes_before
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
    swapped_arguments,
)
from cnn_casebook.models.graph import Graph
from cnn_casebook.models.symbolic import without_weights

BLOCKS = ((2, 64), (2, 128), (3, 256), (3, 512), (3, 512))  # paper, table 1, column D
LENGTHS = tuple(count for count, _ in BLOCKS)
POOLINGS = ("MaxPooling2D", "MaxPool", "AveragePooling2D", "AveragePool")
HIDDEN = 4096
PARAMETERS = 138_357_544  # table 2 rounds it to 138 million
# What another number of parameters says.
_COUNTS = {
    143_667_240: " This is VGG-19, of the column E.",
    133_047_848: " This is VGG-13, of the column B.",
    PARAMETERS - 4096 * 4097: " A hidden dense layer is missing or unused.",
    PARAMETERS - 3 * (9 * 512 + 1) * 512: " Three convolutions of 512 filters are missing.",
}


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
    yield (
        "the ReLU of each block's last convolution is missing or unused.",
        without(right, "relu", *ends),
    )
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
    cause = "Each convolution has as many filters as the argument says."
    _require_kernels(graph, expected, "the block", cause)
    return graph


def _require_kernels(graph: Graph, expected: list[tuple], what: str, count_cause: str) -> None:
    """Require the layers with weights, their kernels' shapes, and biases.

    Args:
        graph: A learner's block or network.
        expected: Shapes of the kernels.
        what: What they belong to, for the message.
        count_cause: What to look at where a number of filters differs.
    """
    __tracebackhide__ = True
    nodes = [node for node in graph.nodes if is_kernel(node)]
    for place, (node, wanted) in enumerate(zip(nodes, expected, strict=True), start=1):
        found = tuple(node.operation.kernel.shape)
        if len(found) == 4 and len(wanted) == 2:
            found = (math.prod(found[:-1]), found[-1])
        if found == wanted:
            continue
        cause = "Look at what enters this layer."
        if swapped := swapped_arguments([found], [wanted]):
            cause = swapped
        elif found[-1] != wanted[-1]:
            cause = count_cause
        elif len(found) == 4 and found[:2] != wanted[:2]:
            cause = "Every window is 3x3."
        elif len(found) == 2:
            sizes = sizes_before(graph, node)
            cause = f"Look at the paddings, poolings and Flatten before this layer. Here: {sizes}."
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
    require_steps(
        what,
        graph.run(x),
        x,
        right,
        mistakes=lambda steps: _mistakes(steps, counts),
        hint=oddities(graph, "MaxPooling2D", "MaxPool", norms=False),
    )


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
    """How many convolutions stand in each block; the paper's where the blocks cannot be told apart.

    A network of another depth, such as VGG-19 or one without the last block, loses the points for
    its layers and its parameters, and not for what it does right with them. With as many
    convolutions as the paper has, other blocks are a pooling at the wrong place.
    """
    lengths, count = [], 0
    for node in graph.nodes:
        count += isinstance(node.operation, layers.Conv2D)
        if node.kind in POOLINGS:
            lengths.append(count)
            count = 0
    known = len(lengths) in (4, 5, 6) and all(lengths) and not count
    return tuple(lengths) if known and sum(lengths) != sum(LENGTHS) else LENGTHS


def _expected(shape: tuple, classes: int, width: float) -> list[tuple]:
    """Shapes of the kernels of VGG-16."""
    convolutions = [rounded_width(n, width) for count, n in BLOCKS for _ in range(count)]
    hidden = rounded_width(HIDDEN, width)
    return _chained(shape, convolutions, [hidden, hidden, classes], len(BLOCKS))


def _chained(shape: tuple, convolutions: list, dense: list, poolings: int) -> list[tuple]:
    """Shapes of the kernels of a network with these numbers of filters and of units."""
    pixels = math.prod(side // 2**poolings for side in shape[:2])
    found = [(3, 3, a, b) for a, b in itertools.pairwise([shape[-1], *convolutions])]
    return found + list(itertools.pairwise([pixels * convolutions[-1], *dense]))


def _outputs(graph: Graph) -> tuple[list, list]:
    """How many filters the convolutions have, and how many units the dense layers; some of each."""
    __tracebackhide__ = True
    found = [node.operation for node in graph.nodes if is_kernel(node)]
    convolutions = [o.kernel.shape[-1] for o in found if isinstance(o, layers.Conv2D)]
    dense = [o.kernel.shape[-1] for o in found if not isinstance(o, layers.Conv2D)]
    require(
        bool(convolutions and dense),
        f"the network has {len(convolutions)} convolutions and {len(dense)} dense layers; expected "
        "13 and 3.",
    )
    return convolutions, dense


def _network(vgg16, shape: tuple, classes: int, width: float) -> Graph:
    __tracebackhide__ = True
    _, graph = build_model(vgg16, shape, classes, width)
    found = graph.inputs[0].shape[1:]
    require(
        found == shape,
        f"the model's input has shape {found}; expected {shape}, the argument input_shape.",
    )
    found = graph.outputs[0].shape[1:]
    require(
        len(found) == 1,
        f"the output has shape {found}; expected a vector. Flatten comes before the dense layers.",
    )
    require_own_weights(graph)
    return graph


def _require_classes(graph: Graph, classes: int, width: float = 1.0) -> None:
    """Require an output for each class."""
    __tracebackhide__ = True
    found = graph.outputs[0].shape[1:]
    scaled = width != 1 and found == (rounded_width(classes, width),)
    require(
        found == (classes,),
        f"the output has shape {found}; expected ({classes},). "
        + (
            "Width never scales the classes."
            if scaled
            else "The last layer has a unit for each class."
        ),
    )


def _require_layers(graph: Graph, shape: tuple, classes: int, width: float) -> None:
    """Require thirteen convolutions and three dense layers, and the shapes of their kernels."""
    __tracebackhide__ = True
    filters, units = _outputs(graph)
    convolutions, dense = len(filters), len(units)
    cause = "The blocks have 2, 2, 3, 3 and 3 convolutions."
    third = len(set(filters[4:8])) == 1 and filters[7:8] != filters[8:9]  # has four convolutions
    if (convolutions, dense) == (16, 3) and third:
        cause = "This is VGG-19; in VGG-16 the last three blocks have three convolutions each."
    elif dense != 3:
        cause = "After Flatten come two hidden dense layers and the one to the classes."
    require(
        (convolutions, dense) == (13, 3),
        f"the network has {convolutions} convolutions and {dense} dense layers; expected 13 and "
        f"3. {cause}",
    )
    cause = "Look at its number of filters or units, and at width."
    expected = _expected(shape, classes, width)
    _require_kernels(graph, expected, f"vgg16 with width={width:g}", cause)


@check
def vgg16_layers(vgg16, *, rng) -> None:
    """Thirteen convolutions and three dense layers of the right sizes, at 1/32 of the width."""
    __tracebackhide__ = True
    graph = _network(vgg16, (64, 32, 3), 6, 1 / 32)
    _require_classes(graph, 6, 1 / 32)
    _require_layers(graph, (64, 32, 3), 6, 1 / 32)
    require_trainable(graph, "vgg16")
    require_plain_relus(graph, "vgg16")
    first, _, last_layer = [node for node in graph.nodes if is_kernel(node)][-3:]
    for node in noisy(graph.nodes):
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
    _require_order(_network(vgg16, (64, 64, 3), 64, 1 / 32), rng)


def _require_order(graph: Graph, rng: np.random.Generator) -> None:
    """Compare a network with its steps, whatever its depth is."""
    __tracebackhide__ = True
    lengths = _lengths(graph)
    convolutions, dense = map(len, _outputs(graph))
    require(
        convolutions == sum(lengths) and dense > 0,
        f"the network has {convolutions} convolutions and {dense} dense layers; expected "
        f"{sum(lengths)} and 3.",
    )
    _compare(graph, lengths, rng, "the output of vgg16")


@check
def vgg16_width(vgg16, *, rng) -> None:
    """Width scales the channels and the hidden dense layers, rounded, at least 1; not classes."""
    __tracebackhide__ = True
    shape, classes = (32, 32, 3), 9
    with without_weights():  # what width multiplies; whether it is the paper's is no matter here
        convolutions, dense = _outputs(_network(vgg16, shape, classes, 1.0))
    *scaled, last_units = convolutions + dense
    for width in (0.1, 1e-4):
        graph = _network(vgg16, shape, classes, width)
        found = [*itertools.chain(*_outputs(graph))]
        wanted = [*(rounded_width(number, width) for number in scaled), last_units]
        cut = [*(max(1, int(number * width)) for number in scaled), last_units]
        cause = ""
        if found == cut:
            cause = " Likely: int() cuts off; round() rounds."
        elif found == [*scaled, last_units]:
            cause = " Likely: width is not used."
        require(
            found == wanted,
            f"with width={width:g} the layers have {found} outputs; expected {wanted}. Width "
            f"scales every channel count and both hidden dense layers, never the classes.{cause}",
        )


@check
def vgg16_counts(vgg16, *, rng) -> None:
    """The full-size network has 138,357,544 parameters; no weight is allocated."""
    __tracebackhide__ = True
    with without_weights():
        model, graph = build_model(vgg16)
    found = graph.inputs[0].shape[1:]
    require(
        found == (224, 224, 3),
        f"with its defaults vgg16 takes images of shape {found}; expected (224, 224, 3).",
    )
    _require_classes(graph, 1000)
    found = model.count_params()
    require(
        found == PARAMETERS,
        f"with its defaults vgg16 has {found:,} parameters; expected {PARAMETERS:,}."
        + _COUNTS.get(found, ""),
    )


@check
def vgg16_sizes(vgg16, *, rng) -> None:
    """Other image sizes, channels and classes: the same formula."""
    __tracebackhide__ = True
    shape, classes, width = (70, 45, 1), 11, 1 / 40
    graph = _network(vgg16, shape, classes, width)
    _require_classes(graph, classes, width)
    convolutions, dense = _outputs(graph)
    cause = "Look at what enters this layer."
    expected = _chained(shape, convolutions, dense, len(_lengths(graph)))
    _require_kernels(graph, expected, f"vgg16 for images {shape}", cause)
    _require_order(graph, rng)
