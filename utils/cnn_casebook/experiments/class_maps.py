"""Where a network sees the evidence for a class: the maps behind a global average pooling.

With global average pooling before the softmax, the score of a class is the mean of a map over
the image. The map itself says which places spoke for the class.
Source: Lin, Chen, Yan 2013, arXiv 1312.4400, sections 3.2 and 4.6; Zhou et al. 2015, arXiv
1512.04150, section 2.
"""

import keras
import numpy as np

from cnn_casebook.models.graph import flatten

ORANGE = (0.90, 0.62, 0.0)


def class_maps(model: keras.Model, images: np.ndarray) -> np.ndarray:
    """Compute one map per class, whose mean over the image is the score of that class.

    Args:
        model: A network that ends in a 1x1 convolution to one channel per class, global average
            pooling and softmax. A dense layer after the pooling is the same and works too.
        images: float32 (batch, height, width, channels).

    Returns:
        float32 (batch, map height, map width, classes).

    Raises:
        ValueError: The network has no convolution or dense layer, or flattens its maps.

    Example:
        >>> x = keras.Input((8, 8, 1))
        >>> maps = keras.layers.Conv2D(3, 1)(x)
        >>> scores = keras.layers.Softmax()(keras.layers.GlobalAveragePooling2D()(maps))
        >>> class_maps(keras.Model(x, scores), np.ones((2, 8, 8, 1), "float32")).shape
        (2, 8, 8, 3)
    """
    graph = flatten(model)
    layered = [node for node in graph.nodes if hasattr(node.operation, "kernel")]
    if not layered:
        raise ValueError("expected a network with convolutions; found no layer with a kernel.")
    last = layered[-1]
    wire = last.inputs[0]
    if len(wire.shape) == 4:
        return graph.run(images, watch=[last.outputs[0]])[0]
    (*_, wire) = [w for node in graph.ancestors(wire) for w in node.outputs if len(w.shape) == 4]
    kernel = np.asarray(last.operation.kernel)
    if wire.shape[-1] != len(kernel):
        raise ValueError(
            f"the last layer reads {len(kernel)} numbers, and there are {wire.shape[-1]} maps "
            "before it: they were flattened. Expected global average pooling."
        )
    bias = np.asarray(last.operation.bias) if last.operation.use_bias else 0.0
    return graph.run(images, watch=[wire])[0] @ kernel + bias


def peaks(maps: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Find the pixel of the image that lies under the largest value of each map.

    Args:
        maps: float (batch, map height, map width).
        size: Height and width of the images in pixels.

    Returns:
        float (batch, 2): row and column, in pixels of the image.

    Example:
        >>> peaks(np.eye(4)[None, ::-1] * [[[1, 2, 3, 4]]], (28, 28))
        array([[ 3.5, 24.5]])
    """
    cells = np.array(maps.shape[1:])
    flat = maps.reshape(len(maps), -1).argmax(axis=1)
    places = np.stack(np.unravel_index(flat, tuple(cells)), axis=1)
    return (places + 0.5) * np.array(size) / cells


def in_own_quarter(maps: np.ndarray, kinds: np.ndarray) -> float:
    """How often the map of a class has its largest value in the quarter where its thing is.

    Args:
        maps: float (batch, map height, map width, classes), of canvases with four things.
        kinds: int (batch, 4): the class in each quarter, row by row.

    Returns:
        The share of all things, 0 to 1. A place at random is right for 0.25 of them.

    Example:
        >>> maps = np.zeros((1, 4, 4, 4))
        >>> maps[0, [0, 0, 3, 3], [0, 3, 0, 3], [0, 1, 2, 3]] = 1
        >>> in_own_quarter(maps, np.array([[0, 1, 2, 3]]))
        1.0
    """
    right = []
    for quarter in range(4):
        own = maps[np.arange(len(maps)), :, :, kinds[:, quarter]]
        rows, columns = (peaks(own, (2, 2)).T).astype(int)
        right.append(2 * rows + columns == quarter)
    return float(np.mean(right))


def overlay(images: np.ndarray, maps: np.ndarray) -> np.ndarray:
    """Lay maps over grey images: the stronger the evidence for the class, the more orange.

    Args:
        images: float32 (batch, height, width, 1), values 0 to 1.
        maps: float (batch, map height, map width). Each is scaled on its own: its median, which
            is the empty background where that takes up most of the image, is drawn black, its
            largest value in full orange.

    Returns:
        float (batch, height, width, 3), values 0 to 1.
    """
    middle = np.median(maps, axis=(1, 2), keepdims=True)
    top = np.max(maps, axis=(1, 2), keepdims=True)
    strength = np.clip((maps - middle) / np.maximum(top - middle, 1e-9), 0, 1)
    height, width = images.shape[1:3]
    rows = np.arange(height) * maps.shape[1] // height
    columns = np.arange(width) * maps.shape[2] // width
    strength = strength[:, rows][:, :, columns][..., None]
    return np.clip(0.55 * images + 0.75 * strength * np.array(ORANGE), 0, 1)
