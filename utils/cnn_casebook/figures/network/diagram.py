"""Draws what a frame has laid out: boxes, arrows, shortcuts, and a shape beside each arrow."""

from cnn_casebook.figures.drawing import page, palette
from cnn_casebook.figures.network.frame import CIRCLE

SHORTCUTS = {"+": "shortcut", "concat": "skip"}  # what stands beside one, by where it ends


class Diagram:
    """Boxes, arrows and words, put where a frame says."""

    def __init__(self, frame):
        """Begin with an empty page."""
        self.frame, self.layout, self.boxes = frame, frame.layout, frame.boxes
        self.sheet = page.Page()

    def draw(self, title):
        """Draw everything and return the figure."""
        for place, box in enumerate(self.boxes):
            self._box(place, box)
            self._shape(place)
            if box.output and place not in self.frame.read:
                self._out(place)
        side = self._side_branches()
        for edge in self.layout.edges:
            self._edge(edge, (edge[0], edge[-1]) in side)
        for pair in sorted(self.layout.shortcuts):
            self._shortcut(*pair)
        return self.sheet.finish(title)

    def _box(self, place, box):
        """Draw the box, circle or bar of a box."""
        frame, sheet = self.frame, self.sheet
        (u, v), (width, height) = frame.centre(place), frame.sizes[place]
        bar = frame.bar(place)
        if bar:
            v, long = sum(bar) / 2, bar[1] - bar[0]
            width, height = (long, height) if frame.down else (width, long)
        x, y = frame.point(u, v, frame.level[place])
        fill, gid = palette.tint(box.kind), f"node:{place}"
        if frame.round(place):
            sheet.circle(x, y, CIRCLE, fill, gid)
            sheet.text(x, y, box.text, 14, bold=True)
            return
        sheet.box(x, y, width, height, fill, gid, CIRCLE / 2 if box.kind == "merge" else 0.07)
        lines = frame.labels[place]
        if len(lines) == 1:
            sheet.text(x, y, lines[0])
        else:
            sheet.text(x, y + 0.095, lines[0])
            sheet.text(x, y - 0.105, lines[1], 9.5, colour=palette.SOFT_INK)

    def _shape(self, place):
        """Write the output shape beside the arrow that leaves a box."""
        frame = self.frame
        u, v = frame.centre(place)
        u += frame.half(place)
        style = {"size": 9.5, "colour": palette.SOFT_INK}
        if frame.down:
            x, y = frame.point(u + 0.15, v + 0.07, frame.level[place])
            self.sheet.text(x, y, frame.shapes[place], ha="left", **style)
        else:
            across = v - 0.03
            x, y = frame.point(u + 0.06, across, frame.level[place])
            self.sheet.text(x, y, frame.shapes[place], ha="left", va="bottom", **style)

    def _out(self, place):
        """Draw the arrow that leaves the network."""
        frame, level = self.frame, self.frame.level[place]
        u, v = frame.centre(place)
        u += frame.half(place)
        length = frame.gap[level] - 0.1
        points = [frame.point(u, v, level), frame.point(u + length, v, level)]
        self.sheet.arrow(points, gid=f"out:{place}")

    def _side_branches(self):
        """Return the edges of shortcuts with layers in them, from their fork to the addition."""
        found, readers = set(), [0] * len(self.boxes)
        for box in self.boxes:
            for parent in box.parents:
                readers[parent] += 1
        for merge, main in self.layout.main.items():
            if self.boxes[merge].text != "+":
                continue
            for parent in self.boxes[merge].parents:
                if parent == main or (parent, merge) in self.layout.shortcuts:
                    continue
                here, below = parent, merge
                found.add((here, below))
                while readers[here] == 1 and len(self.boxes[here].parents) == 1:
                    here, below = self.boxes[here].parents[0], here
                    found.add((here, below))
        return found

    def _edge(self, edge, shortcut):
        """Draw an arrow from box to box, around corners where they are not in line."""
        frame = self.frame
        source, target = edge[0], edge[-1]
        level = [frame.level[place] for place in edge]
        u, here = frame.centre(source)
        u += frame.half(source)
        style = {"colour": palette.SHORTCUT if shortcut else palette.LINE, "below": shortcut}
        style["gid"] = f"edge:{source}-{target}"
        points = [frame.point(u, here, level[0])]
        if frame.column[level[0]] != frame.column[level[1]]:
            points += self._turn(u, here, level[0], edge[1])
            here = frame.centre(edge[1])[1]
        bar = frame.bar(target)
        for number, place in enumerate(edge[1:], start=1):
            middle, there = frame.centre(place)
            last = place == target
            if last and bar and bar[0] <= here <= bar[1]:
                there = here
            if last and frame.round(target) and abs(there - here) > CIRCLE:
                side = CIRCLE / 2 if here > there else -CIRCLE / 2  # enter from the side
                points.append(frame.point(middle, here, level[-1]))
                points.append(frame.point(middle, there + side, level[-1]))
                self.sheet.arrow(points, **style)
                return
            if abs(there - here) > 0.02:
                before, gap = frame.end[level[number - 1]], frame.gap[level[number - 1]]
                near = 0.2 if number == 1 else 0.15
                turn = before + gap - near - (0.0 if frame.down else 0.06)
                corners = [frame.point(turn, at, level[number - 1]) for at in (here, there)]
                if shortcut and number == 1 and self._straight_on(source):
                    points = []  # leave the main path at a dot, as an identity shortcut does
                    self.sheet.dot(*corners[0], colour=palette.SHORTCUT)
                points += corners
            here = there
        points.append(frame.point(frame.centre(target)[0] - frame.half(target), here, level[-1]))
        self.sheet.arrow(points, **style)

    def _straight_on(self, source):
        """Return whether another edge runs straight on from a box."""
        at = self.layout.places
        nexts = [edge[1] for edge in self.layout.edges if edge[0] == source]
        return any(abs(at[place].across - at[source].across) < 0.02 for place in nexts)

    def _turn(self, u, v, level, target):
        """Return the points of the way from the end of one column to the start of the next."""
        frame = self.frame
        far = frame.extents[frame.column[level]][1] + 0.25
        out = u + (0.36 if frame.down else frame.gap[level] - 0.1)
        corner = frame.point(out, far, level)
        top = frame.point(frame.start[frame.level[target]] - 0.3, *self._across(target))
        between = (corner[0], top[1]) if frame.down else (top[0], corner[1])
        return [frame.point(out, v, level), corner, between, top]

    def _across(self, place):
        """Return where a place lies across the flow, and its level."""
        return self.layout.places[place].across, self.frame.level[place]

    def _shortcut(self, source, target):
        """Draw an identity shortcut as a dashed curve around the main path."""
        frame, colour = self.frame, palette.SHORTCUT
        lane, outermost = frame.lanes[source, target]
        first, last = frame.level[source], frame.level[target]
        u, v = frame.centre(source)
        u += frame.half(source) + (0.31 if frame.down else frame.gap[first] - 0.25)
        middle, there = frame.centre(target)
        bar = frame.bar(target)
        end = bar[1] if bar else there + frame.sizes[target][not frame.down] / 2
        corners = [frame.point(u, lane, first), frame.point(middle, lane, last)]
        points = [frame.point(u, v, first), *corners, frame.point(middle, end, last)]
        gid = f"shortcut:{source}-{target}"
        self.sheet.arrow(points, colour, dashed=True, gid=gid, width=1.8)
        self.sheet.dot(*points[0], colour=colour)
        if not outermost:
            return
        (x0, y0), (x1, y1) = corners
        words = [SHORTCUTS.get(self.boxes[target].text, ""), frame.shapes[source]]
        if frame.down:
            text = "\n".join(filter(None, words))
            self.sheet.text(x0 + 0.1, (y0 + y1) / 2, text, 9.5, colour=colour, ha="left")
        else:
            text = " ".join(filter(None, words))
            self.sheet.text((x0 + x1) / 2, y0 - 0.05, text, 9.5, colour=colour, va="top")
