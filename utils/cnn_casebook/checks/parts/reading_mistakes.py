"""The numbers of a network's layers, as they are and as typical mistakes would make them.

Every list of mistakes holds pairs: the likely cause in words, and the number it would give.
"""

import dataclasses
import math

import numpy as np


def size_after(size: int, kernel: int, stride: int, padding: str) -> int:
    """How many windows fit on a line.

    Example:
        >>> size_after(227, 11, 4, "valid"), size_after(7, 3, 2, "same")
        (55, 4)
    """
    if padding == "same":
        return -(-size // stride)
    return (size - kernel) // stride + 1


def valid_mistakes(size: int, kernel: int, stride: int) -> list[tuple[str, float]]:
    """Wrong numbers of windows with valid padding."""
    return [
        ("padding is ignored: this is the size with 'same'.", -(-size // stride)),
        ("the stride is forgotten.", size - kernel + 1),
        (
            "off by one. The first window stands at 0 and counts too: divide, round down, then "
            "add 1.",
            (size - kernel) // stride,
        ),
        (
            "rounded up. A window that does not fit any more is left out: round down, with //.",
            math.ceil((size - kernel) / stride) + 1,
        ),
        ("not rounded. Round down, with //.", (size - kernel) / stride + 1),
        (
            "a division binds tighter than a minus: write (size - kernel) // stride.",
            size - kernel // stride + 1,
        ),
    ]


def same_mistakes(size: int, kernel: int, stride: int) -> list[tuple[str, float]]:
    """Wrong numbers of windows with same padding."""
    return [
        (
            "the padding is not looked at: this is the size with 'valid'.",
            (size - kernel) // stride + 1,
        ),
        ("rounded down. With 'same' the last, incomplete step counts: round up.", size // stride),
        ("not rounded. Round up.", size / stride),
        ("the stride is forgotten. With 'same' the size is divided by the stride.", size),
        ("off by one.", -(-size // stride) + 1),
    ]


@dataclasses.dataclass(frozen=True)
class Case:
    """A convolution and the volume that enters it."""

    height: int
    width: int
    in_channels: int
    filters: int
    kernel: int
    stride: int = 1
    padding: str = "valid"
    groups: int = 1
    use_bias: bool = True

    @property
    def out(self) -> tuple[int, int]:
        """Height and width of the output."""
        sizes = (self.height, self.width)
        return tuple(size_after(n, self.kernel, self.stride, self.padding) for n in sizes)

    @property
    def window(self) -> int:
        """Numbers that one filter reads at one place."""
        return self.kernel**2 * self.in_channels // self.groups

    @property
    def parameters(self) -> int:
        """Weights and biases."""
        return self.window * self.filters + self.filters * self.use_bias

    @property
    def multiplications(self) -> int:
        """One for each number under each window of each filter."""
        return math.prod(self.out) * self.filters * self.window

    def wrong_sizes(self) -> list[tuple[str, tuple]]:
        """Heights and widths that mistakes would give."""
        unit = dataclasses.replace(self, stride=1).out
        other = dataclasses.replace(self, padding="same" if self.padding == "valid" else "valid")
        found = [
            ("height and width are swapped.", self.out[::-1]),
            ("the width is not looked at: both are computed from the height.", (self.out[0],) * 2),
            ("the stride is not passed on.", unit),
            ("the padding is not passed on.", other.out),
        ]
        if self.padding == "valid":
            found.append(("this is the size of the input.", (self.height, self.width)))
        return found

    def wrong_parameters(self) -> list[tuple[str, float]]:
        """Numbers of parameters that mistakes would give."""
        k, c, f, g = self.kernel, self.in_channels, self.filters, self.groups
        weights, bias = self.window * f, f * self.use_bias
        found = [
            ("the window is two-dimensional: kernel times kernel.", k * c * f // g + bias),
            ("every weight is counted once per position; they are shared.", self.multiplications),
            ("a filter reads all input channels: multiply by in_channels.", k * k * f + bias),
        ]
        if self.use_bias:
            found += [
                ("the biases are forgotten: one for each filter.", weights),
                ("in_channels and filters are swapped: each filter has one bias.", weights + c),
                ("each filter has one bias, not the whole layer.", weights + 1),
                ("each filter has one bias, not one for each input channel.", weights + f * c),
            ]
        else:
            found += [("with use_bias=False there are no biases.", weights + f)]
        if g > 1:
            found += [
                ("groups are ignored: a filter reads in_channels / groups.", k * k * c * f + bias),
                (
                    "divided by groups twice: all filters are there, each reads a part of the "
                    "input channels.",
                    weights // g + bias,
                ),
            ]
        if g > 1 and self.use_bias:
            divided = weights + bias // g
            found.append(("the biases are divided by groups; each filter has one.", divided))
        return found

    def wrong_multiplications(self) -> list[tuple[str, float]]:
        """Numbers of multiplications that mistakes would give."""
        places, k, c, f = math.prod(self.out), self.kernel, self.in_channels, self.filters
        found = [
            ("this is one position of the window. Multiply by the positions.", f * self.window),
            ("a bias is counted as a multiplication; it is added.", places * f * (self.window + 1)),
            (
                "the window stops once per output pixel, not once per input pixel.",
                self.height * self.width * f * self.window,
            ),
            ("the window is two-dimensional: kernel times kernel.", places * f * self.window // k),
            ("each filter reads all its input channels.", places * f * k * k),
            ("the filters are forgotten.", places * self.window),
        ]
        if self.groups == 1:  # with two groups it would look like groups ignored
            twice = 2 * places * f * self.window
            found.append(("additions are counted too; asked are multiplications alone.", twice))
        if self.groups > 1:
            found += [
                (
                    "groups are ignored: a filter reads in_channels / groups.",
                    places * f * k * k * c,
                ),
                (
                    "divided by groups twice: all filters are there, each reads a part of the "
                    "input channels.",
                    places * f * self.window // self.groups,
                ),
            ]
        return found

    def told_apart(self) -> list:
        """The right results and the wrong ones, marked so that only equal kinds can be equal."""
        kinds = {
            "size": [self.out, *(value for _, value in self.wrong_sizes())],
            "parameters": [self.parameters, *(value for _, value in self.wrong_parameters())],
            "multiplications": [
                self.multiplications,
                *(value for _, value in self.wrong_multiplications()),
            ],
        }
        return [(kind, *np.ravel(value)) for kind, values in kinds.items() for value in values]

    @property
    def words(self) -> str:
        """The call, for a message."""
        sizes = f"{self.height}, {self.width}, {self.in_channels}, {self.filters}, {self.kernel}"
        more = f"stride={self.stride}, padding={self.padding!r}"
        if self.groups > 1:
            more += f", groups={self.groups}"
        return f"conv_cost({sizes}, {more}{'' if self.use_bias else ', use_bias=False'})"


def row_mistakes(layer: dict, shape_in: tuple, right: tuple) -> tuple[list, list, list]:
    """Wrong output shapes, parameters and multiplications of a layer in a trace.

    Args:
        layer: The layer's description.
        shape_in: Shape of what enters it.
        right: Its right row.
    """
    _, shape, parameters, work = right
    if layer["kind"] == "conv":
        case = Case(*shape_in, **{k: v for k, v in layer.items() if k not in ("kind", "name")})
        shapes = [
            *_window_mistakes(layer, shape_in, shape),
            ("a convolution has as many channels as filters.", (*shape[:2], shape_in[2])),
        ]
        return shapes, case.wrong_parameters(), case.wrong_multiplications()
    if layer["kind"] == "dense":
        return (
            [("a dense layer has 'units' outputs; this is the input's shape.", shape_in)],
            [
                ("the biases are left out.", work),
                ("with use_bias=False there are no biases.", work + layer["units"]),
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
        as_convolution = Case(
            *shape_in, shape[-1], layer["kernel"], layer["stride"], layer["padding"]
        )
        return (
            shapes,
            [("pooling has no weights.", as_convolution.parameters)],
            [("pooling multiplies nothing by a weight.", as_convolution.multiplications)],
        )
    places = (math.prod(shape_in[:2]),)
    return (
        [
            ("the channels are left out: multiply height, width and channels.", places),
            ("flatten makes a vector of all numbers.", shape_in),
        ],
        [],
        [],
    )


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


def field_of(layers: list[dict]) -> int:
    """Pixels a side that one output of the last layer sees.

    Example:
        >>> from cnn_casebook.models import networks
        >>> field_of([networks.conv("a", 8, 3), networks.conv("b", 8, 3)])
        5
    """
    seen, jump = 1, 1
    for layer in layers:
        seen += (layer["kernel"] - 1) * jump
        jump *= layer["stride"]
    return seen


def field_mistakes(layers: list[dict]) -> list[tuple[str, int]]:
    """Wrong receptive fields of a list of convolutions and pooling layers."""
    kernels = np.array([layer["kernel"] for layer in layers])
    strides = np.array([layer["stride"] for layer in layers])
    before = np.concatenate([[1], np.cumprod(strides)[:-1]])
    own = np.cumprod(strides)
    convolutions = [layer for layer in layers if layer["kind"] == "conv"]
    return [
        (
            "strides are left out: a step further down is several pixels up here.",
            1 + sum(kernels - 1),
        ),
        (
            "only the stride of the layer just before is used; the strides of all layers before "
            "multiply.",
            1 + sum((kernels - 1) * np.concatenate([[1], strides[:-1]])),
        ),
        (
            "a layer's own stride does not widen its own window; only the strides before it count.",
            1 + sum((kernels - 1) * own),
        ),
        (
            "a layer adds kernel - 1 steps, not kernel: one pixel was seen already.",
            1 + sum(kernels * before),
        ),
        ("start with 1: before all layers a pixel sees itself.", sum((kernels - 1) * before)),
        ("a layer adds kernel - 1 steps, not kernel, and the start is 1.", sum(kernels * before)),
        ("kernels add up, they do not multiply.", int(np.prod(kernels))),
        (
            "the strides before a layer multiply; here they are added up.",
            1 + sum((kernels - 1) * np.concatenate([[1], np.cumsum(strides)[:-1]])),
        ),
        ("asked is the side of the square, not its area.", field_of(layers) ** 2),
        ("this is the last layer alone.", int(kernels[-1])),
        (
            "the list is walked from the wrong end: widening starts at the input.",
            field_of(layers[::-1]),
        ),
        (
            "pooling layers are left out; their windows and strides count too.",
            field_of(convolutions),
        ),
    ]
