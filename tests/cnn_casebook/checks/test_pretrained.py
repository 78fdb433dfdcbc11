"""Published weights in a learner's ResNet-50: found by place; and what is said without them."""

import keras
import numpy as np
import pytest
from answer_functions import solution_names
from PIL import Image

from cnn_casebook.checks import pretrained
from cnn_casebook.checks.parts.weights import randomise
from cnn_casebook.models.graph import flatten


def test_with_the_weights_of_a_file_a_learners_network_computes_the_same(tmp_path):
    published = keras.applications.ResNet50(weights=None, input_shape=(64, 64, 3), classes=7)
    rng = np.random.default_rng(0)
    randomise(flatten(published), rng)
    published.save_weights(tmp_path / "published.weights.h5")
    own = solution_names("resnet50")["resnet50"](input_shape=(64, 64, 3), classes=7)
    reference = pretrained.load_weights(own, tmp_path / "published.weights.h5")
    images = rng.uniform(0, 1, (2, 64, 64, 3)).astype("float32")
    expected, found = (np.asarray(model(images)) for model in (published, own))
    assert np.ptp(expected) > 0.01
    assert np.allclose(found, expected, atol=1e-4)
    assert np.allclose(reference(images), expected, atol=1e-5)


def no_connection(*args, **kwargs):
    raise Exception("URL fetch failure on https://example.org: None -- unreachable")


def test_without_a_connection_the_reason_is_said(monkeypatch, capsys):
    monkeypatch.setattr(keras.applications, "ResNet50", no_connection)
    model = keras.Sequential([keras.Input((224, 224, 3)), keras.layers.Flatten()])
    assert pretrained.load_weights(model, "imagenet") is None
    assert "No connection" in capsys.readouterr().out


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"'imagenet' or a file .*nowhere\.h5"):
        pretrained.load_weights(None, tmp_path / "nowhere.h5")
    with pytest.raises(FileNotFoundError, match=r"folder with \.jpg"):
        pretrained.photographs(tmp_path)


def test_photographs_are_read_as_keras_expects_them(tmp_path):
    Image.new("RGB", (40, 20), (255, 0, 10)).save(tmp_path / "b.png")
    Image.new("L", (20, 20), 128).save(tmp_path / "a.PNG")
    names, images = pretrained.photographs(tmp_path, side=16)
    assert names == ["a.PNG", "b.png"]
    assert images.shape == (2, 16, 16, 3)
    assert np.allclose(images[1, 3, 3], [10 - 103.939, 0 - 116.779, 255 - 123.68], atol=1e-3)


def test_without_the_list_of_names_classes_have_numbers(monkeypatch):
    monkeypatch.setattr(keras.applications.resnet, "decode_predictions", no_connection)
    probabilities = np.zeros((1, 1000))
    probabilities[0, [3, 999, 5, 7, 9]] = [0.3, 0.25, 0.2, 0.15, 0.1]
    assert pretrained.top_five(probabilities) == ["classes 3, 999, 5, 7, 9"]
