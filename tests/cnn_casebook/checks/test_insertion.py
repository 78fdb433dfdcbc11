"""The checks of blocks that change nothing: their own network, and what the bank leaves out."""

import keras
import numpy as np
import pytest
from answer_functions import assert_same_failure_with_same_seed
from keras import layers

from cnn_casebook.checks import insertion
from cnn_casebook.checks.parts.verdict import CheckFailed
from cnn_casebook.models.graph import flatten


def insert_identity_blocks(model, count, beta="zeros"):
    pool, dense = model.layers[-2:]
    x = pool.input
    for _ in range(count):
        y = layers.Conv2D(x.shape[-1], 3, padding="same")(x)
        y = layers.ReLU()(layers.BatchNormalization()(y))
        y = layers.Conv2D(x.shape[-1], 3, padding="same")(y)
        y = layers.BatchNormalization(gamma_initializer="zeros", beta_initializer=beta)(y)
        x = layers.ReLU()(layers.Add()([y, x]))
    return keras.Model(model.input, dense(pool(x)))


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize(
    "check",
    [insertion.insertion_unchanged, insertion.insertion_blocks, insertion.insertion_elsewhere],
)
def test_a_right_answer_passes(check, seed):
    check(insert_identity_blocks, seed=seed)


@pytest.mark.parametrize(("residual", "blocks"), [(False, 0), (True, 3)])
def test_only_blocks_that_are_new_count_as_inserted(residual, blocks):
    rng = np.random.default_rng(0)
    model, old = insertion._network((9, 7, 1), (5, 3, 8), 3, residual, rng)
    assert len(insertion.sections(old).blocks) == blocks
    grown = insertion.flatten(insert_identity_blocks(model, 2))
    assert len(insertion._inserted(grown, old)) == 2
    assert insertion._inserted(old, old) == []


def test_the_network_that_is_grown_answers_differently_for_different_images():
    """Else weights that were lost could go unnoticed."""
    rng = np.random.default_rng(1)
    for residual in (False, True):
        _, graph = insertion._network((8, 6, 2), (4, 6), 5, residual, rng)
        images = rng.normal(0.2, 1, (6, 8, 6, 2)).astype("float32")
        assert np.ptp(graph.run(images), axis=0).max() > 0.05


@pytest.mark.parametrize("seed", [505, 621, 643, 872])
def test_scores_are_never_so_large_that_a_softmax_hides_a_change(seed):
    """With these seeds all predictions were 0 or 1 up to rounding, changed or not."""

    def shifted(model, count):
        return insert_identity_blocks(model, count, beta="ones")

    with pytest.raises(CheckFailed, match="beta of a new block's last batch norm is not zero"):
        insertion.insertion_elsewhere(shifted, seed=seed)


def test_a_given_model_that_is_changed_is_noticed():
    """Its gamma is divided by two, and the head makes up for it: the predictions stay."""

    def insert(model, count):
        grown = insert_identity_blocks(model, count)
        norm = next(x for x in model.layers if isinstance(x, layers.BatchNormalization))
        convolution = model.layers[model.layers.index(norm) - 1]
        convolution.kernel.assign(2 * convolution.kernel)
        norm.moving_mean.assign(2 * norm.moving_mean)
        norm.moving_variance.assign(4 * norm.moving_variance + 3 * norm.epsilon)
        return grown

    insertion.insertion_unchanged(insert)
    with pytest.raises(CheckFailed, match="the weights of the model that was given have changed"):
        insertion.insertion_elsewhere(insert)


def test_blocks_where_none_was_asked_for_are_counted():
    with pytest.raises(CheckFailed, match="with count=0 there are 1 new additions"):
        insertion.insertion_elsewhere(
            lambda model, count: insert_identity_blocks(model, max(count, 1))
        )


@pytest.mark.parametrize(
    ("block", "message"),
    [
        (
            lambda x, zero: layers.Add()([zero(layers.Conv2D(x.shape[-1], 1)(x)), x]),
            "the main path of inserted block 1 has 1 convolutions; expected two",
        ),
        (
            lambda x, zero: layers.Add()(
                [
                    zero(layers.Conv2D(x.shape[-1], 1)(layers.Conv2D(4, 3, padding="same")(x))),
                    layers.Conv2D(x.shape[-1], 1, kernel_initializer=_identity)(x),
                ]
            ),
            "has a 1x1 convolution, 6 to 6 channels on its shortcut",
        ),
    ],
    ids=["one convolution", "a convolution on the shortcut"],
)
def test_blocks_of_another_form_are_named(block, message):
    def insert(model, count):
        pool, dense = model.layers[-2:]
        x = pool.input
        for _ in range(count):
            x = block(x, layers.BatchNormalization(gamma_initializer="zeros"))
        return keras.Model(model.input, dense(pool(x)))

    with pytest.raises(CheckFailed, match=message):
        insertion.insertion_blocks(insert)


def _identity(shape, dtype=None):
    return keras.ops.reshape(keras.ops.eye(shape[-1], dtype=dtype), shape)


def test_a_block_that_is_switched_off_gives_relu_of_x_and_beta():
    rng = np.random.default_rng(2)
    block = insertion._zero_block(3)
    x = rng.normal(0, 1, (2, 4, 5, 3)).astype("float32")
    np.testing.assert_array_equal(block(x, training=False), np.maximum(x, 0))
    beta = rng.normal(0, 1, 3).astype("float32")
    block.get_layer("last").beta.assign(beta)
    np.testing.assert_allclose(block(x, training=False), np.maximum(x + beta, 0), atol=1e-6)


@pytest.mark.parametrize(
    "found",
    [None, 3, np.ones((1, 2, 2, 3)), (1.0,), (np.ones(3), np.ones(3), 0)],
    ids=["None", "number", "array", "one", "three"],
)
def test_what_is_no_pair_of_arrays(found):
    with pytest.raises(CheckFailed, match="return x, beta"):
        insertion.counterexample_input(lambda channels: found)


def test_a_pair_that_holds_no_numbers():
    with pytest.raises(CheckFailed, match="expected two arrays of numbers"):
        insertion.counterexample_beta(lambda channels: ("x", "beta"))


def test_an_array_without_images_is_no_counterexample():
    with pytest.raises(CheckFailed, match=r"x has shape \(0, 2, 2, 3\)"):
        insertion.counterexample_input(lambda n: (-np.ones((0, 2, 2, n)), np.ones(n)))


def test_the_learners_arrays_are_not_changed():
    x, beta = -np.ones((1, 2, 2, 8), "float32"), np.ones(8, "float32")
    insertion.counterexample_input(lambda n: (x[..., :n], beta[:n]))
    insertion.counterexample_beta(lambda n: (x[..., :n], beta[:n]))
    assert np.all(x == -1)
    assert np.all(beta == 1)


def test_the_same_seed_gives_the_same_failure():
    assert_same_failure_with_same_seed(insertion.insertion_unchanged, lambda model, count: model)


@pytest.mark.parametrize("seed", [0, 1, 130])  # the last hides every ReLU by its first weights
def test_a_narrow_path_with_relus_is_not_taken_for_a_linear_one(seed):
    x = y = keras.Input((8, 8, 6))
    for filters, size in ((1, 1), (1, 3)):
        y = layers.Conv2D(filters, size, padding="same")(y)
        y = layers.ReLU()(layers.BatchNormalization()(y))
    y = layers.BatchNormalization()(layers.Conv2D(6, 1)(y))
    block = flatten(keras.Model(x, layers.Add()([x, y])))
    insertion._require_nonlinear(block, 1, np.random.default_rng(seed))
