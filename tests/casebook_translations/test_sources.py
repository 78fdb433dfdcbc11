"""Texts are found and put back: nothing is lost, nothing is added, solutions stay as they are."""

import ast

import banks
import nbformat
import pytest

from casebook_translations.sources import find, translate

NOTEBOOKS = sorted((banks.ROOT / "solutions").glob("*/*.ipynb"))


def texts(kind, source):
    return [message.text for message in find(kind, source)]


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_saying_the_same_changes_no_byte(notebook):
    for cell in nbformat.read(notebook, 4).cells:
        said = translate(cell.cell_type, cell.source, lambda message: message.text)
        assert said == cell.source


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_other_words_leave_the_code_as_it_is(notebook):
    def code(source):
        tree = ast.parse(source)
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr):  # its fields alone
                node.values = [part for part in node.values if not isinstance(part, ast.Constant)]
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                node.value = ""
        return ast.dump(tree)

    for cell in nbformat.read(notebook, 4).cells:
        if cell.cell_type == "code":
            said = translate("code", cell.source, lambda message: f"말 {message.text} 말")
            assert code(said) == code(cell.source)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("# Title\n\nOne\nparagraph.", ["Title", "One paragraph."]),
        ("- first\n  goes on\n- second", ["first goes on", "second"]),
        ("| a head | b |\n|---|---|\n| one `x` | $y$ |", ["a head", "one `x`"]),
        ("<details><summary>A hint</summary>\n\nKeep `x`.\n</details>", ["A hint", "Keep `x`."]),
        ("$$a_1 + b$$", []),
        ("### BEGIN SOLUTION\nThe answer.\n### END SOLUTION\n", []),
        ("[resnet50.ipynb](resnet50.ipynb)", []),
    ],
)
def test_markdown(source, expected):
    assert texts("markdown", source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('print("kept: ", x)', ["kept: "]),
        ('x = keys["residual"]', []),
        ('draw(x, title="residual")', ["residual"]),
        ("# Why this\n# is so.\nx = 1  # and this", ["Why this is so.", "and this"]),
        ('def f():\n    """One.\n\n    Two,\n    three.\n    """', ["One.", "Two,\nthree."]),
        ("%magic words here", []),
        ("### BEGIN HIDDEN TESTS\n# Never seen.\n### END HIDDEN TESTS", []),
    ],
)
def test_code(source, expected):
    assert texts("code", source) == expected


def test_a_figure_says_its_labels_title_and_description():
    figure = "<svg><title>Two boxes</title><text x='1'>input</text><text>64</text></svg>"
    assert texts("figure", figure) == ["Two boxes", "input"]


def test_a_long_comment_is_broken_into_lines_at_its_place():
    said = translate("code", "if x:\n    # short one\n    y = 1", lambda message: "긴 말 " * 40)
    comment = said.split("\n")[1:-1]
    assert len(comment) > 1
    assert all(line.startswith("    # 긴") or line.startswith("    # 말") for line in comment)
    assert said.endswith("\n    y = 1")


def test_text_that_the_parser_changed_is_named():
    with pytest.raises(ValueError, match=r"found it nowhere: 'a \| b'"):
        find("markdown", "| head |\n|---|\n| a \\| b |")
