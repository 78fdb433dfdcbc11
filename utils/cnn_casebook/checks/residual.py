"""Checks of residual blocks: shapes, the shortcut, the order of steps, both modes of batch norm.

A block is compared with its steps, `relu(main(x) + shortcut(x))`, run here on the block's own
weights. Where it differs, the steps are edited by one mistake after another until one gives what
the block gives: that mistake is named.
"""

import keras
import numpy as np

from cnn_casebook.checks.parts.beginnings import require_beginning
from cnn_casebook.checks.parts.bottleneck import (
    Bottleneck,
    mistakes,
    read_bottleneck,
    require_block,
    shortcut_steps,
    silent_steps,
    steps,
)
from cnn_casebook.checks.parts.keras_resnet import keras_block, keras_case
from cnn_casebook.checks.parts.keras_words import ADDITION_ERRORS
from cnn_casebook.checks.parts.modes import require_free_norms, require_usual_layers
from cnn_casebook.checks.parts.oddities import oddities
from cnn_casebook.checks.parts.steps import changed, computed, require_steps, run
from cnn_casebook.checks.parts.verdict import (
    CheckFailed,
    build,
    check,
    equal,
    require,
    require_equal,
    work_ahead,
)
from cnn_casebook.checks.parts.weights import (
    draw_values,
    kernels,
    listed,
    norms,
    randomise,
    transplant,
)
from cnn_casebook.models.graph import Graph, Node, paths

CHANNELS = 10  # of the tensor that enters a block; unlike every filter count used here
FILTERS = (4, 6, CHANNELS)
SPREAD = np.float32(4)  # of a block's input: values above 6, which a ReLU6 would cut
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

_MEETING = (
    "the main path and the shortcut have different shapes where they meet. In an identity "
    'block the main path keeps height and width (padding="same", stride 1) and ends with as '
    "many channels as x has; in a projection block the 1x1 convolution on the shortcut brings "
    "x to the main path's shape."
)
_HINTS = tuple((said, _MEETING) for said in ADDITION_ERRORS)


def _arguments(kernel_size, filters, strides=None) -> tuple[tuple, dict]:
    """What a block is called with after x; a list of filters is a new one, as it may change it."""
    return (kernel_size, type(filters)(filters)), {} if strides is None else {"strides": strides}


def _built(block, shape, *case) -> tuple[keras.Model, Graph]:
    """Build a block; where its paths do not fit together, find out why with sizes that fit."""
    __tracebackhide__ = True
    args, kwargs = _arguments(*case)
    try:
        return build(block, shape, *args, hints=_HINTS, **kwargs)
    except ValueError as error:
        if any(said in str(error) for said in ADDITION_ERRORS):
            _find_misfit(block, shape[-1], *case)
        raise


def _find_misfit(block, channels: int, kernel_size, filters, strides=None) -> None:
    """Build a block with as many filters everywhere as x has channels, and read its weights.

    A block whose paths do not fit together by their numbers of channels is whole then, and shows
    what it lacks. One that is right then, or fails again, has another fault.
    """
    __tracebackhide__ = True
    args, kwargs = _arguments(kernel_size, (channels,) * 3, strides and 1)
    try:
        _, graph = build(block, (9, 7, channels), *args, **kwargs)
    except Exception:
        return
    try:
        read_bottleneck(graph, channels, kernel_size, (channels,) * 3, strides is not None)
    except CheckFailed as failure:
        raise CheckFailed(
            "the two paths do not fit together where they are added. With as many filters "
            f"everywhere as x has channels they do, and then: {failure}"
        ) from None


def _work_ahead(block, cases: tuple, part: str) -> None:
    """Say which blocks the checks will build, in their order; the last is one of ResNet-50."""
    cases = (*cases, keras_case(part))
    work_ahead(block, ((shape, *_arguments(*case)) for shape, *case in cases))


@check
def identity_block_layers(identity_block, *, rng) -> None:
    """Shape kept; three convolutions (1x1, kxk, 1x1), a batch norm after each; a free shortcut."""
    __tracebackhide__ = True
    _work_ahead(identity_block, IDENTITY, "conv2_block2")
    for shape, kernel_size, filters in IDENTITY[:2]:
        _, graph = _built(identity_block, shape, kernel_size, filters)
        _require_output_shape("identity_block", graph, shape)
        read_bottleneck(graph, shape[-1], kernel_size, filters, projected=False)
    require_usual_layers(graph, "identity_block", norms=False)


def _require_output_shape(name: str, graph: Graph, expected: tuple) -> None:
    __tracebackhide__ = True
    found = graph.outputs[0].shape[1:]
    height, width, channels = expected
    cause = "f3 is the number of channels that the block returns."
    if found[:2] != (height, width):
        cause = "Strides and padding decide height and width."
    if odd := oddities(graph):
        cause = odd
    elif len(found) == 3 and found[2] > channels:
        cause = "The two paths are added; a concatenation would have more channels."
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
    require_beginning(graph)
    last = _last_norm(graph)
    x = draw_values(rng, 3, *SHAPE)
    for beta in (rng.normal(0, 1, CHANNELS).astype("float32"), np.zeros(CHANNELS, "float32")):
        _silence(last, beta)
        constant = "relu(x)" if not np.any(beta) else "relu(x + beta)"
        require_steps(
            f"with gamma = 0 in the last batch norm, the output should be {constant}; what came",
            graph.run(x),
            x,
            silent_steps(beta),
            mistakes=mistakes,
            hint=oddities(graph),
        )


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
    x = SPREAD * draw_values(rng, 3, *shape)
    require_block(f"the output of {block.__name__}", graph, graph.run(x), x, weights, step)
    if step > 1:  # in inference mode a stride on the last 1x1 computes the same
        late = changed(steps(weights, (1, 1, step)), "norm", training=True)
        require(
            not equal(graph.run(x, training=True), run(late, x)),
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
    x = draw_values(rng, 4, *SHAPE)
    other = np.concatenate([x[:1], 3 * draw_values(rng, 3, *SHAPE)])

    def first(images, training):
        return np.asarray(model(images, training=training))[0]

    before = [np.asarray(layer.moving_mean) for layer in layers]
    require_free_norms(graph)
    inferred = first(x, False)
    require(
        equal(inferred, first(other, False)) and equal(inferred, first(x, None)),
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
    for shape, kernel_size, filters, strides in PROJECTION[:4]:
        _, graph = _built(projection_block, shape, kernel_size, filters, strides)
        height, width = (-(-size // strides) for size in shape[:2])
        _require_output_shape(
            f"projection_block with strides={strides}", graph, (height, width, filters[2])
        )
        read_bottleneck(graph, shape[-1], kernel_size, filters, projected=True)
    require_usual_layers(graph, "projection_block", norms=False)


@check
def projection_block_shortcut(projection_block, *, rng) -> None:
    """With the main path switched off, the block is `relu(BN(x[::s, ::s] . W_s))`."""
    __tracebackhide__ = True
    for shape, kernel_size, filters, strides in PROJECTION[:2]:
        _, graph = _built(projection_block, shape, kernel_size, filters, strides)
        require_beginning(graph)
        randomise(graph, rng)
        side = kernels(paths(graph).shortcut)
        require(
            len(side) == 1 and side[0].kernel.shape == (1, 1, shape[-1], FILTERS[2]),
            "the shortcut has "
            + listed([s.kernel.shape for s in side])
            + f"; expected {listed([(1, 1, shape[-1], FILTERS[2])])}.",
        )
        x = draw_values(rng, 3, *shape)
        side_norms = norms(paths(graph).shortcut)
        require(
            len(side_norms) == 1,
            f"the shortcut has {len(side_norms)} batch norms; expected one, after its convolution.",
        )
        weights = Bottleneck([], [], side, side_norms)
        projected = run(shortcut_steps(weights, strides), x)
        beta = rng.normal(0, 1, FILTERS[2]).astype("float32")
        _silence(_last_norm(graph), beta)
        require_steps(
            "with gamma = 0 in the main path's last batch norm, the output",
            graph.run(x),
            projected,
            silent_steps(beta),
            mistakes=mistakes,
            hint=oddities(graph),
        )


@check
def projection_block_formula(projection_block, *, rng) -> None:
    """With random weights, strides 1, 2, 3 and odd sizes, the block follows the formula."""
    __tracebackhide__ = True
    for shape, kernel_size, filters, strides in (PROJECTION[0], *PROJECTION[3:5]):
        _require_formula(projection_block, shape, kernel_size, filters, rng=rng, strides=strides)


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
    x = draw_values(rng, 2, *shape)
    weights = read_bottleneck(target, shape[-1], kernel_size, filters, projected=bool(strides))
    require_equal(
        f"the output of {block.__name__}, given the weights of {part} in Keras's ResNet-50,",
        target.run(x),
        source.run(x),
        mistakes=((text, computed(edit, x)) for text, edit in mistakes(steps(weights))),
        hint=oddities(target),
    )
