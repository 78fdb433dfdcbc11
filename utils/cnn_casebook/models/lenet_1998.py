"""LeNet-5 as it was published, to count and to train beside today's version."""

import keras
import numpy as np
from keras import layers, ops


def squash(values):
    """Apply the scaled hyperbolic tangent of 1998; it maps 1 to 1 and -1 to -1.

    Args:
        values: Array or tensor, float32.

    Returns:
        Tensor of the same shape, values between -1.7159 and 1.7159.

    Source: LeCun, Bottou, Bengio, Haffner 1998, section II.B and appendix A.

    Example:
        >>> round(float(squash(1.0)), 3)
        1.0
    """
    return 1.7159 * ops.tanh(2 / 3 * values)


def subsample(maps):
    """Apply a subsampling layer of 1998: four numbers added, times a coefficient, plus a bias.

    Each map has its own trainable coefficient and bias; a 1x1 depthwise convolution is just that.

    Args:
        maps: Symbolic tensor, float32 (batch, height, width, channels).

    Returns:
        Symbolic tensor (batch, height / 2, width / 2, channels); no nonlinearity is applied.

    Source: the same, section II.B, layer S2.

    Example:
        >>> x = keras.Input((28, 28, 6))
        >>> keras.Model(x, subsample(x)).count_params()
        12
    """
    added = 4 * layers.AveragePooling2D(2)(maps)
    quarter = keras.initializers.Constant(0.25)  # begins as an average
    return layers.DepthwiseConv2D(1, depthwise_initializer=quarter)(added)


def body(connections) -> keras.Model:
    """Build the layers C1 to F6, with the sparse connections between S2 and C3.

    A squashing function follows every layer, the subsampling layers too.

    Args:
        connections: bool (6, 16): which maps of S2 (rows) each map of C3 (columns) sees.

    Returns:
        A model from images (32, 32, 1) to the 84 values of F6.

    Source: the same, section II.B.

    Example:
        >>> body(np.ones((6, 16), bool)).count_params()  # today's full C3 would have 900 more
        60900
    """
    columns = np.asarray(connections, bool).T
    images = keras.Input((32, 32, 1))
    c1 = squash(layers.Conv2D(6, 5)(images))
    s2 = squash(subsample(c1))
    seen = [ops.take(s2, np.flatnonzero(column), axis=-1) for column in columns]
    c3 = squash(ops.concatenate([layers.Conv2D(1, 5)(maps) for maps in seen], axis=-1))
    s4 = squash(subsample(c3))
    c5 = squash(layers.Conv2D(120, 5)(s4))
    f6 = squash(layers.Dense(84)(layers.Flatten()(c5)))
    return keras.Model(images, f6, name="lenet5_1998")
