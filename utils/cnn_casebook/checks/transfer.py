"""Checks of transfer learning: a new head on a frozen backbone, then unfreezing."""

import keras
import numpy as np
from keras import layers

from cnn_casebook.checks.parts.modes import require_calm
from cnn_casebook.checks.parts.refusals import require_refusal
from cnn_casebook.checks.parts.training import (
    compiled_anew,
    draw_batch,
    fit,
    moved_by_fit,
    norm_names,
    norm_statistics,
    rebuilt,
)
from cnn_casebook.checks.parts.transferred import require_transferred
from cnn_casebook.checks.parts.verdict import (
    build_model,
    call,
    check,
    equal,
    require,
)
from cnn_casebook.checks.parts.weights import randomise
from cnn_casebook.experiments.fingerprints import fingerprints, moved
from cnn_casebook.models.graph import describe, flatten

LOWEST_RATE, HIGHEST_RATE = 0.002, 0.1  # near 0.01, of an optimizer for a new head


def _backbone(rng: np.random.Generator) -> keras.Model:
    """Make a small residual backbone with random weights, and names that nobody can know."""
    letters = "".join(rng.choice(list("abcdefghijklmnop"), 4))
    width = int(rng.integers(6, 9))
    images = keras.Input((8, 8, int(rng.integers(1, 3))))

    def unit(x, name, kernel_size=3):
        x = layers.Conv2D(width, kernel_size, padding="same", name=f"{letters}_{name}_conv")(x)
        return layers.BatchNormalization(momentum=0.9, name=f"{letters}_{name}_norm")(x)

    def leaky(x, name):  # no unit can die, so that each layer has a gradient
        return layers.LeakyReLU(negative_slope=0.3, name=f"{letters}_{name}_act")(x)

    x = leaky(unit(images, "stem"), "stem")
    y = unit(leaky(unit(x, "first"), "first"), "second")
    x = leaky(layers.Add(name=f"{letters}_add")([y, unit(x, "side", 1)]), "add")
    x = leaky(unit(x, "last"), "last")
    features = layers.GlobalAveragePooling2D(name="features")(x)
    backbone = keras.Model(images, features, name=f"{letters}_backbone")
    randomise(flatten(backbone), rng)
    return backbone


def _transferred(transfer_model, rng, eager: bool = True) -> tuple[keras.Model, list[str]]:
    """Call the learner's function; return the rebuilt model and the names of the head's layers."""
    __tracebackhide__ = True
    backbone = _backbone(rng)
    old = {layer.name for layer in backbone.layers}
    model, graph = build_model(transfer_model, backbone, int(rng.integers(3, 6)))
    new = [node.name for node in graph.nodes if node.has_weights and node.name not in old]
    require(
        len(new) < len({node.name for node in graph.nodes if node.has_weights}),
        "no layer of the backbone is part of the model. Call the backbone on the input.",
    )
    return rebuilt(model, eager), new


@check
def transfer_head(transfer_model, *, rng) -> None:
    """The output is softmax(features . W + b) of one new dense layer."""
    __tracebackhide__ = True
    backbone, classes = _backbone(rng), int(rng.integers(3, 7))
    images = rng.normal(0.3, 1.0, (4, *backbone.input_shape[1:])).astype("float32")
    features = keras.ops.convert_to_numpy(backbone(images, training=False))
    _, graph = build_model(transfer_model, backbone, classes)
    require(
        graph.inputs[0].shape[1:] == images.shape[1:],
        f"the model takes {graph.inputs[0].shape[1:]}; expected the backbone's input, "
        f"{images.shape[1:]}.",
    )
    dense = [n.operation for n in graph.nodes if isinstance(n.operation, layers.Dense)]
    require(
        len(dense) == 1,
        f"expected one dense layer, the new head; found {len(dense)}.",
    )
    require(
        graph.outputs[0].shape == (None, classes),
        f"the output has shape {graph.outputs[0].shape}; expected (None, {classes}): a probability "
        "for each class.",
    )
    require_calm(graph.nodes, "transfer_model")
    kernel = np.asarray(dense[0].kernel)
    require(
        kernel.shape == (features.shape[1], classes),
        f"the head's weights have shape {kernel.shape}; expected {(features.shape[1], classes)}, "
        "from the features to the classes.",
    )
    kernel = rng.normal(0, 0.5, kernel.shape).astype("float32")
    dense[0].kernel.assign(kernel)
    bias = np.zeros(classes, "float32")
    if dense[0].use_bias:
        bias = rng.normal(0, 0.5, classes).astype("float32")
        dense[0].bias.assign(bias)
    require_transferred(graph, backbone, images, kernel, bias)


def _moved_in_backbone(transfer_model, rng) -> tuple[list[str], list[str]]:
    """Fit what the learner made; return the backbone's convolutions and all norms that moved."""
    __tracebackhide__ = True
    model, new = _transferred(transfer_model, rng)
    norms = norm_names(model)
    changed = moved_by_fit(compiled_anew(model), rng)
    convolutions = [name for name in changed if name not in (*new, *norms)]
    return convolutions, [name for name in changed if name in norms]


@check
def transfer_frozen(transfer_model, *, rng) -> None:
    """A real fit leaves the backbone's convolutions as they were, to the last bit."""
    __tracebackhide__ = True
    changed, _ = _moved_in_backbone(transfer_model, rng)
    require(
        not changed,
        f"after two epochs of fit, {len(changed)} convolutions of the backbone have other weights, "
        f"among them {changed[:3]}. Set trainable = False on the backbone that is part of the "
        "model, and not on a copy.",
    )


@check
def transfer_norms(transfer_model, *, rng) -> None:
    """A real fit leaves the backbone's batch norms as they were: gamma, beta and statistics."""
    __tracebackhide__ = True
    _, changed = _moved_in_backbone(transfer_model, rng)
    require(
        not changed,
        f"after two epochs of fit, {len(changed)} batch norms of the backbone have other gamma, "
        f"beta or statistics, among them {changed[:3]}. Freeze all layers of the backbone: a "
        "frozen batch norm runs in inference mode. (training=False in the call has no effect "
        "during fit.)",
    )


@check
def transfer_learns(transfer_model, *, rng) -> None:
    """Compiled as it is, the model learns, and its head moves."""
    __tracebackhide__ = True
    model, new = _transferred(transfer_model, rng, eager=False)
    require(bool(new), "the model has no layer of its own with weights: the new head is missing.")
    require(
        bool(model.trainable_weights),
        "nothing in the model is trainable: the head is frozen too. Freeze the backbone alone, "
        "with backbone.trainable = False.",
    )
    rate = float(model.optimizer.learning_rate)
    require(
        rate <= HIGHEST_RATE,
        f"the learning rate is {rate:g}; expected one near 0.01. A larger one throws the head from "
        "side to side.",
    )
    scheduled = isinstance(model.optimizer.get_config()["learning_rate"], dict)
    default = ", which Keras takes if none is given" if np.isclose(rate, 0.001) else ""
    require(
        scheduled or rate >= 0.99 * LOWEST_RATE,
        f"the learning rate is {rate:g}{default}; expected one near 0.01. A smaller one takes too "
        "long: the head begins with random weights.",
    )
    classes = model.output_shape[-1]
    images, _ = draw_batch(model, rng, count=96)
    labels = (np.arange(96) % classes).astype("int32")  # each class has a brightness of its own
    images = 0.3 * images + (labels - classes / 2).reshape(-1, 1, 1, 1).astype("float32")
    before = fingerprints(model)
    losses = fit(model, images, labels, batch_size=24, epochs=25).history["loss"]
    still = [name for name in new if name not in moved(before, fingerprints(model))]
    require(
        not still,
        f"after 25 epochs of fit the head ({', '.join(still)}) has the same weights as before: it "
        "is frozen, or the learning rate is 0.",
    )
    require(
        bool(np.all(np.isfinite(losses))) and losses[-1] < 0.97 * losses[0],
        f"in 25 epochs the training loss went from {losses[0]:.3g} to {losses[-1]:.3g} on classes "
        "that are easy to tell apart; expected it to fall. Look at the loss and at the learning "
        "rate in compile.",
    )


def _frozen_model(rng: np.random.Generator) -> tuple[keras.Model, keras.Model]:
    """Make what `transfer_model` makes, trained for a moment; return it and its backbone."""
    backbone = _backbone(rng)
    backbone.trainable = False
    images = keras.Input(backbone.input_shape[1:])
    features = backbone(images)
    outputs = layers.Dense(int(rng.integers(3, 6)), activation="softmax", name="new_head")(features)
    model = keras.Model(images, outputs)
    compiled_anew(model).fit(*draw_batch(model, rng), verbose=0)
    return model, backbone


def _unfrozen(unfreeze_from, model, layer_name: str, rate: float) -> keras.Model:
    """Call the learner's function; return the model that came back, rebuilt."""
    __tracebackhide__ = True
    result = call(
        unfreeze_from,
        model,
        layer_name,
        rate,
        hints=[
            (
                "No such layer",
                "the layer belongs to the backbone, and the backbone is one layer of the model: "
                "look for the name in backbone.layers.",
            )
        ],
    )
    require(
        isinstance(result, keras.Model),
        f"unfreeze_from should return the model; found {describe(result)}.",
    )
    flatten(result)
    require(
        result.input_shape == model.input_shape and result.output_shape == model.output_shape,
        f"unfreeze_from returned a model from {result.input_shape} to {result.output_shape}; "
        f"expected the given model, from {model.input_shape} to {model.output_shape}, and not its "
        "backbone.",
    )
    return rebuilt(result)


def _require_any_moved(backbone: keras.Model, first: str, changed: list[str]) -> None:
    """Require that a layer of the backbone with a kernel moved."""
    __tracebackhide__ = True
    require(
        any(layer.name in changed for layer in backbone.layers if hasattr(layer, "kernel")),
        f"unfrozen from {first!r} on, then two epochs of fit: no layer of the backbone moved. Set "
        "trainable = True on layers of the backbone that is part of the model, not of a copy. (On "
        "the model itself it has no effect: there it is True already.)",
    )


def _why_too_early(backbone: keras.Model, still: list[str]) -> str:
    """Why layers before the named one moved, where `still` should have and did not."""
    if still:
        return f"The named layer and all after it are to move, and of these stayed: {still}."
    norm = layers.BatchNormalization
    if all(layer.trainable for layer in backbone.layers if not isinstance(layer, norm)):
        return "They stay frozen; backbone.trainable = True unfreezes every layer."
    return "They stay frozen."


def _require_moved(backbone: keras.Model, first: str, changed: list[str]) -> None:
    """Require that the layers with kernels from `first` on moved, and nothing before."""
    __tracebackhide__ = True
    names = [layer.name for layer in backbone.layers]
    later = names[names.index(first) :]
    kernels = [layer.name for layer in backbone.layers if hasattr(layer, "kernel")]
    expected = [name for name in kernels if name in later]
    found = [name for name in names if name in changed]
    early = [name for name in found if name not in later and name in kernels]
    still = [name for name in expected if name not in found]
    asked = f"unfrozen from {first!r} on, then two epochs of fit:"
    _require_any_moved(backbone, first, changed)
    cause = _why_too_early(backbone, still)
    require(
        not early,
        f"{asked} layers before it moved too, such as {early[0] if early else ''!r}. {cause}",
    )
    if still == [first]:
        cause = "The named layer itself belongs to those that train."
    elif first not in still and len(still) == len(expected) - 1:
        cause = "Only the named layer trains; expected all after it as well."
    else:
        cause = "Expected the named layer and all after it, in the order of backbone.layers."
    require(not still, f"{asked} these layers did not move: {still}. {cause}")


@check
def unfreeze_moves(unfreeze_from, *, rng) -> None:
    """A real fit moves the named layer and those after it, and nothing before."""
    __tracebackhide__ = True
    model, backbone = _frozen_model(rng)
    kernels = [layer.name for layer in backbone.layers if hasattr(layer, "kernel")]
    first = kernels[int(rng.integers(1, 3))]
    received = _unfrozen(unfreeze_from, model, first, 0.02)
    _require_moved(backbone, first, moved_by_fit(received, rng))


@check
def unfreeze_norms(unfreeze_from, *, rng) -> None:
    """A real fit leaves the statistics of all batch norms as they were."""
    __tracebackhide__ = True
    model, backbone = _frozen_model(rng)
    first = next(layer.name for layer in backbone.layers[2:] if hasattr(layer, "kernel"))
    received = _unfrozen(unfreeze_from, model, first, 0.01)
    before = norm_statistics(received)
    _require_any_moved(backbone, first, moved_by_fit(received, rng))
    after = norm_statistics(received)
    changed = [path for path in before if not np.array_equal(before[path], after.get(path))]
    require(
        not changed,
        f"fine-tuning moved {len(changed)} batch-norm statistics, such as "
        f"{changed[0] if changed else ''}. An unfrozen batch norm counts in training mode: leave "
        "each BatchNormalization frozen, also after the named layer.",
    )


@check
def unfreeze_rate(unfreeze_from, *, rng) -> None:
    """The model is compiled anew, with the given learning rate."""
    __tracebackhide__ = True
    for _ in range(2):
        rate = float(f"{10 ** rng.uniform(-5, -3.3):.2e}")
        model, backbone = _frozen_model(rng)
        name = next(layer.name for layer in backbone.layers[4:] if hasattr(layer, "kernel"))
        received = _unfrozen(unfreeze_from, model, name, rate)
        found = float(received.optimizer.learning_rate)
        cause = "Pass learning_rate to the optimizer."
        if np.isclose(found, 0.01):
            cause = (
                "This is the rate at which the head was trained. Compile the model again: a model "
                "that was trained goes on with its old optimizer and its old list of weights."
            )
        elif any(np.isclose(found, default) for default in (1e-3, 1e-2)):
            cause = "This is an optimizer's default. Compile with one that gets learning_rate."
        require(
            bool(np.isclose(found, rate, rtol=1e-3)),
            f"expected a learning rate of {rate:g}; found {found:g}. {cause}",
        )


@check
def unfreeze_head(unfreeze_from, *, rng) -> None:
    """The call itself changes no weight, and the head goes on training."""
    __tracebackhide__ = True
    model, backbone = _frozen_model(rng)
    images, _ = draw_batch(model, rng)
    before = keras.ops.convert_to_numpy(model(images, training=False))
    name = next(layer.name for layer in backbone.layers[5:] if hasattr(layer, "kernel"))
    received = _unfrozen(unfreeze_from, model, name, 0.01)
    after = keras.ops.convert_to_numpy(received(images, training=False))
    require(
        equal(after, before),
        "the returned model predicts something else than the given one: weights were initialised "
        "again. Unfreeze the given model; do not build a new one.",
    )
    changed = moved_by_fit(received, rng)
    _require_any_moved(backbone, name, changed)
    require(
        "new_head" in changed,
        "the head does not move any more: it was frozen. It goes on training together with the "
        "unfrozen layers.",
    )


@check
def unfreeze_names(unfreeze_from, *, rng) -> None:
    """From the first layer on, from the last one on; a name that does not exist is refused."""
    __tracebackhide__ = True
    for place in (0, -1):
        model, backbone = _frozen_model(rng)
        first = [layer.name for layer in backbone.layers if hasattr(layer, "kernel")][place]
        received = _unfrozen(unfreeze_from, model, first, 0.02)
        _require_moved(backbone, first, moved_by_fit(received, rng))
    model, _ = _frozen_model(rng)
    require_refusal(
        "a layer name that the backbone does not have",
        "A slip in the name would otherwise leave everything frozen, without a word.",
        unfreeze_from,
        model,
        "stage9_conv",
        1e-3,
        promised=(ValueError,),
    )
