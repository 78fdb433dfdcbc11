"""The backbone for photographs: ImageNet's where its weights can be had, the course's elsewhere."""

from typing import NamedTuple

import keras
from keras import layers

SIZE = 96  # pixels a side, the smallest for which Keras has ImageNet weights of this network


class Backbone(NamedTuple):
    """A backbone, and how it is fine-tuned.

    Attributes:
        network: A model from images, values 0 to 255, to features.
        unfreeze: Name of the layer from which it is fine-tuned.
        learning_rate: Rate of fine-tuning.
        says: One line on where it comes from.
    """

    network: keras.Model
    unfreeze: str
    learning_rate: float
    says: str


def mobilenet(weights: str | None = None) -> keras.Model:
    """Build a small MobileNetV2 that takes values 0 to 255, as they stand in a photograph.

    Args:
        weights: "imagenet", which Keras downloads once; a file of weights; or None for random ones.

    Returns:
        A model from images (n, 96, 96, 3) to 1280 features. Its first layer brings the values to
        -1 to 1, for which the weights were trained.

    Example:
        >>> mobilenet().output_shape
        (None, 1280)
    """
    images = keras.Input((SIZE, SIZE, 3))
    network = keras.applications.MobileNetV2(
        input_shape=(SIZE, SIZE, 3),
        input_tensor=layers.Rescaling(1 / 127.5, -1)(images),
        alpha=0.35,
        include_top=False,
        pooling="avg",
        weights=weights,
    )
    return keras.Model(images, network.output)  # Keras's own takes a list of one input


def for_photographs(own: keras.Model) -> Backbone:
    """Take the best backbone that can be had here.

    Args:
        own: The course's backbone: grey images, values 0 to 255.
    """
    try:
        network = mobilenet("imagenet")
    except Exception:  # Keras raises a plain Exception where the download fails
        says = "No ImageNet weights can be downloaded here; the course's own backbone takes over."
        return Backbone(own, "stage2_block1_1_conv", 1e-3, says)
    says = "The backbone is a MobileNetV2, trained on the photographs of ImageNet."
    return Backbone(network, "block_13_expand", 1e-4, says)
