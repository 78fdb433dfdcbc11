"""AlexNet as a list of steps, and the mistakes that it can have in their order."""

import functools
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from keras import ops

from cnn_casebook.checks.parts.alexnet_layers import Layer, entering_fc6
from cnn_casebook.checks.parts.local_response_norm import lrn
from cnn_casebook.checks.parts.mistakes import other_nonlinearities, unused_relu, wrong_end
from cnn_casebook.checks.parts.steps import (
    Mistakes,
    Step,
    Steps,
    changed,
    computed,
    conv,
    dense,
    edited,
    followed,
    last,
    places,
    pool,
    relu,
    require_steps,
    swapped,
    without,
)
from cnn_casebook.checks.parts.verdict import equal

NORMALISED = ("conv1", "conv2")
POOLED = ("conv1", "conv2", "conv5")


def steps(layers: list[Layer], normalise: Callable = lrn) -> Steps:
    """The steps of AlexNet in inference mode.

    Args:
        layers: The layers, eight or another number of them. A kernel that reads a half of the
            channels makes two groups.
        normalise: The local response normalisation of float32 (batch, height, width, channels).
    """
    found = []
    for layer in layers:
        if layer.name.startswith("fc"):
            found += [dense(layer.name, layer), relu(layer.name)]
            continue
        stride, padding = (4, "valid") if layer.name == "conv1" else (1, "same")
        found += [conv(layer.name, layer, stride, padding), relu(layer.name)]
        if layer.name in NORMALISED:
            found.append(Step("lrn", layer.name, normalise))
        if layer.name in POOLED:
            found.append(_pool(layer.name))
    return [*found[:-1], last()]


def _pool(place: str) -> Step:
    return pool(place, size=3, stride=2)


def mistakes(right: Steps) -> Mistakes:
    """The mistakes that an AlexNet can have in its order of steps."""
    yield from wrong_end(right, "the last nonlinearity is a sigmoid")
    yield from _wrong_normalisations(right)
    yield from _wrong_poolings(right)
    yield from _wrong_convolutions(right)
    for place in places(right, "relu"):
        yield unused_relu(place), without(right, "relu", place)
    convolutions = without(right, "relu", *places(right, "conv"))
    yield "the ReLUs after the convolutions are missing.", convolutions
    hidden = without(right, "relu", *places(right, "dense"))
    yield "the ReLUs after fc6 and fc7 are missing.", hidden
    yield "there is no ReLU anywhere.", without(right, "relu")
    yield from other_nonlinearities(right, "AlexNet uses ReLU")
    for place in POOLED:  # rarer mistakes come last, as each takes a run of the network
        yield from _wrong_pooling(right, place)


def _wrong_normalisations(right: Steps) -> Mistakes:
    yield (
        "local response normalisation is missing or unused; it follows conv1 and conv2.",
        without(right, "lrn"),
    )
    for place in NORMALISED:
        yield f"the normalisation after {place} is missing or unused.", without(right, "lrn", place)
    normalise = next(step for step in right if step.kind == "lrn")
    halves = edited(right, "lrn", edit=lambda step: [replace(step, run=_in_halves(step.run))])
    yield (
        "each half of the channels is normalised on its own; the normalisation runs over all "
        "channels, whatever the groups.",
        halves,
    )
    wide = edited(
        right, "lrn", edit=lambda step: [replace(step, run=functools.partial(lrn, depth_radius=5))]
    )
    yield (
        "the normalisation has a depth_radius of 5. The paper's n = 5 counts all channels of the "
        "window: two to each side, the default.",
        wide,
    )
    every = followed(
        right, "relu", *places(right, "conv")[2:], by=lambda place: replace(normalise, place=place)
    )
    yield "every convolution is normalised; in AlexNet only conv1 and conv2 are.", every
    yield (
        "the normalisation stands after the pooling layer; the order is convolution, ReLU, "
        "normalisation, pooling.",
        swapped(right, "lrn", "pool"),
    )
    yield (
        "the normalisation stands before ReLU; the order is convolution, ReLU, normalisation, "
        "pooling.",
        swapped(right, "relu", "lrn"),
    )


def _in_halves(normalise: Callable) -> Callable:
    def run(x):
        parts = [ops.convert_to_tensor(normalise(part)) for part in ops.split(x, 2, axis=-1)]
        return ops.concatenate(parts, axis=-1)

    return run


def _wrong_poolings(right: Steps) -> Mistakes:
    change = functools.partial(changed, right, "pool")
    yield "the pooling layers take means; AlexNet takes maxima.", change(by=ops.average_pool)
    yield (
        "the pooling layers have windows of 2x2; AlexNet's overlap: 3x3 with stride 2.",
        change(size=2),
    )
    yield (
        "the pooling layers do not overlap: windows of 3x3 with stride 3. The stride is 2.",
        change(stride=3),
    )
    yield 'the pooling layers are padded; use padding="valid".', change(padding="same")
    for place in POOLED:
        yield (
            f"the pooling layer after {place} is missing or unused.",
            without(right, "pool", place),
        )
    everywhere = followed(right, "relu", *places(right, "conv")[2:-1], by=_pool)
    yield "a pooling layer stands after every convolution.", everywhere


def _wrong_pooling(right: Steps, place: str) -> Mistakes:
    change = functools.partial(changed, right, "pool", place)
    yield (
        f"the pooling layer after {place} takes means; AlexNet takes maxima.",
        change(by=ops.average_pool),
    )
    yield (
        f"the pooling layer after {place} has a window of 2x2; AlexNet's overlap: 3x3 with "
        "stride 2.",
        change(size=2),
    )
    for stride in (1, 3):
        yield (
            f"the pooling layer after {place} has stride {stride}; expected 2.",
            change(stride=stride),
        )
    yield f'the pooling layer after {place} is padded; use padding="valid".', change(padding="same")


def _wrong_convolutions(right: Steps) -> Mistakes:
    change = functools.partial(changed, right, "conv")
    yield 'conv1 is padded; it has padding="valid".', change("conv1", padding="same")
    for zeros in (1, 2):
        yield (
            f"the image is padded before conv1, by {zeros} on each side; conv1 has "
            'padding="valid", and 227 becomes 55.',
            change("conv1", padding=zeros),
        )
    for place in places(right, "conv")[1:]:
        yield f'{place} is not padded; it has padding="same".', change(place, padding="valid")
        yield f"{place} has stride 2; expected 1.", change(place, stride=2)
    yield (
        'conv3, conv4 and conv5 are not padded; they have padding="same".',
        change(*places(right, "conv")[2:], padding="valid"),
    )
    yield (
        'only valid padding is used; conv2 to conv5 have padding="same".',
        change(padding="valid"),
    )
    for stride in (1, 2, 3, 5):
        yield f"conv1 has stride {stride}; expected 4.", change("conv1", stride=stride)


def require_order(
    found: np.ndarray,
    images: np.ndarray,
    layers: list[Layer],
    local_response_norm: Callable,
    hint: str = "",
) -> None:
    """Require that a network computed what the steps of AlexNet do.

    Where the learner's own normalisation is wrong, that costs no point here: it may stand in the
    place of the right one. Unless it lets nothing of an image through, so that a network behind it
    could be anything.

    Args:
        found: What the network made of the images, float32 (batch, classes).
        images: float32 (batch, height, width, channels), no two alike.
        layers: The network's layers.
        local_response_norm: The learner's normalisation.
        hint: What to look at where no mistake explains the difference.
    """
    __tracebackhide__ = True
    right, own = steps(layers), steps(layers, functools.partial(_run_learners, local_response_norm))
    expected = computed(right, images)()
    if equal(found, expected):
        return
    theirs = computed(own, images)()
    seen = not equal(theirs[:1], theirs[1:2])
    if seen and equal(found, theirs):
        return

    def all_mistakes(right: Steps) -> Mistakes:
        yield from mistakes(right)
        if seen and not equal(theirs, expected):
            yield from mistakes(own)

    named = {layer.name: layer.kernel.shape for layer in layers}
    read, channels = named["fc6"][0], named["conv5"][-1]
    shape = images.shape[1:]
    wanted, size = entering_fc6(shape, channels), ""
    if read != wanted:
        sizes = next(layer.sizes for layer in layers if layer.name == "fc6")
        size = (
            f"fc6 reads {read:,} numbers; expected {wanted:,} for an image of {shape}. Here: "
            f"{sizes}. "
        )
    require_steps(
        "the output of alexnet",
        found,
        images,
        right,
        mistakes=all_mistakes,
        hint=hint,
        advice=f"{size}Look at strides and paddings, and at the three pooling layers.",
    )


def _run_learners(local_response_norm: Callable, x) -> np.ndarray:
    """Run the learner's function on an array, as it may stand for one of another process."""
    return ops.convert_to_numpy(local_response_norm(ops.convert_to_numpy(x)))
