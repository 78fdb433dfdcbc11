"""Fashion-MNIST in the wild: each article turned, scaled and pasted somewhere on a busy ground.

Centred clothes on black are so easy that a network learns little from them which helps elsewhere.
Here an article may lie anywhere, at any size and angle, and what surrounds it must be ignored.
"""

from collections.abc import Sequence

import numpy as np

from cnn_casebook.data.datasets import Split
from cnn_casebook.data.resampling import gaussian

SIZE = 40  # pixels a side

# Classes of Fashion-MNIST. The course's backbone has seen the first six and never the other four.
SOURCE_CLASSES = (0, 1, 2, 3, 5, 8)
TARGET_CLASSES = (4, 6, 7, 9)

_ANGLE = 0.5  # radians, to either side
_SCALES = (0.6, 1.25)
_SHIFT = 6.0  # pixels, in each direction
_BLURS = (0.5, 3.0)  # standard deviation of the ground's blur, pixels
_CONTRASTS = (0.1, 0.6)  # between the ground's darkest and brightest pixel
_EDGE = 3.0  # from a third of full brightness on, an article hides the ground
_AT_ONCE = 500  # images


def in_the_wild(images: np.ndarray, seed: int) -> np.ndarray:
    """Paste each image at a random place, angle and size over a blurred random ground.

    The same images and seed give the same result everywhere, and what becomes of one image does
    not depend on how many follow it.

    Args:
        images: float32 (n, side, side, 1), values 0 (background) to 1.
        seed: Seed of the random numbers, 0 or larger.

    Returns:
        float32 (n, 40, 40, 1), values 0 to 1.

    Raises:
        ValueError: The images have another shape, or values outside 0 to 1.

    Example:
        >>> from cnn_casebook.data import datasets
        >>> train, _ = datasets.fashion_mnist()
        >>> in_the_wild(train.images[:3], seed=0).shape
        (3, 40, 40, 1)
    """
    images = np.asarray(images, "float32")
    if images.ndim != 4 or images.shape[1] != images.shape[2] or images.shape[3] != 1:
        raise ValueError(
            f"expected grey square images (n, side, side, 1), found shape {images.shape}."
        )
    if images.size and (images.min() < 0 or images.max() > 1):
        raise ValueError(
            f"expected values from 0 to 1, found {images.min():g} to {images.max():g}. "
            "Divide by 255 what has values up to 255."
        )
    random = np.random.RandomState(seed)  # NumPy promises that its numbers stay the same
    made = [
        _pasted(images[start : start + _AT_ONCE, ..., 0], random)
        for start in range(0, len(images), _AT_ONCE)
    ]
    return np.concatenate(made) if made else np.empty((0, SIZE, SIZE, 1), "float32")


def of_classes(split: Split, classes: Sequence[int]) -> Split:
    """Keep some classes and number them anew, in the given order.

    Args:
        split: Images and labels.
        classes: The labels to keep.

    Returns:
        The kept images in their order; labels 0 to len(classes) - 1.

    Example:
        >>> split = Split(np.zeros((4, 28, 28, 1)), np.array([9, 4, 0, 9]))
        >>> of_classes(split, (4, 9)).labels.tolist()
        [1, 0, 1]
    """
    place = np.full(max(*classes, int(split.labels.max(initial=0))) + 1, -1, "int32")
    place[list(classes)] = np.arange(len(classes))
    labels = place[split.labels]
    kept = labels >= 0
    return Split(split.images[kept], labels[kept])


def first_of_each(split: Split, count: int) -> Split:
    """Keep the first images of each class, sorted by class.

    Args:
        split: Images and labels.
        count: How many of each class.

    Raises:
        ValueError: A class has fewer.
    """
    places = [np.flatnonzero(split.labels == label)[:count] for label in np.unique(split.labels)]
    if any(len(found) < count for found in places):
        raise ValueError(f"expected {count} images of each class; the smallest has fewer.")
    chosen = np.concatenate(places)
    return Split(split.images[chosen], split.labels[chosen])


def _pasted(images: np.ndarray, random: np.random.RandomState) -> np.ndarray:
    """Paste a few images (n, side, side); each uses up equally many random numbers."""
    count = len(images)
    numbers = random.random_sample((count, 7 + SIZE * SIZE))
    angle = _ANGLE * (2 * numbers[:, 0] - 1)
    scale = _SCALES[0] * (_SCALES[1] / _SCALES[0]) ** numbers[:, 1]
    shift = _SHIFT * (2 * numbers[:, 2:4] - 1)
    blur = _between(_BLURS, numbers[:, 4])
    contrast = _between(_CONTRASTS, numbers[:, 5])
    level = (1 - contrast) * numbers[:, 6] / 2
    noise = numbers[:, 7:].reshape(count, SIZE, SIZE)

    ground = _blurred(noise, blur)
    low = ground.min(axis=(1, 2), keepdims=True)
    span = np.ptp(ground, axis=(1, 2)).reshape(-1, 1, 1)
    ground = level.reshape(-1, 1, 1) + (ground - low) / span * contrast.reshape(-1, 1, 1)

    article = _transformed(images, angle, scale, shift)
    cover = np.minimum(_EDGE * article, 1)
    return (article * cover + ground * (1 - cover)).astype("float32")[..., np.newaxis]


def _between(limits: tuple[float, float], share: np.ndarray) -> np.ndarray:
    return limits[0] + (limits[1] - limits[0]) * share


def _blurred(noise: np.ndarray, blur: np.ndarray) -> np.ndarray:
    """Blur each image by a Gaussian of its own width."""
    weights = gaussian(SIZE, blur)
    return weights @ noise @ weights.transpose(0, 2, 1)


def _transformed(images, angle, scale, shift) -> np.ndarray:
    """Turn, scale and move each image, by bilinear interpolation, on black of 40 x 40 pixels."""
    side = images.shape[1]
    offset = np.arange(SIZE) - (SIZE - 1) / 2
    down = offset[:, np.newaxis] - shift[:, 0].reshape(-1, 1, 1)
    right = offset - shift[:, 1].reshape(-1, 1, 1)
    cosine, sine = (f(angle).reshape(-1, 1, 1) / scale.reshape(-1, 1, 1) for f in (np.cos, np.sin))
    row = cosine * down - sine * right + (side - 1) / 2
    column = sine * down + cosine * right + (side - 1) / 2

    framed = np.pad(images, ((0, 0), (1, 1), (1, 1)))  # beyond the image everything is black
    row, column = (np.clip(place + 1, 0, side + 1) for place in (row, column))
    top, left = (np.minimum(place.astype(int), side) for place in (row, column))
    below, beside = row - top, column - left
    image = np.arange(len(images)).reshape(-1, 1, 1)
    upper = framed[image, top, left] * (1 - beside) + framed[image, top, left + 1] * beside
    lower = framed[image, top + 1, left] * (1 - beside) + framed[image, top + 1, left + 1] * beside
    return upper * (1 - below) + lower * below
