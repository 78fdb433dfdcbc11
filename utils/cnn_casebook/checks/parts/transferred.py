"""What a network with a new head on given features computes, as it is and with usual mistakes."""

from collections.abc import Iterator

import keras
import numpy as np
from keras import ops

from cnn_casebook.checks.parts.mistakes import SOFTMAX_OVER_BATCH, softmax_over_batch
from cnn_casebook.checks.parts.verdict import require_equal
from cnn_casebook.models.graph import Graph


def require_transferred(
    graph: Graph, backbone: keras.Model, images: np.ndarray, kernel: np.ndarray, bias: np.ndarray
) -> None:
    """Require softmax(features . W + b).

    Args:
        graph: The learner's model, with W and b in its dense layer.
        backbone: What gives the features of images.
        images: float32 (batch, height, width, channels).
        kernel: W, float32 (features, classes).
        bias: b, float32 (classes,).
    """
    __tracebackhide__ = True

    def scores(images) -> np.ndarray:
        return ops.convert_to_numpy(backbone(images, training=False)) @ kernel + bias

    def probabilities(images) -> np.ndarray:
        return ops.convert_to_numpy(ops.softmax(scores(images)))

    def mistakes() -> Iterator[tuple]:
        logits = scores(images)
        for text, last in (
            ("the head has no softmax: the output is not probabilities.", lambda x: x),
            (
                "the head has a sigmoid: the probabilities do not sum to 1. For one class out of "
                "several use softmax.",
                ops.sigmoid,
            ),
            ("the head has a ReLU where softmax belongs.", ops.relu),
            ("softmax is applied twice.", lambda x: ops.softmax(ops.softmax(x))),
            (SOFTMAX_OVER_BATCH, softmax_over_batch),
        ):
            yield text, ops.convert_to_numpy(last(logits))
        for text, changed in (
            ("multiplied by 255", 255 * images),
            ("divided by 255", images / 255),
            ("brought to values between -1 and 1", 2 * images - 1),
            ("brought to values between -1 and 1", images / 127.5 - 1),
        ):
            yield (
                f"the images are {text} inside the model. They come prepared: call the backbone on "
                "the input as it is.",
                probabilities(changed),
            )
        if not _holds(graph, backbone):
            yield (
                "the backbone in the model has other weights than the one that was given: "
                "clone_model copies layers without their weights. Call the backbone itself.",
                found,
            )

    found = graph.run(images)
    what = "the output of the model"
    require_equal(what, found, probabilities(images), mistakes=mistakes())


def _holds(graph: Graph, backbone: keras.Model) -> bool:
    """Whether a kernel of the backbone, or a copy of one, is in a network."""
    held = [
        np.asarray(w) for node in graph.nodes if node.has_weights for w in node.operation.weights
    ]
    kernels = [weight for weight in backbone.get_weights() if weight.ndim > 1]
    return any(np.array_equal(kernel, weight) for kernel in kernels for weight in held)
