"""A quiet, seeded start for every notebook, a budget for its experiments, and their records."""

import json
import os
import re
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from cnn_casebook.files import write_whole
from cnn_casebook.guide import kernel
from cnn_casebook.guide import progress as showing

BUDGETS = {"quick": 0.1, "normal": 1.0, "long": 4.0}

_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
_LARGEST_RECORD = 256 * 1024  # bytes


def start(seed: int = 0) -> None:
    """Import Keras and TensorFlow without their log lines, and set every random seed.

    Call it in the first code cell, before Keras is imported. Warnings of Python and errors
    of TensorFlow are not hidden: if the import fails, all that was said is shown.

    Args:
        seed: Seed of Python, NumPy and TensorFlow. 0 or larger.

    Raises:
        ImportError: TensorFlow or Keras cannot be imported; what they printed stands before it.

    Example:
        >>> start(seed=0)
        >>> import keras
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # read by TensorFlow's C++ side
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    with _silent_standard_error():
        import keras
        import tensorflow as tf

        if not tf.config.list_physical_devices("GPU"):
            # On a CPU TensorFlow's rewriting of graphs takes seconds for a deep network, and saves
            # nothing in a short training.
            tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})
        tf.constant(0.0) + 1.0  # the first operation starts the device, which logs too
    # Remarks on speed, such as on retracing, go to standard error, which costs points in a check.
    tf.get_logger().setLevel("ERROR")
    keras.utils.set_random_seed(seed)
    explain_errors()


@contextmanager
def _silent_standard_error():
    """Send file descriptor 2 to a scratch file; show the file if the body raises.

    TensorFlow's C++ side writes to the descriptor, not to `sys.stderr`, and writes its first
    lines before it reads any setting.
    """
    sys.stderr.flush()
    saved = os.dup(2)
    with tempfile.TemporaryFile() as scratch:
        os.dup2(scratch.fileno(), 2)
        try:
            yield
        except BaseException:
            scratch.seek(0)
            sys.stderr.write(scratch.read().decode(errors="replace"))
            raise
        finally:
            os.dup2(saved, 2)
            os.close(saved)


def explain_errors() -> None:
    """In a notebook, say what a learner needs to know: what is missing, what passed, what is left.

    While nbgrader validates or grades, a missing name is explained and nothing else is shown.
    """
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if shell is None:
        return
    if _grading():
        kernel.explain_missing_names(shell)
    else:
        kernel.guide(shell)


def budget() -> str:
    """Say how much time experiments may take: "quick", "normal" or "long".

    The environment variable `CASEBOOK_BUDGET` decides. Without it the budget is "normal", of which
    `as_time_allows` leaves out what a slow machine has no time for, and "quick" while nbgrader
    validates or grades, because experiments are not graded by rerunning.

    Raises:
        ValueError: `CASEBOOK_BUDGET` names no budget.
    """
    name = os.environ.get("CASEBOOK_BUDGET")
    if name is None:
        return "quick" if _grading() else "normal"
    if name not in BUDGETS:
        raise ValueError(
            f"the variable CASEBOOK_BUDGET is {name!r}; expected one of {', '.join(BUDGETS)}. "
            "Unset it for the normal budget."
        )
    return name


def scaled(amount: int, least: int = 1) -> int:
    """Fit an amount of work (images, epochs, steps) to the budget.

    Args:
        amount: What the normal budget allows.
        least: The smallest amount that still makes sense.

    Example:
        >>> scaled(30) in (3, 30, 120)
        True
    """
    return max(least, round(amount * BUDGETS[budget()]))


def progress(items: Iterable) -> Iterable:
    """Go through the steps of a long cell, and show how far it is and how long it will still take.

    In solutions, and while nbgrader validates or grades, nothing is shown.

    Args:
        items: The steps. They are counted first, and taken to be about equally long.

    Example:
        >>> [2 * step for step in progress(range(3))]
        [0, 2, 4]
    """
    return showing.steps(items)


def as_time_allows(
    items: Iterable, *, seconds: float = 60, least: int = 1, what: str = "steps"
) -> Iterator:
    """Go through the parts of an experiment, and leave out the last ones on a slow machine.

    Every part is measured. Where one more would not end in time, the loop ends and says so. The
    first part is the longest, because networks are traced in it, so the rest is not guessed too
    short. It shows its progress, as `progress` does.

    No part is left out where the variable `CASEBOOK_BUDGET` is set: "normal" is the whole
    experiment on any machine, "long" the unhurried one. Nor while nbgrader validates or grades.

    Args:
        items: The parts, the most important ones first.
        seconds: In how much time the loop is to end.
        least: How many parts the experiment needs at least. They run in any case.
        what: What the parts are called, in the plural.

    Example:
        >>> list(as_time_allows([10, 50, 5, 25], least=2))
        [10, 50, 5, 25]
    """
    items = list(items)
    hurried = "CASEBOOK_BUDGET" not in os.environ and not _grading()
    began, last = time.monotonic(), 0.0
    for done, item in enumerate(showing.steps(items)):
        if hurried and done >= least and time.monotonic() - began + last > seconds:
            showing.stop()
            print(
                f"Ended after {done} of {len(items)} {what}: one took {last:.0f} seconds on this "
                f"machine, and the cell is to end within {seconds:.0f}. For all of them set the "
                "environment variable CASEBOOK_BUDGET to normal before you start Jupyter."
            )
            return
        part = time.monotonic()
        yield item
        last = time.monotonic() - part


def each_epoch() -> list:
    """Callbacks for Keras's `fit`: every epoch is a step of what `progress` shows.

    They also let the optimizer make its variables before the first step. TensorFlow then traces the
    network once; otherwise it does so twice, which takes longer than a short training.

    Example:
        >>> import keras, numpy as np
        >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
        >>> model.compile("sgd", "mse")
        >>> x = np.ones((2, 1))
        >>> len(model.fit(x, x, epochs=3, verbose=0, callbacks=each_epoch()).history["loss"])
        3
    """
    from cnn_casebook.guide.epochs import EachEpoch

    return [EachEpoch()]


def _grading() -> bool:
    """Tell whether nbgrader runs this notebook, to validate or to grade it."""
    return bool(os.environ.get("NBGRADER_EXECUTION"))


def record(name: str, **values) -> None:
    """Keep the results of an experiment in `record_<name>.json` beside the notebook.

    The file is submitted with the notebook, so that grading need not run the experiment again.
    While nbgrader validates or grades, nothing is written: the learner's own record stays.

    Args:
        name: Name of the experiment: small letters, digits, underscores.
        values: Results as plain data: numbers, texts, lists, dicts; NumPy values are converted.

    Raises:
        ValueError: The name is not of that form, or the results take over 256 KiB.
        TypeError: A result is not plain data.
    """
    path = _record_path(name)
    content = {"record": name, "budget": budget(), "values": _plain(values, "values")}
    text = json.dumps(content, indent=1, allow_nan=True) + "\n"
    if len(text) > _LARGEST_RECORD:
        raise ValueError(
            f"the record {name!r} takes {len(text):,} bytes; at most {_LARGEST_RECORD:,} are kept. "
            "Record a number per epoch, not per step."
        )
    if _grading():
        return
    write_whole(path, text.encode())


def predict(experiment: str, answer: str) -> None:
    """Keep what a learner expects of an experiment, so that it can be read beside the result.

    The predictions of an assignment lie together in `record_predictions.json`, which is submitted
    like every record. They are not graded.

    Args:
        experiment: What the prediction is about: small letters, digits, underscores.
        answer: A letter or a few words; empty as long as nothing was predicted.

    Raises:
        ValueError: The name is not of that form, or the record cannot be read.
        TypeError: The answer is not text.
    """
    if not isinstance(answer, str):
        raise TypeError(f"expected the answer in quotes, found {answer!r}. Write it as a text.")
    _record_path(experiment)  # refuses a name that is not of that form
    if not answer.strip():
        print(kernel.said("Write between the quotes what you expect, and run this cell again."))
        return
    kept = read_record("predictions") if _record_path("predictions").is_file() else {}
    record("predictions", **kept | {experiment: answer.strip()})
    print(kernel.said("Kept. You expect:"), answer.strip())


def read_record(name: str) -> dict:
    """Read the results that `record` kept under this name.

    Raises:
        FileNotFoundError: The experiment has not been run.
        ValueError: The file is not a record of that name.
    """
    path = _record_path(name)
    if not path.is_file():
        raise FileNotFoundError(
            f"no {path.name} beside this notebook. Run the experiment that records it, and keep "
            "the file with the notebook when you submit."
        )
    if path.stat().st_size > _LARGEST_RECORD:
        raise ValueError(
            f"{path.name} takes {path.stat().st_size:,} bytes, more than a record may "
            f"({_LARGEST_RECORD:,}). Run the experiment again."
        )
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["record"] != name or not isinstance(content["values"], dict):
            raise ValueError(f"it records {content['record']!r}")
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(
            f"{path.name} is not a record of the experiment {name!r} ({error}). "
            "Run the experiment again."
        ) from error
    return content["values"]


def _record_path(name: str) -> Path:
    if not _NAME.fullmatch(name):
        raise ValueError(
            f"{name!r} cannot name a record; expected small letters, digits and underscores, "
            'such as "degradation".'
        )
    return Path(f"record_{name}.json")


def _plain(value, where: str):
    """Turn NumPy values into plain ones; refuse what JSON cannot hold."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, dict):
        return {str(key): _plain(item, f"{where}[{key!r}]") for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item, f"{where}[{i}]") for i, item in enumerate(value)]
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise TypeError(
        f"{where} is a {type(value).__name__}; a record holds numbers, texts, lists and dicts."
    )
