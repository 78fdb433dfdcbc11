"""One colour per kind of operation, the same in every figure of the course.

The hues are those of Okabe and Ito, which people with colour-blindness can tell apart; boxes are
filled with light tints of them so that dark text stays readable.
Source: Okabe and Ito, "Color Universal Design", 2008, section "Color-blind barrier-free palette".
"""

INK = "#1a1a1a"
SOFT_INK = "#4d4d4d"
LINE = "#555555"
SHORTCUT = "#b34700"
COUNT = "#00456b"  # numbers of parameters, 4.5 to 1 and more on white and on every tint of a box

# Darkened where the original hue is too light for text and thin lines on white.
CYCLE = ("#0072b2", "#b34700", "#007a5a", "#a8487f", "#8a6100", "#5b4a9e", "#333333")

# What a network's line is drawn in wherever it occurs; other lines take what the cycle has left.
NETWORKS = {
    "plain-20": "#8a6100",
    "plain-56": "#b34700",
    "plain": "#b34700",
    "plain, no batch norm": "#5b4a9e",
    "no batch norm, 28×28": "#a8487f",
    "without shortcuts": "#b34700",
    "residual-20": "#007a5a",
    "residual-56": "#0072b2",
    "residual": "#0072b2",
    "with shortcuts": "#0072b2",
    "ResNet-50": "#0072b2",
}

HUES = {
    "input": "#999999",
    "conv": "#56b4e9",
    "pool": "#e69f00",
    "dense": "#009e73",
    "norm": "#f0e442",
    "activation": "#d9a0bd",
    "merge": "#cc79a7",
    "block": "#0072b2",
    "other": "#b0b0b0",
}

WORDS = (
    ("input", ("input", "image")),
    ("block", ("inception", "bottleneck", "residual", "identity", "projection", "block", "module")),
    ("merge", ("concat", "add", "branches")),
    ("pool", ("pool", "subsampl", "mean")),
    ("conv", ("conv", "depthwise", "1×1", "3×3")),
    ("dense", ("dense", "linear", "softmax", "fully", "classif", "logistic", "rbf")),
    ("norm", ("norm", "lrn", "bn")),
    ("activation", ("relu", "tanh", "sigmoid")),
)


def tint(kind, strength=0.42):
    """Return the fill colour of a kind of operation.

    Args:
        kind: A key of `HUES`; unknown kinds are drawn as "other".
        strength: Share of the full hue, 0 (white) to 1 (the hue itself).

    Returns:
        tuple: Red, green and blue, each 0 to 1.

    Example:
        >>> tint("conv", strength=0.0)
        (1.0, 1.0, 1.0)
    """
    hue = HUES.get(kind, HUES["other"])
    channels = (int(hue[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return tuple(round(1 - strength * (1 - channel), 4) for channel in channels)


def line_colours(names):
    """Return a colour for each line of a plot: a network's own, or the next that is free.

    Args:
        names: Labels of the lines, in their order.

    Returns:
        dict: Label -> colour.

    Example:
        >>> line_colours(["guessing", "ResNet-50"])
        {'guessing': '#b34700', 'ResNet-50': '#0072b2'}
    """
    taken = {NETWORKS[name] for name in names if name in NETWORKS}
    free = [colour for colour in CYCLE if colour not in taken] or list(CYCLE)
    others = [name for name in names if name not in NETWORKS]
    given = {name: free[number % len(free)] for number, name in enumerate(others)}
    return {name: NETWORKS.get(name) or given[name] for name in names}


def shade(colour, factor):
    """Return a colour made darker, for the side of a volume.

    Args:
        colour: Red, green and blue, each 0 to 1.
        factor: 1 leaves the colour as it is, 0 makes it black.

    Returns:
        tuple: Red, green and blue, each 0 to 1.

    Example:
        >>> shade((1.0, 0.5, 0.0), 0.5)
        (0.5, 0.25, 0.0)
    """
    return tuple(round(channel * factor, 4) for channel in colour)


def kind_of(text):
    """Guess the kind of an operation from the words that describe it.

    Args:
        text: Such as "conv 5×5, 6" or "avg pool 2×2, /2".

    Returns:
        str: A key of `HUES`.

    Example:
        >>> kind_of("conv 5×5, 6"), kind_of("avg pool 2×2, /2"), kind_of("flatten")
        ('conv', 'pool', 'other')
    """
    text = text.lower()
    for kind, words in WORDS:
        if any(word in text for word in words):
            return kind
    return "other"
