"""Checks of loading a downloaded network: verified, without code, its features, its input."""

import warnings
from pathlib import Path

import keras
import numpy as np
from keras import layers

from cnn_casebook.checks.parts.refusals import require_refusal
from cnn_casebook.checks.parts.repositories import (
    draw_name,
    prepared,
    with_manifest,
    workplace,
    write_manifest,
)
from cnn_casebook.checks.parts.verdict import (
    build_model,
    call,
    check,
    require,
    require_arrays_kept,
    require_equal,
)
from cnn_casebook.checks.parts.weights import randomise
from cnn_casebook.models.graph import describe, flatten

_NO_NETWORK = "accessible `.keras` zip file"  # what Keras says of a file that holds none


def _classifier(rng: np.random.Generator, deep_head: bool, with_code: bool = False) -> keras.Model:
    """Make a small classifier with a layer `features`, and random weights.

    Args:
        rng: Random numbers.
        deep_head: Whether two dense layers follow the features, not one.
        with_code: Whether a Lambda layer carries Python code; then the weights stay as they are.
    """
    side, width = int(rng.integers(7, 11)), int(rng.integers(5, 9))
    images = keras.Input((side, side, 1))
    x = layers.BatchNormalization()(layers.Conv2D(width, 3)(images))
    if with_code:
        x = layers.Lambda(lambda tensor: tensor)(x)
    x = layers.GlobalAveragePooling2D(name="features")(layers.LeakyReLU()(x))
    y = x
    if deep_head:
        y = layers.Dropout(0.5)(layers.Dense(7, activation="relu")(y))
    y = layers.Dense(width, activation="softmax", name="probabilities")(y)
    model = keras.Model(images, y)
    if not with_code:
        randomise(flatten(model), rng)
    return model


def _save_quietly(model: keras.Model, path: Path) -> None:
    """Save a model without the warning about NumPy that Keras causes itself."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "__array__ implementation", DeprecationWarning)
        model.save(path)


def _save_in_repository(
    model: keras.Model,
    folder: Path,
    rng: np.random.Generator,
    other: keras.Model | bytes | None = None,
) -> None:
    """Put a model into a repository with its manifest, and then perhaps another one in its place.

    Args:
        model: The model that the manifest is right for.
        folder: Where to make the repository.
        rng: Random numbers.
        other: What the weight file holds in the end, if not the model.
    """
    with prepared(folder) as made:
        name = f"weights/net{rng.integers(1000)}.keras"
        names = with_manifest(made, rng, {name: b""})
        _save_quietly(model, made / name)
        write_manifest(made, names)
        if isinstance(other, bytes):
            (made / name).write_bytes(other)
        elif other is not None:
            _save_quietly(other, made / name)


@check
def load_features(load_backbone, *, rng) -> None:
    """The loaded network gives what its layer `features` gives, whatever stood behind it."""
    __tracebackhide__ = True
    with workplace() as place:
        for deep_head in (False, True):
            folder = place / draw_name(rng)
            source = _classifier(rng, deep_head)
            _save_in_repository(source, folder, rng)
            _, graph = build_model(load_backbone, str(folder))
            images = rng.normal(0, 1, (3, *source.input_shape[1:])).astype("float32")
            features = keras.Model(source.input, source.get_layer("features").output)
            expected = keras.ops.convert_to_numpy(features(images, training=False))
            whole = keras.ops.convert_to_numpy(source(images, training=False))
            require(
                graph.inputs[0].shape[1:] == images.shape[1:],
                f"the backbone takes {graph.inputs[0].shape[1:]}; expected the images of the saved "
                f"network, {images.shape[1:]}.",
            )
            require_equal(
                "the output of the backbone",
                graph.run(images),
                expected,
                mistakes=[
                    (
                        "the old head is still on: the output is the class probabilities. End the "
                        'backbone at the layer named "features".',
                        whole,
                    ),
                    (
                        "the backbone ends at another layer than the one named "
                        '"features". Find it by its name: how many layers follow it can differ.',
                        _before_last(source, images),
                    ),
                    (
                        "the architecture is right, but the weights are those of a fresh network: "
                        "the saved weights were not loaded, or were initialised again.",
                        _fresh_like(graph, images, expected),
                    ),
                ],
            )


def _before_last(source: keras.Model, images: np.ndarray) -> np.ndarray:
    cut = keras.Model(source.input, source.layers[-2].output)
    return keras.ops.convert_to_numpy(cut(images, training=False))


def _fresh_like(graph, images: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """What the backbone itself gives if its batch norms were never trained; else nothing equal."""
    norms = [n.operation for n in graph.nodes if isinstance(n.operation, layers.BatchNormalization)]
    fresh = norms and not any(np.any(np.asarray(norm.moving_mean)) for norm in norms)
    return graph.run(images) if fresh else np.full_like(expected, np.nan)


def _require_refused(load_backbone, rng, what: str, cause: str, *saved: keras.Model) -> None:
    """Require that a right repository loads, and that one which holds these models is refused.

    Args:
        load_backbone: The learner's function.
        rng: Random numbers.
        what: What should be refused, for the message.
        cause: The likely cause if it is not.
        saved: The model, and perhaps the one that its weight file is exchanged for.
    """
    __tracebackhide__ = True
    with workplace() as place:
        right, refused = (place / draw_name(rng) for _ in range(2))
        _save_in_repository(_classifier(rng, deep_head=False), right, rng)
        call(load_backbone, str(right))
        _save_in_repository(saved[0], refused, rng, *saved[1:])
        require_refusal(what, cause, load_backbone, str(refused))


@check
def load_verified(load_backbone, *, rng) -> None:
    """A repository whose weight file was exchanged is refused before anything is loaded."""
    __tracebackhide__ = True
    _require_refused(
        load_backbone,
        rng,
        "the weight file was exchanged for another one, which loads without an error",
        "Call verify_files before you load.",
        _classifier(rng, deep_head=False),
        _classifier(rng, deep_head=False),
    )
    with workplace() as place:
        damaged = place / draw_name(rng)
        _save_in_repository(_classifier(rng, deep_head=False), damaged, rng, rng.bytes(300))
        try:
            call(load_backbone, str(damaged))
        except Exception as error:  # that it is refused is seen above; here by whom
            require(
                _NO_NETWORK not in str(error),
                "the weight file is damaged, and Keras was the first to notice: it was loaded, or "
                "tried to. Call verify_files before you load, not afterwards.",
            )


@check
def load_safe(load_backbone, *, rng) -> None:
    """A file that carries Python code, in a Lambda layer, is refused, right checksum or not."""
    __tracebackhide__ = True
    _require_refused(
        load_backbone,
        rng,
        "the file holds a Lambda layer: Python code of a stranger",
        "It would run on your computer. Load with safe_mode=True, the default.",
        _classifier(rng, deep_head=False, with_code=True),
    )


@check
def prepare_range(prepare_images, *, rng) -> None:
    """Values 0 to 1 become what the model card asks for."""
    __tracebackhide__ = True
    images = rng.random((3, 7, 7, 1)).astype("float32")
    images[0, 0, :2, 0] = 0, 1
    result = call(prepare_images, images.copy())
    require(
        hasattr(result, "shape") and hasattr(result, "dtype"),
        f"prepare_images should return an array; found {describe(result)}.",
    )
    found = np.asarray(result).astype("float32")
    require_arrays_kept(prepare_images, images)
    require(
        found.shape == images.shape,
        f"prepare_images turns shape {images.shape} into {found.shape}; expected the same shape.",
    )
    whole = np.array_equal(found, np.round(found))  # as in an image file, rounded or cut
    if np.all(np.abs(found - 255 * images) <= (1 if whole else 0.01)):
        return
    require_equal(
        "what prepare_images returns",
        found,
        255 * images,
        mistakes=[
            (
                "the images are unchanged: values 0 to 1. Read in the model card which values the "
                "network was trained on.",
                images,
            ),
            (
                "the values were divided by 255; the images of the course are 0 to 1 already. The "
                "model card asks for larger ones.",
                images / 255,
            ),
            (
                "the values go up to 256; the largest that a pixel of 8 bits holds is 255.",
                256 * images,
            ),
            (
                "white became black: 256 times 1.0 does not fit into 8 bits, and goes back to 0. "
                "The largest number is 255.",
                np.floor(256 * images) % 256,
            ),
            (
                "the values lie between -1 and 1. Many networks want that; what this one wants "
                "stands in its model card.",
                2 * images - 1,
            ),
            (
                "the values are turned around: black became white. The model card asks for an "
                "article brighter than black.",
                255 - 255 * images,
            ),
            (
                "the values have mean 0 and deviation 1. Many networks want that; what this one "
                "wants stands in its model card.",
                (images - images.mean()) / images.std(),
            ),
        ],
    )
