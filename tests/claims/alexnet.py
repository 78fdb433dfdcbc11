"""Claims of alexnet: three nonlinearities, and the sigmoid with another optimizer."""

import functools

import keras

from claims import claim, clothes


@functools.cache
def errors(seed: int, nonlinearity: str, adam: bool = False) -> list[float]:
    """Training error after each of six epochs."""
    train, optimizers = clothes(14)[0], keras.optimizers
    optimizer = optimizers.Adam(0.003) if adam else optimizers.SGD(0.03, momentum=0.9)
    keras.utils.set_random_seed(seed)
    conv = functools.partial(keras.layers.Conv2D, padding="same", activation=nonlinearity)
    pool = functools.partial(keras.layers.MaxPooling2D, 3, strides=2)
    body = [conv(16, 5), pool(), conv(32, 3), conv(32, 3), pool(), keras.layers.Flatten()]
    ends = [keras.layers.Dense(64, nonlinearity), keras.layers.Dense(10, "softmax")]
    model = keras.Sequential([keras.Input((14, 14, 1)), *body, *ends])
    loss = "sparse_categorical_crossentropy"
    model.compile(optimizer, loss, metrics=["accuracy"], jit_compile=False)
    history = model.fit(train.images[:6000], train.labels[:6000], 64, 6, verbose=0)
    return [1 - share for share in history.history["accuracy"]]


@claim(
    "the sigmoid that stays at guessing with SGD learns with Adam (training error)",
    "alexnet/experiment_seen",
    "SGD 0.03, momentum 0.9",
    lambda adam, sgd: adam < 0.5 and sgd > 0.85,
)
def sigmoid(seed):
    return errors(seed, "sigmoid", adam=True)[-1], errors(seed, "sigmoid")[-1]
