"""Small repositories that checks hand to a learner's functions: with a history, with a manifest.

They lie in a folder that both sides of a check can see. Where learner code runs apart from the
checks, the variable CASEBOOK_EXCHANGE names such a folder; else it is the system's temporary one.
"""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from cnn_casebook.checks.parts.verdict import require
from cnn_casebook.data import git

MANIFEST = "MANIFEST.sha256"
FOLDER_VARIABLE = "CASEBOOK_EXCHANGE"

_AUTHOR_AND_COMMITTER = {
    f"GIT_{role}_{part}": value
    for role in ("AUTHOR", "COMMITTER")
    for part, value in (("NAME", "Casebook"), ("EMAIL", "casebook@example.invalid"))
}


@contextmanager
def prepared(folder: Path) -> Iterator[Path]:
    """Give a folder that the check alone can change; at the end, copy it to `folder`.

    Where a learner's code can write, it could change files and settings while the check works.
    """
    with tempfile.TemporaryDirectory() as private:
        made = Path(private, folder.name)
        made.mkdir()
        yield made
        shutil.copytree(made, folder, symlinks=True)


@contextmanager
def workplace() -> Iterator[Path]:
    """Give an empty folder, and remove it at the end."""
    with tempfile.TemporaryDirectory(
        prefix="casebook-check-", dir=os.environ.get(FOLDER_VARIABLE), ignore_cleanup_errors=True
    ) as folder:
        yield Path(folder).resolve()


def draw_name(rng: np.random.Generator, words: int = 1) -> str:
    """Draw a name for a file or a folder, with spaces between several words."""
    letters = list("abcdefghijklmnopqrstuvwxyz")
    return " ".join("".join(rng.choice(letters, 6)) for _ in range(words))


def with_history(folder: Path, rng: np.random.Generator) -> tuple[dict[str, str], dict[str, str]]:
    """Make a git repository whose file `weights.txt` differs from commit to commit.

    `main` has three commits: the tag `v1` names the first. A second branch leaves `main` at the
    first commit and has one of its own, which no other name leads to. Another tag at the first
    commit is named like the second: by the first 9 digits of its id.

    Args:
        folder: Where to make it.
        rng: Random numbers.

    Returns:
        Commit ids: "first", "second", "newest" (on `main`) and "aside"; and what `weights.txt`
        holds in each.
    """
    commits, texts = {}, {}
    with prepared(folder) as made:

        def commit(name: str) -> None:
            texts[name] = str(rng.integers(2**60))
            (made / "weights.txt").write_text(f"{texts[name]}\n", encoding="utf-8")
            git.run("add", "weights.txt", folder=made)
            git.run(
                "commit", "--quiet", "-m", "Change it", folder=made, variables=_AUTHOR_AND_COMMITTER
            )
            commits[name] = git.run("rev-parse", "HEAD", folder=made)

        git.run("init", "--quiet", "--initial-branch=main", folder=made)
        commit("first")
        git.run("tag", "v1", folder=made)
        git.run("checkout", "--quiet", "-b", "aside", folder=made)
        commit("aside")
        git.run("checkout", "--quiet", "main", folder=made)
        commit("second")
        git.run("tag", commits["second"][:9], commits["first"], folder=made)
        commit("newest")
    return commits, texts


def head_commit(folder: Path) -> str:
    """The commit that is checked out in a folder."""
    __tracebackhide__ = True
    try:
        return git.run("rev-parse", "--verify", "HEAD", folder=folder)
    except (FileNotFoundError, ValueError) as error:
        require(
            False,
            f"after the call there is no checked-out repository at the destination ({error}).",
        )


def with_manifest(folder: Path, rng: np.random.Generator, weights: dict[str, bytes]) -> list[str]:
    """Make a folder as a clone leaves it: files, a manifest that lists them, and `.git`.

    Args:
        folder: Where to make it.
        rng: Random numbers.
        weights: The weight files, by their paths inside the folder.

    Returns:
        The listed paths, sorted.
    """
    card = f"# Model card {rng.integers(2**60)}\n".encode()
    files = {"MODEL_CARD.md": card, "LICENSE": b"MIT License\n", **weights}
    for name, content in {**files, ".git/HEAD": b"ref: refs/heads/main\n"}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    (folder / ".git/objects").mkdir()
    (folder / ".git/objects/pack").write_bytes(rng.bytes(40))
    names = sorted(files)
    write_manifest(folder, names)
    return names


def write_manifest(folder: Path, names: list[str]) -> None:
    """Write the manifest of some files, as they are now."""
    lines = [f"{hashlib.sha256((folder / n).read_bytes()).hexdigest()}  {n}\n" for n in names]
    (folder / MANIFEST).write_text("".join(lines), encoding="utf-8", newline="\n")
