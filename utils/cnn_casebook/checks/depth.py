"""Checks of plain and residual networks of any depth, with both kinds of shortcut.

Networks are read from what they compute: convolutions in the order in which they run, blocks
where two paths meet. Values are compared with formulas computed here from the networks' weights.
"""

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import keras
import numpy as np
from keras import ops

from cnn_casebook.checks.head import require_classes, require_head
from cnn_casebook.checks.sections import Sections, additions, part, sections
from cnn_casebook.checks.verdict import (
    build_model,
    check,
    require,
    require_equal,
)
from cnn_casebook.checks.weights import (
    Kernel,
    Norm,
    is_norm,
    kernels,
    norms,
    randomise,
    require_own_weights,
)
from cnn_casebook.depth_study import last_volume, main_convolutions
from cnn_casebook.graph import Graph, paths

# He et al. 2015, section 4.2: CIFAR images, 16, 32 and 64 filters. Trainable parameters.
CIFAR = {"input_shape": (32, 32, 3), "classes": 10, "widths": (16, 32, 64)}
PARAMETERS = {20: 269_722, 32: 464_154}  # plain, or residual with option A
OPTION_B_MORE = 2_752  # two projections, 16 to 32 and 32 to 64 channels, each with a batch norm

_HINTS = (
    (
        "Inputs have incompatible shapes",
        "the shortcut is added where the shapes differ. At the first block of the second and third "
        "stage it needs every second pixel and more channels.",
    ),
    (
        "shape",
        "do the two tensors that you add have the same shape? At the first block of the second and "
        "third stage the shortcut needs every second pixel and more channels.",
    ),
)


@dataclass(frozen=True)
class Plan:
    """What a network of one depth consists of."""

    depth: int
    input_shape: tuple
    classes: int
    widths: tuple
    strides: int = 1

    @property
    def pairs(self) -> int:
        """Pairs of convolutions in each of the three stages."""
        return (self.depth - 2) // 6

    @property
    def kernel_shapes(self) -> list[tuple]:
        """Shape of each 3x3 convolution's kernel, first to last."""
        filters = [self.widths[0]] + [f for f in self.widths for _ in range(2 * self.pairs)]
        fan_in = [self.input_shape[-1], *filters]
        return [(3, 3, a, b) for a, b in zip(fan_in, filters, strict=False)]

    @property
    def steps(self) -> list[int]:
        """Stride of each 3x3 convolution."""
        stage = [1] * (2 * self.pairs)
        return [self.strides, *stage, 2, *stage[1:], 2, *stage[1:]]

    @property
    def volumes(self) -> list[tuple]:
        """Height, width and channels after each 3x3 convolution."""
        side, found = self.input_shape[:2], []
        for step, shape in zip(self.steps, self.kernel_shapes, strict=True):
            side = tuple(-(-n // step) for n in side)
            found.append((*side, shape[-1]))
        return found

    def arguments(self) -> dict:
        """Keyword arguments of the learner's function."""
        return {
            "depth": self.depth,
            "input_shape": self.input_shape,
            "classes": self.classes,
            "widths": self.widths,
            "strides": self.strides,
        }


PLANS = (
    Plan(8, (12, 10, 2), 5, (3, 4, 6)),
    Plan(14, (13, 16, 1), 4, (2, 5, 7), strides=2),
)


# Plain networks


@check
def plain_network_layers(plain_network, *, rng) -> None:
    """6n + 1 convolutions with a batch norm each, three stages, no addition; the head."""
    __tracebackhide__ = True
    for plan in PLANS:
        _, graph = build_model(plain_network, **plan.arguments(), hints=_HINTS)
        require(
            not additions(graph),
            f"found {len(additions(graph))} additions; a plain network has no shortcuts.",
        )
        _require_layers(graph, plan)
        body = part(graph, graph.inputs[0], last_volume(graph))
        found, expected = len(kernels(body.nodes)), 6 * plan.pairs + 1
        require(
            found == len(norms(body.nodes)) == expected,
            f"before the pooling there are {found} convolutions and {len(norms(body.nodes))} batch "
            f"norms; expected {expected} of each.",
        )
    require_head(part(graph, last_volume(graph), graph.outputs[0]), rng)


def _require_layers(graph: Graph, plan: Plan) -> None:
    """Require the input, the convolutions with their volumes and batch norms, and the classes."""
    __tracebackhide__ = True
    require(
        graph.inputs[0].shape[1:] == plan.input_shape,
        f"the network takes images of shape {graph.inputs[0].shape[1:]}; expected "
        f"{plan.input_shape}. Use the argument input_shape.",
    )
    convolutions = main_convolutions(graph)
    n, count = plan.pairs, 6 * plan.pairs + 1
    found = [tuple(node.operation.kernel.shape) for node in convolutions]
    require(
        len(found) == count,
        f"with depth={plan.depth} the network has {len(found)} convolutions of more than one "
        f"pixel; expected {count}: one, and then 2n = {2 * n} in each of three stages. (Depth "
        f"6n + 2 counts them and the dense layer: n = {n}.)",
    )
    for number, (shape, expected) in enumerate(zip(found, plan.kernel_shapes, strict=True)):
        require(
            shape == expected,
            f"convolution {number + 1} of {count} has a kernel of shape {shape}; expected "
            f"{expected}. The widths are {plan.widths}, one for each stage.",
        )
    volumes = [node.outputs[0].shape[1:] for node in convolutions]
    for number, (shape, expected) in enumerate(zip(volumes, plan.volumes, strict=True)):
        cause = 'Use padding="same".'
        if shape[0] > expected[0]:
            cause = "The first convolution of the second and third stage has stride 2."
            cause = "The first convolution has the stride `strides`." if number == 0 else cause
        elif shape[0] in (-(-expected[0] // 2), expected[0] // 2):
            cause = "There is a stride too many: only the first convolution of a stage has one."
        require(
            shape == expected,
            f"convolution {number + 1} of {count} makes {shape}; expected {expected}. {cause}",
        )
    require_own_weights(graph)
    followed = [_norm_after(graph, node) for node in convolutions]
    require(
        all(followed),
        f"{followed.count(False)} of {count} convolutions are not followed by a batch norm.",
    )
    require_classes(graph, plan.classes)
    end = last_volume(graph).shape[1:]
    require(
        end == plan.volumes[-1],
        f"what is pooled has the shape {end}; expected {plan.volumes[-1]}, what the last "
        "convolution makes.",
    )


def _norm_after(graph: Graph, node) -> bool:
    return any(is_norm(reader) for reader in graph.readers(node.outputs[0]))


@check
def plain_network_formula(plain_network, *, rng) -> None:
    """With random weights: convolution, batch norm, ReLU, over and over."""
    __tracebackhide__ = True
    for plan in PLANS:
        _, graph = build_model(plain_network, **plan.arguments(), hints=_HINTS)
        require(not additions(graph), "a plain network has no shortcuts; found an addition.")
        _require_layers(graph, plan)
        randomise(graph, rng)
        x = _images(rng, plan.input_shape)
        body = part(graph, graph.inputs[0], last_volume(graph))
        weights = kernels(body.nodes), norms(body.nodes)
        rights = [functools.partial(plain, x, *weights, plan.steps, padded) for padded in (0, 1)]

        def mistakes(rights=rights):
            for right in rights:
                yield from _plain_mistakes(right)

        require_equal(
            "what leaves the last convolution, batch norm and ReLU",
            body.run(x),
            *(right() for right in rights),
            mistakes=mistakes(),
        )


def plain(
    x: np.ndarray,
    convolutions: list[Kernel],
    batch_norms: list[Norm],
    steps: list[int],
    padded: int = 0,
    relus: Callable[[int], bool] = lambda number: True,
    relu_first: bool = False,
    normed: bool = True,
) -> np.ndarray:
    """What a plain network computes up to its last volume.

    Args:
        x: Images, float32 (batch, height, width, channels).
        convolutions: Weights of the convolutions.
        batch_norms: Weights of their batch norms.
        steps: Their strides.
        padded: Zeros on each side before a convolution with a stride; 0 for "same".
        relus: Whether a ReLU follows convolution i; with the next two, what mistakes compute.
        relu_first: It stands before the batch norm.
        normed: Whether there are batch norms.
    """
    y = x
    for i, (convolution, norm, step) in enumerate(
        zip(convolutions, batch_norms, steps, strict=True)
    ):
        y = _convolved(y, convolution, step, padded)
        y = ops.relu(y) if relu_first and relus(i) else y
        y = _normed(y, norm) if normed else y
        y = ops.relu(y) if relus(i) and not relu_first else y
    return ops.convert_to_numpy(y)


def _convolved(y, convolution: Kernel, step: int, padded: int):
    padding = "same"
    if step > 1 and padded:
        y, padding = ops.pad(y, [(0, 0), (padded, padded), (padded, padded), (0, 0)]), "valid"
    return ops.conv(y, convolution.kernel, step, padding) + convolution.bias


def _normed(y, norm: Norm):
    return (y - norm.mean) / ops.sqrt(norm.variance + norm.epsilon) * norm.gamma + norm.beta


def _plain_mistakes(right: Callable) -> Iterator[tuple[str, Callable]]:
    last = len(right.args[1]) - 1

    def mistake(text, **changed):
        return text, functools.partial(right, **changed)

    yield mistake("there is no ReLU at all.", relus=lambda i: False)
    yield mistake("ReLU stands before batch norm; it comes after it.", relu_first=True)
    yield mistake("the last ReLU, before the pooling, is missing.", relus=lambda i: i < last)
    yield mistake("the ReLU after the first convolution is missing.", relus=lambda i: i > 0)
    yield mistake(
        "only every second convolution is followed by a ReLU; in a plain network each one is.",
        relus=lambda i: i == 0 or i % 2 == 1,
    )
    yield mistake(
        "only every second convolution is followed by a ReLU; in a plain network each one is.",
        relus=lambda i: i % 2 == 0,
    )


def _images(rng: np.random.Generator, shape: tuple, batch: int = 3) -> np.ndarray:
    return rng.normal(0.2, 1.0, (batch, *shape)).astype("float32")


@check
def plain_network_parameters(plain_network, *, rng) -> None:
    """The paper's numbers of weights at depth 20 and 32; without batch norm, exactly those less."""
    __tracebackhide__ = True
    for depth, expected in PARAMETERS.items():
        _, graph = build_model(plain_network, depth, **CIFAR, hints=_HINTS)
        _require_parameters(graph, f"plain_network({depth}, ...)", expected)
    _, graph = build_model(plain_network, 8, (12, 10, 2), 5, (3, 4, 6), batch_norm=False)
    require(
        not norms(graph.nodes),
        f"with batch_norm=False the network has {len(norms(graph.nodes))} batch norms.",
    )
    plan = PLANS[0]
    found = [tuple(node.operation.kernel.shape) for node in main_convolutions(graph)]
    require(
        found == plan.kernel_shapes,
        "with batch_norm=False the convolutions are not the same as with batch norms.",
    )
    randomise(graph, rng)
    x = _images(rng, plan.input_shape)
    body = part(graph, graph.inputs[0], last_volume(graph))
    weights = kernels(body.nodes)
    rights = [
        functools.partial(plain, x, weights, weights, plan.steps, padded, normed=False)
        for padded in (0, 1)
    ]

    def mistakes():
        for right in rights:
            yield "with batch_norm=False, the ReLUs are gone too.", right(relus=lambda i: False)

    require_equal(
        "with batch_norm=False, what leaves the last convolution and ReLU",
        body.run(x),
        *(right() for right in rights),
        mistakes=mistakes(),
    )


def _require_parameters(graph: Graph, what: str, expected: int) -> None:
    """Require a number of trainable weights; biases of convolutions are left out of account."""
    __tracebackhide__ = True
    layers = {node.operation: None for node in graph.nodes if node.has_weights}
    found = sum(np.prod(v.shape) for layer in layers for v in layer.trainable_weights)
    biases = sum(
        layer.filters
        for layer in layers
        if isinstance(layer, keras.layers.Conv2D) and layer.use_bias
    )
    require(
        found - biases == expected,
        f"{what} on 32 x 32 x 3 images, with 16, 32 and 64 filters and ten classes, has "
        f"{int(found - biases):,} trainable weights, biases of convolutions aside; expected "
        f"{expected:,}.",
    )


# Residual networks


@check
def residual_network_shortcuts(residual_network, *, rng) -> None:
    """The layers of the plain network, and 3n shortcuts without weights."""
    __tracebackhide__ = True
    for plan in PLANS:
        cut = _residual(residual_network, plan)[1]
        for number, block in enumerate(cut.blocks):
            side = kernels(paths(block).shortcut)
            require(
                not side,
                f"block {number + 1} of {3 * plan.pairs} has a {side[0].text if side else ''} on "
                'its shortcut. With option="A", the default, shortcuts have no weights.',
            )
    require_head(cut.head, rng)


def _residual(residual_network, plan: Plan, **more) -> tuple[Graph, Sections]:
    """Build a residual network and cut it; require its layers and one addition for each pair."""
    __tracebackhide__ = True
    _, graph = build_model(residual_network, **plan.arguments(), **more, hints=_HINTS)
    _require_layers(graph, plan)
    cut = sections(graph)
    count = 3 * plan.pairs
    cause = "Each pair of convolutions after the first one has a shortcut around it."
    if len(cut.blocks) == 2 * count:
        cause = "A shortcut goes around two convolutions, not around one."
    elif len(cut.blocks) == count - 2:
        cause = (
            "The blocks that change the shape, where the second and third stage begin, have one."
        )
    require(
        len(cut.blocks) == count,
        f"with depth={plan.depth} the network has {len(cut.blocks)} additions; expected {count}. "
        f"{cause}",
    )
    for number, block in enumerate(cut.blocks):
        found = len(main_convolutions(block))
        require(
            found == 2,
            f"shortcut {number + 1} of {count} goes around {found} convolutions; expected 2.",
        )
    return graph, cut


def _changes(plan: Plan) -> list[bool]:
    """For each block, whether it changes the shape."""
    return [n > 0 and n % plan.pairs == 0 for n in range(3 * plan.pairs)]


@dataclass(frozen=True)
class Basic:
    """A block of two convolutions: x, its weights, the stride and the shortcut's value."""

    x: np.ndarray
    convolutions: list[Kernel]
    norms: list[Norm]
    step: int
    side: np.ndarray

    def __call__(
        self,
        padded: int = 0,
        relus: tuple = (True, False),
        relu_first: bool = False,
        merge: Callable = lambda main, side: main + side,
        side: Callable = lambda s: s,
        final: bool = True,
    ) -> np.ndarray:
        """What the block computes; the keywords after `padded` make mistakes."""
        y = self.x
        pairs = zip(self.convolutions, self.norms, strict=True)
        for i, (convolution, norm) in enumerate(pairs):
            y = _convolved(y, convolution, 1 if i else self.step, padded)
            y = ops.relu(y) if relu_first and relus[i] else y
            y = _normed(y, norm)
            y = ops.relu(y) if relus[i] and not relu_first else y
        out = merge(y, side(self.side))
        return ops.convert_to_numpy(ops.relu(out) if final else out)


def _basic_mistakes(right: Callable) -> Iterator[tuple[str, Callable]]:
    def mistake(text, **changed):
        return text, functools.partial(right, **changed)

    yield mistake("the shortcut is not added.", merge=lambda main, side: main)
    yield mistake(
        "ReLU is applied on the main path before the addition. Add first, then ReLU.",
        relus=(True, True),
    )
    yield mistake(
        "the addition comes after the last ReLU. Add first, then ReLU.",
        relus=(True, True),
        final=False,
    )
    yield mistake("there is no ReLU after the addition.", final=False)
    yield mistake("the ReLU between the two convolutions is missing.", relus=(False, False))
    yield mistake("ReLU stands before batch norm; it comes after it.", relu_first=True)
    yield mistake("the shortcut is added twice.", merge=lambda main, side: main + 2 * side)
    yield mistake("the shortcut is subtracted.", merge=lambda main, side: main - side)
    yield mistake("the shortcut is multiplied.", merge=lambda main, side: main * side)
    yield mistake("the shortcut is averaged.", merge=lambda main, side: (main + side) / 2)


@check
def residual_network_formula(residual_network, *, rng) -> None:
    """With random weights, the blocks that keep the shape are relu(F(x) + x)."""
    __tracebackhide__ = True
    for plan in (PLANS[1], Plan(20, (6, 7, 2), 3, (3, 4, 5))):
        graph, cut = _residual(residual_network, plan)
        _require_values(graph, cut, plan, rng, changing=False, sides=lambda block, x, _: [x])


def _require_values(graph, cut, plan, rng, changing: bool, sides: Callable, mistakes=()) -> None:
    """Compare the blocks that change the shape, or those that keep it, with the formula.

    `sides` gives the right values of the shortcut, and each mistake's function a wrong one.
    """
    __tracebackhide__ = True
    randomise(graph, rng)
    values = graph.run(_images(rng, plan.input_shape), watch=cut.cuts)
    for number, (block, changes) in enumerate(zip(cut.blocks, _changes(plan), strict=True)):
        if changes != changing:
            continue
        x, found = values[number], values[number + 1]
        main = paths(block).main
        weights = kernels(main), norms(main)
        require(
            len(weights[0]) == len(weights[1]) == 2,
            f"the main path of block {number + 1} has {len(weights[0])} convolutions and "
            f"{len(weights[1])} batch norms; expected two of each.",
        )
        step = 2 if changes else 1
        shape = block.outputs[0].shape[1:]
        blocks = [Basic(x, *weights, step, side) for side in sides(block, x, shape)]
        rights = [functools.partial(b, padded) for b in blocks for padded in (0, 1)[:step]]

        def wrong(x=x, block=block, shape=shape, weights=weights, step=step, rights=rights):
            for text, other in mistakes:
                for side in other(block, x, shape):
                    for padded in (0, 1)[:step]:
                        yield text, functools.partial(Basic(x, *weights, step, side), padded)
            for right in rights:
                yield from _basic_mistakes(right)

        require_equal(
            f"the output of block {number + 1}",
            found,
            *(right() for right in rights),
            mistakes=wrong(),
        )


@check
def residual_network_parameters(residual_network, *, rng) -> None:
    """As many weights as the plain network with option A, two projections more with option B."""
    __tracebackhide__ = True
    for depth, option, more in ((20, "A", 0), (32, "A", 0), (20, "B", OPTION_B_MORE)):
        _, graph = build_model(residual_network, depth, **CIFAR, option=option, hints=_HINTS)
        expected = PARAMETERS[depth] + more
        _require_parameters(graph, f"residual_network({depth}, ..., option={option!r})", expected)


@check
def residual_network_option_a(residual_network, *, rng) -> None:
    """Where a stage begins, the shortcut is every second pixel, with channels of zeros."""
    __tracebackhide__ = True

    def padded(block, x, shape, first=slice(None, None, 2)):
        kept, more = x[:, first, first], shape[2] - x.shape[3]
        kept = kept[:, : shape[0], : shape[1]]
        for before in (0, more, more // 2, more - more // 2):
            yield np.pad(kept, [(0, 0)] * 3 + [(before, more - before)])

    def pooled(pool):
        def sides(block, x, shape):
            small = ops.convert_to_numpy(pool(x, 2, 2, "same"))
            yield from padded(block, small, shape, slice(None))

        return sides

    def repeated(block, x, shape):
        kept = x[:, ::2, ::2]
        if shape[2] == 2 * x.shape[3]:
            yield np.concatenate([kept, kept], axis=-1)
            yield np.repeat(kept, 2, axis=-1)

    mistakes = (
        (
            "the image is halved by max pooling; option A takes every second pixel.",
            pooled(ops.max_pool),
        ),
        (
            "the image is halved by average pooling; option A takes every second pixel.",
            pooled(ops.average_pool),
        ),
        (
            "the shortcut takes the odd pixels; a stride of 2 begins with the first one.",
            functools.partial(padded, first=slice(1, None, 2)),
        ),
        ("the channels are repeated; option A fills up with zeros.", repeated),
    )
    for plan in (Plan(14, (12, 16, 2), 4, (3, 6, 8)), Plan(8, (8, 8, 1), 3, (4, 8, 16))):
        graph, cut = _residual(residual_network, plan, option="A")
        _require_values(graph, cut, plan, rng, changing=True, sides=padded, mistakes=mistakes)


@check
def residual_network_option_b(residual_network, *, rng) -> None:
    """Where a stage begins, the shortcut is a 1x1 convolution with stride 2 and a batch norm."""
    __tracebackhide__ = True
    for plan in PLANS:
        graph, cut = _residual(residual_network, plan, option="B")
        for number, (block, changes) in enumerate(zip(cut.blocks, _changes(plan), strict=True)):
            way = paths(block).shortcut
            found = [k.kernel.shape for k in kernels(way)]
            channels = block.inputs[0].shape[-1], block.outputs[0].shape[-1]
            expected = [(1, 1, *channels)] if changes else []
            cause = "Option B projects only where the shape changes." if not changes else ""
            if changes and not found:
                cause = "Is the argument `option` used?"
            require(
                found == expected,
                f'with option="B" the shortcut of block {number + 1} has kernels of shapes '
                f"{found or 'none'}; expected {expected or 'none'}. {cause}",
            )
            require(
                len(norms(way)) == len(expected),
                f'with option="B" the shortcut of block {number + 1} has {len(norms(way))} batch '
                f"norms; expected {len(expected)}: one after each convolution.",
            )

        def projected(block, x, shape):
            way = paths(block).shortcut
            (kernel,), (norm,) = kernels(way), norms(way)
            y = x[:, ::2, ::2] @ kernel.kernel[0, 0] + kernel.bias
            yield ops.convert_to_numpy(_normed(y, norm))

        def rectified(block, x, shape):
            for side in projected(block, x, shape):
                yield np.maximum(side, 0)

        mistakes = (("a ReLU follows the projection; the shortcut has none.", rectified),)
        _require_values(graph, cut, plan, rng, changing=True, sides=projected, mistakes=mistakes)
