"""The message of a failed check: what was found, the likely cause, the learner's line."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from casebook_grader.report.messages import Groups
from casebook_grader.scores import message_of

SHAPES = "Inputs have incompatible shapes. Received shapes (3, 2) and (5, 4)"
CAUSE = "Likely cause: the paths have different shapes."


def message(name, text, *notes):
    """The message of a check that raised this, as the check kernel shows it."""
    shown = "\n".join([f"{name}: {text}" if text else name, *notes])
    cell = new_code_cell(
        metadata={"nbgrader": {"grade_id": "check_x"}},
        outputs=[new_output("error", ename=name, evalue=text, traceback=[shown])],
    )
    return message_of(new_notebook(cells=[cell]), "check_x")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (
            ("ValueError", SHAPES, "Raised by f(3).", CAUSE, "Your line: y = add(a, b)"),
            f"ValueError: {SHAPES}\n{CAUSE}\nYour line: y = add(a, b)",
        ),
        (
            ("CheckFailed", "expected 3, found 4.", "(random numbers from seed=1)"),
            "expected 3, found 4.",
        ),
        (("NotImplementedError", ""), "Not written yet."),
        (("NotImplementedError", "later"), "NotImplementedError: later"),
    ],
)
def test_what_a_message_holds(given, expected):
    assert message(*given) == expected


def test_the_same_mistake_in_other_lines_is_one_in_a_report():
    groups = Groups()
    for learner, line in enumerate(("y = a + b", "out = add(y, x)")):
        text = message("ValueError", SHAPES, CAUSE, f"Your line: {line}")
        groups.add(learner, 1, "check_x", text)
    (group,) = groups.commonest()
    assert list(group.learners) == [0, 1]
    assert group.example == f"ValueError: {SHAPES}\n{CAUSE}"


def test_a_notebook_of_stock_nbgrader_gives_the_message_alone():
    cell = new_code_cell(
        metadata={"nbgrader": {"grade_id": "check_x"}},
        outputs=[
            new_output(
                "error",
                ename="ValueError",
                evalue="no",
                traceback=["---> 1 f()", "ValueError: no"],
            )
        ],
    )
    notebook = nbformat.from_dict(new_notebook(cells=[cell]))
    assert message_of(notebook, "check_x") == "ValueError: no"
