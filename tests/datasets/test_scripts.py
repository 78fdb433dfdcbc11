"""The scripts that make the data files: the same bytes each time, other lines left alone."""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cnn_casebook.data import fashion_originals
from cnn_casebook.data.data_files import datasets_folder

FOLDER = datasets_folder()
needs_originals = pytest.mark.skipif(
    not fashion_originals.DEBIAN_FOLDER.is_dir(),
    reason="Debian's package dataset-fashion-mnist is not installed",
)
needs_sklearn = pytest.mark.skipif(
    importlib.util.find_spec("sklearn") is None, reason="scikit-learn is not installed"
)


def run_script(folder: Path, name: str, *arguments: object) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-B", str(folder / f"make_{name}.py"), *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=120,
    )


def sums_of(folder: Path) -> dict[str, str]:
    lines = (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    return {name: digest for digest, name in (line.split("  ") for line in lines)}


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("fashion_mnist", marks=needs_originals),
        pytest.param("digits", marks=needs_sklearn),
    ],
)
def test_script_makes_the_same_bytes(tmp_path, name):
    result = run_script(FOLDER, name, "--output", tmp_path)
    assert result.returncode == 0, result.stderr
    made = tmp_path / name / f"{name}.npz"
    assert made.read_bytes() == (FOLDER / name / f"{name}.npz").read_bytes()
    assert (tmp_path / name / "grid.png").stat().st_size < 100_000
    assert sums_of(tmp_path) == {f"{name}/{name}.npz": sums_of(FOLDER)[f"{name}/{name}.npz"]}
    assert not list(tmp_path.rglob("*.part"))


@needs_sklearn
def test_script_keeps_the_other_lines_of_the_sums(tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(FOLDER, copy, ignore=shutil.ignore_patterns("__pycache__"))
    before = (copy / "SHA256SUMS").read_bytes()
    (copy / "digits" / "digits.npz").unlink()
    result = run_script(copy, "digits")
    assert result.returncode == 0, result.stderr
    assert (copy / "SHA256SUMS").read_bytes() == before
    assert (copy / "digits" / "digits.npz").is_file()


def test_script_says_what_is_missing(tmp_path):
    result = run_script(FOLDER, "fashion_mnist", "--source", tmp_path, "--output", tmp_path / "out")
    assert result.returncode == 1
    assert f"{tmp_path / 'train-images-idx3-ubyte.gz'} is missing" in result.stderr
    assert "dataset-fashion-mnist" in result.stderr
    assert "Traceback" not in result.stderr
    assert not (tmp_path / "out").exists()


def test_scripts_without_their_tools_say_so(tmp_path):
    (tmp_path / "sklearn.py").write_text("raise ImportError('hidden by the test')")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    result = subprocess.run(
        [sys.executable, "-B", str(FOLDER / "make_digits.py"), "--output", str(tmp_path / "out")],
        capture_output=True,
        text=True,
        env=environment,
        timeout=60,
    )
    assert result.returncode == 1
    assert "scikit-learn is missing" in result.stderr
    assert not (tmp_path / "out").exists()
