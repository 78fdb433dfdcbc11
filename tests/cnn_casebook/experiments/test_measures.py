import numpy as np
import pytest

from cnn_casebook.experiments.measures import resemblance, share_right


def test_the_most_probable_class_counts():
    probabilities = np.array([[0.2, 0.5, 0.3], [0.4, 0.3, 0.3], [0.1, 0.1, 0.8], [0.6, 0.2, 0.2]])
    assert share_right(probabilities, np.array([1, 0, 2, 1])) == 0.75
    assert isinstance(share_right(probabilities, np.array([1, 0, 2, 1])), float)


def test_resemblance_of_what_is_kept_and_of_noise():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(40, 6, 6, 2))
    assert resemblance(x, 3 * x - 1) == pytest.approx(1)
    assert abs(resemblance(x, rng.normal(size=(40, 50)))) < 0.2


def test_resemblance_needs_the_same_images():
    with pytest.raises(ValueError, match="found 4 and 5"):
        resemblance(np.ones((4, 2)), np.ones((5, 2)))
