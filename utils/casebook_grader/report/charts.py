"""Draws a report's charts as SVG inside the page: they take its colours, and its width.

Places across are shares of the width and sizes of letters are pixels, so a chart that a phone
makes narrow keeps letters that can be read. Nothing is told by colour alone.
"""

from markupsafe import Markup, escape

from casebook_grader.report.statistics import round_up, ticks

HEIGHT = 168  # pixels of the tallest bar's axis
STRIP = 46  # pixels from the axis down to the middle of the quartiles


def histogram(
    bins: list[dict], summary: dict, title: str, unit: str, whole: bool = False
) -> Markup:
    """Bars of counts, with a strip below them that shows the quartiles and the mean.

    Args:
        bins: As `statistics.histogram` returns them.
        summary: As `statistics.summary` does, of the same values.
        title: What is shown, for those who do not see it.
        unit: Of the values, in words: "points".
        whole: Values are whole numbers; each stands below the middle of its bar.
    """
    start, end = bins[0]["from"], bins[-1]["to"]
    shift = 0.5 if whole else 0.0

    def across(value: float) -> str:
        return f"{100 * min(1.0, max(0.0, (value - start + shift) / (end - start))):.2f}%"

    counts = ticks(max(part["count"] for part in bins))
    parts = []
    for count in counts:
        y = HEIGHT * (1 - count / counts[-1])
        parts.append(f'<line class="grid" x1="0" x2="100%" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(f'<text class="count" x="-8" y="{y + 4:.1f}">{count}</text>')
    wide = 100 / len(bins)
    for n, part in enumerate(bins):
        tall = HEIGHT * part["count"] / counts[-1]
        parts.append(
            f'<rect class="bar" x="{n * wide + 0.08 * wide:.2f}%" width="{0.84 * wide:.2f}%" '
            f'y="{HEIGHT - tall:.1f}" height="{tall:.1f}"><title>'
            f"{escape(_name(part, unit, whole))}: {part['count']}</title></rect>"
        )
    parts.append(f'<line class="axis" x1="0" x2="100%" y1="{HEIGHT}" y2="{HEIGHT}"/>')
    step = round_up((end - start) / 8)
    step = max(step, 1.0) if whole else step
    last = end - (bins[0]["to"] - start if whole else 0)
    for n in range(int((last - start) / step + 1e-9) + 1):
        value = start + n * step
        parts.append(
            f'<text class="value" x="{across(value)}" y="{HEIGHT + 20}">{value:.6g}</text>'
        )
    y = HEIGHT + STRIP
    low, high = across(summary["lower"]), across(summary["upper"])
    middle, mean = across(summary["median"]), across(summary["mean"])
    span = float(high[:-1]) - float(low[:-1])
    parts += [
        f'<line class="range" x1="{across(summary["least"])}" x2="{across(summary["most"])}" '
        f'y1="{y}" y2="{y}"/>',
        f'<rect class="box" x="{low}" width="{max(span, 0.3):.2f}%" y="{y - 9}" height="18"/>',
        f'<line class="median" x1="{middle}" x2="{middle}" y1="{y - 13}" y2="{y + 13}"/>',
        f'<circle class="mean" cx="{mean}" cy="{y}" r="4.5"/>',
    ]
    said = ", ".join(
        f"{_name(part, unit, whole)}: {part['count']}" for part in bins if part["count"]
    )
    return _svg("histogram", HEIGHT + STRIP + 16, title, said, parts)


def bar(share: float, title: str) -> Markup:
    """A share, from 0 to 1, as a bar in its frame."""
    return _svg(
        "share",
        14,
        title,
        "",
        [
            '<rect class="track" x="0" y="0.5" width="100%" height="13"/>',
            f'<rect class="bar" x="0" y="0.5" width="{100 * share:.2f}%" height="13"/>',
        ],
    )


def interval(low: float, middle: float, high: float, title: str) -> Markup:
    """A correlation, and the interval that it may lie in, on a line from -1 to 1."""
    a, b, c = (f"{50 * (value + 1):.2f}%" for value in (low, middle, high))
    return _svg(
        "interval",
        18,
        title,
        "",
        [
            '<line class="grid" x1="0" x2="100%" y1="9" y2="9"/>',
            '<line class="zero" x1="50%" x2="50%" y1="0" y2="18"/>',
            f'<line class="range" x1="{a}" x2="{c}" y1="9" y2="9"/>',
            f'<circle class="dot" cx="{b}" cy="9" r="5"/>',
        ],
    )


def _name(part: dict, unit: str, whole: bool) -> str:
    """A bin in words.

    Example:
        >>> _name({"from": 2.0, "to": 4.0, "open": False}, "points", whole=True)
        '2 to 3 points'
    """
    start, end = part["from"], part["to"]
    if part["open"]:
        return f"{start:.6g} {unit} or more"
    if whole and end - start <= 1:
        return f"{start:.6g} {unit}"
    return f"{start:.6g} to {end - 1 if whole else end:.6g} {unit}"


def _svg(kind: str, height: int, title: str, text: str, parts: list[str]) -> Markup:
    """A picture of the page's width, with what it shows in words."""
    described = f"<desc>{escape(text)}</desc>" if text else ""
    return Markup(
        f'<svg class="{kind}" width="100%" height="{height}" role="img" '
        f'aria-label="{escape(title)}"><title>{escape(title)}</title>{described}'
        f"{''.join(parts)}</svg>"
    )
