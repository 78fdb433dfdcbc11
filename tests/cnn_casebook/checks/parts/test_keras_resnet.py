"""Whether single blocks of Keras's ResNet-50 are those of the whole network."""

import numpy as np
import pytest

from cnn_casebook.checks.parts.keras_resnet import keras_block, keras_case, keras_resnet50
from cnn_casebook.checks.parts.sections import sections
from cnn_casebook.checks.parts.weights import randomise, transplant
from cnn_casebook.models.graph import flatten


@pytest.mark.parametrize("part", ["conv2_block1", "conv2_block2"])
def test_a_block_alone_is_the_block_of_the_whole_network(part):
    """The same layers with the same settings, and the same output when weights are the same."""
    number = ["conv2_block1", "conv2_block2"].index(part)
    within, alone = sections(flatten(keras_resnet50())).blocks[number], keras_block(part)
    found, expected = ({n.name: n.operation.get_config() for n in g.nodes} for g in (alone, within))
    assert found == expected
    rng = np.random.default_rng(2)
    randomise(within, rng)
    transplant(within, alone)
    x = rng.normal(size=(2, *alone.inputs[0].shape[1:])).astype("float32")
    np.testing.assert_allclose(alone.run(x), within.run(x), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("part", ["conv2_block1", "conv2_block2"])
def test_a_case_is_what_the_block_takes_and_gives(part):
    shape, kernel_size, filters, *strides = keras_case(part)
    block = keras_block(part)
    assert block.inputs[0].shape[1:] == shape
    assert block.outputs[0].shape[1:] == (*shape[:2], filters[2])
    assert kernel_size == 3
    assert strides == ([1] if part == "conv2_block1" else [])
