"""Checks of reading a network: output sizes, costs, a trace of all layers, receptive fields.

All answers are whole numbers and are compared exactly. What is right, and what typical mistakes
would give, stands in `parts`: `convolution_cost`, `layer_rows`, `receptive_field`. The numbers of
a case are drawn again until all of these differ, so that a wrong number names its mistake.
"""

import dataclasses

import keras
import numpy as np

from cnn_casebook.checks.parts.convolution_cost import (
    Convolution,
    draw_convolution,
    likely_size_mistakes,
    same_mistakes,
    size_after,
    valid_mistakes,
)
from cnn_casebook.checks.parts.exact import draw_distinct, require_exactly, require_whole, same
from cnn_casebook.checks.parts.layer_rows import (
    EXCHANGED,
    WIDTHS,
    explained,
    small_network,
)
from cnn_casebook.checks.parts.receptive_field import (
    draw_layers,
    field_of,
    layers_text,
    likely_mistakes,
)
from cnn_casebook.checks.parts.refusals import require_value_error
from cnn_casebook.checks.parts.verdict import call, check, require
from cnn_casebook.experiments import influence
from cnn_casebook.models import counting, networks
from cnn_casebook.models.graph import describe

# Totals of whole networks: the course's facts, from the papers' tables.
ALEXNET_PARAMETERS = {2: 60_965_224, 1: 62_378_344}  # by groups
EVEN = ((2, 1), (2, 2), (4, 1), (4, 2), (6, 3))  # windows with a stride that divides
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

    for case in (draw_distinct(draw, results) for _ in range(6)):
        _require_size(conv_output_size, *case, "valid")
    size, kernel = int(rng.integers(20, 60)), int(rng.integers(3, 9))
    require_exactly(
        f"conv_output_size({size}, {kernel})",
        call(conv_output_size, size, kernel),
        size - kernel + 1,
        [("the defaults should be stride=1 and padding='valid'.", size)],
    )
    require_whole(f"conv_output_size({size}, {kernel})", call(conv_output_size, size, kernel))
    for exact in (3, 11):  # the window fits exactly once
        _require_size(conv_output_size, exact, exact, 2, "valid")
    for kernel, stride in EVEN:  # the last window ends with the line
        steps = int(rng.integers(3, 30))
        _require_size(conv_output_size, kernel + stride * steps, kernel, stride, "valid")


def _require_size(conv_output_size, size, kernel, stride, padding) -> None:
    """Require the right number of windows on a line."""
    __tracebackhide__ = True
    require_exactly(
        f"conv_output_size({size}, {kernel}, stride={stride}, padding={padding!r})",
        call(conv_output_size, size, kernel, stride=stride, padding=padding),
        size_after(size, kernel, stride, padding),
        likely_size_mistakes(conv_output_size, size, kernel, stride, padding),
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

    for case in (draw_distinct(draw, results) for _ in range(6)):
        _require_size(conv_output_size, *case, "same")
    for stride in (1, 2, 4):
        _require_size(conv_output_size, 28, 5, stride, "same")
    for kernel, stride in EVEN:
        _require_size(conv_output_size, stride * int(rng.integers(9, 40)), kernel, stride, "same")


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
        require_value_error(conv_output_size, arguments, why)
    try:
        conv_output_size(size, size + 2, 2, "same")
    except ValueError:
        require(
            False,
            f"conv_output_size({size}, {size + 2}, 2, 'same') raises ValueError. With 'same' "
            "zeros are added, so that every window fits.",
        )


def _cost(conv_cost, case: Convolution) -> list:
    """Call `conv_cost`; return its four numbers."""
    __tracebackhide__ = True
    settings = dataclasses.asdict(case)
    first = [settings.pop(name) for name in list(settings)[:5]]
    found = call(conv_cost, *first, **settings)
    require(
        isinstance(found, list | tuple | np.ndarray) and len(found) == 4,
        f"{case.call_text} returns {describe(found)}; expected four numbers (out_height, "
        "out_width, parameters, multiplications).",
    )
    return list(found)


def _require_volume_and_parameters(conv_cost, case: Convolution) -> None:
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
        f"{case.call_text}: height and width of the output, as Keras has them",
        found[:2],
        shape[1:3],
        case.wrong_sizes(),
    )
    expected = layer.count_params()
    exchanged = [(EXCHANGED, found[2])] if same(found[3], expected) else []
    require_exactly(
        f"{case.call_text}: parameters, as Keras counts them",
        found[2],
        expected,
        exchanged + case.wrong_parameters(),
    )


def _require_multiplications(conv_cost, case: Convolution, rng) -> None:
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
        f"{case.call_text}: multiplications, counted in a naive convolution",
        _cost(conv_cost, case)[3],
        counted,
        case.wrong_multiplications(),
    )


@check
def conv_cost_keras(conv_cost, *, rng) -> None:
    """Output size and parameters are those of Keras layers, with and without biases."""
    __tracebackhide__ = True
    for padding, use_bias in (("valid", True), ("same", True), ("valid", False), ("same", False)):
        case = draw_convolution(rng, groups=1, use_bias=use_bias, padding=padding, small=False)
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
    require_whole("the number of parameters", found[2])


@check
def conv_cost_counted(conv_cost, *, rng) -> None:
    """Multiplications are those counted in a naive convolution, zeros of the padding included."""
    __tracebackhide__ = True
    for padding in ("valid", "same"):
        case = draw_convolution(rng, groups=1, use_bias=True, padding=padding, small=True)
        _require_multiplications(conv_cost, case, rng)


@check
def conv_cost_groups(conv_cost, *, rng) -> None:
    """A convolution in g groups costs what g convolutions of a part of the channels each cost."""
    __tracebackhide__ = True
    for groups, use_bias in ((2, True), (3, False), (2, False), (4, True)):
        case = draw_convolution(rng, groups, use_bias, padding="valid", small=True)
        part = dataclasses.replace(
            case,
            in_channels=case.in_channels // groups,
            filters=case.filters // groups,
            groups=1,
        )
        found, found_of_part = _cost(conv_cost, case), _cost(conv_cost, part)
        for column, name, mistakes in (
            (2, "parameters", case.wrong_parameters()),
            (3, "multiplications", case.wrong_multiplications()),
        ):
            require_exactly(
                f"{case.call_text}: {name}, {groups} times those of a convolution from "
                f"{part.in_channels} to {part.filters} channels",
                found[column],
                groups * found_of_part[column],
                mistakes,
            )


def _require_unchanged(given: list[dict], layers: list[dict]) -> None:
    """Require that the descriptions of layers are as they were."""
    __tracebackhide__ = True
    require(
        given == layers,
        "the list of layers, or a description in it, is another one after the call. Whoever calls "
        "the function may need it again: leave it as it is, and work on a copy if need be.",
    )


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


@check
def trace_rows(trace, *, rng) -> None:
    """Names, output shapes and parameters of a small network, as in a Keras model."""
    __tracebackhide__ = True
    for width in rng.permutation(WIDTHS):
        layers, input_shape = small_network(rng, int(width))
        _require_rows(trace, layers, input_shape, columns=(1, 2))
    copies = [dict(layer) for layer in layers]
    call(trace, copies, input_shape)
    _require_unchanged(copies, layers)


def _require_rows(trace, layers, input_shape, columns: tuple) -> None:
    """Compare the wanted columns (1 shape, 2 parameters, 3 multiplications), layer by layer."""
    __tracebackhide__ = True
    found = _traced(trace, layers, input_shape)
    for what, row, right, mistakes in explained(layers, input_shape, found):
        for column in columns:
            name = ("", "output shape", "parameters", "multiplications")[column]
            value = row[column]
            if column == 1 and np.ndim(value) == 0:
                value = (value,)  # the shape of a vector, as a number
            require_exactly(f"{name} of {what}", value, right[column], mistakes[column - 1])


@check
def trace_work(trace, *, rng) -> None:
    """Multiplications of every layer of a small network."""
    __tracebackhide__ = True
    for _ in range(20):  # so that every kind of layer and padding comes up
        layers, input_shape = small_network(rng)
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
    _require_field(receptive_field, plain, rng, "two 3x3 convolutions with stride 1")
    for _ in range(4):
        _require_field(receptive_field, draw_layers(rng), rng)
    _require_field(receptive_field, [], rng, "no layer at all")
    layers = [networks.conv("conv1", 4, 3, stride=2), networks.pool("pool1", 2, 2)]
    require_whole(f"receptive_field of {layers_text(layers)}", call(receptive_field, layers))


def _require_field(receptive_field, layers: list[dict], rng, text: str = "") -> None:
    """Require the right receptive field; the text says which layers these are."""
    __tracebackhide__ = True
    copies = [dict(layer) for layer in layers]
    found = call(receptive_field, copies)
    _require_unchanged(copies, layers)
    require_exactly(
        f"receptive_field of {text or layers_text(layers)}",
        found,
        field_of(layers),
        likely_mistakes(receptive_field, layers, rng),
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
            f"receptive_field of {layers_text(layers)}, where gradients reach {measured} pixels",
            call(receptive_field, [dict(layer) for layer in layers]),
            measured,
            likely_mistakes(receptive_field, layers, rng),
        )
