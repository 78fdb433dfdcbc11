"""Images side by side, grey or in colour, with a label under each."""

import math

from cnn_casebook.figures.drawing import lettering
from cnn_casebook.figures.drawing.picture import Picture


def image_grid(images, labels=None, names=None, columns=None, title=None, *, alt=None):
    """Show images in a grid.

    Args:
        images: (n, height, width, 1), (n, height, width, 3) or (n, height, width). Integers and
            floats above 1 are read as 0 to 255, floats from 0 to 1 as such; where values are
            negative, the smallest is drawn black and the largest white.
        labels: One for each image: text, or a class number to look up in `names`; None for none.
        names: Class names, or None.
        columns: Images in a row; None takes up to eight.
        title: Heading, or None.
        alt: Alternative text; None makes one from size, colour and labels.

    Returns:
        Picture: The grid.

    Raises:
        ValueError: No images, another shape, labels of another number, or a class without a name.

    Example:
        >>> import numpy as np
        >>> image_grid(np.zeros((2, 28, 28, 1)), labels=[1, 0], names=["shirt", "boot"])
        Grid of 2 grey images, 28×28 pixels, 1 row of 2: boot, shirt.
    """
    from matplotlib.figure import Figure

    pixels = _checked(images)
    count, height, width, channels = pixels.shape
    words = _words(labels, names, count)
    columns = min(count, int(columns) if columns else math.ceil(count / math.ceil(count / 8)))
    rows = math.ceil(count / columns)
    text_width = max((lettering.text_size(word, 9.5)[0] for word in words), default=0)
    side = max(0.85, min(1.4, (lettering.WIDTH - 0.3) / columns - 0.14))
    cell = max(side, text_width) + 0.14
    tall = side * height / width
    below = 0.3 if words else 0.12
    head = 0.4 if title else 0.05
    title_width = lettering.text_size(title, 12, True)[0] if title else 0
    page_width = max(columns * cell, title_width) + 0.16
    page_height = rows * (tall + below) + head + 0.05
    figure = Figure(figsize=(page_width, page_height))
    grey = {"cmap": "gray", "vmin": 0, "vmax": 1} if channels == 1 else {}
    for place in range(count):
        row, column = divmod(place, columns)
        left = 0.08 + column * cell + (cell - side) / 2
        bottom = page_height - head - row * (tall + below) - tall
        box = (left / page_width, bottom / page_height, side / page_width, tall / page_height)
        axes = figure.add_axes(box)
        image = pixels[place, :, :, 0] if channels == 1 else pixels[place]
        axes.imshow(image, interpolation="nearest", aspect="auto", **grey)
        axes.set(xticks=[], yticks=[])
        axes.spines[:].set(color="#9a9a9a", linewidth=0.7)
        if words:
            figure.text(
                *((left + side / 2) / page_width, (bottom - 0.06) / page_height, words[place]),
                ha="center",
                va="top",
                **lettering.font(9.5),
            )
    if title:
        where = (0.15 / page_width, 1 - 0.1 / page_height)
        figure.text(*where, title, va="top", **lettering.font(12, bold=True))
    alt = alt or _alt(pixels.shape, rows, columns, words, title)
    return Picture(figure, alt, photographic=channels == 3)


def _checked(images):
    """Return images as floats (n, height, width, 1 or 3), values 0 to 1."""
    import numpy as np

    pixels = np.asarray(images)
    if pixels.ndim == 3:
        pixels = pixels[..., None]
    if pixels.ndim != 4 or 0 in pixels.shape or pixels.shape[-1] not in (1, 3):
        raise ValueError(
            "Expected images (n, height, width, 1) or (n, height, width, 3), n at least 1; found "
            f"shape {np.shape(images)}. A single image is images[None]; one channel of a feature "
            "map is features[..., :1]."
        )
    integers = np.issubdtype(pixels.dtype, np.integer)
    pixels = pixels.astype("float64")
    if not np.isfinite(pixels).all():
        raise ValueError(
            "Expected finite pixel values; found infinite ones or not-a-number. Look for a "
            "division by zero before this line."
        )
    low, high = pixels.min(), pixels.max()
    if low < 0:
        return (pixels - low) / (high - low or 1.0)
    if integers or high > 1:
        return pixels / max(255.0, high)
    return pixels


def _words(labels, names, count):
    """Return one text for each image, or an empty list."""
    if labels is None:
        return []
    labels = list(labels)
    if len(labels) != count:
        raise ValueError(
            f"Expected one label for each of {count} images; found {len(labels)} labels. Cut both "
            "to the same length."
        )
    words = []
    for label in labels:
        if isinstance(label, str):
            words.append(label)
            continue
        number = label.item() if hasattr(label, "item") else label
        if names is None:
            words.append(str(number))
        elif isinstance(number, int) and 0 <= number < len(names):
            words.append(str(names[number]))
        else:
            raise ValueError(
                f"Expected class numbers from 0 to {len(names) - 1}, one for each name; found "
                f"{number!r}. Are labels one-hot, or is a name missing?"
            )
    return words


def _alt(shape, rows, columns, words, title):
    """Describe the grid."""
    count, height, width, channels = shape
    colour = "grey" if channels == 1 else "colour"
    noun, line = "image" if count == 1 else "images", "row" if rows == 1 else "rows"
    text = f"Grid of {count} {colour} {noun}, {height}×{width} pixels, {rows} {line} of {columns}"
    if words:
        text += f": {', '.join(words)}"
    return f"{title}. {text}." if title else f"{text}."
