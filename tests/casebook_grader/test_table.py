"""The table of grades: literal names, no score where there is none, short for a large class."""

import io

from rich.console import Console

from casebook_grader.results import Check, Grade
from casebook_grader.table import table
from casebook_grader.verdicts import Verdict

PASSED = {"check": Check("blocks", 3, 13)}


def shown(grades):
    console = Console(width=120, record=True, file=io.StringIO())
    console.print(table("03_residual_networks", grades))
    return console.export_text()


def test_names_are_shown_as_they_are_and_no_score_where_there_is_none():
    text = shown([Grade("[bold red]x\x1b[2J", checks=PASSED), Grade("ben", Verdict.ENGINE_FAILED)])
    assert "[bold red]x\\x1b[2J" in text
    assert "3 / 13" in text
    (ben,) = (line for line in text.splitlines() if "ben" in line)
    assert "engine failed" in ben
    assert "0" not in ben


def test_of_a_large_class_those_are_shown_that_need_a_look():
    grades = [Grade(f"learner{number}", checks=PASSED) for number in range(1000)]
    grades.append(Grade("ben", Verdict.TIMED_OUT, PASSED))
    text = shown(grades)
    assert "ben" in text
    assert "learner7" not in text
    assert "1 of 1,001 submissions" in text
