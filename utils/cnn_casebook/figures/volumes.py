"""A network as a row of volumes: how it shrinks and deepens on its way down."""

from cnn_casebook.figures.drawing import lettering, page, palette
from cnn_casebook.figures.drawing.picture import Picture
from cnn_casebook.figures.network import operations
from cnn_casebook.figures.network.boxes import given_name
from cnn_casebook.figures.network.column import Column
from cnn_casebook.figures.network.lines import break_lines
from cnn_casebook.figures.network.rows import read_rows

GAP = 0.26  # inches between a volume and the next one's place


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
        UnreadableModelError: Not a list of rows, and not a Keras model whose graph is known.
        TypeError: A row is not of that form.
        ValueError: No rows.

    Example:
        >>> rows = [("", (32, 32, 1), "input"), ("C1", (28, 28, 6), "conv 5x5, 6", 156)]
        >>> volumes(rows, title="A first layer")
        A first layer: a row of 2 volumes. 1. input, 32×32×1. 2. C1: conv 5×5, 6, 28×28×6.
    """
    rows = read_rows(model)
    columns = [Column(row, parameters) for row in rows]
    sheet = page.Page()
    top = 0.0
    places = break_lines([column.width + GAP for column in columns], lettering.WIDTH + GAP)
    lines = [[columns[place] for place in line] for line in places]
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
        sheet.text(0.0, top + 0.1, text, 9.5, colour=palette.COUNT, ha="left", va="top")
    name = title or ("Network" if isinstance(model, (list, tuple)) else given_name(model))
    return Picture(sheet.finish(title), alt or _alt(name, rows, parameters))


def _turn(sheet, line, following, width, middle, turn):
    """Draw the arrow from the end of one row to the start of the next."""
    last, first = line[-1], following[0]
    start = width - last.width / 2 + last.right + 0.05
    right = max(width, start) + 0.12
    target = turn - 0.18 - max(column.above for column in following)
    left = min(0.0, first.width / 2 - first.left) - GAP
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
