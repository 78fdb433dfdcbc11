"""Checks of cloning and verifying: the exact revision, and files that match their manifest."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from cnn_casebook.checks.parts.refusals import refuses, require_promised, require_refusal
from cnn_casebook.checks.parts.repositories import (
    MANIFEST,
    draw_name,
    head_commit,
    prepared,
    with_history,
    with_manifest,
    workplace,
)
from cnn_casebook.checks.parts.verdict import call, check, require
from cnn_casebook.models.graph import describe

_ELSEWHERE = (
    "git works in the folder that git.run gets as folder=destination, and else in that of the "
    "notebook. No repository was cloned there."
)
_UNKNOWN = (
    "git looks for a revision in the folder that git.run is given, as folder=destination, and else "
    "in that of the notebook. Look at both: the folder, and what is given as the revision."
)
_HINTS = (("no such revision", _UNKNOWN), ("not a git repository", _ELSEWHERE))


@contextmanager
def _source_repository(rng: np.random.Generator) -> Iterator[tuple[Path, dict, dict]]:
    """Give a repository to clone, alone in a folder, with its commits and what they hold."""
    with workplace() as place:
        source = place / draw_name(rng)
        yield source, *with_history(source, rng)


@check
def clone_revision(clone_repository, *, rng) -> None:
    """The asked commit is checked out, with its files, and the destination is returned."""
    __tracebackhide__ = True
    with _source_repository(rng) as (source, commits, texts):
        new, empty = (source.parent / draw_name(rng) for _ in range(2))
        empty.mkdir()
        for url, destination, name, digits in (
            (str(source), empty, "second", 40),
            (source.as_uri(), new, "aside", 10),  # as over a network: only what git asks for
        ):
            revision = commits[name][:digits]
            result = call(clone_repository, url, str(destination), revision, hints=_HINTS)
            _require_commit(destination, commits, name)
            written = destination / "weights.txt"
            require(
                written.is_file() and written.read_text().strip() == texts[name],
                "HEAD is at the revision, but the files of the revision are not there. Check them "
                "out: `git checkout`.",
            )
            require(
                isinstance(result, str | os.PathLike)
                and os.path.realpath(result) == os.path.realpath(destination),
                f"clone_repository should return the destination, {str(destination)!r}; found "
                f"{describe(result)}.",
            )


def _require_commit(destination: Path, commits: dict[str, str], wanted: str) -> None:
    __tracebackhide__ = True
    found = head_commit(destination)
    known = {
        "newest": "the newest commit of the default branch. The revision was never checked out.",
        "first": "another commit, where a tag stands.",
    }
    which = next((text for name, text in known.items() if commits[name] == found), "another one.")
    require(
        found == commits[wanted],
        f"expected the commit {commits[wanted][:10]} checked out; found {found[:10]}, {which}",
    )


def _require_cloned(clone_repository, source: Path, to: Path, commits: dict[str, str]) -> None:
    """Require that a clone of what is there succeeds, before anything has to be refused."""
    __tracebackhide__ = True
    call(clone_repository, str(source), str(to), commits["second"], hints=_HINTS)
    _require_commit(to, commits, "second")


@check
def clone_exact(clone_repository, *, rng) -> None:
    """Branches, tags and expressions are refused, and a tag that poses as a commit is noticed."""
    __tracebackhide__ = True
    with _source_repository(rng) as (source, commits, _):
        place = source.parent
        _require_cloned(clone_repository, source, place / draw_name(rng), commits)
        for name in ("main", "v1", "aside", "HEAD~1", commits["first"][:5]):
            require_refusal(
                f"revision {name!r}",
                "Whoever owns the repository can move a name to other commits. Accept nothing but "
                "7 to 40 hexadecimal digits.",
                clone_repository,
                str(source),
                str(named := place / draw_name(rng)),
                name,
                promised=(ValueError,),
            )
            require(
                not named.exists(),
                f"revision {name!r} was refused, but only after the repository had been cloned. "
                "Look at the revision first.",
            )
        short = commits["second"][:9]  # a tag has this name, too
        destination = place / draw_name(rng)
        try:
            call(clone_repository, str(source), str(destination), short)
        except Exception as error:
            if refuses(error):
                return require_promised("a tag that poses as a commit", error)
            raise
        found = head_commit(destination)
        require(
            found == commits["second"],
            f"the repository has a tag that is named {short}, like the short id of a commit, and "
            f"stands at another one. That one, {found[:9]}, was checked out. At the end, compare "
            "the id of HEAD with the revision.",
        )


@check
def clone_destination(clone_repository, *, rng) -> None:
    """A folder that holds something is refused and left alone; nothing is written beside it."""
    __tracebackhide__ = True
    with _source_repository(rng) as (source, commits, _):
        place = source.parent
        mine, new = place / draw_name(rng, words=2), place / draw_name(rng, words=3)
        mine.mkdir()
        (mine / "notes.txt").write_text("mine")
        try:
            require_refusal(
                "the destination holds a file",
                "A clone must not mix with what is there. git clone refuses it by itself: let its "
                "error through.",
                clone_repository,
                str(source),
                str(mine),
                commits["newest"],
            )
        finally:
            require(
                (mine / "notes.txt").is_file() and (mine / "notes.txt").read_text() == "mine",
                "the destination held a file, notes.txt, and it was deleted or changed. Never "
                "clear a folder that the learner named: refuse it.",
            )
        require(
            [path.name for path in mine.iterdir()] == ["notes.txt"],
            "the destination held a file and was refused, but something was written into it first.",
        )
        call(
            clone_repository,
            str(source),
            str(new),
            commits["second"],
            hints=[
                (
                    "oo many arguments",
                    "the path has spaces, and something split it there. Pass git a list of words, "
                    "and use no shell.",
                ),
                *_HINTS,
            ],
        )
        _require_commit(new, commits, "second")
        beside = sorted(path.name for path in place.iterdir())
        require(
            beside == sorted([source.name, mine.name, new.name]),
            "something was written beside the destination; everything belongs into it.",
        )


@check
def clone_missing(clone_repository, *, rng) -> None:
    """A revision that the repository lacks and an address without repository raise an error."""
    __tracebackhide__ = True
    with _source_repository(rng) as (source, commits, _):
        place = source.parent
        _require_cloned(clone_repository, source, place / draw_name(rng), commits)
        absent = "".join(rng.choice(list("0123456789abcdef"), 40))
        require_refusal(
            f"the revision {absent[:10]}..., which the repository does not have",
            "Where git cannot check out, git.run raises an error; let it through.",
            clone_repository,
            str(source),
            str(place / draw_name(rng)),
            absent,
        )
        require_refusal(
            "an address where no repository is",
            "Where git cannot clone, git.run raises an error; let it through.",
            clone_repository,
            str(place / draw_name(rng)),
            str(place / draw_name(rng)),
            commits["newest"],
        )
        address, destination = "--quiet", str(place / draw_name(rng))
        try:
            call(clone_repository, address, destination, commits["newest"])
        except Exception as error:
            # As an option it leaves the destination to be taken for the address.
            require(
                f"repository '{destination}'" not in str(error),
                f"the address {address!r} was taken for an option of git. Put -- in front of what "
                "others give you: git clone -- URL DESTINATION.",
            )
            if not refuses(error):
                raise
        else:
            require(False, f"the address {address!r}, where no repository is, raises no error.")


def _files(rng: np.random.Generator) -> dict[str, bytes]:
    name = "".join(rng.choice(list("abcdefgh"), 5))
    return {
        f"weights/{name}.keras": rng.bytes(300),
        "weights/older/spare file.keras": rng.bytes(200),
        ".gitattributes": b"* -text\n",
    }


@check
def verify_accepts(verify_files, *, rng) -> None:
    """An untouched repository passes, and the names of its files come back."""
    __tracebackhide__ = True
    with workplace() as place:
        for _ in range(2):
            folder = place / draw_name(rng)
            with prepared(folder) as made:
                names = with_manifest(made, rng, _files(rng))
            result = call(verify_files, str(folder))
            require(
                isinstance(result, list) and all(isinstance(name, str) for name in result),
                f"verify_files should return a list of names, each a str; found "
                f"{describe(result)}.",
            )
            found = sorted(Path(name).as_posix() for name in result)
            require(
                found == names,
                f"expected the names of the manifest's lines, {names}; found {found}. "
                "They are paths inside the repository, without the manifest itself.",
            )


def _require_refusals(
    verify_files,
    rng: np.random.Generator,
    cause: str,
    damages: list,
    promised: tuple[type[Exception], ...] = (ValueError,),
) -> None:
    """Require that an untouched repository passes, and that each damaged one is refused.

    Args:
        verify_files: The learner's function.
        rng: Random numbers.
        cause: The likely cause if one is not refused.
        damages: Functions of a repository's folder and of the names in its manifest. They do the
            damage and say what they did.
        promised: The kinds of error that the text promises.
    """
    __tracebackhide__ = True
    untouched = int(rng.integers(len(damages)))  # which of them follows one that is right
    with workplace() as place:
        for number, damage in enumerate(damages):
            if number == untouched:
                right = place / draw_name(rng)
                with prepared(right) as made:
                    with_manifest(made, rng, _files(rng))
                call(verify_files, str(right))
            folder = place / draw_name(rng)
            with prepared(folder) as made:
                what = damage(made, with_manifest(made, rng, _files(rng)))
            require_refusal(what, cause, verify_files, str(folder), promised=promised)


@check
def verify_changed(verify_files, *, rng) -> None:
    """A file with a single changed bit is refused, whichever it is."""
    __tracebackhide__ = True

    def change(folder: Path, name: str) -> str:
        content = bytearray((folder / name).read_bytes())
        content[rng.integers(len(content))] ^= 1 << rng.integers(7)
        (folder / name).write_bytes(bytes(content))
        return f"one bit of {name} is changed"

    _require_refusals(
        verify_files,
        rng,
        "Compute the SHA-256 of each file's bytes, and refuse any other than the digits on the "
        "file's line of the manifest.",
        [
            lambda folder, names: change(folder, str(rng.choice(names))),
            lambda folder, names: change(folder, "MODEL_CARD.md"),
            lambda folder, names: change(folder, "weights/older/spare file.keras"),
        ],
    )


@check
def verify_missing(verify_files, *, rng) -> None:
    """A file that the manifest lists and that is not there is refused; so is a missing manifest."""
    __tracebackhide__ = True

    def remove(folder: Path, name: str) -> str:
        (folder / name).unlink()
        return f"{name} is missing"

    _require_refusals(
        verify_files,
        rng,
        "Every line of the manifest names a file that has to be there, and so has the manifest.",
        [
            lambda folder, names: remove(folder, str(rng.choice(names))),
            lambda folder, names: remove(folder, MANIFEST),
        ],
        # Whoever opens a file that is missing gets the second one from Python.
        promised=(ValueError, FileNotFoundError),
    )


@check
def verify_extra(verify_files, *, rng) -> None:
    """A file that no line of the manifest lists is refused, wherever it lies."""
    __tracebackhide__ = True

    def add(folder: Path, name: str) -> str:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(rng.bytes(50))
        return f"{name} is there, and the manifest does not list it"

    def link(folder: Path, name: str) -> str:
        (folder / name).symlink_to("../MODEL_CARD.md")
        return f"{name}, a link to another file, is there, and the manifest does not list it"

    _require_refusals(
        verify_files,
        rng,
        "Compare the names of all files in the repository, at any depth, with the names in the "
        "manifest. Only the .git at the top and the manifest beside it are not listed.",
        [
            lambda folder, names: add(folder, "weights/newer.keras"),
            lambda folder, names: add(folder, "model.keras"),
            lambda folder, names: add(folder, "weights/other/best.keras"),
            lambda folder, names: add(folder, f"weights/{draw_name(rng)}.py"),
            lambda folder, names: add(folder, f".{draw_name(rng)}"),
            lambda folder, names: link(folder, f"weights/{draw_name(rng)}.keras"),
            lambda folder, names: add(folder, f"weights/{MANIFEST}"),
            lambda folder, names: add(folder, f"weights/.git/{draw_name(rng)}"),
        ],
    )
