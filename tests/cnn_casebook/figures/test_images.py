"""Grids of images: brightness, colours, labels."""

import re

import numpy as np
import pytest

from cnn_casebook import figures


@pytest.mark.parametrize("dtype", ["uint8", "float32"])
def test_images_keep_their_brightness(dtype):
    top = 255 if dtype == "uint8" else 1
    images = np.array([[[0, top / 5], [top, 0]]], dtype)[..., None]
    picture = figures.image_grid(images)
    (shown,) = picture.figure.axes[0].images
    assert np.allclose(shown.get_array(), [[0, 0.2], [1, 0]])


def test_negative_values_are_stretched_from_black_to_white():
    (axes,) = figures.image_grid(np.array([[[-3.0, 1.0]]])).figure.axes
    assert axes.images[0].get_array().tolist() == [[0, 1]]


def test_colours_are_kept_and_the_file_stays_photographic():
    picture = figures.image_grid(np.full((3, 2, 2, 3), [0.1, 0.5, 0.9]))
    assert picture.photographic
    assert np.allclose(picture.figure.axes[0].images[0].get_array(), [0.1, 0.5, 0.9])


def test_alternative_text_counts_rows_and_names_classes():
    images = np.zeros((10, 4, 6, 1))
    assert figures.image_grid(images).alt == "Grid of 10 grey images, 4×6 pixels, 2 rows of 5."
    alt = figures.image_grid(images[:2], np.array([1, 0]), ["shirt", "boot"], title="Clothes").alt
    assert alt == "Clothes. Grid of 2 grey images, 4×6 pixels, 1 row of 2: boot, shirt."


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((np.zeros((0, 8, 8, 1)),), "shape (0"),
        ((np.zeros((1, 8, 8, 5)),), "feature map"),
        ((np.full((1, 2, 2), np.nan),), "not-a-number"),
        ((np.zeros((2, 8, 8)), [1]), "1 labels"),
        ((np.zeros((1, 8, 8)), [3], ["a"]), "from 0 to 0"),
    ],
)
def test_wrong_input_is_explained(arguments, words):
    with pytest.raises(ValueError, match=re.escape(words)) as caught:
        figures.image_grid(*arguments)
    assert str(caught.value).startswith("Expected")
