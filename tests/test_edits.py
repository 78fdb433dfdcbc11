import difflib

import edits
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

BASE = """\
def block(x):
    y = conv(x)
    y = norm(y)
    y = relu(y)

    y = conv(y)
    y = norm(y)
    return relu(y + x)
"""
LINES = BASE.splitlines()


def edited(edit: str) -> list[str]:
    """The lines of BASE after an edit."""
    return edits.apply(BASE, edit).splitlines()


def test_a_line_is_exchanged():
    assert edited("- def block(x):\n+ def block(x, y):") == ["def block(x, y):", *LINES[1:]]


def test_a_line_is_taken_out():
    assert edited("-     y = relu(y)") == [*LINES[:3], *LINES[4:]]


def test_a_blank_line_is_taken_out_and_put_in():
    edit = "      y = relu(y)\n-\n      y = conv(y)\n+"
    assert edited(edit) == [*LINES[:4], LINES[5], "", *LINES[6:]]


def test_lines_are_put_in_at_the_start():
    assert edited("+ import math\n+\n  def block(x):") == ["import math", "", *LINES]


def test_lines_are_put_in_at_the_end():
    assert edited("      return relu(y + x)\n+\n+ print(1)") == [*LINES, "", "print(1)"]


def test_a_line_that_stays_makes_a_place_unique():
    edit = "      y = conv(y)\n-     y = norm(y)\n+     y = batch(y)"
    assert edited(edit) == [*LINES[:6], "    y = batch(y)", LINES[7]]


def test_several_places():
    edit = "+ import math\n  def block(x):\n...\n-     y = relu(y)\n...\n-     y = norm(y)"
    assert edited(edit) == ["import math", *LINES[:3], *LINES[4:6], LINES[7]]


def test_a_place_counts_below_the_one_before_only():
    """`y = norm(y)` stands twice, but once below `y = relu(y)`."""
    edit = "-     y = relu(y)\n...\n-     y = norm(y)"
    assert edited(edit).count("    y = norm(y)") == 1


def test_a_place_may_reach_across_a_blank_line():
    edit = "-     y = relu(y)\n\n-     y = conv(y)"
    assert edited(edit)[3:5] == ["", "    y = norm(y)"]


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (
            "-     y = conv(x, 3)",
            "'    y = conv(x, 3)' is no line of the base; the nearest is line 2, '    y = conv(x)'",
        ),
        ("- y = conv(x)", "copy the line as it stands there, indentation included"),
        (
            "-     y = norm(y)",
            "'    y = norm(y)' is found 2 times, in lines 3 and 7 of the base; give a line above",
        ),
        (
            "-     y = relu(y)\n...\n-     y = conv(x)",
            "'    y = conv(x)' stands in the base in line 2, which is above the place before, "
            "that ends in line 4; give the places in the order of the base",
        ),
        (
            "-     y = conv(x)\n-     y = relu(y)",
            "do not stand there one right below the other; write '...' where lines are left out",
        ),
        ("+ import math", "no line shows where 'import math' is put in; give the line of the base"),
        ("      y = conv(x)", "nothing changes at '    y = conv(x)' between"),
        ("-     y = conv(x)\n...\n...\n-     y = relu(y)", "nothing changes between one '...'"),
        ("", "nothing changes"),
        ("def block(x):", "in front of every line, found 'def block(x):'; mark it, or take out"),
        ("-y = conv(x)", "expected '- ', '+ ' or two spaces"),
        (" y = conv(x)", "expected '- ', '+ ' or two spaces"),
    ],
)
def test_an_edit_that_does_not_fit_says_why(edit, said):
    with pytest.raises(edits.EditError) as caught:
        edits.apply(BASE, edit)
    assert said in str(caught.value)


TEXTS = st.lists(st.sampled_from(["    a", "    b", "        c", ""]), max_size=8).map(
    lambda inside: ["def block(x):", *inside, "    return x"]
)


@given(TEXTS, TEXTS)
def test_it_reads_what_ndiff_writes(base, text):
    """A diff that shows all lines has one place; Python writes it, and it leads to the text."""
    assume(base != text)
    edit = [line.rstrip() for line in difflib.ndiff(base, text) if not line.startswith("?")]
    assert edits.apply("\n".join(base) + "\n", "\n".join(edit)).splitlines() == text
