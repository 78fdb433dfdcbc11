"""Checks of a network's head: the mean of each channel, one dense layer, softmax."""

import numpy as np
from keras import ops

from cnn_casebook.checks.parts.mistakes import SOFTMAX_OVER_BATCH, softmax_over_batch
from cnn_casebook.checks.parts.steps import (
    Mistakes,
    Steps,
    changed,
    dense,
    edited,
    global_pool,
    last,
    require_steps,
    without,
)
from cnn_casebook.checks.parts.verdict import require
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
    found = kernels(head.nodes)
    require(
        len(found) == 1,
        f"after the last block come {len(found)} layers with weights"
        f"{': ' + '; '.join(k.text for k in found) if found else ''}. Expected one dense layer.",
    )
    height, width, channels = head.inputs[0].shape[1:]
    read = found[0].kernel.shape[-2]
    require(
        read == channels,
        f"the dense layer reads {read:,} numbers; expected {channels:,}, the mean of each channel."
        + (" Pool over height and width first." if read == height * width * channels else ""),
    )
    randomise(head, rng)
    (weights,) = kernels(head.nodes)
    x = rng.normal(0.3, 1, (5, height, width, channels)).astype("float32")
    right = [global_pool(), dense("the dense layer", weights), last()]
    require_steps("the head's output", head.run(x), x, right, mistakes=_mistakes)


def _mistakes(right: Steps) -> Mistakes:
    yield (
        "there is no softmax after the dense layer: the outputs are logits.",
        without(right, "last"),
    )
    yield (
        "the last activation is a sigmoid, which judges each class alone. For one class out of "
        "several the probabilities must sum to 1: use softmax.",
        changed(right, "last", function=ops.sigmoid),
    )
    yield SOFTMAX_OVER_BATCH, changed(right, "last", function=softmax_over_batch)
    relu = changed(right, "last", function=ops.relu)
    yield "the last activation is ReLU; use softmax.", relu
    twice = edited(right, "last", edit=lambda step: [step, step])
    yield "softmax is applied twice, in the dense layer and after it.", twice
    for word, by in (("maximum", ops.max), ("sum", ops.sum)):
        text = f"the {word} over height and width is taken; expected the mean (average pooling)."
        yield text, changed(right, "global_pool", by=by)
