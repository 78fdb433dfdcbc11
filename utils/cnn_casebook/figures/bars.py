"""Numbers side by side as bars, or as dots on a logarithmic axis, each with its value in full."""

from cnn_casebook.figures.drawing import lettering, palette
from cnn_casebook.figures.drawing.picture import Picture
from cnn_casebook.fonts import families

BAR = 0.24  # inches, with the gap between the bars of one group


def bars(values, title=None, *, xlabel=None, log=False, percent=False, alt=None):
    """Compare numbers as horizontal bars, each with its value written beside it.

    A bar's length stands for its number, which a logarithmic axis without a zero cannot show: there
    each number is a dot.

    Args:
        values: Name -> number; or series -> (name -> number) to compare several series, such as
            {"parameters": {"conv": 10, "dense": 90}, "multiplications": {...}}.
        title: Heading, or None.
        xlabel: Text at the horizontal axis with its unit, or None.
        log: True for dots on a logarithmic axis; a 0 is then left out.
        percent: True also writes the share of each number in the sum of its series.
        alt: Alternative text; None makes one. It quotes whole numbers, but no fractions, because
            those are usually measured.

    Returns:
        Picture: The chart.

    Raises:
        TypeError: Not a dictionary of numbers.
        ValueError: No numbers, or negative ones.

    Example:
        >>> bars({"LeNet-5": 61706, "VGG-16": 138357544}, "Parameters", log=True)
        Parameters. Dots on a logarithmic axis. LeNet-5: 61,706; VGG-16: 138,357,544.
    """
    from matplotlib.figure import Figure

    series = _series(values)
    names = list(dict.fromkeys(name for numbers in series.values() for name in numbers))
    labelled = len(series) > 1
    left = max(lettering.text_size(name, 10)[0] for name in names) + 0.25
    texts = {
        (label, name): _written(number, sum(numbers.values()), percent)
        for label, numbers in series.items()
        for name, number in numbers.items()
    }
    right = max(lettering.text_size(text, 9.5)[0] for text in texts.values()) + 0.2
    head = (0.42 if title else 0.12) + (0.3 if labelled else 0.0)
    foot = 0.62 if xlabel else 0.36
    group = BAR * len(series) + 0.16
    width, height = 8.6, head + group * len(names) + foot
    figure = Figure(figsize=(width, height))
    box = (left / width, foot / height, (width - left - right) / width, group * len(names) / height)
    axes = figure.add_axes(box)
    largest = max(number for numbers in series.values() for number in numbers.values())
    positive = [n for numbers in series.values() for n in numbers.values() if n > 0]
    low = min(positive, default=1) / 2.5 if log else 0
    axes.set(xlim=(low, (largest or 1) * (1.15 if log else 1.02)), ylim=(group * len(names), 0))
    if log:
        axes.set_xscale("log")
    for number, (label, numbers) in enumerate(series.items()):
        for name, value in numbers.items():
            y = names.index(name) * group + 0.08 + BAR * (number + 0.5)
            colour = palette.CYCLE[number % len(palette.CYCLE)]
            if log and value > 0:
                axes.plot([value], [y], "o", ms=8, color=colour, zorder=3)
            elif value > 0:
                axes.barh(y, value, BAR * 0.84, color=colour, zorder=3)
            at = max(value, low)
            axes.annotate(
                *(texts[label, name], (at, y)),
                xytext=(8 if log else 4, 0),
                textcoords="offset points",
                va="center",
                annotation_clip=False,
                **lettering.font(9.5),
            )
    _axes(axes, names, group, xlabel, log)
    if labelled:
        _series_key(figure, series, left / width, 1 - (head - 0.28) / height)
    if title:
        where = (0.12 / width, 1 - 0.1 / height)
        figure.text(*where, title, va="top", **lettering.font(12, bold=True))
    return Picture(figure, alt or _alt(series, title, log, percent))


def _series(values):
    """Return series -> (name -> number), checked."""
    if not isinstance(values, dict):
        raise TypeError(
            f"Expected a dictionary name -> number; found {type(values).__name__}. Write "
            "bars({'LeNet-5': 61706})."
        )
    nested = any(isinstance(value, dict) for value in values.values())
    series = values if nested else {"": values}
    if not series or not all(series.values()):
        raise ValueError("Expected at least one number in each series; found none.")
    for numbers in series.values():
        for name, number in numbers.items() if isinstance(numbers, dict) else [("", numbers)]:
            if not hasattr(number, "__float__"):
                raise TypeError(f"Expected a number for {name!r}; found {number!r}.")
            if not 0 <= float(number) < float("inf"):
                raise ValueError(f"Expected a number from 0 upwards for {name!r}; found {number}.")
    return series


def _written(number, total, percent):
    """Return a number with thousands separators, and its share if asked for."""
    text = f"{number:,}" if float(number).is_integer() else f"{number:,.3g}"
    text = text.removesuffix(".0")
    return f"{text} ({number / total:.0%})" if percent and total else text


def _short(value):
    """Return a number for the axis, in words where it is large.

    Example:
        >>> _short(25_000), _short(3e7), _short(1e10), _short(0.25)
        ('25,000', '30 million', '10 billion', '0.25')
    """
    for size, word in ((1e9, "billion"), (1e6, "million")):
        if value >= size:
            return f"{value / size:,g} {word}"
    return f"{value:,.0f}" if value >= 1000 else f"{value:g}"


def _axes(axes, names, group, xlabel, log):
    """Set ticks, names and grid."""
    from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator

    axes.set_yticks([group * (number + 0.5) for number in range(len(names))], names)
    if log:
        axes.xaxis.set_major_locator(LogLocator(numticks=8))
        axes.xaxis.set_minor_locator(NullLocator())
    else:
        axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: _short(value)))
    axes.tick_params(axis="y", length=0, labelsize=10, labelcolor=palette.INK)
    axes.tick_params(axis="x", labelsize=9.5, color=palette.LINE, labelcolor=palette.INK)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.spines["bottom"].set_color(palette.LINE)
    axes.grid(axis="x", color="#e3e3e3", lw=0.8)
    axes.set_axisbelow(True)
    if xlabel:
        axes.set_xlabel(xlabel, **lettering.font(10.5))
    for label in [*axes.get_xticklabels(), *axes.get_yticklabels()]:
        label.set_fontfamily(families())


def _series_key(figure, series, left, top):
    """Write the names of the series above the bars."""
    from matplotlib.patches import Patch

    handles = [
        Patch(facecolor=palette.CYCLE[i % len(palette.CYCLE)], label=label)
        for i, label in enumerate(series)
    ]
    figure.legend(
        handles=handles,
        loc="upper left",
        bbox_to_anchor=(left, top),
        ncols=len(series),
        frameon=False,
        prop={"family": families(), "size": 10},
        borderaxespad=0,
        borderpad=0,
    )


def _alt(series, title, log, percent):
    """Describe the bars; fractions are not quoted."""
    parts = []
    for label, numbers in series.items():
        whole = all(float(number).is_integer() for number in numbers.values())
        total = sum(numbers.values())
        listed = "; ".join(
            f"{name}: {_written(number, total, percent)}" if whole else str(name)
            for name, number in numbers.items()
        )
        parts.append(f"{label}: {listed}." if label else f"{listed}.")
    kind = "Dots on a logarithmic axis." if log else "Horizontal bars."
    return " ".join([f"{title}."] * bool(title) + [kind, *parts])
