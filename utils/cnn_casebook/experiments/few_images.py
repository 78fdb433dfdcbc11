"""What transfer learning is compared with, and one way of training for all: equally many steps."""

import keras
import numpy as np
from keras import layers

from cnn_casebook.data.datasets import Split
from cnn_casebook.experiments import measures
from cnn_casebook.guide.epochs import EachEpoch

BATCH = 32


def train(model: keras.Model, split: Split, steps: int, seed: int) -> None:
    """Train a compiled model for a number of steps, however few images there are.

    The images are gone through in one random order after another. A batch holds 32.

    Args:
        model: Compiled for integer labels. It is changed.
        split: What to train on.
        steps: Number of batches.
        seed: Seed of the orders.
    """
    random = np.random.RandomState(seed)
    rounds = -(-steps * BATCH // len(split.labels))
    order = np.concatenate([random.permutation(len(split.labels)) for _ in range(rounds)])
    order = order[: steps * BATCH]
    images, labels = split.images[order], split.labels[order]
    model.fit(images, labels, batch_size=BATCH, shuffle=False, verbose=0, callbacks=[EachEpoch()])


def accuracy(model: keras.Model, split: Split) -> float:
    """The share of images whose most probable class is the right one.

    Args:
        model: From images to one number per class.
        split: What to test with.
    """
    found = [
        keras.ops.convert_to_numpy(model(split.images[start : start + 250], training=False))
        for start in range(0, len(split.labels), 250)
    ]
    return measures.share_right(np.concatenate(found), split.labels)


def from_scratch(backbone: keras.Model, classes: int, learning_rate: float) -> keras.Model:
    """Make the same network with fresh random weights and a head, all of it trainable.

    Args:
        backbone: Whose architecture to take. It is not changed.
        classes: Width of the head.
        learning_rate: Rate of stochastic gradient descent with momentum 0.9.

    Returns:
        A compiled model.
    """
    fresh = keras.models.clone_model(backbone)
    for layer in fresh.layers:
        layer.trainable = True
    optimizer = keras.optimizers.SGD(learning_rate, momentum=0.9)
    return _compiled(backbone.input_shape[1:], [fresh], classes, optimizer)


def linear_on_pixels(shape: tuple[int, ...], classes: int, learning_rate: float) -> keras.Model:
    """Make a linear classifier of pixels with values 0 to 255: one weight per pixel and class.

    Args:
        shape: Of an image.
        classes: Number of classes.
        learning_rate: Rate of Adam.

    Returns:
        A compiled model.
    """
    body = [layers.Rescaling(1 / 127.5, -1), layers.Flatten()]
    return _compiled(shape, body, classes, keras.optimizers.Adam(learning_rate))


def _compiled(shape, body: list, classes: int, optimizer) -> keras.Model:
    model = keras.Sequential(
        [keras.Input(shape), *body, layers.Dense(classes, activation="softmax")]
    )
    model.compile(optimizer, "sparse_categorical_crossentropy", jit_compile=False)
    return model
