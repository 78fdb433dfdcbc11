"""The checks of cloning and verifying: what the bank of answers does not cover."""

import os
from types import SimpleNamespace

import pytest
from answer_functions import across, assert_same_failure_with_same_seed, solution_names

from cnn_casebook.checks import cloning
from cnn_casebook.checks.parts import repositories
from cnn_casebook.checks.parts.verdict import CheckFailed
from cnn_casebook.data import git

CLONE_CHECKS = [
    cloning.clone_revision,
    cloning.clone_exact,
    cloning.clone_destination,
    cloning.clone_missing,
]
VERIFY_CHECKS = [
    cloning.verify_accepts,
    cloning.verify_changed,
    cloning.verify_missing,
    cloning.verify_extra,
]


@pytest.fixture(scope="module")
def solution() -> dict:
    return solution_names("clone_repository")


@pytest.fixture
def exchange(monkeypatch, tmp_path):
    """The folder that both sides of a check see."""
    monkeypatch.setenv(repositories.FOLDER_VARIABLE, str(tmp_path))
    return tmp_path


@pytest.mark.parametrize(
    ("function", "check"),
    [
        *(("clone_repository", check) for check in CLONE_CHECKS),
        *(("verify_files", check) for check in VERIFY_CHECKS),
    ],
)
def test_right_answers_pass_from_another_process_and_nothing_stays(
    solution, exchange, function, check
):
    check(across(solution[function]))
    assert os.listdir(exchange) == []


@pytest.mark.parametrize("check", CLONE_CHECKS)
def test_git_obeys_no_settings_that_a_learner_could_write(monkeypatch, exchange, solution, check):
    """In a folder that learner code can change, a check only asks git which commit is out."""
    ran = []

    def run(*arguments, folder, **more):
        ran.append((arguments[0], exchange in folder.parents))
        return git.run(*arguments, folder=folder, **more)

    monkeypatch.setattr(repositories, "git", SimpleNamespace(run=run))
    check(solution["clone_repository"])
    assert ("commit", False) in ran
    assert {words for words, shared in ran if shared} <= {"rev-parse"}


def test_a_commit_where_a_tag_stands_is_named():
    def clone_repository(url, destination, revision):
        git.run("clone", "--quiet", "--branch", "v1", "--", url, destination)
        return destination

    with pytest.raises(CheckFailed, match="another commit, where a tag stands"):
        cloning.clone_revision(clone_repository)


def test_no_clone_at_all_is_named():
    with pytest.raises(CheckFailed, match="no checked-out repository at the destination"):
        cloning.clone_revision(lambda url, destination, revision: destination)


def test_something_beside_the_destination_is_noticed(solution):
    def clone_repository(url, destination, revision):
        result = solution["clone_repository"](url, destination, revision)
        open(f"{destination}.log", "w").close()
        return result

    with pytest.raises(CheckFailed, match="something was written beside the destination"):
        cloning.clone_destination(clone_repository)


def test_something_written_before_the_refusal_is_noticed(solution):
    def clone_repository(url, destination, revision):
        os.makedirs(destination, exist_ok=True)
        if os.listdir(destination):
            open(f"{destination}/clone.log", "w").close()
        return solution["clone_repository"](url, destination, revision)

    with pytest.raises(CheckFailed, match="something was written into it first"):
        cloning.clone_destination(clone_repository)


def test_a_timeout_counts_as_a_refusal(solution):
    cloned = []

    def clone_repository(url, destination, revision):
        if cloned:
            raise TimeoutError("too slow")
        cloned.append(destination)
        return solution["clone_repository"](url, destination, revision)

    cloning.clone_missing(clone_repository)


def test_an_unfinished_answer_is_no_refusal():
    def clone_repository(url, destination, revision):
        raise NotImplementedError

    with pytest.raises(NotImplementedError):
        cloning.clone_missing(clone_repository)


def test_an_error_of_the_learner_goes_on_with_a_note(solution):
    def verify_files(repository):
        try:
            return solution["verify_files"](repository)
        except ValueError:
            return {}["weights"]

    with pytest.raises(KeyError) as caught:
        cloning.verify_changed(verify_files)
    assert any("one bit of" in note for note in caught.value.__notes__)


def test_names_of_another_folder_or_too_many_are_refused(solution):
    def verify_files(repository):
        return [*solution["verify_files"](repository), "MANIFEST.sha256"]

    with pytest.raises(CheckFailed, match="without the manifest itself"):
        cloning.verify_accepts(verify_files)


def test_the_same_seed_gives_the_same_failure():
    assert_same_failure_with_same_seed(cloning.verify_accepts, lambda repository: [])
