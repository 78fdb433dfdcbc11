"""Keras's own ResNet-50 and single blocks of it, to compare a learner's with."""

import functools
from collections.abc import Iterator

import keras
import numpy as np
from keras import ops
from keras.src.applications.resnet import residual_block_v1  # Keras has no public name for it

from cnn_casebook.models.graph import Graph, flatten


@functools.cache
def keras_resnet50() -> keras.Model:
    """Keras's own ResNet-50 without its head, with random weights."""
    return keras.applications.ResNet50(weights=None, include_top=False, input_shape=(32, 32, 3))


@functools.cache
def keras_block(part: str) -> Graph:
    """A block of stage conv2 of Keras's own ResNet-50, for 8x8 tensors, made without the rest.

    Args:
        part: "conv2_block1", the projection block, or "conv2_block2", an identity block.
    """
    shape, _, filters, *strides = keras_case(part)
    x = keras.Input(shape)
    block = residual_block_v1(x, filters[0], conv_shortcut=bool(strides), name=part)
    return flatten(keras.Model(x, block))


def keras_case(part: str) -> tuple:
    """Input shape, kernel size, filters and, in the projection block, stride of `keras_block`."""
    filters = (64, 64, 256)
    return ((8, 8, 64), 3, filters, 1) if part == "conv2_block1" else ((8, 8, 256), 3, filters)


def with_every_stride(graph: Graph, x: np.ndarray) -> Iterator[np.ndarray]:
    """Run a part of Keras's ResNet-50 as it is, then with its strides on the 3x3 convolutions.

    These are padded as "same" does it first, with a zero on each side then.
    """
    yield graph.run(x)
    nodes = {node.name: node for node in graph.nodes}
    pairs = [
        (nodes[name], nodes[name.replace("block1_1_conv", "block1_2_conv")])
        for name in nodes
        if name.endswith("block1_1_conv")
    ]
    strides = [first.operation.strides for first, _ in pairs]
    middles = [
        middle for (_, middle), stride in zip(pairs, strides, strict=True) if stride != (1, 1)
    ]
    padded = {
        middle.inputs[0]: lambda y: ops.pad(y, [(0, 0), (1, 1), (1, 1), (0, 0)])
        for middle in middles
    }
    try:
        for (first, middle), stride in zip(pairs, strides, strict=True):
            first.operation.strides, middle.operation.strides = (1, 1), stride
        yield graph.run(x)
        for middle in middles:
            middle.operation.padding = "valid"
        yield graph.run(x, replace=padded)
    finally:
        for (first, middle), stride in zip(pairs, strides, strict=True):
            first.operation.strides, middle.operation.strides = stride, (1, 1)
            middle.operation.padding = "same"
