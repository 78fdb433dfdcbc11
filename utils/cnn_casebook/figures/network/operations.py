"""Names for Keras operations in the few words that fit on a diagram.

Layers and `keras.ops` that do the same thing get the same words, so that a network looks the same
however it was written.
"""

import re

ACTIVATIONS = {
    "relu": "ReLU",
    "relu6": "ReLU6",
    "leakyrelu": "leaky ReLU",
    "leaky_relu": "leaky ReLU",
    "prelu": "PReLU",
    "elu": "ELU",
    "selu": "SELU",
    "gelu": "GELU",
    "silu": "SiLU",
    "swish": "SiLU",
    "sigmoid": "sigmoid",
    "hardsigmoid": "hard sigmoid",
    "tanh": "tanh",
    "softmax": "softmax",
    "softplus": "softplus",
    "softsign": "softsign",
}
MERGES = {
    "Add": "+",
    "Concatenate": "concat",
    "Multiply": "×",
    "Subtract": "−",
    "Divide": "÷",
    "TrueDivide": "÷",
    "Average": "mean",
    "Maximum": "max",
    "Minimum": "min",
}
NORMS = {
    "BatchNormalization": "BN",
    "LayerNormalization": "LN",
    "GroupNormalization": "GN",
    "UnitNormalization": "unit norm",
}
WORDS = {
    "InputLayer": "input",
    "Flatten": "flatten",
    "GetItem": "slice",
    "Slice": "slice",
    "Conv2DTranspose": "transposed conv",
    "DepthwiseConv2D": "depthwise conv",
    "SeparableConv2D": "separable conv",
}


def times(sizes):
    """Join sizes with multiplication signs.

    Args:
        sizes: Numbers, or None for a size that is not fixed; one number stands for itself.

    Returns:
        str: Such as "28×28×6"; "?" stands for None.

    Example:
        >>> times((28, 28, 6)), times((None, 10)), times(120)
        ('28×28×6', '?×10', '120')
    """
    sizes = sizes if isinstance(sizes, (tuple, list)) else (sizes,)
    return "×".join("?" if size is None else str(size) for size in sizes)


def activation_name(activation):
    """Name an activation.

    Args:
        activation: A function, a layer, or None.

    Returns:
        str: Such as "ReLU"; empty for None and for the linear activation.

    Example:
        >>> import keras
        >>> activation_name(keras.activations.relu), activation_name(keras.activations.linear)
        ('ReLU', '')
    """
    if activation is None:
        return ""
    name = getattr(activation, "__name__", type(activation).__name__)
    return "" if name == "linear" else ACTIVATIONS.get(name.lower(), name.strip("_"))


def describe(operation):
    """Say in a few words what a Keras layer or operation does.

    Args:
        operation: A `keras.Layer` or `keras.Operation`.

    Returns:
        tuple: The kind of the operation (a key of `palette.HUES`), its words, and the name of the
        activation that it applies itself, empty if none.

    Example:
        >>> import keras
        >>> describe(keras.layers.Conv2D(6, 5, activation="tanh"))
        ('conv', 'conv 5×5, 6', 'tanh')
        >>> describe(keras.layers.AveragePooling2D(2))
        ('pool', 'avg pool 2×2, /2', '')
    """
    name = type(operation).__name__
    if name == "Activation":
        return "activation", activation_name(operation.activation) or "linear", ""
    if name.lower() in ACTIVATIONS:
        return "activation", ACTIVATIONS[name.lower()], ""
    if name in MERGES:
        return "merge", MERGES[name], ""
    if "norm" in name.lower():
        return "norm", _norm(name), ""
    if "Pool" in name:
        return "pool", _pool(operation, name), ""
    own = activation_name(getattr(operation, "activation", None))
    if "Conv" in name:
        return "conv", _convolution(operation, name), own
    if name == "Dense":
        return "dense", f"dense {operation.units}", own
    if name == "InputLayer":
        return "input", "input", ""
    if name == "Dropout":
        return "other", f"dropout {operation.rate:g}", ""
    if name == "ZeroPadding2D":
        return "other", _padding(operation), ""
    if name == "UpSampling2D":
        return "other", f"upsample ×{times(operation.size)}", ""
    return (
        "other",
        WORDS.get(name) or " ".join(re.findall("[A-Z]+[a-z0-9]*|[a-z0-9]+", name)).lower(),
        own,
    )


def _norm(name):
    """Return the usual abbreviation of a normalization."""
    if "localresponse" in name.lower().replace("_", "") or name == "LRN":
        return "LRN"
    return NORMS.get(name, " ".join(re.findall("[A-Z]+[a-z0-9]*|[a-z0-9]+", name)).lower())


def _pool(operation, name):
    """Return the words for a pooling layer or operation."""
    which = "max" if "Max" in name else "avg"
    if "Global" in name:
        return f"global {which} pool"
    if not hasattr(operation, "pool_size"):
        return f"{which} pool"
    window = operation.pool_size
    window = (window, window) if isinstance(window, int) else tuple(window)
    return f"{which} pool {times(window)}, {_stride(operation.strides or window)}"


def _convolution(operation, name):
    """Return the words for a convolution: kernel, filters, and what is unusual about it."""
    parts = [WORDS.get(name, "conv")]
    if hasattr(operation, "kernel_size"):
        parts[0] += f" {times(tuple(operation.kernel_size))}"
    if getattr(operation, "filters", None) and "Depthwise" not in name:
        parts.append(str(operation.filters))
    if hasattr(operation, "strides") and set(_tuple(operation.strides)) != {1}:
        parts.append(_stride(operation.strides))
    if set(_tuple(getattr(operation, "dilation_rate", 1))) != {1}:
        parts.append(f"dilated {times(_tuple(operation.dilation_rate)[:1])}")
    if getattr(operation, "groups", 1) > 1:
        parts.append(f"{operation.groups} groups")
    return ", ".join(parts)


def _padding(operation):
    """Return the words for zero padding; four equal sides are one number."""
    sides = {side for pair in operation.padding for side in pair}
    return f"zero pad {sides.pop()}" if len(sides) == 1 else "zero pad"


def _stride(strides):
    """Return a stride as a divisor of the image's size."""
    strides = _tuple(strides)
    return f"/{strides[0]}" if len(set(strides)) == 1 else f"/{times(strides)}"


def _tuple(value):
    """Return a tuple, of one element if a single number was given."""
    return (value,) if isinstance(value, int) else tuple(value)
