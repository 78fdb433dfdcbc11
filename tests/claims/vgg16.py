"""Claims of vgg16: what the first weights decide in a network of sixteen layers."""

import functools

import keras

from claims import claim, clothes, solution
from cnn_casebook.experiments import fresh_start
from cnn_casebook.models.blocks import shallow_vgg

DRAWS = {
    "small": functools.partial(keras.initializers.RandomNormal, stddev=0.01),
    "glorot": keras.initializers.GlorotUniform,
    "he": keras.initializers.HeNormal,
}


@functools.cache
def compiled(deep: bool) -> keras.Model:
    build = solution("vgg16")["vgg16"] if deep else shallow_vgg
    model = build((32, 32, 1), classes=10, width=1 / 16)
    optimizer = keras.optimizers.SGD(0.01, momentum=0.9)
    model.compile(optimizer, "sparse_categorical_crossentropy", jit_compile=False)
    return model


@functools.cache
def ended(seed: int, name: str, deep: bool = True) -> float:
    """Training loss after six rounds."""
    keras.utils.set_random_seed(seed)
    build = solution("vgg16")["vgg16"] if deep else shallow_vgg
    fresh = build((32, 32, 1), classes=10, width=1 / 16)
    draw = DRAWS[name](seed=keras.random.SeedGenerator(seed))
    fresh_start.draw_weights(fresh, draw)
    model, train = compiled(deep), clothes(32)[0]
    fresh_start.start_again(model, weights_of=fresh)
    history = model.fit(train.images[:2000], train.labels[:2000], 50, 6, verbose=0)
    return history.history["loss"][-1]


@claim(
    "16 layers get going from He's weights and stay at ln 10 from Glorot's",
    "vgg16/experiment_seen",
    "Glorot's weights",
    lambda he, glorot: he < 2.0 and glorot > 2.28,
)
def he_against_glorot(seed):
    return ended(seed, "he"), ended(seed, "glorot")


@claim(
    "with a standard deviation of 0.01 they stay at ln 10 too",
    "vgg16/experiment_seen",
    "He's weights",
    lambda small, he: small > 2.28 and he < 2.0,
)
def small_weights(seed):
    return ended(seed, "small"), ended(seed, "he")


@claim(
    "from Glorot's weights 8 layers get going in the same time",
    "vgg16/experiment_seen",
    "16 layers, Glorot's weights",
    lambda shallow, deep: shallow < 2.2 < deep,
)
def depth(seed):
    return ended(seed, "glorot", deep=False), ended(seed, "glorot")
