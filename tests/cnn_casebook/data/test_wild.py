"""Images in the wild: the same for everyone, each on its own, within their range."""

import hashlib

import numpy as np
import pytest

from cnn_casebook.data import datasets, wild


@pytest.fixture(scope="module")
def images():
    return datasets.fashion_mnist()[0].images[:700]


@pytest.fixture(scope="module")
def pasted(images):
    return wild.in_the_wild(images, seed=4)


def test_shape_type_and_range(pasted):
    assert (pasted.shape, pasted.dtype) == ((700, 40, 40, 1), np.float32)
    assert pasted.min() >= 0
    assert 0.9 < pasted.max() <= 1


def test_same_everywhere(pasted):
    """The numbers come from a generator that NumPy keeps; rounding may differ a little."""
    rounded = np.round(pasted[:50] * 50).astype("uint8")
    assert hashlib.sha256(rounded[:, ::13, ::13].tobytes()).hexdigest()[:8] == "ade34c4d"


def test_seed_counts(images, pasted):
    np.testing.assert_array_equal(wild.in_the_wild(images, seed=4), pasted)
    assert not np.allclose(wild.in_the_wild(images[:5], seed=5), pasted[:5])


def test_an_image_does_not_depend_on_how_many_follow(images, pasted):
    for count in (1, 3, 501):
        np.testing.assert_array_equal(wild.in_the_wild(images[:count], seed=4), pasted[:count])


def test_nothing_but_the_ground_without_an_article():
    ground = wild.in_the_wild(np.zeros((200, 28, 28, 1)), seed=0)
    assert ground.min() >= 0
    spread = np.ptp(ground, axis=(1, 2, 3))
    assert spread.min() > 0.09
    assert spread.max() < 0.61
    assert ground.max() < 0.81


def test_articles_move_turn_and_change_size():
    """A white square: its centre and its area differ from image to image, within the limits."""
    square = np.zeros((300, 28, 28, 1), "float32")
    square[:, 8:20, 8:20] = 1
    shown = wild.in_the_wild(square, seed=1)[..., 0] > 0.9
    area = shown.sum(axis=(1, 2)) / 144
    assert 0.25 < area.min() < 0.5
    assert 1.2 < area.max() < 1.7
    rows, columns = np.mgrid[:40, :40]
    for place in (rows, columns):
        centre = (shown * place).sum(axis=(1, 2)) / shown.sum(axis=(1, 2)) - 19.5
        assert centre.min() < -4
        assert centre.max() > 4
        assert np.abs(centre).max() < 6.6


def test_the_input_is_not_changed(images):
    before = images.copy()
    wild.in_the_wild(images, seed=0)
    np.testing.assert_array_equal(images, before)


def test_no_images():
    assert wild.in_the_wild(np.zeros((0, 28, 28, 1)), seed=0).shape == (0, 40, 40, 1)


@pytest.mark.parametrize("shape", [(3, 28, 28), (3, 28, 14, 1), (3, 28, 28, 3)])
def test_other_shapes_are_refused(shape):
    with pytest.raises(ValueError, match="expected grey square images"):
        wild.in_the_wild(np.zeros(shape), seed=0)


def test_values_to_255_are_refused():
    with pytest.raises(ValueError, match="Divide by 255"):
        wild.in_the_wild(np.full((1, 28, 28, 1), 200.0), seed=0)


def test_source_and_target_classes_share_nothing():
    assert sorted((*wild.SOURCE_CLASSES, *wild.TARGET_CLASSES)) == list(range(10))


def test_first_of_each():
    split = datasets.Split(np.arange(6), np.array([1, 0, 1, 1, 0, 0]))
    assert wild.first_of_each(split, 2).images.tolist() == [1, 4, 0, 2]
    with pytest.raises(ValueError, match="expected 4 images of each class"):
        wild.first_of_each(split, 4)
