"""Whether the full counts add up, and whether other widths are explained."""

import pytest
from answer_functions import solution_names

from cnn_casebook.checks import googlenet
from cnn_casebook.checks.inception import module_parameters
from cnn_casebook.checks.parts.trunk import expected_kernels
from cnn_casebook.models.inception_table import INPUTS, MODULES


def test_the_full_counts_add_up():
    stem = 7 * 7 * 3 * 64 + 64 + 64 * 64 + 64 + 9 * 64 * 192 + 192
    modules = sum(module_parameters(c, w) for w, c in zip(MODULES.values(), INPUTS, strict=True))
    assert stem + modules + 1024 * 1000 + 1000 == googlenet.INFERENCE_PARAMETERS
    heads = googlenet.HEAD_ON_4A + googlenet.HEAD_ON_4D
    assert googlenet.INFERENCE_PARAMETERS + heads == googlenet.TRAINING_PARAMETERS


def _cut(filters, width):
    return int(filters * width)


@pytest.mark.parametrize(
    ("piece", "change", "says"),
    [
        ("module 4b", lambda shapes: shapes, ""),
        ("the stem", lambda shapes: expected_kernels(3, 6, 1.0)["the stem"], "is not used"),
        ("module 3a", lambda shapes: shapes[1:], "There are 5 layers with weights here"),
        ("the classifier", lambda shapes: [(shapes[0][0], 1)], "classes is never scaled"),
        ("the classifier", lambda shapes: [(9, 6)], "one number per channel"),
        ("module 3a", lambda _: expected_kernels(3, 6, 0.1, _cut)["module 3a"], "int() cuts"),
        (
            "the stem",
            lambda shapes: [(*s[:3], s[3] + 1) for s in shapes],
            "round(filters * width)).",
        ),
        ("the stem", lambda shapes: [(5, 5, *s[2:]) for s in shapes], "with the table"),
    ],
)
def test_other_widths_have_their_cause(piece, change, says):
    wanted = sorted(expected_kernels(3, 6, 0.1)[piece])
    found = sorted(change(wanted))
    cause = googlenet._width_cause(found, wanted, 3, 6, 0.1, piece)
    assert says in cause
    assert ("int()" in cause) == ("int()" in says)
    assert bool(cause) == (found != wanted)


@pytest.mark.parametrize("seed", [3149924, 1])
def test_a_right_answer_keeps_its_point_whatever_the_weights(seed):
    """With the first seed all filters of a narrow layer were silent: no gradient passed."""
    answer = solution_names("googlenet")["googlenet"]
    googlenet.googlenet_heads(answer, seed=seed)
