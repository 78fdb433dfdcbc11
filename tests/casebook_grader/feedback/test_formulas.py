"""Formulas in feedback: each of the course's is drawn, whatever a learner writes ends soon."""

import time

import banks
import nbformat
import pytest

from casebook_grader.feedback.formulas import LONGEST, Formulas
from casebook_grader.feedback.text import course_text, learner_text


def test_every_formula_of_the_course_is_drawn():
    formulas, drawn = Formulas(), 0
    for path in sorted((banks.ROOT / "solutions").glob("*/*.ipynb")):
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "markdown":
                text = course_text(cell.source, formulas)
                assert 'class="tex"' not in text, f"{path.name}, {cell.id}: {text}"
                drawn += text.count('class="formula"')
    assert drawn > 100
    assert len(formulas.shapes) < 100_000


ODD = ["{" * 150 + "}" * 150, r"\frac{" * 60, r"\sqrt{" * 40 + "}" * 40, "^" * 300, r"\left(" * 60]
ODD += [r"\frac{a}{b}" * 36, "x_{" * 90 + "}" * 90, "\\", "\\href{javascript:1}{x}", "%", "#", ""]


@pytest.mark.parametrize("tex", ODD)
def test_any_formula_ends_soon(tex):
    assert len(tex) <= LONGEST
    start = time.monotonic()
    made = Formulas().draw(tex)
    assert time.monotonic() - start < 5
    assert made.startswith(("<svg", "<code"))


def test_a_formula_is_a_picture_with_its_text():
    made = learner_text("where $x_1 < \\frac{a}{b}$ holds", Formulas())
    assert 'aria-label="x_1 &lt; \\frac{a}{b}"' in made
    assert "$" not in made


def test_there_may_be_only_so_many():
    formulas = Formulas(most=1)
    assert formulas.draw("x").startswith("<svg")
    assert formulas.draw("y").startswith("<code")
    assert formulas.draw("x").startswith("<svg")
