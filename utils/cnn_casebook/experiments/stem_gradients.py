"""How much of the gradient at a network's first layer comes from each of its outputs."""

import keras
import numpy as np

from cnn_casebook.models.graph import flatten


def stem_gradients(model: keras.Model, images: np.ndarray, labels: np.ndarray) -> list[float]:
    """Measure the gradient of each output's loss at the kernel of the first convolution.

    Args:
        model: A classifier with one or more outputs, each of probabilities (batch, classes).
        images: float32 (batch, height, width, channels).
        labels: int (batch,).

    Returns:
        For each output, the root of the mean square of the gradient of its mean cross-entropy;
        0 for an output that does not depend on that convolution.

    Example:
        >>> x = keras.Input((8, 8, 1))
        >>> y = keras.layers.Flatten()(keras.layers.Conv2D(2, 3)(x))
        >>> model = keras.Model(x, keras.layers.Dense(3, activation="softmax")(y))
        >>> len(stem_gradients(model, np.ones((2, 8, 8, 1), "float32"), np.array([0, 2])))
        1
    """
    import tensorflow as tf

    graph = flatten(model)
    first = next(node.operation for node in graph.nodes if hasattr(node.operation, "kernel"))
    norms = []
    for wire in graph.outputs:
        kept = {}
        with tf.GradientTape() as tape:
            graph.run(images, watch=[], replace={wire: lambda t, kept=kept: _keep(kept, t)})
            losses = keras.losses.sparse_categorical_crossentropy(labels, kept["tensor"])
            loss = keras.ops.mean(losses)
        gradient = tape.gradient(loss, first.kernel.value)
        square = 0.0 if gradient is None else keras.ops.mean(keras.ops.square(gradient))
        norms.append(float(square) ** 0.5)
    return norms


def _keep(kept: dict, tensor):
    """Keep a tensor, inside the tape, and pass it on."""
    kept["tensor"] = tensor
    return tensor
