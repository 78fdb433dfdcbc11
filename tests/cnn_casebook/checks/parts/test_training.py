"""What a real fit moves: on a model that is a copy, and whose weights are watched to the bit."""

import keras
import numpy as np
import pytest
from keras import layers

from cnn_casebook.checks.parts import training
from cnn_casebook.checks.parts.verdict import CheckFailed


@pytest.fixture
def rng():
    return np.random.default_rng(7)


def network(frozen=True, loss="sparse_categorical_crossentropy"):
    """A backbone with a batch norm, nested, and a head; compiled with SGD at 0.05."""
    x = keras.Input((4, 4, 2))
    y = layers.BatchNormalization(name="norm")(layers.Conv2D(3, 3, name="conv")(x))
    backbone = keras.Model(x, layers.GlobalAveragePooling2D()(y), name="backbone")
    backbone.trainable = not frozen
    images = keras.Input((4, 4, 2))
    head = layers.Dense(3, activation="softmax", name="head")
    model = keras.Model(images, head(backbone(images)))
    model.compile(keras.optimizers.SGD(0.05), loss, jit_compile=True)
    return model


def test_a_rebuilt_model_is_a_copy_compiled_alike(rng):
    model = network()
    copy = training.rebuilt(model)
    assert copy is not model
    assert float(copy.optimizer.learning_rate) == pytest.approx(0.05)
    assert copy.run_eagerly
    assert not copy.jit_compile
    assert [w.path for w in copy.trainable_weights] == [w.path for w in model.trainable_weights]
    images, labels = training.draw_batch(model, rng)
    predicted = model.predict(images, verbose=0)
    np.testing.assert_allclose(copy.predict(images, verbose=0), predicted, atol=1e-6)
    training.fit(copy, images, labels, epochs=1)
    np.testing.assert_array_equal(model.predict(images, verbose=0), predicted)


def test_a_model_that_is_not_compiled_is_refused():
    x = keras.Input((3,))
    with pytest.raises(CheckFailed, match=r"not compiled; .* Call model.compile"):
        training.rebuilt(keras.Model(x, layers.Dense(2)(x)))


@pytest.mark.parametrize(("frozen", "moved"), [(True, ["head"]), (False, ["conv", "norm", "head"])])
def test_what_is_trainable_moves_and_the_rest_stays(rng, frozen, moved):
    model = training.compiled_anew(training.rebuilt(network(frozen)))
    assert training.moved_by_fit(model, rng) == moved


def test_nothing_moves_where_nothing_is_trainable(rng):
    model = network()
    model.trainable = False
    assert training.moved_by_fit(training.compiled_anew(model), rng) == []


def test_batches_fit_the_model_and_repeat_with_the_random_numbers():
    images, labels = training.draw_batch(network(), np.random.default_rng(1), count=50)
    assert (images.shape, images.dtype) == ((50, 4, 4, 2), np.float32)
    assert set(labels.tolist()) == {0, 1, 2}
    again, _ = training.draw_batch(network(), np.random.default_rng(1), count=50)
    np.testing.assert_array_equal(images, again)


@pytest.mark.parametrize(
    ("loss", "words"),
    [
        ("categorical_crossentropy", "a loss for labels of another form"),
        ("mse", "a loss for labels of another form"),
        (None, "was given no loss"),
        ("sparse_crossentropy", "no loss of the name"),
    ],
)
@pytest.mark.parametrize("eager", [True, False])
def test_a_loss_that_does_not_fit_is_explained(rng, loss, words, eager):
    model = training.rebuilt(network(loss=loss), eager)
    with pytest.raises(Exception) as caught:  # noqa: PT011
        training.moved_by_fit(model, rng)
    assert words in caught.value.__notes__[-1]


def test_of_another_error_of_fit_no_loss_is_said(rng):
    images, labels = training.draw_batch(model := network(), rng)
    with pytest.raises(ValueError, match="cardinality") as caught:
        training.fit(model, images[1:], labels)
    assert caught.value.__notes__ == ["Raised by fit with integer labels."]


def test_nested_batch_norms_are_found(rng):
    model = network(frozen=False)
    assert training.norm_names(model) == ["norm"]
    before = training.norm_statistics(model)
    assert [path.rsplit("/", 1)[-1] for path in before] == ["moving_mean", "moving_variance"]
    training.moved_by_fit(training.compiled_anew(model), rng)
    after = training.norm_statistics(model)
    assert all(not np.array_equal(before[path], after[path]) for path in before)
