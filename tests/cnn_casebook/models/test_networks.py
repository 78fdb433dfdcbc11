import keras
import pytest

from cnn_casebook.models import networks, symbolic


@pytest.mark.parametrize(
    ("layers", "input_shape", "parameters"),
    [
        (networks.lenet5(), (32, 32, 1), 61_706),
        (networks.alexnet(), (227, 227, 3), 60_965_224),
        (networks.alexnet(groups=1), (227, 227, 3), 62_378_344),
        (networks.vgg16(), (224, 224, 3), 138_357_544),
    ],
)
def test_the_tables_give_the_papers_counts(layers, input_shape, parameters):
    with symbolic.without_weights():
        assert networks.build(layers, input_shape).count_params() == parameters


def test_vgg16_has_the_shapes_of_keras():
    with symbolic.without_weights():
        ours = networks.build(networks.vgg16(), (224, 224, 3))
        theirs = keras.applications.VGG16(weights=None)
    assert [x.output.shape for x in ours.layers] == [x.output.shape for x in theirs.layers]


def test_unknown_kind():
    with pytest.raises(ValueError, match="found 'merge'"):
        networks.build([{"kind": "merge", "name": "a"}], (8, 8, 1))


@pytest.mark.parametrize("width", [1.0, 0.5, 0.1, 1 / 64, 0.001])
def test_scaled_channels_are_even(width):
    for channels in (6, 96, 256, 384, 4096):
        found = networks.scaled(channels, width)
        assert isinstance(found, int)
        assert found % 2 == 0
        assert found >= 2
        assert abs(found - channels * width) <= max(1, 2 - channels * width)
