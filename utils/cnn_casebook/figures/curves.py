"""Learning curves: one line for each network, solid for training and dashed for validation."""

import numpy as np

from cnn_casebook.figures.drawing import lettering, palette
from cnn_casebook.figures.drawing.picture import Picture
from cnn_casebook.figures.histories import read_lines
from cnn_casebook.fonts import families


def learning_curves(
    histories,
    metric="loss",
    ylabel=None,
    title=None,
    *,
    x=None,
    xlabel="epoch",
    log=False,
    alt=None,
):
    """Plot what was measured after each epoch.

    Args:
        histories: Label -> one run or a list of runs (seeds). A run is a list of numbers, one for
            each epoch; a `keras.callbacks.History`; or its dictionary. Several runs are drawn as
            their mean and a band from the lowest to the highest. Histories that hold "val_" and
            the metric get a dashed line too; for lists, end a label with "validation".
        metric: Which entry of a history to draw.
        ylabel: Text at the vertical axis with its unit; None takes the metric's name.
        title: Heading, or None.
        x: Positions shared by all lines, such as images per class; None counts epochs from 1.
        xlabel: Text at the horizontal axis.
        log: True for a logarithmic vertical axis.
        alt: Alternative text; None makes one that names lines and axes, but no measured numbers.

    Returns:
        Picture: The plot, each line labelled where it ends.

    Raises:
        TypeError: Not a dictionary, or a run of another type.
        ValueError: Nothing to draw, a metric that was not recorded, or runs of unequal length.

    Example:
        >>> learning_curves({"plain": [2.3, 1.9], "residual": [2.3, 1.1]}, ylabel="training loss")
        Line plot of training loss against epoch, 1 to 2, for plain and residual.
    """
    from matplotlib.figure import Figure

    lines = read_lines(histories, metric)
    points = max(values.shape[1] for _, _, values in lines)
    x = list(range(1, points + 1)) if x is None else list(x)
    if any(values.shape[1] > len(x) for _, _, values in lines):
        raise ValueError(
            f"Expected as many positions in x as values in each line; found {len(x)} positions and "
            f"{points} values. Give one position for each value."
        )
    names = list(dict.fromkeys(name for name, _, _ in lines))
    colours = palette.line_colours(names)
    key = _handles(lines)
    head = (0.4 if title else 0.12) + (0.26 if key else 0.0)
    figure = Figure(figsize=(7.6, 3.9))
    right = max(lettering.text_size(name, 10, True)[0] for name in names) + 0.3
    axes = figure.add_axes(
        (0.75 / 7.6, 0.56 / 3.9, (7.6 - 0.75 - right) / 7.6, (3.34 - head) / 3.9)
    )
    for name, validation, values in lines:
        where, colour = x[: values.shape[1]], colours[name]
        style = (0, (4, 2)) if validation else "-"
        marker = "o" if len(x) < 12 else None
        mean = values.mean(axis=0)
        axes.plot(where, mean, color=colour, ls=style, lw=1.9, marker=marker, ms=4, zorder=3)
        if len(values) > 1:
            low, high = values.min(axis=0), values.max(axis=0)
            axes.fill_between(where, low, high, color=colour, alpha=0.16, lw=0, zorder=2)
    _axes(axes, x, xlabel, ylabel or metric.replace("_", " "), log)
    _direct_labels(axes, lines, x, colours)
    if key:
        figure.legend(
            handles=key,
            loc="upper left",
            bbox_to_anchor=(0.78 / 7.6, 1 - (head - 0.24) / 3.9),
            ncols=3,
            frameon=False,
            prop={"family": families(), "size": 9.5},
            borderaxespad=0,
            borderpad=0,
        )
    if title:
        figure.text(0.12 / 7.6, 1 - 0.1 / 3.9, title, va="top", **lettering.font(12, bold=True))
    if not alt:
        several = max(len(values) for _, _, values in lines)
        alt = _alt(ylabel or metric.replace("_", " "), xlabel, x, names, lines, several, title)
    return Picture(figure, alt)


def _axes(axes, x, xlabel, ylabel, log):
    """Set labels, ticks and grid."""
    from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter

    if log:
        axes.set_yscale("log")
        low, high = axes.get_ylim()
        axes.yaxis.set_major_locator(LogLocator(subs=(1,) if high > 100 * low else (1, 2, 5)))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: _short(value)))
        axes.yaxis.set_minor_formatter(NullFormatter())
    axes.set_xlabel(xlabel, **lettering.font(10.5))
    axes.set_ylabel(ylabel, **lettering.font(10.5))
    if all(float(position).is_integer() for position in x):
        axes.xaxis.set_major_locator(
            MaxNLocator("auto", integer=True, min_n_ticks=1, steps=[1, 2, 5, 10])
        )
    if len(x) == 1:
        axes.set_xlim(x[0] - 1, x[0] + 1)
        axes.set_xticks(x)
    axes.margins(x=0.02)
    axes.grid(color="#e3e3e3", lw=0.8)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(palette.LINE)
    axes.tick_params(colors=palette.INK, labelsize=9.5, color=palette.LINE)
    for label in [*axes.get_xticklabels(), *axes.get_yticklabels()]:
        label.set_fontfamily(families())


def _short(value):
    """Return a number for the axis that fits beside it, however small.

    Example:
        >>> _short(0.5), _short(0.0001)
        ('0.5', '1e-4')
    """
    return f"{value:g}" if value >= 0.01 else f"{value:.0e}".replace("e-0", "e-")


def _direct_labels(axes, lines, x, colours):
    """Write each name at the end of its line; those at the right edge are moved apart."""
    ends = {}
    for name, validation, values in lines:
        if name in ends and validation:
            continue
        last = float(values.mean(axis=0)[-1])
        if values.shape[1] == len(x):
            ends[name] = last
            continue
        end = x[values.shape[1] - 1], last  # of a line that ends before the others
        axes.annotate(
            *(name, end),
            xytext=(6, _free_side(axes, end, name, lines, x)),
            textcoords="offset points",
            va="center",
            **lettering.font(10, bold=True) | {"color": colours[name]},
        )
    height = axes.get_figure().get_figheight() * axes.get_position().height
    to_axes = axes.transData + axes.transAxes.inverted()
    wanted = {name: to_axes.transform((x[-1], y))[1] * height for name, y in ends.items()}
    places = _apart([wanted[name] for name in ends], 0.2, 0.0, height)
    for name, place in zip(ends, places, strict=True):
        axes.text(
            *(1.02, place / height, name),
            transform=axes.transAxes,
            va="center",
            **lettering.font(10, bold=True) | {"color": colours[name]},
        )


def _free_side(axes, end, name, lines, x):
    """Return how many points above (or below) a line's end its name crosses the fewest lines."""
    width, height = (72 * inches for inches in lettering.text_size(name, 10, True))
    points_per_pixel = 72 / axes.figure.dpi
    left, middle = axes.transData.transform(end) * points_per_pixel
    crossed = {}
    for up in (0, 12, -12, 20, -20):
        crossed[up] = 0
        for _, _, values in lines:
            line = axes.transData.transform(list(zip(x, values.mean(axis=0), strict=False)))
            at = np.linspace(left + 6, left + 6 + width, 20)
            inside = (at > line[0, 0] * points_per_pixel) & (at < line[-1, 0] * points_per_pixel)
            heights = np.interp(at[inside], *(line * points_per_pixel).T)
            crossed[up] += int(np.sum(np.abs(heights - middle - up) < height / 2))
    return min(crossed, key=crossed.get)


def _apart(wanted, distance, low, high):
    """Move positions as little as needed so that they keep a distance.

    Example:
        >>> _apart([1.0, 1.0, 3.0], 1.0, 0.0, 4.0)
        [0.5, 1.5, 3.0]
    """
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    groups = []  # [members, centre]
    for index in order:
        groups.append([[index], min(max(wanted[index], low), high)])
        while len(groups) > 1:
            (first, a), (second, b) = groups[-2:]
            if b - a >= distance * (len(first) + len(second)) / 2 - 1e-9:
                break
            members = first + second
            centre = (a * len(first) + b * len(second)) / len(members)
            half = distance * (len(members) - 1) / 2
            centre = max(min(centre, high - half), low + half)
            groups[-2:] = [[members, centre]]
    places = [0.0] * len(wanted)
    for members, centre in groups:
        for number, index in enumerate(members):
            places[index] = centre + distance * (number - (len(members) - 1) / 2)
    return places


def _handles(lines):
    """Return the key to solid and dashed lines and bands, as far as they occur."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    handles = []
    if any(validation for _, validation, _ in lines):
        handles.append(Line2D([], [], color=palette.LINE, lw=1.9, label="training"))
        dashes = (0, (4, 2))
        handles.append(Line2D([], [], color=palette.LINE, lw=1.9, ls=dashes, label="validation"))
    runs = max(len(values) for _, _, values in lines)
    if runs > 1:
        text = f"lowest to highest of {runs} runs"
        handles.append(Patch(facecolor=palette.LINE, alpha=0.25, label=text))
    return handles


def _alt(ylabel, xlabel, x, names, lines, several, title):
    """Describe the plot without a measured number."""
    listed = ", ".join(names[:-1]) + (" and " if len(names) > 1 else "") + names[-1]
    text = f"Line plot of {ylabel} against {xlabel}, {x[0]:g} to {x[-1]:g}, for {listed}"
    if any(validation for _, validation, _ in lines):
        text += "; solid lines are training, dashed lines validation"
    if several > 1:
        text += f"; each line is the mean of {several} runs, with a band from lowest to highest"
    return f"{title}. {text}." if title else f"{text}."
