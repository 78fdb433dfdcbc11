"""The real thing: photographs of hand signs, cloned from GitHub, and a backbone that fits them.

2,062 photographs of the digits 0 to 9, 100 x 100 pixels, signed by 218 pupils of the Ayranci
Anadolu High School in Ankara. Source: Mavi (2020), arXiv:2011.08927.
"""

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import keras
import numpy as np

from cnn_casebook.data.datasets import Split

URL = "https://github.com/ardamavi/Sign-Language-Digits-Dataset"
REVISION = "4b09433"
CLASSES = 10


class Study(NamedTuple):
    """What fine-tuning on the photographs needs.

    Attributes:
        backbone: A model from images to features.
        unfreeze: Name of the layer from which it is fine-tuned.
        learning_rate: Rate of fine-tuning.
        train: Photographs as the backbone wants them, and their digits.
        test: Others, of other pupils as far as the order of the files tells.
    """

    backbone: keras.Model
    unfreeze: str
    learning_rate: float
    train: Split
    test: Split


_LARGEST = 2_000_000  # bytes of a photograph; those of the set have about 10,000


def clone_or_explain(
    clone_repository: Callable, url: str = URL, revision: str = REVISION
) -> str | None:
    """Clone the photographs with the learner's function, or say in one line why not.

    Args:
        clone_repository: The function of exercise 1.
        url: Address of the repository, or path of a copy.
        revision: The commit to check out.

    Returns:
        The folder of the clone, or None without a network.
    """
    folder = tempfile.mkdtemp(prefix="casebook-hands-")
    try:
        return clone_repository(url, folder, revision)
    except (ConnectionError, TimeoutError):
        shutil.rmtree(folder, ignore_errors=True)
        print("No network here, so the photographs stay where they are. Nothing is lost for you.")
        return None


def photographs(repository: str | Path, size: int, channels: int) -> tuple[Split, Split]:
    """Read the photographs and split them: the last fifth of each class, by name, is the test.

    Args:
        repository: A clone of the repository.
        size: Pixels a side after resizing.
        channels: 1 for grey, 3 for colour.

    Returns:
        Training and test split. images: float32 (n, size, size, channels), values 0 to 255.
        labels: int32 (n,), the digit. Both go in rounds of one image of each class.

    Raises:
        FileNotFoundError: A class has no photographs.
        ValueError: A file is too large to be one of these photographs.
    """
    folder = Path(repository) / "Dataset"
    mode = "grayscale" if channels == 1 else "rgb"
    train, test = [], []
    for digit in range(CLASSES):
        files = sorted(path for path in (folder / str(digit)).glob("*.JPG") if path.is_file())
        if len(files) < 2:
            raise FileNotFoundError(
                f"expected photographs in {folder / str(digit)}, found {len(files)}. Is this a "
                "clone of the repository of hand signs?"
            )
        for number, path in enumerate(files):
            if path.stat().st_size > _LARGEST:
                raise ValueError(f"{path} has {path.stat().st_size:,} bytes; not one of the set.")
            image = keras.utils.load_img(
                path, color_mode=mode, target_size=(size, size), interpolation="bilinear"
            )
            part = train if number < len(files) * 4 // 5 else test
            part.append((number, digit, keras.utils.img_to_array(image, dtype="float32")))
    return _split(train), _split(test)


def _split(rows: list[tuple]) -> Split:
    rows.sort(key=lambda row: row[:2])
    return Split(np.stack([row[2] for row in rows]), np.array([row[1] for row in rows], "int32"))


def imagenet_backbone() -> keras.Model | None:
    """Load a small MobileNetV2 with ImageNet weights, or say in one line why not.

    Returns:
        A model from images, float32 (n, 96, 96, 3), values -1 to 1, to 1280 features; None where
        the weights cannot be downloaded.
    """
    try:
        return keras.applications.MobileNetV2(
            input_shape=(96, 96, 3), alpha=0.35, include_top=False, pooling="avg"
        )
    except Exception:  # Keras raises a plain Exception where the download fails
        print("The ImageNet weights cannot be downloaded; the course's own backbone takes over.")
        return None


def study(repository: str | Path, own_backbone: keras.Model) -> Study:
    """Choose the best backbone that can be had, and prepare the photographs for it.

    Args:
        repository: A clone of the repository of photographs.
        own_backbone: The course's backbone: grey images, values 0 to 255.
    """
    backbone = imagenet_backbone()
    if backbone is None:
        size, _, channels = own_backbone.input_shape[1:]
        own = photographs(repository, size, channels)
        return Study(own_backbone, "stage2_block1_1_conv", 1e-3, *own)
    colour = photographs(repository, 96, 3)
    scaled = (Split(part.images / 127.5 - 1, part.labels) for part in colour)
    return Study(backbone, "block_13_expand", 1e-4, *scaled)
