"""Claims of inception: whose gradient arrives at the stem, and what the heads change."""

import functools

import keras

from claims import SEEDS, claim, clothes, solution
from cnn_casebook.data import datasets
from cnn_casebook.experiments import fresh_start, stem_gradients


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


def fresh() -> tuple[keras.Model, keras.Model]:
    return solution("googlenet")["googlenet"]((56, 56, 1), classes=10, width=0.125)


@functools.cache
def compiled(heads: bool) -> keras.Model:
    training, inference = fresh()
    loss = "sparse_categorical_crossentropy"
    optimizer = keras.optimizers.Adam(0.002)
    if not heads:
        inference.compile(optimizer, loss, jit_compile=False)
        return inference
    weights = [1.0, 0.3, 0.3]
    training.compile(optimizer, [loss] * 3, loss_weights=weights, jit_compile=False)
    return training


@functools.cache
def main_loss(seed: int, heads: bool) -> float:
    """Training loss of the main output after six epochs."""
    keras.utils.set_random_seed(seed)
    model, train = compiled(heads), doubled()[0]
    fresh_start.start_again(model, weights_of=fresh()[0 if heads else 1])
    labels = train.labels[:2560]
    targets = [labels] * 3 if heads else labels
    history = model.fit(train.images[:2560], targets, batch_size=128, epochs=6, verbose=0).history
    return history[f"{model.output_names[0]}_loss" if heads else "loss"][-1]


@claim(
    "the heads change the main output's loss by less than seeds do",
    "inception/experiment_seen",
    "from the best to the worst of five seeds, with heads",
    lambda gap, spread: gap < spread,
)
def heads_against_seeds(seed):
    ends = [main_loss(other, heads=True) for other in SEEDS]
    return abs(main_loss(seed, heads=True) - main_loss(seed, heads=False)), max(ends) - min(ends)
