"""Checks of LeNet-5 as published in 1998: which maps C3 sees, and the counts of each layer."""

from collections.abc import Callable, Mapping
from numbers import Number

import numpy as np

from cnn_casebook.checks.parts.exact import require_whole
from cnn_casebook.checks.parts.verdict import call, check, require
from cnn_casebook.models.graph import describe

# Source: LeCun, Bottou, Bengio, Haffner 1998, Table I: for each map of C3 the maps of S2 it sees.
THREES = [{k, (k + 1) % 6, (k + 2) % 6} for k in range(6)]
FOURS = [{k, (k + 1) % 6, (k + 2) % 6, (k + 3) % 6} for k in range(6)]
BROKEN_FOURS = [{0, 1, 3, 4}, {1, 2, 4, 5}, {0, 2, 3, 5}]
ALL = set(range(6))

# Source: the same, section II.B: trainable parameters and connections of each layer.
COUNTS = {
    "C1": (156, 122_304),
    "S2": (12, 5_880),
    "C3": (1_516, 151_600),
    "S4": (32, 2_000),
    "C5": (48_120, 48_120),
    "F6": (10_164, 10_164),
    "OUTPUT": (0, 840),
}

_NO_BIAS = "The bias is forgotten: each unit has one, and it counts as a connection too."
_FULL = "Each map of C3 is taken to see all six maps of S2; look at the connection table."
_POOLED = (
    "Subsampling is taken to have no weights, as Keras's pooling. In 1998 each map had a "
    "trainable coefficient and a trainable bias."
)
_HALF = "Each map of a subsampling layer has a coefficient and a bias: two numbers, not one."
_EACH_INPUT = "The four inputs are added before they meet the coefficient: one weight, not four."
_TWO_PER_UNIT = (
    "Two weights reach each unit, but five connections do: the four inputs, which share one "
    "coefficient, and the bias."
)
_UNITS = "This is the number of units; each of them has several connections."
_BIGGER = "A layer's connections are counted at its own units, not at those of the layer before."
_RBF = "The output layer of 1998 compares F6 with fixed code vectors: nothing in it is trained."

_AGAIN = "Count what one unit has, and then the units."

# What typical mistakes give: parameters, then connections.
_WRONG_COUNTS = {
    "C1": (
        {
            150: _NO_BIAS,
            151: "Each of the six maps has a bias of its own.",
            26: "One map has 26 weights; there are six maps.",
            122_304: "All units of a map share one set of weights.",
        },
        {
            117_600: _NO_BIAS,
            159_744: _BIGGER,
            4_704: _UNITS,
            156: "Each weight is used once for each of the 28 x 28 units of a map.",
        },
    ),
    "S2": (
        {0: _POOLED, 6: _HALF, 2: "Each of the six maps has its own.", 30: _EACH_INPUT},
        {4_704: _NO_BIAS, 2_352: _TWO_PER_UNIT, 1_176: _UNITS, 23_520: _BIGGER, 0: _POOLED},
    ),
    "C3": (
        {
            2_416: _FULL,
            2_400: f"{_FULL} {_NO_BIAS}",
            1_500: _NO_BIAS,
            416: "Each map of C3 sees three, four or six maps of S2, not one.",
            1_560: "A map of C3 has one bias, however many maps it sees.",
        },
        {
            241_600: _FULL,
            240_000: f"{_FULL} {_NO_BIAS}",
            150_000: _NO_BIAS,
            297_136: _BIGGER,
            1_600: _UNITS,
        },
    ),
    "S4": (
        {0: _POOLED, 16: _HALF, 2: "Each of the sixteen maps has its own.", 80: _EACH_INPUT},
        {1_600: _NO_BIAS, 800: _TWO_PER_UNIT, 400: _UNITS, 8_000: _BIGGER, 0: _POOLED},
    ),
    "C5": (
        {48_000: _NO_BIAS, 3_120: "Each map of C5 sees all sixteen maps of S4."},
        {48_000: _NO_BIAS, 1_203_000: "The maps of C5 are 1 x 1.", 120: _UNITS},
    ),
    "F6": ({10_080: _NO_BIAS}, {10_080: _NO_BIAS, 84: _UNITS}),
    "OUTPUT": (
        {840: _RBF, 850: _RBF},
        {850: "A distance to a code vector has no bias.", 0: "It has connections, only fixed."},
    ),
}


def _table(c3_connection_table) -> np.ndarray:
    """Call the learner's function; return its table as bool (6, 16)."""
    __tracebackhide__ = True
    value = call(c3_connection_table)
    require(value is not None, f"c3_connection_table returned {describe(value)}.")
    try:
        table = np.asarray(value)
        good = np.isin(table, (0, 1)).all()
    except (ValueError, TypeError):
        good = False
    require(
        good and table.size > 0,
        "expected a table of True and False (or 1 and 0), one entry for each pair of an S2 map "
        f"and a C3 map; found {describe(value)}.",
    )
    require(
        table.shape != (16, 6),
        "the table is transposed: it has shape (16, 6). Its rows should be the 6 maps of S2, its "
        "columns the 16 maps of C3.",
    )
    require(table.shape == (6, 16), f"the table has shape {table.shape}; expected (6, 16).")
    return table.astype(bool)


def _columns(table: np.ndarray) -> list[set]:
    """For each map of C3 the maps of S2 that it sees."""
    return [{int(k) for k in np.flatnonzero(column)} for column in table.T]


def _require_columns(found: list[set], expected: list[set], first: int, mistakes) -> None:
    """Require that C3 maps `first`, `first + 1`, ... see these maps of S2."""
    __tracebackhide__ = True
    if found == expected:
        return
    place = next(i for i in range(len(found)) if found[i] != expected[i])
    cause = next((text for text, wrong in mistakes if found == wrong), "")
    require(
        False,
        f"map {first + place} of C3 sees {_set_text(found[place])}; expected "
        f"{_set_text(expected[place])}. {cause}",
    )


def _set_text(maps: set) -> str:
    return "the S2 maps " + ", ".join(map(str, sorted(maps))) if maps else "no map of S2"


def _windows(start: Callable, sizes=(3, 4)) -> list[set]:
    """Six columns for each size: the maps start(k), start(k) + 1, ..., those outside cut off."""
    return [
        {m for m in range(start(k), start(k) + size) if 0 <= m < 6}
        for size in sizes
        for k in range(6)
    ]


def _rotated(by: int, sizes=(3, 4)) -> list[set]:
    """Six columns for each size: neighbours in a ring, the first ones beginning with map `by`."""
    return [{(k + by + m) % 6 for m in range(size)} for size in sizes for k in range(6)]


@check
def connection_table_neighbours(c3_connection_table, *, rng) -> None:
    """Maps 0 to 5 of C3 see three neighbouring maps of S2, maps 6 to 11 see four; in a ring."""
    __tracebackhide__ = True
    found = _columns(_table(c3_connection_table))[:12]
    ring = "Neighbours go round in a ring: after map 5 comes map 0."
    order = (
        "The groups of neighbours are right, but stand in another order: map k of C3 begins with "
        "map k of S2, and map 6 + k does so too."
    )
    _require_columns(
        found,
        THREES + FOURS,
        0,
        mistakes=[
            (ring, _windows(lambda k: k)),
            (ring, _windows(lambda k: min(k, 3), (3,)) + _windows(lambda k: min(k, 2), (4,))),
            ("This is the full table of today's LeNet-5.", [ALL] * 12),
            ("Only the first six columns are filled.", THREES + [set()] * 6),
            ("Maps 6 to 11 see four maps each, not three.", THREES + THREES),
            ("Maps 0 to 5 see three maps each, not four.", FOURS + FOURS),
            ("The threes come first, then the fours.", FOURS + THREES),
            ("One map too few: three neighbours, then four.", _rotated(0, (2, 3))),
            *((order, _rotated(by)) for by in range(1, 6)),
            *((order, _rotated(a, (3,)) + _rotated(b, (4,))) for a in range(6) for b in range(6)),
        ],
    )


@check
def connection_table_others(c3_connection_table, *, rng) -> None:
    """Maps 12 to 14 of C3 see two separate pairs of S2 maps each; map 15 sees all six."""
    __tracebackhide__ = True
    found = _columns(_table(c3_connection_table))[12:]
    gap = "These fours are not contiguous: two pairs with gaps between them, as in the exercise."
    _require_columns(
        found,
        [*BROKEN_FOURS, ALL],
        12,
        mistakes=[
            ("The last four columns are empty.", [set()] * 4),
            ("This is the full table of today's LeNet-5.", [ALL] * 4),
            ("The last map of C3 sees all six maps of S2.", [*BROKEN_FOURS, set()]),
            (gap, [*FOURS[:3], ALL]),
            (
                "The pairs move on by one each time, and in map 14 the second pair goes round: "
                "2, 3 and 5, 0.",
                [{0, 1, 3, 4}, {1, 2, 4, 5}, {2, 3, 5}, ALL],
            ),
            *(
                ("The three sets are right, but stand in another order.", [*order, ALL])
                for order in (BROKEN_FOURS[::-1], [BROKEN_FOURS[i] for i in (1, 0, 2)])
            ),
        ],
    )


def _counts(lenet5_1998_counts) -> dict[str, tuple]:
    """Call the learner's function; return a pair of numbers for each layer that it names."""
    __tracebackhide__ = True
    value = call(lenet5_1998_counts)
    require(
        isinstance(value, Mapping),
        f'expected a dict such as {{"C1": (parameters, connections), ...}}; found '
        f"{describe(value)}.",
    )
    return {str(name).upper(): pair for name, pair in value.items()}


def _require_counts(lenet5_1998_counts, *names: str) -> None:
    """Require the paper's two counts for these layers."""
    __tracebackhide__ = True
    found = _counts(lenet5_1998_counts)
    for name in names:
        require(
            name in found,
            f"the layer {name!r} is missing; found {', '.join(map(repr, found)) or 'no layer'}.",
        )
        pair = found[name]
        numbers = pair.tolist() if isinstance(pair, np.ndarray) else pair
        require(
            isinstance(numbers, tuple | list)
            and len(numbers) == 2
            and all(isinstance(number, Number | np.number) for number in numbers),
            f"for {name} expected two numbers, (parameters, connections); found {describe(pair)}.",
        )
        expected = COUNTS[name]
        require(
            tuple(numbers) != expected[::-1] or expected[0] == expected[1],
            f"for {name} the two numbers are swapped: trainable parameters come first, then "
            "connections.",
        )
        for number, right, wrong, what in zip(
            numbers, expected, _WRONG_COUNTS[name], ("parameters", "connections"), strict=True
        ):
            require(
                number == right,
                f"{name} has {number:,} {what} by your count; the paper says "
                f"{'fewer' if number > right else 'more'}. {wrong.get(number, _AGAIN)}",
            )


@check
def counts_convolutions(lenet5_1998_counts, *, rng) -> None:
    """Trainable parameters and connections of C1, C3 and C5."""
    __tracebackhide__ = True
    _require_counts(lenet5_1998_counts, "C1", "C3", "C5")
    require_whole("a count of C1", *_counts(lenet5_1998_counts)["C1"])


@check
def counts_subsampling(lenet5_1998_counts, *, rng) -> None:
    """Trainable parameters and connections of S2 and S4."""
    __tracebackhide__ = True
    _require_counts(lenet5_1998_counts, "S2", "S4")


@check
def counts_classifier(lenet5_1998_counts, *, rng) -> None:
    """Trainable parameters and connections of F6 and of the output layer."""
    __tracebackhide__ = True
    _require_counts(lenet5_1998_counts, "F6", "OUTPUT")
