"""What the scripts in this folder share: order, packing, checksum and picture of a data set."""

import hashlib
import os
import zipfile
from pathlib import Path

import numpy as np

# The first moment that a zip file can store: the time of day must not change the bytes.
ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)


def balanced_order(labels: np.ndarray, random: np.random.RandomState) -> np.ndarray:
    """Shuffle so that every beginning of the order holds the classes in their proportions.

    The images of a class of c are spread over c equal slots, one in each, at a random place of
    it. Classes of equal size therefore come in rounds: one image of each class per round.

    Args:
        labels: integers (n,).
        random: The source of chance. RandomState, not Generator: NumPy promises that its
            numbers stay the same in later versions.

    Returns:
        The new order: int64 (n,), indices into labels.
    """
    places = np.empty(len(labels))
    for label in np.unique(labels):
        members = random.permutation(np.flatnonzero(labels == label))
        slots = np.arange(len(members)) + random.random_sample(len(members))
        places[members] = slots / len(members)
    return np.argsort(places, kind="stable")


def write_splits(
    folder: Path,
    name: str,
    train: tuple[np.ndarray, np.ndarray],
    test: tuple[np.ndarray, np.ndarray],
    class_names: tuple[str, ...],
) -> None:
    """Write a data set's file, its checksum, and a picture of the first images of each class.

    Args:
        folder: Stands for ``datasets/``; created if missing.
        name: The data set.
        train: Images, uint8 (n, side, side), and labels, uint8 (n,).
        test: The same of the test split.
        class_names: The name of each class.
    """
    arrays = {
        "train_images": train[0],
        "train_labels": train[1],
        "test_images": test[0],
        "test_labels": test[1],
    }
    path = write_data(folder, name, arrays)
    draw_grid(path.with_name("grid.png"), *train, class_names)


def write_data(folder: Path, name: str, arrays: dict[str, np.ndarray]) -> Path:
    """Write ``folder/name/name.npz`` and its line in ``folder/SHA256SUMS``.

    The same arrays give the same bytes on every machine. For that the arrays are stored, not
    compressed: compressed bytes differ between versions of zlib. (Git compresses them anyway.)

    Args:
        folder: Stands for ``datasets/``; created if missing.
        name: The data set.
        arrays: What to store, in this order.

    Returns:
        The path of the npz file.
    """
    path = folder / name / f"{name}.npz"
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_STORED) as archive:
        for key, array in arrays.items():
            entry = zipfile.ZipInfo(f"{key}.npy", ZIP_EPOCH)
            entry.create_system = 3  # Unix, on every machine
            entry.external_attr = 0o644 << 16
            with archive.open(entry, "w") as file:
                np.lib.format.write_array(file, np.ascontiguousarray(array), version=(1, 0))
    os.replace(unfinished, path)
    write_sum(folder, path)
    return path


def write_sum(folder: Path, path: Path) -> None:
    """Write a file's line in ``folder/SHA256SUMS``, and print its size and checksum.

    Args:
        folder: Stands for ``datasets/``.
        path: A file within it.
    """
    sums = folder / "SHA256SUMS"
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    listed = path.relative_to(folder).as_posix()
    old = sums.read_text(encoding="utf-8").splitlines() if sums.is_file() else []
    lines = [line for line in old if line.strip() and line.split(maxsplit=1)[1] != listed]
    lines = sorted([*lines, f"{digest}  {listed}"], key=lambda line: line.split(maxsplit=1)[1])
    unfinished = sums.with_suffix(".part")
    unfinished.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
    os.replace(unfinished, sums)
    print(f"{path}: {path.stat().st_size:,} bytes, SHA-256 {digest}")


def draw_grid(
    path: Path, images: np.ndarray, labels: np.ndarray, names: tuple[str, ...], columns: int = 12
) -> None:
    """Draw the first images of each class, one class a row, as a PNG.

    Args:
        path: The file to write.
        images: uint8 (n, side, side), 0 is black.
        labels: integers (n,).
        names: The name of each class, written beside its row.
        columns: Images a row.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from PIL import Image

    side = images.shape[1]
    rows = []
    for label in range(len(names)):
        first = images[labels == label][:columns]
        framed = np.pad(first / images.max(), ((0, 0), (1, 1), (1, 1)), constant_values=1)
        rows.append(np.concatenate(list(framed), axis=1))
    mosaic = np.concatenate(rows)
    figure = Figure(figsize=(6.8, 4.8), dpi=100)
    axes = figure.add_axes((0.15, 0.01, 0.84, 0.98))  # the names need the first 15 percent
    axes.imshow(mosaic, cmap="gray", interpolation="nearest")
    axes.set_xticks([])
    axes.set_yticks((np.arange(len(names)) + 0.5) * (side + 2), names)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    # One grey channel, where savefig would write four: a third of the bytes.
    Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("L").save(path, optimize=True)
