"""A check of a block that the course does not ask for, in full: so little does a new one take.

Squeeze and excitation (Hu, Shen and Sun 2018, arXiv 1709.01507, section 3): the mean of each
channel passes through two dense layers, and what comes out, between 0 and 1, scales the channel.
"""

import keras
import pytest
from keras import layers, ops

from cnn_casebook.checks.parts.mistakes import missing_relus, other_nonlinearities
from cnn_casebook.checks.parts.steps import (
    add,
    changed,
    dense,
    edited,
    global_pool,
    last,
    relu,
    require_steps,
    without,
)
from cnn_casebook.checks.parts.verdict import CheckFailed, build, check, require
from cnn_casebook.checks.parts.weights import kernels, randomise, require_own_weights


def _steps(weights):
    first, second = weights
    gate = [global_pool(), dense("squeeze", first), relu("squeeze"), dense("excite", second)]
    gate.append(last("the gate", ops.sigmoid))
    return changed([add("the scaling", [], gate)], "add", by=_scaled)


def _scaled(x, gate):
    return x * gate[:, None, None]


def _mistakes(right):
    yield "the gate is computed and not used.", changed(right, "add", by=lambda x, gate: x)
    text = "the gate is added; expected a multiplication."
    yield text, changed(right, "add", by=lambda x, gate: x + gate[:, None, None])
    yield "there is no sigmoid at the gate.", without(right, "last")
    softmax = changed(right, "last", function=ops.softmax)
    yield "the gate has a softmax; each channel has a sigmoid of its own.", softmax
    text = "the maximum over the image is squeezed; expected the mean."
    yield text, changed(right, "global_pool", by=ops.max)
    twice = edited(right, "last", edit=lambda step: [step, step])
    yield "the sigmoid is applied twice.", twice
    yield from missing_relus(right)
    yield from other_nonlinearities(right)


@check
def squeeze_excitation(block, *, rng) -> None:
    """With random weights, other sizes and ratios: every channel scaled by its gate."""
    __tracebackhide__ = True
    for shape, ratio in (((6, 5, 8), 4), ((3, 7, 6), 2)):
        _, graph = build(block, shape, ratio)
        require_own_weights(graph)
        channels = shape[-1]
        found = [weights.kernel.shape[-2:] for weights in kernels(graph.nodes)]
        expected = [(channels, channels // ratio), (channels // ratio, channels)]
        require(found == expected, f"the dense layers are {found}; expected {expected}.")
        randomise(graph, rng)
        x = rng.normal(0.2, 1, (3, *shape)).astype("float32")
        right = _steps(kernels(graph.nodes))
        require_steps("the output of the block", graph.run(x), x, right, mistakes=_mistakes)


# ---- what it accepts and what it says ----


def right_answer(x, ratio, end="sigmoid", join=layers.multiply, hidden="relu"):
    channels = x.shape[-1]
    gate = layers.GlobalAveragePooling2D(keepdims=True)(x)
    gate = layers.Dense(channels // ratio, activation=hidden)(gate)
    return join([x, layers.Dense(channels, activation=end)(gate)])


def functions_instead_of_layers(x, ratio):
    gate = ops.mean(x, axis=(1, 2))
    gate = ops.relu(layers.Dense(x.shape[-1] // ratio)(gate))
    gate = ops.sigmoid(layers.Dense(x.shape[-1])(gate))
    return x * ops.reshape(gate, (-1, 1, 1, x.shape[-1]))


def by_convolutions(x, ratio):
    gate = keras.Sequential(
        [
            layers.GlobalAveragePooling2D(keepdims=True),
            layers.Conv2D(x.shape[-1] // ratio, 1, activation="relu"),
            layers.Conv2D(x.shape[-1], 1, activation="sigmoid"),
        ]
    )
    return layers.Multiply()([gate(x), x])


@pytest.mark.parametrize("answer", [right_answer, functions_instead_of_layers, by_convolutions])
def test_right_answers_pass(answer):
    squeeze_excitation(answer)


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        ({"end": None}, "no sigmoid at the gate"),
        ({"end": "softmax"}, "a sigmoid of its own"),
        ({"join": layers.add}, "the gate is added"),
        ({"hidden": None}, "there is no ReLU at all"),
        ({"hidden": "tanh"}, "the nonlinearity is tanh"),
        ({"join": lambda both: both[0] + 0 * both[1]}, "computed and not used"),
    ],
)
def test_mistakes_are_named(edit, message):
    with pytest.raises(CheckFailed, match=message):
        squeeze_excitation(lambda x, ratio: right_answer(x, ratio, **edit), seed=1)


def test_a_gate_for_each_pixel_is_refused():
    def squeezed_too_early(x, ratio):
        gate = layers.Dense(x.shape[-1] // ratio, activation="relu")(x)
        return x * layers.Dense(x.shape[-1], activation="sigmoid")(gate)

    with pytest.raises(CheckFailed, match="not what the definition gives"):
        squeeze_excitation(squeezed_too_early, seed=1)


def test_the_same_seed_fails_alike():
    said = []
    for _ in range(2):
        with pytest.raises(CheckFailed) as failure:
            squeeze_excitation(lambda x, ratio: right_answer(x, ratio, end="relu"), seed=7)
        said.append(str(failure.value))
    assert said[0] == said[1]
