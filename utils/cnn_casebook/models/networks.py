"""Networks as lists of layer descriptions: plain dictionaries, read from the papers' tables.

A description says what a layer is, not what enters it; shapes and costs follow from the list.
There are four kinds, named by the entry "kind": conv, pool, flatten and dense.
"""

import keras

GPUS = 2  # AlexNet's conv2, conv4 and conv5 read the channels of their own GPU alone


def conv(
    name: str,
    filters: int,
    kernel: int,
    stride: int = 1,
    padding: str = "valid",
    groups: int = 1,
    use_bias: bool = True,
) -> dict:
    """Describe a convolution with a square window.

    Args:
        name: Its name in the paper.
        filters: Channels of its output.
        kernel: Height and width of the window.
        stride: Pixels from one window to the next.
        padding: "valid" or "same".
        groups: Groups of channels that do not see each other.
        use_bias: Whether each filter adds a bias.

    Example:
        >>> conv("conv1", 96, 11, stride=4)["filters"]
        96
    """
    return {
        "kind": "conv",
        "name": name,
        "filters": filters,
        "kernel": kernel,
        "stride": stride,
        "padding": padding,
        "groups": groups,
        "use_bias": use_bias,
    }


def pool(name: str, kernel: int, stride: int, padding: str = "valid") -> dict:
    """Describe a pooling layer: kernel, stride and padding as in `conv`, and no weights.

    Example:
        >>> pool("pool1", 3, 2)
        {'kind': 'pool', 'name': 'pool1', 'kernel': 3, 'stride': 2, 'padding': 'valid'}
    """
    return {"kind": "pool", "name": name, "kernel": kernel, "stride": stride, "padding": padding}


def flatten(name: str = "flatten") -> dict:
    """Describe the step from a volume to a vector.

    Example:
        >>> flatten()
        {'kind': 'flatten', 'name': 'flatten'}
    """
    return {"kind": "flatten", "name": name}


def dense(name: str, units: int, use_bias: bool = True) -> dict:
    """Describe a dense layer on a vector.

    Example:
        >>> dense("fc8", 1000)
        {'kind': 'dense', 'name': 'fc8', 'units': 1000, 'use_bias': True}
    """
    return {"kind": "dense", "name": name, "units": units, "use_bias": use_bias}


def lenet5() -> list[dict]:
    """LeNet-5 in its modern form, for images of (32, 32, 1).

    Source: LeCun, Bottou, Bengio and Haffner (1998), section II.B; C3 reads all maps of S2 here.

    Example:
        >>> len(lenet5())
        8
    """
    return [
        conv("C1", 6, 5),
        pool("S2", 2, 2),
        conv("C3", 16, 5),
        pool("S4", 2, 2),
        flatten(),
        dense("C5", 120),
        dense("F6", 84),
        dense("output", 10),
    ]


def alexnet(groups: int = GPUS) -> list[dict]:
    """AlexNet, for images of (227, 227, 3).

    Args:
        groups: Groups of conv2, conv4 and conv5; 1 for a network whose channels all see each
            other.

    Source: Krizhevsky, Sutskever and Hinton (2012), section 3.5.

    Example:
        >>> [layer["name"] for layer in alexnet() if layer["kind"] == "pool"]
        ['pool1', 'pool2', 'pool5']
    """
    return [
        conv("conv1", 96, 11, stride=4),
        pool("pool1", 3, 2),
        conv("conv2", 256, 5, padding="same", groups=groups),
        pool("pool2", 3, 2),
        conv("conv3", 384, 3, padding="same"),
        conv("conv4", 384, 3, padding="same", groups=groups),
        conv("conv5", 256, 3, padding="same", groups=groups),
        pool("pool5", 3, 2),
        flatten(),
        dense("fc6", 4096),
        dense("fc7", 4096),
        dense("fc8", 1000),
    ]


def vgg16() -> list[dict]:
    """VGG-16, for images of (224, 224, 3).

    Source: Simonyan and Zisserman (2014), table 1, column D.

    Example:
        >>> sum(layer["kind"] in ("conv", "dense") for layer in vgg16())
        16
    """
    described = []
    for block, (convolutions, filters) in enumerate(
        [(2, 64), (2, 128), (3, 256), (3, 512), (3, 512)], start=1
    ):
        for number in range(1, convolutions + 1):
            described.append(conv(f"conv{block}_{number}", filters, 3, padding="same"))
        described.append(pool(f"pool{block}", 2, 2))
    return [*described, flatten(), dense("fc6", 4096), dense("fc7", 4096), dense("fc8", 1000)]


def scaled(channels: int, width: float) -> int:
    """Make a layer narrower: channels times width, rounded to an even number, at least 2.

    Even numbers can be split into two groups.

    Args:
        channels: Channels or units of the full-size network.
        width: Factor; 1.0 keeps the full size of even numbers.

    Example:
        >>> scaled(96, 1.0), scaled(96, 0.125), scaled(96, 0.1), scaled(96, 0.01)
        (96, 12, 10, 2)
    """
    return max(2, 2 * round(channels * width / 2))


def build(layers: list[dict], input_shape: tuple, pooling: str = "max") -> keras.Model:
    """Build the Keras model of a list of descriptions, without nonlinearities.

    Args:
        layers: Descriptions.
        input_shape: (height, width, channels).
        pooling: "max" or "average".

    Raises:
        ValueError: A description of another kind.

    Example:
        >>> build(lenet5(), (32, 32, 1)).count_params()
        61706
    """
    x = inputs = keras.Input(input_shape)
    pools = {"max": keras.layers.MaxPooling2D, "average": keras.layers.AveragePooling2D}
    for layer in layers:
        settings = {key: value for key, value in layer.items() if key != "kind"}
        if layer["kind"] == "conv":
            kernel, stride = settings.pop("kernel"), settings.pop("stride")
            make = keras.layers.Conv2D(kernel_size=kernel, strides=stride, **settings)
        elif layer["kind"] == "pool":
            size, stride = settings.pop("kernel"), settings.pop("stride")
            make = pools[pooling](size, stride, **settings)
        elif layer["kind"] == "flatten":
            make = keras.layers.Flatten(**settings)
        elif layer["kind"] == "dense":
            make = keras.layers.Dense(**settings)
        else:
            raise ValueError(
                f"expected a layer of the kind conv, pool, flatten or dense; found "
                f"{layer['kind']!r} in {layer}."
            )
        x = make(x)
    return keras.Model(inputs, x)
