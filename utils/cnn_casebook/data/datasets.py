"""The image sets that notebooks train on: small, offline, the same for everyone.

Sets that lie in files come as a training split and a test split; the files are checked each time
they are read. Road signs are drawn, as many as asked for. The arrays are new each time: what a
notebook does to them stays in that notebook.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from cnn_casebook.data import road_signs as _signs
from cnn_casebook.data.data_files import DamagedDataError, load_arrays
from cnn_casebook.data.fashion_originals import read_originals
from cnn_casebook.data.resampling import bilinear
from cnn_casebook.data.road_signs import SIGN_NAMES

__all__ = [
    "DIGIT_NAMES",
    "FASHION_NAMES",
    "SIGN_NAMES",
    "DamagedDataError",
    "Split",
    "digits",
    "fashion_mnist",
    "road_signs",
]

# Source: Xiao, Rasul and Vollgraf (2017), arXiv:1708.07747, table 2.
FASHION_NAMES = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)
DIGIT_NAMES = ("0", "1", "2", "3", "4", "5", "6", "7", "8", "9")

_ARRAYS = ("train_images", "train_labels", "test_images", "test_labels")


class Split(NamedTuple):
    """Images and their labels, in the same order.

    Attributes:
        images: float32 (n, size, size, channels), values 0 to 1; one channel if grey.
        labels: int32 (n,), the index of each image's class.
    """

    images: np.ndarray
    labels: np.ndarray


def fashion_mnist(size: int = 28, full: bool = False) -> tuple[Split, Split]:
    """Load Fashion-MNIST: grey pictures of clothing in ten classes, named in FASHION_NAMES.

    The course carries 12,000 training and 2,000 test images, equally many of each class. They
    lie in rounds of ten, one image of each class per round, so the first n of them are balanced
    too.

    Args:
        size: Pixels a side. 28: as published. 32: two rows or columns of zeros are added on
            every side. 14: each pixel is the mean of a square of 2 x 2.
        full: Load all 60,000 training and 10,000 test images, in the published order. The
            learner must have them: in the folder named by the environment variable
            CASEBOOK_DATA, or from Debian's package dataset-fashion-mnist.

    Returns:
        The training split and the test split. images: float32 (n, size, size, 1), values 0 to
        1, background 0. labels: int32 (n,), values 0 to 9.

    Raises:
        ValueError: There is no such size.
        FileNotFoundError: A file is missing.
        DamagedDataError: A file is not what the course recorded.

    Source: Xiao, Rasul and Vollgraf (2017), Fashion-MNIST, arXiv:1708.07747.

    Example:
        >>> train, test = fashion_mnist(size=32)
        >>> train.images.shape, test.images.shape
        ((12000, 32, 32, 1), (2000, 32, 32, 1))
        >>> [FASHION_NAMES[label] for label in sorted(train.labels[:10])][:3]
        ['T-shirt/top', 'Trouser', 'Pullover']
    """
    resize = _resizing("fashion_mnist", size, {14: _halved, 28: _unchanged, 32: _padded})
    arrays = read_originals() if full else load_arrays("fashion_mnist/fashion_mnist.npz", _ARRAYS)
    return _splits(arrays, resize, largest=255)


def digits(size: int = 8) -> tuple[Split, Split]:
    """Load 1,797 handwritten digits, 8 x 8 pixels, the same 1,437 + 360 for everyone.

    Args:
        size: Pixels a side. 8: as published. 32: enlarged four times by bilinear
            interpolation, the input size of LeNet-5.

    Returns:
        The training split and the test split. images: float32 (n, size, size, 1), values 0 to
        1, paper 0 and ink 1. labels: int32 (n,), the digit; 36 of each in the test split.

    Raises:
        ValueError: There is no such size.
        FileNotFoundError: A file is missing.
        DamagedDataError: A file is not what the course recorded.

    Source: Alpaydin and Kaynak (1998), Optical Recognition of Handwritten Digits, UCI Machine
        Learning Repository, doi:10.24432/C50P49.

    Example:
        >>> train, test = digits()
        >>> train.images.shape, test.images.shape
        ((1437, 8, 8, 1), (360, 8, 8, 1))
        >>> float(train.images.min()), float(train.images.max())
        (0.0, 1.0)
    """
    resize = _resizing("digits", size, {8: _unchanged, 32: _enlarged})
    return _splits(load_arrays("digits/digits.npz", _ARRAYS), resize, largest=16)


def road_signs(count: int, classes: int = 6, seed: int = 0, size: int = 64) -> Split:
    """Draw road signs in colour, of the classes named in SIGN_NAMES.

    Place, size, tilt, perspective, light, sharpness and background differ from image to image.
    The same arguments give the same images. The first images of a larger count are the images of
    a smaller one; another seed gives other images. The first n are balanced: they come in rounds,
    one image of each class per round.

    Args:
        count: How many images. 1 or more.
        classes: How many classes: the first of SIGN_NAMES. 2 to 16.
        seed: 0 or more. Use one seed to train with and another to test with.
        size: Pixels a side. 16 to 512.

    Returns:
        images: float32 (count, size, size, 3), values 0 to 1. labels: int32 (count,).

    Raises:
        TypeError: An argument is not a whole number.
        ValueError: An argument is out of its range.

    Example:
        >>> train, test = road_signs(600, classes=6, seed=0), road_signs(120, classes=6, seed=1)
        >>> train.images.shape, test.labels.shape
        ((600, 64, 64, 3), (120,))
        >>> SIGN_NAMES[:6]
        ('stop', 'give way', 'no entry', 'priority road', 'turn right', 'crossing')
    """
    ranges = {
        "count": (count, 1, None),
        "classes": (classes, 2, len(SIGN_NAMES)),
        "seed": (seed, 0, None),
        "size": (size, 16, 512),
    }
    for name, (value, least, most) in ranges.items():
        if isinstance(value, bool) or not isinstance(value, int | np.integer):
            raise TypeError(f"road_signs({name}={value!r}): expected a whole number.")
        if value < least or (most is not None and value > most):
            limits = f"{least} or more" if most is None else f"{least} to {most}"
            raise ValueError(f"road_signs({name}={value!r}): expected {limits}.")
    return Split(*_signs.draw(int(count), int(classes), int(seed), int(size)))


def _resizing(name: str, size: int, possible: dict[int, Callable]) -> Callable:
    """Pick the function that makes images of this size, or say which sizes there are."""
    if size not in tuple(possible):
        *others, last = possible
        raise ValueError(
            f"{name}(size={size!r}): expected a size of {', '.join(map(str, others))} or {last} "
            f"pixels a side. For another size, load one of these and resize its images."
        )
    return possible[size]


def _splits(arrays: Sequence[np.ndarray], resize: Callable, largest: int) -> tuple[Split, Split]:
    """Turn the four stored arrays into splits: resized, scaled to 0 to 1, with a channel axis."""
    splits = []
    for images, labels in (arrays[:2], arrays[2:]):
        scaled = resize(images).astype(np.float32)[..., np.newaxis]
        scaled /= largest
        splits.append(Split(scaled, labels.astype(np.int32)))
    train, test = splits
    return train, test


def _unchanged(images: np.ndarray) -> np.ndarray:
    """Keep the size."""
    return images


def _padded(images: np.ndarray) -> np.ndarray:
    """Add two zeros on every side: (n, 28, 28) to (n, 32, 32)."""
    return np.pad(images, ((0, 0), (2, 2), (2, 2)))


def _halved(images: np.ndarray) -> np.ndarray:
    """Average squares of 2 x 2: (n, 28, 28) to float32 (n, 14, 14)."""
    side = images.shape[1] // 2
    return images.reshape(-1, side, 2, side, 2).mean(axis=(2, 4), dtype=np.float32)


def _enlarged(images: np.ndarray) -> np.ndarray:
    """Enlarge four times, bilinear: (n, side, side) to float32 (n, 4 side, 4 side).

    Pixels are squares, and values belong to their centres. Beyond the outermost centres the
    outermost value goes on. `keras.ops.image.resize` does the same.
    """
    side = images.shape[1]
    centres = np.clip((np.arange(4 * side) + 0.5) / 4 - 0.5, 0, side - 1)
    weights = bilinear(centres, side).astype(np.float32)
    return weights @ images.astype(np.float32) @ weights.T
