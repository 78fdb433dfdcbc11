"""The measures of a block diagram: sizes of boxes, gaps, columns, and lanes for shortcuts.

Everything is measured along the flow (u) and across it (v), so that a diagram from top to bottom
and one from left to right are the same but for the last step, `Frame.point`.
"""

import math

from cnn_casebook.figures.drawing import lettering
from cnn_casebook.figures.network import layout, operations

GAP_DOWN = 0.52  # inches between levels: room for a shape beside the arrow
GAP_ACROSS = 0.22
GAP_COLUMNS = 0.55
CIRCLE = 0.34
LANE = 0.3
TALL = 11.0  # inches of a column, after which the diagram goes on beside it
MARGIN = 0.24


class Frame:
    """Where everything in a block diagram lies.

    Args:
        boxes: `Box` objects, fused.
        down: True from top to bottom, False from left to right.

    Example:
        >>> import keras
        >>> from cnn_casebook.figures.network.boxes import read_boxes
        >>> x = keras.Input((8, 8, 4))
        >>> model = keras.Model(x, keras.layers.Conv2D(4, 3, padding="same")(x))
        >>> frame = Frame(read_boxes(model), down=True)
        >>> frame.labels
        [('input',), ('conv 3×3, 4',)]
    """

    def __init__(self, boxes, down):
        """Measure and place the boxes."""
        self.boxes, self.down = boxes, down
        branches = max(len(box.parents) for box in boxes)
        self.two_lines = not down or branches > 2
        self.labels = [self._label(box) for box in boxes]
        self.shapes = [operations.times(box.shape) for box in boxes]
        self.shape_widths = [lettering.text_size(shape, 9.5)[0] for shape in self.shapes]
        self.sizes = [self._size(place) for place in range(len(boxes))]
        room = [self._room(place) for place in range(len(boxes))]
        self.layout = layout.arrange(boxes, room, GAP_ACROSS)
        self.level = [place.level for place in self.layout.places]
        self.read = {parent for box in boxes for parent in box.parents}
        self._measure_along()
        self.lanes = self._lanes()
        length = self.end[-1]
        parts = math.ceil(length / (TALL if down else lettering.WIDTH) - 0.15)
        self._cut(parts)
        while down and parts > 1 and self.across > lettering.WIDTH + 0.4:
            parts -= 1  # longer columns rather than a page that has to shrink
            self._cut(parts)

    def _label(self, box):
        """Return the lines in a box: what it does, and what was fused into it."""
        if self.two_lines and box.extras:
            return box.text, " · ".join(box.extras)
        return (box.words,)

    def _size(self, place):
        """Return width and height of a box in inches."""
        box, lines = self.boxes[place], self.labels[place]
        if self.round(place):
            return CIRCLE, CIRCLE
        widths = [lettering.text_size(text, 10 - 0.5 * (n > 0))[0] for n, text in enumerate(lines)]
        high = self.two_lines and box.kind not in ("input", "merge")
        return max(max(widths) + 0.28, 0.8), 0.5 if high else 0.34

    def round(self, place):
        """Return whether a box is drawn as a circle."""
        return self.boxes[place].kind == "merge" and len(self.boxes[place].text) == 1

    def _room(self, place):
        """Return the inches a box needs on both sides across the flow, its shape included."""
        width, height = self.sizes[place]
        if not self.down:
            return height / 2, height / 2
        return width / 2, max(width / 2, self.shape_widths[place] + 0.1)

    def _measure_along(self):
        """Set for each level where it starts and ends along the flow, and the gap after it."""
        self.start, self.end, self.gap, position = [], [], [], 0.0
        for line in self.layout.levels:
            inside = [p for p in line if p < len(self.boxes)]
            self.start.append(position)
            self.end.append(position + max((self.sizes[p][self.down] for p in inside), default=0))
            widest = max((self.shape_widths[p] for p in inside), default=0.1)
            self.gap.append(GAP_DOWN if self.down else widest + 0.4)
            position = self.end[-1] + self.gap[-1]

    def _lanes(self):
        """Return for each shortcut where it runs across the flow, and whether it is outermost."""
        places, lanes = self.layout.places, {}
        spans = {pair: (self.level[pair[0]], self.level[pair[1]]) for pair in self.layout.shortcuts}
        for pair in sorted(spans, key=lambda p: (spans[p][1] - spans[p][0], p)):
            first, last = spans[pair]
            beside = [p.across + p.after for p in places if first < p.level < last]
            ends = [places[place].across + 0.3 for place in pair]
            lane = max(beside + ends) + 0.2
            if not self.down:
                lane = max(lane, places[pair[0]].across + places[pair[0]].after + 0.1)
            near = [far for other, far in lanes.items() if _overlap(spans[other], (first, last))]
            lanes[pair] = max([lane] + [far + LANE for far in near])
        return {
            pair: (
                lane,
                all(
                    far <= lane or not _overlap(spans[other], spans[pair])
                    for other, far in lanes.items()
                ),
            )
            for pair, lane in lanes.items()
        }

    def _cut(self, parts):
        """Cut the diagram into columns where a single arrow passes, as equal as possible."""
        crossing = [0] * len(self.start)
        spans = [(edge[0], edge[-1]) for edge in self.layout.edges]
        for source, target in [*spans, *self.layout.shortcuts]:
            for between in range(self.level[source] + 1, self.level[target] + 1):
                crossing[between] += 1
        possible = [level for level, count in enumerate(crossing) if count == 1]
        cuts = set()
        for part in range(1, parts):
            ideal = self.end[-1] * part / parts
            cuts.update(sorted(possible, key=lambda at: (abs(self.start[at] - ideal), at))[:1])
        self.column = [sum(cut <= level for cut in cuts) for level in range(len(crossing))]
        self.shift_u = [self.start[self.column.index(column)] for column in self.column]
        self.extents, self.shift_v, used = [], [], 0.0
        for number in range(self.column[-1] + 1):
            near, far = self._extent(number)
            self.extents.append((near, far))
            self.shift_v.append(used - near)
            used += far - near + GAP_COLUMNS
        self.across = used - GAP_COLUMNS + MARGIN

    def _extent(self, number):
        """Return how far a column reaches across the flow, shortcuts included."""
        inside = [p for p in self.layout.places if self.column[p.level] == number]
        near = min(p.across - p.before for p in inside)
        far = [p.across + p.after for p in inside]
        for (source, _), (lane, outermost) in self.lanes.items():
            if self.column[self.level[source]] == number:
                words = lettering.text_size("shortcut", 9.5)[0]
                room = 0.12 + max(words, self.shape_widths[source]) if self.down else 0.3
                far.append(lane + (room if outermost else 0.2))
        return near, max(far)

    def centre(self, place):
        """Return where the centre of a place lies in the frame."""
        spot = self.layout.places[place]
        return (self.start[spot.level] + self.end[spot.level]) / 2, spot.across

    def half(self, place):
        """Return half the size of a box along the flow; nothing for a placeholder."""
        return self.sizes[place][self.down] / 2 if place < len(self.boxes) else 0.0

    def bar(self, place):
        """Return (from, to) across the flow of a concatenation's bar, or None for another box."""
        box, spot = self.boxes[place], self.layout.places[place]
        if box.text != "concat" or box.kind != "merge" or len(self.layout.levels[spot.level]) > 1:
            return None
        half = self.sizes[place][not self.down] / 2
        ends = [self.layout.places[e[-2]].across for e in self.layout.edges if e[-1] == place]
        return min([*ends, spot.across]) - half, max([*ends, spot.across]) + half

    def point(self, u, v, level):
        """Turn a point of the frame, near a level, into a point (x, y) of the page."""
        u -= self.shift_u[level]
        v += self.shift_v[self.column[level]]
        return (v, -u) if self.down else (u, -v)


def _overlap(a, b):
    """Return whether two spans of levels overlap."""
    return a[0] < b[1] and b[0] < a[1]
