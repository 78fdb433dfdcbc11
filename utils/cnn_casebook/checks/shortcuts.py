"""Checks of residual networks made of pairs of convolutions, with shortcuts of either option.

Blocks are found where two paths meet. What a block computes is compared with its steps,
`relu(F(x) + shortcut(x))`; where it differs, one mistake after another is tried.
"""

import itertools
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from keras import ops

from cnn_casebook.checks.parts.beginnings import require_beginnings
from cnn_casebook.checks.parts.head import require_head
from cnn_casebook.checks.parts.mistakes import (
    main_path_alone,
    other_nonlinearities,
    relu_before_norm,
    wrong_additions,
)
from cnn_casebook.checks.parts.modes import require_calm, require_free_norms, require_usual_layers
from cnn_casebook.checks.parts.oddities import oddities
from cnn_casebook.checks.parts.sections import Sections, sections
from cnn_casebook.checks.parts.steps import (
    Mistakes,
    Step,
    Steps,
    add,
    changed,
    conv,
    edited,
    followed,
    norm,
    pool,
    relu,
    require_steps,
    without,
)
from cnn_casebook.checks.parts.verdict import build_model, check, require
from cnn_casebook.checks.parts.weights import draw_values, kernels, norms, randomise
from cnn_casebook.checks.plain import (
    CIFAR,
    HINTS,
    PADDINGS,
    PARAMETERS,
    PLANS,
    Plan,
    require_layers,
    require_parameters,
    unit_steps,
)
from cnn_casebook.experiments.depth_study import main_convolutions
from cnn_casebook.models.graph import Graph, paths

SHORTCUT, END = "the shortcut", "the addition"  # places
OPTION_B_MORE = 2_752  # two projections, 16 to 32 and 32 to 64 channels, each with a batch norm


@check
def residual_network_shortcuts(residual_network, *, rng) -> None:
    """The layers of the plain network, and 3n shortcuts without weights."""
    __tracebackhide__ = True
    for plan in PLANS:
        graph, cut = _residual(residual_network, plan)
        require_layers(graph, plan)
        _require_additions(cut, plan)
        for number, block in enumerate(cut.blocks):
            side = kernels(paths(block).shortcut)
            require(
                not side,
                f"block {number + 1} of {3 * plan.pairs} has a {side[0].text if side else ''} on "
                'its shortcut. With option="A", the default, shortcuts have no weights.',
            )
    require_head(cut.head, rng)
    require_usual_layers(graph, "residual_network")


def _residual(residual_network, plan: Plan, **more) -> tuple[Graph, Sections]:
    """Build a residual network and cut it; require that its shortcuts begin where blocks do.

    Whether its layers are those of the plan costs the point for them alone.
    """
    __tracebackhide__ = True
    _, graph = build_model(residual_network, **plan.arguments(), **more, hints=HINTS)
    require_beginnings(graph, stem=1)
    return graph, sections(graph)


def _require_additions(cut: Sections, plan: Plan) -> None:
    """Require one addition for each pair of convolutions behind the first one."""
    __tracebackhide__ = True
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


def _chosen(cut: Sections, changing: bool) -> list[tuple[int, Graph]]:
    """The blocks that change the shape, or those that keep it, with their numbers; at least one.

    Each goes around two convolutions.
    """
    __tracebackhide__ = True
    for number, block in enumerate(cut.blocks, start=1):
        found = len(main_convolutions(block))
        require(
            found == 2,
            f"shortcut {number} of {len(cut.blocks)} goes around {found} convolutions; expected 2.",
        )
    chosen = [
        (number, block)
        for number, block in enumerate(cut.blocks, start=1)
        if (block.inputs[0].shape[1:] != block.outputs[0].shape[1:]) == changing
    ]
    require(
        bool(chosen),
        f"of {len(cut.blocks)} blocks with a shortcut none "
        + (
            "changes the shape; expected the first of the second and of the third stage to do so."
            if changing
            else "keeps the shape."
        ),
    )
    return chosen


def _block_steps(main: list, stride: int, padding: str | int, shortcut: Steps) -> Steps:
    """relu(F(x) + shortcut(x)), where F is two convolutions with a batch norm each.

    Args:
        main: Two pairs of a convolution's weights and its batch norm's.
        stride: Of the first convolution.
        padding: Of a convolution with a stride.
        shortcut: Its steps; none where x itself is added.
    """
    first, second = main
    steps = unit_steps("first", *first, stride, padding) + unit_steps("second", *second, 1, padding)
    return [add("the addition", steps[:-1], shortcut), relu(END)]


def _block_mistakes(right: Steps) -> Mistakes:
    yield "the shortcut is not added.", changed(right, "add", by=main_path_alone)
    early = followed(right, "norm", "second", by=relu)
    yield "ReLU is applied on the main path before the addition. Add first, then ReLU.", early
    yield (
        "the addition comes after the last ReLU. Add first, then ReLU.",
        without(early, "relu", END),
    )
    yield "there is no ReLU after the addition.", without(right, "relu", END)
    yield (
        "the ReLU between the two convolutions is missing or unused.",
        without(right, "relu", "first"),
    )
    yield "ReLU stands before batch norm; it comes after it.", relu_before_norm(right)
    yield (
        "both the main path and the shortcut pass through a ReLU before the addition. Add first, "
        "then ReLU.",
        changed(early, "add", by=lambda main, side: main + ops.relu(side)),
    )
    second = changed(changed(right, "conv", "first", stride=1), "conv", "second", stride=2)
    yield "the second convolution has the stride of 2; it belongs to the first one.", second
    yield from wrong_additions(right)
    yield from other_nonlinearities(right)


@check
def residual_network_formula(residual_network, *, rng) -> None:
    """With random weights, the blocks that keep the shape are relu(F(x) + x)."""
    __tracebackhide__ = True
    for plan in (PLANS[1], Plan(20, (6, 7, 2), 3, (3, 4, 5))):
        graph, cut = _residual(residual_network, plan)
        _require_blocks(graph, cut, rng, changing=False, shortcuts=lambda block: [[]])


def _require_blocks(
    graph: Graph,
    cut: Sections,
    rng: np.random.Generator,
    changing: bool,
    shortcuts: Callable[[Graph], list[Steps]],
    mistakes: Callable[[Steps], Mistakes] = lambda right: iter(()),
) -> None:
    """Compare the blocks that change the shape, or those that keep it, with their steps.

    Args:
        graph: A residual network.
        cut: The same, cut into blocks.
        rng: Random numbers.
        changing: Which blocks are compared.
        shortcuts: Takes a block and returns what its shortcut may be.
        mistakes: Those on the shortcut, beside the usual ones.
    """
    __tracebackhide__ = True
    randomise(graph, rng)
    chosen = _chosen(cut, changing)
    values = graph.run(draw_values(rng, 3, *graph.inputs[0].shape[1:]), watch=cut.cuts)
    for number, block in chosen:
        main = paths(block).main
        weights, batch_norms = kernels(main), norms(main)
        require(
            len(weights) == len(batch_norms) == 2,
            f"the main path of block {number} has {len(weights)} convolutions and "
            f"{len(batch_norms)} batch norms; expected two of each.",
        )
        pairs = list(zip(weights, batch_norms, strict=True))
        stride, paddings = (2, PADDINGS) if changing else (1, PADDINGS[:1])
        require_steps(
            f"the output of block {number}",
            values[number],
            values[number - 1],
            *(
                _block_steps(pairs, stride, padding, shortcut)
                for shortcut in shortcuts(block)
                for padding in paddings
            ),
            mistakes=lambda right: itertools.chain(mistakes(right), _block_mistakes(right)),
            hint=oddities(block),
        )


@check
def residual_network_parameters(residual_network, *, rng) -> None:
    """As many weights as the plain network with option A, two projections more with option B."""
    __tracebackhide__ = True
    for depth, option, more in ((20, "A", 0), (32, "A", 0), (20, "B", OPTION_B_MORE)):
        _, graph = build_model(residual_network, depth, **CIFAR, option=option, hints=HINTS)
        expected = PARAMETERS[depth] + more
        require_parameters(graph, f"residual_network({depth}, ..., option={option!r})", expected)
    require_free_norms(graph)


@check
def residual_network_option_a(residual_network, *, rng) -> None:
    """Where a stage begins, the shortcut is every second pixel, with channels of zeros."""
    __tracebackhide__ = True
    for plan in (Plan(14, (12, 16, 2), 4, (3, 6, 8)), Plan(8, (8, 8, 1), 3, (4, 8, 16))):
        graph, cut = _residual(residual_network, plan, option="A")
        _require_blocks(graph, cut, rng, True, _padded_shortcuts, _padded_mistakes)


def _padded_shortcuts(block: Graph) -> list[Steps]:
    """Every second pixel, and zeros for the channels that are missing, on either side or both."""
    more = block.outputs[0].shape[-1] - block.inputs[0].shape[-1]
    return [
        [
            Step("halve", SHORTCUT, lambda x, by: by(x), {"by": lambda x: x[:, ::2, ::2]}),
            Step("fill", SHORTCUT, lambda x, by: by(x), {"by": _zeros(before, more - before)}),
        ]
        for before in (0, more, more // 2, more - more // 2)
    ]


def _zeros(before: int, after: int) -> Callable:
    return lambda x: ops.pad(x, [(0, 0), (0, 0), (0, 0), (before, after)])


def _padded_mistakes(right: Steps) -> Mistakes:
    for text, by in (
        (
            "the image is halved by max pooling; option A takes every second pixel.",
            lambda x: ops.max_pool(x, 2, 2, "same"),
        ),
        (
            "the image is halved by average pooling; option A takes every second pixel.",
            lambda x: ops.average_pool(x, 2, 2, "same"),
        ),
        (
            "the shortcut takes the odd pixels; a stride of 2 begins with the first one.",
            lambda x: x[:, 1::2, 1::2],
        ),
        (
            "the shortcut takes the upper left quarter of the image; option A takes every second "
            "pixel.",
            lambda x: x[:, : (x.shape[1] + 1) // 2, : (x.shape[2] + 1) // 2],
        ),
    ):
        yield text, changed(right, "halve", by=by)
    text = "the channels are repeated; option A fills up with zeros."
    yield text, changed(right, "fill", by=lambda x: ops.concatenate([x, x], -1))
    yield text, changed(right, "fill", by=lambda x: ops.repeat(x, 2, -1))


@check
def residual_network_option_b(residual_network, *, rng) -> None:
    """Where a stage begins, the shortcut is a 1x1 convolution with stride 2 and a batch norm."""
    __tracebackhide__ = True
    for plan in PLANS:
        graph, cut = _residual(residual_network, plan, option="B")
        numbered = [
            (*entry, changes) for changes in (False, True) for entry in _chosen(cut, changes)
        ]
        for number, block, changes in sorted(numbered, key=lambda entry: entry[0]):
            way = paths(block).shortcut
            require_calm(way, f'with option="B" the shortcut of block {number}')
            found = [k.kernel.shape for k in kernels(way)]
            channels = block.inputs[0].shape[-1], block.outputs[0].shape[-1]
            expected = [(1, 1, *channels)] if changes else []
            cause = "Option B projects where the shape changes, and nowhere else."
            require(
                found == expected,
                f'with option="B" the shortcut of block {number} has kernels of shapes '
                f"{found or 'none'}; expected {expected or 'none'}. {cause}",
            )
            require(
                len(norms(way)) == len(expected),
                f'with option="B" the shortcut of block {number} has {len(norms(way))} batch '
                f"norms; expected {len(expected)}: one after each convolution.",
            )
        _require_blocks(graph, cut, rng, True, _projected_shortcuts, _projected_mistakes)


def _projected_shortcuts(block: Graph) -> list[Steps]:
    """A 1x1 convolution with a stride of 2, and its batch norm."""
    (weights,), (batch_norm,) = (find(paths(block).shortcut) for find in (kernels, norms))
    return [[conv(SHORTCUT, weights, 2, "valid"), norm(SHORTCUT, batch_norm)]]


def _projected_mistakes(right: Steps) -> Mistakes:
    yield (
        "a ReLU follows the projection; the shortcut has none.",
        changed(right, "add", by=lambda main, side: main + ops.relu(side)),
    )
    yield (
        "on the shortcut the batch norm stands before the convolution; it comes after it.",
        _with_shortcut(right, lambda side: side[::-1]),
    )
    for word, by in (("maximum", ops.max_pool), ("average", ops.average_pool)):
        halve = pool(SHORTCUT, 2, 2, "same", by)
        yield (
            f"the shortcut is halved by {word} pooling; option B gives its convolution the stride "
            "of 2.",
            _with_shortcut(right, lambda side, halve=halve: [halve, *_with_stride(side, 1)]),
        )


def _with_shortcut(right: Steps, edit: Callable[[Steps], Steps]) -> Steps:
    """Edit the steps of the shortcut alone."""

    def meet(step: Step) -> Steps:
        main, side = step.paths
        return [replace(step, paths=(main, edit(side)))]

    return edited(right, "add", edit=meet)


def _with_stride(steps: Steps, stride: int) -> Steps:
    return changed(steps, "conv", stride=stride)
