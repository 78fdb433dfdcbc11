import keras
import pytest
from keras import layers

from cnn_casebook.checks import inception
from cnn_casebook.checks.parts.verdict import CheckFailed
from cnn_casebook.models.graph import flatten
from cnn_casebook.models.inception_table import INPUTS, MODULES

# Source: the widths of Szegedy et al. 2014, table 1, counted by hand.
COUNTS = (163_696, 388_736, 376_176, 449_160, 510_104, 605_376, 868_352, 1_043_456, 1_444_080)


def test_the_nine_counts():
    counts = [
        inception.module_parameters(channels, widths)
        for widths, channels in zip(MODULES.values(), INPUTS, strict=True)
    ]
    assert tuple(counts) == COUNTS


def test_branches_are_read_with_their_poolings():
    x = keras.Input((8, 8, 3))
    a = layers.Conv2D(4, 3, padding="same")(layers.Conv2D(2, 1)(x))
    b = layers.Dense(5)(layers.MaxPooling2D(3, 1, "same")(x))
    graph = flatten(keras.Model(x, layers.Concatenate()([b, a])))
    found = {branch.text for branch in inception.read_branches(graph)}
    assert found == {"1x1 from 3 to 2 -> 3x3 from 2 to 4", "pool -> 1x1 from 3 to 5"}


def test_a_model_without_weights_has_no_branches():
    x = keras.Input((8, 8, 3))
    assert inception.read_branches(flatten(keras.Model(x, layers.ReLU()(x)))) == []


def test_a_failure_repeats_with_its_seed():
    def inception_module(x, *widths):
        return layers.Conv2D(widths[0] + widths[2] + widths[4] + widths[5], 1)(x)

    messages = []
    for _ in range(2):
        with pytest.raises(CheckFailed) as caught:
            inception.module_order(inception_module, seed=7)
        messages.append(str(caught.value))
    assert messages[0] == messages[1]
    assert caught.value.__notes__ == ["(random numbers from seed=7)"]
