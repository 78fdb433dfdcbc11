"""Claims of why_resnets_work: fresh gradients, four networks trained, and blocks deleted."""

import functools

import keras
import numpy as np

from claims import claim, clothes, solution
from cnn_casebook.experiments import depth_study, fresh_start


@functools.cache
def gradients(seed: int, kind: str, side: int = 14) -> np.ndarray:
    keras.utils.set_random_seed(seed)
    settings = {"input_shape": (side, side, 1), "strides": 2 if side == 14 else 1}
    if kind == "residual":
        model = solution("residual_network")["residual_network"](56, **settings)
    else:
        model = solution("plain_network")["plain_network"](
            56, batch_norm=kind == "plain", **settings
        )
    train = clothes(side)[0]
    return np.array(depth_study.gradient_norms(model, train.images[:50], train.labels[:50]))


@claim(
    "without batch norm the first gradient is a hundred times smaller on tiny maps, or more",
    "why_resnets_work/gradients_seen",
    "images of 28 x 28, first stride 1",
    lambda small, large: small * 100 < large,
)
def edges(seed):
    return gradients(seed, "bare")[0], gradients(seed, "bare", 28)[0]


@claim(
    "with batch norm gradients grow a hundredfold from the last convolution to the first",
    "why_resnets_work/gradients_seen",
    "the same with shortcuts",
    lambda plain, residual: plain > 100 and plain > 10 * residual,
)
def growing(seed):
    return tuple(
        float(norms[0] / norms[-1]) for norms in (gradients(seed, k) for k in ("plain", "residual"))
    )


@functools.cache
def compiled(kind: str, depth: int) -> keras.Model:
    train = clothes(14)[0]
    builders = {kind: lambda: fresh(kind, depth)}
    models, _ = depth_study.train_seeds(
        builders, train.images[:100], train.labels[:100], seeds=1, epochs=1
    )
    return models[kind]


def fresh(kind, depth):
    name = f"{kind}_network"
    return solution(name)[name](depth, strides=2)


@functools.cache
def trained(seed: int, kind: str, depth: int) -> tuple[float, list[float], list[float]]:
    """Final training loss, accuracy without each block in turn, and sizes of F(x) over x."""
    train, test = clothes(14)
    model = compiled(kind, depth)
    keras.utils.set_random_seed(seed)
    fresh_start.start_again(model, weights_of=fresh(kind, depth))
    history = model.fit(train.images[:2000], train.labels[:2000], 100, 3, verbose=0)
    lesions = depth_study.lesion_accuracies(model, test.images[:500], test.labels[:500])
    changes = depth_study.change_sizes(model, test.images[:500])
    return history.history["loss"][-1], lesions, changes


@claim(
    "56 plain layers end at a higher training loss than 20",
    "why_resnets_work/experiment_seen",
    "plain-20",
    lambda deep, shallow: deep > shallow + 0.3,
)
def degradation(seed):
    return trained(seed, "plain", 56)[0], trained(seed, "plain", 20)[0]


@claim(
    "with shortcuts 56 layers train: lower loss than plain",
    "why_resnets_work/experiment_seen",
    "plain-56",
    lambda residual, plain: residual + 0.5 < plain,
)
def trains(seed):
    return trained(seed, "residual", 56)[0], trained(seed, "plain", 56)[0]


@claim(
    "a deleted block costs residual-20 less than plain-20, in the mean over blocks",
    "why_resnets_work/lesion_seen",
    "plain-20",
    lambda residual, plain: residual + 0.2 < plain,
)
def lesion(seed):
    lost = []
    for kind in ("residual", "plain"):
        whole, *cut = trained(seed, kind, 20)[1]
        lost.append(whole - float(np.mean(cut)))
    return tuple(lost)


@claim(
    "one of the first two blocks costs residual-56 more than a later one does in the middle",
    "why_resnets_work/lesion_seen",
    "median of blocks 3 to 27",
    lambda first, rest: first > rest + 0.03,
)
def first_blocks(seed):
    whole, *cut = trained(seed, "residual", 56)[1]
    return whole - min(cut[:2]), whole - float(np.median(cut[2:]))


@claim(
    "the four blocks of residual-56 that change most cost more than the four that change least",
    "why_resnets_work/lesion_seen",
    "the four that change least",
    lambda most, least: most > least + 0.01,
)
def changing(seed):
    _, (whole, *cut), changes = trained(seed, "residual", 56)
    order = np.argsort(changes)
    return tuple(whole - float(np.mean(np.array(cut)[part])) for part in (order[-4:], order[:4]))
