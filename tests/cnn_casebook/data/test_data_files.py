"""Whether data files are found, and whether every kind of damage has its own clear message."""

import hashlib
from pathlib import Path

import numpy as np
import pytest

from cnn_casebook.data import data_files
from cnn_casebook.data.data_files import (
    DamagedDataError,
    datasets_folder,
    expected_sum,
    load_arrays,
)


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """A small datasets/ with one set, ``toy``, holding one array, ``numbers``."""
    (tmp_path / "toy").mkdir()
    np.savez(tmp_path / "toy" / "toy.npz", numbers=np.arange(3))
    list_file(tmp_path)
    monkeypatch.setenv("CASEBOOK_DATASETS", str(tmp_path))
    return tmp_path


def list_file(folder: Path, line: str = "{digest}  toy/toy.npz\n") -> None:
    digest = hashlib.sha256((folder / "toy" / "toy.npz").read_bytes()).hexdigest()
    (folder / "SHA256SUMS").write_text(line.format(digest=digest), encoding="utf-8", newline="")


def test_folder_beside_utils_is_found(monkeypatch):
    monkeypatch.delenv("CASEBOOK_DATASETS", raising=False)
    assert datasets_folder() == Path(__file__).resolve().parents[3] / "datasets"


def test_empty_variable_counts_as_unset(monkeypatch):
    monkeypatch.setenv("CASEBOOK_DATASETS", "")
    assert datasets_folder().name == "datasets"


def test_variable_wins(folder):
    assert datasets_folder() == folder
    (numbers,) = load_arrays("toy/toy.npz", ("numbers",))
    assert numbers.tolist() == [0, 1, 2]


def test_variable_that_names_nothing(monkeypatch, tmp_path):
    monkeypatch.setenv("CASEBOOK_DATASETS", str(tmp_path / "nowhere"))
    with pytest.raises(FileNotFoundError, match=r"CASEBOOK_DATASETS.*nowhere.*does not exist"):
        datasets_folder()


def test_package_away_from_its_repository(monkeypatch, tmp_path):
    monkeypatch.delenv("CASEBOOK_DATASETS", raising=False)
    monkeypatch.setattr(data_files, "__file__", str(tmp_path / "a" / "b" / "c" / "data_files.py"))
    with pytest.raises(FileNotFoundError, match=r"pip install -e.*CASEBOOK_DATASETS"):
        datasets_folder()


def test_missing_sums(folder):
    (folder / "SHA256SUMS").unlink()
    with pytest.raises(FileNotFoundError, match=r"checksums are missing.*git checkout"):
        load_arrays("toy/toy.npz", ("numbers",))


@pytest.mark.parametrize("text", ["", "\n\n", "0" * 64 + "  other/other.npz\n"])
def test_file_that_is_not_listed(folder, text):
    (folder / "SHA256SUMS").write_text(text)
    with pytest.raises(DamagedDataError, match=r"no line for toy/toy\.npz"):
        load_arrays("toy/toy.npz", ("numbers",))


@pytest.mark.parametrize("line", ["toy/toy.npz\n", "12ab  toy/toy.npz\n", "g" * 64 + "  toy\n"])
def test_line_that_cannot_be_read(folder, line):
    (folder / "SHA256SUMS").write_text("\n" + line)
    with pytest.raises(DamagedDataError, match=r"Line 2 of .* should read .*, found "):
        load_arrays("toy/toy.npz", ("numbers",))


def test_sums_that_are_not_text(folder):
    (folder / "SHA256SUMS").write_bytes(b"\xff\xfe\x00PK")
    with pytest.raises(DamagedDataError, match="Line 1"):
        load_arrays("toy/toy.npz", ("numbers",))


@pytest.mark.parametrize("line", ["{digest} *toy/toy.npz\n", "{digest}  toy/toy.npz\r\n"])
def test_other_ways_to_write_a_line(folder, line):
    list_file(folder, line)
    assert load_arrays("toy/toy.npz", ("numbers",))[0].size == 3


def test_upper_case_digits_are_read_as_lower(folder):
    (folder / "SHA256SUMS").write_text("A" * 64 + "  x\n")
    assert expected_sum(folder / "SHA256SUMS", "x") == "a" * 64


def test_folder_in_place_of_the_file(folder):
    (folder / "toy" / "toy.npz").unlink()
    (folder / "toy" / "toy.npz").mkdir()
    with pytest.raises(FileNotFoundError, match="is missing"):
        load_arrays("toy/toy.npz", ("numbers",))


def test_array_that_is_not_in_the_file(folder):
    with pytest.raises(DamagedDataError, match="arrays numbers, letters cannot be read"):
        load_arrays("toy/toy.npz", ("numbers", "letters"))


def pickled(path: Path) -> None:
    np.savez(path, numbers=np.array([{}], dtype=object))


def single(path: Path) -> None:
    with path.open("wb") as file:
        np.save(file, np.arange(3))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"no archive"),
        lambda path: path.write_bytes(path.read_bytes()[:-30]),
        pickled,
        single,
    ],
    ids=["empty", "text", "cut short", "pickled", "single array"],
)
def test_damaged_file_that_was_recorded(folder, spoil):
    """The checksum agrees, and still the learner must hear what is wrong."""
    spoil(folder / "toy" / "toy.npz")
    list_file(folder)
    with pytest.raises(DamagedDataError, match=r"agrees with its checksum.*make_toy\.py"):
        load_arrays("toy/toy.npz", ("numbers",))
