"""Training by steps, and the networks that transfer learning is compared with."""

import keras
import numpy as np
import pytest
from keras import layers

from cnn_casebook.data.datasets import Split
from cnn_casebook.experiments import few_images


class Recorder:
    """Stands for a compiled model: keeps what it is trained on."""

    def fit(self, images, labels, **settings):
        self.images, self.labels, self.settings = images, labels, settings


@pytest.fixture
def split():
    rng = np.random.default_rng(0)
    return Split(rng.normal(size=(20, 4, 4, 1)).astype("float32"), np.arange(20, dtype="int32") % 3)


@pytest.mark.parametrize("steps", [1, 3, 7])
def test_equally_many_steps_however_few_images(split, steps):
    model = Recorder()
    few_images.train(model, split, steps, seed=0)
    assert len(model.labels) == steps * few_images.BATCH
    assert model.settings["shuffle"] is False
    place = {image.tobytes(): number for number, image in enumerate(split.images)}
    order = [place[image.tobytes()] for image in model.images]
    assert model.labels.tolist() == split.labels[order].tolist()
    for start in range(0, len(order) - 19, 20):  # each round shows every image once
        assert sorted(order[start : start + 20]) == list(range(20))


def test_the_seed_chooses_the_order(split):
    orders = []
    for seed in (0, 0, 1):
        model = Recorder()
        few_images.train(model, split, 2, seed)
        orders.append(model.images.tobytes())
    assert orders[0] == orders[1] != orders[2]


def test_accuracy_counts_over_all_batches():
    x = keras.Input((2,))
    images = np.random.default_rng(0).normal(size=(600, 2)).astype("float32")
    labels = images.argmax(axis=1)
    labels[:150] = 1 - labels[:150]
    assert few_images.accuracy(keras.Model(x, layers.Softmax()(x)), Split(images, labels)) == 0.75


def test_from_scratch_has_fresh_weights_and_trains_all_of_them():
    backbone = keras.Sequential([keras.Input((4, 4, 1)), layers.Flatten(), layers.Dense(5)])
    backbone.trainable = False
    kernel = np.asarray(backbone.weights[0]).copy()
    model = few_images.from_scratch(backbone, classes=3, learning_rate=0.1)
    assert model.output_shape == (None, 3)
    assert len(model.trainable_weights) == 4
    assert not np.allclose(model.weights[0], kernel)
    np.testing.assert_array_equal(backbone.weights[0], kernel)


def test_linear_on_pixels_has_a_weight_per_pixel_and_class():
    model = few_images.linear_on_pixels((4, 5, 1), classes=3, learning_rate=0.1)
    assert model.count_params() == (4 * 5 + 1) * 3
    white, black = np.full((1, 4, 5, 1), 255.0), np.zeros((1, 4, 5, 1))
    model.layers[-1].kernel.assign(np.tile([1.0, 0.0, -1.0], (20, 1)))
    assert np.argmax(model(white)) == 0  # 255 becomes 1, 0 becomes -1
    assert np.argmax(model(black)) == 2
