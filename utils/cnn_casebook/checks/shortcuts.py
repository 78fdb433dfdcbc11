"""Checks of residual networks made of pairs of convolutions, with shortcuts of either option.

Blocks are found where two paths meet. What a block computes is compared with the formula
`relu(F(x) + shortcut(x))`; where it differs, one mistake after another is tried.
"""

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from keras import ops

from cnn_casebook.checks.parts.head import require_head
from cnn_casebook.checks.parts.sections import Sections, sections
from cnn_casebook.checks.parts.verdict import build_model, check, require, require_equal
from cnn_casebook.checks.parts.weights import Kernel, Norm, kernels, norms, randomise
from cnn_casebook.checks.plain import (
    CIFAR,
    HINTS,
    PARAMETERS,
    PLANS,
    Plan,
    convolved,
    draw_images,
    normed_by,
    require_layers,
    require_parameters,
)
from cnn_casebook.experiments.depth_study import main_convolutions
from cnn_casebook.models.graph import Graph, paths

OPTION_B_MORE = 2_752  # two projections, 16 to 32 and 32 to 64 channels, each with a batch norm


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
    _, graph = build_model(residual_network, **plan.arguments(), **more, hints=HINTS)
    require_layers(graph, plan)
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
            y = convolved(y, convolution, 1 if i else self.step, padded)
            y = ops.relu(y) if relu_first and relus[i] else y
            y = normed_by(y, norm)
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
    values = graph.run(draw_images(rng, plan.input_shape), watch=cut.cuts)
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
            *rights,
            mistakes=wrong(),
        )


@check
def residual_network_parameters(residual_network, *, rng) -> None:
    """As many weights as the plain network with option A, two projections more with option B."""
    __tracebackhide__ = True
    for depth, option, more in ((20, "A", 0), (32, "A", 0), (20, "B", OPTION_B_MORE)):
        _, graph = build_model(residual_network, depth, **CIFAR, option=option, hints=HINTS)
        expected = PARAMETERS[depth] + more
        require_parameters(graph, f"residual_network({depth}, ..., option={option!r})", expected)


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
            yield ops.convert_to_numpy(normed_by(y, norm))

        def rectified(block, x, shape):
            for side in projected(block, x, shape):
                yield np.maximum(side, 0)

        mistakes = (("a ReLU follows the projection; the shortcut has none.", rectified),)
        _require_values(graph, cut, plan, rng, changing=True, sides=projected, mistakes=mistakes)
