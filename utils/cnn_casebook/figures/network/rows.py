"""The rows of a network: what every path from input to output goes through.

Side branches are summed up in the box where they meet again, so that residual and Inception
networks, too, become one row of volumes.
"""

import dataclasses
import re

from cnn_casebook.figures.drawing import palette
from cnn_casebook.figures.network.boxes import fuse, read_boxes


@dataclasses.dataclass(frozen=True)
class Row:
    """One volume of a network.

    Attributes:
        name: A name from a table or a paper; may be empty.
        shape: Output shape without the batch axis.
        operation: What makes the volume, such as "conv 5×5, 6".
        parameters: Number of weights, or None if not known.
        count: How many equal volumes in a row this one stands for.
        kind: A key of `palette.HUES`.
    """

    name: str
    shape: tuple
    operation: str
    parameters: int | None = None
    count: int = 1
    kind: str = "other"


def read_rows(network):
    """Return the rows of a model, or check and convert a table of rows.

    Args:
        network: A Keras model, or a list of (name, output shape, operation, parameters), the last
            one optional.

    Returns:
        list: `Row` objects; equal convolutions and dense layers that follow each other are one.

    Raises:
        UnreadableModelError: A model whose graph is not known.
        TypeError: A row is not of that form.
        ValueError: No rows.

    Example:
        >>> table = [("input", (8, 8, 3), "input"), ("c1", (8, 8, 4), "conv 3×3, 4")]
        >>> table.append(("c2", (8, 8, 4), "conv 3×3, 4"))
        >>> [(row.operation, row.count) for row in read_rows(table)]
        [('input', 1), ('conv 3×3, 4', 2)]
    """
    if isinstance(network, (list, tuple)):
        found = [_row(place, row) for place, row in enumerate(network)]
        if not found:
            raise ValueError(
                "Expected at least one row (name, output shape, operation, parameters); found an "
                "empty list. Check the loop or table that should have filled it."
            )
    else:
        found = _rows_of(fuse(read_boxes(network)))
    return _grouped(found)


def _row(place, row):
    """Convert one row of a table."""
    hint = "Expected rows (name, output shape, operation, parameters), the last one optional; "
    if not isinstance(row, (list, tuple)) or len(row) not in (3, 4):
        raise TypeError(f"{hint}found {row!r} in row {place}.")
    name, shape, operation, *parameters = row
    shape = (shape,) if isinstance(shape, int) else shape
    if not isinstance(shape, (list, tuple)) or not shape:
        raise TypeError(
            f"{hint}found {shape!r} as output shape in row {place}, such as (28, 28, 6)."
        )
    if len(shape) > 1 and shape[0] is None:
        shape = shape[1:]  # the batch axis of layer.output.shape
    count = parameters[0] if parameters else None
    operation = re.sub(r"(?<=\d)x(?=\d)", "×", str(operation))
    kind = palette.kind_of(operation or name)
    return Row(str(name), tuple(shape), operation or str(name), count, kind=kind)


def _rows_of(boxes):
    """Return one row for each box that all paths to the main output go through."""
    boxes = _main_path(boxes)
    last_reader = list(range(len(boxes)))
    for place, box in enumerate(boxes):
        for parent in box.parents:
            last_reader[parent] = place
    found, parameters, furthest = [], 0, 0
    for place, box in enumerate(boxes):
        parameters += box.parameters
        inside = furthest > place  # something from before is read only later: a side branch
        furthest = max(furthest, last_reader[place])
        if inside:
            continue
        text = _text(box, found)
        if text:
            found.append(Row("", box.shape, text, parameters, kind=_kind(box)))
            parameters = 0
        elif found:
            found[-1] = dataclasses.replace(found[-1], parameters=found[-1].parameters + parameters)
            parameters = 0
        if "softmax" in (box.text, *box.extras):
            found[-1] = dataclasses.replace(found[-1], operation=f"{found[-1].operation}, softmax")
    return found


def _main_path(boxes):
    """Return the boxes that the main output needs, leaving out auxiliary heads."""
    read = {parent for box in boxes for parent in box.parents}
    ends = [place for place, box in enumerate(boxes) if box.output and place not in read]
    wanted = {ends[0] if ends else len(boxes) - 1}
    for place in range(len(boxes) - 1, -1, -1):
        if place in wanted:
            wanted.update(boxes[place].parents)
    new = {place: number for number, place in enumerate(sorted(wanted))}
    return [
        dataclasses.replace(boxes[place], parents=tuple(new[p] for p in boxes[place].parents))
        for place in sorted(wanted)
    ]


def _text(box, found):
    """Return the words for a row; empty for a box that leaves the volume as it is."""
    if box.text == "+" and box.kind == "merge":
        return "residual block"
    if box.text == "concat" and box.kind == "merge":
        return f"{len(box.parents)} branches, concat"
    quiet = box.kind in ("activation", "norm", "other", "merge") and not box.parameters
    unchanged = found and found[-1].shape == box.shape
    if (quiet and unchanged) or box.kind == "norm" or box.text.startswith("zero pad"):
        return ""
    return box.text


def _kind(box):
    """Return the kind of a row: what meets again after branches is a block."""
    return "block" if box.kind == "merge" else box.kind


def _grouped(found):
    """Join equal convolutions, blocks and dense layers that follow each other."""
    grouped = []
    for row in found:
        last = grouped[-1] if grouped else None
        same = last and (last.operation, last.shape) == (row.operation, row.shape)
        if same and row.kind in ("conv", "block", "dense"):
            known = None not in (last.parameters, row.parameters)
            grouped[-1] = dataclasses.replace(
                last,
                name=f"{last.name.split(' to ')[0]} to {row.name}" if row.name else last.name,
                count=last.count + 1,
                parameters=last.parameters + row.parameters if known else None,
            )
        else:
            grouped.append(row)
    return grouped
