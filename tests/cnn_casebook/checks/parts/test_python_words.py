from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from cnn_casebook.checks.parts.keras_words import slip
from cnn_casebook.checks.parts.python_words import BELOW_THE_LINE, OF_THE_LINE, PYTHON_SLIPS


def missing():
    return nothing_of_this_name  # noqa: F821


THREE, PAIR = 3, (1, 2)
SEVERAL, KINDS = "where several are expected", "do not go together"


@pytest.mark.parametrize(
    ("written", "words"),
    [
        (lambda: [3].append(4)[0], "append or sort"),
        (lambda: 3 + [3].sort(), "append or sort"),
        (lambda: THREE[0], SEVERAL),
        (lambda: isinstance(THREE, "int"), "and then a class"),
        (lambda: [*THREE], SEVERAL),
        (lambda: len(THREE), SEVERAL),
        (lambda: PAIR["a"], "a sequence for a position"),
        (lambda: np.ones(3)["a"], "ask an array for a position"),
        (lambda: np.full(np.ones((3, 2)), 2), "as a size or as a position"),
        (lambda: tf.ones(3)["a"], "ask an array for a position"),
        (lambda: np.ones(3)[0, 1], "fewer axes"),
        (lambda: np.ones(3)[7], "beyond the end"),
        (lambda: PAIR[2], "beyond the end"),
        (lambda: [a for a, b in [(1, 2, 3)]], "number of names"),
        (lambda: {"a": 1}["b"], "under this name"),
        (lambda: range(4 / 2), "// gives a whole number"),
        (lambda: np.ones(4 / 2), "// gives a whole number"),
        (lambda: range("a"), "something else stands in its place"),
        (lambda: PAIR[: 4 / 2], "such as the float"),
        (lambda: "a" / 2, KINDS),
        (lambda: (1,) + 2, KINDS),
        (lambda: "a" + 2, KINDS),
        (lambda: (1,) > 2, KINDS),
        (lambda: {[]: 1}, KINDS),
        (lambda: THREE(4), "round brackets call"),
        (lambda: missing(4), "other arguments than it takes"),
        (missing, "nothing of this name"),
        (lambda: np.ones(3) + np.ones(4), "shapes that do not fit"),
        (lambda: np.ones((3, 2)) @ np.ones((3, 2)), "shapes that do not fit"),
        (lambda: tf.ones((3,)) + tf.ones((4,)), "shapes that do not fit"),
        (lambda: tf.ones((3, 2)) @ tf.ones((3, 2)), "shapes that do not fit"),
        (lambda: list(zip([1], [], strict=True)), "different lengths"),
        (lambda: 1 / 0, "below the line of a division"),
        (lambda: [1].index(2), "does not hold what is looked for"),
        (lambda: Path("/no/such/file").read_text(), "no such file or folder"),
        (lambda: Path("/").read_text(), "leads to a folder, and a file is expected"),
        (lambda: "a".shape, "nothing of this name: the name before the dot"),
    ],
)
def test_a_slip_is_said_in_plain_words(written, words):
    with pytest.raises(Exception) as raised:  # noqa: PT011
        written()
    assert words in slip(raised.value)


def test_every_entry_is_a_sentence():
    for said, words in (*PYTHON_SLIPS, *OF_THE_LINE, *BELOW_THE_LINE):
        assert said
        assert words.endswith((".", "?"))
