"""Filters and maps in rows, each tile with a contrast of its own, so that small values show too."""

import numpy as np

from cnn_casebook.figures.drawing import lettering
from cnn_casebook.figures.drawing.picture import Picture

COLUMNS = 8  # tiles side by side
GAP = 0.12  # inches between tiles
WORDS = 1.5  # inches for the name of a row


def tiles(rows, title=None, *, alt=None):
    """Draw rows of small pictures, such as a convolution's filters and the maps that it makes.

    Each tile is black at its smallest value and white at its largest. A tile of equal values is
    grey.

    Args:
        rows: Dict from a row's name to its tiles, float (tiles, height, width). A row of more than
            eight tiles goes on in the next line.
        title: Heading, or None.
        alt: Alternative text; None makes one that says how many tiles of which size each row has.

    Returns:
        Picture: The drawing.

    Raises:
        ValueError: There are no rows, or one is not of shape (tiles, height, width).

    Example:
        >>> tiles({"filters": np.zeros((6, 5, 5)), "maps": np.zeros((6, 28, 28))})
        filters: 6 tiles, 5×5; maps: 6 tiles, 28×28.
    """
    from matplotlib.figure import Figure

    rows = {name: np.asarray(values, "float64") for name, values in rows.items()}
    if not rows:
        raise ValueError("Expected at least one row of tiles; found none.")
    for name, values in rows.items():
        if values.ndim != 3 or not values.size:
            raise ValueError(
                f"Expected tiles (tiles, height, width) for {name!r}; found shape {values.shape}. "
                "A volume (height, width, channels) becomes tiles by np.moveaxis(volume, -1, 0)."
            )
    columns = max(min(len(values), COLUMNS) for values in rows.values())
    side = (lettering.WIDTH - WORDS - 0.2) / COLUMNS - GAP
    lines = [
        (name if first == 0 else "", values[first : first + COLUMNS])
        for name, values in rows.items()
        for first in range(0, len(values), COLUMNS)
    ]
    heights = [side * values.shape[1] / values.shape[2] + GAP for _, values in lines]
    head = 0.45 if title else 0.1
    title_width = lettering.text_size(title, 12, True)[0] + 0.3 if title else 0
    width = max(WORDS + columns * (side + GAP) + 0.2, title_width)
    height = sum(heights) + head + 0.05
    figure = Figure(figsize=(width, height))
    top = height - head
    for (name, values), needed in zip(lines, heights, strict=True):
        tall = needed - GAP
        middle = (0.1 / width, (top - tall / 2) / height)
        words = lettering.wrap(name, WORDS - 0.2, 9.5)
        figure.text(*middle, words, va="center", **lettering.font(9.5))
        for column, tile in enumerate(values):
            left = WORDS + column * (side + GAP)
            box = (left / width, (top - tall) / height, side / width, tall / height)
            axes = figure.add_axes(box)
            axes.imshow(_stretched(tile), cmap="gray", vmin=0, vmax=1, interpolation="nearest")
            axes.set(xticks=[], yticks=[])
            axes.spines[:].set(color="#9a9a9a", linewidth=0.7)
        top -= needed
    if title:
        where = (0.1 / width, 1 - 0.1 / height)
        figure.text(*where, title, va="top", **lettering.font(12, bold=True))
    return Picture(figure, alt or _alt(rows, title))


def _stretched(tile):
    """Return a tile from black to white; half grey where all its values are equal."""
    low, high = tile.min(), tile.max()
    return np.full(tile.shape, 0.5) if high == low else (tile - low) / (high - low)


def _alt(rows, title):
    """Describe the rows."""
    listed = "; ".join(
        f"{name}: {len(values)} {'tile' if len(values) == 1 else 'tiles'}, "
        f"{values.shape[1]}×{values.shape[2]}"
        for name, values in rows.items()
    )
    return f"{f'{title}. ' if title else ''}{listed}."
