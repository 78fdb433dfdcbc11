"""Training histories in all the forms in which a notebook has them."""

import re

VALIDATION = re.compile(r"[\s,(_-]*(validation|val)\)?$")


def read_lines(histories, metric):
    """Return the lines of a plot.

    Args:
        histories: Label -> one run or several, as in `learning_curves`.
        metric: Which entry of a history to take.

    Returns:
        list: For each line its name, whether it is validation, and an array (runs, epochs).

    Raises:
        TypeError: Not a dictionary, or a run of another type.
        ValueError: Nothing there, a metric that was not recorded, or runs of unequal length.

    Example:
        >>> history = {"loss": [2.3, 1.9], "val_loss": [2.4, 2.2]}
        >>> [(name, validation) for name, validation, _ in read_lines({"plain": history}, "loss")]
        [('plain', False), ('plain', True)]
    """
    if not isinstance(histories, dict):
        raise TypeError(
            f"Expected a dictionary label -> history; found {type(histories).__name__}. Write "
            "learning_curves({'my network': history})."
        )
    if not histories:
        raise ValueError(
            "Expected at least one history; found an empty dictionary. Train first, or check the "
            "loop that collects the histories."
        )
    found = []
    for label, value in histories.items():
        runs = [getattr(run, "history", run) for run in _runs(label, value)]
        if isinstance(runs[0], dict):
            found.append((label, False, _stacked(label, [_recorded(run, metric) for run in runs])))
            if all(f"val_{metric}" in run for run in runs):
                values = [run[f"val_{metric}"] for run in runs]
                found.append((label, True, _stacked(label, values)))
        else:
            marked = VALIDATION.search(label)
            name = label[: marked.start()] if marked else label
            found.append((name, bool(marked), _stacked(label, runs)))
    return found


def _runs(label, value):
    """Return a list of runs from one run or several."""
    if isinstance(value, dict) or hasattr(value, "history"):
        return [value]
    value = list(value) if hasattr(value, "__iter__") and not isinstance(value, str) else None
    if not value:
        raise ValueError(
            f"Expected numbers, one for each epoch, for {label!r}; found nothing to draw. Was the "
            "network trained?"
        )
    several = hasattr(value[0], "__iter__") or hasattr(value[0], "history")
    return value if several else [value]


def _recorded(run, metric):
    """Return one metric of a history's dictionary."""
    if metric not in run:
        raise ValueError(
            f"Expected the metric {metric!r} in the history; found {', '.join(map(repr, run))}. "
            "Choose one of these, or name the metric in model.compile(metrics=[...])."
        )
    return run[metric]


def _stacked(label, runs):
    """Return an array (runs, epochs)."""
    import numpy as np

    lengths = {len(run) for run in runs}
    if len(lengths) != 1 or 0 in lengths:
        raise ValueError(
            f"Expected runs of one length, at least 1, for {label!r}; found lengths "
            f"{', '.join(map(str, sorted(lengths)))}. Train every seed for the same epochs."
        )
    try:
        return np.array(runs, dtype=float)
    except (TypeError, ValueError) as error:
        raise TypeError(
            f"Expected numbers, one for each epoch, for {label!r}; found {runs[0]!r}."
        ) from error
