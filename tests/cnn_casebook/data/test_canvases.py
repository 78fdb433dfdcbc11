import numpy as np
import pytest

from cnn_casebook.data.canvases import four_on_one, scatter


def test_scatter_keeps_every_image_whole_at_its_corner():
    images = np.random.default_rng(0).uniform(0.1, 1, (6, 5, 5, 1)).astype("float32")
    canvases, corners = scatter(images, size=12, seed=3)
    for canvas, image, (row, column) in zip(canvases, images, corners, strict=True):
        assert np.array_equal(canvas[row : row + 5, column : column + 5], image)
        assert np.isclose(canvas.sum(), image.sum())


def test_scatter_repeats_with_its_seed_and_reaches_all_corners():
    images = np.ones((200, 3, 3, 1), "float32")
    first, second = scatter(images, 5, seed=1), scatter(images, 5, seed=1)
    assert np.array_equal(first[0], second[0])
    assert len(np.unique(first[1], axis=0)) == 9


def test_scatter_refuses_a_small_canvas():
    with pytest.raises(ValueError, match="cannot hold images of 5"):
        scatter(np.zeros((1, 5, 5, 1)), size=4)


def test_four_on_one_puts_one_image_in_each_quarter():
    images = np.ones((4, 3, 3, 1), "float32") * np.arange(1, 5).reshape(4, 1, 1, 1)
    canvas = four_on_one(images, size=10)[..., 0]
    quarters = [canvas[:5, :5], canvas[:5, 5:], canvas[5:, :5], canvas[5:, 5:]]
    assert [quarter.sum() for quarter in quarters] == [9, 18, 27, 36]
    with pytest.raises(ValueError, match="four images"):
        four_on_one(images[:3], size=10)
