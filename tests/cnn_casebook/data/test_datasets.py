"""What notebooks get from the image sets, and what the message is where a file is damaged."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cnn_casebook.data import fashion_originals
from cnn_casebook.data.data_files import datasets_folder, expected_sum
from cnn_casebook.data.datasets import (
    DIGIT_NAMES,
    FASHION_NAMES,
    DamagedDataError,
    Split,
    digits,
    fashion_mnist,
)

SETS = ("fashion_mnist", "digits")
NAMES = {"fashion_mnist": FASHION_NAMES, "digits": DIGIT_NAMES}
LOAD = {"fashion_mnist": fashion_mnist, "digits": digits}

needs_originals = pytest.mark.skipif(
    not fashion_originals.DEBIAN_FOLDER.is_dir(),
    reason="Debian's package dataset-fashion-mnist is not installed",
)


@pytest.fixture
def folder() -> Path:
    return datasets_folder()


@pytest.fixture
def copy(tmp_path, monkeypatch, folder) -> Path:
    """A copy of datasets/ that a test may spoil; the loader reads it instead of the real one."""
    target = tmp_path / "copy"
    shutil.copytree(folder, target, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setenv("CASEBOOK_DATASETS", str(target))
    return target


# What the loader returns


@pytest.mark.parametrize(
    ("name", "size", "train_count", "test_count"),
    [
        ("fashion_mnist", 14, 12_000, 2_000),
        ("fashion_mnist", 28, 12_000, 2_000),
        ("fashion_mnist", 32, 12_000, 2_000),
        ("digits", 8, 1_437, 360),
        ("digits", 32, 1_437, 360),
    ],
)
def test_shapes_types_and_ranges(name, size, train_count, test_count):
    for split, count in zip(LOAD[name](size), (train_count, test_count), strict=True):
        assert isinstance(split, Split)
        assert split.images.shape == (count, size, size, 1)
        assert split.images.dtype == np.float32
        assert split.images.min() == 0
        assert 0.99 < split.images.max() <= 1  # a mean of four pixels need not reach 1
        assert split.labels.shape == (count,)
        assert split.labels.dtype == np.int32
        assert set(split.labels.tolist()) == set(range(10))


def test_fashion_classes_are_balanced():
    train, test = fashion_mnist()
    assert np.bincount(train.labels).tolist() == [1_200] * 10
    assert np.bincount(test.labels).tolist() == [200] * 10


def test_digit_counts():
    train, test = digits()
    assert np.bincount(train.labels).tolist() == [142, 146, 141, 147, 145, 146, 145, 143, 138, 144]
    assert np.bincount(test.labels).tolist() == [36] * 10


@pytest.mark.parametrize("name", SETS)
def test_every_beginning_is_nearly_balanced(name):
    for split in LOAD[name]():
        seen = np.cumsum(np.eye(10, dtype=int)[split.labels], axis=0)
        shares = seen[-1] / len(split.labels)
        expected = shares * np.arange(1, len(split.labels) + 1)[:, np.newaxis]
        assert np.abs(seen - expected).max() <= 2


@pytest.mark.parametrize("name", SETS)
def test_order_within_rounds_is_shuffled(name):
    train, _ = LOAD[name]()
    assert len({tuple(train.labels[start : start + 10]) for start in range(0, 1_000, 10)}) > 90


@pytest.mark.parametrize("name", SETS)
def test_no_image_occurs_twice(name):
    train, test = LOAD[name]()
    images = np.concatenate([train.images, test.images])
    assert len({image.tobytes() for image in images}) == len(images)


def test_class_names():
    assert len(FASHION_NAMES) == len(set(FASHION_NAMES)) == 10
    assert tuple(map(str, range(10))) == DIGIT_NAMES


def test_labels_belong_to_the_images():
    """A nearest mean is a poor classifier, but a mix-up of labels would bring it to a tenth."""
    for load, bound in ((fashion_mnist, 0.6), (digits, 0.85)):
        train, test = load()
        means = np.stack([train.images[train.labels == label].mean(axis=0) for label in range(10)])
        distances = ((test.images[:, np.newaxis] - means) ** 2).sum(axis=(2, 3, 4))
        assert (distances.argmin(axis=1) == test.labels).mean() > bound


# Sizes


def test_32_pads_with_two_zeros_on_every_side():
    (small, _), (large, _) = fashion_mnist(28), fashion_mnist(32)
    np.testing.assert_array_equal(large.images[:, 2:-2, 2:-2], small.images)
    frame = large.images.copy()
    frame[:, 2:-2, 2:-2] = 0
    assert not frame.any()
    np.testing.assert_array_equal(large.labels, small.labels)


def test_14_averages_squares_of_two_by_two():
    (large, _), (small, _) = fashion_mnist(28), fashion_mnist(14)
    corners = [large.images[:, row::2, column::2] for row in (0, 1) for column in (0, 1)]
    np.testing.assert_allclose(small.images, sum(corners) / 4, atol=1e-6)


def test_digits_are_enlarged_as_another_library_does_it():
    (small, _), (large, _) = digits(8), digits(32)
    for ours, original in zip(large.images[:200, ..., 0], small.images[:200, ..., 0], strict=True):
        theirs = Image.fromarray(original).resize((32, 32), Image.Resampling.BILINEAR)
        np.testing.assert_allclose(ours, np.asarray(theirs), atol=1e-6)
    np.testing.assert_array_equal(large.labels, small.labels)


@pytest.mark.parametrize("size", [0, 8, 29, 64, -28, "28", None, [28]])
def test_impossible_size_of_fashion_says_what_is_possible(size):
    message = rf"fashion_mnist\(size={re.escape(repr(size))}\).*14, 28 or 32"
    with pytest.raises(ValueError, match=message):
        fashion_mnist(size)


@pytest.mark.parametrize("size", [28, 16, None])
def test_impossible_size_of_digits_says_what_is_possible(size):
    with pytest.raises(ValueError, match=rf"digits\(size={size}\).*8 or 32"):
        digits(size)


# Fresh, repeatable, quiet


@pytest.mark.parametrize(
    ("name", "size"), [("fashion_mnist", 28), ("fashion_mnist", 14), ("digits", 8), ("digits", 32)]
)
def test_what_a_notebook_does_to_the_arrays_stays_there(name, size):
    before = [part.copy() for split in LOAD[name](size) for part in split]
    for split in LOAD[name](size):
        split.images[:] = -1
        split.labels[:] = -1
    after = [part for split in LOAD[name](size) for part in split]
    for old, new in zip(before, after, strict=True):
        np.testing.assert_array_equal(old, new)


def test_import_is_light():
    """No TensorFlow or Keras, and no file of the data is touched, until a function is called."""
    code = (
        "import sys; import cnn_casebook.data.datasets; "
        "print([name for name in ('tensorflow', 'keras', 'matplotlib', 'scipy', 'sklearn') "
        "if name in sys.modules])"
    )
    environment = {**os.environ, "CASEBOOK_DATASETS": "/no/such/folder"}
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, timeout=60
    )
    assert (found.stdout.strip(), found.stderr) == ("[]", "")


# Damage, seen through the loader


@pytest.mark.parametrize("name", SETS)
def test_one_changed_byte_is_noticed(copy, name):
    path = copy / name / f"{name}.npz"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(DamagedDataError) as caught:
        LOAD[name]()
    message = str(caught.value)
    assert hashlib.sha256(content).hexdigest() in message
    assert expected_sum(copy / "SHA256SUMS", f"{name}/{name}.npz") in message
    assert f"{len(content):,} bytes" in message
    assert "git checkout -- datasets" in message
    assert f"python datasets/make_{name}.py" in message


@pytest.mark.parametrize("kept", [0, 1, 1_000])
@pytest.mark.parametrize("name", SETS)
def test_half_written_file_is_noticed(copy, name, kept):
    path = copy / name / f"{name}.npz"
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(DamagedDataError, match=f"{kept:,} bytes"):
        LOAD[name]()


@pytest.mark.parametrize("name", SETS)
def test_missing_file_says_how_to_get_it_back(copy, name):
    (copy / name / f"{name}.npz").unlink()
    with pytest.raises(FileNotFoundError, match=rf"{name}\.npz is missing.*git checkout"):
        LOAD[name]()


def test_damage_of_one_set_does_not_touch_the_other(copy):
    (copy / "digits" / "digits.npz").unlink()
    assert len(fashion_mnist()[0].labels) == 12_000


# All 70,000


@needs_originals
def test_full_set_holds_the_subset(monkeypatch):
    monkeypatch.delenv("CASEBOOK_DATA", raising=False)
    full_train, full_test = fashion_mnist(size=14, full=True)
    assert full_train.images.shape == (60_000, 14, 14, 1)
    assert full_test.images.shape == (10_000, 14, 14, 1)
    assert full_train.labels[:10].tolist() == [9, 0, 0, 3, 0, 2, 7, 2, 5, 5]
    for full, part in zip((full_train, full_test), fashion_mnist(size=14), strict=True):
        label_of = {
            image.tobytes(): label for image, label in zip(full.images, full.labels, strict=True)
        }
        assert all(
            label_of[image.tobytes()] == label
            for image, label in zip(part.images[:500], part.labels[:500], strict=True)
        )


def test_full_set_says_where_it_looked(monkeypatch, tmp_path):
    monkeypatch.setattr(fashion_originals, "DEBIAN_FOLDER", tmp_path / "debian")
    monkeypatch.setenv("CASEBOOK_DATA", str(tmp_path / "mine"))
    with pytest.raises(FileNotFoundError) as caught:
        fashion_mnist(full=True)
    for part in ("debian", "mine", "train-images-idx3-ubyte.gz", "CASEBOOK_DATA", "github.com"):
        assert part in str(caught.value)
