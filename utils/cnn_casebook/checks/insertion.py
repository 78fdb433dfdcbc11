"""Checks of blocks that change nothing when they are inserted, and of where that claim fails."""

import keras
import numpy as np
from keras import layers

from cnn_casebook.checks.parts.keras_words import ADDITION_ERRORS
from cnn_casebook.checks.parts.modes import (
    nonlinearity,
    require_calm,
    require_free_norms,
    require_trainable,
)
from cnn_casebook.checks.parts.sections import part, sections
from cnn_casebook.checks.parts.verdict import build_model, call, check, equal, require
from cnn_casebook.checks.parts.weights import (
    draw_values,
    kernels,
    norms,
    randomise,
    require_own_weights,
    scale_scores,
)
from cnn_casebook.models.graph import Graph, flatten, paths

_MEETING = (
    "an inserted block has to keep the shape of what it gets: as many filters as its input has "
    'channels, stride 1, padding="same".'
)
_DRAWS = 10  # of weights, before a path without a sign of a ReLU is taken for one that has none
_HINTS = tuple((said, _MEETING) for said in ADDITION_ERRORS)


def _network(shape, widths, classes, residual, rng) -> tuple[keras.Model, Graph]:
    """A small classifier with random weights; it ends with pooling and a dense layer."""
    x = inputs = keras.Input(shape)
    for place, width in enumerate(widths):
        y = layers.Conv2D(width, 3, strides=1 + (place == 1), padding="same", use_bias=False)(x)
        y = layers.BatchNormalization()(y)
        x = layers.ReLU()(y)
        if residual:
            y = layers.BatchNormalization()(layers.Conv2D(width, 3, padding="same")(x))
            x = layers.ReLU()(layers.Add()([x, y]))
    x = layers.GlobalAveragePooling2D()(x)
    model = keras.Model(inputs, layers.Dense(classes, activation="softmax")(x))
    graph = flatten(model)
    randomise(graph, rng)
    images = draw_values(rng, 6, *shape)
    scale_scores(graph, images, kernels(graph.nodes)[-1])
    return model, graph


@check
def insertion_unchanged(insert_identity_blocks, *, rng) -> None:
    """The predictions stay the same to the last digits."""
    __tracebackhide__ = True
    for count in (1, 3):
        _require_unchanged(insert_identity_blocks, (8, 6, 2), (4, 6), 5, False, count, rng)


def _require_unchanged(insert, shape, widths, classes, residual, count, rng) -> None:
    __tracebackhide__ = True
    model, old = _network(shape, widths, classes, residual, rng)
    _, new = build_model(insert, model, count, hints=_HINTS)
    images = draw_values(rng, 6, *shape)
    before, after = old.run(images), new.run(images)
    mistakes = []
    known = {_bytes(kernel.kernel) for kernel in kernels(new.nodes)}
    lost = [k.text for k in kernels(old.nodes) if _bytes(k.kernel) not in known]
    if lost:
        mistakes.append(
            f"the model's own weights are gone (first in its {lost[0]}). Reuse its layers, with "
            "model.input and the tensors between its layers; copies of layers start afresh."
        )
    inserted = _inserted(new, old)
    itself = [n for n in new.nodes if n.kind.lower() == "add" and len({*n.inputs}) < len(n.inputs)]
    if itself:
        mistakes.append("A new addition adds a tensor to itself. Add the input of the block.")
    elif not inserted:
        mistakes.append(
            "There is no new addition, so the blocks are plain: whatever their weights, a plain "
            "block does not pass its input on. Add the input to the main path's result."
        )
    for block in inserted:
        last = norms(paths(block).main)[-1:]
        if last and np.any(last[0].beta):
            mistakes.append("beta of a new block's last batch norm is not zero.")
        elif last and np.any(last[0].gamma) and np.any(_last_kernel(block)):
            mistakes.append(
                "gamma of a new block's last batch norm is not zero, so the block does something "
                'right away. Give that batch norm gamma_initializer="zeros".'
            )
    usual = "At first each block adds zeros, and every other layer is the model's own."
    cause = next(iter(mistakes), usual)
    require(
        equal(after, before),
        f"with count={count} inserted blocks the predictions change. {cause}",
    )
    require(
        bool(inserted) or count == 0,
        f"with count={count} the predictions stay, but there is no new addition: no residual block "
        "was inserted.",
    )


def _bytes(array: np.ndarray) -> bytes:
    """The array's bytes, to find it again among others."""
    return np.asarray(array).tobytes()


def _inserted(new: Graph, old: Graph) -> list[Graph]:
    """The blocks of a network that come after those of the network it was made from."""
    return sections(new).blocks[len(sections(old).blocks) :]


def _last_kernel(block: Graph) -> np.ndarray:
    return kernels(paths(block).main)[-1].kernel if kernels(paths(block).main) else np.zeros(1)


@check
def insertion_blocks(insert_identity_blocks, *, rng) -> None:
    """As many residual blocks as asked for, before the pooling, ready to learn."""
    __tracebackhide__ = True
    for count in (1, 2):
        model, old = _network((8, 6, 2), (4, 6), 5, False, rng)
        grown, new = build_model(insert_identity_blocks, model, count, hints=_HINTS)
        blocks = _inserted(new, old)
        cause = "A block adds once, and there are as many blocks as count says."
        if len(blocks) < count:
            cause = "Each block gets what the block before it returned, and adds once."
        require(
            len(blocks) == count,
            f"with count={count} there are {len(blocks)} new additions; expected {count}, one for "
            f"each block. {cause}",
        )
        require_own_weights(new)
        for number, block in enumerate(blocks):
            require(
                len(block.inputs[0].shape) == 4,
                f"inserted block {number + 1} stands behind the pooling; it belongs before it, "
                "where there are height and width.",
            )
            found = [kernel.text for kernel in kernels(paths(block).main)]
            require(
                len(found) >= 2,
                f"the main path of inserted block {number + 1} has {len(found)} convolutions; "
                "expected two or more.",
            )
            require_calm(block.nodes, f"inserted block {number + 1}")
            side = [kernel.text for kernel in kernels(paths(block).shortcut)]
            require(
                not side,
                f"inserted block {number + 1} has a {''.join(side[:1])} on its shortcut; "
                "expected its input itself.",
            )
        _require_alive(grown, blocks, rng)
        require_trainable(new, "the network with the inserted blocks")
        for number, block in enumerate(blocks):
            _require_nonlinear(block, number + 1, rng)
        require_free_norms(new)


def _require_nonlinear(block: Graph, number: int, rng) -> None:
    """Require that the main path is more than one convolution could be: a ReLU is in it."""
    __tracebackhide__ = True
    main = _between(block)
    # In a narrow block a ReLU may be off, or on, wherever it is: then others are drawn.
    require(
        not all(_adds_up(main, rng) for _ in range(_DRAWS)),
        f"the main path of inserted block {number} has no ReLU between its convolutions, so that "
        "they are worth no more than one.",
    )
    names = [name for node in main.nodes if (name := nonlinearity(node))]
    require(
        not names or "relu" in names,
        f"between the convolutions of inserted block {number} the nonlinearity is "
        f"{' and '.join(sorted(set(names)))}; expected ReLU.",
    )


def _between(block: Graph) -> Graph:
    """The main path from its first convolution to what the last one reads.

    All of the main path where convolutions lie side by side.
    """
    found = [kernel.node for kernel in kernels(paths(block).main)]
    start, end = found[0].inputs[0], found[-1].inputs[0]
    between = part(block, start, end)
    known = {start, *(wire for node in between.nodes for wire in node.outputs)}
    alone = all(known.issuperset(node.inputs) for node in between.nodes)
    if alone and found[0] in between.nodes:
        return between
    return part(block, block.inputs[0], paths(block).end)


def _adds_up(main: Graph, rng) -> bool:
    """Whether a path with random weights does to a sum what it does to each part of it."""
    randomise(main, rng)
    a, b = (5 * draw_values(rng, 2, 6, 6, main.inputs[0].shape[-1]) for _ in range(2))
    return equal(main.run(a) + main.run(b), main.run(a + b) + main.run(0 * a))


def _require_alive(model: keras.Model, blocks: list[Graph], rng) -> None:
    """Require that in each block a kernel or a gamma gets a gradient, so that it can be trained.

    Offsets do not count: a block in which only they can change adds a constant, no more.
    """
    __tracebackhide__ = True
    import tensorflow as tf

    model = keras.Model(model.inputs[0], model.outputs[0])
    images = draw_values(rng, 8, *model.input_shape[1:])
    labels = rng.integers(0, model.output_shape[-1], 8)
    groups = []
    for block in blocks:
        operations = {node.operation: None for node in block.nodes if node.has_weights}
        variables = [v for layer in operations for v in layer.trainable_variables]
        groups.append([v.value for v in variables if v.path.endswith(("kernel", "gamma"))])
    require(
        all(groups),
        "an inserted block has no trainable weights: it could never learn anything.",
    )
    with tf.GradientTape() as tape:
        loss = keras.losses.sparse_categorical_crossentropy(labels, model(images, training=True))
        mean = keras.ops.mean(loss)
    for number, gradients in enumerate(tape.gradient(mean, groups)):
        largest = max(float(np.abs(g).max()) if g is not None else 0.0 for g in gradients)
        require(
            largest > 1e-12,
            f"no gradient reaches a kernel or a gamma of inserted block {number + 1}: it does "
            "nothing now and will never do more than add a constant. Set only the last batch "
            "norm's gamma to zero.",
        )


@check
def insertion_elsewhere(insert_identity_blocks, *, rng) -> None:
    """Another network, with shortcuts of its own; none inserted; the model given stays as it is."""
    __tracebackhide__ = True
    for shape, widths, classes, count in (((9, 7, 1), (5, 3, 8), 3, 2), ((6, 6, 3), (4,), 4, 0)):
        _require_unchanged(insert_identity_blocks, shape, widths, classes, True, count, rng)
        model, old = _network(shape, widths, classes, True, rng)
        weights = [np.array(w) for w in model.get_weights()]
        _, new = build_model(insert_identity_blocks, model, count, hints=_HINTS)
        found = len(_inserted(new, old))
        require(found == count, f"with count={count} there are {found} new additions.")
        same = all(np.array_equal(a, b) for a, b in zip(weights, model.get_weights(), strict=True))
        require(same, "the weights of the model that was given have changed.")


# Where the claim fails


def _zero_block(channels: int) -> keras.Model:
    """A residual block whose main path is switched off by gamma = 0 in its last batch norm."""
    x = keras.Input((None, None, channels))
    y = layers.Conv2D(channels, 3, padding="same")(x)
    y = layers.ReLU()(layers.BatchNormalization()(y))
    y = layers.Conv2D(channels, 3, padding="same")(y)
    y = layers.BatchNormalization(gamma_initializer="zeros", name="last")(y)
    return keras.Model(x, layers.ReLU()(layers.Add()([y, x])))


def _require_changed(x: np.ndarray, beta: np.ndarray, message: str) -> None:
    """Require that a block which is switched off, with this beta, does not return x."""
    __tracebackhide__ = True
    block = _zero_block(x.shape[-1])
    block.get_layer("last").beta.assign(beta)
    require(not np.array_equal(np.asarray(block(x, training=False)), x), message)


def _counterexamples(counterexamples, channels: int) -> tuple[np.ndarray, np.ndarray]:
    __tracebackhide__ = True
    found = call(counterexamples, channels)
    require(
        isinstance(found, tuple | list) and len(found) == 2,
        "expected two arrays, x and beta: return x, beta.",
    )
    try:
        x, beta = (np.asarray(value, "float32") for value in found)
    except (TypeError, ValueError):
        require(False, "expected two arrays of numbers, x and beta.")
    require(
        bool(np.all(np.isfinite(x)) and np.all(np.isfinite(beta))),
        "x or beta holds values that are not finite.",
    )
    return x, beta


@check
def counterexample_input(counterexamples, *, rng) -> None:
    """With beta = 0, a block that is switched off does not return this x."""
    __tracebackhide__ = True
    for channels in (3, 5):
        x, _ = _counterexamples(counterexamples, channels)
        require(
            x.ndim == 4 and x.shape[-1] == channels and x.size > 0,
            f"x has shape {x.shape}; expected (batch, height, width, {channels}).",
        )
        _require_changed(
            x,
            np.zeros(channels, "float32"),
            "with gamma = 0 and beta = 0, the block returns exactly this x: relu(0 + x) = x as "
            "long as no value of x is negative.",
        )


@check
def counterexample_beta(counterexamples, *, rng) -> None:
    """With this beta, a block that is switched off changes even an x without negative values."""
    __tracebackhide__ = True
    for channels in (3, 5):
        _, beta = _counterexamples(counterexamples, channels)
        require(
            beta.shape == (channels,),
            f"beta has shape {beta.shape}; expected ({channels},), a number for each channel.",
        )
        _require_changed(
            rng.uniform(0.5, 2, (2, 4, 4, channels)).astype("float32"),
            beta,
            "with this beta the block still returns x: relu(0 + beta + x) = x if beta is zero.",
        )
