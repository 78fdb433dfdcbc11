"""Whether the four original files are found, and refused when they are not the published ones."""

import gzip
import hashlib

import numpy as np
import pytest

from cnn_casebook.data import fashion_originals
from cnn_casebook.data.data_files import DamagedDataError
from cnn_casebook.data.fashion_originals import HEADER_BYTES, find_folder, read_originals

IMAGES = np.arange(2 * 28 * 28).reshape(2, 28, 28).astype(np.uint8)
LABELS = np.array([3, 7], np.uint8)


@pytest.fixture
def mine(tmp_path, monkeypatch):
    """Four tiny files in the published format, recorded as if they were the real ones."""
    folder = tmp_path / "mine"
    (tmp_path / "datasets" / "fashion_mnist").mkdir(parents=True)
    folder.mkdir()
    lines = []
    for name, header in HEADER_BYTES.items():
        content = bytes(header) + (IMAGES if "images" in name else LABELS).tobytes()
        (folder / f"{name}.gz").write_bytes(gzip.compress(content))
        lines.append(f"{hashlib.sha256(content).hexdigest()}  {name}\n")
    sums = tmp_path / "datasets" / "fashion_mnist" / "originals.sha256"
    sums.write_text("".join(lines))
    monkeypatch.setenv("CASEBOOK_DATASETS", str(tmp_path / "datasets"))
    monkeypatch.setenv("CASEBOOK_DATA", str(folder))
    monkeypatch.setattr(fashion_originals, "DEBIAN_FOLDER", tmp_path / "debian")
    return folder


def test_files_of_the_learner_are_read(mine):
    originals = read_originals()
    np.testing.assert_array_equal(originals.train_images, IMAGES)
    np.testing.assert_array_equal(originals.test_labels, LABELS)


def test_debian_is_the_second_choice(mine, tmp_path):
    mine.rename(tmp_path / "debian")
    assert find_folder() == tmp_path / "debian"


def test_missing_files_are_named_for_each_folder(mine):
    (mine / "t10k-labels-idx1-ubyte.gz").unlink()
    with pytest.raises(FileNotFoundError, match=r"mine: missing t10k-labels-idx1-ubyte\.gz\n"):
        find_folder()


def test_variable_not_set_is_said(mine, monkeypatch):
    monkeypatch.delenv("CASEBOOK_DATA")
    with pytest.raises(FileNotFoundError, match="CASEBOOK_DATA: not set"):
        read_originals()


@pytest.mark.parametrize("kept", [0, 5, -4])
def test_download_that_was_cut_short(mine, kept):
    path = mine / "train-images-idx3-ubyte.gz"
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(DamagedDataError, match=r"train-images.*(cut short|damaged)"):
        read_originals()


def test_other_data_under_the_same_name(mine):
    content = gzip.compress(bytes(16) + np.zeros_like(IMAGES).tobytes())
    (mine / "train-images-idx3-ubyte.gz").write_bytes(content)
    with pytest.raises(DamagedDataError, match="expected SHA-256"):
        read_originals()


def test_other_packing_of_the_same_data_is_fine(mine):
    path = mine / "train-labels-idx1-ubyte.gz"
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes()), compresslevel=1, mtime=99))
    assert read_originals().train_labels.tolist() == [3, 7]
