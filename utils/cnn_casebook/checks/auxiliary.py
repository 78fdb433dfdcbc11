"""Checks of GoogLeNet's auxiliary heads, and of the loss that adds them to the main output's."""

import math

import keras
import numpy as np
from keras import ops

from cnn_casebook.checks.parts.dropout import require_dropout
from cnn_casebook.checks.parts.mistakes import other_nonlinearities, wrong_end
from cnn_casebook.checks.parts.modes import require_plain_relus, require_trainable
from cnn_casebook.checks.parts.oddities import oddities
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
HEAD_FILTERS, HEAD_UNITS, HEAD_DROPOUT, HEAD_WEIGHT = 128, 1024, 0.7, 0.3
CONVOLUTION, HIDDEN = "the 1x1 convolution", "the dense layer of 1024"  # places

_HINTS = (
    (
        "zero or negative",
        "the pooling window is larger than the image. Clip it: min(5, height) and min(5, width).",
    ),
)


def _built_head(auxiliary_head, shape: tuple, classes: int) -> Graph:
    __tracebackhide__ = True
    _, graph = build(auxiliary_head, shape, classes, hints=_HINTS)
    found = graph.outputs[0].shape
    require(
        found == (None, classes),
        f"auxiliary_head on {shape} with {classes} classes has the output shape {found}; expected "
        f"(None, {classes}).",
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
    cause = ""
    if len(found) == 3 and found[0] == expected[0] and len(found[1]) == 2 and found[1][0] != flat:
        cause = next(
            (text for text, left in _LEFT if found[1][0] == left(high) * left(wide) * HEAD_FILTERS),
            "The pooling window is 5x5, or the height and width of a smaller image; stride 3, no "
            "padding.",
        )
    require(
        found == expected,
        f"auxiliary_head on {shape} has weights of the shapes {found}; expected {expected}. "
        + cause,
    )


# What a mistake leaves of a side of the image when it reaches the dense layer.
_LEFT = (
    ("The average pooling is missing.", lambda side: side),
    ('The pooling pads the border; expected padding="valid".', lambda side: math.ceil(side / 3)),
    ("All pixels are averaged into one; expected windows of 5x5, stride 3.", lambda side: 1),
    (
        "The pooling has stride 5, which Keras takes when none is given; expected 3.",
        lambda side: max(1, side // 5),
    ),
    ("The pooling has stride 1; expected 3.", lambda side: max(1, side - 4)),
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
            hint=oddities(graph, "AveragePooling2D", "AveragePool"),
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
            f"total_loss should return one number, found {describe(value)}. Take the mean over "
            "the batch.",
        )
        return float(np.asarray(value).reshape(()))
    fine = fine and hasattr(value, "__float__")
    require(fine, f"total_loss should return a number, found {describe(value)}.")
    return float(value)


def _means(labels, outputs) -> list[np.float64]:
    """The mean cross-entropy of each of the three outputs."""
    rows = np.arange(len(labels))
    return [-np.log(output[rows, labels]).astype("float64").mean() for output in outputs]


def _right_loss(means) -> np.float64:
    main, head1, head2 = means
    return main + HEAD_WEIGHT * (head1 + head2)


def _loss_mistakes(means, size: int) -> list[tuple[str, np.float64]]:
    """What each mistake makes of the three means over a batch of this size."""
    main, head1, head2 = means
    right = _right_loss(means)
    return [
        ("the heads count as much as the main output.", sum(means)),
        ("the heads are not counted.", main),
        ("only the first head is counted.", main + HEAD_WEIGHT * head1),
        ("only the second head is counted.", main + HEAD_WEIGHT * head2),
        ("the weight 0.3 covers the main output too.", HEAD_WEIGHT * sum(means)),
        (
            "the weights are exchanged: the main output has the weight 1, each head 0.3.",
            HEAD_WEIGHT * main + head1 + head2,
        ),
        (
            "the heads share one weight of 0.3; each of them has 0.3.",
            main + HEAD_WEIGHT * (head1 + head2) / 2,
        ),
        ("0.3 is added once more.", right + HEAD_WEIGHT),
        ("the sum over the batch is taken; expected the mean.", right * size),
        ("the sign is wrong: the cross-entropy is -log(p).", -right),
        ("the logarithm has base 2 or 10; expected the natural one.", right / np.log(2)),
        ("the logarithm has base 2 or 10; expected the natural one.", right / np.log(10)),
    ]


def _require_loss(total_loss, labels, outputs, what: str) -> None:
    __tracebackhide__ = True
    found = _number(call(total_loss, labels.copy(), *(output.copy() for output in outputs)))
    means = _means(labels, outputs)
    require_equal(
        f"{what}, the loss",
        np.float64(found),
        _right_loss(means),
        # One number can come near another by chance: a mistake has to give it to five digits.
        mistakes=(
            (text, loss)
            for text, loss in _loss_mistakes(means, len(labels))
            if np.isclose(found, loss, rtol=1e-5, atol=1e-5)
        ),
    )


def _drawn(rng: np.random.Generator, batch: int, classes: int) -> tuple[np.ndarray, list]:
    """Draw labels and three outputs for which each mistake gives another loss."""
    while True:
        labels = rng.integers(0, classes, batch)
        outputs = [_probabilities(rng, batch, classes) for _ in range(3)]
        means = _means(labels, outputs)
        losses = [_right_loss(means), *(loss for _, loss in _loss_mistakes(means, batch))]
        if np.min(np.diff(np.sort(losses))) > 0.02:
            return labels, outputs


@check
def loss_value(total_loss, *, rng) -> None:
    """On random probabilities and labels: main + 0.3 (head 1 + head 2), means over the batch."""
    __tracebackhide__ = True
    for batch, classes in ((6, 4), (9, 10)):
        labels, outputs = _drawn(rng, batch, classes)
        _require_loss(total_loss, labels, outputs, f"for {batch} images and {classes} classes")
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
        for place, name in enumerate(("the main output", "head 1", "head 2")):
            outputs = [unsure if i == place else sure for i in range(3)]
            _require_loss(
                total_loss, labels, outputs, f"for {batch} images, where only {name} is unsure"
            )
