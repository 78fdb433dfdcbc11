"""Answers as functions, for tests of checks: from the solution, from another process, by seed."""

import json

import banks
import keras
import numpy as np
import pytest

from cnn_casebook.checks.parts.verdict import CheckFailed


def solution_names(exercise: str) -> dict:
    """What a solution's set-up and answer cells define.

    Args:
        exercise: The grade_id of any answer cell of the notebook.
    """
    notebook = banks.notebook_of(exercise)
    names = {"__name__": "__main__"}
    for source in (*notebook.setup, *notebook.answers.values()):
        exec(compile(source, notebook.path.name, "exec"), names)
    return names


def across(function):
    """Let a function run as if in another process: what goes in and what comes out are copies."""

    def stand_in(*args):
        return _sent(function(*map(_sent, args)))

    stand_in.__name__ = function.__name__
    return stand_in


def _sent(value):
    """What arrives in another process: models as JSON and weights, everything else as JSON."""
    if isinstance(value, keras.Model):
        copy = keras.models.model_from_json(value.to_json())
        copy.set_weights(value.get_weights())
        return copy
    if isinstance(value, np.ndarray):
        return value.copy()
    return json.loads(json.dumps(value))


def assert_same_failure_with_same_seed(check, answer, seed: int = 5) -> None:
    """Assert that a wrong answer fails twice with one message, and that the seed stands below."""
    messages = []
    for _ in range(2):
        with pytest.raises(CheckFailed) as caught:
            check(answer, seed=seed)
        messages.append(str(caught.value))
    assert messages[0] == messages[1]
    assert caught.value.__notes__ == [f"(random numbers from seed={seed})"]
