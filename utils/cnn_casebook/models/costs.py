"""What a network costs: the multiplications of its convolutions and dense layers, for one image."""

import math

import keras

from cnn_casebook.models.graph import flatten


def multiplications(model: keras.Model) -> int:
    """Count the multiplications by weights that one image takes.

    A convolution multiplies once for each output value and each weight that leads to it; so does
    a dense layer. Additions, biases, pooling and activations are not counted, and products with
    zeros of the padding are.

    Args:
        model: A functional or sequential model with a fixed image size. Layers may be nested.

    Raises:
        ValueError: The image size is not fixed, or a layer with a kernel is of a kind that this
            function cannot count.

    Example:
        >>> x = keras.Input((28, 28, 192))
        >>> multiplications(keras.Model(x, keras.layers.Conv2D(32, 5, padding="same")(x)))
        120422400
    """
    total = 0
    for node in flatten(model).nodes:
        layer = node.operation
        if not isinstance(layer, keras.Layer) or not hasattr(layer, "kernel"):
            continue
        if not isinstance(layer, keras.layers.Conv2D | keras.layers.Dense):
            raise ValueError(f"expected Conv2D and Dense layers; {node.kind} cannot be counted.")
        places = node.outputs[0].shape[1:-1]
        if None in places:
            raise ValueError(
                f"the layer {node.name!r} gives {node.outputs[0].shape}: the number of "
                "multiplications depends on the image size. Fix it in keras.Input."
            )
        total += math.prod(places) * math.prod(layer.kernel.shape)
    return total
