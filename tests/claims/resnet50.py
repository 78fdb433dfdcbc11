"""Claims of resnet50: what 64 and 80 steps teach it about road signs that it has never seen."""

import functools

import keras
import numpy as np

from claims import claim, solution
from cnn_casebook.data import datasets
from cnn_casebook.experiments import fresh_start


@functools.cache
def compiled() -> keras.Model:
    model = solution("resnet50")["resnet50"]()
    optimizer = keras.optimizers.SGD(0.001, momentum=0.9)
    model.compile(optimizer, "sparse_categorical_crossentropy", jit_compile=False)
    return model


@functools.cache
def named(seed: int) -> list[float]:
    """Share of 100 new signs named correctly, after every 256 others."""
    keras.utils.set_random_seed(seed)
    model = compiled()
    fresh_start.start_again(model, weights_of=solution("resnet50")["resnet50"]())
    new = datasets.road_signs(100, classes=6, seed=1)
    shares = []
    for part in range(5):
        seen = datasets.road_signs(256, classes=6, seed=100 * seed + 2 + part)
        model.fit(seen.images, seen.labels, batch_size=16, verbose=0)
        guesses = np.argmax(model(new.images, training=True), axis=-1)
        shares.append(float(np.mean(guesses == new.labels)))
    return shares


def _learns(share, guessing):
    """Well above guessing, and no more than a network that has seen so little can."""
    return guessing + 0.1 < share < 0.9


@claim(
    "after 1,280 signs, each seen once, it names more new ones than guessing does",
    "resnet50/experiment_seen",
    "guessing",
    _learns,
)
def new_signs(seed):
    return named(seed)[4], 1 / 6


@claim(
    "after 1,024 signs, all that a slow machine shows it, it does so too",
    "resnet50/experiment_seen",
    "guessing",
    _learns,
)
def new_signs_on_a_slow_machine(seed):
    return named(seed)[3], 1 / 6
