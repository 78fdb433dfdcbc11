"""Claims of inception: gradients at the stem, and trainings with and without heads."""

import functools

import keras
import numpy as np

from claims import claim, clothes, solution
from cnn_casebook.data import datasets
from cnn_casebook.experiments import fresh_start, stem_gradients

SIDES = (56, 56, 1)


@functools.cache
def doubled() -> list[datasets.Split]:
    """Clothes of 56 x 56: each pixel is doubled in both directions."""
    return [
        datasets.Split(split.images.repeat(2, axis=1).repeat(2, axis=2), split.labels)
        for split in clothes(28)
    ]


@functools.cache
def stem(seed: int) -> list[float]:
    keras.utils.set_random_seed(seed)
    model, _ = solution("googlenet")["googlenet"](SIDES, classes=10, width=0.125)
    train = doubled()[0]
    return stem_gradients.stem_gradients(model, train.images[:256], train.labels[:256])


@claim(
    "before training the head on 4a sends the largest gradient to the stem",
    "inception/experiment_gradient_seen",
    "main output",
    lambda head, main: head > 1.5 * main,
)
def first_head(seed):
    return stem(seed)[1], stem(seed)[0]


@functools.cache
def compiled(heads: bool) -> keras.Model:
    model = solution("googlenet")["googlenet"](SIDES, classes=10, width=0.125)[0 if heads else 1]
    loss = "sparse_categorical_crossentropy"
    settings = {"loss_weights": [1.0, 0.3, 0.3]} if heads else {}
    losses = [loss] * 3 if heads else loss
    model.compile(keras.optimizers.Adam(0.002), losses, jit_compile=False, **settings)
    return model


@functools.cache
def trained(seed: int, heads: bool) -> float:
    """Share of 2,000 test images that the main output names after a training as in the notebook."""
    keras.utils.set_random_seed(seed)
    fresh = solution("googlenet")["googlenet"](SIDES, classes=10, width=0.125)
    model, (train, test) = compiled(heads), doubled()
    fresh_start.start_again(model, weights_of=fresh[0 if heads else 1])
    labels = train.labels[:2560]
    model.fit(train.images[:2560], [labels] * 3 if heads else labels, 128, 6, verbose=0)
    outputs = model(test.images, training=False)
    main = outputs[0] if heads else outputs
    return float(np.mean(np.argmax(main, axis=1) == test.labels))


@claim(
    "the network learns, with and without heads; which one is ahead is left open",
    "inception/experiment_seen",
    "without heads",
    lambda heads, alone: heads > 0.4 and alone > 0.4,
)
def both_learn(seed):
    return trained(seed, True), trained(seed, False)
