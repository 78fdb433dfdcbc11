"""Claims of inception: whose gradient arrives at the stem before training."""

import functools

import keras

from claims import claim, clothes, solution
from cnn_casebook.data import datasets
from cnn_casebook.experiments import stem_gradients


@functools.cache
def doubled() -> list[datasets.Split]:
    """Clothes of 56 x 56: each pixel is doubled in both directions."""
    return [
        datasets.Split(split.images.repeat(2, axis=1).repeat(2, axis=2), split.labels)
        for split in clothes(28)
    ]


@functools.cache
def share_at_the_stem(seed: int, side: int) -> float:
    """Size of the main output's gradient at the first convolution, over that of the head on 4a."""
    keras.utils.set_random_seed(seed)
    model, _ = solution("googlenet")["googlenet"]((side, side, 1), classes=10, width=0.125)
    images, labels = doubled()[0] if side == 56 else clothes(28)[0]
    sizes = stem_gradients.stem_gradients(model, images[:256], labels[:256])
    return sizes[0] / sizes[1]


@claim(
    "before training the main output's gradient reaches the stem: over a third of the head's on 4a",
    "inception/experiment_gradient_seen",
    "images of 28 x 28, where the last modules see one pixel",
    lambda large, small: large > 0.33 and large > small,
)
def main_output_at_the_stem(seed):
    return share_at_the_stem(seed, 56), share_at_the_stem(seed, 28)
