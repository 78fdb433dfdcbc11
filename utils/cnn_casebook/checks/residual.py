"""Checks of residual blocks: shapes, the shortcut, the order of steps, both modes of batch norm.

A block is compared with the formula `relu(main(x) + shortcut(x))`, computed here from the block's
own weights. Where it differs, the formula is changed by one mistake after another until one gives
what the block gives: that mistake is named.
"""

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import keras
import numpy as np
from keras import ops
from keras.src.applications.resnet import residual_block_v1  # Keras has no public name for it

from cnn_casebook.checks.parts.verdict import (
    build,
    check,
    equal,
    require,
    require_equal,
    work_ahead,
)
from cnn_casebook.checks.parts.weights import (
    Kernel,
    Norm,
    kernels,
    norms,
    randomise,
    require_own_weights,
    transplant,
)
from cnn_casebook.models.graph import Graph, Node, flatten, paths

CHANNELS = 10  # of the tensor that enters a block; unlike every filter count used here
FILTERS = (4, 6, CHANNELS)
OTHER_NONLINEARITIES = ("tanh", "sigmoid", "elu", "leaky_relu", "gelu", "silu")
SHAPE = (9, 7, CHANNELS)  # odd, and height unlike width

# What the checks build: shape of the input, kernel size, filters and, in a projection, stride.
IDENTITY = (
    (SHAPE, 3, FILTERS),
    ((6, 11, 5), 5, (7, 3, 5)),
    ((5, 3, 12), 1, [4, 4, 12]),
)
PROJECTION = (
    ((9, 7, 5), 3, FILTERS, 2),
    ((8, 10, 5), 3, FILTERS, 1),
    ((10, 7, 5), 3, FILTERS, 3),
    ((6, 8, 4), 5, (3, 5, 7), 1),
    ((10, 13, 6), 3, (5, 4, 8), 3),
    (SHAPE, 3, FILTERS, 2),
)

_HINTS = (
    (
        "shape",
        "the main path and the shortcut have different shapes where they meet. In an identity "
        'block the main path keeps height and width (padding="same", stride 1) and ends with as '
        "many channels as x has; in a projection block the 1x1 convolution on the shortcut brings "
        "x to the main path's shape.",
    ),
)


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
    found = paths(graph)
    main = kernels(found.main)
    f1, f2, f3 = filters
    expected = [(1, 1, channels, f1), (kernel_size, kernel_size, f1, f2), (1, 1, f2, f3)]
    _require_kernels("main path", [k.kernel.shape for k in main], expected)
    _require_norms("main path", found.main, filters)
    require(
        not kernels(found.after) and not norms(found.after),
        "there is a convolution or a batch norm after the addition; there only ReLU follows. Each "
        "batch norm comes right after its convolution, before the addition.",
    )
    side = kernels(found.shortcut)
    side_shape = [(1, 1, channels, f3)] if projected else []
    _require_kernels("shortcut", [k.kernel.shape for k in side], side_shape)
    _require_norms("shortcut", found.shortcut, filters[2:] if projected else ())
    return Bottleneck(main, norms(found.main), side, norms(found.shortcut))


def _require_kernels(where: str, found: list[tuple], expected: list[tuple]) -> None:
    __tracebackhide__ = True
    if found == expected:
        return
    cause = ""
    if where == "shortcut" and not expected:
        cause = "In an identity block x itself is added, with no weights on its way."
    elif where == "shortcut" and not found:
        cause = "x is added without a projection, or not at all; the main path's shape differs."
    elif len(found) != len(expected):
        cause = "A bottleneck has three convolutions: 1x1, kxk, 1x1."
    elif [shape[:2] for shape in found] != [shape[:2] for shape in expected]:
        cause = "Look at the kernel sizes: the kxk window belongs to the middle convolution alone."
    else:
        cause = "Look at the filter counts and at which tensor enters each convolution."
    require(False, f"the {where} has {_listed(found)}; expected {_listed(expected)}. {cause}")


def _listed(shapes: list[tuple]) -> str:
    if not shapes:
        return "no convolution"
    return " -> ".join(
        f"{s[0]}x{s[1]} from {s[2]} to {s[3]} channels" if len(s) == 4 else f"dense {s}"
        for s in shapes
    )


def _require_norms(where: str, nodes: list[Node], sizes: tuple) -> None:
    __tracebackhide__ = True
    found = norms(nodes)
    require(
        len(found) == len(sizes),
        f"the {where} has {len(found)} batch norms; expected {len(sizes)}"
        + (", one after each convolution." if sizes else "."),
    )
    require(
        [len(norm.gamma) for norm in found] == list(sizes),
        f"the batch norms on the {where} have {[len(norm.gamma) for norm in found]} channels; "
        f"expected {list(sizes)}: one right after each convolution.",
    )


def formula(
    x: np.ndarray,
    block: Bottleneck,
    strides: tuple = (1, 1, 1),
    pad: int | None = None,
    training: bool = False,
    relu: Callable = ops.relu,
    relus: tuple = (True, True, False),
    relu_first: bool = False,
    merge: Callable = lambda main, side: main + side,
    side: Callable = lambda x: x,
    side_norm: bool = True,
    final: bool = True,
) -> np.ndarray:
    """What a bottleneck block computes: `relu(main(x) + shortcut(x))`, from its weights.

    The keywords after `training` change the formula into what a mistake would compute.

    Args:
        x: Images, float32 (batch, height, width, channels).
        block: The block's weights.
        strides: Stride of each of the three convolutions; the shortcut has their product.
        pad: Pixels of zeros on each side of the middle convolution's input; None for "same".
        training: Batch norm uses the batch's statistics instead of the moving ones.
        relu: The nonlinearity.
        relus: Where on the main path it stands.
        relu_first: It stands before the batch norm instead of after it.
        merge: How the two paths meet.
        side: What happens to the shortcut before it meets the main path.
        side_norm: Whether the projection has its batch norm.
        final: Whether the nonlinearity follows the merge.
    """

    def normed(y, norm):
        return _normed(y, norm, training)

    y = x
    for i, (conv, norm) in enumerate(zip(block.convolutions, block.norms, strict=True)):
        padding = "same"
        if i == 1 and pad is not None:
            y, padding = ops.pad(y, [(0, 0), (pad, pad), (pad, pad), (0, 0)]), "valid"
        y = ops.conv(y, conv.kernel, strides[i], padding) + conv.bias
        if relus[i] and relu_first:
            y = normed(relu(y), norm)
        else:
            y = normed(y, norm)
            y = relu(y) if relus[i] else y
    s = x
    if block.projection:
        (conv,) = block.projection
        s = ops.conv(s, conv.kernel, int(np.prod(strides)), "valid") + conv.bias
        s = normed(s, block.projection_norms[0]) if side_norm else s
    out = merge(y, side(s))
    return ops.convert_to_numpy(relu(out) if final else out)


def _normed(y, norm: Norm, training: bool):
    mean, variance = ops.moments(y, axes=(0, 1, 2)) if training else (norm.mean, norm.variance)
    return (y - mean) / ops.sqrt(variance + norm.epsilon) * norm.gamma + norm.beta


def mistakes(right: Callable[..., np.ndarray]) -> Iterator[tuple[str, Callable]]:
    """The mistakes that a block can make in its order of steps, and what each would compute."""

    def mistake(text: str, **changed):
        return text, functools.partial(right, **changed)

    yield mistake(
        "the output equals the main path alone: the shortcut is not added.",
        merge=lambda main, side: main,
    )
    yield mistake(
        "ReLU is applied on the main path before the addition, so the block can only add to x. "
        "Add first, then ReLU.",
        relus=(True, True, True),
    )
    yield mistake(
        "the addition comes after the last ReLU: the output is relu(main path) + shortcut. Add "
        "first, then ReLU.",
        relus=(True, True, True),
        final=False,
    )
    yield mistake("there is no ReLU after the addition.", final=False)
    yield mistake(
        "the ReLU after the first batch norm is missing (or its result is never used).",
        relus=(False, True, False),
    )
    yield mistake(
        "the ReLU after the second batch norm is missing (or its result is never used).",
        relus=(True, False, False),
    )
    yield mistake("both ReLUs on the main path are missing.", relus=(False, False, False))
    yield mistake(
        "ReLU stands before batch norm; the order is convolution, batch norm, ReLU.",
        relu_first=True,
    )
    yield mistake("the shortcut is added twice.", merge=lambda main, side: main + 2 * side)
    yield mistake(
        "the shortcut passes through a ReLU before the addition; it should stay as it is.",
        side=ops.relu,
    )
    yield mistake("the shortcut has no batch norm after its convolution.", side_norm=False)
    for word, merge in (
        ("subtracted", lambda main, side: main - side),
        ("multiplied", lambda main, side: main * side),
        ("averaged with the main path", lambda main, side: (main + side) / 2),
        ("compared by maximum", lambda main, side: ops.maximum(main, side)),
    ):
        yield mistake(f"the shortcut is {word}; expected an addition.", merge=merge)
    for name in OTHER_NONLINEARITIES:
        yield mistake(f"the nonlinearity is {name}; this block uses ReLU.", relu=getattr(ops, name))


def _images(rng: np.random.Generator, shape: tuple, batch: int = 3) -> np.ndarray:
    return rng.normal(0.2, 1.0, (batch, *shape)).astype("float32")


def _arguments(kernel_size, filters, strides=None) -> tuple[tuple, dict]:
    """What a block is called with after x; a list of filters is a new one, as it may change it."""
    return (kernel_size, type(filters)(filters)), {} if strides is None else {"strides": strides}


def _built(block, shape, *case) -> tuple[keras.Model, Graph]:
    __tracebackhide__ = True
    args, kwargs = _arguments(*case)
    return build(block, shape, *args, hints=_HINTS, **kwargs)


def _work_ahead(block, cases: tuple, part: str) -> None:
    """Say which blocks the checks will build, in their order; the last is one of ResNet-50."""
    cases = (*cases, keras_case(part))
    work_ahead(block, ((shape, *_arguments(*case)) for shape, *case in cases))


@check
def identity_block_layers(identity_block, *, rng) -> None:
    """Shape kept; three convolutions (1x1, kxk, 1x1), a batch norm after each; a free shortcut."""
    __tracebackhide__ = True
    _work_ahead(identity_block, IDENTITY, "conv2_block2")
    _, graph = _built(identity_block, *IDENTITY[0])
    _require_output_shape("identity_block", graph, SHAPE)
    read_bottleneck(graph, CHANNELS, 3, FILTERS, projected=False)


def _require_output_shape(name: str, graph: Graph, expected: tuple) -> None:
    __tracebackhide__ = True
    found = graph.outputs[0].shape[1:]
    height, width, channels = expected
    cause = "Look at strides and padding." if found[:2] != (height, width) else "Look at f3."
    if len(found) == 3 and found[2] > channels:
        cause = "Do the two paths meet in a concatenation? They should be added."
    require(
        found == expected,
        f"{name} turns {graph.inputs[0].shape[1:]} into {found}; expected {expected}. {cause}",
    )


@check
def identity_block_shortcut(identity_block, *, rng) -> None:
    """With the main path switched off, the block is `relu(x + beta)`, or `relu(x)`."""
    __tracebackhide__ = True
    _, graph = _built(identity_block, *IDENTITY[0])
    _require_output_shape("identity_block", graph, SHAPE)
    randomise(graph, rng)
    last = _last_norm(graph)
    x = _images(rng, SHAPE)
    for beta in (rng.normal(0, 1, CHANNELS).astype("float32"), np.zeros(CHANNELS, "float32")):
        _silence(last, beta)
        constant = "relu(x)" if not np.any(beta) else "relu(x + beta)"
        require_equal(
            f"with gamma = 0 in the last batch norm, the output should be {constant}; what came",
            graph.run(x),
            np.maximum(x + beta, 0),
            mistakes=_shortcut_mistakes(x, beta),
        )


def _shortcut_mistakes(s: np.ndarray, beta: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    """With the main path reduced to beta: what each mistake makes of the shortcut s."""

    def relu(y):
        return np.maximum(y, 0)

    yield (
        "the output equals the main path alone: the shortcut is not added.",
        relu(beta) + 0 * s,
    )
    yield (
        "the output equals the main path alone, and no ReLU follows: the shortcut is not added.",
        beta + 0 * s,
    )
    yield "there is no ReLU after the addition.", s + beta
    yield "the shortcut is added twice.", relu(2 * s + beta)
    yield (
        "ReLU is applied on the main path before the addition. Add first, then ReLU.",
        relu(s + relu(beta)),
    )
    yield (
        "the addition comes after the last ReLU: the output is relu(main path) + shortcut. Add "
        "first, then ReLU.",
        s + relu(beta),
    )
    yield "the shortcut is subtracted; expected an addition.", relu(beta - s)
    yield "the shortcut is multiplied; expected an addition.", relu(beta * s)
    yield (
        "the shortcut is averaged with the main path; expected an addition.",
        relu((beta + s) / 2),
    )
    yield (
        "the shortcut is compared by maximum; expected an addition.",
        relu(np.maximum(beta + 0 * s, s)),
    )
    yield (
        "the shortcut passes through a ReLU before the addition; it should stay as it is.",
        relu(relu(s) + beta),
    )
    for name in OTHER_NONLINEARITIES:
        other = ops.convert_to_numpy(getattr(ops, name)(s + beta))
        yield f"the nonlinearity is {name}; this block uses ReLU.", other


def _last_norm(graph: Graph) -> Node:
    """The batch norm that ends the main path."""
    __tracebackhide__ = True
    main = paths(graph).main
    found = norms(main)
    require(
        bool(found), "there is no batch norm on the main path; expected one after each convolution."
    )
    last = found[-1].node
    later = main[main.index(last) + 1 :]
    require(
        not kernels(later),
        "the main path ends with a convolution that no batch norm follows; expected one after "
        "each convolution.",
    )
    require(
        last.operation.scale and last.operation.center,
        "the last batch norm has scale or center switched off; expected both.",
    )
    return last


def _silence(norm: Node, beta: np.ndarray) -> None:
    norm.operation.gamma.assign(np.zeros_like(beta))
    norm.operation.beta.assign(beta)


@check
def identity_block_order(identity_block, *, rng) -> None:
    """With random weights, the block is `relu(main(x) + x)`, step by step."""
    __tracebackhide__ = True
    _require_formula(identity_block, *IDENTITY[0], rng=rng)


@check
def identity_block_sizes(identity_block, *, rng) -> None:
    """Other kernel sizes, image sizes and filter counts give the same formula."""
    __tracebackhide__ = True
    for shape, kernel_size, filters in IDENTITY[1:]:
        _require_formula(identity_block, shape, kernel_size, filters, rng=rng)


def _require_formula(block, shape, kernel_size, filters, *, rng, strides=None) -> None:
    """Build a block with random weights and compare it with the formula."""
    __tracebackhide__ = True
    _, graph = _built(block, shape, kernel_size, filters, strides)
    step = strides or 1
    height, width = (-(-size // step) for size in shape[:2])
    _require_output_shape(block.__name__, graph, (height, width, filters[2]))
    randomise(graph, rng)
    projected = strides is not None
    weights = read_bottleneck(graph, shape[-1], kernel_size, tuple(filters), projected)
    x = _images(rng, shape)
    places = [{"strides": (step, 1, 1)}]
    if step > 1:  # on the first 1x1 (He et al. 2015), or on the kxk, padded either way
        places += [{"strides": (1, step, 1)}, {"strides": (1, step, 1), "pad": kernel_size // 2}]
    rights = [functools.partial(formula, x, weights, **place) for place in places]
    require_equal(
        f"the output of {block.__name__}",
        graph.run(x),
        *rights,
        mistakes=(pair for right in rights for pair in mistakes(right)),
    )
    if step > 1:  # in inference mode a stride on the last 1x1 computes the same
        late = formula(x, weights, strides=(1, 1, step), training=True)
        require(
            not equal(graph.run(x, training=True), late),
            "the stride sits on the last 1x1 convolution, so that the kxk convolution works on "
            "pixels which are then thrown away. Put it on the first or on the kxk convolution.",
        )


@check
def batch_statistics(block, strides: int | None = None, *, rng) -> None:
    """Batch norm uses the batch's statistics in training mode, the moving ones in inference."""
    __tracebackhide__ = True
    name = block.__name__
    model, graph = _built(block, SHAPE, 3, FILTERS, strides)
    randomise(graph, rng)
    layers = [norm.node.operation for norm in norms(graph.nodes)]
    require(bool(layers), f"{name} has no batch norm; expected one after each convolution.")
    x = _images(rng, SHAPE, batch=4)
    other = np.concatenate([x[:1], 3 * _images(rng, SHAPE, batch=3)])

    def first(images, training):
        return np.asarray(model(images, training=training))[0]

    before = [np.asarray(layer.moving_mean) for layer in layers]
    require(
        equal(first(x, False), first(other, False)),
        "in inference mode the result for an image depends on the other images of its batch: a "
        "batch norm is forced into training mode.",
    )
    require(
        all(np.array_equal(b, a.moving_mean) for b, a in zip(before, layers, strict=True)),
        "in inference mode the moving statistics of a batch norm change: it is forced into "
        "training mode.",
    )
    require(
        not equal(first(x, True), first(other, True)),
        "in training mode the result for an image does not depend on its batch: the batch norms "
        "are forced into inference mode.",
    )
    frozen = [
        layer.name
        for b, layer in zip(before, layers, strict=True)
        if np.array_equal(b, layer.moving_mean)
    ]
    require(
        not frozen,
        f"training does not update the moving statistics of {', '.join(frozen)}: forced into "
        "inference mode, or frozen by trainable=False.",
    )


@check
def projection_block_shape(projection_block, *, rng) -> None:
    """Height and width divided by the stride, rounded up; f3 channels; a 1x1 on the shortcut."""
    __tracebackhide__ = True
    _work_ahead(projection_block, PROJECTION, "conv2_block1")
    for shape, kernel_size, filters, strides in PROJECTION[:3]:
        _, graph = _built(projection_block, shape, kernel_size, filters, strides)
        height, width = (-(-size // strides) for size in shape[:2])
        _require_output_shape(
            f"projection_block with strides={strides}", graph, (height, width, filters[2])
        )
        read_bottleneck(graph, shape[-1], kernel_size, filters, projected=True)


@check
def projection_block_shortcut(projection_block, *, rng) -> None:
    """With the main path switched off, the block is `relu(BN(x[::s, ::s] . W_s))`."""
    __tracebackhide__ = True
    for shape, kernel_size, filters, strides in PROJECTION[:2]:
        _, graph = _built(projection_block, shape, kernel_size, filters, strides)
        randomise(graph, rng)
        side = kernels(paths(graph).shortcut)
        require(
            len(side) == 1 and side[0].kernel.shape == (1, 1, shape[-1], FILTERS[2]),
            "the shortcut has "
            + _listed([s.kernel.shape for s in side])
            + f"; expected {_listed([(1, 1, shape[-1], FILTERS[2])])}.",
        )
        x = _images(rng, shape)
        kept = x[:, ::strides, ::strides]
        plain = kept @ side[0].kernel[0, 0] + side[0].bias
        side_norms = norms(paths(graph).shortcut)
        require(
            len(side_norms) == 1,
            f"the shortcut has {len(side_norms)} batch norms; expected one, after its convolution.",
        )
        projected = np.asarray(_normed(plain, side_norms[0], training=False))
        beta = rng.normal(0, 1, FILTERS[2]).astype("float32")
        _silence(_last_norm(graph), beta)
        require_equal(
            "with gamma = 0 in the main path's last batch norm, the output",
            graph.run(x),
            np.maximum(projected + beta, 0),
            mistakes=_shortcut_mistakes(projected, beta),
        )


@check
def projection_block_formula(projection_block, *, rng) -> None:
    """With random weights, strides 1, 2, 3 and odd sizes, the block follows the formula."""
    __tracebackhide__ = True
    for shape, kernel_size, filters, strides in (PROJECTION[0], *PROJECTION[3:5]):
        _require_formula(projection_block, shape, kernel_size, filters, rng=rng, strides=strides)


@functools.cache
def keras_resnet50() -> keras.Model:
    """Keras's own ResNet-50 without its head, with random weights."""
    return keras.applications.ResNet50(weights=None, include_top=False, input_shape=(32, 32, 3))


@functools.cache
def keras_block(part: str) -> Graph:
    """A block of stage conv2 of Keras's own ResNet-50, for 8x8 tensors, made without the rest.

    Args:
        part: "conv2_block1", the projection block, or "conv2_block2", an identity block.
    """
    shape, _, filters, *strides = keras_case(part)
    x = keras.Input(shape)
    block = residual_block_v1(x, filters[0], conv_shortcut=bool(strides), name=part)
    return flatten(keras.Model(x, block))


def keras_case(part: str) -> tuple:
    """Input shape, kernel size, filters and, in the projection block, stride of `keras_block`."""
    filters = (64, 64, 256)
    return ((8, 8, 64), 3, filters, 1) if part == "conv2_block1" else ((8, 8, 256), 3, filters)


@check
def matches_keras(block, part: str, *, rng) -> None:
    """Equals a block of `keras.applications.ResNet50` when both have the same random weights.

    Args:
        block: `identity_block` or `projection_block` of the learner.
        part: Name of the block, as for `keras_block`.
        rng: Random numbers.
    """
    __tracebackhide__ = True
    source = keras_block(part)
    randomise(source, rng)
    shape, kernel_size, filters, *strides = keras_case(part)
    _, target = _built(block, shape, kernel_size, filters, *strides)
    transplant(source, target)
    x = _images(rng, shape, batch=2)
    weights = read_bottleneck(target, shape[-1], kernel_size, filters, projected=bool(strides))
    require_equal(
        f"the output of {block.__name__}, given the weights of {part} in Keras's ResNet-50,",
        target.run(x),
        source.run(x),
        mistakes=mistakes(functools.partial(formula, x, weights)),
    )


def warm_up() -> None:
    """Run some checks on the course's own blocks: what runs first in a process runs slowly.

    A grader calls it in a new process while it still waits for a submission. The other checks
    gain nothing by it: what they would run first has run by then.
    """
    from cnn_casebook.models import blocks

    identity_block_order(blocks.identity_block)
    matches_keras(blocks.identity_block, "conv2_block2")
    matches_keras(blocks.projection_block, "conv2_block1")
