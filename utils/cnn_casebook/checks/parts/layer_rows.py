"""Rows of a network's trace, one for each layer, as Keras counts them and as mistakes make them."""

import math
from collections.abc import Iterator

import numpy as np

from cnn_casebook.checks.parts.convolution_cost import Convolution, size_after
from cnn_casebook.checks.parts.exact import same
from cnn_casebook.models import networks, symbolic


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
        shape, parameters = tuple(layer.output.shape[1:]), layer.count_params()
        multiplications = 0
        if parameters:
            biases = shape[-1] * layer.use_bias
            multiplications = (parameters - biases) * math.prod(shape[:-1])
        rows.append((description["name"], shape, parameters, multiplications))
    return rows


# Widths of its input with which a small network shows the padding of its last pooling (which then
# reads 5 columns), and of the convolution before it (11).
WIDTHS = (45, 47, 49)


def small_network(rng, width: int | None = None) -> tuple[list[dict], tuple]:
    """Draw a small network that uses every entry of every kind of description, and its input.

    Args:
        rng: Draws the numbers.
        width: Of the input; drawn without it.
    """
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
    height = int(rng.integers(16, 20)) * 2
    return layers, (height, width or int(rng.integers(22, 26)) * 2 + 1, 3)


EXCHANGED = "parameters and multiplications are exchanged; parameters come first."
_FIRST = "the layer reads the image; each layer reads what the one before it gives."
_SUMMED = "the numbers of layers before are in it; each row counts its own layer alone."


def explained(layers: list[dict], input_shape: tuple, found: list[tuple]) -> Iterator[tuple]:
    """Go through the rows of a trace.

    Args:
        layers: Descriptions of the layers.
        input_shape: Of an image.
        found: A learner's rows, one for each layer.

    Yields:
        The layer in words, the learner's row, the right one, and the mistakes as `row_mistakes`
        lists them, together with those that reach over several rows.
    """
    shape_in, before = input_shape, [0, 0]
    for layer, row, right in zip(layers, found, rows_of(layers, input_shape), strict=True):
        shapes, *counts = row_mistakes(layer, shape_in, right)
        shapes.append((_FIRST, _volume_after(layer, input_shape)))
        for number, mistakes in enumerate(counts, start=2):
            if same(row[2:], right[:1:-1]):
                mistakes.insert(0, (EXCHANGED, row[number]))
            if earlier := before[number - 2]:
                mistakes += [(_SUMMED, earlier + extra) for extra in (right[number], 0)]
        yield f"{layer['name']} ({layer['kind']}) on {shape_in}", row, right, (shapes, *counts)
        shape_in, before = right[1], [a + b for a, b in zip(before, right[2:], strict=True)]


def row_mistakes(layer: dict, shape_in: tuple, right: tuple) -> tuple[list, list, list]:
    """Wrong output shapes, parameters and multiplications of a layer in a trace.

    Args:
        layer: The layer's description.
        shape_in: Shape of what enters it.
        right: Its right row.

    Returns:
        For each of the three columns pairs: the likely cause in words, and what it would give.
    """
    _, shape, parameters, multiplications = right
    if layer["kind"] == "conv":
        settings = {key: value for key, value in layer.items() if key not in ("kind", "name")}
        case = Convolution(*shape_in, **settings)
        shapes = [
            *_window_mistakes(layer, shape_in, shape),
            ("a convolution has as many channels as filters.", (*shape[:2], shape_in[2])),
        ]
        return shapes, case.wrong_parameters(), case.wrong_multiplications()
    if layer["kind"] == "dense":
        return (
            [("a dense layer has 'units' outputs; this is the input's shape.", shape_in)],
            [
                ("the biases are left out.", multiplications),
                ("with use_bias=False there are no biases.", multiplications + layer["units"]),
            ],
            [("a bias is added, not multiplied.", parameters)],
        )
    if layer["kind"] == "pool":
        shapes = [
            *_window_mistakes(layer, shape_in, shape),
            ("the channels are missing; pooling keeps them.", shape[:2]),
            (
                "the size is only divided by the stride; use conv_output_size here too.",
                (*(n // layer["stride"] for n in shape_in[:2]), shape[2]),
            ),
            ("pooling takes steps too; this is the input's shape.", shape_in),
        ]
        as_convolution = Convolution(
            *shape_in, shape[-1], layer["kernel"], layer["stride"], layer["padding"]
        )
        return (
            shapes,
            [("pooling has no weights.", as_convolution.parameters)],
            [("pooling multiplies nothing by a weight.", as_convolution.multiplications)],
        )
    pixels = (math.prod(shape_in[:2]),)
    return (
        [
            ("the channels are left out: multiply height, width and channels.", pixels),
            ("flatten makes a vector of all numbers.", shape_in),
        ],
        [],
        [],
    )


def _volume_after(layer: dict, shape_in: tuple) -> tuple:
    """Shape of what a convolution or pooling gives; nothing for layers of another kind."""
    if layer["kind"] not in ("conv", "pool"):
        return ()
    window = layer["kernel"], layer["stride"], layer["padding"]
    return (*(size_after(n, *window) for n in shape_in[:2]), layer.get("filters", shape_in[2]))


def _window_mistakes(layer: dict, shape_in: tuple, shape: tuple) -> list[tuple[str, tuple]]:
    def volume(stride, padding):
        sizes = (size_after(n, layer["kernel"], stride, padding) for n in shape_in[:2])
        return (*sizes, shape[-1])

    other = "same" if layer["padding"] == "valid" else "valid"
    return [
        (
            "the entry 'padding' is not used, or the size is only divided by the stride.",
            volume(layer["stride"], other),
        ),
        ("the entry 'stride' is not used.", volume(1, layer["padding"])),
        ("height and width are swapped.", (shape[1], shape[0], shape[2])),
        ("channels come last: height, width, channels.", (shape[2], *shape[:2])),
    ]
