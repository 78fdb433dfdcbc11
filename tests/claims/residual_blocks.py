"""Claims of residual_blocks: 64 images pass 40 untrained blocks."""

import functools

import keras
import numpy as np

from claims import claim, clothes, solution
from cnn_casebook.experiments import measures
from cnn_casebook.models import graph


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
