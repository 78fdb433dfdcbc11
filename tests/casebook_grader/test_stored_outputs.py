"""A run stores outputs and nothing that differs from run to run."""

import nbformat
import pytest

from casebook_grader.course import CourseError
from casebook_grader.stored_outputs import run

PATH = "solutions/03_residual_networks/resnet50.ipynb"


def small(course, *sources):
    """A small notebook in the place of resnet50."""
    path = course / PATH
    notebook = nbformat.read(path, 4)
    notebook.cells = [
        nbformat.v4.new_code_cell(source, id=f"cell_{n}") for n, source in enumerate(sources)
    ]
    nbformat.write(notebook, path)
    return path


@pytest.mark.slow
def test_outputs_are_stored_and_nothing_else_moves(course):
    path = small(course, "n = 6 * 7", "print(n)")
    before = nbformat.read(path, 4)
    assert run(course, "resnet50") == path
    after = nbformat.read(path, 4)
    assert after.cells[1].outputs[0].text == "42\n"
    for cell, old in zip(after.cells, before.cells, strict=True):
        cell.outputs, cell.execution_count = old.outputs, old.execution_count
    assert after == before


@pytest.mark.slow
def test_an_error_leaves_the_file_as_it_was(course):
    path = small(course, "print(1)", "1 / 0")
    before = path.read_bytes()
    with pytest.raises(CourseError, match=r"(?s)does not run from top to bottom.*ZeroDivision"):
        run(course, PATH)
    assert path.read_bytes() == before
