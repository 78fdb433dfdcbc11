"""Whether a module's branches are read, its steps are the module, and its mistakes are named."""

import keras
import pytest
from keras import layers

from cnn_casebook.checks import inception
from cnn_casebook.checks.parts.mistakes import OTHER_NONLINEARITIES
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


def module(silent=(), relu="relu", pooling=None, order=(0, 1, 2, 3)):
    """Make an `inception_module` with mistakes; `silent` are layers without a nonlinearity."""
    pooling = pooling or layers.MaxPooling2D(3, 1, padding="same")

    def inception_module(x, f1, f3_reduce, f3, f5_reduce, f5, pool_projection):
        def conv(x, name, filters, size=1):
            activation = None if name in silent else relu
            return layers.Conv2D(filters, size, padding="same", activation=activation)(x)

        ends = [
            conv(x, "1x1", f1),
            conv(conv(x, "reduce 3", f3_reduce), "3x3", f3, 3),
            conv(conv(x, "reduce 5", f5_reduce), "5x5", f5, 5),
            conv(pooling(x), "pool", pool_projection),
        ]
        return layers.Concatenate()([ends[number] for number in order])

    return inception_module


NO_RELU = {
    "after the 1x1 convolution of the first branch": ["1x1"],
    "after the reduction in front of the 3x3 convolution": ["reduce 3"],
    "after the 3x3 convolution": ["3x3"],
    "after the reduction in front of the 5x5 convolution": ["reduce 5"],
    "after the 5x5 convolution": ["5x5"],
    "after the projection after the pooling": ["pool"],
    "after the two reductions": ["reduce 3", "reduce 5"],
    "at the ends of the branches": ["1x1", "3x3", "5x5", "pool"],
    "anywhere in the module": ["1x1", "reduce 3", "3x3", "reduce 5", "5x5", "pool"],
    "after the two reductions and the projection": [
        "reduce 3",
        "reduce 5",
        "pool",
    ],
}
ORDERS = {
    "1x1, 3x3, pool, 5x5": (0, 1, 3, 2),
    "pool, 1x1, 3x3, 5x5": (3, 0, 1, 2),
    "1x1, 5x5, 3x3, pool": (0, 2, 1, 3),
    "pool, 5x5, 3x3, 1x1": (3, 2, 1, 0),
    "3x3, 1x1, 5x5, pool": (1, 0, 2, 3),
}
MISTAKES = {
    **{f"there is no ReLU {where}.": {"silent": names} for where, names in NO_RELU.items()},
    "the pooling takes the average; expected the maximum.": {
        "pooling": layers.AveragePooling2D(3, 1, padding="same")
    },
    **{
        f"the pooling window is {size}x{size}; expected 3x3.": {
            "pooling": layers.MaxPooling2D(size, 1, padding="same")
        }
        for size in (2, 4, 5)
    },
    "there is no pooling in the fourth branch: its projection reads x itself.": {
        "pooling": lambda x: x
    },
    **{
        f"the branches are concatenated in the order {order}; expected 1x1, 3x3, 5x5, pool.": {
            "order": numbers
        }
        for order, numbers in ORDERS.items()
    },
    **{
        f"the nonlinearity is {name}; expected ReLU.": {"relu": name}
        for name in OTHER_NONLINEARITIES
    },
}


@pytest.mark.parametrize("seed", range(3))
def test_the_steps_are_the_module(seed):
    inception.module_values(module(), seed=seed)


@pytest.mark.parametrize("text", MISTAKES)
def test_a_module_that_makes_a_mistake_hears_of_it(text):
    with pytest.raises(CheckFailed) as caught:
        inception.module_values(module(**MISTAKES[text]), seed=1)
    assert str(caught.value) == text


def test_every_mistake_of_the_list_is_made_above():
    x = keras.Input(inception.SHAPE)
    graph = flatten(keras.Model(x, module()(x, *inception.WIDTHS)))
    branches = inception._of_channels(inception.read_branches(graph), inception.WIDTHS)
    texts = [text for text, _ in inception.mistakes(inception.steps(branches))]
    assert sorted(texts) == sorted(MISTAKES)


def test_a_step_that_reads_something_else_is_named_with_its_shape():
    def inception_module(x, f1, f3_reduce, f3, f5_reduce, f5, pool_projection):
        both = layers.Concatenate()([layers.Conv2D(f5_reduce, 1)(x) for _ in range(2)])
        ends = [
            layers.Conv2D(f1, 1)(x),
            layers.Conv2D(f3, 3, padding="same")(layers.Conv2D(f3_reduce, 1)(x)),
            layers.Conv2D(f5, 5, padding="same")(both),
            layers.Conv2D(pool_projection, 1)(layers.MaxPooling2D(3, 1, padding="same")(x)),
        ]
        return layers.Concatenate()(ends)

    misfit = (
        r"the reduction in front of the 5x5 convolution cannot read what reaches it, 9 x 8 x 2\. "
        r"There are the branches \[.*\]; every branch begins with x"
    )
    with pytest.raises(CheckFailed, match=misfit):
        inception.module_values(inception_module, seed=0)
