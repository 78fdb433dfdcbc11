"""Checks of today's LeNet-5: its layers, their order, its output, and other sizes.

The network is compared with its steps, run here on its own weights. Where it differs, the steps
are edited by one mistake after another until they give what the network gives.
"""

from collections.abc import Callable
from functools import partial

import numpy as np
from keras import ops

from cnn_casebook.checks.parts.mistakes import (
    SOFTMAX_OVER_BATCH,
    missing_relus,
    other_nonlinearities,
    softmax_over_batch,
    wrong_end,
)
from cnn_casebook.checks.parts.modes import require_usual_layers
from cnn_casebook.checks.parts.oddities import oddities
from cnn_casebook.checks.parts.sizes import sizes_before
from cnn_casebook.checks.parts.steps import (
    Mistakes,
    Steps,
    changed,
    conv,
    dense,
    last,
    places,
    pool,
    relu,
    require_steps,
    swapped,
    without,
)
from cnn_casebook.checks.parts.verdict import build_model, check, require
from cnn_casebook.checks.parts.weights import (
    Kernel,
    draw_values,
    kernels,
    listed,
    randomise,
    require_own_weights,
)
from cnn_casebook.models.graph import Graph

DEFAULTS = ((32, 32, 1), 10)
UNITS = (6, 16, 120, 84)  # of C1, C3, C5 and F6
NAMES = ("C1", "C3", "C5", "F6", "the output layer")

# Whether the output is a softmax is a check of its own; the order of steps is right with any end.
# A mistake is looked for with the likely ends alone, as each costs as much time as the first.
_LIKELY_ENDS = (ops.softmax, lambda scores: scores, ops.sigmoid)
_RARE_ENDS = (ops.relu, ops.tanh, ops.log_softmax, softmax_over_batch)


def _network(lenet5, arguments: tuple = ()) -> Graph:
    """Build the learner's network; require that its input and output fit the arguments.

    Args:
        lenet5: The learner's function.
        arguments: Input shape and number of classes; none for the defaults.
    """
    __tracebackhide__ = True
    shape, classes = arguments or DEFAULTS
    _, graph = build_model(lenet5, *arguments)
    require(
        len(graph.inputs) == 1 and len(graph.outputs) == 1,
        f"the model has {len(graph.inputs)} inputs and {len(graph.outputs)} outputs; expected one "
        "of each.",
    )
    found = graph.inputs[0].shape[1:]
    require(
        found == shape,
        f"the model's input has shape {found}; expected {shape}, the argument input_shape.",
    )
    found = graph.outputs[0].shape[1:]
    cause = ""
    if len(found) > 1 or found[0] % classes == 0:
        cause = "Flatten comes before the dense layers; the last has a unit for each class."
    elif arguments and found == (10,):
        cause = "The number of classes is an argument."
    require(
        found == (classes,),
        f"for each image the model returns an output of shape {found}; expected ({classes},). "
        + cause,
    )
    require_own_weights(graph)
    return graph


def _subsampled(size: int) -> int:
    """A side of the image after convolution and pooling, twice."""
    return ((size - 4) // 2 - 4) // 2


def _require_layers(graph: Graph, shape: tuple, classes: int) -> None:
    """Require the five layers with weights, and no weights besides."""
    __tracebackhide__ = True
    found = kernels(graph.nodes)
    high, wide = _subsampled(shape[0]), _subsampled(shape[1])
    after_c5 = 120 * (high - 4) * (wide - 4)
    ways = [
        [(high * wide * 16, 120), (120, 84)],
        [(high, wide, 16, 120), (120, 84)],
        [(5, 5, 16, 120), (after_c5, 84)],
    ]
    start, end = [(5, 5, shape[-1], 6), (5, 5, 6, 16)], [(84, classes)]
    expected = [start + way + end for way in ways]
    shapes = [_squeezed(kernel.kernel.shape, place) for place, kernel in enumerate(found)]
    require(
        shapes in expected,
        f"the network has {listed(shapes)}; expected {listed(expected[0])}. "
        + _cause(shapes, sizes_before(graph, found[2].node, every=True) if len(found) > 2 else ""),
    )
    bare = [k.node.name for k in found if not k.node.operation.use_bias]
    require(
        not bare,
        f"no bias in the layer {', '.join(map(repr, bare))}; each layer of LeNet-5 has one.",
    )
    known = {kernel.node for kernel in found}
    others = [node.kind for node in graph.nodes if node.has_weights and node not in known]
    require(
        not others,
        f"besides convolutions and dense layers, these layers have weights: {', '.join(others)}. "
        "Today's LeNet-5 has none of them.",
    )


def _squeezed(shape: tuple, place: int) -> tuple:
    """A 1x1 convolution after the first two layers is a dense layer."""
    return shape[2:] if len(shape) == 4 and shape[:2] == (1, 1) and place > 1 else shape


def _cause(shapes: list[tuple], sizes: str) -> str:
    """What is wrong with layers that are not those of LeNet-5; `sizes` are those up to C5."""
    outs = [s[-1] for s in shapes]
    convolutions = [s for s in shapes[:2] if len(s) == 4]
    if len(shapes) < 5:
        missing = [n for n in UNITS if n not in outs]
        return (
            f"The layer with {missing[0]} outputs is missing or unused."
            if missing
            else "One is missing."
        )
    if len(shapes) > 5:
        return "There is a layer too many."
    if outs[:2] == [16, 6]:
        return "The filter counts of the two convolutions are swapped."
    if outs[:4] != list(UNITS):
        return "Look at the numbers of filters and units: 6, 16, 120, 84."
    if len(convolutions) < 2 or any(s[:2] != (5, 5) for s in convolutions):
        return "Both convolutions have a window of 5x5."
    return (
        "Look at what reaches C5: an unpadded convolution takes 4 from height and width, and a "
        f"pooling halves them, twice. Here: {sizes}."
    )


def _steps(weights: list[Kernel], end: Callable = ops.softmax) -> Steps:
    """What LeNet-5 does with its weights.

    Args:
        weights: The layers with weights, in order; a pooling follows each of the first two.
        end: What follows the last layer.
    """
    names = NAMES
    if len(weights) != len(NAMES):
        names = [f"layer {number}" for number, _ in enumerate(weights, start=1)]
    *named, (end_place, end_weights) = zip(names, weights, strict=True)
    steps = []
    for (place, kernel), subsampling in zip(named[:2], ("S2", "S4"), strict=True):
        steps += [conv(place, kernel, padding="valid"), relu(place)]
        steps.append(pool(subsampling, by=ops.average_pool))
    for place, kernel in named[2:]:
        convolves = kernel.kernel.ndim == 4
        layer = conv(place, kernel, padding="valid") if convolves else dense(place, kernel)
        steps += [layer, relu(place)]
    return [*steps, dense(end_place, end_weights), last(function=end)]


def _mistakes(right: Steps) -> Mistakes:
    """The mistakes in the order of steps that leave the weights' shapes as they are."""
    if right[-1].settings["function"] in _RARE_ENDS:
        return
    poolings = partial(changed, right, "pool")
    yield "the poolings take the maximum; expected the average.", poolings(by=ops.max_pool)
    yield "the first pooling takes the maximum.", poolings("S2", by=ops.max_pool)
    yield "the second pooling takes the maximum.", poolings("S4", by=ops.max_pool)
    yield "the poolings add up their four inputs; expected the average.", poolings(by=_sum_pool)
    yield (
        "ReLU comes after the pooling. Today it stands right after the convolution.",
        swapped(right, "relu", "pool"),
    )
    first, second, *later = places(right, "relu")
    yield "both convolutions lack their ReLU.", without(right, "relu", first, second)
    if later == ["C5", "F6"]:
        yield "the dense layers C5 and F6 lack their ReLU.", without(right, "relu", *later)
    yield from missing_relus(right)
    for name, where in (
        ("both convolutions", (first, second)),
        (first, (first,)),
        (second, (second,)),
    ):
        padded = changed(right, "conv", *where, padding="same")
        yield f'padding="same" in {name}: it should shrink the image, so use "valid".', padded
    for text, other in other_nonlinearities(right, "today's LeNet-5 uses ReLU"):
        yield text, other
        yield f"{text} It also comes after the pooling.", swapped(other, "relu", "pool")
    yield from wrong_end(right)


def _sum_pool(x, size, stride, padding):
    return size**2 * ops.average_pool(x, size, stride, padding)


def _require_order(graph: Graph, rng: np.random.Generator) -> None:
    """Compare a network with its steps under fresh random weights, whatever its end is."""
    __tracebackhide__ = True
    randomise(graph, rng)
    weights = kernels(graph.nodes)
    require(
        len(weights) > 2 and all(k.kernel.ndim == 4 for k in weights[:2]),
        f"the network has {listed([k.kernel.shape for k in weights])}; expected two convolutions "
        "first, and dense layers after them.",
    )
    x = draw_values(rng, 4, *graph.inputs[0].shape[1:])
    require_steps(
        "the output of lenet5 with random weights",
        graph.run(x),
        x,
        *(_steps(weights, end) for end in (*_LIKELY_ENDS, *_RARE_ENDS)),
        mistakes=_mistakes,
        advice="Each 5x5 convolution has no padding, and a 2x2 pooling follows it. Look at "
        "padding, strides and pooling, and at the place of Flatten.",
        hint=oddities(graph, "AveragePooling2D", "AveragePool", norms=False),
    )


@check
def lenet5_layers(lenet5, *, rng) -> None:
    """Five layers with weights, of the right sizes: 61,706 parameters in all."""
    __tracebackhide__ = True
    graph = _network(lenet5)
    _require_layers(graph, *DEFAULTS)
    require_usual_layers(graph, "lenet5")


@check
def lenet5_order(lenet5, *, rng) -> None:
    """With random weights: convolution, ReLU, average pooling, twice; then ReLU after C5 and F6."""
    __tracebackhide__ = True
    _require_order(_network(lenet5), rng)


@check
def lenet5_probabilities(lenet5, *, rng) -> None:
    """The outputs for an image are probabilities: none is negative, and they add up to 1."""
    __tracebackhide__ = True
    graph = _network(lenet5)
    randomise(graph, rng)
    found = graph.run(draw_values(rng, 4, *DEFAULTS[0]))

    def add_up(values, axis=-1):
        return bool(np.all(values >= 0) and np.allclose(values.sum(axis), 1, atol=1e-3))

    if add_up(found):
        return
    cause = "The last layer needs a softmax."
    if add_up(np.exp(found)):
        cause = "These are the logarithms of probabilities: log_softmax instead of softmax."
    elif add_up(found, axis=0):
        cause = f"{SOFTMAX_OVER_BATCH[0].upper()}{SOFTMAX_OVER_BATCH[1:]}"
    elif np.all((found >= 0) & (found <= 1)):
        cause = "Each lies between 0 and 1 on its own, as behind a sigmoid; expected softmax."
    require(
        False,
        "the outputs for an image should be probabilities, none negative and 1 in sum; found a "
        f"sum of {found[0].sum():.3g} and a smallest value of {found[0].min():.3g}. {cause}",
    )


@check
def lenet5_sizes(lenet5, *, rng) -> None:
    """Other image sizes and channels, other numbers of classes: the same steps."""
    __tracebackhide__ = True
    for shape, classes in (((36, 44, 3), 7), ((40, 32, 2), 4)):
        graph = _network(lenet5, (shape, classes))
        _require_layers(graph, shape, classes)
        _require_order(graph, rng)
