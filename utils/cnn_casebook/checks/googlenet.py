"""Checks of GoogLeNet: two models that share a trunk, nine modules, two heads, exact counts.

The trunk is cut at its concatenations into a stem, nine modules and a tail, and each piece is
compared on its own, so that a message can name the place. The modules themselves and the heads
have checks of their own.
"""

import functools
import math
import os
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import keras
import numpy as np
from keras import ops

from cnn_casebook.checks.auxiliary import HEAD_UNITS
from cnn_casebook.checks.inception import HINTS
from cnn_casebook.checks.parts.dropout import require_dropout
from cnn_casebook.checks.parts.verdict import call, check, equal, require, require_equal
from cnn_casebook.checks.parts.weights import (
    Kernel,
    kernels,
    ordered,
    randomise,
    require_own_weights,
    transplant,
)
from cnn_casebook.models.graph import Graph, Node, Wire, describe, flatten
from cnn_casebook.models.inception_table import MODULES, Widths

INFERENCE_PARAMETERS, TRAINING_PARAMETERS = 6_998_552, 13_378_280  # at full size, 1000 classes
HEAD_ON_4A, HEAD_ON_4D = 3_188_840, 3_190_888
MAIN_DROPOUT = 0.4  # Szegedy et al. 2014, arXiv 1409.4842, table 1
ACTIVATIONS = ("ReLU", "Relu", "Activation")


def scaled(filters: int, width: float) -> int:
    """Filters of a layer in a network of another width: rounded, at least 1."""
    return max(1, round(filters * width))


@dataclass(frozen=True)
class Network:
    """A learner's GoogLeNet: both models, their graphs, and the trunk of the training model."""

    training: keras.Model
    inference: keras.Model
    graph: Graph
    alone: Graph
    trunk: Graph


def _network(googlenet, shape: tuple, classes: int, width: float) -> Network:
    """Build both models and require the shapes of their inputs and outputs."""
    __tracebackhide__ = True
    pair = call(googlenet, shape, classes, width=width, hints=HINTS)
    is_pair = isinstance(pair, tuple | list) and len(pair) == 2
    require(
        is_pair and all(isinstance(model, keras.Model) for model in pair),
        "googlenet should return two Keras models (training model, inference model), found "
        + (f"{describe(pair)}." if not is_pair else f"{', '.join(map(describe, pair))}."),
    )
    training, inference = pair
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
    main = graph.outputs[:1]
    trunk = Graph(graph.inputs, main, graph.ancestors(*main))
    return Network(training, inference, graph, alone, trunk)


@check
def googlenet_models(googlenet, *, rng) -> None:
    """Two models, with three outputs and one; probabilities, for other sizes and widths too."""
    __tracebackhide__ = True
    for shape, classes, width in (((64, 48, 3), 7, 0.1), ((28, 28, 1), 10, 0.03)):
        net = _network(googlenet, shape, classes, width)
        randomise(net.graph, rng)
        images = rng.uniform(0, 1, (2, *shape)).astype("float32")
        for name, output in zip(
            ("main output", "head on 4a", "head on 4d"), net.graph.run(images), strict=True
        ):
            sums = output.sum(axis=1)
            require(
                bool(np.all(output >= 0) and np.all(np.abs(sums - 1) < 1e-3)),
                f"the {name} gives no probabilities: they should be 0 or more and sum to 1. Is the "
                "softmax missing?",
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
    )


@dataclass(frozen=True)
class Cut:
    """A trunk, cut at its modules: the wire that enters each, and the one that leaves it."""

    entries: list[Wire]
    exits: list[Wire]


def _cut(trunk: Graph) -> Cut:
    """Find the modules of a trunk by the concatenations that end them."""
    __tracebackhide__ = True

    def inner(node: Node) -> bool:  # a concatenation inside another one
        readers = trunk.readers(node.outputs[0])
        return bool(readers) and all(reader.kind == "Concatenate" for reader in readers)

    ends = [node for node in trunk.nodes if node.kind == "Concatenate" and not inner(node)]
    require(
        len(ends) == len(MODULES),
        f"on the way to the main output there are {len(ends)} concatenations; expected "
        f"{len(MODULES)}, one for each Inception module.",
    )
    entries, exits, known = [], [], set()
    for end in ends:
        nodes = [node for node in trunk.ancestors(end.outputs[0]) if node not in known]
        reads = Counter(wire for node in nodes for wire in set(node.inputs))
        entries.append(max(reads, key=lambda wire: (reads[wire], -wire.number)))
        wire = end.outputs[0]
        while len(readers := trunk.readers(wire)) == 1 and readers[0].kind in ACTIVATIONS:
            (wire,) = readers[0].outputs  # a ReLU for all branches at once
            nodes.append(readers[0])
        exits.append(wire)
        known.update(nodes)
    return Cut(entries, exits)


def _expected_kernels(channels: int, classes: int, width: float) -> dict[str, list[tuple]]:
    """Kernel shapes of the trunk: stem, modules, classifier."""

    def s(filters):
        return scaled(filters, width)

    found = {"the stem": [(7, 7, channels, s(64)), (1, 1, s(64), s(64)), (3, 3, s(64), s(192))]}
    before = s(192)
    for name, widths in MODULES.items():
        w = Widths(*map(s, widths))
        found[f"module {name}"] = [
            (1, 1, before, w.f1),
            (1, 1, before, w.f3_reduce),
            (3, 3, w.f3_reduce, w.f3),
            (1, 1, before, w.f5_reduce),
            (5, 5, w.f5_reduce, w.f5),
            (1, 1, before, w.pool_projection),
        ]
        before = w.f1 + w.f3 + w.f5 + w.pool_projection
    found["the classifier"] = [(before, classes)]
    return found


def _found_kernels(trunk: Graph, cut: Cut) -> dict[str, list[tuple]]:
    """Kernel shapes of a learner's trunk, by the same pieces."""
    pieces, known = {}, set()
    ends = {"the stem": cut.entries[0]}
    ends |= {f"module {name}": wire for name, wire in zip(MODULES, cut.exits, strict=True)}
    ends["the classifier"] = trunk.outputs[0]
    for name, wire in ends.items():
        nodes = [node for node in trunk.ancestors(wire) if node not in known]
        pieces[name] = [k.kernel.shape for k in kernels(nodes)]
        known.update(nodes)
    return pieces


@check
def googlenet_table(googlenet, *, rng) -> None:
    """Stem, nine modules and classifier have the widths of the table, scaled and rounded."""
    __tracebackhide__ = True
    for shape, classes, width in (((32, 32, 3), 6, 0.1), ((32, 32, 1), 4, 0.02)):
        net = _network(googlenet, shape, classes, width)
        require_own_weights(net.graph)
        found = _found_kernels(net.trunk, _cut(net.trunk))
        for name, expected in _expected_kernels(shape[2], classes, width).items():
            shapes = found[name]
            if len(shapes[0] if shapes else ()) == 4 and name == "the classifier":
                shapes = [s[2:] for s in shapes]  # a 1x1 convolution on the pooled image
            cause = ""
            if Counter(shapes) != Counter(expected):
                cause = _width_cause(
                    sorted(shapes), sorted(expected), shape[2], classes, width, name
                )
            require(
                Counter(shapes) == Counter(expected),
                f"with width={width}, {name} has kernels {sorted(shapes)}; expected "
                f"{sorted(expected)}. {cause}",
            )


def _width_cause(found, expected, channels, classes, width, name) -> str:
    if found == sorted(_expected_kernels(channels, classes, 1.0)[name]):
        return "The width is not used."
    if len(found) != len(expected):
        return f"There are {len(found)} layers with weights here; expected {len(expected)}."
    if name == "the classifier":
        if found[0][1] != classes:
            return "The number of classes is never scaled."
        return "The classifier reads one number per channel, their mean over the image."
    close = all(
        len(a) == len(b)
        and a[:2] == b[:2]
        and all(abs(i - j) <= 6 for i, j in zip(a, b, strict=True))
        for a, b in zip(found, expected, strict=True)
    )
    if close:
        return (
            "Each filter count is max(1, round(filters * width)); int() cuts instead of rounding."
        )
    return "Compare the row of the table with your arguments."


@check
def googlenet_counts(googlenet, *, rng) -> None:
    """At full size: 6,998,552 parameters for inference, 13,378,280 in training."""
    __tracebackhide__ = True
    pair = call(googlenet, hints=HINTS)
    require(
        isinstance(pair, tuple | list) and len(pair) == 2,
        f"googlenet() should return two models, found {describe(pair)}.",
    )
    expected = {"training": TRAINING_PARAMETERS, "inference": INFERENCE_PARAMETERS}
    heads = TRAINING_PARAMETERS - INFERENCE_PARAMETERS
    for (name, count), model in zip(reversed(expected.items()), reversed(pair), strict=True):
        require(
            isinstance(model, keras.Model),
            f"the {name} model is {describe(model)}; expected a Keras model.",
        )
        found = model.count_params()
        causes = {
            INFERENCE_PARAMETERS: "The heads are missing.",
            TRAINING_PARAMETERS: "It carries the heads, which inference does not need.",
            INFERENCE_PARAMETERS + HEAD_ON_4A: "The head on 4d is missing.",
            INFERENCE_PARAMETERS + HEAD_ON_4D: "The head on 4a is missing.",
            TRAINING_PARAMETERS - 2_048: "Both heads are attached to 4a.",
            TRAINING_PARAMETERS + INFERENCE_PARAMETERS: "It holds the trunk twice.",
        }
        more = "more" if found > count else "fewer"
        pixel = 128 * 1024  # weights of a head's dense layer for each pixel that it reads
        cause = causes.get(found, "")
        if not cause and name == "training" and (found - count) % pixel == 0:
            cause = (
                "The heads read maps of another size than 14 x 14: a stride or a pooling differs."
            )
        require(
            found == count,
            f"the {name} model of googlenet() has {found:,} parameters; expected {count:,}, "
            f"{abs(found - count):,} {more}. {cause} (The two heads hold "
            f"{heads:,} together.)",
        )


def _stem(
    images,
    weights: list[Kernel],
    pads: tuple = ("same", "same", "same"),
    strides: tuple = (2, 2, 2),
    skip: tuple = (),
    pool: Callable = ops.max_pool,
) -> np.ndarray:
    """What the stem computes: 7x7 stride 2, pool, 1x1, 3x3, pool.

    Args:
        images: float32 (batch, height, width, channels).
        weights: The three convolutions.
        pads: Padding of the first convolution and of the two poolings: "same", or "zeros" for as
            many zeros on each side.
        strides: Their strides; 0 leaves a pooling out.
        skip: Convolutions without a ReLU.
        pool: The pooling.
    """
    first, second, third = weights

    def relu(y, place):
        return y if place in skip else ops.relu(y)

    x, padding = ops.convert_to_tensor(images), pads[0]
    if padding == "zeros":
        x, padding = _padded(x, 3), "valid"
    x = relu(ops.conv(x, first.kernel, strides[0], padding) + first.bias, 0)
    x = _pooled(x, strides[1], pads[1], pool)
    x = relu(ops.conv(x, second.kernel, 1, "same") + second.bias, 1)
    x = relu(ops.conv(x, third.kernel, 1, "same") + third.bias, 2)
    return ops.convert_to_numpy(_pooled(x, strides[2], pads[2], pool))


def _padded(x, pixels: int):
    return ops.pad(x, [(0, 0), (pixels, pixels), (pixels, pixels), (0, 0)])


def _pooled(x, strides: int = 2, pad: str = "same", pool: Callable = ops.max_pool, size: int = 3):
    if not strides:
        return x
    if pad == "zeros":
        return pool(_padded(x, size // 2), size, strides, "valid")
    return pool(x, size, strides, pad)


def _pool_mistakes(x, expected: bool) -> Iterator[tuple[str, Callable]]:
    """What mistakes make of a volume between two modules."""
    if not expected:
        yield (
            "there is a max pooling where the table has none.",
            lambda: ops.convert_to_numpy(_pooled(x)),
        )
        return
    for text, keywords in (
        ("the max pooling is missing.", {"strides": 0}),
        ("the pooling takes the average; expected the maximum.", {"pool": ops.average_pool}),
        ("the pooling window is 2x2; expected 3x3.", {"size": 2}),
        ("the pooling has stride 1; expected 2.", {"strides": 1}),
        (
            "the pooling has stride 3, Keras's choice when none is given; expected 2.",
            {"strides": 3},
        ),
        ('the pooling cuts the border off; expected padding="same".', {"pad": "valid"}),
    ):
        yield text, lambda keywords=keywords: ops.convert_to_numpy(_pooled(x, **keywords))


@check
def googlenet_steps(googlenet, *, rng) -> None:
    """With random weights: the stem, the poolings between the modules, and the end, by formula."""
    __tracebackhide__ = True
    shape, classes = (64, 96, 3), 5
    net = _network(googlenet, shape, classes, 0.2)
    trunk, cut = net.trunk, _cut(net.trunk)
    randomise(trunk, rng)
    images = rng.uniform(0, 1, (4, *shape)).astype("float32")
    watched = trunk.run(images, watch=[*cut.entries, *cut.exits, *trunk.outputs])
    entries, exits, output = watched[:9], watched[9:18], watched[18]

    weights = kernels(trunk.ancestors(cut.entries[0]))
    require(
        [k.kernel.shape[:2] for k in weights] == [(7, 7), (1, 1), (3, 3)],
        f"in front of the first module there are {[k.text for k in weights]}; expected a 7x7, a "
        "1x1 and a 3x3 convolution.",
    )
    stem = functools.partial(_stem, images, weights)
    styles = [(a, b, b) for a in ("same", "zeros") for b in ("same", "zeros")]
    mistakes = []
    for style in styles:
        for text, keywords in (
            ("there is no ReLU after the 7x7 convolution of the stem.", {"skip": (0,)}),
            ("there is no ReLU after the 1x1 convolution of the stem.", {"skip": (1,)}),
            ("there is no ReLU after the 3x3 convolution of the stem.", {"skip": (2,)}),
            ("there is no ReLU in the stem.", {"skip": (0, 1, 2)}),
            ("the 7x7 convolution has stride 1; expected 2.", {"strides": (1, 2, 2)}),
            ("the first max pooling of the stem is missing.", {"strides": (2, 0, 2)}),
            ("the max pooling in front of 3a is missing.", {"strides": (2, 2, 0)}),
            ("the poolings of the stem have stride 1; expected 2.", {"strides": (2, 1, 1)}),
            (
                "the poolings of the stem have stride 3, Keras's choice; expected 2.",
                {"strides": (2, 3, 3)},
            ),
            ("the poolings of the stem take the average.", {"pool": ops.average_pool}),
        ):
            mistakes.append((text, functools.partial(stem, pads=style, **keywords)))
    for text, pads in (
        (
            'the 7x7 convolution cuts the border off; expected padding="same".',
            ("valid", "same", "same"),
        ),
        (
            'the poolings of the stem cut the border off; expected padding="same".',
            ("same", "valid", "valid"),
        ),
        ('the stem cuts borders off; expected padding="same".', ("valid", "valid", "valid")),
    ):
        mistakes.append((text, functools.partial(stem, pads=pads)))
    require_equal(
        "what enters module 3a",
        entries[0],
        *(stem(pads=style) for style in styles),
        mistakes=mistakes,
    )

    names = list(MODULES)
    for place in range(1, len(names)):
        pooled = names[place - 1] in ("3b", "4e")
        before, after = exits[place - 1], entries[place]
        rights = [before]
        if pooled:
            rights = [ops.convert_to_numpy(_pooled(before, pad=pad)) for pad in ("same", "zeros")]
        what = "max-pooled" if pooled else "as it is"
        require_equal(
            f"what enters module {names[place]} (the output of {names[place - 1]}, {what})",
            after,
            *rights,
            mistakes=[
                (f"between {names[place - 1]} and {names[place]} {text}", wrong)
                for text, wrong in _pool_mistakes(before, pooled)
            ],
        )
    _require_tail(trunk, cut, exits[-1], output, images)


def _require_tail(trunk, cut, features, output, images) -> None:
    """Require global average pooling, dropout of 40 %, a dense layer and softmax at the end."""
    __tracebackhide__ = True
    known = set(trunk.ancestors(cut.exits[-1]))
    last = kernels([node for node in trunk.nodes if node not in known])
    require(
        len(last) == 1 and last[0].kernel.shape[-2] == features.shape[-1],
        f"after module 5b there are {[k.text for k in last]}; expected one dense layer that reads "
        f"{features.shape[-1]} numbers, the mean of each channel over the image.",
    )
    kernel = last[0].kernel.reshape(last[0].kernel.shape[-2:])

    def scores(vectors, finish=ops.softmax):
        return ops.convert_to_numpy(finish(vectors @ kernel + last[0].bias))

    mean = features.mean((1, 2))
    require_equal(
        "the main output, given what module 5b makes,",
        output,
        scores(mean),
        mistakes=[
            ("the softmax at the end is missing.", scores(mean, lambda y: y)),
            ("the network ends in a sigmoid; expected a softmax.", scores(mean, ops.sigmoid)),
            (
                "the maximum over the image is taken after 5b; expected the mean.",
                scores(features.max((1, 2))),
            ),
            (
                "a ReLU follows the last dense layer.",
                scores(mean, lambda y: ops.softmax(ops.relu(y))),
            ),
        ],
    )
    require_dropout(
        trunk, last[0].node, images, MAIN_DROPOUT, "the global average pooling and the dense layer"
    )


@check
def googlenet_heads(googlenet, *, rng) -> None:
    """The heads sit on 4a and 4d; with the trunk blocked above 4d, they still move the stem."""
    __tracebackhide__ = True
    import tensorflow as tf

    shape = (64, 64, 3)
    net = _network(googlenet, shape, 5, 0.1)
    graph, trunk, cut = net.graph, net.trunk, _cut(net.trunk)
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
            f"no gradient reaches the stem from the head on {place}: is it cut off by "
            "stop_gradient, or is part of the trunk built twice?",
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
