"""What a real fit does to a model: which layers move, to the last bit, and which stay.

A model is first rebuilt from its JSON, as if it had come from another process, so that only what
belongs to the model counts: architecture, weights, what is trainable, how it is compiled.
"""

import json
import re

import keras
import numpy as np
from keras import layers

from cnn_casebook.checks.parts.verdict import require
from cnn_casebook.experiments.fingerprints import fingerprints, moved

# What fit says where the loss of `compile` does not fit integer labels.
_LOSSES = (
    ("No loss to compute", "compile was given no loss."),
    ("interpret loss identifier", "Keras has no loss of the name that compile was given."),
    (
        "must have the same (rank|shape)|Dimensions must be equal|Incompatible shapes",
        "compile was given a loss for labels of another form, such as one-hot ones.",
    ),
)


def rebuilt(model: keras.Model, eager: bool = True) -> keras.Model:
    """Rebuild a model from its JSON and its weights, as another process would.

    Args:
        model: The learner's.
        eager: Train step by step: quicker where there are few steps.

    Returns:
        A model of its own with the same weights, compiled with the same settings.

    Raises:
        CheckFailed: The model is not compiled.
    """
    __tracebackhide__ = True
    require(
        bool(getattr(model, "compiled", False)),
        "the model is not compiled; expected one that is ready for fit. Call model.compile.",
    )
    settings = model.get_compile_config()
    architecture = json.loads(model.to_json())
    architecture.pop("compile_config", None)
    copy = keras.models.model_from_json(json.dumps(architecture))
    copy.set_weights(model.get_weights())
    if settings:
        copy.compile_from_config(settings | {"jit_compile": False, "run_eagerly": eager})
    return copy


def draw_batch(model: keras.Model, rng, count: int = 24) -> tuple[np.ndarray, np.ndarray]:
    """Draw images float32 (count, height, width, channels) and a class int32 for each of them."""
    images = rng.normal(0.3, 1.0, (count, *model.input_shape[1:])).astype("float32")
    return images, rng.integers(0, model.output_shape[-1], count).astype("int32")


def compiled_anew(model: keras.Model) -> keras.Model:
    """Compile a model anew: what it lets train moves, whatever its own learning rate is."""
    model.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy", run_eagerly=True)
    return model


def moved_by_fit(model: keras.Model, rng, epochs: int = 2) -> list[str]:
    """Train for a few steps; name the layers of which any weight changed."""
    __tracebackhide__ = True
    if not model.trainable_weights:
        return []
    images, labels = draw_batch(model, rng)
    before = fingerprints(model)
    fit(model, images, labels, batch_size=12, epochs=epochs)
    return moved(before, fingerprints(model))


def fit(model: keras.Model, images, labels, **amount) -> keras.callbacks.History:
    """Call fit; explain its most likely errors."""
    __tracebackhide__ = True
    try:
        return model.fit(images, labels, verbose=0, **amount)
    except Exception as error:
        error.add_note("Raised by fit with integer labels.")
        causes = (cause for said, cause in _LOSSES if re.search(said, str(error)))
        if cause := next(causes, ""):
            error.add_note(
                f"Likely cause: {cause} The loss for integer labels is "
                '"sparse_categorical_crossentropy".'
            )
        raise


def norm_names(model: keras.Model) -> list[str]:
    """Names of all batch norms, those of nested models included."""
    names = []
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            names += norm_names(layer)
        elif isinstance(layer, layers.BatchNormalization):
            names.append(layer.name)
    return names


def norm_statistics(model: keras.Model) -> dict[str, np.ndarray]:
    """Copies of the moving means and variances of all batch norms, by the weights' paths."""
    return {
        weight.path: np.asarray(weight).copy()
        for weight in model.weights
        if "/moving_" in weight.path
    }
