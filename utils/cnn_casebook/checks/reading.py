"""Checks of reading a network: output sizes, costs, a trace of all layers, receptive fields.

All answers are whole numbers and are compared exactly. For each check the numbers of the case are
drawn again until every typical mistake gives another result than the right one and than all other
mistakes, so that a wrong number tells which mistake was made.
"""

import dataclasses
import functools
import math

import keras
import numpy as np

from cnn_casebook.checks.parts.exact import require_exactly, telling
from cnn_casebook.checks.parts.reading_mistakes import (
    Case,
    field_mistakes,
    field_of,
    row_mistakes,
    same_mistakes,
    size_after,
    valid_mistakes,
)
from cnn_casebook.checks.parts.verdict import CheckFailed, call, check, require
from cnn_casebook.experiments import influence
from cnn_casebook.models import counting, networks, symbolic
from cnn_casebook.models.graph import describe

# Totals of whole networks: the course's facts, from the papers' tables.
ALEXNET_PARAMETERS = {2: 60_965_224, 1: 62_378_344}  # by groups
VGG16_PARAMETERS = 138_357_544
VGG16_MULTIPLICATIONS = 15_470_264_320


@check
def conv_output_size_valid(conv_output_size, *, rng) -> None:
    """Valid padding, with strides; the defaults are stride 1 and valid."""
    __tracebackhide__ = True

    def draw():
        kernel, stride = int(rng.integers(4, 12)), int(rng.integers(2, 5))
        return int(rng.integers(30, 240)), kernel, stride

    def results(case):
        size, kernel, stride = case
        wrong = [value for _, value in valid_mistakes(*case)]
        return [size_after(size, kernel, stride, "valid"), *wrong]

    for case in (telling(draw, results) for _ in range(6)):
        _require_size(conv_output_size, *case, "valid")
    size, kernel = int(rng.integers(20, 60)), int(rng.integers(3, 9))
    require_exactly(
        f"conv_output_size({size}, {kernel})",
        call(conv_output_size, size, kernel),
        size - kernel + 1,
        [("the defaults should be stride=1 and padding='valid'.", size)],
    )
    for exact in (3, 11):  # the window fits exactly once
        _require_size(conv_output_size, exact, exact, 2, "valid")


def _require_size(conv_output_size, size, kernel, stride, padding) -> None:
    __tracebackhide__ = True
    mistakes = valid_mistakes if padding == "valid" else same_mistakes
    require_exactly(
        f"conv_output_size({size}, {kernel}, stride={stride}, padding={padding!r})",
        call(conv_output_size, size, kernel, stride=stride, padding=padding),
        size_after(size, kernel, stride, padding),
        mistakes(size, kernel, stride),
    )


@check
def conv_output_size_same(conv_output_size, *, rng) -> None:
    """Same padding: the size divided by the stride, rounded up; a large window fits too."""
    __tracebackhide__ = True

    def draw():
        stride = int(rng.integers(2, 6))
        return int(rng.integers(20, 240)), int(rng.integers(3, 12)), stride

    def results(case):
        wrong = [value for _, value in same_mistakes(*case)]
        return [size_after(*case, "same"), *wrong]

    for case in (telling(draw, results) for _ in range(6)):
        _require_size(conv_output_size, *case, "same")
    for stride in (1, 2, 4):
        _require_size(conv_output_size, 28, 5, stride, "same")


@check
def conv_output_size_errors(conv_output_size, *, rng) -> None:
    """A window that does not fit and an unknown padding raise ValueError; all else does not."""
    __tracebackhide__ = True
    size = int(rng.integers(2, 9))
    for arguments, why in (
        ((size, size + 1, 1, "valid"), "the window is larger than the line"),
        ((size, size + 4, 3, "valid"), "the window is larger than the line"),
        ((size, 2, 1, "full"), "'full' is no padding that Keras knows"),
        ((size, 2, 2, "vaild"), "'vaild' is no padding: a typing mistake should not go unnoticed"),
    ):
        _require_value_error(conv_output_size, arguments, why)
    try:
        conv_output_size(size, size + 2, 2, "same")
    except ValueError:
        require(
            False,
            f"conv_output_size({size}, {size + 2}, 2, 'same') raises ValueError. With 'same' "
            "zeros are added, so that every window fits.",
        )


def _require_value_error(function, arguments, why) -> None:
    __tracebackhide__ = True
    words = f"{function.__name__}({', '.join(map(repr, arguments))})"
    try:
        found = function(*arguments)
    except ValueError:
        return
    except NotImplementedError:  # a blank answer
        raise
    except Exception as error:
        kind = type(error).__name__
        raise CheckFailed(f"{words} raises {kind}; expected a ValueError: {why}.") from error
    raise CheckFailed(f"{words} returns {describe(found)}; expected a ValueError: {why}.")


def _draw_case(rng, groups: int, use_bias: bool, padding: str, small: bool) -> Case:
    def draw():
        low, high = (6, 12) if small else (12, 60)
        return Case(
            *(int(n) for n in rng.integers(low, high, 2)),
            in_channels=groups * int(rng.integers(2, 5 if small else 12)),
            filters=groups * int(rng.integers(2, 5 if small else 12)),
            kernel=int(rng.integers(2, 5 if small else 8)),
            stride=int(rng.integers(2, 4)),
            padding=padding,
            groups=groups,
            use_bias=use_bias,
        )

    return telling(draw, Case.told_apart)


def _cost(conv_cost, case: Case) -> list:
    """Call `conv_cost`; return its four numbers."""
    __tracebackhide__ = True
    settings = dataclasses.asdict(case)
    first = [settings.pop(name) for name in list(settings)[:5]]
    found = call(conv_cost, *first, **settings)
    require(
        isinstance(found, list | tuple | np.ndarray) and len(found) == 4,
        f"{case.words} returns {describe(found)}; expected four numbers (out_height, out_width, "
        "parameters, multiplications).",
    )
    return list(found)


def _require_volume_and_parameters(conv_cost, case: Case) -> None:
    """Compare with a Keras layer of the same settings, and with what mistakes would give."""
    __tracebackhide__ = True
    found = _cost(conv_cost, case)
    layer = keras.layers.Conv2D(
        case.filters,
        case.kernel,
        case.stride,
        case.padding,
        groups=case.groups,
        use_bias=case.use_bias,
    )
    layer.build((None, case.height, case.width, case.in_channels))
    shape = layer.compute_output_shape((None, case.height, case.width, case.in_channels))
    require_exactly(
        f"{case.words}: height and width of the output, as Keras has them",
        found[:2],
        shape[1:3],
        case.wrong_sizes(),
    )
    require_exactly(
        f"{case.words}: parameters, as Keras counts them",
        found[2],
        layer.count_params(),
        case.wrong_parameters(),
    )


def _require_multiplications(conv_cost, case: Case, rng) -> None:
    """Compare with the counted multiplications of a naive convolution."""
    __tracebackhide__ = True
    shape = (case.kernel, case.kernel, case.in_channels // case.groups, case.filters)
    _, counted = counting.convolve(
        rng.normal(size=(case.height, case.width, case.in_channels)),
        rng.normal(size=shape),
        rng.normal(size=case.filters) if case.use_bias else None,
        case.stride,
        case.padding,
        case.groups,
    )
    require_exactly(
        f"{case.words}: multiplications, counted in a naive convolution",
        _cost(conv_cost, case)[3],
        counted,
        case.wrong_multiplications(),
    )


@check
def conv_cost_keras(conv_cost, *, rng) -> None:
    """Output size and parameters are those of Keras layers, with and without biases."""
    __tracebackhide__ = True
    for padding, use_bias in (("valid", True), ("same", True), ("valid", False), ("same", False)):
        case = _draw_case(rng, groups=1, use_bias=use_bias, padding=padding, small=False)
        _require_volume_and_parameters(conv_cost, case)
    found = call(conv_cost, 9, 8, 3, 5, 3)
    require_exactly(
        "conv_cost(9, 8, 3, 5, 3) without further arguments: size and parameters",
        found[:3],
        (7, 6, 140),
        [
            ("the defaults should be stride=1 and padding='valid'.", (9, 8, 140)),
            ("the default should be use_bias=True.", (7, 6, 135)),
        ],
    )


@check
def conv_cost_counted(conv_cost, *, rng) -> None:
    """Multiplications are those counted in a naive convolution, zeros of the padding included."""
    __tracebackhide__ = True
    for padding in ("valid", "same"):
        case = _draw_case(rng, groups=1, use_bias=True, padding=padding, small=True)
        _require_multiplications(conv_cost, case, rng)


@check
def conv_cost_groups(conv_cost, *, rng) -> None:
    """A convolution in g groups costs what g convolutions of a part of the channels each cost."""
    __tracebackhide__ = True
    for groups, use_bias in ((2, True), (3, False), (2, False), (4, True)):
        case = _draw_case(rng, groups, use_bias, padding="valid", small=True)
        part = dataclasses.replace(
            case,
            in_channels=case.in_channels // groups,
            filters=case.filters // groups,
            groups=1,
        )
        found, one = _cost(conv_cost, case), _cost(conv_cost, part)
        for column, name, mistakes in (
            (2, "parameters", case.wrong_parameters()),
            (3, "multiplications", case.wrong_multiplications()),
        ):
            require_exactly(
                f"{case.words}: {name}, {groups} times those of a convolution from "
                f"{part.in_channels} to {part.filters} channels",
                found[column],
                groups * one[column],
                mistakes,
            )


def rows_of(layers: list[dict], input_shape: tuple) -> list[tuple]:
    """Name, output shape, parameters and multiplications of each layer; counts by Keras.

    The model is built without weights, so that full-size networks can be asked too.

    Example:
        >>> rows_of([networks.flatten(), networks.dense("out", 10)], (2, 2, 3))
        [('flatten', (12,), 0, 0), ('out', (10,), 130, 120)]
    """
    with symbolic.without_weights():
        model = networks.build(layers, input_shape)
    rows = []
    for description, layer in zip(layers, model.layers[1:], strict=True):
        shape, weights = tuple(layer.output.shape[1:]), layer.count_params()
        work = 0
        if weights:
            biases = shape[-1] * layer.use_bias
            work = (weights - biases) * math.prod(shape[:-1])
        rows.append((description["name"], shape, weights, work))
    return rows


def _traced(trace, layers: list[dict], input_shape: tuple) -> list[tuple]:
    """Call `trace`; return its rows, of the right number and form and with the right names."""
    __tracebackhide__ = True
    copies = [dict(layer) for layer in layers]
    found = call(trace, copies, input_shape)
    require(
        isinstance(found, list | tuple),
        f"trace returns {describe(found)}; expected a list with a row for each layer.",
    )
    require(
        len(found) == len(layers),
        f"trace returns {len(found)} rows for {len(layers)} layers."
        + (" The input itself has no row." if len(found) == len(layers) + 1 else ""),
    )
    for layer, row in zip(layers, found, strict=True):
        require(
            isinstance(row, list | tuple) and len(row) == 4,
            f"the row of {layer['name']} is {describe(row)}; expected (name, output shape, "
            "parameters, multiplications).",
        )
        require(
            row[0] == layer["name"],
            f"the row of {layer['name']!r} has the name {row[0]!r}. The name is the first entry, "
            "and rows stand in the order of the layers.",
        )
    return [tuple(row) for row in found]


def _small_network(rng) -> tuple[list[dict], tuple]:
    """A small network that uses every entry of every kind of description."""
    f1, f2, f3 = (2 * int(n) for n in rng.choice(np.arange(2, 9), 3, replace=False))
    layers = [
        networks.conv("a1", f1, int(rng.integers(4, 6)), stride=2),
        networks.pool("p1", 3, 2),
        networks.conv("a2", f2, 3, padding="same", groups=2),
        networks.conv("a3", f3, 2, padding="same", stride=2, use_bias=False),
        networks.pool("p2", 2, 2, padding="same"),
        networks.flatten("flat"),
        networks.dense("d1", int(rng.integers(20, 40))),
        networks.dense("d2", int(rng.integers(4, 10)), use_bias=False),
    ]
    return layers, (int(rng.integers(16, 20)) * 2, int(rng.integers(22, 26)) * 2 + 1, 3)


@check
def trace_rows(trace, *, rng) -> None:
    """Names, output shapes and parameters of a small network, as in a Keras model."""
    __tracebackhide__ = True
    for _ in range(3):
        layers, input_shape = _small_network(rng)
        _require_rows(trace, layers, input_shape, columns=(1, 2))


def _require_rows(trace, layers, input_shape, columns: tuple) -> None:
    """Compare the wanted columns (1 shape, 2 parameters, 3 multiplications), layer by layer."""
    __tracebackhide__ = True
    found = _traced(trace, layers, input_shape)
    shape_in = input_shape
    for layer, row, right in zip(layers, found, rows_of(layers, input_shape), strict=True):
        what = f"{layer['name']} ({layer['kind']}) on {shape_in}"
        mistakes = row_mistakes(layer, shape_in, right)
        for column in columns:
            name = ("", "output shape", "parameters", "multiplications")[column]
            value = row[column]
            if column == 1 and np.ndim(value) == 0:
                value = (value,)  # the shape of a vector, as a number
            require_exactly(f"{name} of {what}", value, right[column], mistakes[column - 1])
        shape_in = right[1]


@check
def trace_work(trace, *, rng) -> None:
    """Multiplications of every layer of a small network."""
    __tracebackhide__ = True
    for _ in range(20):  # so that every kind of layer and padding comes up
        layers, input_shape = _small_network(rng)
        _require_rows(trace, layers, input_shape, columns=(3,))


@check
def trace_networks(trace, *, rng) -> None:
    """AlexNet with and without groups, and VGG-16: every row, and the sums."""
    __tracebackhide__ = True
    for name, layers, input_shape, total in (
        *(
            (f"AlexNet (groups={groups})", networks.alexnet(groups), (227, 227, 3), parameters)
            for groups, parameters in ALEXNET_PARAMETERS.items()
        ),
        ("VGG-16", networks.vgg16(), (224, 224, 3), VGG16_PARAMETERS),
    ):
        _require_rows(trace, layers, input_shape, columns=(1, 2, 3))
        rows = _traced(trace, layers, input_shape)
        require_exactly(f"parameters of {name}", sum(row[2] for row in rows), total)
    require_exactly("multiplications of VGG-16", sum(r[3] for r in rows), VGG16_MULTIPLICATIONS)


@check
def receptive_field_formula(receptive_field, *, rng) -> None:
    """Stacks of convolutions and pooling layers; no layer at all sees one pixel."""
    __tracebackhide__ = True
    plain = [networks.conv(f"conv{i}", 8, 3, padding="same") for i in range(2)]
    _require_field(receptive_field, plain, "two 3x3 convolutions with stride 1")

    def draw():
        layers = []
        for i in range(int(rng.integers(4, 6))):
            kernel, stride = int(rng.integers(2, 6)), int(rng.integers(1, 4))
            make = networks.pool if i % 2 else functools.partial(networks.conv, filters=4)
            layers.append(make(f"layer{i}", kernel=kernel, stride=stride))
        return layers

    def results(layers):
        return [field_of(layers), *(value for _, value in field_mistakes(layers))]

    for _ in range(4):
        _require_field(receptive_field, telling(draw, results))
    _require_field(receptive_field, [], "no layer at all")


def _words(layers: list[dict]) -> str:
    return ", ".join(
        f"{layer['kind']} {layer['kernel']}x{layer['kernel']}/{layer['stride']}" for layer in layers
    )


def _require_field(receptive_field, layers: list[dict], words: str = "") -> None:
    __tracebackhide__ = True
    require_exactly(
        f"receptive_field of {words or _words(layers)}",
        call(receptive_field, [dict(layer) for layer in layers]),
        field_of(layers),
        field_mistakes(layers) if layers else [],
    )


@check
def receptive_field_gradients(receptive_field, *, rng) -> None:
    """Equal to the side of the square of pixels with a gradient that is not zero."""
    __tracebackhide__ = True
    for _ in range(3):
        layers = [
            networks.conv("conv1", 2, int(rng.integers(2, 6)), stride=int(rng.integers(1, 3))),
            networks.pool("pool1", int(rng.integers(2, 4)), 2),
            networks.conv("conv2", 2, int(rng.integers(2, 6)), stride=int(rng.integers(1, 3))),
            networks.conv("conv3", 2, int(rng.integers(2, 5))),
        ]
        side = field_of(layers)
        model = networks.build(layers, (side + 1, side + 1, 1), pooling="average")
        for variable in model.weights:
            variable.assign(rng.uniform(0.5, 1.5, variable.shape).astype("float32"))
        image = np.ones((side + 1, side + 1, 1), "float32")
        measured = influence.seen_side(influence.on_pixels(model, image))
        require_exactly(
            f"receptive_field of {_words(layers)}, where gradients reach {measured} pixels",
            call(receptive_field, [dict(layer) for layer in layers]),
            measured,
            field_mistakes(layers),
        )
