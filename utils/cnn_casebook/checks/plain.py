"""Checks of plain networks of any depth, and what residual networks have in common with them.

Networks are read from what they compute: convolutions in the order in which they run. Values are
compared with the network's steps, run here on its own weights.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cnn_casebook.checks.parts.head import require_classes, require_head
from cnn_casebook.checks.parts.keras_words import ADDITION_ERRORS
from cnn_casebook.checks.parts.mistakes import (
    other_nonlinearities,
    relu_before_norm,
    unpadded,
)
from cnn_casebook.checks.parts.modes import require_trainable, require_usual_layers
from cnn_casebook.checks.parts.oddities import oddities
from cnn_casebook.checks.parts.sections import additions, part
from cnn_casebook.checks.parts.steps import (
    Mistakes,
    Steps,
    conv,
    norm,
    places,
    relu,
    require_steps,
    without,
)
from cnn_casebook.checks.parts.verdict import build_model, check, require
from cnn_casebook.checks.parts.weights import (
    Kernel,
    Norm,
    draw_values,
    is_norm,
    kernels,
    norms,
    randomise,
    require_own_weights,
)
from cnn_casebook.experiments.depth_study import last_volume, main_convolutions
from cnn_casebook.models.graph import Graph

# He et al. 2015, section 4.2: CIFAR images, 16, 32 and 64 filters. Trainable parameters.
CIFAR = {"input_shape": (32, 32, 3), "classes": 10, "widths": (16, 32, 64)}
PADDINGS = ("same", 1)  # of a 3x3 convolution with a stride: either is right
PARAMETERS = {20: 269_722, 32: 464_154}  # plain, or residual with option A

_MEETING = (
    "the main path and the shortcut have different shapes where they meet. In a block both begin "
    "with the same x. In the first one of the second and third stage the main path has stride 2, "
    "and the shortcut needs every second pixel and more channels."
)
HINTS = tuple((said, _MEETING) for said in ADDITION_ERRORS)


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
        _, graph = build_model(plain_network, **plan.arguments(), hints=HINTS)
        require(
            not additions(graph),
            f"found {len(additions(graph))} additions; a plain network has no shortcuts.",
        )
        require_layers(graph, plan)
        body = part(graph, graph.inputs[0], last_volume(graph))
        found, expected = len(kernels(body.nodes)), 6 * plan.pairs + 1
        require(
            found == len(norms(body.nodes)) == expected,
            f"before the pooling there are {found} convolutions and {len(norms(body.nodes))} batch "
            f"norms; expected {expected} of each.",
        )
    require_head(part(graph, last_volume(graph), graph.outputs[0]), rng)
    require_usual_layers(graph, "plain_network")


def require_layers(graph: Graph, plan: Plan) -> None:
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
        _, graph = build_model(plain_network, **plan.arguments(), hints=HINTS)
        require(not additions(graph), "a plain network has no shortcuts; found an addition.")
        body = part(graph, graph.inputs[0], last_volume(graph))
        found = len(kernels(body.nodes)), len(norms(body.nodes))
        require(
            found[0] == found[1] > 0,
            f"before the pooling there are {found[0]} convolutions and {found[1]} batch norms; "
            "expected a batch norm after each convolution.",
        )
        what = "what leaves the last convolution, batch norm and ReLU"
        _require_body(what, body, plan.input_shape, rng, _plain_mistakes)


def _require_body(what: str, body: Graph, shape: tuple, rng, mistakes: Callable) -> None:
    """Compare what comes before the pooling with its steps, whatever its depth and strides are.

    Those cost the point for the layers, where they are other than the arguments ask for.

    Args:
        what: What is compared, for the message.
        body: The network up to its last volume.
        shape: Of an image.
        rng: Random numbers.
        mistakes: Takes the right steps.
    """
    __tracebackhide__ = True
    require(
        body.inputs[0].shape[1:] == shape,
        f"the network takes images of shape {body.inputs[0].shape[1:]}; expected {shape}.",
    )
    randomise(body, rng)
    x = draw_values(rng, 3, *shape)
    rights = _body_steps(body)
    require_steps(what, body.run(x), x, *rights, mistakes=mistakes, hint=oddities(body))


def _body_steps(body: Graph) -> list[Steps]:
    """What a plain network computes up to its last volume, padded in either right way."""
    found = kernels(body.nodes)
    batch_norms = norms(body.nodes) or [None] * len(found)
    strides = [np.max(getattr(k.node.operation, "strides", 1)) for k in found]
    layers = list(zip(found, batch_norms, map(int, strides), strict=True))
    return [
        [
            step
            for number, (weights, batch_norm, stride) in enumerate(layers)
            for step in unit_steps(str(number), weights, batch_norm, stride, padding)
        ]
        for padding in PADDINGS
    ]


def unit_steps(
    place: str, weights: Kernel, batch_norm: Norm | None, stride: int, padding: str | int
) -> Steps:
    """Convolution, batch norm if there is one, ReLU.

    Args:
        place: Where they stand.
        weights: The convolution's.
        batch_norm: The batch norm's.
        stride: The convolution's stride.
        padding: Its padding where it has a stride, one of `PADDINGS`.
    """
    convolution = conv(place, weights, stride, padding if stride > 1 else "same")
    return [convolution, *([norm(place, batch_norm)] if batch_norm else []), relu(place)]


def _plain_mistakes(right: Steps) -> Mistakes:
    where = places(right, "relu")
    yield "there is no ReLU at all.", without(right, "relu")
    yield "ReLU stands before batch norm; it comes after it.", relu_before_norm(right)
    yield (
        "the last ReLU, before the pooling, is missing or unused.",
        without(right, "relu", where[-1]),
    )
    yield (
        "the ReLU after the first convolution is missing or unused.",
        without(right, "relu", where[0]),
    )
    text = "only every second convolution is followed by a ReLU; in a plain network each one is."
    yield text, without(right, "relu", *where[2::2])
    yield text, without(right, "relu", *where[1::2])
    yield 'the convolutions are not padded; use padding="same".', unpadded(right)[1]
    yield from other_nonlinearities(right)


@check
def plain_network_parameters(plain_network, *, rng) -> None:
    """The paper's numbers of weights at depth 20 and 32; without batch norm, exactly those less."""
    __tracebackhide__ = True
    for depth, expected in PARAMETERS.items():
        _, graph = build_model(plain_network, depth, **CIFAR, hints=HINTS)
        require_parameters(graph, f"plain_network({depth}, ...)", expected)
    chosen = PLANS[0].arguments()
    usual, graph = (
        build_model(plain_network, **chosen, **more)[1] for more in ({}, {"batch_norm": False})
    )
    require(
        not norms(graph.nodes),
        f"with batch_norm=False the network has {len(norms(graph.nodes))} batch norms.",
    )
    with_norms, found = map(_shown, (usual, graph))
    require(
        found == with_norms,
        f"with batch_norm=False the convolutions are {found}; expected the same as with batch "
        f"norms, {with_norms}.",
    )
    body = part(graph, graph.inputs[0], last_volume(graph))
    what = "with batch_norm=False, what leaves the last convolution and ReLU"
    _require_body(what, body, PLANS[0].input_shape, rng, _bare_mistakes)


def _shown(graph: Graph) -> str:
    """The convolutions of a network: what each reads and gives."""
    sizes = [
        (node.operation.kernel.shape, node.outputs[0].shape[1:])
        for node in main_convolutions(graph)
    ]
    return ", ".join(
        f"{'x'.join(map(str, kernel))} to {'x'.join(map(str, volume))}" for kernel, volume in sizes
    )


def _bare_mistakes(right: Steps) -> Mistakes:
    yield "with batch_norm=False, the ReLUs are gone too.", without(right, "relu")
    for text, wrong in _plain_mistakes(right):
        yield f"with batch_norm=False, {text}", wrong


def _spare_bias(kernel: Kernel) -> bool:
    """Whether this is a bias that a batch norm would take away again, so that it may be missing."""
    return kernel.node.operation.use_bias and len(kernel.kernel.shape) == 4


def require_parameters(graph: Graph, what: str, expected: int) -> None:
    """Require a number of trainable weights; biases of convolutions are left out of account."""
    __tracebackhide__ = True
    require_trainable(graph, what)
    layers = {node.operation: None for node in graph.nodes if node.has_weights}
    found = sum(np.prod(v.shape) for layer in layers for v in layer.trainable_weights)
    biases = sum(
        {k.node.operation: len(k.bias) for k in kernels(graph.nodes) if _spare_bias(k)}.values()
    )
    require(
        found - biases == expected,
        f"{what} on 32 x 32 x 3 images, with 16, 32 and 64 filters and ten classes, has "
        f"{int(found - biases):,} trainable weights, biases of convolutions aside; expected "
        f"{expected:,}.",
    )
