"""Whether seeds start afresh, gradients are gradients, and deleted blocks are deleted."""

import keras
import numpy as np
import pytest
from keras import layers

from cnn_casebook.experiments import depth_study
from cnn_casebook.models.blocks import unit


def network(residual=False, pairs=1, widths=(3, 4), bias=True):
    x = inputs = keras.Input((6, 6, 1))
    x = unit(x, widths[0])
    for stage, filters in enumerate(widths):
        for pair in range(pairs):
            first = stage > 0 and pair == 0
            y = unit(unit(x, filters, 2 if first else 1), filters, relu=not residual)
            if residual:
                if first:
                    x = keras.ops.pad(x[:, ::2, ::2], [(0, 0)] * 3 + [(0, filters - x.shape[-1])])
                y = layers.ReLU()(y + x)
            x = y
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Dense(3, activation="softmax", use_bias=bias)(x))


@pytest.fixture
def data():
    rng = np.random.default_rng(0)
    return rng.normal(size=(40, 6, 6, 1)).astype("float32"), rng.integers(0, 3, 40)


@pytest.mark.slow
def test_seeds_start_afresh_and_are_repeatable(data):
    settings = {"epochs": 2, "batch_size": 10}
    builders = {"plain": network, "residual": lambda: network(residual=True)}
    models, losses = depth_study.train_seeds(builders, *data, seeds=3, **settings)
    _, again = depth_study.train_seeds({"plain": network}, *data, seeds=2, **settings)
    assert list(models) == list(losses) == ["plain", "residual"]
    model, three = models["plain"], losses["plain"]
    assert [len(run) for run in three] == [2, 2, 2]
    np.testing.assert_allclose(again["plain"], three[:2], rtol=1e-4)
    assert len({run[0] for run in three}) == 3
    for layer in model.layers:
        if isinstance(layer, layers.BatchNormalization):
            assert layer.momentum == 0.9


def test_gradient_norms_match_a_finite_difference(data):
    model = network()
    found = depth_study.gradient_norms(model, *data)
    assert len(found) == 5
    assert all(np.isfinite(found))
    kernel = model.layers[1].kernel
    start, images, labels = np.asarray(kernel).copy(), *data

    def loss(change):
        kernel.assign(start + change)
        guesses = np.asarray(model(images, training=True))
        return -np.log(guesses[np.arange(len(labels)), labels]).mean()

    step, gradient = 2e-3, np.zeros(start.shape)
    for place in np.ndindex(start.shape):
        change = np.zeros(start.shape, "float32")
        change[place] = step
        gradient[place] = (loss(change) - loss(-change)) / (2 * step)
    np.testing.assert_allclose(np.linalg.norm(gradient), found[0], rtol=0.05, atol=1e-3)


def test_projections_are_not_among_the_convolutions():
    x = inputs = keras.Input((6, 6, 2))
    y = layers.Conv2D(4, 3, padding="same")(x)
    x = layers.Conv2D(4, 1)(x)
    x = layers.GlobalAveragePooling2D()(layers.ReLU()(x + y))
    model = keras.Model(inputs, layers.Dense(3, activation="softmax")(x))
    images = np.ones((4, 6, 6, 2), "float32")
    assert len(depth_study.gradient_norms(model, images, np.zeros(4, int))) == 1


@pytest.mark.parametrize("residual", [False, True])
def test_lesions(data, residual):
    model = network(residual, pairs=2)
    found = depth_study.lesion_accuracies(model, *data)
    assert len(found) == 1 + 4
    assert all(0 <= accuracy <= 1 for accuracy in found)
    guesses = np.argmax(model(data[0], training=False), axis=-1)
    assert found[0] == np.mean(guesses == data[1])


def test_deleting_a_block_that_does_nothing_changes_nothing(data):
    model = network(residual=True, pairs=2)
    norms = [layer for layer in model.layers if isinstance(layer, layers.BatchNormalization)]
    for norm in norms[2::2]:
        norm.gamma.assign(np.zeros(norm.gamma.shape))
    found = depth_study.lesion_accuracies(model, *data)
    assert found == [found[0]] * 5


def test_fitted_takes_every_second_pixel_and_adds_channels():
    value = np.arange(2 * 5 * 5 * 3).reshape(2, 5, 5, 3)
    found = depth_study._fitted(value, (None, 3, 3, 4))
    np.testing.assert_array_equal(found[..., :3], value[:, ::2, ::2])
    assert not found[..., 3].any()


def test_change_sizes_tell_what_a_block_adds(data):
    x = inputs = keras.Input((6, 6, 1))
    for factor in (0.5, 3.0):
        scale = layers.Conv2D(1, 1, kernel_initializer=keras.initializers.Constant(factor))
        x = x + scale(x)
    x = layers.GlobalAveragePooling2D()(x)
    model = keras.Model(inputs, layers.Dense(3)(x))
    np.testing.assert_allclose(depth_study.change_sizes(model, data[0]), [0.5, 3.0], rtol=1e-4)
    assert depth_study.change_sizes(network(), data[0]) == []
