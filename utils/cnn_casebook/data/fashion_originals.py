"""Reads Fashion-MNIST as it is published, for those who have all 70,000 images.

The course carries a fifth of them. This module reads the four original files, and the script
that cuts the fifth uses it too.
"""

import gzip
import os
import zlib
from pathlib import Path
from typing import NamedTuple

import numpy as np

from cnn_casebook.data.data_files import (
    DamagedDataError,
    datasets_folder,
    expected_sum,
    require_sum,
)

FOLDER_VARIABLE = "CASEBOOK_DATA"
DEBIAN_FOLDER = Path("/usr/share/datasets/fashion-mnist")
# Image files open with 16 bytes that give type and shape, label files with 8.
HEADER_BYTES = {
    "train-images-idx3-ubyte": 16,
    "train-labels-idx1-ubyte": 8,
    "t10k-images-idx3-ubyte": 16,
    "t10k-labels-idx1-ubyte": 8,
}
HOW_TO_GET_THEM = (
    "On Debian and Ubuntu, install the package dataset-fashion-mnist. Elsewhere, download the "
    "four files from https://github.com/zalandoresearch/fashion-mnist (folder data/fashion), put "
    f"them in one folder, and set {FOLDER_VARIABLE} to that folder."
)


class Originals(NamedTuple):
    """Fashion-MNIST as published.

    Attributes:
        train_images: uint8 (60000, 28, 28), values 0 to 255.
        train_labels: uint8 (60000,), values 0 to 9.
        test_images: uint8 (10000, 28, 28), values 0 to 255.
        test_labels: uint8 (10000,), values 0 to 9.
    """

    train_images: np.ndarray
    train_labels: np.ndarray
    test_images: np.ndarray
    test_labels: np.ndarray


def find_folder() -> Path:
    """Find the folder that holds the four original files, packed with gzip.

    Returns:
        The folder in the environment variable CASEBOOK_DATA if it holds all four files,
        otherwise the folder of Debian's package.

    Raises:
        FileNotFoundError: Neither holds all four; the message says what is missing where.
    """
    chosen = os.environ.get(FOLDER_VARIABLE)
    folders = [Path(chosen), DEBIAN_FOLDER] if chosen else [DEBIAN_FOLDER]
    found = []
    for folder in folders:
        missing = [f"{name}.gz" for name in HEADER_BYTES if not (folder / f"{name}.gz").is_file()]
        if not missing:
            return folder
        found.append(f"  {folder}: missing {', '.join(missing)}")
    if not chosen:
        found.append(f"  {FOLDER_VARIABLE}: not set")
    raise FileNotFoundError(
        "The four original files of Fashion-MNIST were not found. Looked in\n"
        + "\n".join(found)
        + f"\n{HOW_TO_GET_THEM}"
    )


def read_originals(folder: Path | None = None) -> Originals:
    """Read all 70,000 images, after the checksum of each file was compared.

    The checksums are those of the unpacked files: the same data is published packed in several
    ways.

    Args:
        folder: Where the four files lie. None: wherever `find_folder` finds them.

    Returns:
        The four arrays, read-only.

    Raises:
        FileNotFoundError: A file is missing.
        DamagedDataError: A file cannot be unpacked, or its content is not the published one.
    """
    folder = find_folder() if folder is None else folder
    arrays = []
    for name, header in HEADER_BYTES.items():
        content = _unpack(folder / f"{name}.gz", name)
        array = np.frombuffer(content, np.uint8, offset=header)
        arrays.append(array.reshape(-1, 28, 28) if "images" in name else array)
    return Originals(*arrays)


def _unpack(path: Path, name: str) -> bytes:
    """Unpack one original and compare its checksum."""
    if not path.is_file():
        raise FileNotFoundError(f"The file {path} is missing. {HOW_TO_GET_THEM}")
    try:
        content = gzip.decompress(path.read_bytes())
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise DamagedDataError(
            f"{path} ({path.stat().st_size:,} bytes) cannot be unpacked: {error}. "
            f"The download was probably cut short. Get the file again. {HOW_TO_GET_THEM}"
        ) from error
    sums = datasets_folder() / "fashion_mnist" / "originals.sha256"
    require_sum(content, expected_sum(sums, name), path, f"Get the file again. {HOW_TO_GET_THEM}")
    return content
