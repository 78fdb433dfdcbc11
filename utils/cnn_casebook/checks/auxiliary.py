"""Checks of GoogLeNet's auxiliary heads, and of the loss that adds them to the main output's."""

import math

import keras
import numpy as np
from keras import ops

from cnn_casebook.checks.parts.dropout import require_dropout
from cnn_casebook.checks.parts.mistakes import other_nonlinearities, wrong_end
from cnn_casebook.checks.parts.modes import require_plain_relus, require_trainable
from cnn_casebook.checks.parts.oddities import oddities
from cnn_casebook.checks.parts.sizes import sizes_before
from cnn_casebook.checks.parts.steps import (
    Mistakes,
    Steps,
    changed,
    conv,
    dense,
    last,
    pool,
    relu,
    require_steps,
    without,
)
from cnn_casebook.checks.parts.total_loss import loss_mistakes, right_loss
from cnn_casebook.checks.parts.verdict import (
    build,
    call,
    check,
    require,
    require_arrays_kept,
    require_equal,
)
from cnn_casebook.checks.parts.weights import (
    Kernel,
    is_norm,
    kernels,
    randomise,
    require_own_weights,
)
from cnn_casebook.models.graph import Graph, describe

# Source: Szegedy et al. 2014, arXiv 1409.4842, section 5.
HEAD_FILTERS, HEAD_UNITS, HEAD_DROPOUT = 128, 1024, 0.7
CONVOLUTION, HIDDEN = "the 1x1 convolution", "the dense layer of 1024"  # places

_HINTS = (
    (
        "zero or negative",
        "the pooling window is larger than the image that it reads. There is one pooling, and its "
        "window is (min(5, height), min(5, width)) of what enters the head.",
    ),
)


def _built_head(auxiliary_head, shape: tuple, classes: int) -> Graph:
    __tracebackhide__ = True
    _, graph = build(auxiliary_head, shape, classes, hints=_HINTS)
    found = graph.outputs[0].shape
    require(
        found == (None, classes),
        f"auxiliary_head on {shape} with {classes} classes has the output shape {found}; expected "
        f"(None, {classes}). "
        + (
            "Flatten comes before the dense layers."
            if len(found) > 2
            else "The last layer has a unit for each class."
        ),
    )
    require_own_weights(graph)
    return graph


def _require_layers(graph: Graph, shape: tuple, classes: int) -> None:
    """Require the three layers with weights, and the pooling that they show."""
    __tracebackhide__ = True
    high, wide = shape[:2]
    flat = math.prod((side - min(5, side)) // 3 + 1 for side in (high, wide)) * HEAD_FILTERS
    expected = [(1, 1, shape[2], HEAD_FILTERS), (flat, HEAD_UNITS), (HEAD_UNITS, classes)]
    found = [k.kernel.shape for k in kernels(graph.nodes)]
    require(
        found == expected,
        f"auxiliary_head on {shape} has weights of the shapes {found}; expected {expected}. "
        + (_layers_cause(found, expected) or _sizes_cause(graph)),
    )


def _layers_cause(found: list[tuple], expected: list[tuple]) -> str:
    """The mistake in layers that are not those of the head; empty where only sizes differ."""
    windows = [shape for shape in found if len(shape) == 4]
    dense = [shape[0] for shape in found if len(shape) == 2]
    if len(windows) > 1:
        return f"There are {len(windows)} convolutions; expected one, 1x1."
    if len(windows) == 1 and windows[0][:2] != (1, 1):
        return f"The convolution has windows of {windows[0][0]}x{windows[0][1]}; expected 1x1."
    if len(found) == 2 and not windows:
        return f"The 1x1 convolution to {HEAD_FILTERS} channels is missing or unused."
    if len(found) == 2 and len(dense) == 1:
        return f"The dense layer of {HEAD_UNITS} is missing or unused."
    if len(found) != 3:
        return f"There are {len(found)} layers with weights; expected 3."
    if found[0][-1] != expected[0][-1]:
        return f"The 1x1 convolution makes {found[0][-1]} channels; expected {HEAD_FILTERS}."
    if found[1][-1] != HEAD_UNITS:
        return f"The hidden dense layer has {found[1][-1]:,} units; expected {HEAD_UNITS:,}."
    return ""


def _sizes_cause(graph: Graph) -> str:
    """Which window and stride the pooling should have, and what becomes of an image."""
    sizes = sizes_before(graph, next(k.node for k in kernels(graph.nodes) if k.kernel.ndim == 2))
    return (
        "The pooling window is 5x5, or the height and width of a smaller image; stride 3, no "
        f"padding; the convolution keeps the size. Here: {sizes}."
    )


def _steps(weights: list[Kernel], window: tuple[int, int]) -> Steps:
    """Average pooling, 1x1 convolution, a dense layer, and another one to the probabilities."""
    convolution, hidden, scores = weights
    return [
        pool("the pooling", window, 3, by=ops.average_pool),
        conv(CONVOLUTION, convolution),
        relu(CONVOLUTION),
        dense(HIDDEN, hidden),
        relu(HIDDEN),
        dense("the last dense layer", scores),
        last(),
    ]


def _mistakes(right: Steps) -> Mistakes:
    yield from wrong_end(right, "the head ends in a sigmoid")
    for place in (CONVOLUTION, HIDDEN):
        yield f"there is no ReLU after {place}.", without(right, "relu", place)
    yield "there is no ReLU in the head.", without(right, "relu")
    maximum = changed(right, "pool", by=ops.max_pool)
    yield "the pooling takes the maximum; expected the average.", maximum
    yield from other_nonlinearities(right)


@check
def head_layers(auxiliary_head, *, rng) -> None:
    """On 14 x 14 x 512: 1x1 to 128, dense 1024, dense to the classes; 3,188,840 parameters."""
    __tracebackhide__ = True
    shape, classes = (14, 14, 512), 1000
    graph = _built_head(auxiliary_head, shape, classes)
    _require_layers(graph, shape, classes)
    biases = [k.node.operation.use_bias for k in kernels(graph.nodes)]
    require(
        all(biases) and not any(is_norm(node) for node in graph.nodes),
        "auxiliary_head has 3,188,840 parameters on 14 x 14 x 512 with 1000 classes: three layers "
        "with a bias each, and no batch norm. Here a bias is missing, or a batch norm was added.",
    )
    require_trainable(graph, "auxiliary_head")
    require_plain_relus(graph, "auxiliary_head")


@check
def head_values(auxiliary_head, *, rng) -> None:
    """With random weights, large and small images: the head's steps; dropout of 70 %."""
    __tracebackhide__ = True
    for shape, classes in (((14, 14, 6), 5), ((8, 11, 4), 7), ((2, 3, 5), 4)):
        graph = _built_head(auxiliary_head, shape, classes)
        _require_layers(graph, shape, classes)
        randomise(graph, rng)
        weights = kernels(graph.nodes)
        x = np.maximum(rng.normal(0.5, 1.0, (4, *shape)), 0).astype("float32")
        window = tuple(min(5, size) for size in shape[:2])
        require_steps(
            f"the output of auxiliary_head on {shape}",
            graph.run(x),
            x,
            _steps(weights, window),
            mistakes=_mistakes,
            hint=oddities(graph, "AveragePooling2D", "AveragePool", norms=False),
        )
        require_dropout(graph, weights[-1].node, x, HEAD_DROPOUT, f"{HIDDEN} and the last one")


def _probabilities(rng: np.random.Generator, batch: int, classes: int) -> np.ndarray:
    values = rng.uniform(0.05, 1, (batch, classes))
    return (values / values.sum(axis=1, keepdims=True)).astype("float32")


def _number(value) -> float:
    """The number that a learner's loss is."""
    __tracebackhide__ = True
    fine = not isinstance(value, keras.KerasTensor | str | None | tuple | list)
    if fine and hasattr(value, "shape"):
        require(
            math.prod(value.shape) == 1,
            f"total_loss should return one number, found {describe(value)}."
            + " The loss is the mean over the batch." * (len(value.shape) == 1),
        )
        return float(np.asarray(value).reshape(()))
    fine = fine and hasattr(value, "__float__")
    require(fine, f"total_loss should return a number, found {describe(value)}.")
    return float(value)


def _require_losses(total_loss, labels, trials: list[list], what: str) -> None:
    """Require the losses of several triples of outputs; a mistake has to explain all of them.

    Args:
        total_loss: The learner's function.
        labels: int (batch,).
        trials: Lists of three arrays of probabilities, float32 (batch, classes).
        what: What is compared, for the message.
    """
    __tracebackhide__ = True
    found = np.array(
        [
            _number(call(total_loss, labels.copy(), *(output.copy() for output in outputs)))
            for outputs in trials
        ]
    )
    explained = zip(*(loss_mistakes(labels, outputs) for outputs in trials), strict=True)
    mistakes = ((alike[0][0], np.array([loss for _, loss in alike])) for alike in explained)
    require_equal(
        what,
        found,
        np.array([right_loss(labels, outputs) for outputs in trials]),
        # One number can come near another by chance: a mistake has to give it to five digits.
        mistakes=(
            (text, losses)
            for text, losses in mistakes
            if np.allclose(found, losses, rtol=1e-5, atol=1e-5)
        ),
    )


def _drawn(rng: np.random.Generator, batch: int, classes: int) -> tuple[np.ndarray, list]:
    """Draw labels and three outputs for which each mistake gives another loss."""
    while True:
        labels = rng.integers(0, classes, batch)
        outputs = [_probabilities(rng, batch, classes) for _ in range(3)]
        losses = [loss for _, loss in loss_mistakes(labels, outputs)]
        losses.append(right_loss(labels, outputs))
        if np.min(np.diff(np.sort(losses))) > 0.001:
            return labels, outputs


@check
def loss_value(total_loss, *, rng) -> None:
    """On random probabilities and labels: main + 0.3 (head 1 + head 2), means over the batch."""
    __tracebackhide__ = True
    for batch, classes in ((6, 4), (9, 10)):
        labels, outputs = _drawn(rng, batch, classes)
        what = f"for {batch} images and {classes} classes, the loss"
        _require_losses(total_loss, labels, [outputs], what)
    require_arrays_kept(total_loss, labels, *outputs)


@check
def loss_parts(total_loss, *, rng) -> None:
    """If only one output is unsure, the loss is that output's part; also for a single image."""
    __tracebackhide__ = True
    for batch, classes in ((1, 5), (7, 3)):
        labels = rng.integers(0, classes, batch)
        sure = np.full((batch, classes), 1e-6, "float32")
        sure[np.arange(batch), labels] = 1.0
        unsure = _probabilities(rng, batch, classes)
        trials = [[unsure if i == place else sure for i in range(3)] for place in range(3)]
        what = (
            f"for {batch} images, the losses if only the main output, only head 1 and only head 2 "
            "is unsure"
        )
        _require_losses(total_loss, labels, trials, what)
