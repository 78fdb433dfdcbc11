"""One volume of a network as a cuboid whose sides stand for its sizes, with the words below it."""

import math

from cnn_casebook.figures.drawing import lettering, palette
from cnn_casebook.figures.network import operations

SHOWN = 6  # slabs drawn for a group of equal layers at most; the label says the full number


class Column:
    """A volume, the text below it, and the room that both take.

    Args:
        row: A `Row`.
        parameters: True writes the number of weights below the volume.

    Attributes:
        width: Inches for the volume and its text.
        left: Inches from the column's middle to the left edge of the volume.
        right: Inches to the right edge.
        above: Inches from the middle of the volume up to its top.
        text_height: Inches of the text below the volume.

    Example:
        >>> from cnn_casebook.figures.network.rows import Row
        >>> column = Column(Row("", (28, 28, 6), "conv 5×5, 6", 156), parameters=True)
        >>> [text for text, *_ in column.texts]
        ['28×28×6', 'conv 5×5, 6', '156']
    """

    def __init__(self, row, parameters):
        """Measure the volume and its text."""
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
        self.spacing = self.thick + 0.06
        body = self.spacing * (self.slabs - 1) + self.thick
        self.left = self.right = (body + self.dx) / 2
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
            texts.append((f"{row.parameters:,}", 9.5, False, palette.COUNT))
        return texts

    def draw(self, sheet, centre, middle, top):
        """Draw the volume around (centre, middle) and its text below `top`."""
        bottom = middle - (self.height + self.dy) / 2
        fill = palette.tint(self.row.kind, 0.6)
        for slab in range(self.slabs):
            left = centre - self.left + slab * self.spacing
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
