import os
import subprocess
import sys

import keras
import numpy as np
import pytest

from cnn_casebook.checks.parts.verdict import (
    CheckFailed,
    build,
    build_model,
    call,
    check,
    require,
    require_equal,
)


@check
def draws(seen, *, rng):
    seen.append(rng.integers(10**9))
    require(len(seen) < 3, "three are too many")


def test_a_check_draws_fresh_numbers_and_tells_its_seed():
    seen = []
    assert draws(seen) is None
    draws(seen)
    assert seen[0] != seen[1]
    with pytest.raises(CheckFailed, match="three are too many") as caught:
        draws(seen)
    (note,) = caught.value.__notes__
    seed = int(note.split("seed=")[1].rstrip(")"))
    again = []
    draws(again, seed=seed)
    assert again[0] == seen[2]


def test_a_message_without_a_cause_ends_with_its_sentence():
    @check
    def fails(*, rng):
        cause = ""
        require(False, f"expected 3, found 4. {cause}")

    with pytest.raises(CheckFailed) as caught:
        fails()
    assert str(caught.value) == "expected 3, found 4."


def test_a_failure_shows_its_message_alone():
    failure = CheckFailed("the shortcut is not added.")
    failure.add_note("(seed)")
    assert failure._render_traceback_() == ["CheckFailed: the shortcut is not added.", "(seed)"]


def test_errors_of_the_learner_go_on_with_a_note():
    def answer(x, filters):
        raise ValueError("oops")

    with pytest.raises(ValueError, match="oops") as caught:
        call(answer, np.zeros((2, 3)), filters=(1, 2), hints=[("oops", "a slip")])
    assert caught.value.__notes__ == [
        "Raised by answer(<an array of shape (2, 3)>, filters=(1, 2)).",
        "Likely cause: a slip",
    ]


def test_a_text_with_whole_arrays_is_cut():
    def answer(numbers):
        raise TypeError(f"expected a scalar, got {numbers.tolist()}")

    with pytest.raises(TypeError) as raised:
        call(answer, np.zeros(9999))
    assert str(raised.value).startswith("expected a scalar, got [0.0, 0.0")
    assert str(raised.value).endswith("...")
    assert len(str(raised.value)) < 2000


def test_a_hint_on_sizes_is_not_found_in_a_name():
    def answer(x):
        return shapes  # noqa: F821

    with pytest.raises(NameError) as caught:
        call(answer, 3, hints=[("shapes", "two axes do not fit.")])
    assert "nothing of this name is known" in caught.value.__notes__[1]


def test_an_error_of_the_learner_is_shown_without_the_ways_through_keras():
    def answer(x):
        return keras.layers.Add()([x, keras.layers.Conv2D(2, 3)(x)])

    with pytest.raises(ValueError, match="Inputs have incompatible shapes") as caught:
        build(answer, (8, 8, 2))
    shown = caught.value._render_traceback_()
    assert shown[0].startswith("ValueError: Inputs have incompatible shapes")
    assert "Arguments received" not in shown[0]
    assert shown[1:] == caught.value.__notes__[::-1]  # the call, which is long, comes last


def test_require_equal_names_the_mistake():
    right, wrong = np.ones(3), np.zeros(3)
    require_equal("y", right + 1e-6, right)
    require_equal("y", wrong, right, wrong)
    with pytest.raises(CheckFailed, match="all zero"):
        require_equal("y", wrong, right, mistakes=[("never", right), ("all zero", lambda: wrong)])
    with pytest.raises(CheckFailed, match=r"y is not what the definition gives"):
        require_equal("y", wrong, right)
    with pytest.raises(CheckFailed, match=r"y has shape \(2,\); expected \(3,\)"):
        require_equal("y", wrong[:2], right)
    with pytest.raises(CheckFailed, match="not finite"):
        require_equal("y", right * np.nan, right)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (None, "expected a function, found None"),
        (lambda x: None, "should return a tensor, found None"),
        (lambda x: keras.layers.ReLU(), "not called"),
        (lambda x: keras.ops.relu(keras.Input((3,))), "not computed from its argument x"),
    ],
)
def test_build_refuses(answer, message):
    with pytest.raises(CheckFailed, match=message):
        build(answer, (3,))


def test_build_model_refuses_a_tensor():
    with pytest.raises(CheckFailed, match=r"Return keras.Model\(inputs, outputs\)"):
        build_model(lambda: keras.Input((3,)))


def test_a_warning_of_the_learner_is_shown_and_costs_nothing():
    code = """
import sys, warnings
from cnn_casebook.checks.parts.verdict import call
def answer(x):
    warnings.warn("old style")
    print("a remark", file=sys.stderr)
    return x
assert call(answer, 3) == 3
"""
    env = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env)
    assert done.returncode == 0
    assert "old style" in done.stdout
    assert "a remark" in done.stdout
    assert "old style" not in done.stderr
    assert "a remark" not in done.stderr
