"""The route over a public repository, tried on a local copy of its photographs."""

from pathlib import Path

import banks
import numpy as np
import pytest
from answer_functions import solution_names

from cnn_casebook import runtime
from cnn_casebook.data import git

runtime.start(seed=0)

import keras  # noqa: E402

from cnn_casebook.data import data_files, hand_signs  # noqa: E402
from cnn_casebook.experiments import few_images  # noqa: E402

SHARED = banks.ROOT.parent / "shared" / "data" / "sign-language-digits"
BUNDLE = data_files.datasets_folder() / "wild_resnet" / "wild_resnet.bundle"
PEOPLE = {
    f"GIT_{role}_{part}": "Someone <someone@example.invalid>"
    for role in ("AUTHOR", "COMMITTER")
    for part in ("NAME", "EMAIL")
}
needs_photographs = pytest.mark.skipif(
    not SHARED.is_dir(), reason="there are no photographs in ../shared/data/sign-language-digits"
)


@pytest.fixture(scope="module")
def solution() -> dict:
    return solution_names("transfer_model")


@pytest.fixture(scope="module")
def source(tmp_path_factory) -> tuple[Path, str]:
    """A local repository of the photographs, and its commit."""
    folder = tmp_path_factory.mktemp("signs") / "repository"
    git.run("init", "--quiet", folder)
    work = ["--work-tree", SHARED, "--git-dir", folder / ".git"]
    git.run(*work, "add", "--all")
    git.run(*work, "commit", "--quiet", "-m", "Photographs", variables=PEOPLE)
    return folder, git.run("rev-parse", "HEAD", folder=folder)


@pytest.fixture(scope="module")
def clone(solution, source) -> str:
    folder, revision = source
    return hand_signs.clone_or_explain(solution["clone_repository"], str(folder), revision[:7])


def no_download(*args, **kwargs):
    raise Exception("URL fetch failure on https://storage.googleapis.com/...")


@needs_photographs
def test_photographs_are_read_and_split(clone):
    train, test = hand_signs.photographs(clone, 40, 1)
    assert len(train.labels) + len(test.labels) == 2_062
    assert train.images.shape[1:] == (40, 40, 1)
    assert train.images.dtype == np.float32
    assert train.images.min() >= 0
    assert 200 < train.images.max() <= 255
    assert train.labels[:10].tolist() == list(range(10))
    assert 0.18 < len(test.labels) / 2_062 < 0.22
    seen = {image.tobytes() for image in train.images}
    assert not any(image.tobytes() in seen for image in test.images)


@needs_photographs
@pytest.mark.slow
def test_the_notebook_s_functions_learn_the_signs(solution, clone, tmp_path, monkeypatch, capsys):
    """With the course's backbone, as where the ImageNet weights cannot be downloaded."""
    monkeypatch.setattr(keras.applications, "MobileNetV2", no_download)
    revision = git.run("ls-remote", BUNDLE, "v1.1.0").split()[0]
    repository = solution["clone_repository"](BUNDLE, tmp_path / "backbone", revision)
    study = hand_signs.study(clone, solution["load_backbone"](repository))
    assert "the course's own backbone takes over" in capsys.readouterr().out
    model = solution["transfer_model"](study.backbone, hand_signs.CLASSES)
    few_images.train(model, study.train, steps=150, seed=0)
    head = few_images.accuracy(model, study.test)
    model = solution["unfreeze_from"](model, study.unfreeze, study.learning_rate)
    few_images.train(model, study.train, steps=150, seed=1)
    tuned = few_images.accuracy(model, study.test)
    print(f"head {head:.3f}, fine-tuned {tuned:.3f}")
    assert head > 0.3  # guessing gives 0.1
    assert tuned > 0.6


@needs_photographs
def test_imagenet_weights_are_used_where_there_are_some(clone, monkeypatch, solution):
    original = keras.applications.MobileNetV2

    def untrained(**kwargs):
        return original(**kwargs, weights=None)

    monkeypatch.setattr(keras.applications, "MobileNetV2", untrained)
    study = hand_signs.study(clone, own_backbone=None)
    assert study.backbone.output_shape == (None, 1280)
    assert study.train.images.shape[1:] == (96, 96, 3)
    assert study.train.images.min() >= -1
    assert study.train.images.max() <= 1
    model = solution["transfer_model"](study.backbone, hand_signs.CLASSES)
    model = solution["unfreeze_from"](model, study.unfreeze, study.learning_rate)
    assert 2 < len(model.trainable_weights) < 40


@pytest.mark.parametrize("error", [ConnectionError, TimeoutError])
def test_offline_one_friendly_line(error, capsys):
    used = []

    def clone_repository(url, destination, revision):
        used.append(destination)
        assert (url, revision) == (hand_signs.URL, "4b09433")
        raise error("no answer")

    assert hand_signs.clone_or_explain(clone_repository) is None
    assert capsys.readouterr().out.count("\n") == 1
    assert not Path(used[0]).exists()


def test_other_errors_are_not_hidden():
    def clone_repository(url, destination, revision):
        raise ValueError("another commit was checked out")

    with pytest.raises(ValueError, match="another commit"):
        hand_signs.clone_or_explain(clone_repository)


def test_another_repository_is_noticed(tmp_path):
    with pytest.raises(FileNotFoundError, match="expected photographs in"):
        hand_signs.photographs(tmp_path, 40, 1)
