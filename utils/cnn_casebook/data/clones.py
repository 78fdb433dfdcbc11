"""Looks over a stranger's clone before anything in it is used: what to read, and what to beware of.

Git LFS keeps large files outside a repository. In their place lies a pointer: a text of three lines
with the SHA-256 and the size of the real file. Source: git-lfs, docs/spec.md, "The Pointer".
"""

import hashlib
import re
from pathlib import Path
from typing import NamedTuple

MANIFEST = "MANIFEST.sha256"

_POINTER = re.compile(
    rb"version https://git-lfs\.github\.com/spec/v1\n(?:[a-z0-9.-]+ [^\n]*\n)*?"
    rb"oid sha256:([0-9a-f]{64})\nsize ([0-9]+)\n?"
)
_LARGEST_POINTER = 1024  # bytes; a pointer has fewer
_READ_FIRST = re.compile(r"licen[cs]e|copying|model_?card|readme|change_?(?:log|s)|news", re.I)
_LICENCE = re.compile(r"licen[cs]e|copying", re.I)
_PICKLE = "may be a pickle, which runs code while it is read: leave it"
_WEIGHTS = {
    ".keras": "load it in safe mode, with an up-to-date Keras",
    ".h5": "load only its weights, into a network that you built: `load_weights`",
    ".hdf5": "load only its weights, into a network that you built: `load_weights`",
    ".safetensors": "holds numbers only",
    ".npz": "NumPy reads it without pickles, if you do not allow them",
    ".npy": "NumPy reads it without pickles, if you do not allow them",
    ".pb": "a program for TensorFlow: run it only if you would run the author's code",
    **dict.fromkeys((".pkl", ".pickle", ".joblib", ".pt", ".pth", ".bin", ".ckpt"), _PICKLE),
}
_SHOWN = 10  # lines of a list


class Pointer(NamedTuple):
    """What stands in a repository for a large file.

    Attributes:
        sha256: Of the real file, 64 hexadecimal digits.
        size: Of the real file, in bytes.
    """

    sha256: str
    size: int


def lfs_pointer(path: str | Path) -> Pointer | None:
    """Read a Git LFS pointer.

    Args:
        path: A file.

    Returns:
        What it points to, or None where the file is no pointer.
    """
    path = Path(path)
    if path.stat().st_size >= _LARGEST_POINTER:
        return None
    found = _POINTER.fullmatch(path.read_bytes())
    return Pointer(found[1].decode(), int(found[2])) if found else None


def look_over(repository: str | Path) -> str:
    """Say what to read in a clone first, what can be verified, and which files to beware of.

    Args:
        repository: Folder of the clone; str or Path.

    Returns:
        Some lines of text.

    Raises:
        FileNotFoundError: There is no such folder.
    """
    folder = Path(repository)
    names = _names(folder)
    pointers = {name: found for name in names if (found := lfs_pointer(folder / name))}
    weights = [
        f"{name}, {(folder / name).stat().st_size:,} bytes: {_WEIGHTS[Path(name).suffix.lower()]}"
        for name in names
        if Path(name).suffix.lower() in _WEIGHTS and name not in pointers
    ]
    if MANIFEST in names:
        manifest = f"{MANIFEST}: `verify_files` compares the files with it"
    else:
        manifest = "none: only the commit id vouches for the files. `write_manifest` makes your own"
    parts = [
        ("Read first", _read_first(folder, names)),
        ("Manifest", [manifest]),
        ("Weights", weights or ["none that a name tells"]),
        ("Large files in Git LFS", _large(folder, pointers) or ["none"]),
    ]
    return "\n".join(line for title, lines in parts for line in (f"{title}:", *_indented(lines)))


def write_manifest(repository: str | Path) -> Path:
    """Write a manifest of your own into a clone that has none: what you have today.

    Args:
        repository: Folder of the clone; str or Path.

    Returns:
        The manifest. Keep a copy where the repository's owner cannot change it.

    Raises:
        FileExistsError: The repository has a manifest.
        ValueError: Git LFS pointers lie in the place of files.
    """
    folder = Path(repository)
    path = folder / MANIFEST
    if path.exists():
        raise FileExistsError(f"{path} is there already. Compare with it: verify_files.")
    names = _names(folder)
    pointers = [name for name in names if lfs_pointer(folder / name)]
    if pointers:
        raise ValueError(
            f"expected the files themselves, found Git LFS pointers: {', '.join(pointers[:3])}. "
            f"Fetch the files first: in a terminal, in {folder}, `git lfs install --local` and "
            "`git lfs pull`."
        )
    sums = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in names}
    lines = [f"{digits}  {name}\n" for name, digits in sums.items()]
    path.write_text("".join(lines), encoding="utf-8", newline="\n")
    return path


def _names(folder: Path) -> list[str]:
    """All files but git's own, by name with forward slashes."""
    if not folder.is_dir():
        raise FileNotFoundError(f"there is no folder {folder}. Clone the repository first.")
    inside = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return sorted(name.as_posix() for name in inside if name.parts[0] != ".git")


def _read_first(folder: Path, names: list[str]) -> list[str]:
    """The texts at the top; of a licence the first line, and what a card says of it."""
    found = []
    licensed = False
    for name in names:
        if "/" in name or not _READ_FIRST.match(name):
            continue
        lines = (folder / name).read_text(encoding="utf-8", errors="replace").splitlines()
        line = name
        if _LICENCE.match(name):
            licensed = True
            first = next((text.strip() for text in lines if text.strip()), "nothing")
            line += f', begins with "{first[:60]}"'
        elif lines and lines[0] == "---":  # the head of a card on Hugging Face
            named = [text for text in lines[1:40] if text.startswith("license:")]
            licensed = licensed or bool(named)
            line += f", says {named[0]}" if named else ""
        found.append(line)
    if not licensed:
        found.append("no licence is named at the top: without one you have no right to use it")
    return found


def _large(folder: Path, pointers: dict[str, Pointer]) -> list[str]:
    """What is missing because only pointers were cloned, and how to fetch it."""
    lines = [
        f"{name} is a pointer, not the file of {pointer.size:,} bytes "
        f"(SHA-256 {pointer.sha256[:10]} ...)"
        for name, pointer in pointers.items()
    ]
    if lines and (folder / ".lfsconfig").is_file():
        lines.insert(0, ".lfsconfig says from which server they come: read it before you fetch")
    if lines:
        lines.insert(
            0, f"to fetch them, in a terminal in {folder}: git lfs install --local; git lfs pull"
        )
    return lines


def _indented(lines: list[str]) -> list[str]:
    rest = len(lines) - _SHOWN
    shown = lines[:_SHOWN] + ([f"and {rest} more"] if rest > 0 else [])
    return [f"  {line}" for line in shown]
