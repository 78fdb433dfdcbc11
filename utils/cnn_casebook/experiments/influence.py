"""What a number within a network depends on, measured by gradients that are not zero."""

import keras
import numpy as np

from cnn_casebook.models.graph import Graph, Node, Wire, flatten
from cnn_casebook.models.grouped import split_groups


def on_pixels(model: keras.Model, image: np.ndarray) -> np.ndarray:
    """Measure how much the middle position of a model's output depends on each pixel.

    Args:
        model: Turns images into volumes.
        image: float32 (height, width, channels).

    Returns:
        float32 (height, width): the size of the gradient, 0 where the pixel is not seen.

    Example:
        >>> x = keras.Input((9, 9, 1))
        >>> model = keras.Model(x, keras.layers.Conv2D(4, 3)(x))
        >>> seen_side(on_pixels(model, np.ones((9, 9, 1), "float32")))
        3
    """
    import tensorflow as tf

    pixels = tf.convert_to_tensor(image[np.newaxis], "float32")
    with tf.GradientTape() as tape:
        tape.watch(pixels)
        volume = model(pixels, training=False)
        middle = tf.reduce_sum(volume[0, volume.shape[1] // 2, volume.shape[2] // 2])
    return np.abs(tape.gradient(middle, pixels)[0]).sum(axis=-1)


def seen_side(gradient: np.ndarray) -> int:
    """Say how many pixels lie from the first row that is seen to the last, both included.

    Args:
        gradient: float (height, width), 0 where a pixel is not seen.

    Example:
        >>> seen_side(np.array([[0, 0, 0], [0, 1, 0], [0, 1, 0]]))
        2
    """
    rows = np.flatnonzero(np.any(gradient != 0, axis=1))
    return int(rows[-1] - rows[0] + 1) if len(rows) else 0


def weight_stages(graph: Graph) -> list[list[Node]]:
    """Sort convolutions and dense layers by how many of them come before, on the longest way.

    Layers that lie side by side, such as the two halves of a split convolution, form one stage, in
    the order in which their outputs are concatenated.

    Args:
        graph: A flattened model.
    """
    stage_of: dict[Wire, int] = dict.fromkeys(graph.inputs, 0)
    stages: list[list[Node]] = []
    for node in graph.nodes:
        stage = max((stage_of[wire] for wire in node.inputs), default=0)
        if isinstance(node.operation, keras.layers.Conv2D | keras.layers.Dense):
            stage += 1
            if stage > len(stages):
                stages.append([])
            stages[stage - 1].append(node)
        stage_of.update(dict.fromkeys(node.outputs, stage))
    order = {node: number for number, node in enumerate(graph.depth_first())}
    return [sorted(nodes, key=order.__getitem__) for nodes in stages]


def on_channels(
    model: keras.Model, images: np.ndarray, parts: int | None = None
) -> list[np.ndarray]:
    """Measure which channels of each convolution depend on which channels of the one before.

    Args:
        model: A network of convolutions and dense layers, one after the other or in halves.
        images: float32 (batch, height, width, channels).
        parts: Equal parts of the later channels to look at together; None for each by itself.

    Returns:
        For each convolution but the first: bool (channels before, channels or parts), True where a
        change of the earlier channel changes the later one.

    Example:
        >>> x = keras.Input((6, 6, 2))
        >>> y = keras.layers.Conv2D(4, 3, groups=2)(keras.layers.Conv2D(4, 3)(x))
        >>> images = np.random.default_rng(0).normal(size=(1, 6, 6, 2))
        >>> on_channels(keras.Model(x, y), images)[0].astype(int).tolist()
        [[1, 1, 0, 0], [1, 1, 0, 0], [0, 0, 1, 1], [0, 0, 1, 1]]
    """
    import tensorflow as tf

    graph = flatten(model)
    stages = [s for s in weight_stages(graph) if isinstance(s[0].operation, keras.layers.Conv2D)]
    tensors = {}
    with tf.GradientTape(persistent=True) as tape:

        def keep(wire):
            def watch(tensor):
                tape.watch(tensor)
                tensors[wire] = tensor
                return tensor

            return watch

        wires = [node.outputs[0] for stage in stages for node in stage]
        split_groups(graph).run(images, replace={wire: keep(wire) for wire in wires})
        volumes = [[tensors[node.outputs[0]] for node in stage] for stage in stages]
        sums = []
        for volume in volumes:
            sizes = tf.concat([tf.reduce_sum(part**2, axis=(0, 1, 2)) for part in volume], axis=0)
            pieces = tf.split(sizes, parts) if parts else tf.unstack(sizes)
            sums.append([tf.reduce_sum(piece) for piece in pieces])
    found = []
    for before, after in zip(volumes, sums[1:], strict=False):
        columns = []
        for total in after:
            gradients = tape.gradient(total, before, unconnected_gradients="zero")
            columns.append(np.concatenate([np.any(g != 0, axis=(0, 1, 2)) for g in gradients]))
        found.append(np.stack(columns, axis=1))
    return found
