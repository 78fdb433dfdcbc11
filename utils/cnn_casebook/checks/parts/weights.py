"""The weights of a network, found by what they do: read, randomised, moved to another network."""

from collections import Counter
from dataclasses import dataclass

import keras
import numpy as np

from cnn_casebook.checks.parts.verdict import require
from cnn_casebook.models.graph import Graph, Node, Wire

LARGEST_EPSILON = 0.01  # of a batch norm


@dataclass(frozen=True)
class Kernel:
    """A convolution or dense layer: `kernel` (height, width, in, out) or (in, out), and bias."""

    node: Node
    kernel: np.ndarray
    bias: np.ndarray

    @property
    def text(self) -> str:
        """The layer in a few words: "3x3 convolution, 4 to 8 channels"."""
        *window, fan_in, fan_out = self.kernel.shape
        if not window:
            return f"dense layer, {fan_in} to {fan_out}"
        if isinstance(self.node.operation, keras.layers.Dense):
            return f"dense layer on each pixel, {fan_in} to {fan_out} channels"
        return f"{window[0]}x{window[1]} convolution, {fan_in} to {fan_out} channels"


@dataclass(frozen=True)
class Norm:
    """A batch norm over channels: four vectors of one length, and its epsilon."""

    node: Node
    gamma: np.ndarray
    beta: np.ndarray
    mean: np.ndarray
    variance: np.ndarray
    epsilon: float


def kernels(nodes: list[Node]) -> list[Kernel]:
    """Read the convolutions and dense layers among the nodes.

    A dense layer on images is a 1x1 convolution and is read as one.
    """
    return [_kernel(node) for node in nodes if is_kernel(node)]


def listed(shapes: list[tuple]) -> str:
    """Say kernels' shapes in words.

    Example:
        >>> listed([(1, 1, 10, 4), (3, 3, 4, 6), (96, 5)])
        '1x1 from 10 to 4 channels -> 3x3 from 4 to 6 channels -> dense 96 to 5'
    """
    if not shapes:
        return "no convolution"
    return " -> ".join(
        f"{s[0]}x{s[1]} from {s[2]} to {s[3]} channels"
        if len(s) == 4
        else f"dense {s[0]} to {s[1]}"
        for s in shapes
    )


def swapped_arguments(found: list[tuple], expected: list[tuple]) -> str:
    """The likely cause where a convolution has as many filters as its window should be wide.

    Args:
        found: Shapes of kernels, (height, width, in, out) or (in, out).
        expected: What each should be.

    Example:
        >>> swapped_arguments([(8, 8, 3, 5)], [(5, 5, 3, 8)])
        'Two arguments are swapped: Conv2D takes the filters first, then the window.'
    """
    for shape, wanted in zip(found, expected, strict=False):
        both = len(shape) == len(wanted) == 4 and shape != wanted
        if both and (shape[0], shape[-1]) == (wanted[-1], wanted[0]):
            return "Two arguments are swapped: Conv2D takes the filters first, then the window."
    return ""


def is_kernel(node: Node) -> bool:
    """Whether the node is a convolution or a dense layer."""
    return isinstance(node.operation, keras.layers.Conv2D | keras.layers.Dense)


def is_norm(node: Node) -> bool:
    """Whether the node is a batch norm."""
    return isinstance(node.operation, keras.layers.BatchNormalization)


def _kernel(node: Node) -> Kernel:
    layer = node.operation
    kernel = np.asarray(layer.kernel)
    if isinstance(layer, keras.layers.Dense) and len(node.inputs[0].shape) == 4:
        kernel = kernel[None, None]
    bias = np.asarray(layer.bias) if layer.use_bias else np.zeros(kernel.shape[-1], "float32")
    return Kernel(node, kernel, bias)


def norms(nodes: list[Node]) -> list[Norm]:
    """Read the batch norms among the nodes; each must work on the channels (the last axis)."""
    __tracebackhide__ = True
    found = []
    for node in nodes:
        if not is_norm(node):
            continue
        layer, shape = node.operation, node.inputs[0].shape
        axis = layer.axis % len(shape)
        require(
            axis == len(shape) - 1,
            f"a batch norm works on axis {layer.axis} of {shape}; expected the channels, which are "
            "the last axis here. Use axis=-1, the default.",
        )
        require(
            0 < layer.epsilon <= LARGEST_EPSILON,
            f"a batch norm has epsilon={layer.epsilon:g}; expected a small positive number, such "
            "as Keras's default of 0.001. A large one hides what the layer gets.",
        )
        ones = np.ones(shape[-1], "float32")
        found.append(
            Norm(
                node,
                np.asarray(layer.gamma) if layer.scale else ones,
                np.asarray(layer.beta) if layer.center else 0 * ones,
                np.asarray(layer.moving_mean),
                np.asarray(layer.moving_variance),
                layer.epsilon,
            )
        )
    return found


def draw_values(rng: np.random.Generator, *shape: int) -> np.ndarray:
    """Random numbers of size 1 that are not centred, for images and whatever else is given."""
    return rng.normal(0.2, 1, shape).astype("float32")


def randomise(graph: Graph, rng: np.random.Generator) -> None:
    """Give every layer of a network fresh random weights, batch-norm statistics too.

    Values are scaled so that signals neither vanish nor explode on the way.
    """
    for layer in {node.operation: None for node in graph.nodes if node.has_weights}:
        for variable in layer.weights:
            name, shape = variable.path.rsplit("/", 1)[-1], tuple(variable.shape)
            if name in ("gamma", "moving_variance"):
                value = rng.uniform(0.6, 1.6, shape)
            elif name in ("beta", "moving_mean", "bias"):
                value = rng.normal(0, 0.4, shape)
            else:
                value = rng.standard_normal(shape, np.float32)
                value *= np.float32(np.sqrt(1.5 / max(1, np.prod(shape[:-1]))))
            variable.assign(value.astype("float32"))


def wake_relus(graph: Graph) -> None:
    """Make the weights of convolutions and dense layers positive, so that no ReLU is silent.

    Random filters can give nothing but negative numbers, all filters of a narrow layer even; then
    nothing of an image, and no gradient, comes through. Signals keep their size.
    """
    for layer in kernels(graph.nodes):
        operation, inputs = layer.node.operation, layer.kernel[..., 0].size
        operation.kernel.assign(np.abs(operation.kernel) / np.sqrt(inputs))
        if operation.use_bias:
            operation.bias.assign(np.abs(operation.bias))


def scale_scores(graph: Graph, images: np.ndarray, *last_layers: Kernel) -> None:
    """Bring the scores in front of each softmax to size 1.

    Random weights can make them so large that a softmax gives 0 and 1 alone: then it hides what
    changes in front of it, and lets no gradient through.

    Args:
        graph: A network.
        images: What it is run on, float32 (batch, height, width, channels).
        last_layers: The layers that give the scores, dense or 1x1.
    """
    entering = graph.run(images, watch=[layer.node.inputs[0] for layer in last_layers])
    for layer, features in zip(last_layers, entering, strict=True):
        weights = layer.kernel.reshape(-1, layer.kernel.shape[-1])
        if weights.shape[0] != features.shape[-1]:
            continue  # a window: no layer that gives scores
        size = float(np.std(features @ weights))
        if size > 0:
            variable = layer.node.operation.kernel
            variable.assign(variable / size)


def ordered(graph: Graph) -> list[Node]:
    """The nodes in an order that depends on what the network computes, not on how it was written.

    From the output backwards; where branches are added, the one with more weights comes first, so
    that the order of the arguments of an addition and of the layers' creation does not matter.
    """
    order, seen = [], set()

    def weight(wire: Wire) -> int:
        return sum(node.has_weights for node in graph.ancestors(wire))

    def visit(wire: Wire) -> None:
        node = graph.maker.get(wire)
        if node is None or node in seen:
            return
        seen.add(node)
        inputs = node.inputs
        if len(inputs) > 1 and node.kind != "Concatenate":
            inputs = sorted(inputs, key=weight, reverse=True)
        for previous in inputs:
            visit(previous)
        order.append(node)

    for wire in graph.outputs:
        visit(wire)
    return order


def require_own_weights(graph: Graph) -> None:
    """Require that no layer with weights is used twice: each use should learn its own weights."""
    __tracebackhide__ = True
    uses = Counter(node.operation for node in graph.nodes if node.has_weights)
    shared = [layer.name for layer, count in uses.items() if count > 1]
    require(
        not shared,
        f"the layer {', '.join(map(repr, shared))} is used more than once, so these places share "
        "one set of weights. Make a new layer for each place.",
    )


def transplant(source: Graph, target: Graph) -> None:
    """Give a network the weights of another one of the same architecture, so that both agree.

    Layers are matched by their place in the computation. In inference mode the two networks then
    compute the same, also where they differ in the batch norms' epsilon or where a convolution
    before a batch norm has a bias in one of them only.

    Raises:
        CheckFailed: The architectures differ; the message names the first difference.
    """
    __tracebackhide__ = True
    require_own_weights(target)
    giving, taking = ordered(source), ordered(target)
    pairs = _matched(kernels(giving), kernels(taking), "convolutions and dense layers")
    for give, take in pairs:
        require(
            give.kernel.shape == take.kernel.shape,
            f"found a {take.text} where the reference has a {give.text}.",
        )
    gives, takes = norms(giving), norms(taking)
    norm_pairs = _matched(gives, takes, "batch norms")
    offsets = {}
    for give, take in pairs:
        layer, kernel = take.node.operation, give.kernel
        layer.kernel.assign(kernel.reshape(tuple(layer.kernel.shape)))
        if layer.use_bias:
            layer.bias.assign(give.bias)
            continue
        following = [node for node in target.readers(take.node.outputs[0]) if is_norm(node)]
        require(
            bool(following) or not np.any(give.bias),
            f"the layer {take.node.name!r} ({take.text}) has no bias, and no batch norm follows "
            "that could stand in for it.",
        )
        if following:
            offsets[following[0].operation] = give.bias
    for give, take in norm_pairs:
        layer = take.node.operation
        require(
            give.gamma.shape == take.gamma.shape,
            f"found a batch norm of {len(take.gamma)} channels where the reference has one of "
            f"{len(give.gamma)}.",
        )
        require(
            layer.scale and layer.center,
            f"the batch norm {layer.name!r} has scale or center switched off; expected both.",
        )
        layer.gamma.assign(give.gamma)
        layer.beta.assign(give.beta)
        layer.moving_mean.assign(give.mean - offsets.get(layer, 0.0))
        layer.moving_variance.assign(give.variance + give.epsilon - layer.epsilon)


def _matched(expected: list, found: list, what: str) -> list[tuple]:
    __tracebackhide__ = True
    require(
        len(expected) == len(found),
        f"the network has {len(found)} {what}; the reference has {len(expected)}.",
    )
    return list(zip(expected, found, strict=True))
