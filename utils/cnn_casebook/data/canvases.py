"""Small images put on larger canvases at random places, to ask a network where things are."""

import numpy as np


def scatter(images: np.ndarray, size: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Put each image on its own canvas of zeros, at a random place.

    Args:
        images: float32 (n, side, side, channels), background 0.
        size: Pixels a side of the canvases; at least as many as the images have.
        seed: The same seed gives the same places.

    Returns:
        The canvases, float32 (n, size, size, channels), and the corners, int (n, 2): row and
        column of each image's upper left pixel.

    Raises:
        ValueError: The canvas is smaller than the images.

    Example:
        >>> canvases, corners = scatter(np.ones((5, 14, 14, 1), "float32"), size=28)
        >>> canvases.shape, float(canvases.sum()) == 5 * 14 * 14
        ((5, 28, 28, 1), True)
    """
    count, side, _, channels = images.shape
    if size < side:
        raise ValueError(f"a canvas of {size} pixels a side cannot hold images of {side}.")
    corners = np.random.default_rng(seed).integers(0, size - side + 1, (count, 2))
    canvases = np.zeros((count, size, size, channels), "float32")
    for canvas, image, (row, column) in zip(canvases, images, corners, strict=True):
        canvas[row : row + side, column : column + side] = image
    return canvases, corners


def four_on_one(images: np.ndarray, size: int) -> np.ndarray:
    """Put four images on one canvas, one in the middle of each quarter.

    Args:
        images: float32 (4, side, side, channels), background 0.
        size: Pixels a side of the canvas; at least twice as many as the images have.

    Returns:
        The canvas, float32 (size, size, channels).

    Raises:
        ValueError: There are not four images, or the canvas is too small.

    Example:
        >>> four_on_one(np.ones((4, 14, 14, 1), "float32"), size=56).sum() == 4 * 14 * 14
        np.True_
    """
    side = images.shape[1]
    if len(images) != 4 or size < 2 * side:
        raise ValueError(f"expected four images of at most {size // 2} pixels a side.")
    canvas = np.zeros((size, size, images.shape[-1]), "float32")
    margin = (size // 2 - side) // 2
    for place, image in enumerate(images):
        row, column = (margin + size // 2 * step for step in divmod(place, 2))
        canvas[row : row + side, column : column + side] = image
    return canvas


def crowds(
    images: np.ndarray, labels: np.ndarray, count: int, seed: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Make canvases with four images of four different classes, drawn at random.

    Args:
        images: float32 (n, side, side, channels), background 0.
        labels: Integers (n,), at least four classes.
        count: How many canvases.
        seed: The same seed draws the same images.

    Returns:
        The canvases, float32 (count, 4 * side, 4 * side, channels), and the classes of the four
        quarters, int (count, 4): upper left, upper right, lower left, lower right.

    Example:
        >>> images, labels = np.ones((8, 14, 14, 1), "float32"), np.arange(8)
        >>> canvases, kinds = crowds(images, labels, count=3)
        >>> canvases.shape, kinds.shape
        ((3, 56, 56, 1), (3, 4))
    """
    rng = np.random.default_rng(seed)
    classes = np.unique(labels)
    kinds = np.stack([rng.choice(classes, 4, replace=False) for _ in range(count)])
    chosen = [[rng.choice(np.flatnonzero(labels == kind)) for kind in four] for four in kinds]
    side = 4 * images.shape[1]
    return np.stack([four_on_one(images[four], side) for four in chosen]), kinds
