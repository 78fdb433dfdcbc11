"""Rounds of training: what is held out stays out, augmentation is for training only."""

import keras
import numpy as np
import pytest
from keras import layers

from cnn_casebook.data.datasets import Split
from cnn_casebook.experiments import held_out, measures


@pytest.fixture
def parts():
    rng = np.random.default_rng(0)
    labels = np.arange(60, dtype="int32") % 3
    images = rng.normal(0, 0.1, (60, 4, 4, 1)).astype("float32")
    images[np.arange(60), labels] += 1  # the class is the bright row
    return Split(images[:45], labels[:45]), Split(images[45:], labels[45:])


class Recorder:
    """Stands for a compiled model: keeps what it is trained on, and names class 0 always."""

    def __init__(self):
        self.seen = []

    def fit(self, images, labels, **settings):
        self.seen.append(images)

    def __call__(self, images, training):
        assert training is False
        return np.tile([1.0, 0.0, 0.0], (len(images), 1))


def test_rounds_train_on_the_one_part_and_look_at_both(parts):
    train, aside = parts
    model = Recorder()
    history = held_out.train(model, train, aside, rounds=4, steps=2, seed=0)
    assert history["accuracy"] == [pytest.approx(1 / 3)] * 4
    assert history["val_accuracy"] == [pytest.approx(1 / 3)] * 4
    assert [len(images) for images in model.seen] == [64] * 4
    known = {image.tobytes() for image in train.images}
    assert all(image.tobytes() in known for images in model.seen for image in images)
    first = {image.tobytes() for image in model.seen[0]}
    assert first == known  # each once before any comes again


def test_augmentation_changes_what_is_trained_on_and_nothing_else(parts):
    train, aside = parts
    before = [part.images.copy() for part in parts]
    modes = []

    def augment(images, training):
        modes.append(training)
        return keras.ops.convert_to_tensor(images + 100)

    model = Recorder()
    held_out.train(model, train, aside, rounds=2, steps=5, seed=0, augment=augment)
    assert min(images.min() for images in model.seen) > 90
    assert set(modes) == {True}
    for part, images in zip(parts, before, strict=True):
        np.testing.assert_array_equal(part.images, images)


def test_a_network_learns_in_rounds(parts):
    train, aside = parts
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [keras.Input((4, 4, 1)), layers.Flatten(), layers.Dense(3, activation="softmax")]
    )
    model.compile(keras.optimizers.Adam(0.05), "sparse_categorical_crossentropy", jit_compile=False)
    history = held_out.train(model, train, aside, rounds=3, steps=10, seed=0)
    assert history["val_accuracy"][-1] > 0.9
    assert "Right: 15 of 15 held-out images, 100 %." in held_out.result(
        model, aside, ("a", "b", "c")
    )


class Fixed:
    """Stands for a model that answers the same whatever it is shown."""

    def __init__(self, probabilities):
        self.probabilities = np.array(probabilities)

    def __call__(self, images, training):
        return self.probabilities[: len(images)]


def test_result_has_a_band_a_rival_and_what_is_confused():
    labels = np.array([0] * 6 + [1] * 4)
    taken = np.array([0] * 6 + [0, 0, 0, 1])
    part = Split(np.zeros((10, 2, 2, 1)), labels)
    says = held_out.result(Fixed(np.eye(2)[taken]), part, ("cup", "plate"))
    assert "Right: 7 of 10 held-out images, 70 %." in says
    assert "Band: 40 to 89 % with 95 % confidence" in says
    assert "the largest class gives 60 %" in says
    assert says.endswith("Confused most often: plate taken for cup (3).")
    assert "Confused" not in held_out.result(Fixed(np.eye(2)[labels]), part, ("cup", "plate"))


def test_examples_begin_with_the_surest_mistake():
    images = np.arange(4, dtype="float32").reshape(4, 1, 1, 1)
    part = Split(images, np.array([0, 0, 1, 1]))
    model = Fixed([[0.9, 0.1], [0.4, 0.6], [0.8, 0.2], [0.1, 0.9]])
    some = held_out.examples(model, part, ("cup", "plate"))
    assert some.images[:, 0, 0, 0].tolist() == [2, 1, 0, 3]
    assert some.labels == ["plate, not cup", "cup, not plate", "cup", "plate"]


@pytest.mark.parametrize(("right", "count"), [(0, 10), (10, 10), (93, 100), (1, 1)])
def test_the_band_is_wilson_s(right, count):
    """Its ends solve |share - p| = z sqrt(p (1 - p) / n), which is how Wilson defines it."""
    share = right / count
    for end in measures.band(right, count):
        distance = 1.96 * np.sqrt(max(end * (1 - end), 0) / count)
        assert abs(share - end) == pytest.approx(distance, abs=1e-9)
