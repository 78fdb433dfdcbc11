"""Whether files, checksums and data cards agree."""

import hashlib
import re

import numpy as np
import pytest

from cnn_casebook.data.data_files import datasets_folder
from cnn_casebook.data.datasets import DIGIT_NAMES, FASHION_NAMES

FOLDER = datasets_folder()
SUMS = dict(
    reversed(line.split("  "))
    for line in (FOLDER / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
)
NAMES = {"fashion_mnist": FASHION_NAMES, "digits": DIGIT_NAMES}


def test_sums_list_exactly_the_files_there_are():
    found = {str(path.relative_to(FOLDER).as_posix()) for path in FOLDER.rglob("*.npz")}
    assert {name for name in SUMS if name.endswith(".npz")} == found
    for name, digest in SUMS.items():
        assert hashlib.sha256((FOLDER / name).read_bytes()).hexdigest() == digest


@pytest.mark.parametrize("name", NAMES)
def test_card_agrees_with_the_file(name):
    card = (FOLDER / name / "README.md").read_text(encoding="utf-8")
    path = FOLDER / name / f"{name}.npz"
    assert f"| File | `{path.name}` |" in card
    assert f"| Bytes | {path.stat().st_size:,} |" in card
    assert f"| SHA-256 | `{SUMS[f'{name}/{name}.npz']}` |" in card
    assert len(re.findall(r"\b[0-9a-f]{64}\b", card)) == 1
    with np.load(path) as archive:
        for key, array in archive.items():
            row = f"| `{key}` | {array.dtype} | {array.shape} | {array.min()} "
            assert row in card
            assert re.search(rf"{re.escape(row)}.*to {array.max()}\b", card)
        counts = zip(
            NAMES[name],
            np.bincount(archive["train_labels"]),
            np.bincount(archive["test_labels"]),
            strict=True,
        )
        for label, (label_name, train, test) in enumerate(counts):
            assert f"| {label} | {label_name} | {train:,} | {test:,} |" in card


@pytest.mark.parametrize("name", NAMES)
def test_card_has_a_picture_and_the_index_has_the_card(name):
    card = (FOLDER / name / "README.md").read_text(encoding="utf-8")
    assert "](grid.png)" in card
    assert (FOLDER / name / "grid.png").stat().st_size < 100_000
    assert f"]({name}/README.md)" in (FOLDER / "README.md").read_text(encoding="utf-8")


def test_licences_are_carried_as_they_ask():
    mit = (FOLDER / "fashion_mnist" / "LICENSE").read_text(encoding="utf-8")
    assert "Copyright © 2017 Zalando SE" in mit
    assert "The above copyright notice and this permission notice shall be included" in mit
    assert "](LICENSE)" in (FOLDER / "fashion_mnist" / "README.md").read_text(encoding="utf-8")
    card = (FOLDER / "digits" / "README.md").read_text(encoding="utf-8")
    for part in ("https://creativecommons.org/licenses/by/4.0/", "E. Alpaydin", "**Changes:**"):
        assert part in card
