"""Whether AlexNet's steps are the network, and each mistake is what a network computes with it."""

import keras
import numpy as np
import pytest
from keras import activations, layers, ops

from cnn_casebook.checks.parts.alexnet_layers import CONVOLUTIONS, NAMES, random_layers_and_images
from cnn_casebook.checks.parts.alexnet_steps import mistakes, require_order, steps
from cnn_casebook.checks.parts.mistakes import OTHER_NONLINEARITIES
from cnn_casebook.checks.parts.steps import DoesNotFit, computed, run
from cnn_casebook.checks.parts.verdict import CheckFailed, equal
from cnn_casebook.models.graph import flatten
from cnn_casebook.models.grouped import split_groups

SHAPE = (195, 211, 3)
OUTPUTS = dict(zip(NAMES, (4, 8, 12, 12, 8, 20, 16, 5), strict=True))
RELUS = dict.fromkeys(CONVOLUTIONS, "conv relu") | dict.fromkeys(("fc6", "fc7"), "dense relu")
# What stands in each layer, as words; `MADE` makes them.
ORDER = RELUS | {
    "conv1": "conv relu lrn pool",
    "conv2": "conv relu lrn pool",
    "conv5": "conv relu pool",
    "fc8": "dense softmax",
}
SETTINGS = {
    "conv1": {"kernel_size": 11, "strides": 4},
    "conv2": {"kernel_size": 5, "padding": "same"},
    "conv3": {"kernel_size": 3, "padding": "same"},
    "conv4": {"kernel_size": 3, "padding": "same"},
    "conv5": {"kernel_size": 3, "padding": "same"},
}


def by_a_band(x, alpha=1e-4, radius=2):
    """Local response normalisation as a matrix product, for symbolic tensors and for others."""
    channels, offsets = x.shape[-1], range(-radius, radius + 1)
    band = sum(np.eye(channels, k=offset, dtype="float32") for offset in offsets)
    return x / (2 + alpha * ops.matmul(x * x, band)) ** 0.75


def in_halves(x):
    return ops.concatenate([by_a_band(half) for half in ops.split(x, 2, axis=-1)], axis=-1)


def pooled(size=3, stride=2, padding="valid", make=layers.MaxPooling2D):
    return lambda x: make(size, stride, padding)(x)


MADE = {"relu": ops.relu, "lrn": by_a_band, "pool": pooled(), "softmax": ops.softmax}


def network(order=None, made=None, settings=None, shape=SHAPE) -> keras.Model:
    """A narrow AlexNet of Keras layers.

    Args:
        order: Words that stand in some layers instead of those in `ORDER`.
        made: Functions for words, instead of those in `MADE`.
        settings: Settings of some convolutions, besides those in `SETTINGS`.
        shape: (height, width, channels).
    """
    made = MADE | (made or {})
    x = images = keras.Input(shape)
    for name, words in (ORDER | (order or {})).items():
        for word in words.split():
            if word == "conv":
                chosen = SETTINGS[name] | (settings or {}).get(name, {})
                x = layers.Conv2D(OUTPUTS[name], **chosen)(x)
            elif word == "dense":
                x = layers.Dense(OUTPUTS[name])(layers.Flatten()(x))
            else:
                x = made[word](x)
    return keras.Model(images, x)


def computed_by(model: keras.Model, seed=0) -> tuple:
    """What a network makes of random images; the images; its layers."""
    graph = flatten(model)
    found_layers, images = random_layers_and_images(
        graph, model.input_shape[1:], np.random.default_rng(seed)
    )
    return split_groups(graph).run(images), images, found_layers


GROUPS = {name: {"groups": 2} for name in ("conv2", "conv4", "conv5")}


@pytest.mark.parametrize("settings", [{}, GROUPS], ids=["whole", "in two halves"])
def test_the_steps_of_a_right_network_are_the_network(settings):
    found, images, found_layers = computed_by(network(settings=settings))
    assert equal(found, run(steps(found_layers), images))
    require_order(found, images, found_layers, by_a_band)


VALID = {"padding": "valid"}
# Each sentence, and how to make the network that it speaks of.
MISTAKEN = {
    "the softmax at the end is missing.": {"order": {"fc8": "dense"}},
    "the last nonlinearity is a sigmoid; expected softmax.": {"made": {"softmax": ops.sigmoid}},
    "softmax is applied twice.": {"order": {"fc8": "dense softmax softmax"}},
    "a ReLU stands before the softmax: negative scores are lost.": {
        "order": {"fc8": "dense relu softmax"}
    },
    "the softmax runs over the images of the batch; it should run over the classes, the last "
    "axis.": {"made": {"softmax": lambda scores: ops.softmax(scores, axis=0)}},
    "each half of the channels is normalised on its own; the normalisation runs over all "
    "channels, whatever the groups.": {"made": {"lrn": in_halves}},
    "the normalisation has a depth_radius of 5. The paper's n = 5 counts all channels of the "
    "window: two to each side, the default.": {"made": {"lrn": lambda x: by_a_band(x, radius=5)}},
    "local response normalisation is missing or unused; it follows conv1 and conv2.": {
        "order": {"conv1": "conv relu pool", "conv2": "conv relu pool"}
    },
    "the normalisation after conv1 is missing or unused.": {"order": {"conv1": "conv relu pool"}},
    "the normalisation after conv2 is missing or unused.": {"order": {"conv2": "conv relu pool"}},
    "every convolution is normalised; in AlexNet only conv1 and conv2 are.": {
        "order": {
            "conv3": "conv relu lrn",
            "conv4": "conv relu lrn",
            "conv5": "conv relu lrn pool",
        }
    },
    "the normalisation stands after the pooling layer; the order is convolution, ReLU, "
    "normalisation, pooling.": {
        "order": {"conv1": "conv relu pool lrn", "conv2": "conv relu pool lrn"}
    },
    "the normalisation stands before ReLU; the order is convolution, ReLU, normalisation, "
    "pooling.": {"order": {"conv1": "conv lrn relu pool", "conv2": "conv lrn relu pool"}},
    "the pooling layers take means; AlexNet takes maxima.": {
        "made": {"pool": pooled(make=layers.AveragePooling2D)}
    },
    "the pooling layers have windows of 2x2; AlexNet's overlap: 3x3 with stride 2.": {
        "made": {"pool": pooled(size=2)}
    },
    "the pooling layers do not overlap: windows of 3x3 with stride 3. The stride is 2.": {
        "made": {"pool": pooled(stride=3)}
    },
    'the pooling layers are padded; use padding="valid".': {
        "made": {"pool": pooled(padding="same")}
    },
    "a pooling layer stands after every convolution.": {
        "order": {"conv3": "conv relu pool", "conv4": "conv relu pool"},
        "shape": (291, 291, 3),
    },
    'conv1 is padded; it has padding="valid".': {"settings": {"conv1": {"padding": "same"}}},
    **{
        f'{name} is not padded; it has padding="same".': {"settings": {name: VALID}}
        for name in CONVOLUTIONS[1:]
    },
    **{
        f"{name} has stride 2; expected 1.": {"settings": {name: {"strides": 2}}}
        for name in CONVOLUTIONS[1:]
    },
    'conv3, conv4 and conv5 are not padded; they have padding="same".': {
        "settings": {"conv3": VALID, "conv4": VALID, "conv5": VALID}
    },
    'only valid padding is used; conv2 to conv5 have padding="same".': {
        "settings": dict.fromkeys(CONVOLUTIONS, VALID)
    },
    "the ReLUs after the convolutions are missing.": {
        "order": {name: ORDER[name].replace(" relu", "") for name in CONVOLUTIONS}
    },
    "the ReLUs after fc6 and fc7 are missing.": {"order": {"fc6": "dense", "fc7": "dense"}},
    "there is no ReLU anywhere.": {"made": {"relu": lambda x: x}},
}
for place in ("conv1", "conv2", "conv5"):
    after = f"the pooling layer after {place}"
    MISTAKEN[f"{after} is missing or unused."] = {
        "order": {place: ORDER[place].removesuffix(" pool")}
    }
    wrong_poolings = {
        "takes means; AlexNet takes maxima.": pooled(make=layers.AveragePooling2D),
        "has a window of 2x2; AlexNet's overlap: 3x3 with stride 2.": pooled(size=2),
        "has stride 1; expected 2.": pooled(stride=1),
        "has stride 3; expected 2.": pooled(stride=3),
        'is padded; use padding="valid".': pooled(padding="same"),
    }
    for words, wrong in wrong_poolings.items():
        MISTAKEN[f"{after} {words}"] = {
            "made": {"wrong": wrong},
            "order": {place: ORDER[place].replace("pool", "wrong")},
        }
for stride in (1, 2, 3, 5):
    text = f"conv1 has stride {stride}; expected 4."
    MISTAKEN[text] = {"settings": {"conv1": {"strides": stride}}}
for zeros in (1, 2):
    text = (
        f"the image is padded before conv1, by {zeros} on each side; conv1 has "
        'padding="valid", and 227 becomes 55.'
    )
    MISTAKEN[text] = {
        "made": {"zeros": layers.ZeroPadding2D(zeros)},
        "order": {"conv1": f"zeros {ORDER['conv1']}"},
    }
for place in NAMES[:7]:
    text = f"the ReLU after {place} is missing (or its result is never used)."
    MISTAKEN[text] = {"order": {place: ORDER[place].replace(" relu", "")}}
for word in OTHER_NONLINEARITIES:
    text = f"the nonlinearity is {word}; AlexNet uses ReLU."
    MISTAKEN[text] = {"made": {"relu": getattr(activations, word)}}


@pytest.mark.parametrize("text", MISTAKEN)
def test_each_mistake_is_what_a_network_computes_that_makes_it(text):
    found, images, found_layers = computed_by(network(**MISTAKEN[text]))
    right = steps(found_layers)
    assert equal(found, run(dict(mistakes(right))[text], images))
    assert not equal(found, computed(right, images)())


def test_all_mistakes_are_tried_and_differ_from_each_other():
    found, images, found_layers = computed_by(network())
    listed = list(mistakes(steps(found_layers)))
    assert sorted(text for text, _ in listed) == sorted(MISTAKEN)
    results = {"right": found}
    for text, edit in listed:
        try:
            result = run(edit, images)
        except DoesNotFit:
            continue
        alike = [other for other in results if equal(result, results[other])]
        assert not alike, text
        results[text] = result
    assert len(results) > 25


@pytest.mark.parametrize(
    "text",
    [
        "the normalisation after conv2 is missing or unused.",
        "the pooling layer after conv5 is missing or unused.",
        "conv1 has stride 5; expected 4.",
    ],
)
def test_a_mistake_is_named(text):
    found, images, found_layers = computed_by(network(**MISTAKEN[text]))
    with pytest.raises(CheckFailed) as failure:
        require_order(found, images, found_layers, by_a_band)
    assert str(failure.value) == text


def test_what_does_not_fit_is_said_with_step_and_shape():
    made = {"pool": lambda x: pooled()(x) if x.shape[1] > 11 else layers.GlobalMaxPooling2D()(x)}
    found, images, found_layers = computed_by(network(made=made))
    with pytest.raises(CheckFailed) as failure:
        require_order(found, images, found_layers, by_a_band)
    assert str(failure.value) == (
        "the output of alexnet: fc6 cannot read what reaches it, 5 x 5 x 8. fc6 reads 8 numbers; "
        "expected 200 for an image of (195, 211, 3). Here: 195x211 -> Conv2D(11x11, strides=4, "
        "valid) -> 47x51 -> MaxPooling2D(3x3, strides=2, valid) -> 23x25 -> MaxPooling2D(3x3, "
        "strides=2, valid) -> 11x12 -> GlobalMaxPooling2D -> 8. Look at strides and paddings, and "
        "at the three pooling layers."
    )


def too_weak(x):
    return by_a_band(x, alpha=1e-4 / 5)


def test_a_wrong_normalisation_of_the_learner_costs_nothing():
    found, images, found_layers = computed_by(network(made={"lrn": too_weak}))
    require_order(found, images, found_layers, too_weak)
    with pytest.raises(CheckFailed, match="is not what the definition gives"):
        require_order(found, images, found_layers, by_a_band)


def test_a_mistake_behind_a_wrong_normalisation_is_named():
    model = network({"conv4": "conv"}, made={"lrn": too_weak})
    with pytest.raises(CheckFailed, match="the ReLU after conv4 is missing"):
        require_order(*computed_by(model), too_weak)


def test_a_normalisation_that_works_only_when_looked_at_makes_no_network_right():
    found, images, found_layers = computed_by(network(made={"lrn": lambda x: 0.0 * x}))
    calls = []

    def dead_in_the_end(x):
        calls.append(len(calls))
        return x if len(calls) <= 2 else 0.0 * x

    with pytest.raises(CheckFailed):
        require_order(found, images, found_layers, dead_in_the_end)


def test_a_right_network_needs_no_normalisation_of_the_learner():
    def never(x):
        raise AssertionError("it was called")

    require_order(*computed_by(network()), never)
