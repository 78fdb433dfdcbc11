"""GoogLeNet's loss on three arrays of probabilities, and what each usual mistake makes of it."""

from collections.abc import Callable

import numpy as np

HEAD_WEIGHT = 0.3  # Szegedy et al. 2014, arXiv 1409.4842, section 5


def _mean_of(loss_of: Callable, labels, outputs) -> list[np.float64]:
    """A number for each of the three outputs: what a formula makes of it and the labels, in mean.

    Args:
        loss_of: Takes the probabilities, float64 (batch, classes), and the right ones among them,
            True or False, of the same shape.
        labels: int (batch,).
        outputs: Three arrays of probabilities, float32 (batch, classes).
    """
    hot = np.arange(outputs[0].shape[1]) == labels[:, None]
    return [np.mean(loss_of(output.astype("float64"), hot)) for output in outputs]


def _cross_entropy(p: np.ndarray, hot: np.ndarray) -> np.ndarray:
    return -np.log(p[hot])


def right_loss(labels, outputs) -> np.float64:
    """main + 0.3 (head 1 + head 2), each the mean cross-entropy over the batch.

    Args:
        labels: int (batch,).
        outputs: Three arrays of probabilities, float32 (batch, classes).

    Example:
        >>> float(right_loss(np.array([0]), [np.full((1, 2), 0.5)] * 3).round(2))
        1.11
    """
    return _weighted(_mean_of(_cross_entropy, labels, outputs))


def _weighted(means) -> np.float64:
    main, head1, head2 = means
    return main + HEAD_WEIGHT * (head1 + head2)


def _softmax_again(p: np.ndarray, hot: np.ndarray) -> np.ndarray:
    return _cross_entropy(np.exp(p) / np.exp(p).sum(axis=1, keepdims=True), hot)


# What stands in the place of the cross-entropy.
_OTHER_LOSSES = (
    (
        "the mean is taken over the classes too; it runs over the images of the batch.",
        lambda p, hot: np.where(hot, -np.log(p), 0),
    ),
    (
        "the outputs pass through a softmax again (from_logits=True?); they are probabilities "
        "already.",
        _softmax_again,
    ),
    ("the logarithm is missing: the cross-entropy is -log(p).", lambda p, hot: -p[hot]),
    ("the logarithm is missing: the cross-entropy is -log(p).", lambda p, hot: p[hot]),
    ("the logarithm is missing: the cross-entropy is -log(p).", lambda p, hot: 1 - p[hot]),
    (
        "the logarithm of the mean is taken; expected the mean of the logarithms.",
        lambda p, hot: -np.log(np.mean(p[hot])),
    ),
    (
        "each image is paired with the labels of all: p[:, labels] takes whole columns. One number "
        "for each image is p[np.arange(len(labels)), labels].",
        lambda p, hot: -np.log(p[:, np.argmax(hot, axis=1)]),
    ),
    (
        "the largest loss in the batch is taken; expected the mean.",
        lambda p, hot: np.max(_cross_entropy(p, hot)),
    ),
    (
        "this is the cross-entropy of yes or no for each class. Here one class out of several is "
        "right: take -log of its probability alone.",
        lambda p, hot: -np.where(hot, np.log(p), np.log1p(-np.minimum(p, 1 - 1e-7))),
    ),
)


def loss_mistakes(labels, outputs) -> list[tuple[str, np.float64]]:
    """What each mistake makes of labels and three outputs; the arguments are those above."""
    means = main, head1, head2 = _mean_of(_cross_entropy, labels, outputs)
    right, size = _weighted(means), len(labels)
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
        (
            "0.3 belongs to the first head alone here: the brackets around the sum of the heads "
            "are missing.",
            main + HEAD_WEIGHT * head1 + head2,
        ),
        ("only the second head has the weight 0.3.", main + head1 + HEAD_WEIGHT * head2),
        (
            "the main output and the second head are exchanged: the main output comes first.",
            HEAD_WEIGHT * (main + head1) + head2,
        ),
        ("the first head is counted twice.", main + 2 * HEAD_WEIGHT * head1),
        ("the second head is counted twice.", main + 2 * HEAD_WEIGHT * head2),
        ("0.3 is added; expected it as a factor of the heads.", sum(means) + HEAD_WEIGHT),
        ("the mean of the three is taken; expected a sum with weights.", sum(means) / 3),
        ("the weighted sum is divided by 3.", right / 3),
        *((text, _weighted(_mean_of(loss_of, labels, outputs))) for text, loss_of in _OTHER_LOSSES),
    ]
