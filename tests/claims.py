"""Whether what the notebooks read off their experiments holds for other seeds, beside a control.

    python tests/claims.py [NOTEBOOK ...]

Measures each claim with five seeds and writes the table `claims.md`; with names of notebooks, their
rows alone. A claim is one function of a seed. It returns what the notebook's sentence is about and
the same number for the control; the claim holds if it does for every seed. Takes half an hour.
"""

import functools
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import answer_functions
import keras
import numpy as np

from cnn_casebook.data import canvases, datasets
from cnn_casebook.experiments import class_maps, depth_study, fresh_start, measures, stem_gradients
from cnn_casebook.models import graph

SEEDS = range(5)
PAGE = Path(__file__).with_name("claims.md")
_HEAD = [
    "# Claims of the notebooks",
    "",
    "Measured by `make claims`. Each pair is the experiment and its control, one pair for a seed.",
    "",
    "| claim | notebook, cell | control | seed by seed | effect | holds |",
    "|---|---|---|---|---|---|",
]


class Claim(NamedTuple):
    """One sentence of a notebook, and how it is measured."""

    says: str
    notebook: str
    cell: str
    control: str
    holds: Callable[[float, float], bool]
    measure: Callable[[int], tuple[float, float]]


CLAIMS: list[Claim] = []


def claim(says: str, place: str, control: str, holds: Callable[[float, float], bool]):
    """Register a function of a seed that returns a number and the control's number.

    Args:
        says: The claim in a few words.
        place: Notebook and cell id, as `alexnet/experiment_seen`.
        control: What the second number is.
        holds: Whether both numbers of one seed bear the claim out.
    """

    def register(measure):
        CLAIMS.append(Claim(says, *place.split("/"), control, holds, measure))
        return measure

    return register


@functools.cache
def solution(exercise: str) -> dict:
    return answer_functions.solution_names(exercise)


@functools.cache
def clothes(size: int) -> tuple:
    return datasets.fashion_mnist(size=size)


# residual_blocks: 64 images pass 40 untrained blocks


@functools.cache
def passed(seed: int) -> dict[str, tuple[float, float, float]]:
    """Resemblance, growth of the size, and share of the power that differs between images."""
    keras.utils.set_random_seed(seed)
    stem = keras.layers.Conv2D(16, 3, padding="same", activation="relu")
    start = np.asarray(stem(clothes(14)[0].images[:64]))
    kept = {"with": start, "without": start}
    for _ in range(40):
        x = keras.Input((14, 14, 16))
        block = keras.Model(x, solution("identity_block")["identity_block"](x, 3, (4, 4, 16)))
        kept["with"] = np.asarray(block(kept["with"], training=True))
        kept["without"] = graph.without_shortcut(block)(kept["without"], training=True)
        if "first" not in kept:
            kept["first"] = kept["with"]
    return {
        name: (
            measures.resemblance(start, values),
            size(values) / size(kept["first"]),
            float(np.var(values, axis=0).mean() / np.mean(np.square(values))),
        )
        for name, values in kept.items()
    }


def size(values) -> float:
    return float(np.sqrt(np.mean(np.square(values))))


@claim(
    "with shortcuts images still resemble themselves after 40 blocks",
    "residual_blocks/experiment_seen",
    "without shortcuts",
    lambda kept, control: kept > 0.4 and control < 0.2,
)
def resemblance(seed):
    return passed(seed)["with"][0], passed(seed)["without"][0]


@claim(
    "with shortcuts the signal's size grows severalfold from block 1 to 40",
    "residual_blocks/experiment_seen",
    "without shortcuts, against the same block 1",
    lambda grown, control: grown > 4 > 2 > control,
)
def growth(seed):
    return passed(seed)["with"][1], passed(seed)["without"][1]


@claim(
    "without shortcuts most of the power still differs from image to image",
    "residual_blocks/experiment_seen",
    "with shortcuts",
    lambda share, control: share > 0.5,
)
def differing(seed):
    return passed(seed)["without"][2], passed(seed)["with"][2]


# why_resnets_work: gradients of fresh networks of 56 layers


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


# why_resnets_work: four networks trained, and blocks deleted


@functools.cache
def compiled(kind: str, depth: int) -> keras.Model:
    train = clothes(14)[0]
    model, _ = depth_study.train_seeds(
        lambda: fresh(kind, depth), train.images[:100], train.labels[:100], seeds=1, epochs=1
    )
    return model


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


# alexnet: the sigmoid and the optimiser


@claim(
    "the sigmoid that stays at guessing with SGD learns with Adam (training error)",
    "alexnet/experiment_seen",
    "SGD 0.03, momentum 0.9",
    lambda adam, sgd: adam < 0.5 and sgd > 0.85,
)
def sigmoid(seed):
    train, errors = clothes(14)[0], []
    optimizers = keras.optimizers
    for optimizer in (optimizers.Adam(0.003), optimizers.SGD(0.03, momentum=0.9)):
        keras.utils.set_random_seed(seed)
        conv = functools.partial(keras.layers.Conv2D, padding="same", activation="sigmoid")
        pool = functools.partial(keras.layers.MaxPooling2D, 3, strides=2)
        body = [conv(16, 5), pool(), conv(32, 3), conv(32, 3), pool(), keras.layers.Flatten()]
        ends = [keras.layers.Dense(64, "sigmoid"), keras.layers.Dense(10, "softmax")]
        model = keras.Sequential([keras.Input((14, 14, 1)), *body, *ends])
        loss = "sparse_categorical_crossentropy"
        model.compile(optimizer, loss, metrics=["accuracy"], jit_compile=False)
        history = model.fit(train.images[:6000], train.labels[:6000], 64, 6, verbose=0)
        errors.append(1 - history.history["accuracy"][-1])
    return tuple(errors)


# inception: gradients at the stem


@functools.cache
def stem(seed: int) -> list[float]:
    keras.utils.set_random_seed(seed)
    model, _ = solution("googlenet")["googlenet"]((28, 28, 1), classes=10, width=0.125)
    train = clothes(28)[0]
    return stem_gradients.stem_gradients(model, train.images[:256], train.labels[:256])


@claim(
    "before training the head on 4a sends the largest gradient to the stem",
    "inception/experiment_gradient_seen",
    "main output",
    lambda head, main: head > 1.5 * main,
)
def first_head(seed):
    return stem(seed)[1], stem(seed)[0]


# one_by_one_convolutions: class maps, trained and untrained


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


def row(claimed: Claim) -> tuple[str, bool]:
    """Measure a claim with every seed.

    Returns:
        Its row of the table, and whether it holds.
    """
    pairs = [claimed.measure(seed) for seed in SEEDS]
    holds = all(claimed.holds(*pair) for pair in pairs)
    value, control = np.mean(pairs, axis=0)
    effect = f"{value:.3g} against {control:.3g}"
    numbers = "; ".join(f"{a:.2g}, {b:.2g}" for a, b in pairs)
    place = f"{claimed.notebook}, `{claimed.cell}`"
    cells = [claimed.says, place, claimed.control, numbers, effect, "yes" if holds else "**no**"]
    return f"| {' | '.join(cells)} |", holds


def main(*notebooks: str) -> None:
    lines, held = [], 0
    chosen = [claimed for claimed in CLAIMS if not notebooks or claimed.notebook in notebooks]
    for claimed in chosen:
        line, holds = row(claimed)
        print(line, flush=True)
        lines.append(line)
        held += holds
    last = f"claims: {len(chosen)}, hold: {held}, seeds: {len(SEEDS)}"
    print(last)
    if not notebooks:
        PAGE.write_text("\n".join([*_HEAD, *lines, "", last]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
