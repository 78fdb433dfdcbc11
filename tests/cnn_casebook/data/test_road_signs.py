"""Whether drawn road signs are repeatable, balanced, varied, and can be told apart."""

import os
import re
import subprocess
import sys

import numpy as np
import pytest

from cnn_casebook.data import road_signs as drawing
from cnn_casebook.data.data_files import datasets_folder
from cnn_casebook.data.datasets import SIGN_NAMES, Split, road_signs


@pytest.mark.parametrize(
    ("count", "classes", "size"), [(1, 2, 64), (64, 6, 64), (65, 16, 64), (130, 5, 33), (3, 6, 16)]
)
def test_shapes_types_and_ranges(count, classes, size):
    split = road_signs(count, classes, seed=3, size=size)
    assert isinstance(split, Split)
    assert split.images.shape == (count, size, size, 3)
    assert split.images.dtype == np.float32
    assert split.images.min() >= 0
    assert split.images.max() <= 1
    np.testing.assert_allclose(split.images * 255, np.round(split.images * 255), atol=1e-4)
    assert split.labels.shape == (count,)
    assert split.labels.dtype == np.int32
    assert set(split.labels.tolist()) <= set(range(classes))


def test_every_value_is_used():
    images = road_signs(60).images
    assert (images.min(), images.max()) == (0, 1)


def test_same_arguments_same_images():
    first, again = road_signs(70, 6, seed=5), road_signs(70, 6, seed=5)
    np.testing.assert_array_equal(again.images, first.images)
    np.testing.assert_array_equal(again.labels, first.labels)


def test_another_seed_other_images():
    first, other = road_signs(12, 6, seed=0), road_signs(12, 6, seed=1)
    assert (np.abs(first.images - other.images).mean(axis=(1, 2, 3)) > 0.02).all()


@pytest.mark.parametrize("few", [1, 7, 63, 64, 65, 100])
def test_first_images_do_not_depend_on_the_count(few):
    more, less = road_signs(150, 7, seed=2), road_signs(few, 7, seed=2)
    np.testing.assert_array_equal(more.labels[:few], less.labels)
    np.testing.assert_array_equal(more.images[:few], less.images)


def test_rounds_hold_each_class_once():
    labels = road_signs(66, 11, seed=4).labels
    for start in range(0, 66, 11):
        assert sorted(labels[start : start + 11]) == list(range(11))


def test_arrays_are_new_each_time():
    before = road_signs(3)
    road_signs(3).images[:] = -1
    np.testing.assert_array_equal(before.images, road_signs(3).images)


def test_numpy_integers_are_whole_numbers():
    assert road_signs(np.int64(2), np.int32(3), np.uint8(1), np.int16(20)).images.shape[1] == 20


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"count": 0}, "count=0): expected 1 or more"),
        ({"classes": 1}, "classes=1): expected 2 to 16"),
        ({"classes": 17}, "classes=17): expected 2 to 16"),
        ({"seed": -1}, "seed=-1): expected 0 or more"),
        ({"size": 8}, "size=8): expected 16 to 512"),
    ],
)
def test_out_of_range(arguments, says):
    with pytest.raises(ValueError, match=re.escape(says)):
        road_signs(**{"count": 2} | arguments)


@pytest.mark.parametrize("value", [2.0, "2", None, True, [2]])
@pytest.mark.parametrize("name", ["count", "classes", "seed", "size"])
def test_not_a_whole_number(name, value):
    with pytest.raises(TypeError, match=rf"road_signs\({name}=.*whole number"):
        road_signs(**{"count": 2} | {name: value})


# The drawings


@pytest.fixture(scope="module")
def plates():
    """The finest texture of every sign: (signs, 66, 66, 4)."""
    pixels, starts = drawing._textures()
    side = drawing._PLATES[0] + 2
    return pixels[: len(SIGN_NAMES) * side**2].reshape(-1, side, side, 4), starts


def test_plates_have_a_clear_rim(plates):
    for edge in (plates[0][:, 0], plates[0][:, -1], plates[0][:, :, 0], plates[0][:, :, -1]):
        assert not edge.any()


def test_plates_are_filled_and_all_different(plates):
    covered = plates[0][..., 3].mean(axis=(1, 2))
    assert (covered > 0.35).all()
    far = np.abs(plates[0][:, None] - plates[0]).mean(axis=(2, 3, 4))
    assert far[~np.eye(len(far), dtype=bool)].min() > 0.005


def test_textures_lie_one_behind_the_other():
    pixels, starts = drawing._textures()
    ends = starts + np.array([[(side + 2) ** 2] for side in drawing._PLATES])
    np.testing.assert_array_equal(starts.ravel()[1:], ends.ravel()[:-1])
    assert ends[-1, -1] == len(pixels)


def test_sign_faces_its_place():
    """A plate's middle lands where it should, its corners about a radius away."""
    radius, middle = np.array([0.5]), np.array([[0.2, -0.1]])
    for seed in range(20):
        back = drawing._to_plate(radius, middle, np.random.default_rng(seed))
        forward = np.linalg.inv(back)[0]
        x, y, w = forward @ (0, 0, 1)
        np.testing.assert_allclose((x / w, y / w), middle[0], atol=1e-12)
        for u, v in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            x, y, w = forward @ (u, v, 1)
            distance = np.hypot(x / w - 0.2, y / w + 0.1)
            assert 0.5 * 0.55 < distance < 0.5 * 1.25
            assert np.sign((x / w - 0.2) * u + (y / w + 0.1) * v) == 1  # never mirrored or upside


def test_images_vary_within_a_class():
    split = road_signs(240, 6, seed=0)
    for label in range(6):
        images = split.images[split.labels == label]
        assert images.mean(axis=(1, 2, 3)).std() > 0.05  # light
        assert (images.std(axis=0) > 0.05).all()  # every pixel changes: place and background


def test_classes_cannot_be_told_by_mean_pixels_but_hold_a_signal():
    """Nearest mean image is far from perfect: place varies. The sign's colour still shows."""
    train, test = road_signs(1_200, 6, seed=0), road_signs(300, 6, seed=1)
    means = np.stack([train.images[train.labels == label].mean(axis=0) for label in range(6)])
    far = ((test.images[:, None] - means) ** 2).sum(axis=(2, 3, 4))
    assert (far.argmin(axis=1) == test.labels).mean() < 0.6
    red, green, blue = np.moveaxis(test.images, -1, 0)
    reddest = (red - np.maximum(green, blue)).max(axis=(1, 2))
    stop, crossing = (reddest[test.labels == SIGN_NAMES.index(n)] for n in ("stop", "crossing"))
    assert np.median(stop) > 2 * np.median(crossing)


def test_import_is_light():
    code = (
        "import sys; import cnn_casebook.data.road_signs; "
        "print([n for n in ('tensorflow', 'keras', 'matplotlib', 'scipy') if n in sys.modules])"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=os.environ, timeout=60
    )
    assert (found.stdout.strip(), found.stderr) == ("[]", "")


# The data card


def test_card_lists_the_classes_and_the_index_lists_the_card():
    folder = datasets_folder()
    card = (folder / "road_signs" / "README.md").read_text(encoding="utf-8")
    for label, name in enumerate(SIGN_NAMES):
        assert f"| {label} | {name} |" in card
    assert "](grid.png)" in card
    assert (folder / "road_signs" / "grid.png").stat().st_size < 150_000
    assert "](road_signs/README.md)" in (folder / "README.md").read_text(encoding="utf-8")
