"""Claims of one_by_one_convolutions: class maps of trained and of untrained networks."""

import functools

import keras
import numpy as np

from claims import claim, clothes, solution
from cnn_casebook.data import canvases
from cnn_casebook.experiments import class_maps, fresh_start


@functools.cache
def classifier() -> keras.Model:
    model = solution("network_in_network")["network_in_network"]((28, 28, 1), 10)
    loss = "sparse_categorical_crossentropy"
    model.compile(keras.optimizers.Adam(0.003), loss=loss, jit_compile=False)
    return model


@functools.cache
def looks(seed: int) -> dict[str, tuple[float, float]]:
    """Share of peaks in the square, and in the quarter of the right thing among four."""
    train, test = clothes(14)
    places, _ = canvases.scatter(train.images[:8000], size=28, seed=seed)
    shown, corners = canvases.scatter(test.images, size=28, seed=100 + seed)
    crowds, kinds = canvases.crowds(test.images, test.labels, count=200, seed=seed)
    build = solution("network_in_network")["network_in_network"]
    keras.utils.set_random_seed(seed)
    start = build((28, 28, 1), 10)
    fresh_start.start_again(model := classifier(), weights_of=start)
    model.fit(places, train.labels[:8000], 80, 6, verbose=0)
    found = {}
    for name, network in (("untrained", start), ("trained", model)):
        maps = class_maps.class_maps(network, shown)
        chosen = maps.mean(axis=(1, 2)).argmax(axis=1)
        peaks = class_maps.peaks(maps[np.arange(len(maps)), :, :, chosen], (28, 28))
        inside = np.all((peaks >= corners) & (peaks <= corners + 14), axis=1)
        large = build((56, 56, 1), 10)
        large.set_weights(network.get_weights())
        own = class_maps.in_own_quarter(class_maps.class_maps(large, crowds), kinds)
        found[name] = float(np.mean(inside)), own
    return found


@claim(
    "an untrained network has its peak in the square too",
    "one_by_one_convolutions/experiment_seen",
    "trained",
    lambda untrained, _: untrained > 0.8,
)
def square(seed):
    return looks(seed)["untrained"][0], looks(seed)["trained"][0]


@claim(
    "among four things, a class's map has its peak on its own thing",
    "one_by_one_convolutions/experiment_crowd_seen",
    "untrained",
    lambda trained, untrained: trained > untrained + 0.1 and untrained < 0.35,
)
def own_thing(seed):
    return looks(seed)["trained"][1], looks(seed)["untrained"][1]
