"""Claims of lenet5: two sets of images, and the network of 1998 beside today's."""

import functools

import keras
import numpy as np

from claims import claim, clothes, solution
from cnn_casebook.data import datasets
from cnn_casebook.experiments import fresh_start, learned_filters
from cnn_casebook.models import lenet_1998

EPOCHS = 8


def fitted(network, train, test, epochs) -> dict:
    """The history of a training as in the notebook."""
    loss = "sparse_categorical_crossentropy"
    network.compile("adam", loss, metrics=["accuracy"], jit_compile=False)
    settings = {"batch_size": 64, "epochs": epochs, "validation_data": test, "verbose": 0}
    return network.fit(*train, **settings).history


def few_clothes():
    """As many clothes as there are digits: images and labels to train on, and to test with."""
    return [
        (split.images[:count], split.labels[:count])
        for split, count in zip(clothes(32), (1437, 360), strict=True)
    ]


@functools.cache
def today(seed: int, name: str) -> dict:
    keras.utils.set_random_seed(seed)
    if name == "digits":
        train, test = (tuple(split) for split in datasets.digits(size=32))
    else:
        train, test = few_clothes()
    return fitted(solution("lenet5")["lenet5"](), train, test, EPOCHS)


@functools.cache
def first_epoch(seed: int, name: str) -> float:
    """Training loss after one round through the digits."""
    keras.utils.set_random_seed(seed)
    train, test = (tuple(split) for split in datasets.digits(size=32))
    if name == "1998":
        body = lenet_1998.body(solution("lenet5")["c3_connection_table"]())
        ends = keras.layers.Dense(10, activation="softmax")(body.output)
        network = keras.Model(body.input, ends)
    else:
        network = solution("lenet5")["lenet5"]()
        draw = keras.initializers.HeNormal(seed=keras.random.SeedGenerator(seed))
        fresh_start.draw_weights(network, draw)
    return fitted(network, train, test, 1)["loss"][0]


@claim(
    "after eight rounds more digits are named correctly than clothes",
    "lenet5/experiment_sets_seen",
    "clothes",
    lambda digits, others: digits > others + 0.05,
)
def digits_are_easier(seed):
    return tuple(today(seed, name)["val_accuracy"][-1] for name in ("digits", "clothes"))


@claim(
    "after eight rounds of clothes each filter of C1 resembles its own first weights",
    "lenet5/look_filters_seen",
    "another filter's first weights",
    lambda own, other: own > 0.8 and own > other + 0.2,
)
def filters_stay_alike(seed):
    keras.utils.set_random_seed(seed)
    train, test = few_clothes()
    network, image = solution("lenet5")["lenet5"](), test[0][0]
    first = learned_filters.convolutions(network, image)[0].filters
    fitted(network, train, test, EPOCHS)
    last = learned_filters.convolutions(network, image)[0].filters
    others = [learned_filters.alike(np.roll(first, step, axis=0), last) for step in range(1, 6)]
    return learned_filters.alike(first, last).min(), np.max(others)


@claim(
    "after one round the network of 1998 has a lower training loss than today's",
    "lenet5/experiment_tanh_seen",
    "today's, Glorot's weights",
    lambda old, new: old + 0.2 < new,
)
def old_learns_sooner(seed):
    return first_epoch(seed, "1998"), today(seed, "digits")["loss"][0]


@claim(
    "He's weights give today's network a lower loss after one round",
    "lenet5/experiment_tanh_seen",
    "today's, Glorot's weights",
    lambda he, glorot: he < glorot,
)
def he_helps(seed):
    return first_epoch(seed, "he"), today(seed, "digits")["loss"][0]


@claim(
    "and yet the network of 1998 has a lower one than with He's weights",
    "lenet5/experiment_tanh_seen",
    "today's, He's weights",
    lambda old, he: old < he,
)
def he_is_not_enough(seed):
    return first_epoch(seed, "1998"), first_epoch(seed, "he")
