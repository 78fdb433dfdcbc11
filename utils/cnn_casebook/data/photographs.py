"""Reads anybody's folder of photographs, one folder for each class, as images for a network.

`keras.utils.image_dataset_from_directory` reads such folders too. It takes photographs of a phone
as the sensor lay, not as they were held, and holds out at random, so that of two pictures of one
moment one may be trained on and the other asked.
"""

import hashlib
import re
import warnings
from pathlib import Path
from typing import NamedTuple

import numpy as np

from cnn_casebook.data.clones import lfs_pointer
from cnn_casebook.data.datasets import Split

LEAST = 5  # photographs of a class: one is held out, and one in five is little to judge by
MOST = 250  # photographs of a class that are read, so that a large folder takes minutes, not hours
_LITTER = {"thumbs.db", "desktop.ini"}  # what Windows leaves in folders of pictures


class Photographs(NamedTuple):
    """Photographs to train with, and others that are held out.

    Attributes:
        names: The classes, which are the names of the folders.
        train: images: float32 (n, size, size, channels), values 0 to 255; labels: int32 (n,).
        held_out: The last fifth of each class by the names of the files.
        copies: How many files were left out because they equal another one to the last bit.
    """

    names: tuple[str, ...]
    train: Split
    held_out: Split
    copies: int = 0

    def summary(self) -> str:
        """Say in a line or two what was read."""
        counts = np.bincount(np.concatenate([self.train.labels, self.held_out.labels]))
        listed = ", ".join(f"{name} {n}" for name, n in zip(self.names, counts, strict=True))
        copies = f" {self.copies} copies were left out." if self.copies else ""
        return (
            f"{len(self.names)} classes: {listed}.{copies}\n"
            f"{len(self.train.labels)} photographs to train with, {len(self.held_out.labels)} "
            "held out."
        )


def read(folder: str | Path, shape: tuple[int, int, int], most: int = MOST) -> Photographs:
    """Read a folder that holds one folder of photographs for each class.

    Photographs may have any size and any format that Pillow reads. Each is turned as the camera
    was held, cut to a square around its middle and resized. Hidden files are left out.

    Args:
        folder: The folder; str or Path.
        shape: (size, size, channels) of an image: 1 channel for grey, 3 for colour.
        most: How many photographs of a class are read, evenly chosen by name.

    Raises:
        FileNotFoundError: There is no such folder.
        ValueError: It has no folders or only one, a class has too few photographs, or a file
            cannot be read as a photograph.
    """
    folder = Path(folder).expanduser()
    if not folder.is_dir():
        raise FileNotFoundError(
            f"expected a folder of photographs, found none at {folder}. Write its whole path."
        )
    classes = sorted((path for path in folder.iterdir() if _counts(path, folder=True)), key=_order)
    if len(classes) < 2:
        found = f"only {classes[0].name!r}" if classes else "none"
        raise ValueError(
            f"expected at least two folders in {folder}, one for each class; found {found}. Make "
            "a folder for each class, with its name, and move its photographs there."
        )
    train, held_out, seen, copies = [], [], set(), 0
    files = [_files(kind) for kind in classes]
    for label, kind in enumerate(classes):
        images = []
        for path in _evenly(files[label], most):
            digest = hashlib.sha256(path.read_bytes()).digest()
            if digest in seen:
                copies += 1
                continue
            seen.add(digest)
            images.append((_image(path, shape), label))
        _require_enough(kind, len(images))
        last = max(1, len(images) // 5)
        train += images[:-last]
        held_out += images[-last:]
    return Photographs(
        tuple(kind.name for kind in classes), _split(train), _split(held_out), copies
    )


def _counts(path: Path, folder: bool) -> bool:
    """Tell whether a path is a folder (or a file) that somebody put there."""
    hidden = path.name.startswith((".", "__")) or path.name.lower() in _LITTER
    return not hidden and (path.is_dir() if folder else path.is_file())


def _order(path: Path) -> list:
    """Sort by name as people do: IMG_9 before IMG_10."""
    parts = re.split(r"([0-9]+)", path.name.lower())
    return [(part.isdigit(), int(part) if part.isdigit() else part) for part in parts]


def _files(kind: Path) -> list[Path]:
    """The photographs of a class, by name."""
    files = sorted((path for path in kind.iterdir() if _counts(path, folder=False)), key=_order)
    inner = [path.name for path in kind.iterdir() if _counts(path, folder=True)]
    if not files and inner:
        raise ValueError(
            f"expected photographs in {kind}, found only folders: {', '.join(sorted(inner)[:5])}. "
            f"If these are the classes, name the folder {kind}."
        )
    return files


def _evenly(files: list[Path], most: int) -> list[Path]:
    """At most so many of the files, spread over all of them."""
    if len(files) <= most:
        return files
    return [files[place * len(files) // most] for place in range(most)]


def _require_enough(kind: Path, count: int) -> None:
    if count < LEAST:
        raise ValueError(
            f"expected at least {LEAST} different photographs in {kind}, found {count}. Add some, "
            "or move the folder elsewhere."
        )


def _image(path: Path, shape: tuple[int, int, int]) -> np.ndarray:
    """Read one photograph as float32 of the shape, values 0 to 255."""
    from PIL import Image, ImageOps

    size, _, channels = shape
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path) as opened:
                opened.draft("RGB", (2 * size, 2 * size))  # a JPEG is read faster at half its size
                image = ImageOps.exif_transpose(opened)
                if image.has_transparency_data:
                    image = image.convert("RGBA")
                    image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
                image = image.convert("L" if channels == 1 else "RGB")
                image = ImageOps.fit(image, (size, size), Image.Resampling.BILINEAR)
    except (
        OSError,
        ValueError,
        SyntaxError,  # of a broken PNG
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ) as error:
        raise ValueError(_unreadable(path, error)) from None
    return np.asarray(image, "float32").reshape(shape)


def _unreadable(path: Path, error: Exception) -> str:
    advice = "If it is no photograph or a damaged one, move it elsewhere."
    if lfs_pointer(path):
        advice = "It is a Git LFS pointer. In a terminal, in its folder: `git lfs pull`."
    elif path.suffix.lower() in (".heic", ".heif"):
        advice = "HEIC is the format of iPhones: export the photographs as JPEG."
    return f"{path} cannot be read as a photograph ({type(error).__name__}: {error}). {advice}"


def _split(rows: list[tuple[np.ndarray, int]]) -> Split:
    return Split(np.stack([row[0] for row in rows]), np.array([row[1] for row in rows], "int32"))
