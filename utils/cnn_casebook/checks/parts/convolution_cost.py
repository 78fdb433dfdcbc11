"""Size, parameters and multiplications of a convolution, as they are and as mistakes make them.

Every list of mistakes holds pairs: the likely cause in words, and the number it would give.
"""

import dataclasses
import math
from collections.abc import Callable, Iterator

import numpy as np

from cnn_casebook.checks.parts.exact import draw_distinct, explaining


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
        ("this is the size with 'same'.", -(-size // stride)),
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


def _all_valid_mistakes(size: int, kernel: int, stride: int) -> list[tuple[str, float]]:
    """Those of `valid_mistakes`, and others that at a single size may agree with one of them."""
    return [
        *valid_mistakes(size, kernel, stride),
        (
            "1 is added before the division. Divide, round down, then add 1.",
            (size - kernel + 1) // stride,
        ),
        ("one too many. Divide, round down, then add 1.", (size - kernel) // stride + 2),
    ]


def same_mistakes(size: int, kernel: int, stride: int) -> list[tuple[str, float]]:
    """Wrong numbers of windows with same padding."""
    return [
        ("this is the size with 'valid'.", (size - kernel) // stride + 1),
        ("rounded down. With 'same' the last, incomplete step counts: round up.", size // stride),
        ("not rounded. Round up.", size / stride),
        ("the stride is forgotten. With 'same' the size is divided by the stride.", size),
        ("off by one.", -(-size // stride) + 1),
    ]


def likely_size_mistakes(
    conv_output_size: Callable, size: int, kernel: int, stride: int, padding: str
) -> Iterator[tuple[str, object]]:
    """Mistakes that explain what the learner's function says of longer lines, too.

    Among these is one that the windows fill to its last pixel.
    """
    mistakes = _all_valid_mistakes if padding == "valid" else same_mistakes
    return explaining(
        lambda case: conv_output_size(*case, padding),
        lambda case: mistakes(*case),
        *((size + more, kernel, stride) for more in range(stride + 1)),
    )


@dataclasses.dataclass(frozen=True)
class Convolution:
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
                ("this is without the biases; each filter has one.", weights),
                ("in_channels and filters are swapped: each filter has one bias.", weights + c),
                ("each filter has one bias, not the whole layer.", weights + 1),
                ("each filter has one bias, not one for each input channel.", weights + f * c),
            ]
        else:
            found += [("with use_bias=False there are no biases.", weights + f)]
        if g > 1:
            found += [
                (
                    "groups are ignored: a filter should read in_channels / groups.",
                    k * k * c * f + bias,
                ),
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
        positions, k, c, f = math.prod(self.out), self.kernel, self.in_channels, self.filters
        found = [
            ("this is one position of the window. Multiply by the positions.", f * self.window),
            (
                "a bias is counted as a multiplication; it is added.",
                positions * f * (self.window + 1),
            ),
            (
                "the window stops once per output pixel, not once per input pixel.",
                self.height * self.width * f * self.window,
            ),
            (
                "the window is two-dimensional: kernel times kernel.",
                positions * f * self.window // k,
            ),
            ("each filter reads all its input channels.", positions * f * k * k),
            ("the filters are forgotten.", positions * self.window),
        ]
        if self.groups == 1:  # with two groups it would look like groups ignored
            twice = 2 * positions * f * self.window
            found.append(("additions are counted too; asked are multiplications alone.", twice))
        if self.groups > 1:
            found += [
                (
                    "groups are ignored: a filter should read in_channels / groups.",
                    positions * f * k * k * c,
                ),
                (
                    "divided by groups twice: all filters are there, each reads a part of the "
                    "input channels.",
                    positions * f * self.window // self.groups,
                ),
            ]
        return found

    def marked_results(self) -> list:
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
    def call_text(self) -> str:
        """The call, for a message."""
        sizes = f"{self.height}, {self.width}, {self.in_channels}, {self.filters}, {self.kernel}"
        more = f"stride={self.stride}, padding={self.padding!r}"
        if self.groups > 1:
            more += f", groups={self.groups}"
        return f"conv_cost({sizes}, {more}{'' if self.use_bias else ', use_bias=False'})"


def draw_convolution(rng, groups: int, use_bias: bool, padding: str, small: bool) -> Convolution:
    """Draw a convolution for which every mistake gives a number of its own.

    Args:
        rng: Random numbers.
        groups: Groups of channels that do not see each other.
        use_bias: Whether each filter has a bias.
        padding: "valid" or "same".
        small: Sizes so small that a naive convolution can be counted.
    """

    def draw():
        low, high = (6, 12) if small else (12, 60)
        return Convolution(
            *(int(n) for n in rng.integers(low, high, 2)),
            in_channels=groups * int(rng.integers(2, 5 if small else 12)),
            filters=groups * int(rng.integers(2, 5 if small else 12)),
            kernel=int(rng.integers(2, 5 if small else 8)),
            stride=int(rng.integers(2, 4)),
            padding=padding,
            groups=groups,
            use_bias=use_bias,
        )

    return draw_distinct(draw, Convolution.marked_results)
