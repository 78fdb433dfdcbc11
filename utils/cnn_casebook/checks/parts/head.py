"""Checks of a network's head: the mean of each channel, one dense layer, softmax."""

import numpy as np

from cnn_casebook.checks.parts.verdict import require, require_equal
from cnn_casebook.checks.parts.weights import kernels, randomise
from cnn_casebook.models.graph import Graph


def require_classes(graph: Graph, classes: int) -> None:
    """Require one number for each class."""
    __tracebackhide__ = True
    found = graph.outputs[0].shape[1:]
    require(
        found == (classes,),
        f"the network returns {found} for each image; expected ({classes},), one number for each "
        f"class.{' Pool over height and width before the dense layer.' if len(found) == 3 else ''}",
    )


def require_head(head: Graph, rng: np.random.Generator) -> None:
    """Require softmax(mean over height and width . W + b).

    Args:
        head: From the last volume to the output; its weights are drawn anew.
        rng: Random numbers.
    """
    __tracebackhide__ = True
    dense = kernels(head.nodes)
    require(
        len(dense) == 1,
        f"after the last block come {len(dense)} layers with weights"
        f"{': ' + '; '.join(k.text for k in dense) if dense else ''}. Expected one dense layer.",
    )
    height, width, channels = head.inputs[0].shape[1:]
    found = dense[0].kernel.shape[-2]
    require(
        found == channels,
        f"the dense layer reads {found:,} numbers; expected {channels:,}, the mean of each channel."
        + (" Pool over height and width first." if found == height * width * channels else ""),
    )
    randomise(head, rng)
    (dense,) = kernels(head.nodes)
    x = rng.normal(0.3, 1, (5, height, width, channels)).astype("float32")
    weights, bias = dense.kernel.reshape(channels, -1), dense.bias

    def after(pooled):
        return pooled @ weights + bias

    logits = after(x.mean(axis=(1, 2)))
    right = _softmax(logits)
    require_equal(
        "the head's output",
        head.run(x),
        right,
        mistakes=[
            ("there is no softmax after the dense layer: the outputs are logits.", logits),
            (
                "the last activation is a sigmoid, which judges each class alone. For one class "
                "out of several the probabilities must sum to 1: use softmax.",
                1 / (1 + np.exp(-logits)),
            ),
            ("the last activation is ReLU; use softmax.", np.maximum(logits, 0)),
            ("softmax is applied twice, in the dense layer and after it.", _softmax(right)),
            (
                "the maximum over height and width is taken; expected the mean (average pooling).",
                _softmax(after(x.max(axis=(1, 2)))),
            ),
            (
                "the sum over height and width is taken; expected the mean (average pooling).",
                _softmax(after(x.sum(axis=(1, 2)))),
            ),
        ],
    )


def _softmax(logits: np.ndarray) -> np.ndarray:
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)
