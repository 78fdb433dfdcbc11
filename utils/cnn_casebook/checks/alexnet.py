"""Checks of AlexNet: local response normalisation, layers, order of steps, dropout, two halves.

The network is built narrow, an eighth of its width, and compared with its steps, run here on its
own weights; the full-size counts follow from the narrow network's shapes. Grouped convolutions are
run as plain ones, so that a learner may write them either way.
"""

import keras
import numpy as np

from cnn_casebook.checks.parts.alexnet_layers import (
    NAMES,
    Layer,
    count_layers,
    kernel_shapes,
    layer_names,
    random_layers_and_images,
    read_layers,
    require_layers,
)
from cnn_casebook.checks.parts.alexnet_steps import require_order
from cnn_casebook.checks.parts.local_response_norm import lrn, lrn_mistakes, lrn_steps
from cnn_casebook.checks.parts.modes import (
    require_free_mode,
    require_plain_relus,
    require_trainable,
)
from cnn_casebook.checks.parts.steps import computed, require_steps
from cnn_casebook.checks.parts.verdict import (
    build,
    build_model,
    call,
    check,
    equal,
    require,
    require_arrays_kept,
    require_equal,
)
from cnn_casebook.checks.parts.weights import is_norm, randomise, require_own_weights
from cnn_casebook.experiments import influence
from cnn_casebook.models.graph import Graph, describe
from cnn_casebook.models.grouped import split_groups
from cnn_casebook.models.networks import scaled

NARROW = 1 / 8  # of the full width; all channel counts stay whole and even
FULL_SHAPE = (227, 227, 3)
# Parameters of each layer and in all, by groups; the course's facts.
PARAMETERS = {
    2: (34_944, 307_456, 885_120, 663_936, 442_624, 37_752_832, 16_781_312, 4_097_000),
    1: (34_944, 614_656, 885_120, 1_327_488, 884_992, 37_752_832, 16_781_312, 4_097_000),
}
TOTALS = {2: 60_965_224, 1: 62_378_344}


def _activations(rng: np.random.Generator, channels: int, batch: int = 2) -> np.ndarray:
    """Values of such a size that every part of the normalisation's formula counts."""
    return rng.normal(0, 90, (batch, 4, 5, channels)).astype("float32")


def _normalised(local_response_norm, x: np.ndarray, **settings) -> np.ndarray:
    __tracebackhide__ = True
    found = call(local_response_norm, x.copy(), **settings)
    require(
        found is not None and hasattr(found, "shape"),
        f"local_response_norm returns {describe(found)}; expected an array or a tensor.",
    )
    return keras.ops.convert_to_numpy(found)


def _require_formula(local_response_norm, x: np.ndarray, **settings) -> None:
    __tracebackhide__ = True
    words = ", ".join(f"{name}={value:.3g}" for name, value in settings.items()) or "the defaults"
    require_steps(
        f"the output of local_response_norm with {words}",
        _normalised(local_response_norm, x, **settings),
        x,
        lrn_steps(**settings),
        mistakes=lambda right: lrn_mistakes(**settings),
    )


@check
def lrn_formula(local_response_norm, *, rng) -> None:
    """The formula of the paper on arrays, with the defaults and with other k, alpha and beta."""
    __tracebackhide__ = True
    _require_formula(local_response_norm, _activations(rng, 9))
    for _ in range(2):
        settings = {"k": rng.uniform(1.2, 1.8), "alpha": rng.uniform(2e-4, 9e-4), "beta": 0.6}
        _require_formula(local_response_norm, _activations(rng, 11), **settings)
    require_arrays_kept(local_response_norm, _activations(rng, 9))


@check
def lrn_symbolic(local_response_norm, *, rng) -> None:
    """On symbolic tensors, as layers pass them on: same shape, same values."""
    __tracebackhide__ = True
    _, graph = build(local_response_norm, (4, 5, 9))
    found = graph.outputs[0].shape[1:]
    require(found == (4, 5, 9), f"the shape (4, 5, 9) becomes {found}; expected the same.")
    x = _activations(rng, 9)
    right = _normalised(local_response_norm, x)
    require(not equal(right, x), "x comes back unchanged; expected it to be normalised.")
    require_equal(
        "the output for a symbolic tensor, compared with that for an array,",
        graph.run(x),
        right,
        lrn(x),
        mistakes=((text, computed(edit, x)) for text, edit in lrn_mistakes()),
    )


@check
def lrn_tensorflow(local_response_norm, *, rng) -> None:
    """Equal to tf.nn.local_response_normalization with other radii, one larger than the depth."""
    __tracebackhide__ = True
    import tensorflow as tf

    for depth_radius, channels in ((1, 7), (3, 12), (5, 4), (0, 5)):
        k, alpha, beta = rng.uniform(1, 3), rng.uniform(1e-4, 1e-3), rng.uniform(0.4, 1)
        settings = {"k": k, "alpha": alpha, "beta": beta}
        x = _activations(rng, channels)
        expected = tf.nn.local_response_normalization(
            x, depth_radius, bias=k, alpha=alpha, beta=beta
        )
        wrong = {"depth_radius is fixed; use the argument.": lrn_steps(**settings)}
        mistakes = (*wrong.items(), *lrn_mistakes(depth_radius, **settings))
        require_equal(
            f"the output with depth_radius={depth_radius} on {channels} channels",
            _normalised(local_response_norm, x, depth_radius=depth_radius, **settings),
            np.asarray(expected),
            mistakes=((text, computed(edit, x)) for text, edit in mistakes),
        )


_HINTS = (
    (
        "Negative dimension size",
        "a window does not fit any more. Look at strides and paddings: 227 becomes 55, 27, 27, "
        "13, 13, 13, 13, 6.",
    ),
    ("empty output", "a window does not fit any more. Look at strides and paddings."),
)


def _built(alexnet, *args, **kwargs) -> Graph:
    __tracebackhide__ = True
    _, graph = build_model(alexnet, *args, hints=_HINTS, **kwargs)
    require_own_weights(graph)
    return graph


@check
def alexnet_layers(alexnet, *, rng) -> None:
    """Five convolutions and three dense layers of the right sizes, without groups."""
    __tracebackhide__ = True
    graph = _built(alexnet, input_shape=FULL_SHAPE, classes=1000, groups=1, width=NARROW)
    _require_ends(graph, FULL_SHAPE, 1000)
    require_layers(read_layers(graph), FULL_SHAPE, 1000, 1, NARROW, entering=False)
    require_trainable(graph, "alexnet")
    require_plain_relus(graph, "alexnet")


def _require_ends(graph: Graph, input_shape: tuple, classes: int) -> None:
    __tracebackhide__ = True
    require(
        len(graph.inputs) == 1 and graph.inputs[0].shape[1:] == input_shape,
        f"the model takes {graph.inputs[0].shape[1:]}; expected {input_shape}, the argument "
        "input_shape.",
    )
    found = graph.outputs[0].shape[1:]
    require(
        found == (classes,),
        f"the output has shape {found}; expected ({classes},), a probability for each class."
        + (" Flatten comes before the dense layers." if len(found) == 3 else ""),
    )


def _require_order(alexnet, local_response_norm, input_shape, rng, **settings) -> None:
    """Compare a network with the steps of AlexNet, given its own weights."""
    __tracebackhide__ = True
    graph = _built(alexnet, input_shape=input_shape, **settings)
    _require_ends(graph, input_shape, settings["classes"])
    layers, images = random_layers_and_images(graph, input_shape, rng)
    hint = ""
    if any(map(is_norm, graph.nodes)):
        hint = (
            "There is a batch norm, which AlexNet does not have; it has your local_response_norm."
        )
    found = split_groups(graph).run(images)
    require_order(found, images, layers, local_response_norm, hint)


@check
def alexnet_order(alexnet, local_response_norm, *, rng) -> None:
    """With random weights, the output is that of the layers in the paper's order."""
    __tracebackhide__ = True
    _require_order(
        alexnet, local_response_norm, FULL_SHAPE, rng, classes=1000, groups=1, width=NARROW
    )


@check
def alexnet_dropout(alexnet, *, rng) -> None:
    """Dropout of one half after fc6 and after fc7, in training mode only, and nowhere else."""
    __tracebackhide__ = True
    graph = _built(alexnet, input_shape=FULL_SHAPE, classes=1000, groups=1, width=NARROW)
    require_free_mode(graph)
    layers, images = random_layers_and_images(graph, FULL_SHAPE, rng)
    graph = split_groups(graph)
    dense = [layer for layer in layers if layer.name.startswith("fc")]
    entering = [layer.nodes[0].inputs[0] for layer in dense]
    last = graph.outputs[0]
    calm = graph.run(images, watch=[*entering, last])
    (before,) = graph.run(images, training=True, watch=entering[:1])
    require(
        equal(before, calm[0]),
        "in training mode something changes before fc6. Dropout stands after fc6 and after fc7.",
    )
    held = {}
    spare = len(dense) - 3  # hidden layers more than the paper's lose their point elsewhere
    for layer, wire, values in zip(dense, entering[1:], calm[1:], strict=False):
        (noisy,) = graph.run(images, training=True, watch=[wire], replace=held)
        if spare > 0 and equal(noisy, values):
            spare -= 1
        else:
            _require_half_dropped(noisy, values, layer.name)
        held[wire] = lambda _, values=values: values
    end = graph.run(images, training=True, watch=[last], replace=held)[0]
    require(
        equal(end, calm[-1]),
        "in training mode something changes after fc8. Dropout stands after fc6 and after fc7.",
    )


def _require_half_dropped(noisy: np.ndarray, calm: np.ndarray, name: str) -> None:
    """Require that half of the positive values became 0, and the others twice as large."""
    __tracebackhide__ = True
    require(
        not equal(noisy, calm),
        f"in training mode nothing is dropped after {name}; expected layers.Dropout(0.5).",
    )
    positive = calm > 1e-6 * np.max(calm, initial=0.0)
    dropped = float(np.mean(noisy[positive] == 0)) if np.any(positive) else 0.0
    require(
        0.35 < dropped < 0.65,
        f"after {name} training drops {dropped:.0%} of the values; expected about half of them.",
    )
    kept = positive & (noisy != 0)
    require(
        equal(noisy[kept], 2 * calm[kept]),
        f"after {name} the values that training keeps are not doubled; use layers.Dropout(0.5).",
    )


@check
def alexnet_counts(alexnet, *, rng) -> None:
    """With and without groups, every layer has the paper's number of parameters at full width.

    The network is built at an eighth of its width, with all other arguments left at their
    defaults; its shapes are multiplied by eight.
    """
    __tracebackhide__ = True
    for groups, counts in PARAMETERS.items():
        chosen = {} if groups == 2 else {"groups": groups}
        graph = _built(alexnet, width=NARROW, **chosen)
        _require_ends(graph, FULL_SHAPE, 1000)
        layers = read_layers(graph)
        require_layers(layers, FULL_SHAPE, 1000, groups, NARROW)
        total = 0
        for layer, expected in zip(layers, counts, strict=True):
            *window, fan_in, fan_out = layer.kernel.shape
            fan_in *= 1 if layer.name == "conv1" else 8
            fan_out *= 1 if layer.name == "fc8" else 8
            found = int(np.prod(window, initial=1)) * fan_in * fan_out
            found += fan_out * _biases(layer)
            require(
                found == expected,
                f"{layer.name} (groups={groups}) has {found:,} parameters at full width; expected "
                f"{expected:,}. There is a bias for each output.",
            )
            total += found
        own = sum(
            int(np.prod(v.shape))
            for node in graph.nodes
            if node.has_weights
            for v in node.operation.trainable_weights
        )
        narrow = sum(layer.kernel.size + len(layer.bias) for layer in layers)
        require(
            own == narrow and total == TOTALS[groups],
            f"besides the eight layers there are {own - narrow:,} further weights; expected none. "
            "AlexNet has no batch norm.",
        )


def _biases(layer: Layer) -> bool:
    return all(node.operation.use_bias for node in layer.nodes)


@check
def alexnet_halves(alexnet, *, rng) -> None:
    """With two groups, conv2, conv4 and conv5 see their own half, conv3 both; with one, all."""
    __tracebackhide__ = True
    for groups in (2, 1):
        settings = {"input_shape": FULL_SHAPE, "classes": 1000, "groups": groups}
        model, graph = build_model(alexnet, **settings, width=NARROW, hints=_HINTS)
        convolutions, dense = count_layers(graph)
        require(
            convolutions >= 3,
            f"the network has {convolutions} convolutions and {dense} dense layers; expected 5 "
            "and 3.",
        )
        # Of another number, which has lost its point elsewhere, those between have no names.
        names = layer_names(convolutions, dense)[1:convolutions]
        named = NAMES[1:5] if convolutions == 5 else (names[0], names[-1])
        randomise(graph, rng)
        images = rng.normal(0, 1, (1, *FULL_SHAPE)).astype("float32")
        seen = influence.on_channels(model, images, parts=2)
        for name, matrix in zip(names, seen, strict=False):
            split = groups == 2 and name != "conv3"
            if name in named:
                _require_sight(name, matrix, split, groups)


def _require_sight(name: str, matrix: np.ndarray, split: bool, groups: int) -> None:
    """Require that halves see each other or not.

    Channels in the middle are left out: a normalisation reaches two channels across the border.
    """
    __tracebackhide__ = True
    middle = len(matrix) // 2
    first, second = matrix[: middle - 2], matrix[middle + 2 :]
    own = first[:, 0], second[:, 1]
    other = first[:, 1], second[:, 0]
    if split:
        require(
            not any(np.any(part) for part in other),
            f"with groups=2 one half of {name} sees the other half of the channels before it; "
            "expected that it does not.",
        )
    else:
        require(
            all(np.mean(part) > 0.3 for part in other),
            f"with groups={groups} the halves of {name} do not see each other; expected that "
            f"{'conv3' if groups == 2 else 'every layer'} sees all channels.",
        )
    require(
        all(np.mean(part) > 0.3 for part in own),
        f"with groups={groups} a half of {name} does not see its own half of the channels "
        "before it. Each half reads its own part.",
    )


@check
def alexnet_sizes(alexnet, local_response_norm, *, rng) -> None:
    """Other image sizes, classes, groups and widths give the same formula."""
    __tracebackhide__ = True
    for shape, classes, groups, width in (
        # 4096 times these is just above and just below where the rounding changes.
        ((115, 131, 2), 7, 2, 0.09986),
        ((99, 67, 1), 10, 1, 0.015867),
    ):
        settings = {"classes": classes, "groups": groups, "width": width}
        _require_order(alexnet, local_response_norm, shape, rng, **settings)
        settings["input_shape"] = shape
        found, narrow = (
            [layer.kernel.shape[-1] for layer in read_layers(_built(alexnet, **chosen), False)]
            for chosen in (settings, {**settings, "width": NARROW})
        )
        # Other counts than the paper's have lost their point elsewhere; here width alone counts.
        expected = [*(scaled(8 * outputs, width) for outputs in narrow[:-1]), classes]
        if len(found) == len(NAMES):
            paper = [kernel[-1] for kernel in kernel_shapes(shape, classes, groups, width)]
        else:
            paper = expected
        require(
            found == expected,
            f"with width={width:.5g} the layers have {found} outputs; expected {paper}. Use "
            "networks.scaled(number, width): an even number, at least 2. The last are the classes.",
        )
