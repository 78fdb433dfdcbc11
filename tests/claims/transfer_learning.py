"""Claims of transfer_learning: ten images of each new class, and the older release."""

import functools
import tempfile

import keras

from claims import claim, solution
from cnn_casebook.data import data_files, datasets, wild
from cnn_casebook.experiments import few_images

REVISIONS = {
    "1.1.0": "8d5916a4f7a9aeae730a15f9c48d4cac412c511e",
    "1.0.0": "17373041308f12ad2f53480b137bdaf7a61ee0d4",
}
STEPS = 40


@functools.cache
def cloned(release: str) -> str:
    url = str(data_files.datasets_folder() / "wild_resnet" / "wild_resnet.bundle")
    clone = solution("clone_repository")["clone_repository"]
    return clone(url, tempfile.mkdtemp(), REVISIONS[release])


def sets(seed: int, classes: tuple, count: int):
    """The first images of each class, pasted anew by seed, with values 0 to 255."""
    prepare = solution("prepare_images")["prepare_images"]
    train, test = datasets.fashion_mnist()
    found = []
    for split, number, draw in ((train, count, 2 + 10 * seed), (test, 100, 3 + 10 * seed)):
        some = wild.first_of_each(wild.of_classes(split, classes), number)
        images = prepare(wild.in_the_wild(some.images, seed=draw))
        found.append(datasets.Split(images, some.labels))
    return found


@functools.cache
def accuracy(seed: int, way: str) -> float:
    keras.utils.set_random_seed(seed)
    names = solution("transfer_model")
    few, unseen = sets(seed, wild.TARGET_CLASSES, 10)
    if way == "linear":
        model = few_images.linear_on_pixels((40, 40, 1), 4, learning_rate=0.0003)
    else:
        backbone = names["load_backbone"](cloned("1.1.0"))
        if way == "scratch":
            model = few_images.from_scratch(backbone, 4, learning_rate=0.03)
        else:
            model = names["transfer_model"](backbone, 4)
    first = STEPS if way == "tuned" else 2 * STEPS
    few_images.train(model, few, steps=first, seed=seed)
    if way == "tuned":
        model = names["unfreeze_from"](model, "stage3_block1_1_conv", 1e-4)
        few_images.train(model, few, steps=STEPS, seed=seed + 1)
    return few_images.accuracy(model, unseen)


@claim(
    "with ten images of each class, fine-tuned is over 15 points better than from scratch",
    "transfer_learning/experiment_seen",
    "the same network from scratch",
    lambda tuned, scratch: tuned > scratch + 0.15,
)
def against_scratch(seed):
    return accuracy(seed, "tuned"), accuracy(seed, "scratch")


@claim(
    "with ten images of each class, fine-tuned is over 15 points better than no network",
    "transfer_learning/experiment_seen",
    "linear on pixels",
    lambda tuned, linear: tuned > linear + 0.15,
)
def against_pixels(seed):
    return accuracy(seed, "tuned"), accuracy(seed, "linear")


@functools.cache
def known(seed: int, release: str, largest: int = 255) -> float:
    """Accuracy of a whole release on the six classes that it was trained on."""
    path = f"{cloned(release)}/weights/wild_resnet.keras"
    classifier = keras.saving.load_model(path, compile=False)
    images, labels = sets(seed, wild.SOURCE_CLASSES, 1)[1]
    return few_images.accuracy(classifier, datasets.Split(images * largest / 255, labels))


@claim(
    "with values 0 to 1 the verified network guesses",
    "transfer_learning/theory_published_seen",
    "with values 0 to 255",
    lambda small, large: small < 0.34 and large > 0.8,
)
def wrong_range(seed):
    return known(seed, "1.1.0", largest=1), known(seed, "1.1.0")


@claim(
    "with the right range, release 1.1.0 does what was published and 1.0.0 guesses",
    "transfer_learning/old_release_seen",
    "release 1.0.0",
    lambda new, old: new > 0.8 and old < 0.34,
)
def releases(seed):
    return known(seed, "1.1.0"), known(seed, "1.0.0")
