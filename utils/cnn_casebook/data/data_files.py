"""Finds the data files of the course and refuses those that are missing or damaged.

A damaged file seldom stops a notebook: it trains, and gives numbers that nobody can explain.
So each file is compared with its line in ``datasets/SHA256SUMS`` every time it is read.
"""

import hashlib
import io
import os
import zipfile
from pathlib import Path

import numpy as np

FOLDER_VARIABLE = "CASEBOOK_DATASETS"
SUMS_FILE = "SHA256SUMS"


class DamagedDataError(ValueError):
    """A data file is there, but its content is not what the course recorded."""


def datasets_folder() -> Path:
    """Find the folder ``datasets/`` of the course.

    The environment variable CASEBOOK_DATASETS wins, if it is set. Without it the folder is
    looked for in the package, which carries it where it was installed from a wheel, and beside
    ``utils/``, where it lies in the repository.

    Returns:
        The folder, which exists.

    Raises:
        FileNotFoundError: There is no such folder.
    """
    chosen = os.environ.get(FOLDER_VARIABLE)
    module = Path(__file__).resolve()
    carried = module.parents[1] / "datasets"
    beside = carried if carried.is_dir() else module.parents[3] / "datasets"
    folder = Path(chosen) if chosen else beside
    if folder.is_dir():
        return folder
    if chosen:
        raise FileNotFoundError(
            f"{FOLDER_VARIABLE} names the folder {folder}, which does not exist. "
            f"Correct the variable, or unset it to use the datasets/ of the repository."
        )
    raise FileNotFoundError(
        f"Expected the data of the course in {folder}, found no such folder. "
        f"Install the package again, from the repository with `pip install -e .`, "
        f"or set {FOLDER_VARIABLE} to the folder datasets/ of the repository."
    )


def expected_sum(sums: Path, name: str) -> str:
    """Look up a checksum in a file written by ``sha256sum``.

    Args:
        sums: The file of checksums, one ``<64 hex digits>  <name>`` a line.
        name: The name to look up, as it is written there.

    Returns:
        The SHA-256 as 64 lower-case hexadecimal digits.

    Raises:
        FileNotFoundError: The file of checksums is missing.
        DamagedDataError: A line cannot be read, or no line has this name.
    """
    if not sums.is_file():
        raise FileNotFoundError(
            f"The checksums are missing: no file {sums}. Without them {name} cannot be trusted. "
            f"Bring them back with `git checkout -- datasets` in the repository."
        )
    text = sums.read_text(encoding="utf-8", errors="replace")
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        digest, _, listed = line.partition(" ")
        if len(digest) != 64 or not set(digest.lower()) <= set("0123456789abcdef"):
            raise DamagedDataError(
                f"Line {number} of {sums} should read `<64 hex digits>  <file>`, found "
                f"{line[:80]!r}. Bring the file back with `git checkout -- datasets`."
            )
        if listed.lstrip(" *") == name:  # a star marks a file that was read as binary
            return digest.lower()
    raise DamagedDataError(
        f"{sums} has no line for {name}. If the file is new, run the script that makes it: "
        f"it adds the line. Otherwise bring the list back with `git checkout -- datasets`."
    )


def require_sum(content: bytes, expected: str, path: Path, repair: str) -> None:
    """Stop unless the content has the expected checksum.

    Args:
        content: What was read.
        expected: SHA-256, 64 lower-case hexadecimal digits.
        path: Where the content came from, for the message.
        repair: One sentence on what to do, for the message.

    Raises:
        DamagedDataError: The checksums differ.
    """
    found = hashlib.sha256(content).hexdigest()
    if found != expected:
        raise DamagedDataError(
            f"{path} is damaged or was changed.\n"
            f"  expected SHA-256 {expected}\n"
            f"  found SHA-256    {found}\n"
            f"  size             {len(content):,} bytes\n"
            f"{repair}"
        )


def load_arrays(name: str, keys: tuple[str, ...]) -> tuple[np.ndarray, ...]:
    """Read arrays from an npz file of the course, after its checksum was compared.

    Args:
        name: The file's path inside ``datasets/``, with forward slashes. The first part names
            the data set, and with it the script ``datasets/make_<data set>.py``.
        keys: The names of the arrays to read.

    Returns:
        The arrays, in the order of the keys, freshly read.

    Raises:
        FileNotFoundError: The folder, the file or the list of checksums is missing.
        DamagedDataError: The file differs from what was recorded, or is not listed, or does not
            hold these arrays.
    """
    folder = datasets_folder()
    path = folder / name
    repair = (
        f"Bring it back with `git checkout -- datasets` in the repository (no Git LFS needed), "
        f"or without one by installing the package again, "
        f"or make it anew with `python datasets/make_{name.partition('/')[0]}.py`."
    )
    expected = expected_sum(folder / SUMS_FILE, name)
    if not path.is_file():
        raise FileNotFoundError(f"The data file {path} is missing. {repair}")
    content = path.read_bytes()
    require_sum(content, expected, path, repair)
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as archive:
            return tuple(archive[key] for key in keys)
    except (KeyError, ValueError, EOFError, zipfile.BadZipFile, AttributeError, TypeError) as error:
        raise DamagedDataError(
            f"{path} agrees with its checksum, yet the arrays {', '.join(keys)} cannot be read "
            f"from it ({error}). A damaged file was recorded. {repair}"
        ) from error
