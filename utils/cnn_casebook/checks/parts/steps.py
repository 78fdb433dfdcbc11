"""A network as a list of named steps, so that a mistake is an edit of that list.

The right network runs on a learner's own weights. Where the learner's network gives something
else, `parts.mistakes` edits the list by one mistake after another until one gives the same.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import numpy as np
from keras import ops

from cnn_casebook.checks.parts.verdict import CheckFailed, equal, require_equal
from cnn_casebook.checks.parts.weights import Kernel, Norm


class DoesNotFit(ValueError):
    """A step cannot read what reaches it; the text names the step and the shape."""


@dataclass(frozen=True)
class Step:
    """One operation of a network.

    Attributes:
        kind: What it does: "conv", "norm", "relu", "pool", "global_pool", "dense", "add",
            "concatenate", "last", or a kind of a network's own.
        place: Where it stands: "conv2", "the shortcut". A batch norm and a ReLU have the place of
            the layer that they follow.
        run: Takes the tensor and the settings, and returns a tensor.
        settings: What a mistake may change.
        paths: Where a step splits and merges, the steps of each path. All paths begin with what
            reaches the step, and `run` takes what they end with, in their order.
    """

    kind: str
    place: str
    run: Callable
    settings: Mapping = field(default_factory=lambda: MappingProxyType({}))
    paths: tuple["Steps", ...] = ()


Steps = list[Step]


def run(steps: Steps, x) -> np.ndarray:
    """Run steps, one after the other.

    Args:
        steps: The steps of a network.
        x: What enters the first one, float32 (batch, ...).

    Raises:
        DoesNotFit: A step cannot read what reaches it.
    """
    return ops.convert_to_numpy(_run(steps, ops.convert_to_tensor(x)))


def _run(steps: Steps, x):
    for step in steps:
        entering = [_run(path, x) for path in step.paths] if step.paths else [x]
        try:
            x = step.run(*entering, **step.settings)
        except Exception as error:
            shapes = " and ".join(" x ".join(map(str, end.shape[1:])) for end in entering)
            raise DoesNotFit(f"{step.place} cannot read what reaches it, {shapes}") from error
    return x


# ---- steps ----


def conv(place: str, weights: Kernel, stride: int = 1, padding: str | int = "same") -> Step:
    """A convolution.

    Args:
        place: Where it stands.
        weights: Its kernel (height, width, in, out) and bias. A kernel that reads a half of the
            channels, or another part, makes as many groups of them.
        stride: Its stride in both directions.
        padding: "same", "valid", or how many zeros on each side.
    """
    return Step("conv", place, _conv, {"weights": weights, "stride": stride, "padding": padding})


def _conv(x, weights, stride, padding):
    kernel = weights.kernel if weights.kernel.ndim == 4 else weights.kernel[None, None]
    x, padding = _padded(x, kernel.shape[:2], padding)
    groups, rest = divmod(x.shape[-1], kernel.shape[2])
    if rest:
        raise ValueError("the kernel reads another number of channels")
    if groups == 1:
        return ops.conv(x, kernel, stride, padding) + weights.bias
    parts = zip(ops.split(x, groups, -1), np.split(kernel, groups, -1), strict=True)
    ends = [ops.conv(part, own, stride, padding) for part, own in parts]
    return ops.concatenate(ends, -1) + weights.bias


def _padded(x, size: int | tuple, padding: str | int) -> tuple:
    """Put zeros around images; refuse a window that does not fit, on which TensorFlow crashes."""
    if isinstance(padding, int):
        x = ops.pad(x, [(0, 0), (padding, padding), (padding, padding), (0, 0)])
        padding = "valid"
    if 0 in x.shape or (padding == "valid" and np.any(np.less(x.shape[1:3], size))):
        raise ValueError("the window does not fit")
    return x, padding


def pool(
    place: str,
    size: int | tuple = 2,
    stride: int = 2,
    padding: str | int = "valid",
    by: Callable = ops.max_pool,
) -> Step:
    """A pooling layer; `size` is its window's side, or both; `padding` as for a convolution."""
    return Step(
        "pool", place, _pool, {"size": size, "stride": stride, "padding": padding, "by": by}
    )


def _pool(x, size, stride, padding, by):
    x, padding = _padded(x, size, padding)
    return by(x, size, stride, padding)


def global_pool(place: str = "the global pooling", by: Callable = ops.mean) -> Step:
    """The mean of each channel over height and width."""
    return Step("global_pool", place, lambda x, by: by(x, axis=(1, 2)), {"by": by})


def norm(place: str, weights: Norm, training: bool = False) -> Step:
    """A batch norm over the channels, with the moving statistics or the batch's own."""
    return Step("norm", place, _norm, {"weights": weights, "training": training})


def _norm(x, weights, training):
    mean, variance = weights.mean, weights.variance
    if training:
        mean, variance = ops.moments(x, axes=tuple(range(len(x.shape) - 1)))
    return (x - mean) / ops.sqrt(variance + weights.epsilon) * weights.gamma + weights.beta


def dense(place: str, weights: Kernel) -> Step:
    """A dense layer; a volume is flattened first."""
    return Step("dense", place, _dense, {"weights": weights})


def _dense(x, weights):
    kernel = weights.kernel.reshape(-1, weights.kernel.shape[-1])
    return ops.matmul(ops.reshape(x, (len(x), -1)), kernel) + weights.bias


def relu(place: str) -> Step:
    """A ReLU."""
    return Step("relu", place, _apply, {"function": ops.relu})


def last(place: str = "the end", function: Callable = ops.softmax) -> Step:
    """What turns scores into probabilities."""
    return Step("last", place, _apply, {"function": function})


def _apply(x, function):
    return function(x)


def add(place: str, *paths: Steps) -> Step:
    """Several paths from one tensor, which meet in an addition; a path without steps is x itself.

    Its setting `by` takes what each path ends with.
    """
    return Step("add", place, _meet, {"by": lambda *ends: sum(ends)}, paths)


def concatenate(place: str, *paths: Steps) -> Step:
    """Several paths from one tensor, side by side in the channels; `order` is their order."""
    order = tuple(range(len(paths)))
    return Step("concatenate", place, _side_by_side, {"order": order}, paths)


def _meet(*ends, by):
    return by(*ends)


def _side_by_side(*ends, order):
    return ops.concatenate([ends[number] for number in order], axis=-1)


# ---- edits ----


def edited(steps: Steps, kind: str, *places: str, edit: Callable[[Step], Steps]) -> Steps:
    """Put what `edit` gives in the place of every step of a kind, on all paths.

    Args:
        steps: The steps, which stay as they are.
        kind: Which steps are edited.
        places: Only those at these places; all where none is given.
        edit: Takes a step and returns those that stand there instead.
    """
    found = []
    for step in steps:
        if step.paths:
            paths = tuple(edited(path, kind, *places, edit=edit) for path in step.paths)
            step = replace(step, paths=paths)
        chosen = step.kind == kind and (not places or step.place in places)
        found += edit(step) if chosen else [step]
    return found


def without(steps: Steps, kind: str, *places: str) -> Steps:
    """Leave out the steps of a kind: all, or those at some places."""
    return edited(steps, kind, *places, edit=lambda step: [])


def changed(steps: Steps, kind: str, *places: str, **settings) -> Steps:
    """Change settings of the steps of a kind: all, or those at some places."""

    def change(step: Step) -> Steps:
        unknown = settings.keys() - step.settings.keys()
        if unknown:
            raise TypeError(f"a {kind} has no setting {', '.join(sorted(unknown))}")
        return [replace(step, settings={**step.settings, **settings})]

    return edited(steps, kind, *places, edit=change)


def followed(steps: Steps, kind: str, *places: str, by: Callable[[str], Step]) -> Steps:
    """Put a new step behind each step of a kind: `by` makes it, given the place."""
    return edited(steps, kind, *places, edit=lambda step: [step, by(step.place)])


def swapped(steps: Steps, first: str, second: str) -> Steps:
    """Exchange neighbours: where a step of the first kind is followed by one of the second."""
    found = [
        replace(step, paths=tuple(swapped(path, first, second) for path in step.paths))
        for step in steps
    ]
    for number in range(len(found) - 1):
        if (found[number].kind, found[number + 1].kind) == (first, second):
            found[number : number + 2] = found[number + 1], found[number]
    return found


def places(steps: Steps, kind: str) -> list[str]:
    """Where steps of a kind stand, in their order; those on paths too."""
    found = []
    for step in steps:
        found += [place for path in step.paths for place in places(path, kind)]
        found += [step.place] if step.kind == kind else []
    return found


# ---- comparison ----

Mistakes = Iterator[tuple[str, Steps]]


def computed(steps: Steps, x) -> Callable[[], np.ndarray]:
    """What steps give, computed when it is asked for; nothing where they do not fit."""

    def values() -> np.ndarray:
        try:
            return run(steps, x)
        except DoesNotFit:
            return np.zeros(0)

    return values


def require_steps(
    what: str,
    found: np.ndarray,
    x: np.ndarray,
    *rights: Steps,
    mistakes: Callable[[Steps], Mistakes],
    advice: str = "Look at the step before it.",
    hint: str = "",
) -> None:
    """Require that a network computes what a list of steps does; else name the mistake.

    Args:
        what: What is compared, for the message: "the output of vgg_block".
        found: What the learner's network made of x.
        x: What entered it, float32 (batch, ...).
        rights: Lists of steps, each of which is right.
        mistakes: Takes a right list; yields sentences, each with the list that it makes of it.
        advice: What to do where a step does not fit what reaches it.
        hint: What to look at where no mistake explains it.
    """
    __tracebackhide__ = True
    expected, misfits = [], []
    for right in rights:
        try:
            expected.append(run(right, x))
        except DoesNotFit as misfit:
            misfits.append(misfit)
            continue
        if equal(found, expected[-1]):
            return
    wrong = ((text, computed(edit, x)) for right in rights for text, edit in mistakes(right))
    if expected:
        require_equal(what, found, *expected, mistakes=wrong, hint=hint)
    for text, values in wrong:
        if equal(found, values()):
            raise CheckFailed(text)
    raise CheckFailed(f"{what}: {misfits[0]}. {hint or advice}") from None
