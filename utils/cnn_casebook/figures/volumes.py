"""A network as a row of volumes: how it shrinks and deepens on its way down."""

import math

from . import graph, lettering, operations, page, palette, trunk
from .picture import Picture

GAP = 0.26  # inches between a volume and the next one's place
SHOWN = 3  # slabs drawn for a group of equal layers; the label tells the full number


def volumes(model, title=None, *, parameters=False, alt=None):
    """Draw a network as boxes whose sides are its volumes on a log scale.

    Height and depth of a box stand for the height and width of the volume, thickness for its
    channels; a dense layer is a thin bar. Batch norm and activations are part of their layer; a
    residual block or an Inception module is one box. Long networks take several rows.

    Args:
        model: A Keras model, or a list of rows (name, output shape, operation, parameters) with
            shapes such as (28, 28, 6) or (120,); names and parameters may be left empty or out.
        title: Heading, or None.
        parameters: True writes the number of weights below each volume.
        alt: Alternative text; None makes one from the network.

    Returns:
        Picture: The drawing; its alternative text lists the volumes.

    Raises:
        TypeError: Neither a functional or Sequential model nor a list of rows.
        ValueError: An unbuilt model, or no rows.

    Example:
        >>> rows = [("", (32, 32, 1), "input"), ("C1", (28, 28, 6), "conv 5x5, 6", 156)]
        >>> volumes(rows, title="A first layer")
        A first layer: a row of 2 volumes. 1. input, 32×32×1. 2. C1: conv 5×5, 6, 28×28×6.
    """
    rows = trunk.rows(model)
    drawn = [_Column(row, parameters) for row in rows]
    sheet = page.Page()
    top = 0.0
    lines = _lines(drawn)
    for number, line in enumerate(lines):
        above = max(column.above for column in line)
        middle = top - above
        left = 0.0
        for place, column in enumerate(line):
            centre = left + column.width / 2
            column.draw(sheet, centre, middle, middle - above)
            if place:
                before = line[place - 1]
                start = left - GAP - before.width / 2 + before.right
                end = centre - column.left - 0.05
                sheet.arrow([(start + 0.05, middle), (end, middle)])
            left += column.width + GAP
        below = above + max(column.text_height for column in line)
        if number + 1 < len(lines):
            _turn(sheet, line, lines[number + 1], left - GAP, middle, middle - below - 0.12)
        top = middle - below - 0.3
    total = sum(row.parameters or 0 for row in rows)
    if parameters and total:
        text = f"blue: number of parameters, {total:,} in all"
        sheet.text(0.0, top + 0.1, text, 9.5, colour=palette.CYCLE[0], ha="left", va="top")
    name = title or (graph.given_name(model) if not isinstance(model, (list, tuple)) else "Network")
    return Picture(sheet.finish(title), alt or _alt(name, rows, parameters))


class _Column:
    """A volume, the text below it, and the room that both take."""

    def __init__(self, row, parameters):
        shape = row.shape
        self.row = row
        self.slabs = min(row.count, SHOWN)
        if len(shape) > 1:
            self.height = _log(shape[0], 0.17)
            self.thick = 0.05 + 0.032 * math.log2((shape[-1] or 1) + 1)
            depth = _log(shape[1] if len(shape) > 2 else 1, 0.17)
            self.dx, self.dy = 0.3 * depth, 0.2 * depth
        else:
            self.height, self.thick = _log(shape[-1], 0.11), 0.1
            self.dx, self.dy = 0.06, 0.04
        self.step = self.thick + 0.06
        body = self.step * (self.slabs - 1) + self.thick
        self.left, self.right = (body + self.dx) / 2, (body + self.dx) / 2
        self.texts = self._texts(parameters)
        widest = max(lettering.text_size(*text[:3])[0] for text in self.texts)
        self.width = max(widest, 2 * self.left)
        self.above = (self.height + self.dy) / 2
        self.text_height = 0.1 + sum(
            lettering.text_size(*text[:3])[1] + 0.02 for text in self.texts
        )

    def _texts(self, parameters):
        """Return the lines below the volume: text, size, bold, colour."""
        row = self.row
        texts = [(operations.times(row.shape), 10, True, palette.INK)]
        width = max(1.02, lettering.text_size(texts[0][0], 10, True)[0], 2 * self.left)
        label = lettering.balance(row.operation, width)
        label = f"{row.name}\n{label}" if row.name and row.name != row.operation else label
        label += f"\n(×{row.count})" if row.count > 1 else ""
        texts.append((label, 9.5, False, palette.SOFT_INK))
        if parameters and row.parameters:
            texts.append((f"{row.parameters:,}", 9.5, False, palette.CYCLE[0]))
        return texts

    def draw(self, sheet, centre, middle, top):
        """Draw the volume around (centre, middle) and its text below `top`."""
        bottom = middle - (self.height + self.dy) / 2
        fill = palette.tint(self.row.kind, 0.6)
        for slab in range(self.slabs):
            left = centre - self.left + slab * self.step
            _slab(sheet, left, bottom, self.thick, self.height, self.dx, self.dy, fill)
        y = top - 0.1
        for text, size, bold, colour in self.texts:
            sheet.text(centre, y, text, size, bold, colour, va="top")
            y -= lettering.text_size(text, size, bold)[1] + 0.02


def _log(size, scale):
    """Return the drawn length of a side, in inches; unknown sizes are drawn middling."""
    return 0.1 + scale * math.log2((size or 32) + 1)


def _slab(sheet, left, bottom, width, height, dx, dy, fill):
    """Draw a cuboid in oblique projection: front, top and side."""
    right, top = left + width, bottom + height
    side = [(right, bottom), (right + dx, bottom + dy), (right + dx, top + dy), (right, top)]
    lid = [(left, top), (right, top), (right + dx, top + dy), (left + dx, top + dy)]
    sheet.polygon(side, palette.shade(fill, 0.78))
    sheet.polygon(lid, palette.shade(fill, 0.9))
    sheet.polygon([(left, bottom), (right, bottom), (right, top), (left, top)], fill)


def _lines(columns):
    """Break the columns into as few rows as fit the page, as equal in width as possible."""
    widths = [column.width + GAP for column in columns]
    rows = math.ceil(sum(widths) / (lettering.WIDTH + GAP))
    limit = max(sum(widths) / rows, *widths)
    while True:
        lines, used = [[]], 0.0
        for column, width in zip(columns, widths, strict=True):
            if lines[-1] and used + width > limit + 1e-9:
                lines.append([])
                used = 0.0
            lines[-1].append(column)
            used += width
        if len(lines) <= rows:
            return lines
        if limit > lettering.WIDTH + GAP:
            rows += 1
            limit = sum(widths) / rows
        limit += 0.05


def _turn(sheet, line, following, width, middle, turn):
    """Draw the arrow from the end of one row to the start of the next."""
    last, first = line[-1], following[0]
    start = width - last.width / 2 + last.right + 0.05
    right = max(width, start) + 0.12
    target = turn - 0.18 - max(column.above for column in following)
    left = min(0.0, first.width / 2 - first.left) - 0.26
    end = first.width / 2 - first.left - 0.05
    points = [(start, middle), (right, middle), (right, turn), (left, turn), (left, target)]
    sheet.arrow([*points, (end, target)])


def _alt(name, rows, parameters):
    """Describe the row of volumes in words."""
    parts = []
    for number, row in enumerate(rows, start=1):
        label = f"{row.name}: {row.operation}" if row.name else row.operation
        repeated = f" ({row.count} times)" if row.count > 1 else ""
        known = parameters and row.parameters
        weights = f", {row.parameters:,} parameters" if known else ""
        parts.append(f"{number}. {label}{repeated}, {operations.times(row.shape)}{weights}.")
    noun = "volume" if len(rows) == 1 else "volumes"
    return f"{name}: a row of {len(rows)} {noun}. {' '.join(parts)}"
