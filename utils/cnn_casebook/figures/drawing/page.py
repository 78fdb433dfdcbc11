"""A blank page measured in inches, on which the diagrams are drawn.

Text keeps its size in points whatever the diagram's size, and the page grows with what is put on
it: so nothing shrinks below a readable size, and nothing is cut off.
"""

import math

from cnn_casebook.figures.drawing import palette
from cnn_casebook.figures.drawing.lettering import text_size
from cnn_casebook.fonts import families

HEAD = 0.11  # inches, the length of an arrow's head


class Page:
    """A drawing surface in inches, x to the right and y upwards, that grows with its content.

    Example:
        >>> page = Page()
        >>> page.text(0, 0, "input")
        >>> figure = page.finish(title="A title")
        >>> bool(figure.get_figheight() < 1)
        True
    """

    def __init__(self):
        """Start empty."""
        from matplotlib.figure import Figure

        self.figure = Figure()
        self.axes = self.figure.add_axes((0, 0, 1, 1))
        self.bounds = [float("inf"), float("inf"), -float("inf"), -float("inf")]

    def grow(self, left, bottom, right, top):
        """Make sure that a rectangle lies on the page."""
        low, high = self.bounds[:2], self.bounds[2:]
        self.bounds = [*map(min, low, (left, bottom)), *map(max, high, (right, top))]

    def text(self, x, y, text, size=10, bold=False, colour=palette.INK, ha="center", va="center"):
        """Write text at a point; `ha` and `va` say which point of the text that is."""
        width, height = text_size(text, size, bold)
        left = x - width * {"left": 0, "center": 0.5, "right": 1}[ha]
        bottom = y - height * {"bottom": 0, "center": 0.5, "top": 1}[va]
        self.grow(left, bottom, left + width, bottom + height)
        em = size / 72
        for number, line in enumerate(text.split("\n")):
            baseline = bottom + height - 1.2 * em * number - 0.96 * em
            self.axes.text(
                *(x, baseline, line),
                fontfamily=families(),
                fontsize=size,
                fontweight="bold" if bold else "normal",
                color=colour,
                ha=ha,
                va="baseline",
                zorder=5,
            )

    def box(self, x, y, width, height, fill, gid=None, rounding=0.06, dashed=False):
        """Draw a box with rounded corners around its centre (x, y)."""
        from matplotlib.patches import FancyBboxPatch

        rounding = min(rounding, width / 2, height / 2)
        patch = FancyBboxPatch(
            (x - width / 2, y - height / 2),
            *(width, height),
            boxstyle=f"round,pad=0,rounding_size={rounding}",
            facecolor=fill,
            edgecolor=palette.LINE,
            linewidth=1.0,
            linestyle="--" if dashed else "-",
            zorder=3,
            gid=gid,
        )
        self.axes.add_patch(patch)
        self.grow(x - width / 2, y - height / 2, x + width / 2, y + height / 2)

    def circle(self, x, y, diameter, fill, gid=None):
        """Draw a circle around (x, y)."""
        from matplotlib.patches import Circle

        half = diameter / 2
        patch = Circle((x, y), half, facecolor=fill, edgecolor=palette.LINE, zorder=3, gid=gid)
        self.axes.add_patch(patch)
        self.grow(x - half, y - half, x + half, y + half)

    def polygon(self, points, fill):
        """Draw a filled polygon through points (x, y)."""
        from matplotlib.patches import Polygon

        patch = Polygon(points, facecolor=fill, edgecolor=palette.INK, linewidth=0.7, zorder=3)
        patch.set_joinstyle("round")
        self.axes.add_patch(patch)
        xs, ys = zip(*points, strict=True)
        self.grow(min(xs), min(ys), max(xs), max(ys))

    def dot(self, x, y, colour=palette.LINE, radius=0.035):
        """Draw a small filled dot."""
        from matplotlib.patches import Circle

        self.axes.add_patch(Circle((x, y), radius, facecolor=colour, edgecolor="none", zorder=4))

    def line(self, points, colour=palette.LINE, width=1.3):
        """Draw a line through points (x, y)."""
        xs, ys = zip(*points, strict=True)
        self.axes.plot(xs, ys, color=colour, linewidth=width, zorder=2)
        self.grow(min(xs), min(ys), max(xs), max(ys))

    def arrow(self, points, colour=palette.LINE, dashed=False, gid=None, width=1.3, below=False):
        """Draw a line through points (x, y) with rounded corners and a head at its end."""
        from matplotlib.patches import PathPatch, Polygon

        (x0, y0), (x1, y1) = points[-2:]
        length = math.hypot(x1 - x0, y1 - y0) or 1.0
        along, across = ((x1 - x0) / length, (y1 - y0) / length), 0.034 + 0.008 * width
        back = x1 - along[0] * HEAD, y1 - along[1] * HEAD
        line = PathPatch(
            _rounded([*points[:-1], (back[0] + along[0] * 0.02, back[1] + along[1] * 0.02)]),
            facecolor="none",
            edgecolor=colour,
            linewidth=width,
            linestyle=(0, (4, 2.2)) if dashed else "-",
            capstyle="butt",
            zorder=1 if below else 2,
            gid=gid,
        )
        self.axes.add_patch(line)
        wings = [
            (back[0] + side * along[1], back[1] - side * along[0]) for side in (across, -across)
        ]
        head = Polygon([(x1, y1), *wings], facecolor=colour, edgecolor="none", zorder=2)
        self.axes.add_patch(head)
        xs, ys = zip(*points, strict=True)
        self.grow(min(xs), min(ys), max(xs), max(ys))

    def finish(self, title=None, margin=0.12):
        """Fit the page to its content and return the figure."""
        left, bottom, right, top = self.bounds
        if title:
            self.text(left, top + 0.2, title, size=12, bold=True, ha="left", va="bottom")
            left, bottom, right, top = self.bounds
        left, bottom, right, top = left - margin, bottom - margin, right + margin, top + margin
        self.figure.set_size_inches(right - left, top - bottom)
        self.axes.set(xlim=(left, right), ylim=(bottom, top))
        self.axes.set_axis_off()
        return self.figure


def _rounded(points, radius=0.12):
    """Return a path through the points whose corners are quarter circles."""
    from matplotlib.path import Path

    vertices, codes = [points[0]], [Path.MOVETO]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        ends = []
        for other in (before, after):
            dx, dy = other[0] - corner[0], other[1] - corner[1]
            length = (dx * dx + dy * dy) ** 0.5 or 1.0
            share = min(radius, length / 2) / length
            ends.append((corner[0] + dx * share, corner[1] + dy * share))
        vertices += [ends[0], corner, ends[1]]
        codes += [Path.LINETO, Path.CURVE3, Path.CURVE3]
    return Path([*vertices, points[-1]], [*codes, Path.LINETO])
