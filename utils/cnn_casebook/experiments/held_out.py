"""Trains in rounds and looks at images that are held out: curves, a band, and what went wrong."""

from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

import keras
import numpy as np

from cnn_casebook.data.datasets import Split
from cnn_casebook.experiments import few_images, measures
from cnn_casebook.guide import progress

_LOOKED_AT = 400  # images of a part whose accuracy is taken after each round
_AT_ONCE = 250  # images that go through a network together
_SHOWN = 8  # images of a kind in a grid


class Examples(NamedTuple):
    """Images and a text for each, as `figures.image_grid` takes them."""

    images: np.ndarray
    labels: list[str]


def train(
    model: keras.Model,
    train: Split,
    held_out: Split,
    rounds: int,
    steps: int,
    seed: int,
    augment: Callable | None = None,
) -> dict[str, list[float]]:
    """Train a compiled model, and take its accuracy on both parts after each round.

    What is held out is neither trained on nor augmented; nor are images augmented when the
    accuracy is taken.

    Args:
        model: Compiled for integer labels. It is changed.
        train: What to train on.
        held_out: What to look at besides.
        rounds: How often the accuracy is taken.
        steps: Batches of 32 in a round.
        seed: Seed of the orders.
        augment: Model or layer that changes images in training mode; None for none.

    Returns:
        "accuracy" and "val_accuracy", a number for each round: a history for
        `figures.learning_curves`. Of large parts 400 images are looked at.
    """
    random = np.random.RandomState(seed)
    known, unknown = (_some(part, random) for part in (train, held_out))
    images, labels = (np.concatenate(pair) for pair in zip(known, unknown, strict=True))
    history = {"accuracy": [], "val_accuracy": []}
    for _ in progress.steps(range(rounds)):
        chosen = _drawn(len(train.labels), steps * few_images.BATCH, random)
        shown = train.images[chosen]
        if augment is not None:
            shown = _outputs(augment, shown, training=True)
        batches = Split(shown, train.labels[chosen])
        few_images.train(model, batches, steps, seed=int(random.randint(2**31)))
        right = _outputs(model, images).argmax(axis=-1) == labels  # both parts in one go
        history["accuracy"].append(float(right[: len(known.labels)].mean()))
        history["val_accuracy"].append(float(right[len(known.labels) :].mean()))
    return history


def joined(*histories: dict[str, list[float]]) -> dict[str, list[float]]:
    """Put histories one after the other.

    Example:
        >>> joined({"accuracy": [0.2]}, {"accuracy": [0.4, 0.6]})
        {'accuracy': [0.2, 0.4, 0.6]}
    """
    return {name: [n for history in histories for n in history[name]] for name in histories[0]}


def result(model: keras.Model, held_out: Split, names: tuple[str, ...]) -> str:
    """Say how many held-out images are right, with a band, and what is confused most often.

    Args:
        model: From images to one number per class.
        held_out: Images and labels.
        names: Of the classes.

    Returns:
        Two or three lines.
    """
    taken = _outputs(model, held_out.images).argmax(axis=-1)
    right = int(np.sum(taken == held_out.labels))
    count = len(taken)
    low, high = (round(100 * end) for end in measures.band(right, count))
    commonest = np.bincount(held_out.labels).max() / count
    lines = [
        f"Right: {right} of {count} held-out images, {100 * right / count:.0f} %.",
        f"Band: {low} to {high} % with 95 % confidence; always naming the largest class gives "
        f"{100 * commonest:.0f} %.",
    ]
    wrong = Counter(
        (names[truth], names[other])
        for truth, other in zip(held_out.labels, taken, strict=True)
        if truth != other
    )
    if wrong:
        most = [f"{a} taken for {b} ({n})" for (a, b), n in wrong.most_common(3)]
        lines.append(f"Confused most often: {', '.join(most)}.")
    return "\n".join(lines)


def examples(model: keras.Model, held_out: Split, names: tuple[str, ...]) -> Examples:
    """Choose held-out images: up to 8 that are wrong, the surest first, then 8 that are right.

    Args:
        model: From images to probabilities.
        held_out: Images and labels.
        names: Of the classes.
    """
    probabilities = _outputs(model, held_out.images)
    taken = probabilities.argmax(axis=-1)
    surest = np.argsort(-probabilities.max(axis=-1), kind="stable")
    wrong = [place for place in surest if taken[place] != held_out.labels[place]][:_SHOWN]
    right = [place for place in range(len(taken)) if taken[place] == held_out.labels[place]]
    right = right[:: max(1, len(right) // _SHOWN)][:_SHOWN]
    words = [f"{names[held_out.labels[place]]}, not {names[taken[place]]}" for place in wrong]
    words += [names[held_out.labels[place]] for place in right]
    return Examples(held_out.images[[*wrong, *right]], words)


def _drawn(count: int, wanted: int, random: np.random.RandomState) -> np.ndarray:
    """Draw places: each once before any comes again."""
    rounds = -(-wanted // count)
    return np.concatenate([random.permutation(count) for _ in range(rounds)])[:wanted]


def _some(split: Split, random: np.random.RandomState) -> Split:
    chosen = random.permutation(len(split.labels))[:_LOOKED_AT]
    return Split(split.images[chosen], split.labels[chosen])


def _outputs(network: Callable, images: np.ndarray, training: bool = False) -> np.ndarray:
    """What a network gives for images, however many there are."""
    return np.concatenate(
        [
            keras.ops.convert_to_numpy(network(images[at : at + _AT_ONCE], training=training))
            for at in range(0, len(images), _AT_ONCE)
        ]
    )
