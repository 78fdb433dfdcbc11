"""Checks of mlpconv layers and of a network of them that ends in global average pooling.

What a network gives is compared with its steps, run here on its own weights; where it differs, the
steps are edited by one mistake after another until they give the same: that mistake is named.
"""

import keras
import numpy as np
from keras import ops

from cnn_casebook.checks.parts.mistakes import other_nonlinearities, unused_relu, wrong_end
from cnn_casebook.checks.parts.modes import require_usual_layers
from cnn_casebook.checks.parts.oddities import oddities
from cnn_casebook.checks.parts.steps import (
    Mistakes,
    Step,
    Steps,
    changed,
    conv,
    edited,
    followed,
    global_pool,
    last,
    places,
    pool,
    relu,
    require_steps,
    swapped,
    without,
)
from cnn_casebook.checks.parts.verdict import build, build_model, check, require
from cnn_casebook.checks.parts.weights import (
    Kernel,
    draw_values,
    kernels,
    listed,
    randomise,
    require_own_weights,
    swapped_arguments,
)
from cnn_casebook.models.graph import Graph

# Filters of the three mlpconv layers of the course's network in network.
FILTERS = ((24, 16, 16), (32, 24, 24), (48, 32, 32))

POOLINGS = ("MaxPooling2D", "MaxPool", "GlobalAveragePooling2D", "Mean")  # kinds of its layers

# Places: the convolutions of an mlpconv layer, and the one that gives the class maps.
MLPCONV = ("the kxk convolution", "the first 1x1 convolution", "the second 1x1 convolution")
MAPS = "the class maps"


def _require_shapes(name: str, found: list[tuple], expected: list[tuple], cause: str = "") -> None:
    __tracebackhide__ = True
    cause = cause or _shapes_cause(found, expected)
    require(
        found == expected,
        f"{name} has {listed(found)}; expected {listed(expected)}. {cause}",
    )


def _shapes_cause(found: list[tuple], expected: list[tuple]) -> str:
    if len(found) != len(expected):
        return f"Expected {len(expected)} layers with weights, found {len(found)}."
    if swapped := swapped_arguments(found, expected):
        return swapped
    if [s[:2] for s in found] != [s[:2] for s in expected]:
        return "Look at the window sizes: only the first convolution of each group has a window."
    return ""


def _mlpconv_steps(weights: list[Kernel], where: str = "") -> Steps:
    """Three convolutions with a ReLU after each; `where` is added to the names of their places."""
    steps = []
    for place, kernel in zip(MLPCONV, weights, strict=True):
        steps += [conv(place + where, kernel), relu(place + where)]
    return steps


def _mlpconv_mistakes(right: Steps) -> Mistakes:
    """Missing and other ReLUs, in all mlpconv layers alike."""
    alike = {
        name: [place for place in places(right, "relu") if place.startswith(name)]
        for name in MLPCONV
    }
    for name, found in alike.items():
        yield unused_relu(name), without(right, "relu", *found)
    for name, found in alike.items():
        others = set(places(right, "relu")).difference(found)
        yield (
            f"the only ReLU is the one after {name}; expected one after each of the three.",
            without(right, "relu", *others),
        )
    yield (
        "there is no ReLU at all, so the three layers collapse into one linear layer.",
        without(right, "relu"),
    )
    yield from other_nonlinearities(right)


def _built_mlpconv(mlpconv, shape, kernel_size, filters) -> Graph:
    """Build an mlpconv layer and require its output's shape."""
    __tracebackhide__ = True
    _, graph = build(mlpconv, shape, kernel_size, filters)
    found, expected = graph.outputs[0].shape[1:], (*shape[:2], filters[2])
    cause = "The last filter count gives the channels."
    if found[2] == expected[2]:
        cause = 'Height and width are kept: padding="same" and stride 1.'
    elif found[:2] != expected[:2]:
        cause += ' Height and width are kept: padding="same" and stride 1.'
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
    require_usual_layers(graph, "mlpconv")


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
        count = len(kernels(graph.nodes))
        require(
            count == 3, f"mlpconv has {count} layers with weights; expected three convolutions."
        )
        randomise(graph, rng)
        images = draw_values(rng, 3, *shape)
        require_steps(
            f"the output of mlpconv with kernel_size={kernel_size}",
            graph.run(images),
            images,
            _mlpconv_steps(kernels(graph.nodes)),
            mistakes=_mlpconv_mistakes,
            hint=oddities(graph, norms=False),
        )


def _network_steps(weights: list[Kernel]) -> Steps:
    """Three mlpconv layers, a pooling after the first; a map for each class, its mean, softmax."""
    first, second, third = (
        _mlpconv_steps(weights[3 * number : 3 * number + 3], f" of mlpconv layer {number + 1}")
        for number in range(3)
    )
    return [*first, _pooling(), *second, *third, conv(MAPS, weights[9]), *_end_steps()]


def _pooling(place: str = "the pooling") -> Step:
    return pool(place, 3, 2, "same")


def _end_steps() -> Steps:
    return [global_pool(), last()]


def _end_mistakes(right: Steps) -> Mistakes:
    """What goes wrong between the class maps and the probabilities."""
    # Before a ReLU that follows the average: on maps of one sign each it computes the same.
    yield (
        "a ReLU follows the class maps; the last 1x1 convolution stays linear here.",
        edited(right, "global_pool", edit=lambda step: [relu(MAPS), step]),
    )
    yield from wrong_end(right, "the scores end in a sigmoid")
    for text, by in (
        ("not averaged over the image: their maximum is taken.", ops.max),
        ("summed over the image; expected their mean.", ops.sum),
    ):
        yield f"the class maps are {text}", changed(right, "global_pool", by=by)
    yield (
        "the softmax is taken at each pixel, before the average; average first.",
        swapped(right, "global_pool", "last"),
    )


def _network_mistakes(right: Steps) -> Mistakes:
    yield from _end_mistakes(right)
    unpooled = without(right, "pool")
    yield "the max pooling after the first mlpconv layer is missing or unused.", unpooled
    for text, settings in (
        ("takes the average; expected the maximum.", {"by": ops.average_pool}),
        ("window is 2x2; expected 3x3 with stride 2.", {"size": 2}),
        ("window is 4x4; expected 3x3 with stride 2.", {"size": 4}),
        ('cuts the border off; expected padding="same".', {"padding": "valid"}),
        ("has stride 1; expected stride 2.", {"stride": 1}),
        (
            "has stride 3, which is what Keras takes when none is given; expected 2.",
            {"stride": 3},
        ),
    ):
        yield f"the pooling {text}", changed(right, "pool", **settings)
    after_second = f"{MLPCONV[-1]} of mlpconv layer 2"
    yield (
        "there is a second max pooling, after the second mlpconv layer; expected one pooling only.",
        followed(right, "relu", after_second, by=_pooling),
    )
    yield (
        "the pooling comes after the second mlpconv layer; it belongs after the first.",
        followed(unpooled, "relu", after_second, by=_pooling),
    )
    yield from _mlpconv_mistakes(right)


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
            else " The last convolution has a filter for each class, and each map is averaged."
        ),
    )
    require(
        graph.inputs[0].shape[1:] == tuple(shape),
        f"the network takes images of shape {graph.inputs[0].shape[1:]}; expected {shape}, the "
        "argument input_shape.",
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
            f"{count:,}. Each convolution has a bias, and no other layer has weights.",
        )
    require_usual_layers(graph, "network_in_network")


@check
def network_pooling(network_in_network, *, rng) -> None:
    """The scores are the means of the class maps, whatever the size; then softmax."""
    __tracebackhide__ = True
    for shape, classes in (((11, 14, 2), 5), ((28, 20, 1), 3)):
        _, graph = _built_network(network_in_network, shape, classes)
        layered = kernels(graph.nodes)
        require(bool(layered), "the network has no convolution.")
        end = layered[-1]
        require(
            end.kernel.shape[-1] == classes,
            f"the last layer with weights is a {end.text}; expected a 1x1 convolution to "
            f"{classes} channels, one map for each class.",
        )
        randomise(graph, rng)
        images = draw_values(rng, 3, *shape)
        maps, found = _class_maps(graph, end, images)
        require_steps(
            "with random weights, the output of the network",
            found,
            maps,
            _end_steps(),
            mistakes=_end_mistakes,
        )


def _class_maps(graph: Graph, end: Kernel, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What the last layer with weights makes of each place, before any activation; the output.

    A network may also pool first and then apply a dense layer: that is the same function.
    """
    __tracebackhide__ = True
    wire, kernel = end.node.inputs[0], np.asarray(end.node.operation.kernel)
    if len(wire.shape) != 4:
        earlier = [w for node in graph.ancestors(wire) for w in node.outputs if len(w.shape) == 4]
        wire = earlier[-1]
    require(
        wire.shape[-1] == kernel.shape[-2],
        "the last layer with weights reads a vector made of all pixels of the maps; expected "
        "global average pooling.",
    )
    features, output = graph.run(images, watch=[wire, graph.outputs[0]])
    layer = end.node.operation
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
            f"the network has {listed([k.kernel.shape for k in weights])}; expected three times "
            "three convolutions and the one for the class maps.",
        )
        require(
            weights[9].kernel.shape[-2] == weights[8].kernel.shape[-1],
            "the maps are flattened into a dense layer; expected global average pooling.",
        )
        images = draw_values(rng, 3, *shape)
        require_steps(
            f"the output of the network for images {shape}",
            graph.run(images),
            images,
            _network_steps(weights),
            mistakes=_network_mistakes,
            hint=oddities(graph, *POOLINGS, norms=False),
        )
