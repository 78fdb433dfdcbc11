"""Makes datasets/fashion_mnist/fashion_mnist.npz from the published Fashion-MNIST.

Run it in the repository: ``python datasets/make_fashion_mnist.py``. It needs the four original
files, from Debian's package dataset-fashion-mnist or in the folder named by CASEBOOK_DATA. The
same files always give the same bytes.
"""

import argparse
import sys
from pathlib import Path

import numpy as np
from packing import balanced_order, write_splits

from cnn_casebook.data.datasets import FASHION_NAMES, DamagedDataError
from cnn_casebook.data.fashion_originals import read_originals

SEED = 2017  # the year of Fashion-MNIST; any number would do
TRAIN_PER_CLASS = 1200
TEST_PER_CLASS = 200


def choose(labels: np.ndarray, per_class: int, random: np.random.RandomState) -> np.ndarray:
    """Choose equally many images of each class, at random.

    Args:
        labels: integers (n,).
        per_class: How many of each class.
        random: The source of chance.

    Returns:
        Indices into labels: int64 (classes x per_class,), in balanced order.
    """
    chosen = np.concatenate(
        [
            random.permutation(np.flatnonzero(labels == label))[:per_class]
            for label in range(len(FASHION_NAMES))
        ]
    )
    return chosen[balanced_order(labels[chosen], random)]


def main() -> int:
    """Make the file, its checksum and its picture; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--source", type=Path, help="folder of the four original .gz files")
    parser.add_argument(
        "--output",
        type=Path,
        default=Path(__file__).resolve().parent,
        help="folder to write into (default: the folder of this script)",
    )
    options = parser.parse_args()
    try:
        originals = read_originals(options.source)
    except (FileNotFoundError, DamagedDataError) as error:
        print(error, file=sys.stderr)
        return 1
    random = np.random.RandomState(SEED)
    splits = []
    for images, labels, per_class in (
        (originals.train_images, originals.train_labels, TRAIN_PER_CLASS),
        (originals.test_images, originals.test_labels, TEST_PER_CLASS),
    ):
        chosen = choose(labels, per_class, random)
        splits.append((images[chosen], labels[chosen]))
    write_splits(options.output, "fashion_mnist", *splits, FASHION_NAMES)
    return 0


if __name__ == "__main__":
    sys.exit(main())
