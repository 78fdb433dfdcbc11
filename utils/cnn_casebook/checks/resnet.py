"""Checks of ResNet-50: its stages, volumes, blocks, head, size, and equality with Keras's own.

Blocks are found by where two paths meet, so a learner may write, name and nest them freely. What
each one computes is compared with the steps of `parts.bottleneck`.
"""

from itertools import groupby

import keras
import numpy as np

from cnn_casebook.checks.parts.beginnings import require_beginnings
from cnn_casebook.checks.parts.bottleneck import Bottleneck, read_bottleneck, require_block
from cnn_casebook.checks.parts.head import require_classes, require_head
from cnn_casebook.checks.parts.keras_resnet import keras_resnet50, with_every_stride
from cnn_casebook.checks.parts.keras_words import ADDITION_ERRORS
from cnn_casebook.checks.parts.modes import require_free_norms, require_usual_layers
from cnn_casebook.checks.parts.oddities import oddities
from cnn_casebook.checks.parts.sections import Sections, part, sections
from cnn_casebook.checks.parts.stem import require_stem
from cnn_casebook.checks.parts.verdict import (
    CheckFailed,
    build,
    build_model,
    check,
    equal,
    require,
    require_equal,
)
from cnn_casebook.checks.parts.weights import (
    draw_values,
    kernels,
    randomise,
    require_own_weights,
    transplant,
)
from cnn_casebook.models.graph import Graph, flatten, paths

# He et al. 2015, table 1, 50-layer: filters of a block, how many blocks, stride of the first one.
STAGES = (
    ((64, 64, 256), 3, 1),
    ((128, 128, 512), 4, 2),
    ((256, 256, 1024), 6, 2),
    ((512, 512, 2048), 3, 2),
)
# Weights of all but the dense layer, for three input channels, without convolution biases.
BODY = 23_561_152
BIASES = 26_560
FEATURES = 2048

_MEETING = (
    "an identity block stands where a projection belongs: the main path changes height, width "
    "or channels, and x does not. A stage begins with a projection block."
)
_HINTS = tuple((said, _MEETING) for said in ADDITION_ERRORS)


# Stages


@check
def stage_shape(stage, *, rng) -> None:
    """Height and width divided by the stride once, rounded up; f3 channels."""
    __tracebackhide__ = True
    for shape, filters, blocks, strides in (
        ((12, 10, 6), (3, 4, 8), 3, 2),
        ((7, 9, 6), (4, 3, 9), 2, 1),
        ((11, 8, 5), (3, 4, 8), 1, 3),
    ):
        _, graph = _stage(stage, shape, 3, filters, blocks, strides)
        _require_stage_shape(graph, shape, filters, blocks, strides)


def _stage(stage, shape, kernel_size, filters, blocks, strides) -> tuple[keras.Model, Graph]:
    __tracebackhide__ = True
    return build(stage, shape, kernel_size, filters, blocks, strides, hints=_HINTS)


def _require_stage_shape(graph: Graph, shape, filters, blocks, strides) -> None:
    __tracebackhide__ = True

    def after(divisor):
        return (*(-(-size // divisor) for size in shape[:2]), filters[2])

    expected, found = after(strides), graph.outputs[0].shape[1:]
    cause = oddities(graph) or "All blocks get `filters`, and the first one `strides`."
    if found == after(strides**blocks):
        cause = "The stride is applied in every block; it belongs to the first one alone."
    elif found == after(1):
        cause = "The stride is not passed on to the first block."
    elif found == after(2):
        cause = "The first block has its default stride of 2: pass `strides` on to it."
    elif found == shape:
        cause = "This is the shape of x itself."
    require(
        found == expected,
        f"stage(x, 3, {filters}, blocks={blocks}, strides={strides}) turns {shape} into {found}; "
        f"expected {expected}. {cause}",
    )


@check
def stage_blocks(stage, *, rng) -> None:
    """As many blocks as asked for, each with its own weights: a projection, then identities."""
    __tracebackhide__ = True
    for shape, kernel_size, filters, blocks, strides in (
        ((8, 6, 6), 3, (3, 4, 8), 4, 2),
        ((7, 5, 4), 5, (4, 3, 9), 2, 1),
        ((6, 8, 5), 3, (3, 4, 7), 1, 2),
    ):
        _, graph = _stage(stage, shape, kernel_size, filters, blocks, strides)
        require_beginnings(graph)
        cut = sections(graph)
        _require_block_count(cut, blocks, f"stage with blocks={blocks}")
        require_own_weights(graph)
        for number, block in enumerate(cut.blocks):
            _read(block, number, blocks, kernel_size, filters, projected=number == 0)
    require_usual_layers(graph, "stage")


def _require_block_count(cut: Sections, expected: int, what: str) -> None:
    __tracebackhide__ = True
    found = len(cut.blocks)
    cause = "The projection block is one of the blocks."
    nodes = [node for piece in (cut.stem, *cut.blocks, cut.head) for node in piece.nodes]
    if found < expected and len(kernels(nodes)) >= 3 * expected:
        cause = (
            "There are convolutions enough for all of them; each block adds its input to what its "
            "main path makes."
        )
    elif found < expected:
        cause += " Every block gets what the block before it returned."
    require(
        found == expected,
        f"{what} has {found} additions, one for each block; expected {expected}. {cause}",
    )


def _read(block: Graph, number: int, of: int, kernel_size, filters, projected) -> Bottleneck:
    """Read the weights of one block of several; failures say which block it is."""
    __tracebackhide__ = True
    side = bool(kernels(paths(block).shortcut))
    if side != projected:
        found, wanted = ("a projection", "x itself") if side else ("x itself", "a projection")
        raise CheckFailed(
            f"block {number + 1} of {of} adds {found} on its shortcut; expected {wanted}. "
            "A stage begins with a projection block, and identity blocks follow."
        )
    try:
        channels = block.inputs[0].shape[-1]
        return read_bottleneck(block, channels, kernel_size, filters, projected)
    except CheckFailed as failure:
        raise CheckFailed(f"in block {number + 1} of {of}, {failure}") from None


@check
def stage_formula(stage, *, rng) -> None:
    """With random weights, other kernel sizes and strides: the blocks' formula, one by one."""
    __tracebackhide__ = True
    for shape, kernel_size, filters, blocks, strides in (
        ((9, 12, 5), 5, (3, 4, 7), 3, 2),
        ((6, 5, 4), 3, [5, 3, 6], 2, 1),
    ):
        _, graph = _stage(stage, shape, kernel_size, filters, blocks, strides)
        _require_stage_shape(graph, shape, filters, blocks, strides)
        cut = sections(graph)
        _require_block_count(cut, blocks, f"stage with blocks={blocks}")
        randomise(graph, rng)
        x = draw_values(rng, 3, *shape)
        plan = [(tuple(filters), 1 if number else strides) for number in range(blocks)]
        _require_block_formulas(cut, graph.run(x, watch=cut.cuts), kernel_size, plan)


def _require_block_formulas(cut: Sections, values: list, kernel_size: int, plan: list) -> None:
    """Require that each block computes what its steps do; failures say which block it is.

    Args:
        cut: The blocks.
        values: What entered each of them, and what left the last one.
        kernel_size: Of their middle convolutions.
        plan: Filters and stride of each block. A block of other filters than the one before it has
            a projection, and so has the first.
    """
    __tracebackhide__ = True
    before = None
    for number, (block, (filters, stride)) in enumerate(zip(cut.blocks, plan, strict=True)):
        weights = _read(block, number, len(plan), kernel_size, filters, filters != before)
        entering, leaving = values[number : number + 2]
        try:
            require_block("its output", block, leaving, entering, weights, stride)
        except CheckFailed as failure:
            raise CheckFailed(f"in block {number + 1} of {len(plan)}, {failure}") from None
        before = filters


@check
def stage_matches_keras(stage, *, rng) -> None:
    """Equals stage conv3 of `keras.applications.ResNet50` when both have the same weights."""
    __tracebackhide__ = True
    reference = flatten(keras_resnet50())
    blocks = sections(reference).blocks[3:7]
    source = part(reference, blocks[0].inputs[0], blocks[-1].outputs[0])
    filters, count, strides = STAGES[1]
    _, target = _stage(stage, source.inputs[0].shape[1:], 3, filters, count, strides)
    require_beginnings(target)
    cut = sections(target)
    _require_block_count(cut, count, f"stage with blocks={count}")
    randomise(source, rng)
    transplant(source, target)
    x = np.maximum(rng.normal(0, 1, (2, *source.inputs[0].shape[1:])), 0).astype("float32")
    *values, found = target.run(x, watch=[*cut.cuts, *target.outputs])
    rights = []
    for right in with_every_stride(source, x):
        rights.append(right)
        if equal(found, right):
            return
    plan = [(filters, 1 if number else strides) for number in range(count)]
    _require_block_formulas(cut, values, 3, plan)  # names the block that differs
    what = "the output of stage, given the weights of Keras's,"
    require_equal(what, found, *rights, hint=oddities(target))


# The network


def _resnet(resnet50, *args, **kwargs) -> tuple[keras.Model, Graph]:
    """Build a learner's ResNet-50; refuse the one that comes with Keras."""
    __tracebackhide__ = True
    model, graph = build_model(resnet50, *args, hints=_HINTS, **kwargs)
    ready_made = {node.name for node in flatten(keras_resnet50()).nodes}
    require(
        not ready_made <= {node.name for node in graph.nodes},
        "this is keras.applications.ResNet50. Build the network from your own stages.",
    )
    require(
        len(graph.inputs) == len(graph.outputs) == 1,
        f"the model has {len(graph.inputs)} inputs and {len(graph.outputs)} outputs; expected one "
        "of each.",
    )
    return model, graph


def _require_blocks(cut: Sections) -> None:
    """Require 16 blocks in four stages, each stage led by a projection."""
    __tracebackhide__ = True
    shapes = [block.outputs[0].shape[1:] for block in cut.blocks]
    found = [len(list(group)) for _, group in groupby(shapes)]
    expected = [count for _, count, _ in STAGES]
    require(
        found == expected,
        f"found {len(shapes)} additions, in stages of {_words(found)} blocks; expected 16, in "
        f"stages of {_words(expected)}.",
    )
    projected = [n + 1 for n, b in enumerate(cut.blocks) if kernels(paths(b).shortcut)]
    starts = [1 + sum(expected[:i]) for i in range(4)]
    require(
        projected == starts,
        f"the blocks with a projection on their shortcut are number {_words(projected)}; expected "
        f"{_words(starts)}, the first one of each stage.",
    )


def _words(numbers: list) -> str:
    return ", ".join(map(str, numbers)) or "none"


@check
def resnet50_volumes(resnet50, *, rng) -> None:
    """The volumes on the way down: stem, pool, four stages, one number for each class."""
    __tracebackhide__ = True
    _, graph = _resnet(resnet50)
    require(
        graph.inputs[0].shape[1:] == (64, 64, 3),
        f"resnet50() takes images of shape {graph.inputs[0].shape[1:]}; expected (64, 64, 3).",
    )
    first = kernels(graph.nodes)[:1]
    require(bool(first), "the network has no convolution.")
    require_beginnings(graph, stem=1)
    cut = sections(graph)
    found = first[0].kernel.shape
    require(
        found == (7, 7, 3, 64),
        f"the first layer is a {first[0].text}; expected a 7x7 convolution, 3 to 64 channels.",
    )
    stem = first[0].node.outputs[0].shape[1:]
    cause = "It has a stride of 2, and zeros around the image: 3 on each side, or padding 'same'."
    require(
        stem == (32, 32, 64),
        f"the 7x7 convolution makes {_volume(stem)}; expected 32x32x64. {cause}",
    )
    volumes = [volume for volume, _ in groupby(wire.shape[1:] for wire in cut.cuts)]
    expected = [(16, 16, 64), (16, 16, 256), (8, 8, 512), (4, 4, 1024), (2, 2, 2048)]
    if volumes and volumes[0] == (15, 15, 64):  # no padding before the pool
        expected[:2] = [(15, 15, 64), (15, 15, 256)]
    cause = "Look at the stages' filters and strides, and at their order."
    if not cut.blocks:
        volumes, cause = [], "There are no shortcuts."
    elif volumes[0] == (32, 32, 64):
        cause = (
            "The max pool after the stem's convolution is missing or unused: 3x3 with a stride of "
            "2."
        )
    elif volumes[0] != expected[0]:
        cause = "The first comes from the stem's max pool, 3x3 with a stride of 2."
    elif volumes[:2] == [(16, 16, 64), (8, 8, 256)]:
        cause = "The first stage has stride 1: the max pool before it has halved the image already."
    require(
        volumes == expected,
        f"the volumes are {' -> '.join(map(_volume, volumes)) or 'none'}; expected "
        f"{' -> '.join(map(_volume, expected))}. {cause}",
    )
    require_classes(graph, 6)


def _volume(shape: tuple) -> str:
    return "x".join(map(str, shape))


@check
def resnet50_blocks(resnet50, *, rng) -> None:
    """16 additions; projections in blocks 1, 4, 8 and 14; every block with its own weights."""
    __tracebackhide__ = True
    _, graph = _resnet(resnet50)
    require_beginnings(graph, stem=1)
    cut = sections(graph)
    _require_blocks(cut)
    require_own_weights(graph)
    plan = [(filters, n == 0) for filters, count, _ in STAGES for n in range(count)]
    for number, (block, (filters, projected)) in enumerate(zip(cut.blocks, plan, strict=True)):
        _read(block, number, 16, 3, filters, projected)
    require_usual_layers(graph, "resnet50")


@check
def resnet50_head(resnet50, *, rng) -> None:
    """The head is softmax(mean over height and width . W + b)."""
    __tracebackhide__ = True
    _, graph = _resnet(resnet50, (64, 64, 3), 6)
    head = sections(graph).head
    require_classes(graph, 6)
    require_head(head, rng)


@check
def resnet50_parameters(resnet50, *, rng) -> None:
    """Another depth of colour and number of classes; exactly so many weights, biases or not."""
    __tracebackhide__ = True
    _, graph = _resnet(resnet50, input_shape=(64, 64, 1), classes=9)
    require(
        graph.inputs[0].shape[1:] == (64, 64, 1),
        f"resnet50(input_shape=(64, 64, 1)) takes images of shape {graph.inputs[0].shape[1:]}. "
        "Use the argument.",
    )
    require_classes(graph, 9)
    body = BODY - 2 * 7 * 7 * 64  # two colours less in the first convolution
    dense = FEATURES * 9 + 9
    layers = {node.operation: None for node in graph.nodes if node.has_weights}
    found = sum(layer.count_params() for layer in layers)
    biases = sum(
        layer.filters
        for layer in layers
        if isinstance(layer, keras.layers.Conv2D) and layer.use_bias
    )
    require(
        found - biases == body + dense,
        f"resnet50(input_shape=(64, 64, 1), classes=9) has {found:,} parameters, batch-norm "
        f"statistics included; expected {body + dense + BIASES:,} with convolution biases, or "
        f"{body + dense:,} without.",
    )


@check
def resnet50_matches_keras(resnet50, *, rng) -> None:
    """Equals `keras.applications.ResNet50` when both have the same random weights."""
    __tracebackhide__ = True
    _, graph = _resnet(resnet50)
    cut = sections(graph)
    _require_blocks(cut)
    require_free_norms(graph)
    target = part(graph, graph.inputs[0], cut.cuts[-1])
    source = flatten(keras_resnet50())
    randomise(source, rng)
    transplant(source, target)
    x = rng.uniform(0, 1, (2, 64, 64, 3)).astype("float32")
    values = target.run(x, watch=cut.cuts)
    entry, found = values[0], values[-1]
    require_stem(cut.stem, x, entry)
    blocks = part(source, sections(source).cuts[0], source.outputs[0])
    expected = []
    for right in with_every_stride(blocks, entry):
        expected.append(right)
        if equal(found, right):
            return
    plan = [(f, 1 if n else stride) for f, count, stride in STAGES for n in range(count)]
    _require_block_formulas(cut, values, 3, plan)
    what = "what leaves the last block, given the weights of Keras's ResNet-50,"
    require_equal(what, found, *expected, hint=oddities(graph))
