"""Grouped convolutions, run as several plain ones.

On a CPU, TensorFlow has no kernel for grouped convolutions of this layout, so Keras compiles each
call anew: thirty times slower than a plain convolution, and after five calls TensorFlow warns.
Checks and figures therefore run the parts one by one. The result is the same.
"""

import keras
from keras import ops

from cnn_casebook.models.graph import Graph, Node


class SplitConvolution:
    """Computes what a grouped `Conv2D` computes, by one plain convolution for each group."""

    def __init__(self, layer: keras.layers.Conv2D):
        """Use the weights and settings of a layer."""
        self.layer = layer
        self.name = layer.name

    def __call__(self, x):
        """Convolve x, float32 (batch, height, width, channels)."""
        layer = self.layer
        x = ops.cast(x, layer.compute_dtype)
        parts = zip(
            ops.split(x, layer.groups, axis=-1),
            ops.split(ops.convert_to_tensor(layer.kernel), layer.groups, axis=-1),
            strict=True,
        )
        y = ops.concatenate(
            [
                ops.conv(part, kernel, layer.strides, layer.padding, None, layer.dilation_rate)
                for part, kernel in parts
            ],
            axis=-1,
        )
        if layer.use_bias:
            y = y + layer.bias
        return layer.activation(y) if layer.activation is not None else y


def split_groups(graph: Graph) -> Graph:
    """Return a graph that computes the same, on the same wires, without grouped convolutions.

    Args:
        graph: A flattened model.

    Example:
        >>> import numpy as np
        >>> from cnn_casebook.models.graph import flatten
        >>> x = keras.Input((5, 5, 4))
        >>> graph = flatten(keras.Model(x, keras.layers.Conv2D(6, 3, groups=2)(x)))
        >>> split_groups(graph).run(np.ones((1, 5, 5, 4))).shape
        (1, 3, 3, 6)
    """

    def split(node: Node) -> Node:
        if isinstance(node.operation, keras.layers.Conv2D) and node.operation.groups > 1:
            return Node(SplitConvolution(node.operation), node.args, node.kwargs, node.outputs)
        return node

    return Graph(graph.inputs, graph.outputs, [split(node) for node in graph.nodes])
