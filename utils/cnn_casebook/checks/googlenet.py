"""Checks of GoogLeNet: two models that share a trunk, nine modules, two heads, exact counts.

The trunk is cut at its concatenations into a stem, nine modules and a tail, and each piece is
compared on its own, so that a message can name the place. The modules themselves and the heads
have checks of their own.
"""

import itertools
import math
import os
import tempfile
from dataclasses import dataclass

import keras
import numpy as np
from keras import ops

from cnn_casebook.checks.auxiliary import HEAD_UNITS
from cnn_casebook.checks.inception import HINTS
from cnn_casebook.checks.parts.dropout import require_dropout
from cnn_casebook.checks.parts.modes import require_plain_relus, require_trainable
from cnn_casebook.checks.parts.oddities import oddities
from cnn_casebook.checks.parts.trunk import (
    cut_at_modules,
    expected_kernels,
    require_between,
    require_stem,
    require_tail,
)
from cnn_casebook.checks.parts.verdict import call, check, equal, require, require_equal
from cnn_casebook.checks.parts.weights import (
    kernels,
    ordered,
    randomise,
    require_own_weights,
    scale_scores,
    transplant,
    wake_relus,
)
from cnn_casebook.models.graph import Graph, describe, flatten
from cnn_casebook.models.inception_table import MODULES

INFERENCE_PARAMETERS, TRAINING_PARAMETERS = 6_998_552, 13_378_280  # at full size, 1000 classes
HEAD_ON_4A, HEAD_ON_4D = 3_188_840, 3_190_888
MAIN_DROPOUT = 0.4  # Szegedy et al. 2014, arXiv 1409.4842, table 1

_HINTS = (
    (
        "`pool_size=[5 5]`",
        "the pooling window of auxiliary_head is larger than what leaves 4a of a small image. Clip "
        "it: (min(5, height), min(5, width)).",
    ),
    *HINTS,
)


@dataclass(frozen=True)
class Network:
    """A learner's GoogLeNet: both models, their graphs, and the trunk of the training model."""

    training: keras.Model
    inference: keras.Model
    graph: Graph
    alone: Graph
    trunk: Graph


def _models(googlenet, *args, ordered=False, **kwargs) -> tuple[keras.Model, keras.Model]:
    """Build the training model and the inference model.

    Args:
        googlenet: The learner's function.
        args: Its arguments.
        ordered: Whether the training model has to come first. Otherwise the models are told apart
            by their outputs, so that one exchange costs one point.
        kwargs: Its keyword arguments.
    """
    __tracebackhide__ = True
    pair = call(googlenet, *args, hints=_HINTS, **kwargs)
    is_pair = isinstance(pair, tuple | list) and len(pair) == 2
    require(
        is_pair and all(isinstance(model, keras.Model) for model in pair),
        "googlenet should return two Keras models (training model, inference model), found "
        f"{', '.join(map(describe, pair)) if is_pair else describe(pair)}.",
    )
    exchanged = [len(model.outputs) for model in pair] == [1, 3]
    return tuple(pair[::-1] if exchanged and not ordered else pair)


def _network(googlenet, shape: tuple, classes: int, width: float, ordered=False) -> Network:
    """Build both models and require the shapes of their inputs and outputs."""
    __tracebackhide__ = True
    training, inference = _models(googlenet, shape, classes, ordered=ordered, width=width)
    graph, alone = flatten(training), flatten(inference)
    found = [len(graph.outputs), len(alone.outputs)]
    cause = "The inference model comes first; exchange the two." if found == [1, 3] else ""
    require(
        found == [3, 1],
        f"the two models have {found[0]} and {found[1]} outputs; expected 3 (main, "
        f"head on 4a, head on 4d) and 1. {cause}",
    )
    for model, name in ((graph, "training"), (alone, "inference")):
        shapes = [wire.shape for wire in model.outputs]
        require(
            all(found == (None, classes) for found in shapes),
            f"the outputs of the {name} model have the shapes {shapes}; expected (None, {classes}) "
            "for each.",
        )
        require(
            model.inputs[0].shape[1:] == tuple(shape),
            f"the {name} model takes images of shape {model.inputs[0].shape[1:]}; expected "
            f"{shape}.",
        )
    # The main output is the one with most layers before it, wherever it stands among the three.
    main = max(graph.outputs, key=lambda wire: len(graph.ancestors(wire)))
    trunk = Graph(graph.inputs, [main], graph.ancestors(main))
    return Network(training, inference, graph, alone, trunk)


@check
def googlenet_models(googlenet, *, rng) -> None:
    """Two models, with three outputs and one; probabilities, for other sizes and widths too."""
    __tracebackhide__ = True
    for shape, classes, width in (((64, 48, 3), 7, 0.1), ((28, 28, 1), 10, 0.03)):
        net = _network(googlenet, shape, classes, width, ordered=True)
        randomise(net.graph, rng)
        images = rng.uniform(0, 1, (2, *shape)).astype("float32")
        for name, output in zip(
            ("main output", "head on 4a", "head on 4d"), net.graph.run(images), strict=True
        ):
            sums = output.sum(axis=1)
            require(
                bool(np.all(output >= 0) and np.all(np.abs(sums - 1) < 1e-3)),
                f"the {name} gives no probabilities: they should be 0 or more and sum to 1, as "
                "behind a softmax over the classes.",
            )


@check
def googlenet_shared(googlenet, *, rng) -> None:
    """The inference model is the trunk of the training model: the same weights, the same values."""
    __tracebackhide__ = True
    shape = (48, 32, 3)
    net = _network(googlenet, shape, 5, 0.1)
    own = kernels(ordered(net.trunk))
    alone = kernels(ordered(net.alone))
    same = len(own) == len(alone) and all(
        np.array_equal(a.kernel, b.kernel) for a, b in zip(own, alone, strict=True)
    )
    if not same and [k.kernel.shape for k in own] == [k.kernel.shape for k in alone]:
        require(
            False,
            "the two models have different weights: training one would not change the other. "
            "Build the layers once, and make both models from the same tensors.",
        )
    require(
        same,
        f"the inference model has {len(alone)} layers with weights, and the way from the images to "
        f"the main output of the training model has {len(own)}; expected the same layers.",
    )
    randomise(net.trunk, rng)
    randomise(net.alone, rng)
    transplant(net.trunk, net.alone)
    images = rng.uniform(0, 1, (2, *shape)).astype("float32")
    require_equal(
        "with equal weights, the inference model's output",
        net.alone.run(images),
        net.trunk.run(images),
        hint="Make it from the tensors of the training model: keras.Model(images, main).",
    )


@check
def googlenet_table(googlenet, *, rng) -> None:
    """Stem, nine modules and classifier have the widths of the table, scaled and rounded."""
    __tracebackhide__ = True
    for shape, classes, width in (((32, 32, 3), 6, 0.1), ((32, 32, 1), 4, 0.02)):
        net = _network(googlenet, shape, classes, width)
        require_own_weights(net.graph)
        pieces = cut_at_modules(net.trunk).pieces
        for name, expected in expected_kernels(shape[2], classes, width).items():
            shapes = [k.kernel.shape for k in kernels(pieces[name])]
            if len(shapes[0] if shapes else ()) == 4 and name == "the classifier":
                shapes = [s[2:] for s in shapes]  # a 1x1 convolution on the pooled image
            found, wanted = sorted(shapes), sorted(expected)
            require(
                found == wanted,
                f"with width={width}, {name} has kernels {found}; expected {wanted}. "
                + _width_cause(found, wanted, shape[2], classes, width, name),
            )
    require_trainable(net.graph, "googlenet")
    require_plain_relus(net.graph, "googlenet")


def _width_cause(found, expected, channels: int, classes: int, width: float, name: str) -> str:
    """Why the kernels of a piece have other shapes; nothing where they have the right ones."""
    if found == expected:
        return ""
    if found == sorted(expected_kernels(channels, classes, 1.0)[name]):
        return "The width is not used."
    if len(found) != len(expected):
        return f"There are {len(found)} layers with weights here; expected {len(expected)}."
    if name == "the classifier":
        if found[0][1] != classes:
            return "The number of classes is never scaled."
        return "The classifier reads one number per channel, their mean over the image."
    if found == sorted(expected_kernels(channels, classes, width, _cut)[name]):
        return (
            "Each filter count is max(1, round(filters * width)); int() cuts instead of rounding."
        )
    close = all(
        len(a) == len(b)
        and a[:2] == b[:2]
        and all(abs(i - j) <= 6 for i, j in zip(a, b, strict=True))
        for a, b in zip(found, expected, strict=True)
    )
    if close:
        return "Each filter count is max(1, round(filters * width))."
    return "Compare windows, filters and the order of the arguments with the table."


def _cut(filters: int, width: float) -> int:
    """A number of filters that is not rounded but cut."""
    return max(1, int(filters * width))


# What a number of parameters says, other than the right one.
_INFERENCE_CAUSES = {
    TRAINING_PARAMETERS: "It carries the heads, which inference does not need.",
    INFERENCE_PARAMETERS + HEAD_ON_4A: "It carries the head on 4a, which inference does not need.",
    INFERENCE_PARAMETERS + HEAD_ON_4D: "It carries the head on 4d, which inference does not need.",
}
_TRAINING_CAUSES = {
    INFERENCE_PARAMETERS: "The heads are missing.",
    INFERENCE_PARAMETERS + HEAD_ON_4A: "The head on 4d is missing.",
    INFERENCE_PARAMETERS + HEAD_ON_4D: "The head on 4a is missing.",
    TRAINING_PARAMETERS - 2_048: "Both heads are attached to 4a.",
    TRAINING_PARAMETERS + INFERENCE_PARAMETERS: "It holds the trunk twice.",
}


@check
def googlenet_counts(googlenet, *, rng) -> None:
    """At full size: 6,998,552 parameters for inference, 13,378,280 in training."""
    __tracebackhide__ = True
    training, inference = _models(googlenet)
    heads = TRAINING_PARAMETERS - INFERENCE_PARAMETERS
    for name, model, count, causes in (
        ("inference", inference, INFERENCE_PARAMETERS, _INFERENCE_CAUSES),
        ("training", training, TRAINING_PARAMETERS, _TRAINING_CAUSES),
    ):
        found = model.count_params()
        more = "more" if found > count else "fewer"
        pixel = 128 * 1024  # weights of a head's dense layer for each pixel that it reads
        cause = causes.get(found, "")
        if any(isinstance(layer, keras.layers.BatchNormalization) for layer in model.layers):
            cause = "There is a batch norm; this GoogLeNet has none."
        if not cause and name == "training" and (found - count) % pixel == 0:
            cause = (
                "The heads read maps of another size than 14 x 14: a stride or a pooling differs."
            )
        require(
            found == count,
            f"the {name} model of googlenet() has {found:,} parameters, {abs(found - count):,} "
            f"{more} than the expected {count:,}. (The two heads hold {heads:,} together.) {cause}",
        )


@check
def googlenet_steps(googlenet, *, rng) -> None:
    """With random weights: the stem, the poolings between the modules, and the end, by steps."""
    __tracebackhide__ = True
    shape = (64, 96, 3)
    net = _network(googlenet, shape, 5, 0.2)
    cut = cut_at_modules(net.trunk)
    randomise(net.trunk, rng)
    images = rng.uniform(0, 1, (4, *shape)).astype("float32")
    watched = net.trunk.run(images, watch=[*cut.entries, *cut.exits, *net.trunk.outputs])
    entries, exits, output = watched[: len(MODULES)], watched[len(MODULES) : -1], watched[-1]
    stem = Graph(net.trunk.inputs, entries[:1], cut.pieces["the stem"])
    hint = oddities(stem, "MaxPooling2D", "MaxPool", norms=False)
    require_stem(kernels(stem.nodes), images, entries[0], hint)
    for (before, after), left, entered in zip(
        itertools.pairwise(MODULES), exits[:-1], entries[1:], strict=True
    ):
        require_between(before, after, left, entered)
    classifier = kernels(cut.pieces["the classifier"])
    require_tail(classifier, exits[-1], output)
    where = "the global average pooling and the dense layer"
    require_dropout(net.trunk, classifier[0].node, images, MAIN_DROPOUT, where)


@check
def googlenet_heads(googlenet, *, rng) -> None:
    """The heads sit on 4a and 4d; with the trunk blocked above 4d, they still move the stem."""
    __tracebackhide__ = True
    import tensorflow as tf

    shape = (64, 64, 3)
    net = _network(googlenet, shape, 5, 0.1)
    graph, trunk, cut = net.graph, net.trunk, cut_at_modules(net.trunk)
    place = graph.outputs.index(trunk.outputs[0])
    require(
        place == 0,
        f"the main output is number {place + 1} of the training model's outputs. It comes first, "
        "then the head on 4a, then the head on 4d.",
    )
    inside = set(trunk.nodes)
    names = list(MODULES)
    for output, place, ordinal in zip(
        graph.outputs[1:], ("4a", "4d"), ("second", "third"), strict=True
    ):
        own = [node for node in graph.ancestors(output) if node not in inside]
        reads = {
            wire
            for node in own
            for wire in node.inputs
            if wire in graph.inputs or graph.maker[wire] in inside
        }
        where = [names[cut.exits.index(w)] if w in cut.exits else "another place" for w in reads]
        expected = cut.exits[names.index(place)]
        require(
            reads == {expected},
            f"the training model's {ordinal} output should be a head on the output of {place}; it "
            f"reads {' and '.join(where) or 'nothing of the trunk'}.",
        )
        require(
            len(kernels(own)) == 3,
            f"the head on {place} has {len(kernels(own))} layers with weights; expected 3, as in "
            "auxiliary_head.",
        )
    randomise(graph, rng)
    images = rng.uniform(0, 1, (4, *shape)).astype("float32")
    ends = [kernels(graph.ancestors(wire))[-1] for wire in graph.outputs]
    wake_relus(graph)
    scale_scores(graph, images, *ends)
    above = trunk.readers(cut.exits[names.index("4d")])
    block = {wire: tf.stop_gradient for node in above for wire in node.outputs}
    stem = kernels(trunk.nodes)[0].node.operation.kernel
    sizes = []
    for wire in graph.outputs:
        kept = {}

        def keep(tensor, kept=kept):
            kept["loss"] = -ops.mean(ops.log(tensor[:, 0] + 1e-7))
            return tensor

        with tf.GradientTape() as tape:
            graph.run(images, watch=[], replace={**block, wire: keep})
        gradient = tape.gradient(kept["loss"], stem.value)
        sizes.append(0.0 if gradient is None else float(ops.max(ops.abs(gradient))))
    require(
        sizes[0] == 0.0,
        "with the trunk blocked above 4d, the main output still reaches the stem: part of the "
        "network goes around the modules.",
    )
    for size, place in zip(sizes[1:], ("4a", "4d"), strict=True):
        require(
            size > 0.0,
            f"no gradient reaches the stem from the head on {place}; a head trains the trunk's own "
            "layers below it.",
        )


@check
def googlenet_export(googlenet, *, rng) -> None:
    """Saved and loaded again, the inference model has no weights of the heads, and works."""
    __tracebackhide__ = True
    shape, classes, width = (32, 32, 3), 4, 0.1
    net = _network(googlenet, shape, classes, width)
    randomise(net.alone, rng)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "inference.keras")
        net.inference.save(path)
        loaded = keras.models.load_model(path)
    found = loaded.count_params()
    used = sum(
        math.prod(variable.shape)
        for layer in {node.operation for node in net.alone.nodes if node.has_weights}
        for variable in layer.weights
    )
    require(
        found == used,
        f"the saved inference model holds {found:,} parameters, and {used:,} of them are used on "
        "the way to its output. It carries the heads. Make it from the tensors: "
        "keras.Model(images, main).",
    )
    most = max(kernels(net.alone.nodes), key=lambda k: k.kernel.shape[-1]).kernel.shape[-1]
    require(
        most < HEAD_UNITS,
        f"the inference model has a layer of {most:,} units, as the heads have; its one output is "
        "the main one.",
    )
    images = rng.uniform(0, 1, (2, *shape)).astype("float32")
    require(
        equal(loaded(images, training=False), net.alone.run(images)),
        "the saved and loaded inference model gives other results.",
    )
