"""Claims of alexnet: three nonlinearities, the sigmoid with Adam, few and many pictures."""

import functools

import keras

from claims import claim, clothes, solution


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


@functools.cache
def enlarged(images: int) -> tuple:
    """So many training pictures and the new ones with their labels, 67 pixels a side."""
    train, test = clothes(28)
    resized = [keras.ops.image.resize(x, (67, 67)) for x in (train.images[:images], test.images)]
    seen, new = map(keras.ops.convert_to_numpy, resized)
    return (seen, train.labels[:images]), (new, test.labels)


@functools.cache
def trained(seed: int, images: int) -> tuple[float, float]:
    """Error of a narrow AlexNet after 600 steps, on the pictures it was trained on and new ones."""
    seen, new = enlarged(images)
    keras.utils.set_random_seed(seed)
    model = solution("alexnet")["alexnet"]((67, 67, 1), classes=10, groups=1, width=1 / 8)
    loss = "sparse_categorical_crossentropy"
    model.compile(keras.optimizers.Adam(0.001), loss, metrics=["accuracy"], jit_compile=False)
    model.fit(*seen, batch_size=50, epochs=30_000 // images, verbose=0)
    return tuple(1 - model.evaluate(*pictures, verbose=0)[1] for pictures in (seen, new))


@claim(
    "trained on 250 pictures it errs far more on new ones than on these",
    "alexnet/experiment_million_seen",
    "trained on 5,000 pictures, as many steps",
    lambda few, many: few > 0.15 and many < 0.06,
)
def overfitting(seed):
    return tuple(new - seen for seen, new in (trained(seed, 250), trained(seed, 5000)))


@claim(
    "in as many steps more different pictures give a lower error on new ones",
    "alexnet/experiment_million_seen",
    "trained on 250 pictures",
    lambda many, few: many < few,
)
def more_pictures(seed):
    return trained(seed, 5000)[1], trained(seed, 250)[1]
