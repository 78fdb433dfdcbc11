"""Receptive fields of stacked layers, as they are and as typical mistakes would make them."""

import functools
from collections.abc import Callable, Iterator

import numpy as np

from cnn_casebook.checks.parts.exact import draw_distinct, explaining
from cnn_casebook.models import networks


def field_of(layers: list[dict]) -> int:
    """Pixels a side that one output of the last layer sees.

    Example:
        >>> from cnn_casebook.models import networks
        >>> field_of([networks.conv("a", 8, 3), networks.conv("b", 8, 3)])
        5
    """
    seen, jump = 1, 1
    for layer in layers:
        seen += (layer["kernel"] - 1) * jump
        jump *= layer["stride"]
    return seen


def field_mistakes(layers: list[dict]) -> list[tuple[str, object]]:
    """Wrong receptive fields of a list of convolutions and pooling layers.

    Args:
        layers: One description or more, of the kinds "conv" and "pool".

    Returns:
        Pairs: the likely cause in words, and the field it would give.
    """
    kernels = np.array([layer["kernel"] for layer in layers])
    strides = np.array([layer["stride"] for layer in layers])
    before = np.concatenate([[1], np.cumprod(strides)[:-1]])
    own = np.cumprod(strides)
    convolutions = [layer for layer in layers if layer["kind"] == "conv"]
    side = field_of(layers)
    return [
        (
            "strides are left out: a step further down is several pixels up here.",
            1 + sum(kernels - 1),
        ),
        (
            "only the stride of the layer just before is used; the strides of all layers before "
            "multiply.",
            1 + sum((kernels - 1) * np.concatenate([[1], strides[:-1]])),
        ),
        (
            "a layer's own stride does not widen its own window; only the strides before it count.",
            1 + sum((kernels - 1) * own),
        ),
        (
            "a layer adds kernel - 1 steps, not kernel: one pixel was seen already.",
            1 + sum(kernels * before),
        ),
        ("start with 1: before all layers a pixel sees itself.", sum((kernels - 1) * before)),
        ("a layer adds kernel - 1 steps, not kernel, and the start is 1.", sum(kernels * before)),
        ("a layer adds kernel - 1 steps, not kernel + 1.", 1 + sum((kernels + 1) * before)),
        ("kernels add up, they do not multiply.", int(np.prod(kernels))),
        (
            "the strides before a layer multiply; here they are added up.",
            1 + sum((kernels - 1) * np.concatenate([[1], np.cumsum(strides)[:-1]])),
        ),
        ("asked is the side of the square, not its area.", side**2),
        ("asked is the side alone, one number; height and width are alike.", (side, side)),
        (
            "this is a list with a number after each layer; asked is the last one alone.",
            [field_of(layers[: number + 1]) for number in range(len(layers))],
        ),
        (
            "the windows of pooling layers are left out; they widen what is seen, as those of "
            "convolutions do.",
            _with_pools(layers, kernel=1),
        ),
        (
            "the strides of pooling layers are left out; they count for every layer behind.",
            _with_pools(layers, stride=1),
        ),
        ("this is the last layer alone.", int(kernels[-1])),
        (
            "the list is walked from the wrong end: widening starts at the input.",
            field_of(layers[::-1]),
        ),
        (
            "pooling layers are left out; their windows and strides count too.",
            field_of(convolutions),
        ),
    ]


def draw_layers(rng: np.random.Generator) -> list[dict]:
    """Draw a stack on which every mistake gives a number of its own."""

    def draw():
        layers = []
        for i in range(int(rng.integers(4, 6))):
            kernel, stride = int(rng.integers(2, 6)), int(rng.integers(1, 4))
            make = networks.pool if i % 2 else functools.partial(networks.conv, filters=4)
            layers.append(make(f"layer{i}", kernel=kernel, stride=stride))
        return layers

    def results(layers):
        return [field_of(layers), *(value for _, value in field_mistakes(layers))]

    return draw_distinct(draw, results)


def likely_mistakes(
    receptive_field: Callable, layers: list[dict], rng: np.random.Generator
) -> Iterator[tuple[str, object]]:
    """Those of `field_mistakes` that explain what the learner's function says of another stack."""

    def ask(stack):
        return receptive_field([dict(layer) for layer in stack])

    if layers:
        yield from explaining(ask, field_mistakes, layers, draw_layers(rng))


def layers_text(layers: list[dict]) -> str:
    """The layers in a few words, for a message.

    Example:
        >>> layers_text([{"kind": "conv", "kernel": 3, "stride": 1}])
        'conv 3x3/1'
    """
    return ", ".join(
        f"{layer['kind']} {layer['kernel']}x{layer['kernel']}/{layer['stride']}" for layer in layers
    )


def _with_pools(layers: list[dict], **other) -> int:
    """The field of the same layers, if pooling layers had other entries."""
    return field_of([layer | (other if layer["kind"] == "pool" else {}) for layer in layers])
