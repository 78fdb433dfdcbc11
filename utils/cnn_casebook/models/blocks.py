"""Blocks of residual networks, ready made for notebooks that build networks from them.

The bottlenecks are the course's own version: one function with switches. In residual_blocks.ipynb
learners write both blocks themselves, step by step. There this module must not be imported: an
answer that calls it has answered nothing. From resnet50.ipynb on it stands in for a learner's own
blocks, so that every notebook can be worked on alone.
"""

import keras
from keras import layers


def identity_block(x, kernel_size, filters, *, use_bias=True):
    """Bottleneck whose shortcut carries x unchanged.

    Args:
        x: Symbolic tensor, float32 (batch, height, width, f3).
        kernel_size: Height and width of the middle convolution's window, an odd integer.
        filters: Three integers (f1, f2, f3).
        use_bias: Whether the convolutions have biases.

    Returns:
        Symbolic tensor of the shape of x.

    Source: He et al. (2015), arXiv:1512.03385, section 4.1 and figure 5.
    """
    return _bottleneck(x, kernel_size, filters, 1, False, use_bias)


def projection_block(x, kernel_size, filters, strides=2, *, use_bias=True):
    """Bottleneck whose shortcut is a 1x1 convolution with the same stride, and a batch norm.

    The main path's stride sits on its first convolution, as in the paper and in Keras.

    Args:
        x: Symbolic tensor, float32 (batch, height, width, channels).
        kernel_size: Height and width of the middle convolution's window, an odd integer.
        filters: Three integers (f1, f2, f3).
        strides: Height and width are divided by it, and rounded up.
        use_bias: Whether the convolutions have biases.

    Returns:
        Symbolic tensor (batch, height / strides, width / strides, f3).

    Source: He et al. (2015), arXiv:1512.03385, section 3.3, equation 2.
    """
    return _bottleneck(x, kernel_size, filters, strides, True, use_bias)


def _bottleneck(x, kernel_size, filters, strides, projected, use_bias):
    def normed(y, count, window, step=1):
        y = layers.Conv2D(count, window, strides=step, padding="same", use_bias=use_bias)(y)
        return layers.BatchNormalization()(y)

    main, windows = x, (1, kernel_size, 1)
    for place, (count, window) in enumerate(zip(filters, windows, strict=True)):
        main = layers.ReLU()(main) if place else main
        main = normed(main, count, window, 1 if place else strides)
    shortcut = normed(x, filters[-1], 1, strides) if projected else x
    return layers.ReLU()(layers.Add()([main, shortcut]))


def unit(x, filters, strides=1, batch_norm=True, relu=True):
    """Convolution of 3x3 pixels, batch norm, ReLU; the last two may be left out.

    Args:
        x: Symbolic tensor, float32 (batch, height, width, channels).
        filters: Channels of the result.
        strides: Height and width are divided by it, and rounded up.
        batch_norm: Whether a batch norm follows the convolution.
        relu: Whether a ReLU comes last.

    Returns:
        Symbolic tensor (batch, height / strides, width / strides, filters).

    Source: He et al. (2015), arXiv:1512.03385, sections 3.4 and 4.2, initial weights included.
    """
    x = layers.Conv2D(
        filters,
        3,
        strides=strides,
        padding="same",
        use_bias=False,
        kernel_initializer="he_normal",
    )(x)
    x = layers.BatchNormalization()(x) if batch_norm else x
    return layers.ReLU()(x) if relu else x


def shallow_vgg(input_shape: tuple, classes: int, width: float) -> keras.Model:
    """VGG-16 with a single convolution in each block: 8 layers with weights instead of 16.

    Args:
        input_shape: (height, width, channels) of an image, 32 pixels or more a side.
        classes: Units of the last layer.
        width: Factor of all channels and of the units of both hidden dense layers.

    Returns:
        Keras model from images to probabilities (batch, classes).

    Example:
        >>> shallow_vgg((32, 32, 1), 10, 1 / 16).count_params()
        92202
    """
    x = images = keras.Input(input_shape)
    for filters in (64, 128, 256, 512, 512):
        x = layers.Conv2D(round(filters * width), 3, padding="same", activation="relu")(x)
        x = layers.MaxPooling2D(2)(x)
    x = layers.Flatten()(x)
    for _ in range(2):
        x = layers.Dense(round(4096 * width), activation="relu")(x)
    return keras.Model(images, layers.Dense(classes, activation="softmax")(x))
