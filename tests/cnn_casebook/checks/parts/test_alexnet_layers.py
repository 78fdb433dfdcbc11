"""Whether AlexNet's layers are read as the paper counts them, and a wrong size finds its cause."""

import keras
import numpy as np
import pytest
from keras import layers

from cnn_casebook.checks.parts.alexnet_layers import (
    NAMES,
    Layer,
    entering_fc6,
    kernel_shapes,
    read_layers,
    require_layers,
)
from cnn_casebook.checks.parts.verdict import CheckFailed
from cnn_casebook.models.graph import flatten

ARGUMENTS = ((227, 227, 3), 1000, 2, 1 / 8)


def test_what_enters_fc6():
    assert entering_fc6((67, 99, 3), 32) == 2 * 32


def test_halves_written_as_two_convolutions_are_one_layer_with_the_bias_of_both():
    x = images = keras.Input((9, 9, 2))
    for number in range(5):
        halves = keras.ops.split(x, 2, axis=-1)
        makers = [layers.Conv2D(2, 2 + number % 2, bias_initializer="ones") for _ in halves]
        x = layers.Concatenate()([make(half) for make, half in zip(makers, halves, strict=True)])
        x = layers.ZeroPadding2D(1)(x)
    x = layers.Flatten()(x)
    for units in (7, 6, 5):
        x = layers.Dense(units)(x)
    found = read_layers(flatten(keras.Model(images, x)))
    assert [layer.name for layer in found] == list(NAMES)
    assert found[1].kernel.shape == (3, 3, 2, 4)
    assert np.array_equal(found[1].bias, np.ones(4))
    assert len(found[1].nodes) == 2
    assert found[6].text == "a dense layer from 7 to 6"


def test_a_convolution_too_few_is_counted():
    x = images = keras.Input((9, 9, 2))
    x = layers.Dense(3)(layers.Flatten()(layers.Conv2D(4, 3)(x)))
    with pytest.raises(CheckFailed, match=r"has 1 convolutions and 1 dense layers.*5 and 3"):
        read_layers(flatten(keras.Model(images, x)))


@pytest.mark.parametrize("as_convolution", [False, True])
@pytest.mark.parametrize(
    ("convolutions", "dense", "names"),
    [
        (5, 3, NAMES),
        (4, 3, ("conv1", "conv2", "conv3", "conv5", "fc6", "fc7", "fc8")),
        (6, 2, ("conv1", "conv2", "conv3", "conv4", "conv4.1", "conv5", "fc6", "fc8")),
        (30, 2, None),
        (3, 4, ("conv1", "conv2", "conv5", "fc6", "fc7", "fc7.1", "fc8")),
    ],
)
def test_the_layers_of_another_depth_have_names(convolutions, dense, names, as_convolution):
    x = images = keras.Input((9, 9, 2))
    for _ in range(convolutions):
        x = layers.Conv2D(4, 3, padding="same")(x)
    x = layers.Conv2D(7, 9)(x) if as_convolution else layers.Flatten()(x)
    for units in range(dense - as_convolution):
        x = layers.Dense(3 + units)(x)
    graph = flatten(keras.Model(images, x))
    found = [layer.name for layer in read_layers(graph, exact=False)]
    assert found == list(names or found)
    assert len(set(found)) == convolutions + dense
    if names != NAMES:
        with pytest.raises(CheckFailed, match=f"{convolutions} convolutions and {dense} dense"):
            read_layers(graph)


def found_layers(**changed: tuple) -> list[Layer]:
    """The layers of the right sizes, but for the kernels at some names."""
    shapes = dict(zip(NAMES, kernel_shapes(*ARGUMENTS), strict=True)) | changed
    return [Layer(name, [], np.empty(shape), np.empty(0)) for name, shape in shapes.items()]


def test_the_right_sizes_pass():
    require_layers(found_layers(), *ARGUMENTS)


def test_what_enters_fc6_may_be_left_to_another_check():
    require_layers(found_layers(fc6=(32 * 49, 512)), *ARGUMENTS, entering=False)
    with pytest.raises(CheckFailed, match=r"fc6 .* at the number of filters"):
        require_layers(found_layers(fc6=(32 * 49, 256)), *ARGUMENTS, entering=False)


@pytest.mark.parametrize(
    ("name", "shape", "text"),
    [
        ("conv1", (7, 7, 3, 12), "expected 11x11 convolution.* Look at the kernel size"),
        ("conv5", (3, 3, 24, 48), "expected 3x3 convolution, 32 filters.* at the number of"),
        ("conv2", (5, 5, 12, 32), "groups are ignored here"),
        ("conv3", (3, 3, 16, 48), "There are two groups here"),
        ("conv4", (3, 3, 5, 48), "Look at its groups, and at which tensor enters it"),
        ("fc6", (32 * 49, 512), "dense layer from 1,568 to 512; expected a dense .* at Flatten"),
        ("fc7", (32, 512), "Look at which tensor enters this layer"),
        ("fc8", (512, 124), "classes are not"),
    ],
)
def test_another_size_is_said_with_its_likely_cause(name, shape, text):
    with pytest.raises(CheckFailed, match=rf"^{name} \(groups=2, width=0.125\) is .*{text}"):
        require_layers(found_layers(**{name: shape}), *ARGUMENTS)
