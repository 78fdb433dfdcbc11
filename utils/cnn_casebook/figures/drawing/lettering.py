"""Text measured in inches and broken into lines, so that labels are known never to overlap."""

import functools

from cnn_casebook.figures.drawing import palette
from cnn_casebook.fonts import families

WIDTH = 9.0  # inches, the width of a notebook's output


@functools.cache
def _measuring():
    """Return a renderer for measuring text, at a resolution where hinting does not matter."""
    from matplotlib.backends.backend_agg import RendererAgg

    return RendererAgg(8, 8, 720)


@functools.cache
def text_size(text, size=10, bold=False):
    """Measure text as it will be drawn.

    Args:
        text: One line or several, separated by newlines.
        size: Font size in points.
        bold: True for bold type.

    Returns:
        tuple: Width and height in inches.

    Example:
        >>> text_size("28×28×6") < text_size("224×224×64")
        True
    """
    from matplotlib.font_manager import FontProperties

    font = FontProperties(family=families(), size=size, weight="bold" if bold else "normal")
    lines = text.split("\n")
    measure = _measuring().get_text_width_height_descent
    width = max(measure(line, font, False)[0] for line in lines) / 720
    return width, len(lines) * size * 1.2 / 72


def font(size, bold=False):
    """Return the settings of text that matplotlib writes outside a `Page`.

    Args:
        size: Font size in points.
        bold: True for bold type.

    Returns:
        dict: Keyword arguments of matplotlib's `text`.

    Example:
        >>> font(12, bold=True)["fontweight"]
        'bold'
    """
    weight = "bold" if bold else "normal"
    return {"fontfamily": families(), "fontsize": size, "fontweight": weight, "color": palette.INK}


def wrap(text, width, size=10, bold=False):
    """Break text into lines that fit a width; a single long word stays whole.

    Args:
        text: Words separated by blanks.
        width: Inches that a line may have.
        size: Font size in points.
        bold: True for bold type.

    Returns:
        str: The same words, with newlines.

    Example:
        >>> print(wrap("conv 11×11, 96, /4", 0.8))
        conv 11×11,
        96, /4
    """
    lines = []
    for word in text.split(" "):
        if lines and text_size(f"{lines[-1]} {word}", size, bold)[0] <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return "\n".join(lines)


def balance(text, width, size=9.5):
    """Break text that is too wide into lines of about equal length.

    Args:
        text: Such as "conv 5×5, 256, 2 groups".
        width: Inches that a line may have.
        size: Font size in points.

    Returns:
        str: The same words, with as few newlines as fit.

    Example:
        >>> print(balance("dense 1000, softmax", 1.0))
        dense 1000,
        softmax
    """
    fewest = wrap(text, width, size)
    widths = sorted({text_size(line, size)[0] for line in _pieces(text)})
    for narrower in widths:
        candidate = wrap(text, narrower, size)
        if narrower <= width and candidate.count("\n") == fewest.count("\n"):
            return candidate
    return fewest


def phrases(text, width, size=9.5):
    """Break a list of several things at its commas, as long as each of them fits a line.

    Args:
        text: Such as "avg pool, conv 1×1, 128, dense 1024".
        width: Inches that a line may have.
        size: Font size in points.

    Returns:
        str: The same words, with newlines.

    Example:
        >>> print(phrases("avg pool, conv 1×1, dense 1024", 1.0))
        avg pool,
        conv 1×1,
        dense 1024
    """
    kept = text.replace(" ", "\u00a0").replace(",\u00a0", ", ")
    broken = wrap(kept, width, size).replace("\u00a0", " ")
    return broken if text_size(broken, size)[0] <= width else balance(text, width, size)


def _pieces(text):
    """Return all runs of neighbouring words."""
    words = text.split()
    return [
        " ".join(words[first:last])
        for first in range(len(words))
        for last in range(first + 1, len(words) + 1)
    ]
