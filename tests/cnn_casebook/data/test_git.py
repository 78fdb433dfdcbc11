"""git.run: no shell, no settings of the user, no questions, an end in time, errors with advice."""

import os
import stat
import sys
import time

import pytest

from cnn_casebook.data import git

PEOPLE = {
    f"GIT_{role}_{part}": "Someone <someone@example.invalid>"
    for role in ("AUTHOR", "COMMITTER")
    for part in ("NAME", "EMAIL")
}
posix = pytest.mark.skipif(os.name != "posix", reason="needs a POSIX shell script as a stand-in")


@pytest.fixture
def repository(tmp_path):
    folder = tmp_path / "source"
    git.run("init", "--quiet", "--initial-branch=main", folder)
    (folder / "a.txt").write_bytes(b"one\r\ntwo\n")
    git.run("add", "--all", folder=folder)
    git.run("commit", "--quiet", "-m", "First", folder=folder, variables=PEOPLE)
    return folder


def fake_git(tmp_path, monkeypatch, script):
    """Put a script named git before the real one."""
    place = tmp_path / "bin"
    place.mkdir()
    path = place / "git"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{place}{os.pathsep}{os.environ['PATH']}")


def test_no_git(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RuntimeError, match="git is not installed"):
        git.run("version")


@pytest.mark.parametrize(
    "said",
    [
        "fatal: unable to access 'https://x/': Could not resolve host: github.com",
        "fatal: unable to access 'https://x/': Failed to connect to github.com port 443",
        "ssh: connect: Network is unreachable",
    ],
)
@posix
def test_no_network(tmp_path, monkeypatch, said):
    fake_git(tmp_path, monkeypatch, f'echo "{said}" >&2; exit 128')
    with pytest.raises(ConnectionError, match="network does not answer"):
        git.run("clone", "--", "https://example.invalid/x", tmp_path / "x")


@posix
def test_private_or_missing_on_a_server(tmp_path, monkeypatch):
    fake_git(
        tmp_path,
        monkeypatch,
        "echo \"fatal: could not read Username for 'https://github.com': "
        'terminal prompts disabled" >&2; exit 128',
    )
    with pytest.raises(FileNotFoundError, match="slip in the address"):
        git.run("clone", "--", "https://example.invalid/x", tmp_path / "x")


@posix
def test_timeout_ends_git_and_its_children(tmp_path, monkeypatch):
    mark = tmp_path / "mark"
    fake_git(tmp_path, monkeypatch, f"(sleep 3; touch '{mark}') & sleep 60")
    began = time.monotonic()
    with pytest.raises(TimeoutError, match=r"git clone did not end within 0\.3 seconds"):
        git.run("clone", "--", "x", "y", timeout=0.3)
    assert time.monotonic() - began < 10
    time.sleep(4)
    assert not mark.exists()


def test_unknown_failure_quotes_git(tmp_path):
    with pytest.raises(RuntimeError, match=r"git said: .*is not a git command"):
        git.run("no-such-command")


def test_wrong_address(tmp_path):
    with pytest.raises(FileNotFoundError, match="no repository at this address"):
        git.run("clone", "--", tmp_path / "nowhere", tmp_path / "x")


def test_file_that_is_no_repository(tmp_path):
    (tmp_path / "x.bundle").write_text("something else")
    with pytest.raises(FileNotFoundError, match="no repository at this address"):
        git.run("clone", "--", tmp_path / "x.bundle", tmp_path / "x")


@pytest.mark.parametrize("revision", ["0" * 40, "1234567", "no-such-branch"])
def test_missing_revision(repository, revision):
    with pytest.raises(ValueError, match="no such revision"):
        git.run("checkout", "--detach", revision, folder=repository)


def test_dirty_destination(repository, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine")
    with pytest.raises(FileExistsError, match="destination is not empty"):
        git.run("clone", "--", repository, tmp_path / "mine")
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["notes.txt"]


def test_folder_inside_another_repository_is_not_that_repository(repository):
    inner = repository / "inner"
    inner.mkdir()
    with pytest.raises(FileNotFoundError, match="not a git repository"):
        git.run("rev-parse", "HEAD", folder=inner)


def test_missing_folder(tmp_path):
    with pytest.raises(FileNotFoundError, match="there is no folder"):
        git.run("status", folder=tmp_path / "nowhere")


@pytest.mark.parametrize(
    "url", ["ext::sh -c 'touch pwned'", "http://example.invalid/x", "git://x/y"]
)
def test_other_transports_are_refused(tmp_path, monkeypatch, url):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match="only https addresses and local paths"):
        git.run("clone", "--", url, "x")
    assert list(tmp_path.iterdir()) == []


def test_no_shell(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FileNotFoundError):
        git.run("clone", "--", "x; touch pwned", "$(touch pwned)")
    assert not (tmp_path / "pwned").exists()


def test_bytes_stay_as_they_are(repository, tmp_path):
    git.run("clone", "--quiet", "--", repository, tmp_path / "copy")
    assert (tmp_path / "copy" / "a.txt").read_bytes() == b"one\r\ntwo\n"


@posix
def test_settings_of_the_user_and_hooks_have_no_effect(repository, tmp_path, monkeypatch):
    mark = tmp_path / "mark"
    hooks = tmp_path / "template" / "hooks"
    hooks.mkdir(parents=True)
    (hooks / "post-checkout").write_text(f"#!/bin/sh\ntouch '{mark}'\n")
    (hooks / "post-checkout").chmod(0o755)
    (tmp_path / ".gitconfig").write_text(
        f"[init]\n templateDir = {tmp_path / 'template'}\n"
        f"[core]\n hooksPath = {hooks}\n autocrlf = true\n"
        f'[url "/nowhere"]\n insteadOf = {tmp_path}\n'
    )
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIT_TEMPLATE_DIR", str(tmp_path / "template"))
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    git.run("clone", "--quiet", "--", repository, tmp_path / "copy")
    assert (tmp_path / "copy" / "a.txt").is_file()
    assert not mark.exists()


@posix
def test_symbolic_links_become_text(repository, tmp_path):
    (repository / "link").symlink_to("/etc/passwd")
    git.run("-c", "core.symlinks=true", "add", "--all", folder=repository)
    git.run("commit", "--quiet", "-m", "Link", folder=repository, variables=PEOPLE)
    git.run("clone", "--quiet", "--", repository, tmp_path / "copy")
    assert not (tmp_path / "copy" / "link").is_symlink()
    assert (tmp_path / "copy" / "link").read_text() == "/etc/passwd"


def test_nothing_is_asked():
    assert sys.stdin is not None  # git gets none of it, and answers at once
    environment = git._environment()
    assert environment["GIT_TERMINAL_PROMPT"] == "0"
    assert not {"GIT_DIR", "GIT_WORK_TREE", "GIT_ASKPASS"} & set(environment)
