"""A table of who is connected to whom, as in the papers: a filled cell is a connection."""

import numpy as np

from cnn_casebook.figures.drawing import palette
from cnn_casebook.figures.drawing.page import Page
from cnn_casebook.figures.drawing.picture import Picture

CELL = 0.34  # inches


def connections(table, rows, columns, title=None, *, alt=None):
    """Draw a table of connections.

    Args:
        table: bool (rows, columns): True where the row and the column are connected.
        rows: What the rows are, such as "map of S2"; they are numbered from 0.
        columns: What the columns are, such as "map of C3".
        title: Heading, or None.
        alt: Alternative text; None makes one that lists what each column is connected to.

    Returns:
        Picture: The drawing.

    Raises:
        ValueError: The table is not two-dimensional, or empty.

    Example:
        >>> connections([[1, 0], [1, 1]], "map of S2", "map of C3")
        Table of connections, 2 rows (map of S2) and 2 columns (map of C3). Column 0: 0, 1.
        Column 1: 1.
    """
    cells = np.asarray(table, bool)
    if cells.ndim != 2 or not cells.size:
        raise ValueError(f"Expected a table of rows and columns; found shape {cells.shape}.")
    height, width = cells.shape
    sheet = Page()
    for row in range(height):
        sheet.text(-0.12, -CELL * (row + 0.5), str(row), ha="right")
        for column in range(width):
            x, y = CELL * (column + 0.5), -CELL * (row + 0.5)
            fill = palette.HUES["block"] if cells[row, column] else "#f2f2f2"
            sheet.box(x, y, CELL * 0.86, CELL * 0.86, fill, rounding=0.03)
    for column in range(width):
        sheet.text(CELL * (column + 0.5), 0.14, str(column))
    sheet.text(CELL * width / 2, 0.42, columns, colour=palette.SOFT_INK)
    sheet.text(-0.42, -CELL * height / 2, rows, ha="right", colour=palette.SOFT_INK)
    if alt is None:
        listed = " ".join(
            f"Column {column}: {', '.join(map(str, np.flatnonzero(cells[:, column]))) or 'none'}."
            for column in range(width)
        )
        alt = (
            f"{f'{title}. ' if title else ''}Table of connections, {height} rows ({rows}) and "
            f"{width} columns ({columns}). {listed}"
        )
    return Picture(sheet.finish(title), alt)
