"""Whether steps are Keras's layers, edits reach all paths, and a comparison names what differs."""

import keras
import numpy as np
import pytest
from keras import layers, ops

from cnn_casebook.checks.parts.steps import (
    DoesNotFit,
    Step,
    add,
    changed,
    computed,
    concatenate,
    conv,
    dense,
    edited,
    followed,
    global_pool,
    last,
    norm,
    places,
    pool,
    relu,
    require_steps,
    run,
    swapped,
    without,
)
from cnn_casebook.checks.parts.verdict import CheckFailed
from cnn_casebook.checks.parts.weights import Kernel, kernels, norms, randomise
from cnn_casebook.models.graph import Graph, flatten

SHAPE = (7, 6, 4)


def images(batch=3, shape=SHAPE):
    return np.random.default_rng(0).normal(0.2, 1, (batch, *shape)).astype("float32")


def graph_of(*made) -> Graph:
    """Keras layers, one after the other, with random weights."""
    x = inputs = keras.Input(SHAPE)
    for layer in made:
        x = layer(x)
    graph = flatten(keras.Model(inputs, x))
    randomise(graph, np.random.default_rng(1))
    return graph


def kernel(*shape) -> Kernel:
    rng = np.random.default_rng(2)
    return Kernel(None, rng.normal(size=shape).astype("float32"), np.ones(shape[-1], "float32"))


def plus(amount: float, place: str = "") -> Step:
    """A step of the kind "plus", whose result shows that it ran."""
    return Step("plus", place or f"{amount}", lambda x, amount: x + amount, {"amount": amount})


# ---- steps ----


@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("padding", ["same", "valid"])
@pytest.mark.parametrize("groups", [1, 2])
def test_a_convolution_is_that_of_keras(stride, padding, groups):
    if groups == 1:
        graph = graph_of(layers.Conv2D(6, 3, stride, padding))
        (weights,) = kernels(graph.nodes)
    else:  # two halves, one above the other: the kernel of both reads two channels
        x = inputs = keras.Input(SHAPE)
        halves = [layers.Conv2D(3, 3, stride, padding)(half) for half in ops.split(x, 2, axis=-1)]
        graph = flatten(keras.Model(inputs, layers.Concatenate()(halves)))
        randomise(graph, np.random.default_rng(1))
        first, second = kernels(graph.nodes)
        both = (
            np.concatenate(pair, axis=-1)
            for pair in zip((first.kernel, first.bias), (second.kernel, second.bias), strict=True)
        )
        weights = Kernel(first.node, *both)
    found = run([conv("it", weights, stride, padding)], images())
    np.testing.assert_allclose(found, graph.run(images()), rtol=1e-4, atol=1e-5)


def test_zeros_on_each_side_of_a_convolution():
    graph = graph_of(layers.ZeroPadding2D(3), layers.Conv2D(5, 3, 2))
    (weights,) = kernels(graph.nodes)
    found = run([conv("it", weights, 2, padding=3)], images())
    np.testing.assert_allclose(found, graph.run(images()), rtol=1e-4, atol=1e-5)


def test_a_dense_layer_on_images_is_a_convolution_of_single_pixels():
    weights = kernel(4, 5)
    found = run([conv("it", weights)], images())
    np.testing.assert_allclose(found, images() @ weights.kernel + 1, rtol=1e-4, atol=1e-5)


def test_a_dense_layer_flattens_a_volume():
    graph = graph_of(layers.Flatten(), layers.Dense(5))
    (weights,) = kernels(graph.nodes)
    found = run([dense("it", weights)], images())
    np.testing.assert_allclose(found, graph.run(images()), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("training", [False, True])
def test_a_batch_norm_in_both_modes(training):
    graph = graph_of(layers.BatchNormalization())
    (weights,) = norms(graph.nodes)
    found = run([norm("it", weights, training)], images())
    expected = graph.run(images(), training=training)
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-4)


def test_poolings_and_what_turns_scores_into_probabilities():
    graph = graph_of(
        layers.MaxPooling2D(3, 2, "same"), layers.GlobalAveragePooling2D(), layers.Softmax()
    )
    steps = [pool("it", 3, 2, "same"), global_pool(), last()]
    np.testing.assert_allclose(run(steps, images()), graph.run(images()), rtol=1e-4, atol=1e-6)


def test_paths_begin_with_the_same_and_meet():
    x = images()
    np.testing.assert_allclose(run([add("it", [plus(1)], [])], x), 2 * x + 1, atol=1e-5)
    side_by_side = concatenate("it", [plus(1)], [plus(2), plus(3)], [])
    found = run([side_by_side], x)
    np.testing.assert_allclose(found, np.concatenate([x + 1, x + 5, x], axis=-1), atol=1e-5)
    turned = run(changed([side_by_side], "concatenate", order=(2, 0)), x)
    np.testing.assert_allclose(turned, np.concatenate([x, x + 1], axis=-1), atol=1e-5)


# ---- edits ----


def nested() -> list[Step]:
    """A path within a path, "plus" and "relu" on each level."""
    inner = add("inner", [plus(2, "deep"), relu("deep")], [])
    return [plus(1, "first"), relu("first"), concatenate("outer", [inner, relu("inner")], [])]


def words(steps) -> list:
    """Kinds and places, paths as lists: what a list of steps looks like."""
    return [(step.kind, step.place, *(words(path) for path in step.paths)) for step in steps]


NESTED = [
    ("plus", "first"),
    ("relu", "first"),
    (
        "concatenate",
        "outer",
        [("add", "inner", [("plus", "deep"), ("relu", "deep")], []), ("relu", "inner")],
        [],
    ),
]


def test_places_are_found_on_all_paths_in_their_order():
    assert places(nested(), "relu") == ["first", "deep", "inner"]
    assert places(nested(), "add") == ["inner"]
    assert places(nested(), "conv") == []


def test_steps_are_left_out_on_all_paths_or_at_some_places():
    steps = nested()
    assert places(without(steps, "relu"), "relu") == []
    assert places(without(steps, "relu", "deep", "first"), "relu") == ["inner"]
    assert words(without(steps, "relu", "nowhere")) == NESTED
    assert words(steps) == NESTED, "an edit changes the steps that it is given"


def test_a_step_with_paths_is_left_out_with_them():
    assert words(without(nested(), "concatenate")) == NESTED[:2]


def test_settings_are_changed_on_all_paths_or_at_some_places():
    x = images()
    base = [plus(1, "first"), add("meet", [plus(2, "deep")], [])]
    assert np.allclose(run(changed(base, "plus", amount=5), x), (x + 10) + (x + 5))
    assert np.allclose(run(changed(base, "plus", "deep", amount=5), x), (x + 6) + (x + 1))
    assert np.allclose(run(base, x), (x + 3) + (x + 1)), "the steps themselves changed"
    by_product = changed(base, "add", by=lambda main, side: main * side)
    assert np.allclose(run(by_product, x), (x + 3) * (x + 1), atol=1e-5)


def test_a_setting_that_a_step_does_not_have_is_refused():
    with pytest.raises(TypeError, match="a pool has no setting sizes, strides"):
        changed([pool("it")], "pool", strides=2, sizes=3, stride=1)
    with pytest.raises(TypeError, match="a plus has no setting size"):
        changed(nested(), "plus", "deep", size=1)


def test_a_step_is_replaced_by_several():
    doubled = edited(nested(), "plus", edit=lambda step: [step, step])
    assert places(doubled, "plus") == ["first", "first", "deep", "deep"]


def test_a_step_follows_another_with_its_place():
    found = followed(nested(), "relu", "deep", "inner", by=lambda place: plus(1, f"after {place}"))
    assert places(found, "plus") == ["first", "deep", "after deep", "after inner"]


def test_neighbours_are_exchanged_on_all_paths():
    found = swapped(nested(), "plus", "relu")
    assert words(found)[:2] == [("relu", "first"), ("plus", "first")]
    assert words(found)[2][2][0] == ("add", "inner", [("relu", "deep"), ("plus", "deep")], [])
    assert words(swapped(nested(), "relu", "plus")) == NESTED


# ---- what does not fit ----


@pytest.mark.parametrize(
    ("step", "text"),
    [
        (dense("fc6", kernel(5, 2)), "fc6 cannot read what reaches it, 7 x 6 x 4"),
        (conv("conv2", kernel(3, 3, 3, 2)), "conv2 cannot read what reaches it, 7 x 6 x 4"),
        (
            conv("conv2", kernel(9, 9, 4, 2), padding="valid"),
            "conv2 cannot read what reaches it, 7 x 6 x 4",
        ),
        (pool("pool 3", size=7), "pool 3 cannot read what reaches it, 7 x 6 x 4"),
        (
            add("the sum", [conv("side", kernel(1, 1, 4, 2))], []),
            "the sum cannot read what reaches it, 7 x 6 x 2 and 7 x 6 x 4",
        ),
        (
            add("the sum", [relu("side"), dense("deep", kernel(5, 2))], []),
            "deep cannot read what reaches it, 7 x 6 x 4",
        ),
    ],
)
def test_what_does_not_fit_is_said_with_step_and_shape(step, text):
    with pytest.raises(DoesNotFit) as misfit:
        run([relu("before"), step], images())
    assert str(misfit.value) == text


def test_what_does_not_fit_equals_nothing():
    assert computed([dense("it", kernel(5, 2))], images())().size == 0


# ---- comparison ----


def no_mistakes(right):
    return iter(())


def test_steps_are_run_when_their_result_is_asked_for():
    calls = []
    values = computed([Step("count", "it", lambda x: calls.append(1) or x)], images())
    assert calls == []
    values()
    assert calls == [1]


def test_a_right_network_costs_no_mistake_and_no_further_right():
    def mistakes(right):
        raise AssertionError("a mistake was looked for")

    x = images()
    counted = []
    second = [Step("count", "it", lambda x: counted.append(1) or x)]
    require_steps("it", x + 1, x, [plus(1)], second, mistakes=mistakes)
    assert counted == []


def test_the_first_mistake_that_explains_is_named_and_none_after_it_is_made():
    def mistakes(right):
        yield "two is added.", changed(right, "plus", amount=2)
        yield "three is added.", changed(right, "plus", amount=3)
        raise AssertionError("a further mistake was made")

    with pytest.raises(CheckFailed, match=r"^three is added\.$"):
        require_steps("it", images() + 3, images(), [plus(1)], mistakes=mistakes)


def test_any_of_several_rights_is_right():
    for amount in (1, 2):
        require_steps("it", images() + amount, images(), [plus(1)], [plus(2)], mistakes=no_mistakes)


def test_mistakes_are_looked_for_in_every_right():
    def mistakes(right):
        yield "ten are missing.", [*right, plus(-10)]

    with pytest.raises(CheckFailed, match=r"^ten are missing\.$"):
        require_steps("it", images() - 8, images(), [plus(1)], [plus(2)], mistakes=mistakes)


MISFIT = [dense("the dense layer", kernel(5, 2))]


def test_a_right_that_does_not_fit_leaves_the_other_one():
    x = images()
    require_steps("it", x + 1, x, MISFIT, [plus(1)], mistakes=no_mistakes)
    with pytest.raises(CheckFailed, match="it is not what the definition gives: it differs by"):
        require_steps("it", x + 2, x, MISFIT, [plus(1)], mistakes=no_mistakes)
    with pytest.raises(CheckFailed, match=r"it has shape \(3, 2\); expected \(3, 7, 6, 4\)\."):
        require_steps("it", np.zeros((3, 2)), x, MISFIT, [plus(1)], mistakes=no_mistakes)


def test_where_no_right_fits_a_mistake_may_still_explain():
    def mistakes(right):
        yield "not this.", right
        yield "there is no dense layer.", without(right, "dense")

    with pytest.raises(CheckFailed, match=r"^there is no dense layer\.$"):
        require_steps("it", images(), images(), MISFIT, mistakes=mistakes)


def test_where_no_right_fits_the_first_ones_step_and_shape_are_said():
    with pytest.raises(CheckFailed) as failure:
        require_steps(
            "the output of it",
            np.zeros((3, 2)),
            images(),
            MISFIT,
            [pool("a pool", size=9)],
            mistakes=no_mistakes,
        )
    assert str(failure.value) == (
        "the output of it: the dense layer cannot read what reaches it, 7 x 6 x 4. Look at the "
        "step before it."
    )
    with pytest.raises(CheckFailed, match=r"7 x 6 x 4\. Is Flatten missing\?$"):
        require_steps(
            "it",
            np.zeros((3, 2)),
            images(),
            MISFIT,
            mistakes=no_mistakes,
            advice="Is Flatten missing?",
        )
