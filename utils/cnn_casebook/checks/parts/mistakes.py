"""The usual mistakes in a network of steps: what each says, and the edit that it makes.

Each function takes the right steps and yields sentences with the list of steps that the mistake
makes of it; `unpadded` gives one such pair, `relu_before_norm` and `main_path_alone` are edits
without a sentence. The checks of a network put them together, and add what is special to it.
"""

from functools import partial

from keras import activations, ops

from cnn_casebook.checks.parts.steps import (
    Mistakes,
    Steps,
    changed,
    edited,
    places,
    swapped,
    without,
)

SOFTMAX_OVER_BATCH = (
    "the softmax runs over the images of the batch; it should run over the classes, the last axis."
)
OTHER_NONLINEARITIES = ("tanh", "sigmoid", "elu", "leaky_relu", "gelu", "silu")


def usual_mistakes(steps: Steps, name: str) -> Mistakes:
    """What goes wrong in blocks of convolutions with poolings, and dense layers after them."""
    yield from wrong_poolings(steps, name)
    yield unpadded(steps)
    yield from missing_relus(steps)
    if places(steps, "last"):
        yield from wrong_end(steps)
    yield from other_nonlinearities(steps, f"{name} uses ReLU")


def wrong_poolings(steps: Steps, name: str) -> Mistakes:
    """Poolings of 2x2 pixels: other kinds, windows, strides and paddings, too many, too few."""
    change = partial(changed, steps, "pool")
    yield (
        f"the pooling takes the average; {name} takes the maximum.",
        change(by=ops.average_pool),
    )
    twice = edited(steps, "pool", edit=lambda step: [step, step])
    yield "there are two poolings after a block, or one of 4x4; expected one of 2x2.", twice
    yield "the pooling moves by 1 pixel; its stride is 2.", change(stride=1)
    yield 'the pooling has padding="same"; an odd last row is dropped.', change(padding="same")
    yield "the pooling has windows of 3x3; expected 2x2.", change(size=3)
    text = "nothing is pooled: the layer is missing or unused, or its window is one pixel."
    yield text, without(steps, "pool")
    for place in places(steps, "pool"):
        yield f"the pooling after {place} is missing or unused.", without(steps, "pool", place)


def wrong_windows(steps: Steps) -> Mistakes:
    """Poolings of 3x3 pixels that take the average, or have windows of another size."""
    average = changed(steps, "pool", by=ops.average_pool)
    yield "the pooling takes the average; expected the maximum.", average
    for size in (2, 4, 5):
        text = f"the pooling window is {size}x{size}; expected 3x3."
        yield text, changed(steps, "pool", size=size)


def unpadded(steps: Steps) -> tuple[str, Steps]:
    """Convolutions that cut the border off."""
    valid = changed(steps, "conv", padding="valid")
    return 'the convolutions are not padded; expected padding="same".', valid


def unused_relu(place: str) -> str:
    """What is wrong where no ReLU follows a place, or one that leads nowhere."""
    return f"the ReLU after {place} is missing (or its result is never used)."


def missing_relus(steps: Steps) -> Mistakes:
    """No ReLU at all, none in the convolutions or in the dense layers, one too few."""
    yield "there is no ReLU at all (or its result is never used).", without(steps, "relu")
    convolutions, layers = places(steps, "conv"), places(steps, "dense")
    yield "the convolutions have no ReLU.", without(steps, "relu", *convolutions)
    if layers:
        yield "the hidden dense layers have no ReLU.", without(steps, "relu", *layers)
    for place in places(steps, "relu"):
        yield unused_relu(place), without(steps, "relu", place)


def relu_before_norm(steps: Steps) -> Steps:
    """Each batch norm behind the ReLU that should follow it."""
    return swapped(steps, "norm", "relu")


def wrong_end(steps: Steps, sigmoid: str = "the last layer has a sigmoid") -> Mistakes:
    """What stands in the place of the softmax.

    Args:
        steps: The right steps.
        sigmoid: How to say that there is a sigmoid.
    """
    for text, function in (
        ("the softmax at the end is missing.", lambda scores: scores),
        (f"{sigmoid}; expected softmax.", ops.sigmoid),
        ("softmax is applied twice.", lambda scores: ops.softmax(ops.softmax(scores))),
        (
            "a ReLU stands before the softmax: negative scores are lost.",
            lambda scores: ops.softmax(ops.relu(scores)),
        ),
        (SOFTMAX_OVER_BATCH, softmax_over_batch),
    ):
        yield text, changed(steps, "last", function=function)


def softmax_over_batch(scores):
    """What a softmax with axis=0 gives."""
    return ops.softmax(scores, axis=0)


def other_nonlinearities(steps: Steps, expected: str = "expected ReLU") -> Mistakes:
    """Another nonlinearity wherever a ReLU should be."""
    for name in OTHER_NONLINEARITIES:
        other = changed(steps, "relu", function=getattr(activations, name))
        yield f"the nonlinearity is {name}; {expected}.", other


def single_nonlinearities(steps: Steps, expected: str = "expected ReLU") -> Mistakes:
    """Another nonlinearity in the place of one ReLU."""
    for place in places(steps, "relu"):
        for name in OTHER_NONLINEARITIES:
            other = changed(steps, "relu", place, function=getattr(activations, name))
            where = place if " " in place else f"the {place} layer"
            yield f"the nonlinearity after {where} is {name}; {expected}.", other


def wrong_additions(steps: Steps) -> Mistakes:
    """A main path and a shortcut that meet in something else than one addition."""
    yield (
        "the main path's result is added to itself, and the shortcut is not added. Keep x in a "
        "variable of its own.",
        changed(steps, "add", by=lambda main, _side: main + main),
    )
    for text, by in (
        ("added twice", lambda main, side: main + 2 * side),
        ("subtracted; expected an addition", lambda main, side: main - side),
        ("multiplied; expected an addition", lambda main, side: main * side),
        (
            "averaged with the main path; expected an addition",
            lambda main, side: (main + side) / 2,
        ),
        ("compared by maximum; expected an addition", ops.maximum),
    ):
        yield f"the shortcut is {text}.", changed(steps, "add", by=by)


def main_path_alone(main, _shortcut):
    """What an addition gives whose shortcut is forgotten: a setting `by`."""
    return main
