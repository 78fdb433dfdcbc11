"""A deep network summed up by stage: one box where a block diagram would have a hundred."""

from cnn_casebook.figures.drawing import lettering, page, palette
from cnn_casebook.figures.drawing.picture import Picture
from cnn_casebook.figures.network import operations
from cnn_casebook.figures.network.lines import break_lines

GAP = 0.34
PADDING = 0.24


def stages(rows, heads=(), title=None, *, alt=None):
    """Draw a network as a chain of stages, with heads that branch off.

    Args:
        rows: A list of (name, operation, output shape), such as
            ("conv3", "bottleneck × 4", (28, 28, 512)); a name may be empty. A fourth entry, the
            number of parameters, is written below the shape.
        heads: A list of (stage, name, operation, output shape), such as
            ("4a", "head 1", "classifier", (1000,)): a box below the stage of that name.
        title: Heading, or None.
        alt: Alternative text; None makes one from the stages.

    Returns:
        Picture: The drawing; long chains take several rows.

    Raises:
        TypeError: A row or a head is not of that form.
        ValueError: No rows, or a head at a stage that is not there.

    Example:
        >>> rows = [("conv1", "conv 7×7, 64, /2", (112, 112, 64)),
        ...         ("conv2", "bottleneck × 3", (56, 56, 256))]
        >>> stages(rows, title="The start of ResNet-50")
        The start of ResNet-50: a chain of 2 stages. 1. conv1: conv 7×7, 64, /2, 112×112×64.
        2. conv2: bottleneck × 3, 56×56×256.
    """
    boxes = [_stage(row, place) for place, row in enumerate(rows)]
    if not boxes:
        raise ValueError(
            "Expected at least one stage (name, operation, output shape); found an empty list."
        )
    branches = _branches(heads, [box.name for box in boxes])
    sheet, top = page.Page(), 0.0
    lines = _lines(boxes, branches)
    for number, line in enumerate(lines):
        height = max(boxes[place].height for place in line)
        drop = max((branches[p].height + 0.36 for p in line if p in branches), default=0.0)
        middle, left, edge = top - height / 2, 0.0, 0.0
        for place in line:
            box = boxes[place]
            wide = _width(place, boxes, branches)
            centre = left + wide / 2
            box.draw(sheet, centre, middle, height, f"node:{place}")
            if place != line[0]:
                sheet.arrow([(edge, middle), (centre - box.width / 2, middle)])
            if place in branches:
                head = branches[place]
                low = middle - height / 2 - 0.36
                sheet.arrow([(centre, low + 0.36), (centre, low)], palette.SHORTCUT)
                head.draw(
                    *(sheet, centre, low - head.height / 2, head.height, f"head:{place}"),
                    dashed=True,
                )
            edge = centre + box.width / 2
            left += wide + GAP
        if number + 1 < len(lines):
            turn = top - height - drop - 0.2
            after = lines[number + 1]
            below = turn - 0.2 - max(boxes[place].height for place in after) / 2
            first = _width(after[0], boxes, branches) / 2 - boxes[after[0]].width / 2
            right = max(edge, left - GAP) + 0.2
            points = [(edge, middle), (right, middle), (right, turn), (-0.24, turn)]
            sheet.arrow([*points, (-0.24, below), (first, below)])
            top = turn - 0.2
    alt = alt or _alt(title or "Network", boxes, branches)
    return Picture(sheet.finish(title), alt)


class _StageBox:
    """A stage and the lines written in it."""

    def __init__(self, name, operation, shape, parameters=None):
        self.name, self.operation = name, operation
        self.shape = operations.times(shape)
        self.parameters = parameters
        self.kind = palette.kind_of(operation or name)
        self.lines = [(name, 10, True, palette.INK)] if name else []
        if operation:
            narrow = max(1.05, lettering.text_size(self.shape, 9.5)[0])
            self.lines.append((_broken(operation, narrow), 10, False, palette.INK))
        self.lines.append((self.shape, 9.5, False, palette.SOFT_INK))
        if parameters is not None:
            self.lines.append((f"{parameters:,}", 9.5, False, palette.COUNT))
        sizes = [lettering.text_size(*line[:3]) for line in self.lines]
        self.width = max(width for width, _ in sizes) + PADDING
        self.text_height = sum(height for _, height in sizes) + 0.03 * (len(sizes) - 1)
        self.height = self.text_height + 0.18

    def draw(self, sheet, x, y, height, gid, dashed=False):
        """Draw the box around (x, y), its text in the middle."""
        fill = palette.tint(self.kind, 0.2 if dashed else 0.4)
        sheet.box(x, y, self.width, height, fill, gid, 0.08, dashed)
        top = y + self.text_height / 2
        for text, size, bold, colour in self.lines:
            tall = lettering.text_size(text, size, bold)[1]
            sheet.text(x, top - tall / 2, text, size, bold, colour)
            top -= tall + 0.03


def _broken(operation, width):
    """Return the words of an operation in lines; a list of many operations breaks at commas."""
    many = operation.count(",") > 2
    return (lettering.phrases if many else lettering.balance)(operation, width, 10)


def _stage(row, place):
    """Check and convert one stage."""
    if not isinstance(row, (tuple, list)) or len(row) not in (3, 4):
        raise TypeError(
            "Expected stages (name, operation, output shape) or (name, operation, output shape, "
            f"parameters); found {row!r} in row {place}."
        )
    name, operation, shape, *parameters = row
    if not isinstance(shape, (tuple, list, int)):
        raise TypeError(f"Expected an output shape such as (28, 28, 512); found {shape!r}.")
    return _StageBox(str(name), str(operation), shape, *parameters)


def _branches(heads, names):
    """Return for the place of a stage the head that branches off there."""
    found = {}
    for head in heads:
        if not isinstance(head, (tuple, list)) or len(head) != 4:
            raise TypeError(
                f"Expected heads (stage, name, operation, output shape); found {head!r}."
            )
        stage, *rest = head
        if stage not in names:
            raise ValueError(
                f"Expected a head at one of the stages {', '.join(names)}; found {stage!r}."
            )
        found[names.index(stage)] = _stage(rest, stage)
        found[names.index(stage)].kind = "dense"
    return found


def _width(place, boxes, branches):
    """Return the inches that a stage takes in its row, its head included."""
    return max(boxes[place].width, branches[place].width if place in branches else 0.0)


def _lines(boxes, branches):
    """Break the chain into lines that fit the page, heads included."""
    widths = [_width(place, boxes, branches) + GAP for place in range(len(boxes))]
    return break_lines(widths, lettering.WIDTH - 0.3 + GAP)


def _alt(name, boxes, branches):
    """Describe the chain in words."""

    def words(box):
        """Return one box as a phrase."""
        label = ": ".join(part for part in (box.name, box.operation) if part)
        weights = f", {box.parameters:,} parameters" if box.parameters is not None else ""
        return f"{label}, {box.shape}{weights}"

    parts = []
    for place, box in enumerate(boxes):
        branch = f" (branching off: {words(branches[place])})" if place in branches else ""
        parts.append(f"{place + 1}. {words(box)}{branch}.")
    noun = "stage" if len(boxes) == 1 else "stages"
    return f"{name}: a chain of {len(boxes)} {noun}. {' '.join(parts)}"
