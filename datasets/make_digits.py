"""Makes datasets/digits/digits.npz from the handwritten digits that scikit-learn ships.

Run it in the repository: ``python datasets/make_digits.py``. It needs scikit-learn, and always
gives the same bytes.
"""

import argparse
import sys
from pathlib import Path

import numpy as np
from packing import balanced_order, write_splits

from cnn_casebook.data.datasets import DIGIT_NAMES

SEED = 1998  # the year of the data; any number would do
TEST_PER_CLASS = 36  # a fifth of each class, to the nearest equal number: 360 of 1,797


def main() -> int:
    """Make the file, its checksum and its picture; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--output",
        type=Path,
        default=Path(__file__).resolve().parent,
        help="folder to write into (default: the folder of this script)",
    )
    options = parser.parse_args()
    try:
        from sklearn.datasets import load_digits
    except ImportError:
        print(
            "scikit-learn is missing: the digits come with it. "
            "Install the tools of the course with `pip install -e .[dev]`.",
            file=sys.stderr,
        )
        return 1
    bunch = load_digits()
    images = bunch.images.astype(np.uint8)  # whole numbers 0 to 16, kept by scikit-learn as floats
    labels = bunch.target.astype(np.uint8)

    random = np.random.RandomState(SEED)
    is_test = np.zeros(len(labels), bool)
    for label in range(len(DIGIT_NAMES)):
        is_test[random.permutation(np.flatnonzero(labels == label))[:TEST_PER_CLASS]] = True
    train, test = np.flatnonzero(~is_test), np.flatnonzero(is_test)
    train = train[balanced_order(labels[train], random)]
    test = test[balanced_order(labels[test], random)]
    splits = ((images[chosen], labels[chosen]) for chosen in (train, test))
    write_splits(options.output, "digits", *splits, DIGIT_NAMES)
    return 0


if __name__ == "__main__":
    sys.exit(main())
