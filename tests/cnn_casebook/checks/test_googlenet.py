import keras
import pytest
from keras import layers

from cnn_casebook.checks import googlenet
from cnn_casebook.checks.inception import module_parameters
from cnn_casebook.models.graph import flatten
from cnn_casebook.models.inception_table import INPUTS, MODULES


def test_the_full_counts_add_up():
    stem = 7 * 7 * 3 * 64 + 64 + 64 * 64 + 64 + 9 * 64 * 192 + 192
    modules = sum(module_parameters(c, w) for w, c in zip(MODULES.values(), INPUTS, strict=True))
    assert stem + modules + 1024 * 1000 + 1000 == googlenet.INFERENCE_PARAMETERS
    heads = googlenet.HEAD_ON_4A + googlenet.HEAD_ON_4D
    assert googlenet.INFERENCE_PARAMETERS + heads == googlenet.TRAINING_PARAMETERS


@pytest.mark.parametrize(("filters", "width", "found"), [(96, 0.1, 10), (16, 0.01, 1), (64, 1, 64)])
def test_widths_are_rounded_and_at_least_one(filters, width, found):
    assert googlenet.scaled(filters, width) == found


def test_a_trunk_is_cut_where_its_branches_fork_and_meet():
    x = y = keras.Input((8, 8, 3))
    forks = []
    for number in range(9):
        y = layers.MaxPooling2D(1)(y)
        forks.append(y.shape)
        inner = layers.Concatenate()([layers.Conv2D(2, 1)(y), layers.Conv2D(3, 1)(y)])
        y = layers.Concatenate()([inner, layers.Conv2D(4, 1)(y)])
        if number % 2:
            y = layers.ReLU()(y)
    trunk = flatten(keras.Model(x, layers.GlobalAveragePooling2D()(y)))
    cut = googlenet._cut(trunk)
    assert [trunk.maker[wire].kind for wire in cut.entries] == ["MaxPooling2D"] * 9
    kinds = [trunk.maker[wire].kind for wire in cut.exits]
    assert kinds == ["Concatenate", "ReLU"] * 4 + ["Concatenate"]
