"""What AlexNet computes, from its weights, and what typical mistakes would compute instead."""

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from keras import ops

from cnn_casebook.checks.parts.lrn_formula import lrn
from cnn_casebook.checks.parts.verdict import require
from cnn_casebook.checks.parts.weights import kernels
from cnn_casebook.experiments.influence import weight_stages
from cnn_casebook.models.graph import Graph, Node

NAMES = ("conv1", "conv2", "conv3", "conv4", "conv5", "fc6", "fc7", "fc8")


@dataclass(frozen=True)
class Layer:
    """A layer's weights: kernel (k, k, channels read, filters) or (inputs, units), and bias.

    A convolution that is written as several, one for each group, is one layer here.
    """

    name: str
    nodes: list[Node]
    kernel: np.ndarray
    bias: np.ndarray

    @property
    def text(self) -> str:
        """The layer in a few words."""
        *window, fan_in, fan_out = self.kernel.shape
        if not window:
            return f"a dense layer from {fan_in:,} to {fan_out:,}"
        return (
            f"{window[0]}x{window[1]} convolution, {fan_out} filters which read {fan_in} channels"
        )


def read_layers(graph: Graph) -> list[Layer]:
    """Read the eight layers of an AlexNet; fail where there are more or fewer."""
    __tracebackhide__ = True
    stages = [kernels(nodes) for nodes in weight_stages(graph)]
    convolutions = [s for s in stages if len(s[0].kernel.shape) == 4 and s[0].kernel.shape[0] > 1]
    found = len(convolutions), len(stages) - len(convolutions)
    require(
        found in ((5, 3), (6, 2)),  # fc6 may be written as a convolution of all that is left
        f"the network has {found[0]} convolutions and {found[1]} dense layers, one after the "
        "other; expected 5 and 3.",
    )
    layers = []
    for name, stage in zip(NAMES, stages, strict=True):
        kernel = np.concatenate([part.kernel for part in stage], axis=-1)
        bias = np.concatenate([part.bias for part in stage], axis=-1)
        if name.startswith("fc"):
            kernel = kernel.reshape(-1, kernel.shape[-1])
        layers.append(Layer(name, [part.node for part in stage], kernel, bias))
    return layers


def forward(
    images: np.ndarray,
    layers: list[Layer],
    normalise: Callable = lrn,
    stride: int = 4,
    paddings: tuple = ("valid", "same", "same", "same", "same"),
    window: int = 3,
    pool_stride: int = 2,
    pool_padding: str = "valid",
    pooling: str = "max",
    pooled: tuple = (0, 1, 4),
    normalised: tuple = (0, 1),
    order: str = "relu lrn pool",
    relu: Callable = ops.relu,
    linear: tuple = (),
    last: Callable = ops.softmax,
) -> np.ndarray | None:
    """What AlexNet computes in inference mode; the keywords change it into a mistake.

    Args:
        images: float32 (batch, height, width, channels).
        layers: The eight layers.
        normalise: The local response normalisation.
        stride: Stride of conv1.
        paddings: Padding of each convolution.
        window: Window of the pooling layers.
        pool_stride: Their stride.
        pool_padding: Their padding.
        pooling: "max" or "average".
        pooled: Convolutions that a pooling layer follows, counted from 0.
        normalised: Convolutions that a normalisation follows.
        order: Order of the steps after a convolution.
        relu: The nonlinearity.
        linear: Layers without it.
        last: The nonlinearity of the last layer.

    Returns:
        float32 (batch, classes), or None where the shapes do not fit the weights.
    """
    pool = ops.max_pool if pooling == "max" else ops.average_pool
    x = images
    try:
        for i, layer in enumerate(layers[:5]):
            groups = x.shape[-1] // layer.kernel.shape[2]
            parts = zip(
                np.split(x, groups, axis=-1), np.split(layer.kernel, groups, axis=-1), strict=True
            )
            step = stride if i == 0 else 1
            if paddings[i] == "valid" and min(x.shape[1:3]) < layer.kernel.shape[0]:
                return None  # TensorFlow does not always refuse a window that does not fit
            y = [ops.conv(part, kernel, step, paddings[i]) for part, kernel in parts]
            x = ops.concatenate(y, axis=-1) + layer.bias
            for step in order.split():
                if step == "relu" and i not in linear:
                    x = relu(x)
                elif step == "lrn" and i in normalised:
                    x = normalise(x)
                elif step == "pool" and i in pooled:
                    if min(x.shape[1:3]) < window:
                        return None
                    x = pool(x, window, pool_stride, pool_padding)
            x = ops.convert_to_numpy(x)
        x = x.reshape(len(x), -1)
        for i, layer in enumerate(layers[5:], start=5):
            x = x @ layer.kernel + layer.bias
            if i < 7 and i not in linear:
                x = ops.convert_to_numpy(relu(x))
    except ValueError:
        return None
    return ops.convert_to_numpy(last(x))


def mistakes(right: Callable[..., np.ndarray | None]) -> Iterator[tuple[str, Callable]]:
    """The mistakes that an AlexNet can have in its order of steps, and what each would compute.

    Args:
        right: `forward` with everything filled in but its keywords.
    """

    def mistake(text: str, **changed):
        return text, functools.partial(_or_nothing, right, **changed)

    logits = {"last": lambda x: x}
    yield mistake("the softmax at the end is missing: these are the logits.", **logits)
    yield mistake("the last nonlinearity is a sigmoid; expected softmax.", last=ops.sigmoid)
    yield mistake(
        "a ReLU stands before the softmax; the last layer has softmax alone.",
        last=lambda x: ops.softmax(ops.relu(x)),
    )
    yield mistake(
        "softmax is applied twice.",
        last=lambda x: ops.softmax(ops.softmax(x)),
    )
    yield mistake(
        "local response normalisation is missing; it follows conv1 and conv2.", normalised=()
    )
    yield mistake("the normalisation after conv2 is missing.", normalised=(0,))
    yield mistake("the normalisation after conv1 is missing.", normalised=(1,))
    yield mistake(
        "every convolution is normalised; in AlexNet only conv1 and conv2 are.",
        normalised=(0, 1, 2, 3, 4),
    )
    yield mistake(
        "the normalisation stands after the pooling layer; the order is convolution, ReLU, "
        "normalisation, pooling.",
        order="relu pool lrn",
    )
    yield mistake(
        "the normalisation stands before ReLU; the order is convolution, ReLU, normalisation, "
        "pooling.",
        order="lrn relu pool",
    )
    yield mistake("the pooling layers take means; AlexNet takes maxima.", pooling="average")
    yield mistake(
        "the pooling layers have windows of 2x2; AlexNet's overlap: 3x3 with stride 2.", window=2
    )
    yield mistake(
        "the pooling layers do not overlap: windows of 3x3 with stride 3. The stride is 2.",
        pool_stride=3,
    )
    yield mistake('the pooling layers are padded; use padding="valid".', pool_padding="same")
    yield mistake("the pooling layer after conv5 is missing.", pooled=(0, 1))
    yield mistake("the pooling layer after conv2 is missing.", pooled=(0, 4))
    yield mistake("the pooling layer after conv1 is missing.", pooled=(1, 4))
    yield mistake("a pooling layer stands after every convolution.", pooled=(0, 1, 2, 3, 4))
    yield mistake('conv1 is padded; it has padding="valid".', paddings=("same",) * 5)
    yield mistake(
        'conv2 is not padded; it has padding="same".',
        paddings=("valid", "valid", "same", "same", "same"),
    )
    yield mistake(
        'conv3, conv4 and conv5 are not padded; they have padding="same".',
        paddings=("valid", "same", "valid", "valid", "valid"),
    )
    yield mistake(
        'only valid padding is used; conv2 to conv5 have padding="same".', paddings=("valid",) * 5
    )
    for stride in (1, 2, 3, 5):
        yield mistake(f"conv1 has stride {stride}; expected 4.", stride=stride)
    for i, name in enumerate(NAMES[:7]):
        yield mistake(
            f"the ReLU after {name} is missing (or its result is never used).", linear=(i,)
        )
    yield mistake("the ReLUs after the convolutions are missing.", linear=(0, 1, 2, 3, 4))
    yield mistake("the ReLUs after fc6 and fc7 are missing.", linear=(5, 6))
    yield mistake("there is no ReLU anywhere.", linear=tuple(range(7)))
    for name in ("tanh", "sigmoid", "elu", "leaky_relu", "gelu", "silu"):
        yield mistake(f"the nonlinearity is {name}; AlexNet uses ReLU.", relu=getattr(ops, name))


def _or_nothing(right: Callable, **changed) -> np.ndarray:
    found = right(**changed)
    return np.zeros(0) if found is None else found


def entering_fc6(input_shape: tuple, channels: int) -> int:
    """How many numbers enter fc6.

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
