"""What checks hand to learners: a history, a manifest, folders that both sides see."""

import hashlib
import os

import numpy as np
import pytest

from cnn_casebook.checks.parts import repositories
from cnn_casebook.checks.parts.verdict import CheckFailed
from cnn_casebook.data import git


@pytest.fixture(scope="module")
def history(tmp_path_factory):
    folder = tmp_path_factory.mktemp("history") / "source"
    commits, texts = repositories.with_history(folder, np.random.default_rng(0))
    return folder, commits, texts


def named(folder, name):
    return git.run("rev-parse", f"{name}^{{commit}}", folder=folder)


def test_names_lead_to_their_commits(history):
    folder, commits, _ = history
    assert len(set(commits.values())) == 4
    assert named(folder, "refs/heads/main") == commits["newest"]
    assert named(folder, "refs/heads/main~2") == commits["first"]
    assert named(folder, "refs/heads/aside") == commits["aside"]
    assert named(folder, "refs/heads/aside~1") == commits["first"]
    assert named(folder, "refs/tags/v1") == commits["first"]


def test_a_tag_is_named_like_another_commit(history):
    folder, commits, _ = history
    assert named(folder, f"refs/tags/{commits['second'][:9]}") == commits["first"]


def test_each_commit_holds_its_own_text(history):
    folder, commits, texts = history
    assert len(set(texts.values())) == 4
    for name, commit in commits.items():
        assert git.run("show", f"{commit}:weights.txt", folder=folder) == texts[name]


def test_the_newest_commit_is_checked_out(history):
    folder, commits, texts = history
    assert repositories.head_commit(folder) == commits["newest"]
    assert (folder / "weights.txt").read_text().strip() == texts["newest"]


@pytest.mark.parametrize("made", [False, True], ids=["no folder", "an empty folder"])
def test_no_commit_where_there_is_no_repository(tmp_path, made):
    folder = tmp_path / "nowhere"
    if made:
        folder.mkdir()
    with pytest.raises(CheckFailed, match="there is no checked-out repository"):
        repositories.head_commit(folder)


def test_a_manifest_lists_every_file_but_itself_and_git(tmp_path):
    weights = {"weights/a.keras": b"123", "weights/older/b c.keras": b"456"}
    names = repositories.with_manifest(tmp_path, np.random.default_rng(0), weights)
    files = {p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*") if p.is_file()}
    others = {name for name in files if name.startswith(".git/")} | {repositories.MANIFEST}
    assert len(others) == 3
    assert names == sorted(files - others)
    for line in (tmp_path / repositories.MANIFEST).read_text(encoding="utf-8").splitlines():
        digits, name = line.split("  ")
        assert digits == hashlib.sha256((tmp_path / name).read_bytes()).hexdigest()
        names.remove(name)
    assert names == []


def test_a_prepared_folder_is_out_of_reach_until_it_is_ready(tmp_path):
    folder = tmp_path / "repository"
    with repositories.prepared(folder) as made:
        assert tmp_path not in made.parents
        (made / "file.txt").write_text("done")
        assert not folder.exists()
    assert (folder / "file.txt").read_text() == "done"
    assert not made.exists()


def test_a_failure_leaves_no_half_made_folder(tmp_path):
    with pytest.raises(RuntimeError), repositories.prepared(tmp_path / "repository"):
        raise RuntimeError
    assert os.listdir(tmp_path) == []


def test_a_workplace_lies_where_both_sides_see_it_and_goes_away(monkeypatch, tmp_path):
    monkeypatch.setenv(repositories.FOLDER_VARIABLE, str(tmp_path))
    with repositories.workplace() as place:
        assert place.parent == tmp_path.resolve()
        assert os.listdir(place) == []
        (place / "file.txt").write_text("left")
    assert os.listdir(tmp_path) == []


def test_a_workplace_goes_away_after_a_failure_too(monkeypatch, tmp_path):
    monkeypatch.setenv(repositories.FOLDER_VARIABLE, str(tmp_path))
    with pytest.raises(RuntimeError), repositories.workplace():
        raise RuntimeError
    assert os.listdir(tmp_path) == []
