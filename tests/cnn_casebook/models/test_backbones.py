"""The backbone for photographs takes values 0 to 255, and gives way where nothing is downloaded."""

import numpy as np
import pytest

from cnn_casebook import runtime

runtime.start(seed=0)

import keras  # noqa: E402

from cnn_casebook.models import backbones  # noqa: E402


@pytest.fixture(scope="module")
def original():
    return keras.applications.MobileNetV2(
        input_shape=(96, 96, 3), alpha=0.35, include_top=False, pooling="avg", weights=None
    )


def test_it_computes_what_keras_s_network_does_after_its_own_preparation(original, tmp_path):
    path = tmp_path / "some.weights.h5"
    original.save_weights(path)
    network = backbones.mobilenet(str(path))
    images = np.random.default_rng(0).uniform(0, 255, (2, 96, 96, 3)).astype("float32")
    prepared = keras.applications.mobilenet_v2.preprocess_input(images.copy())
    found, expected = (
        keras.ops.convert_to_numpy(model(x, training=False))
        for model, x in ((network, images), (original, prepared))
    )
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)


def test_imagenet_weights_where_there_are_some(original, monkeypatch):
    asked = []

    def untrained(weights):
        asked.append(weights)
        return original

    monkeypatch.setattr(backbones, "mobilenet", untrained)
    backbone = backbones.for_photographs(own=None)
    assert asked == ["imagenet"]
    assert backbone.network is original
    assert backbone.unfreeze in [layer.name for layer in original.layers]
    assert "ImageNet" in backbone.says


def test_the_course_s_own_where_there_are_none(monkeypatch):
    def no_download(weights):
        raise Exception("URL fetch failure on https://storage.googleapis.com/...")

    monkeypatch.setattr(backbones, "mobilenet", no_download)
    own = keras.Sequential([keras.Input((40, 40, 1))])
    backbone = backbones.for_photographs(own)
    assert backbone.network is own
    assert "the course's own backbone takes over" in backbone.says
