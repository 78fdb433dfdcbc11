"""What the experiments on depth need: training with several seeds, gradients, deleted blocks."""

from collections.abc import Callable, Mapping

import keras
import numpy as np

from cnn_casebook.experiments.fresh_start import start_again
from cnn_casebook.experiments.measures import share_right
from cnn_casebook.guide.epochs import EachEpoch
from cnn_casebook.guide.progress import steps
from cnn_casebook.models.graph import Graph, Node, Wire, flatten
from cnn_casebook.runtime import as_time_allows


def train_seeds(
    builders: Mapping[str, Callable[[], keras.Model]],
    images: np.ndarray,
    labels: np.ndarray,
    *,
    seeds: int,
    epochs: int,
    batch_size: int = 100,
    learning_rate: float = 0.05,
) -> tuple[dict[str, keras.Model], dict[str, list[list[float]]]]:
    """Train networks from fresh weights once for each seed; trace each only once.

    TensorFlow takes longer to trace a deep network than to train it for a few seconds on small
    images. So each is compiled once, and a further seed puts fresh weights into it. Its batch
    norms get the momentum 0.9, so that their moving averages keep up with so short a training.
    All networks are trained with one seed, then with the next, as the machine's time allows.

    Args:
        builders: Make the networks with fresh weights, by their names.
        images: float32 (n, height, width, channels).
        labels: Integers (n,).
        seeds: How many times to train: with seed 0, 1, 2, ...; on a slow machine twice.
        epochs: How often all images are shown.
        batch_size: Images in a step.
        learning_rate: Of SGD with a momentum of 0.9.

    Returns:
        The networks as the last seed left them, and for each network and seed the training loss
        of each epoch.
    """
    models: dict[str, keras.Model] = {}
    losses: dict[str, list[list[float]]] = {name: [] for name in builders}
    for seed in as_time_allows(range(seeds), least=2, what="starts"):
        for name, build in steps(builders.items()):
            keras.utils.set_random_seed(seed)
            fresh = build()
            if name in models:
                start_again(models[name], weights_of=fresh)
            else:
                models[name] = _compiled(fresh, learning_rate)
            history = models[name].fit(
                images, labels, batch_size, epochs, verbose=0, callbacks=[EachEpoch()]
            )
            losses[name].append([float(loss) for loss in history.history["loss"]])
    return models, losses


def _compiled(model: keras.Model, learning_rate: float) -> keras.Model:
    for node in flatten(model).nodes:
        if isinstance(node.operation, keras.layers.BatchNormalization):
            node.operation.momentum = 0.9
    optimizer = keras.optimizers.SGD(learning_rate, momentum=0.9)
    model.compile(optimizer, "sparse_categorical_crossentropy", jit_compile=False)
    return model


def gradient_norms(model: keras.Model, images: np.ndarray, labels: np.ndarray) -> list[float]:
    """Length of the loss's gradient for the kernel of each 3x3 convolution, first to last.

    Args:
        model: A classifier; it works in training mode, so batch norms use the batch.
        images: float32 (n, height, width, channels).
        labels: Integers (n,).
    """
    import tensorflow as tf

    variables = [node.operation.kernel.value for node in main_convolutions(flatten(model))]
    with tf.GradientTape() as tape:
        probabilities = model(images, training=True)
        loss = keras.losses.sparse_categorical_crossentropy(labels, probabilities)
        mean = keras.ops.mean(loss)
    return [float(tf.norm(gradient)) for gradient in tape.gradient(mean, variables)]


def lesion_accuracies(model: keras.Model, images: np.ndarray, labels: np.ndarray) -> list[float]:
    """Accuracy of a trained network after one of its blocks is deleted, block by block.

    A block is two 3x3 convolutions with all that belongs to them, in a plain network too. In its
    place the block's input goes on to the next block. Where a block halves the image and doubles
    the channels, every second pixel goes on, with channels of zeros. Nothing is trained again.

    Args:
        model: One convolution, then blocks, pooling and a dense layer.
        images: float32 (n, height, width, channels).
        labels: Integers (n,).

    Returns:
        Accuracy with nothing deleted, then without block 1, block 2, ...

    Source: Veit, Wilber and Belongie (2016), arXiv:1605.06431, section 4.1.
    """
    graph = flatten(model)
    firsts = main_convolutions(graph)[1::2]
    cuts = [*(_before_padding(graph, node.inputs[0]) for node in firsts), last_volume(graph)]
    probabilities, *values = graph.run(images, watch=[graph.outputs[0], *cuts])
    accuracies = [share_right(probabilities, labels)]
    for value, after in zip(values, cuts[1:], strict=False):
        earlier = set(graph.ancestors(after))
        rest = [node for node in graph.nodes if node not in earlier]
        kept = _fitted(value, after.shape)
        accuracies.append(share_right(Graph([after], graph.outputs, rest).run(kept), labels))
    return accuracies


def change_sizes(model: keras.Model, images: np.ndarray) -> list[float]:
    """Size of F(x) over the size of x at each addition of a residual network, first to last.

    Args:
        model: A network whose blocks add what a shortcut carries; inference mode.
        images: float32 (n, height, width, channels).

    Returns:
        One ratio of lengths for each block; empty for a network without additions.
    """
    graph = flatten(model)
    ends = []
    for node in graph.nodes:
        if len(set(node.inputs)) > 1:
            ends += sorted(node.inputs, key=lambda wire: len(graph.ancestors(wire)), reverse=True)
    values = graph.run(images, watch=ends) if ends else []
    return [
        float(np.linalg.norm(change) / np.linalg.norm(carried))
        for change, carried in zip(values[::2], values[1::2], strict=True)
    ]


def main_convolutions(graph: Graph) -> list[Node]:
    """The convolutions of a network that see more than one pixel, in running order."""
    return [
        node
        for node in graph.nodes
        if isinstance(node.operation, keras.layers.Conv2D)
        and tuple(node.operation.kernel_size) != (1, 1)
    ]


def last_volume(graph: Graph) -> Wire:
    """The last tensor that has height and width, before they are pooled or flattened."""
    for node in graph.nodes:
        before, after = node.inputs[0].shape, node.outputs[0].shape
        if len(before) == 4 and (len(after) != 4 or after[1:3] == (1, 1) != before[1:3]):
            return node.inputs[0]
    return graph.outputs[0]


def _before_padding(graph: Graph, wire: Wire) -> Wire:
    """Go back over an operation that only adds zeros around the image."""
    node = graph.maker.get(wire)
    return node.inputs[0] if node and node.kind in ("ZeroPadding2D", "Pad") else wire


def _fitted(value: np.ndarray, shape: tuple) -> np.ndarray:
    """Take every n-th pixel and append channels of zeros, to reach a shape."""
    step = -(-value.shape[1] // shape[1])
    value = value[:, ::step, ::step]
    return np.pad(value, [(0, 0)] * 3 + [(0, shape[3] - value.shape[3])])
