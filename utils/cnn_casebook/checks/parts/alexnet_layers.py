"""The eight layers with weights of a learner's AlexNet: read, measured, given random weights."""

from dataclasses import dataclass

import numpy as np

from cnn_casebook.checks.parts.sizes import sizes_before
from cnn_casebook.checks.parts.verdict import CheckFailed, require
from cnn_casebook.checks.parts.weights import kernels, randomise, swapped_arguments
from cnn_casebook.experiments.influence import weight_stages
from cnn_casebook.models.graph import Graph, Node
from cnn_casebook.models.grouped import split_groups
from cnn_casebook.models.networks import scaled

CONVOLUTIONS = ("conv1", "conv2", "conv3", "conv4", "conv5")
NAMES = (*CONVOLUTIONS, "fc6", "fc7", "fc8")


@dataclass(frozen=True)
class Layer:
    """A layer's weights: kernel (k, k, channels read, filters) or (inputs, units), and bias.

    A convolution that is written as several, one for each group, is one layer here. Steps read
    its kernel and bias like those of a `Kernel`.
    """

    name: str
    nodes: list[Node]
    kernel: np.ndarray
    bias: np.ndarray
    graph: Graph | None = None

    @property
    def sizes(self) -> str:
        """What becomes of an image on the way to the layer; empty where the network is unknown."""
        return sizes_before(self.graph, self.nodes[0]) if self.graph else ""

    @property
    def text(self) -> str:
        """The layer in a few words."""
        return _text(self.kernel.shape)


def _text(shape: tuple) -> str:
    *window, fan_in, fan_out = shape
    if not window:
        return f"a dense layer from {fan_in:,} to {fan_out:,}"
    return f"{window[0]}x{window[1]} convolution, {fan_out} filters which read {fan_in} channels"


def layer_names(convolutions: int, dense: int) -> list[str]:
    """The names of the layers of an AlexNet, where it is right and where its depth is another.

    What follows conv1, conv2 and conv5 by the paper follows the first two and the last one.

    Example:
        >>> layer_names(4, 2)
        ['conv1', 'conv2', 'conv3', 'conv5', 'fc6', 'fc8']
    """
    between = ["conv3", "conv4", *(f"conv4.{number}" for number in range(1, convolutions))]
    hidden = ["fc6", "fc7", *(f"fc7.{number}" for number in range(1, dense))]
    inner = between[: max(0, convolutions - 3)]
    return ["conv1", "conv2", *inner, "conv5", *hidden[: dense - 1], "fc8"]


def count_layers(graph: Graph) -> tuple[int, int]:
    """How many convolutions and how many dense layers follow one another in a network.

    A dense layer may be written as a 1x1 convolution, and fc6 as one of all that is left.
    """
    stages = [kernels(nodes)[0] for nodes in weight_stages(graph)]
    windows = [k for k in stages if len(k.kernel.shape) == 4 and k.kernel.shape[0] > 1]
    if windows and windows[-1].node.outputs[0].shape[1] == 1 < windows[-1].node.inputs[0].shape[1]:
        del windows[-1]
    return len(windows), len(stages) - len(windows)


def read_layers(graph: Graph, exact: bool = True) -> list[Layer]:
    """Read the layers of an AlexNet.

    Args:
        graph: A learner's network.
        exact: Whether there have to be eight; else three convolutions and two dense layers do.
    """
    __tracebackhide__ = True
    convolutions, dense = count_layers(graph)
    cause = _count_cause(graph)
    enough = convolutions >= 3 and dense >= 2 and not cause
    require(
        (convolutions, dense) == (5, 3) or (enough and not exact),
        f"the network has {convolutions} convolutions and {dense} dense layers, one after the "
        f"other; expected 5 and 3.{cause}",
    )
    stages = [kernels(nodes) for nodes in weight_stages(graph)]
    layers = []
    for name, stage in zip(layer_names(convolutions, dense), stages, strict=True):
        kernel = np.concatenate([part.kernel for part in stage], axis=-1)
        bias = np.concatenate([part.bias for part in stage], axis=-1)
        if name.startswith("fc"):
            kernel = kernel.reshape(-1, kernel.shape[-1])
        layers.append(Layer(name, [part.node for part in stage], kernel, bias, graph))
    return layers


def _count_cause(graph: Graph) -> str:
    depthwise = [node for node in graph.nodes if node.kind.startswith(("Depthwise", "Separable"))]
    if not depthwise:
        return ""
    return f" A {depthwise[0].kind} is none of them: use Conv2D, with its argument groups."


def entering_fc6(input_shape: tuple, channels: int) -> int:
    """How many numbers enter fc6.

    Args:
        input_shape: (height, width, channels) of an image.
        channels: Channels that leave conv5.

    Example:
        >>> entering_fc6((227, 227, 3), 256)
        9216
    """
    sizes = []
    for size in input_shape[:2]:
        size = (size - 11) // 4 + 1
        for _ in range(3):
            size = (size - 3) // 2 + 1
        sizes.append(size)
    return sizes[0] * sizes[1] * channels


def kernel_shapes(input_shape: tuple, classes: int, groups: int, width: float) -> list[tuple]:
    """The shapes of the eight kernels, as in `Layer`, given the arguments of `alexnet`.

    Example:
        >>> kernel_shapes((227, 227, 3), 1000, 2, 1.0)[1]
        (5, 5, 48, 256)
    """
    c1, c2, c3, c4, c5, hidden = (scaled(n, width) for n in (96, 256, 384, 384, 256, 4096))
    return [
        (11, 11, input_shape[-1], c1),
        (5, 5, c1 // groups, c2),
        (3, 3, c2, c3),
        (3, 3, c3 // groups, c4),
        (3, 3, c4 // groups, c5),
        (entering_fc6(input_shape, c5), hidden),
        (hidden, hidden),
        (hidden, classes),
    ]


def require_layers(
    layers: list[Layer],
    input_shape: tuple,
    classes: int,
    groups: int,
    width: float,
    entering: bool = True,
) -> None:
    """Require that the layers have the sizes that the arguments of `alexnet` ask for.

    Args:
        layers: Those of a learner's network.
        input_shape: As for `alexnet`, and so are `classes`, `groups` and `width`.
        entering: Whether the numbers that enter fc6 count too. Strides, paddings and poolings make
            them, so that a check of these finds another number as well.
    """
    __tracebackhide__ = True
    shapes = kernel_shapes(input_shape, classes, groups, width)
    for layer, expected in zip(layers, shapes, strict=True):
        if layer.name == "fc6" and not entering:
            expected = (layer.kernel.shape[0], expected[1])
        if layer.kernel.shape != expected:
            cause = _cause(layer, expected, groups)
            raise CheckFailed(
                f"{layer.name} (groups={groups}, width={width:.4g}) is {layer.text}; expected "
                f"{_text(expected)}. {cause}"
            )


def _cause(layer: Layer, expected: tuple, groups: int) -> str:
    found, name = layer.kernel.shape, layer.name
    if swapped := swapped_arguments([found], [expected]):
        return swapped
    if len(found) == 4 and found[:2] != expected[:2]:
        return "Look at the kernel size."
    if found[-1] != expected[-1]:
        return (
            "Look at the number of filters or units, and at width: channels and hidden units are "
            "scaled with networks.scaled(number, width), classes are not."
        )
    if name == "fc6":
        return (
            "Look at strides and paddings, at the pooling layer after conv5 and at Flatten: "
            f"227 becomes 55, 27, 13, 6. Here: {layer.sizes}."
        )
    if len(found) == 4 and groups == 2 and found[2] == 2 * expected[2]:
        return (
            "groups are ignored here: each filter reads all channels before it; expected one half "
            "of them."
        )
    if len(found) == 4 and groups == 1 and found[2] < expected[2]:
        return "With groups=1 each filter reads all channels."
    if len(found) == 4 and 2 * found[2] == expected[2]:
        return (
            "There are two groups here. Only conv2, conv4 and conv5 have the argument groups; "
            "conv3 reads all channels."
        )
    if len(found) == 4:
        return "Look at its groups, and at which tensor enters it."
    return "Look at which tensor enters this layer."


def random_layers_and_images(
    graph: Graph, input_shape: tuple, rng: np.random.Generator
) -> tuple[list[Layer], np.ndarray]:
    """Give a network random weights, and draw images, so that every step shows in the output.

    Volumes are so large that the normalisation is not merely a factor; logits are of size 1.

    Args:
        graph: A learner's AlexNet.
        input_shape: (height, width, channels) of an image.
        rng: Random numbers.

    Returns:
        The layers with their new weights, and images, float32 (3, height, width, channels).
    """
    __tracebackhide__ = True
    layers = read_layers(graph, exact=False)
    randomise(graph, rng)
    for node in layers[1].nodes:
        node.operation.kernel.assign(20 * node.operation.kernel)
    images = rng.normal(0, 150, (3, *input_shape)).astype("float32")
    last = layers[-1].nodes[0]
    (entering,) = split_groups(graph).run(images, watch=[last.inputs[0]])
    logits = np.reshape(entering, (len(images), -1)) @ read_layers(graph, exact=False)[-1].kernel
    size = float(np.std(logits))
    last.operation.kernel.assign(last.operation.kernel * (1.5 / size if size > 0 else 1))
    return read_layers(graph, exact=False), images
