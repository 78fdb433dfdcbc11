"""Checks of mlpconv layers and of a network of them that ends in global average pooling.

What a network gives is compared with a formula on its own weights; where it differs, the formula
is changed by one mistake after another until one gives the same: that mistake is named.
"""

import functools
from collections.abc import Callable, Iterator, Sequence

import keras
import numpy as np
from keras import ops

from cnn_casebook.checks.parts.verdict import build, build_model, check, require, require_equal
from cnn_casebook.checks.parts.weights import Kernel, kernels, randomise, require_own_weights
from cnn_casebook.models.graph import Graph

# Filters of the three mlpconv layers of the course's network in network.
FILTERS = ((24, 16, 16), (32, 24, 24), (48, 32, 32))
OTHER_NONLINEARITIES = ("tanh", "sigmoid", "elu", "leaky_relu", "gelu", "silu")


def _draw(rng: np.random.Generator, *shape: int) -> np.ndarray:
    return rng.normal(0.2, 1.0, shape).astype("float32")


def _named(shapes: list[tuple]) -> str:
    """Kernel shapes in words: "3x3 from 4 to 6 channels -> 1x1 from 6 to 5 channels"."""
    words = [
        f"{s[0]}x{s[1]} from {s[2]} to {s[3]} channels"
        if len(s) == 4
        else f"dense {s[0]} to {s[1]}"
        for s in shapes
    ]
    return " -> ".join(words) if words else "no convolution"


def _require_shapes(name: str, found: list[tuple], expected: list[tuple], cause: str = "") -> None:
    __tracebackhide__ = True
    if not cause and len(found) != len(expected):
        cause = f"Expected {len(expected)} layers with weights, found {len(found)}."
    elif not cause and [s[:2] for s in found] != [s[:2] for s in expected]:
        cause = "Look at the window sizes: only the first convolution of each group has a window."
    require(
        found == expected,
        f"{name} has {_named(found)}; expected {_named(expected)}. {cause}",
    )


def _mlpconv(x, weights: Sequence[Kernel], relu: Callable = ops.relu, skip: tuple = ()):
    """What an mlpconv layer computes; `skip` names the places where the ReLU is left out."""
    for place, k in enumerate(weights):
        kernel = k.kernel if k.kernel.ndim == 4 else k.kernel[None, None]
        x = ops.conv(x, kernel, 1, "same") + k.bias
        x = x if place in skip else relu(x)
    return x


def _relu_mistakes(right: Callable) -> Iterator[tuple[str, Callable]]:
    places = ("kxk", "first 1x1", "second 1x1")
    for place, name in enumerate(places):
        yield (
            f"the ReLU after the {name} convolution is missing (or its result is never used).",
            functools.partial(right, skip=(place,)),
        )
    for left in (0, 1, 2):
        skip = tuple({0, 1, 2} - {left})
        yield (
            f"the only ReLU is the one after the {places[left]} convolution; expected one after "
            "each of the three.",
            functools.partial(right, skip=skip),
        )
    yield (
        "there is no ReLU at all, so the three layers collapse into one linear layer.",
        functools.partial(right, skip=(0, 1, 2)),
    )
    for other in OTHER_NONLINEARITIES:
        yield (
            f"the nonlinearity is {other}; expected ReLU.",
            functools.partial(right, relu=getattr(ops, other)),
        )


def _built_mlpconv(mlpconv, shape, kernel_size, filters) -> Graph:
    """Build an mlpconv layer and require its output's shape."""
    __tracebackhide__ = True
    _, graph = build(mlpconv, shape, kernel_size, filters)
    found, expected = graph.outputs[0].shape[1:], (*shape[:2], filters[2])
    cause = ""
    if found[:2] != expected[:2]:
        cause = 'Height and width are kept: padding="same" and stride 1.'
    elif found != expected:
        cause = "The last filter count gives the channels."
    require(found == expected, f"mlpconv turns {shape} into {found}; expected {expected}. {cause}")
    require_own_weights(graph)
    return graph


@check
def mlpconv_layers(mlpconv, *, rng) -> None:
    """A kxk convolution and two 1x1 convolutions, which keep height and width."""
    __tracebackhide__ = True
    for shape, kernel_size, filters in (((9, 7, 3), 3, (8, 6, 5)), ((6, 8, 4), 5, (3, 7, 9))):
        graph = _built_mlpconv(mlpconv, shape, kernel_size, filters)
        f1, f2, f3 = filters
        _require_shapes(
            "mlpconv",
            [k.kernel.shape for k in kernels(graph.nodes)],
            [(kernel_size, kernel_size, shape[2], f1), (1, 1, f1, f2), (1, 1, f2, f3)],
        )


@check
def mlpconv_formula(mlpconv, *, rng) -> None:
    """With random weights and several sizes: a ReLU after each of the three convolutions."""
    __tracebackhide__ = True
    for shape, kernel_size, filters in (
        ((9, 7, 3), 3, (8, 6, 5)),
        ((5, 6, 2), 5, [4, 7, 3]),
        ((4, 4, 6), 1, (5, 5, 5)),
    ):
        graph = _built_mlpconv(mlpconv, shape, kernel_size, filters)
        weights = kernels(graph.nodes)
        require(
            len(weights) == 3,
            f"mlpconv has {len(weights)} layers with weights; expected three convolutions.",
        )
        randomise(graph, rng)
        weights = kernels(graph.nodes)
        images = _draw(rng, 3, *shape)

        def right(images=images, weights=weights, **changed):
            return ops.convert_to_numpy(_mlpconv(images, weights, **changed))

        require_equal(
            f"the output of mlpconv with kernel_size={kernel_size}",
            graph.run(images),
            right(),
            mistakes=_relu_mistakes(right),
        )


def _network(
    images,
    weights: Sequence[Kernel],
    relu: Callable = ops.relu,
    skip: tuple = (),
    pool: Callable = lambda x: ops.max_pool(x, 3, 2, "same"),
    late_pool: Callable = lambda x: x,
    map_relu: bool = False,
    gather: Callable = lambda maps: ops.mean(maps, axis=(1, 2)),
    finish: Callable = ops.softmax,
) -> np.ndarray:
    """What the network in network computes; the keywords turn it into what mistakes compute."""
    x = ops.convert_to_tensor(images)
    for number in range(3):
        x = _mlpconv(x, weights[3 * number : 3 * number + 3], relu, skip)
        x = pool(x) if number == 0 else late_pool(x) if number == 1 else x
    last = weights[9]
    x = ops.matmul(x, last.kernel.reshape(last.kernel.shape[-2:])) + last.bias
    return ops.convert_to_numpy(finish(gather(relu(x) if map_relu else x)))


def _network_mistakes(right: Callable) -> Iterator[tuple[str, Callable]]:
    def mistake(text: str, **changed):
        return text, functools.partial(right, **changed)

    yield mistake("the softmax at the end is missing.", finish=lambda x: x)
    yield mistake(
        "the class maps are not averaged over the image: their maximum is taken.",
        gather=lambda maps: ops.max(maps, axis=(1, 2)),
    )
    yield mistake(
        "the class maps are summed over the image; expected their mean.",
        gather=lambda maps: ops.sum(maps, axis=(1, 2)),
    )
    yield mistake(
        "a ReLU follows the class maps; the last 1x1 convolution stays linear here.", map_relu=True
    )
    yield mistake("the scores end in a sigmoid; expected a softmax.", finish=ops.sigmoid)
    yield mistake("the softmax is applied twice.", finish=lambda x: ops.softmax(ops.softmax(x)))
    yield mistake("the max pooling after the first mlpconv layer is missing.", pool=lambda x: x)
    yield mistake(
        "the pooling takes the average; expected the maximum.",
        pool=lambda x: ops.average_pool(x, 3, 2, "same"),
    )
    yield mistake(
        "the pooling window is 2x2; expected 3x3 with stride 2.",
        pool=lambda x: ops.max_pool(x, 2, 2, "same"),
    )
    yield mistake(
        'the pooling cuts the border off; expected padding="same".',
        pool=lambda x: ops.max_pool(x, 3, 2, "valid"),
    )
    yield mistake(
        "the pooling has stride 1; expected stride 2.",
        pool=lambda x: ops.max_pool(x, 3, 1, "same"),
    )
    yield mistake(
        "the pooling has stride 3, which is what Keras takes when none is given; expected 2.",
        pool=lambda x: ops.max_pool(x, 3, 3, "same"),
    )
    yield mistake(
        "there is a second max pooling, after the second mlpconv layer; expected one pooling only.",
        late_pool=lambda x: ops.max_pool(x, 3, 2, "same"),
    )
    yield mistake(
        "the pooling comes after the second mlpconv layer; it belongs after the first.",
        pool=lambda x: x,
        late_pool=lambda x: ops.max_pool(x, 3, 2, "same"),
    )
    yield from _relu_mistakes(right)


def _built_network(network_in_network, shape, classes) -> tuple[keras.Model, Graph]:
    __tracebackhide__ = True
    model, graph = build_model(network_in_network, shape, classes)
    require(
        len(graph.outputs) == 1 and graph.outputs[0].shape == (None, classes),
        f"for {classes} classes the network's output has shape "
        f"{[wire.shape for wire in graph.outputs]}; expected one output (None, {classes})."
        + (
            " The maps are still there: average them over height and width."
            if len(graph.outputs[0].shape) == 4
            else ""
        ),
    )
    require(
        graph.inputs[0].shape[1:] == tuple(shape),
        f"the network takes images of shape {graph.inputs[0].shape[1:]}; expected {shape}.",
    )
    require_own_weights(graph)
    return model, graph


@check
def network_layers(network_in_network, *, rng) -> None:
    """Three mlpconv layers by the table, then a 1x1 convolution to the classes; nothing dense."""
    __tracebackhide__ = True
    for shape, classes in (((28, 28, 1), 10), ((17, 12, 3), 4)):
        model, graph = _built_network(network_in_network, shape, classes)
        expected, before = [], shape[-1]
        for f1, f2, f3 in FILTERS:
            expected += [(3, 3, before, f1), (1, 1, f1, f2), (1, 1, f2, f3)]
            before = f3
        expected.append((1, 1, before, classes))
        found = [k.kernel.shape for k in kernels(graph.nodes)]
        cause = ""
        if found and len(found[-1]) == 2:
            if found[-1] == expected[-1][2:]:
                found[-1] = expected[-1]  # pooled before the last layer: the same function
            elif found[-1][0] not in (before, classes):
                cause = (
                    "The maps are flattened into a dense layer; expected global average pooling."
                )
        _require_shapes(f"the network for images {shape}", found, expected, cause)
        count = sum(int(np.prod(s)) + s[-1] for s in expected)
        require(
            model.count_params() == count,
            f"the network for images {shape} has {model.count_params():,} parameters; expected "
            f"{count:,}. Is there another layer with weights, or is a bias missing?",
        )


@check
def network_pooling(network_in_network, *, rng) -> None:
    """The scores are the means of the class maps, whatever the size; then softmax."""
    __tracebackhide__ = True
    for shape, classes in (((11, 14, 2), 5), ((28, 20, 1), 3)):
        _, graph = _built_network(network_in_network, shape, classes)
        layered = kernels(graph.nodes)
        require(bool(layered), "the network has no convolution.")
        last = layered[-1]
        require(
            last.kernel.shape[-1] == classes,
            f"the last layer with weights is a {last.text}; expected a 1x1 convolution to "
            f"{classes} channels, one map for each class.",
        )
        randomise(graph, rng)
        images = _draw(rng, 3, *shape)
        maps, found = _class_maps(graph, last, images)
        finish = keras.ops.softmax

        def scored(values, finish=finish):
            return ops.convert_to_numpy(finish(ops.convert_to_tensor(values)))

        mean = maps.mean((1, 2))
        require_equal(
            "with random weights, the output of the network",
            found,
            scored(mean),
            mistakes=[
                ("the softmax at the end is missing.", mean),
                ("the scores end in a sigmoid; expected a softmax.", scored(mean, ops.sigmoid)),
                ("the softmax is applied twice.", scored(scored(mean))),
                (
                    "the class maps are not averaged over the image: their maximum is taken.",
                    scored(maps.max((1, 2))),
                ),
                (
                    "the class maps are summed over the image; expected their mean.",
                    scored(maps.sum((1, 2))),
                ),
                (
                    "a ReLU follows the class maps; the last 1x1 convolution stays linear here.",
                    scored(np.maximum(maps, 0).mean((1, 2))),
                ),
                (
                    "a ReLU follows the average; the scores go into the softmax as they are.",
                    scored(np.maximum(mean, 0)),
                ),
                (
                    "the softmax is taken at each pixel, before the average; average first.",
                    scored(maps).mean((1, 2)),
                ),
            ],
        )


def _class_maps(graph: Graph, last: Kernel, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What the last layer with weights makes of each place, before any activation; the output.

    A network may also pool first and then apply a dense layer: that is the same function.
    """
    __tracebackhide__ = True
    wire, kernel = last.node.inputs[0], np.asarray(last.node.operation.kernel)
    if len(wire.shape) != 4:
        earlier = [w for node in graph.ancestors(wire) for w in node.outputs if len(w.shape) == 4]
        wire = earlier[-1]
    require(
        wire.shape[-1] == kernel.shape[-2],
        "the last layer with weights reads a vector made of all pixels of the maps; expected "
        "global average pooling.",
    )
    features, output = graph.run(images, watch=[wire, graph.outputs[0]])
    layer = last.node.operation
    bias = np.asarray(layer.bias) if layer.use_bias else 0.0
    return features @ kernel.reshape(kernel.shape[-2:]) + bias, output


@check
def network_formula(network_in_network, *, rng) -> None:
    """With random weights, equals the same network computed step by step."""
    __tracebackhide__ = True
    for shape, classes in (((28, 28, 1), 10), ((13, 18, 3), 4)):
        _, graph = _built_network(network_in_network, shape, classes)
        randomise(graph, rng)
        weights = kernels(graph.nodes)
        require(
            len(weights) == 10 and all(len(k.kernel.shape) == 4 for k in weights[:9]),
            f"the network has {_named([k.kernel.shape for k in weights])}; expected three times "
            "three convolutions and the one for the class maps.",
        )
        require(
            weights[9].kernel.shape[-2] == weights[8].kernel.shape[-1],
            "the maps are flattened into a dense layer; expected global average pooling.",
        )
        images = _draw(rng, 3, *shape)
        right = functools.partial(_network, images, weights)
        require_equal(
            f"the output of the network for images {shape}",
            graph.run(images),
            right(),
            mistakes=_network_mistakes(right),
        )
