"""What the convolutions of a trained network have learned: their filters, and what these find."""

from dataclasses import dataclass

import keras
import numpy as np

from cnn_casebook.models.graph import flatten


@dataclass(frozen=True)
class Convolution:
    """A convolution's filters, and its maps of one image.

    Args:
        filters: float32 (filters, height, width), the weights on the first channel that they see.
        maps: float32 (filters, height, width), after ReLU.
    """

    filters: np.ndarray
    maps: np.ndarray


def convolutions(model: keras.Model, image: np.ndarray) -> list[Convolution]:
    """Look into every convolution of a network that has ReLU after each of them.

    Args:
        model: Sequential, functional or nested.
        image: float32 (height, width, channels).

    Returns:
        One `Convolution` for each, in the order in which they run.

    Example:
        >>> x = keras.Input((9, 9, 1))
        >>> model = keras.Model(x, keras.layers.Conv2D(4, 3)(x))
        >>> (found,) = convolutions(model, np.ones((9, 9, 1)))
        >>> found.filters.shape, found.maps.shape
        ((4, 3, 3), (4, 7, 7))
    """
    graph = flatten(model)
    nodes = [node for node in graph.nodes if node.kind == "Conv2D"]
    volumes = graph.run(image[np.newaxis], watch=[node.outputs[0] for node in nodes])
    return [
        Convolution(
            filters=np.moveaxis(np.asarray(node.operation.kernel)[:, :, 0], -1, 0),
            maps=np.moveaxis(np.maximum(volume[0], 0), -1, 0),
        )
        for node, volume in zip(nodes, volumes, strict=True)
    ]


def alike(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Compare each filter with what it was before: the cosine of the angle between them.

    Args:
        before: float (filters, height, width).
        after: The same filters, later.

    Returns:
        float (filters,): 1 where a filter has at most grown or shrunk, about 0 between two filters
        that have nothing to do with each other.

    Example:
        >>> alike(np.ones((2, 5, 5)), 3 * np.ones((2, 5, 5))).round(6).tolist()
        [1.0, 1.0]
    """
    first, second = (filters.reshape(len(filters), -1) for filters in (before, after))
    sizes = np.linalg.norm(first, axis=1) * np.linalg.norm(second, axis=1)
    return (first * second).sum(axis=1) / sizes
