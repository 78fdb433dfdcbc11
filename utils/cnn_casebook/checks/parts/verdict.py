"""What every check shares: how it fails, how it draws numbers, how it finds the likely mistake."""

import contextlib
import functools
import os
import sys
import warnings
from collections.abc import Callable, Iterable

import keras
import numpy as np

from cnn_casebook.checks.parts.keras_words import slip
from cnn_casebook.checks.parts.learners_line import own_line
from cnn_casebook.checks.parts.own_work import ready_made, uses
from cnn_casebook.checks.parts.wording import own_words
from cnn_casebook.guide.errors import blank_function, plain_text
from cnn_casebook.models.graph import (
    Graph,
    UnreadableModelError,
    UnrunnableModelError,
    describe,
    flatten,
)
from cnn_casebook.remote import RemoteCallable

_OWN_RAISE = (
    "your own code raises this error, though nothing is wrong with what it was given. Look at the "
    "condition above it, and at what it compares."
)
_LONGEST = 1500  # characters of an error's own text
_OF_THE_CODE = (NameError, AttributeError, TypeError, KeyError)  # any name may stand in their text
_UNCALLED = " Behind the brackets with a layer's settings come brackets with the tensor."


class CheckFailed(AssertionError):
    """An answer does not do what the exercise asks; the text says what, and the likely cause."""

    def _render_traceback_(self) -> list[str]:
        """Show the message alone in a notebook: the way into the check explains nothing."""
        return [f"CheckFailed: {self}", *getattr(self, "__notes__", [])]


def check(function):
    """Turn a function into a check: fresh random numbers, and their seed in every failure.

    The function receives a keyword `rng`. The check that comes of it takes `seed` instead; pass
    the seed of a failure to see the same failure again.
    """

    @functools.wraps(function)
    def run(*args, seed: int | None = None, **kwargs) -> None:
        __tracebackhide__ = True
        if seed is None:
            seed = int.from_bytes(os.urandom(3), "little")
        try:
            _require_own_work(args, function.__module__.rpartition(".")[2])
            function(*args, rng=np.random.default_rng(seed), **kwargs)
        except (UnreadableModelError, UnrunnableModelError) as error:
            raise CheckFailed(own_words(str(error))) from None
        except CheckFailed as failure:
            failure.args = (own_words(str(failure)).rstrip(),)  # a cause may be empty
            failure.add_note(f"(random numbers from seed={seed})")
            raise

    return run


def _require_own_work(answers: tuple, checks: str) -> None:
    """Fail where an answer is, or calls, what the course holds ready for other purposes."""
    __tracebackhide__ = True
    for answer in filter(callable, answers):
        found = ready_made(uses(answer), checks)
        name = getattr(answer, "__name__", "the answer")
        require(
            not found,
            f"{name} uses {found}, which is the course's own code. Write the function yourself, "
            "with what the text names.",
        )


def require(condition: bool, message: str) -> None:
    """Fail with the message unless the condition holds."""
    __tracebackhide__ = True
    if not condition:
        raise CheckFailed(message)


def call(function: Callable, *args, hints: Iterable[tuple[str, str]] = (), **kwargs):
    """Call the learner's function; whatever it raises goes on, with a note on how it was called.

    Args:
        function: The learner's function.
        args: Its arguments.
        hints: Pairs of a part of an error's text and the likely cause to add. With a part that is
            not empty it is for errors about values and sizes, not for those about the code.
        kwargs: Its keyword arguments.
    """
    __tracebackhide__ = True
    require(
        callable(function), f"expected a function, found {describe(function)}. Run its cell again."
    )
    try:
        # nbgrader gives no points to a cell that writes to standard error. A warning in the
        # learner's code is no mistake, so it is shown as ordinary output.
        with warnings.catch_warnings(), contextlib.redirect_stderr(sys.stdout):
            warnings.simplefilter("default")
            return function(*args, **kwargs)
    except Exception as error:
        words = [*map(_argument, args), *(f"{name}={_argument(kwargs[name])}" for name in kwargs)]
        error.add_note(f"Raised by {function.__name__}({', '.join(words)}).")
        said = "" if isinstance(error, _OF_THE_CODE) else str(error)
        hint = next((cause for part, cause in hints if part in said), "")
        line = own_line(error)
        # A name misspelled in a line that raises is another error than the one it names.
        own = line.startswith(f"raise {type(error).__name__}")
        raised = own and not isinstance(error, NotImplementedError)
        # An exercise knows more than Keras's words say.
        if cause := hint or (_OWN_RAISE if raised else slip(error)):
            error.add_note(f"Likely cause: {cause}")
        if line:
            error.add_note(f"Your line: {line}")
        _shorten(error)
        _show_without_frames(error)
        raise


def _shorten(error: Exception) -> None:
    """Cut a text that holds whole arrays, as some of TensorFlow's do."""
    if len(error.args) == 1 and isinstance(text := error.args[0], str) and len(text) > _LONGEST:
        error.args = (f"{text[:_LONGEST]}...",)


def _show_without_frames(error: Exception) -> None:
    """Let a notebook show an error of the learner's code without the ways through Keras."""
    if isinstance(error, CheckFailed):
        return
    lines = [f"{type(error).__name__}: {plain_text(error)}", *reversed(error.__notes__)]
    if blank := blank_function(error):
        lines = [f"{blank} is not written yet."]
    with contextlib.suppress(AttributeError):  # of a class with slots
        error._render_traceback_ = lines.copy  # of the lines, not of the error: no cycle


def require_arrays_kept(function: Callable, *arrays: np.ndarray) -> None:
    """Require that a learner's function leaves the arrays that it gets as they are."""
    __tracebackhide__ = True
    copies = [array.copy() for array in arrays]
    call(function, *copies)
    require(
        all(map(np.array_equal, arrays, copies)),
        f"{function.__name__} changed an array that it was given: whoever calls it may need the "
        "array again. Compute a new one; +=, *= and the like change the old one.",
    )


def _argument(value) -> str:
    return f"<{describe(value)}>" if hasattr(value, "shape") else repr(value)


def build(function: Callable, shape: tuple, *args, hints=(), **kwargs) -> tuple:
    """Build a model around the learner's function of a symbolic tensor.

    Args:
        function: Takes a tensor `(batch, *shape)` and returns a tensor.
        shape: Shape of the input without the batch axis.
        args: Further arguments of the function.
        hints: As in `call`.
        kwargs: Keyword arguments of the function.

    Returns:
        The model and its `Graph`.
    """
    __tracebackhide__ = True
    inputs = keras.Input(shape)
    outputs = call(function, inputs, *args, hints=hints, **kwargs)
    listed = isinstance(outputs, list | tuple) and len(outputs) > 0
    if listed and all(isinstance(output, keras.KerasTensor) for output in outputs):
        raise CheckFailed(
            f"{function.__name__} should return one tensor, found a {type(outputs).__name__} of "
            f"{len(outputs)}. Add or concatenate what belongs together, and return it without "
            "brackets."
        )
    require(
        isinstance(outputs, keras.KerasTensor),
        f"{function.__name__} should return a tensor, found {describe(outputs)}."
        + _UNCALLED * isinstance(outputs, keras.Layer),
    )
    try:
        model = network(inputs, outputs)
    except ValueError:
        raise CheckFailed(
            f"{function.__name__} returned a tensor that was not computed from its argument x. "
            "Begin the block with x, and use no tensor from outside the function."
        ) from None
    return model, flatten(model)


def work_ahead(function: Callable, calls: Iterable[tuple[tuple, tuple, dict]]) -> None:
    """Say which calls of `build` will follow, where the function's code runs in another process.

    That process can begin with them while this one checks what came of the first. In one process
    nothing happens.

    Args:
        function: As for `build`.
        calls: For each call the shape, further arguments and keyword arguments; read only if the
            function stands for one of another process.
    """
    if isinstance(function, RemoteCallable):
        function.work_ahead(
            [((keras.Input(shape), *args), kwargs) for shape, args, kwargs in calls]
        )


def network(inputs, outputs) -> keras.Model:
    """Make a model of symbolic tensors.

    Raises:
        CheckFailed: Two layers have one name.
        ValueError: The outputs were not computed from the inputs.
    """
    try:
        return keras.Model(inputs, outputs)
    except ValueError as error:
        if "should be unique" in str(error):
            advice = "Leave the names of layers out, or give each layer another one."
            raise CheckFailed(f"{error} {advice}") from None
        raise


def build_model(function: Callable, *args, **kwargs) -> tuple[keras.Model, Graph]:
    """Call a learner's function that returns a model; return the model and its `Graph`."""
    __tracebackhide__ = True
    model = call(function, *args, **kwargs)
    cause = " Return keras.Model(inputs, outputs)." if hasattr(model, "shape") else ""
    if isinstance(model, list | tuple) and any(isinstance(part, keras.Layer) for part in model):
        cause = " A list of layers is no network yet: return keras.Sequential(layers)."
    require(
        isinstance(model, keras.Model),
        f"{function.__name__} should return a Keras model, found {describe(model)}.{cause}",
    )
    return model, flatten(model)


def equal(found: np.ndarray, expected: np.ndarray) -> bool:
    """Whether two arrays agree in shape and, up to float32 rounding, in their values."""
    if np.shape(found) != np.shape(expected):
        return False
    tolerance = 1e-6 + 3e-4 * float(np.max(np.abs(expected), initial=0.0))
    return bool(np.all(np.abs(np.asarray(found) - np.asarray(expected)) <= tolerance))


def require_equal(
    what: str,
    found: np.ndarray,
    *expected: Callable[[], np.ndarray] | np.ndarray,
    mistakes: Iterable[tuple[str, Callable[[], np.ndarray] | np.ndarray]] = (),
    hint: str = "",
) -> None:
    """Require that an array equals one of those expected; else name the mistake that explains it.

    Args:
        what: What is compared, for the message: "the output of identity_block".
        found: What the learner's code computed.
        expected: What is right, or a function that computes it; several where several are.
        mistakes: Pairs of a mistake's description and what that mistake would have computed. The
            first one that equals `found` is named.
        hint: What to look at where none of them explains it.
    """
    __tracebackhide__ = True
    rights = []
    for right in expected:
        rights.append(right() if callable(right) else right)
        if equal(found, rights[-1]):
            return
    for description, wrong in mistakes:
        if equal(found, wrong() if callable(wrong) else wrong):
            raise CheckFailed(description)
    if np.shape(found) != np.shape(rights[0]):
        shapes = f"{what} has shape {np.shape(found)}; expected {np.shape(rights[0])}."
        raise CheckFailed(f"{shapes} {hint}".strip())
    if not np.all(np.isfinite(found)):
        raise CheckFailed(f"{what} contains values that are not finite.")
    far = float(np.max(np.abs(np.asarray(found) - rights[0])))
    size = float(np.max(np.abs(rights[0])))
    raise CheckFailed(
        f"{what} is not what the definition gives: it differs by up to {far:.3g}, where the "
        f"largest expected value is {size:.3g}. "
        + (hint or "Compare your steps with the formula, one by one.")
    )
