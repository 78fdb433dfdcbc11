"""A convolution so naive that its work can be counted: numbers that count their multiplications."""

import numpy as np


class Tally:
    """How often the numbers that belong to it have been multiplied.

    Example:
        >>> tally = Tally()
        >>> two, three = tally.numbers([2, 3])
        >>> (two * three + two).value, tally.multiplications
        (8, 1)
    """

    def __init__(self):
        """Begin at zero."""
        self.multiplications = 0

    def numbers(self, values) -> np.ndarray:
        """Turn every value of an array into a number that counts here."""
        wrapped = np.empty(np.shape(values), dtype=object)
        for place in np.ndindex(wrapped.shape):
            wrapped[place] = Number(np.asarray(values)[place].item(), self)
        return wrapped


class Number:
    """A number that tells its tally of every multiplication; additions are not counted."""

    __slots__ = ("tally", "value")

    def __init__(self, value, tally: Tally):
        """Hold a plain value."""
        self.value, self.tally = value, tally

    def __mul__(self, other: "Number") -> "Number":
        """Multiply, and count it."""
        self.tally.multiplications += 1
        return Number(self.value * other.value, self.tally)

    def __add__(self, other: "Number") -> "Number":
        """Add; not counted."""
        return Number(self.value + other.value, self.tally)


def convolve(
    image: np.ndarray,
    kernel: np.ndarray,
    bias: np.ndarray | None = None,
    stride: int = 1,
    padding: str = "valid",
    groups: int = 1,
) -> tuple[np.ndarray, int]:
    """Convolve one image, number by number, and count the multiplications.

    Zeros of the padding are multiplied like any other number.

    Args:
        image: (height, width, channels).
        kernel: (size, size, channels / groups, filters).
        bias: (filters,), or None.
        stride: Pixels from one window to the next.
        padding: "valid", or "same" as TensorFlow understands it.
        groups: The filters of each group read the channels of their own group alone.

    Returns:
        The output (out_height, out_width, filters), and how many multiplications it took.

    Example:
        >>> output, multiplications = convolve(np.ones((4, 4, 2)), np.ones((3, 3, 2, 5)))
        >>> output.shape, float(output[0, 0, 0]), multiplications
        ((2, 2, 5), 18.0, 360)
    """
    size, _, depth, filters = kernel.shape
    if padding == "same":
        image = np.pad(image, [*(_margins(n, size, stride) for n in image.shape[:2]), (0, 0)])
    height, width = ((n - size) // stride + 1 for n in image.shape[:2])
    tally = Tally()
    pixels, weights = tally.numbers(image), tally.numbers(kernel)
    biases = tally.numbers(np.zeros(filters) if bias is None else bias)
    output = np.empty((height, width, filters))
    for row, column, number in np.ndindex(output.shape):
        first = number // (filters // groups) * depth
        total = biases[number]
        for i, j, channel in np.ndindex(size, size, depth):
            pixel = pixels[row * stride + i, column * stride + j, first + channel]
            total = total + pixel * weights[i, j, channel, number]
        output[row, column, number] = total.value
    return output, tally.multiplications


def _margins(size: int, window: int, stride: int) -> tuple[int, int]:
    """Zeros before and after, so that ceil(size / stride) windows fit; the odd one comes after."""
    windows = -(-size // stride)
    missing = max(0, (windows - 1) * stride + window - size)
    return missing // 2, missing - missing // 2
