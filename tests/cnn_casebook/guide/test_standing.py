import json

import doubling
import nbformat
import pytest

from cnn_casebook.guide.outline import Outline
from cnn_casebook.guide.standing import BLANK, FAILED, PASSED, Standing


@pytest.fixture
def standing():
    return Standing(Outline(json.loads(nbformat.writes(doubling.released()))["cells"]))


def note(standing, name, said):
    standing.note(next(cell for cell in standing.outline.cells if cell.id == name), said)


def test_what_is_left_goes_away_as_it_is_done(standing):
    note(standing, "check_double", FAILED)
    note(standing, "check_halve", BLANK)
    left = standing.summary(None).splitlines()[2:4]
    assert left == ["- double: 1 of 1 check failed", "- halve: not written yet"]
    note(standing, "check_double", PASSED)
    assert standing.earned == 1
    note(standing, "check_halve", PASSED)
    cells = json.loads(nbformat.writes(doubling.released()))["cells"]
    doubling.cell_of({"cells": cells}, "explain")["source"] = doubling.WORDS
    assert standing.summary(Outline(cells)).splitlines() == [
        "By visible checks you have 2 of 2 points.",
        "Hidden checks (2 points) and written answers (2 points) come when the notebook is graded.",
    ]


def test_an_answer_that_is_run_anew_has_not_been_checked(standing):
    note(standing, "check_double", PASSED)
    note(standing, "check_halve", PASSED)
    standing.renew(standing.outline.defining("double"), doubling.CODE)
    assert standing.earned == 1
    assert "- double: not checked yet" in standing.summary(None)
