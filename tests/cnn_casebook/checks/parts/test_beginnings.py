import keras
import pytest
from keras import layers

from cnn_casebook.checks.parts.beginnings import doubled, require_beginning, require_beginnings
from cnn_casebook.checks.parts.verdict import CheckFailed
from cnn_casebook.models.graph import Graph, flatten


def unit(x):
    return layers.BatchNormalization()(layers.Conv2D(4, 3, padding="same")(x))


def graph(*blocks, stem: int = 0) -> Graph:
    """A network of convolutions in front, and blocks: functions of a tensor."""
    x = y = keras.Input((8, 8, 4))
    for _ in range(stem):
        y = unit(y)
    for block in blocks:
        y = block(y)
    return flatten(keras.Model(x, y))


def identity(x):
    return layers.ReLU()(unit(layers.ReLU()(unit(x))) + x)


def projection(x):
    return layers.Add()([unit(unit(x)), unit(x)])


def late(x):
    y = unit(x)
    return layers.Add()([unit(y), y])


def from_the_end(x):
    y = unit(unit(x))
    return y + unit(y)


def with_itself(x):
    y = unit(unit(x))
    return layers.Add()([y, y])


@pytest.mark.parametrize("block", [identity, projection])
def test_right_blocks_pass(block):
    require_beginning(graph(block))
    require_beginnings(graph(block, identity, projection, stem=2), stem=2)


@pytest.mark.parametrize(
    ("block", "words"), [(late, "the first conv"), (from_the_end, "the second")]
)
def test_a_late_beginning_is_named_with_its_block(block, words):
    with pytest.raises(CheckFailed, match=f"does not begin with x, but behind {words}"):
        require_beginning(graph(block))
    with pytest.raises(CheckFailed, match=f"block 2 does not begin .* behind {words}"):
        require_beginnings(graph(identity, block, identity, stem=1), stem=1)


def test_what_is_added_to_itself_is_named():
    assert len(doubled(graph(with_itself, identity, with_itself))) == 2
    with pytest.raises(CheckFailed, match="a tensor is added to itself, in 1 of the additions:"):
        require_beginnings(graph(identity, with_itself))


def test_zeros_beside_each_other_are_not():
    twice = layers.Concatenate()
    assert doubled(graph(lambda x: twice([x, x]))) == []


def test_without_an_addition_there_is_nothing_to_say():
    require_beginning(graph(unit))
    require_beginnings(graph(unit))
