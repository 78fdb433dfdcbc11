"""What counts as a refusal: an error that says no on purpose, not one that shows a slip."""

import subprocess
from collections.abc import Callable

from cnn_casebook.checks.parts.verdict import CheckFailed, call, require
from cnn_casebook.models.graph import describe

_REFUSALS = (ValueError, OSError, RuntimeError, AssertionError, subprocess.SubprocessError)

_KIND = "Expected is an error that refuses this on purpose, such as ValueError."


def refuses(error: Exception) -> bool:
    """Tell an error that refuses something from one that shows a slip in the code."""
    if isinstance(error, CheckFailed | NotImplementedError | RecursionError):
        return False
    return isinstance(error, _REFUSALS) or type(error) is Exception


def require_promised(
    what: str, error: Exception, promised: tuple[type[Exception], ...] = (ValueError,)
) -> None:
    """Require that an error which refuses something is of a kind that the text promises."""
    __tracebackhide__ = True
    if not isinstance(error, promised):
        names = " or ".join(kind.__name__ for kind in promised)
        raise CheckFailed(
            f"{what}: refused with {type(error).__name__}; the text promises {names}, and whoever "
            "calls the function waits for that."
        ) from error


def require_refusal(
    what: str,
    cause: str,
    function: Callable,
    *args,
    promised: tuple[type[Exception], ...] = (Exception,),
) -> None:
    """Require that the learner's function raises an error that refuses what it is given.

    Args:
        what: What should be refused, for the message.
        cause: The likely cause if it is not.
        function: The learner's function.
        args: Its arguments.
        promised: The kinds of error that the text promises.
    """
    __tracebackhide__ = True
    try:
        result = call(function, *args, hints=[("", f"{what}. {_KIND}")])
    except Exception as error:
        if refuses(error):
            return require_promised(what, error, promised)
        raise
    require(
        False,
        f"{what}: {function.__name__} should refuse it with an error; found {describe(result)} "
        f"instead. {cause}",
    )


def require_value_error(function, arguments, why) -> None:
    """Require that the learner's function raises ValueError, and no other error."""
    __tracebackhide__ = True
    call_text = f"{function.__name__}({', '.join(map(repr, arguments))})"
    try:
        found = function(*arguments)
    except ValueError:
        return
    except NotImplementedError:  # a blank answer
        raise
    except Exception as error:
        kind = type(error).__name__
        raise CheckFailed(f"{call_text} raises {kind}; expected a ValueError: {why}.") from error
    raise CheckFailed(f"{call_text} returns {describe(found)}; expected a ValueError: {why}.")
