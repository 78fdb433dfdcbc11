"""The checks of a new head and of unfreezing: what the bank of answers does not cover."""

import keras
import numpy as np
import pytest
from answer_functions import across, assert_same_failure_with_same_seed, solution_names
from keras import layers

from cnn_casebook.checks import transfer
from cnn_casebook.checks.parts.training import moved_by_fit
from cnn_casebook.checks.parts.verdict import CheckFailed


@pytest.fixture(scope="module")
def solution() -> dict:
    return solution_names("transfer_model")


@pytest.mark.parametrize(
    ("function", "check"),
    [
        ("transfer_model", transfer.transfer_head),
        ("transfer_model", transfer.transfer_frozen),
        ("transfer_model", transfer.transfer_norms),
        ("transfer_model", transfer.transfer_learns),
        ("unfreeze_from", transfer.unfreeze_moves),
        ("unfreeze_from", transfer.unfreeze_rate),
        ("unfreeze_from", transfer.unfreeze_norms),
        ("unfreeze_from", transfer.unfreeze_head),
        ("unfreeze_from", transfer.unfreeze_names),
    ],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_right_answers_pass_from_another_process(solution, function, check):
    check(across(solution[function]))


def test_not_compiled_again_is_noticed_from_another_process():
    def unfreeze_from(model, layer_name, learning_rate):
        for layer in model.layers[1].layers:
            layer.trainable = not isinstance(layer, layers.BatchNormalization)
        return model

    with pytest.raises(CheckFailed, match="Compile the model again"):
        transfer.unfreeze_rate(across(unfreeze_from))


def test_every_layer_of_the_check_network_gets_a_gradient():
    """Else a layer that was rightly unfrozen could stay as it was, and the check be unfair."""
    for seed in range(10):
        rng = np.random.default_rng(seed)
        model, backbone = transfer._frozen_model(rng)
        for layer in backbone.layers:
            layer.trainable = not isinstance(layer, layers.BatchNormalization)
        model.compile("sgd", "sparse_categorical_crossentropy", run_eagerly=True)
        changed = moved_by_fit(model, rng, epochs=1)
        assert {x.name for x in backbone.layers if hasattr(x, "kernel")} <= set(changed)


def test_training_leaves_the_learners_own_model_as_it_is(solution):
    """A check trains a copy: the model may be one that the learner trained for minutes."""
    kept = []

    def transfer_model(backbone, classes):
        model = solution["transfer_model"](backbone, classes)
        kept.append((model, [w.copy() for w in model.get_weights()]))
        return model

    transfer.transfer_learns(transfer_model)
    ((model, before),) = kept
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ([], "no layer of the backbone moved"),
        (["stem_conv", "a_conv", "b_conv", "c_conv"], "such as 'stem_conv'"),
        (["b_conv", "c_conv"], "The named layer itself belongs"),
        (["a_conv"], "Only the named layer trains"),
        (["a_conv", "c_conv"], "in the order of backbone.layers"),
    ],
)
def test_what_moved_and_should_not_and_what_stayed_is_named(changed, message):
    backbone = _stack("stem_conv", "a_conv", "b_conv", "c_conv")
    with pytest.raises(CheckFailed, match=message):
        transfer._require_moved(backbone, "a_conv", changed)


def test_what_moved_as_asked_is_accepted():
    backbone = _stack("stem_conv", "a_conv", "b_conv")
    transfer._require_moved(backbone, "a_conv", ["a_conv", "b_conv", "new_head"])
    transfer._require_moved(backbone, "b_conv", ["b_conv"])
    transfer._require_moved(backbone, "stem_conv", ["stem_conv", "a_conv", "b_conv"])


def _stack(*names):
    return keras.Sequential([keras.Input((4, 4, 1)), *(layers.Conv2D(1, 1, name=n) for n in names)])


def test_the_same_seed_gives_the_same_failure(solution):
    assert_same_failure_with_same_seed(
        transfer.unfreeze_rate,
        lambda model, name, rate: solution["unfreeze_from"](model, name, 2 * rate),
    )
