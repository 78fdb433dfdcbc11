"""The checks of cloning, loading and fine-tuning: what the bank of answers does not cover."""

import json
import os
from types import SimpleNamespace

import banks
import numpy as np
import pytest

from cnn_casebook import runtime
from cnn_casebook.data import git

runtime.start(seed=0)

import keras  # noqa: E402
from keras import layers  # noqa: E402

from cnn_casebook.checks import cloning, loading, transfer  # noqa: E402
from cnn_casebook.checks.parts import repositories  # noqa: E402
from cnn_casebook.checks.parts.verdict import CheckFailed  # noqa: E402


@pytest.fixture(scope="module")
def solution() -> dict:
    notebook = banks.notebook_of("transfer_model")
    names = dict(notebook._names())
    for source in notebook.answers.values():
        exec(source, names)
    return names


def sent(value):
    """What arrives in another process: models as JSON and weights, everything else as JSON."""
    if isinstance(value, keras.Model):
        twin = keras.models.model_from_json(value.to_json())
        twin.set_weights(value.get_weights())
        return twin
    if isinstance(value, np.ndarray):
        return value.copy()
    return json.loads(json.dumps(value))


def across(function):
    """Call a function as if it ran in another process."""

    def stand_in(*args):
        return sent(function(*map(sent, args)))

    stand_in.__name__ = function.__name__
    return stand_in


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
@pytest.mark.parametrize(
    ("function", "check"),
    [
        ("clone_repository", cloning.clone_revision),
        ("clone_repository", cloning.clone_exact),
        ("verify_files", cloning.verify_accepts),
        ("verify_files", cloning.verify_changed),
        ("load_backbone", loading.load_features),
        ("load_backbone", loading.load_safe),
        ("prepare_images", loading.prepare_range),
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


def test_not_compiled_again_is_noticed_from_another_process(solution):
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
        changed = transfer._moved_by_fit(model, rng, epochs=1)
        assert {x.name for x in backbone.layers if hasattr(x, "kernel")} <= set(changed)


def test_folder_that_both_sides_see(monkeypatch, tmp_path):
    monkeypatch.setenv(repositories.FOLDER_VARIABLE, str(tmp_path))
    with repositories.workplace() as place:
        assert place.parent == tmp_path.resolve()
    assert os.listdir(tmp_path) == []


def test_an_error_of_the_learner_goes_on_with_a_note():
    def verify_files(repository):
        return [] if repository.endswith("right") else {}["weights"]

    with pytest.raises(KeyError) as caught:
        cloning.verify_changed(verify_files)
    assert any("one bit of" in note for note in caught.value.__notes__)


def test_a_timeout_counts_as_a_refusal(solution):
    def clone_repository(url, destination, revision):
        if not destination.endswith("right"):
            raise TimeoutError("too slow")
        return solution["clone_repository"](url, destination, revision)

    cloning.clone_missing(clone_repository)


def test_an_unfinished_answer_is_no_refusal():
    def clone_repository(url, destination, revision):
        raise NotImplementedError

    with pytest.raises(NotImplementedError):
        cloning.clone_missing(clone_repository)


@pytest.mark.parametrize(
    "check",
    [
        cloning.clone_revision,
        cloning.clone_exact,
        cloning.clone_destination,
        cloning.clone_missing,
    ],
)
def test_git_obeys_no_settings_that_a_learner_could_write(monkeypatch, tmp_path, solution, check):
    """In a folder that learner code can change, a check only asks git which commit is out."""
    ran = []

    def run(*arguments, folder, **more):
        ran.append((arguments[0], tmp_path in folder.parents))
        return git.run(*arguments, folder=folder, **more)

    monkeypatch.setenv(repositories.FOLDER_VARIABLE, str(tmp_path))
    monkeypatch.setattr(repositories, "git", SimpleNamespace(run=run))
    check(solution["clone_repository"])
    assert ("commit", False) in ran
    assert {words for words, shared in ran if shared} <= {"rev-parse"}
