"""What becomes of an image on its way through a network, for messages about sizes.

Many mistakes can leave the same number of pixels. Which layer made which size is a fact, in which
learners find theirs.
"""

import numpy as np

from cnn_casebook.models.graph import Graph, Node


def sizes_before(graph: Graph, node: Node, every: bool = False) -> str:
    """The heights and widths on the way to a layer, and the layers that change them.

    Args:
        graph: A learner's network.
        node: One of its layers; where several paths lead to it, the first one counts.
        every: Whether convolutions and poolings that change nothing are named too.

    Returns:
        str: Such as "28x28 -> Conv2D(5x5, strides=1, valid) -> 24x24 -> Flatten -> 3,456".
    """
    way, wire = [], node.inputs[0]
    while (maker := graph.maker.get(wire)) and maker.inputs:
        way.append((maker, wire.shape))
        wire = maker.inputs[0]
    size = _size(wire.shape)
    words = [size]
    for maker, shape in reversed(way):
        settings = _settings(maker.operation)
        if _size(shape) != size or (every and settings):
            size = _size(shape)
            words += [f"{maker.kind}{settings}", size]
    return " -> ".join(words)


def _size(shape: tuple) -> str:
    """Height and width of a volume, or the length of a vector; the batch comes first."""
    return "x".join(map(str, shape[1:3])) if len(shape) == 4 else f"{shape[-1]:,}"


def _settings(operation) -> str:
    """Window, stride and padding of a convolution or a pooling; empty for any other operation."""
    window = getattr(operation, "kernel_size", getattr(operation, "pool_size", None))
    stride, padding = (getattr(operation, name, None) for name in ("strides", "padding"))
    if window is None or stride is None:
        return ""
    high, wide = np.broadcast_to(window, 2)
    steps = "x".join(map(str, dict.fromkeys(np.broadcast_to(stride, 2).tolist())))
    return f"({high}x{wide}, strides={steps}, {padding})"
