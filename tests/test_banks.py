import banks
import pytest

WHOLE = """\
# %% right: layers
def block(x):
    y = conv(x)
    return relu(y + x)
"""
NO_RELU = """\
# %% wrong: no ReLU
# from: layers
# loses: order, sizes
# says: there is no ReLU
-     return relu(y + x)
+     return y + x
"""


@pytest.fixture
def read(tmp_path):
    """Reads texts as one file of the bank."""

    def reader(*texts, name="block"):
        path = tmp_path / f"{name}.py"
        path.write_text('"""Answers to `block`."""\n\n' + "\n".join(texts), encoding="utf-8")
        return banks.read_bank(path)

    return reader


def test_an_answer_is_whole_or_an_edit(read):
    right, wrong = read(WHOLE, NO_RELU)
    text = "def block(x):\n    y = conv(x)\n    return {}\n"
    assert right == banks.Answer("block", "layers", True, text.format("relu(y + x)"))
    assert wrong == banks.Answer(
        "block",
        "no ReLU",
        False,
        text.format("y + x"),
        ("order", "sizes"),
        "there is no ReLU",
        base="layers",
    )


def test_marks_stand_in_any_order_and_above_the_text_only(read):
    (answer,) = read("# %% wrong: no ReLU\n# says: none\n# loses: a\n\n# loses: b\nx = 1\n")
    assert (answer.loses, answer.says, answer.text) == (("a",), "none", "# loses: b\nx = 1\n")


def test_a_right_answer_may_be_an_edit(read):
    _, right = read(WHOLE, "# %% right: one line\n# from: layers\n-     y = conv(x)\n")
    assert (right.right, right.text) == (True, "def block(x):\n    return relu(y + x)\n")


def test_an_edit_of_an_edit(read):
    again = "# %% right: y alone\n# from: no ReLU\n-     return y + x\n+     return y\n"
    *_, last = read(WHOLE, NO_RELU, again)
    assert last.text == "def block(x):\n    y = conv(x)\n    return y\n"


def test_all_answers_of_another_exercise(read):
    read(WHOLE, NO_RELU.replace("there is no", "block has no"))
    right, wrong = read("# %% same as: block\n", name="other_block")
    assert right.exercise == wrong.exercise == "other_block"
    assert right.text.startswith("def other_block(x):")
    assert (wrong.name, wrong.says, wrong.base) == ("no ReLU", "other_block has no ReLU", "layers")


def named(text: str, name: str, base: str) -> str:
    return text.replace("no ReLU", name).replace("layers", base)


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        ([NO_RELU], ["no answer there is called 'layers'"]),
        ([NO_RELU, WHOLE], ["further up in this file"]),
        ([WHOLE, named(NO_RELU, "no ReLU", "layer")], ["'layer', the nearest name is 'layers'"]),
        ([WHOLE, named(NO_RELU, "no ReLU", "no ReLU")], ["no answer there is called 'no ReLU'"]),
        (
            [
                WHOLE,
                "# %% right: 2\n# from: layers\n-     y = conv(x)\n+     y = x\n",
                "# %% right: 3\n# from: 2\n-     y = x\n+     y = 2 * x\n",
                "# %% right: 4\n# from: 3\n-     y = 2 * x\n",
            ],
            ["block.py, '# %% right: 4'", "'3' is an edit of '2', which is an edit of 'layers'"],
        ),
        (
            [WHOLE, NO_RELU.replace("relu(y", "relu(z")],
            [
                "tests/bank/block.py, '# %% wrong: no ReLU'",
                "'    return relu(z + x)' is no line of the base",
                "the nearest is line 3, '    return relu(y + x)'",
            ],
        ),
        ([WHOLE, NO_RELU.replace("# from: layers\n", "")], ["this looks like an edit"]),
        ([WHOLE, WHOLE], ["two answers with this name"]),
        ([WHOLE, NO_RELU.replace("# loses", "# says: a\n# loses")], ["two lines '# says: '"]),
        ([WHOLE, NO_RELU.replace("# says: there is no ReLU\n", "")], ["found ['from', 'loses']"]),
        ([WHOLE.replace("\n", "\n# says: x\n", 1)], ["a right one has neither; found ['says']"]),
        (["# %% almost: layers\nx = 1\n"], ["expected 'right: ', 'wrong: ' or 'same as: '"]),
        (["# %% same as: squares\n"], ["squares.py must be a file of the bank"]),
        (["# %% same as: block\n"], ["block.py must be a file of the bank"]),
    ],
)
def test_a_file_that_cannot_be_read_says_why(read, texts, said):
    with pytest.raises(ValueError, match="tests/bank/block") as caught:
        read(*texts)
    assert all(part in str(caught.value) for part in said), caught.value


def test_most_edits_are_of_right_answers():
    """An edit of a right answer shows the mistake; an edit of another mistake shows two."""
    known = {(answer.exercise, answer.name): answer for answer in banks.answers()}
    bases = [known[a.exercise, a.base].right for a in known.values() if a.base]
    assert sum(bases) > 0.9 * len(bases)
