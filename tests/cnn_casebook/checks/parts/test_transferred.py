"""Whether a new head on given features is told from what usual mistakes make of it."""

import keras
import numpy as np
import pytest
from keras import layers, ops

from cnn_casebook.checks.parts.transferred import require_transferred
from cnn_casebook.checks.parts.verdict import CheckFailed
from cnn_casebook.models.graph import flatten


def backbone():
    x = images = keras.Input((4, 4, 2))
    x = layers.Conv2D(3, 3, padding="same", activation="relu")(x)
    return keras.Model(images, layers.GlobalAveragePooling2D()(x))


def compared(end=ops.softmax, before=lambda images: images, copy=lambda given: given):
    rng, given = np.random.default_rng(0), backbone()
    images = keras.Input((4, 4, 2))
    head = layers.Dense(5)
    model = keras.Model(images, end(head(copy(given)(before(images)))))
    head.set_weights([rng.normal(size=weight.shape) for weight in head.get_weights()])
    x = rng.normal(0.3, 1, (4, 4, 4, 2)).astype("float32")
    require_transferred(flatten(model), given, x, *head.get_weights())


def test_the_right_head_passes_and_a_copy_with_the_weights_too():
    compared()

    def copied(given):
        copy = keras.models.clone_model(given)
        copy.set_weights(given.get_weights())
        return copy

    compared(copy=copied)


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"end": lambda x: x}, "the head has no softmax"),
        ({"end": lambda x: ops.softmax(x, axis=0)}, "over the images of the batch"),
        ({"before": layers.Rescaling(1 / 255)}, "the images are divided by 255"),
        ({"before": layers.Rescaling(1 / 127.5, -1)}, "values between -1 and 1"),
        ({"copy": keras.models.clone_model}, "copies layers without their weights"),
        ({"end": lambda x: ops.softmax(3 * x)}, "is not what the definition gives"),
    ],
)
def test_a_mistake_is_named(settings, says):
    with pytest.raises(CheckFailed, match=says):
        compared(**settings)
