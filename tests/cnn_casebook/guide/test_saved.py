import copy
import json

import banks
import doubling
import nbformat
import pytest
from nbclient import NotebookClient

from cnn_casebook.guide.saved import progress

SETUP = "import math\n\nfrom cnn_casebook import runtime\n\nruntime.explain_errors()"
EXPERIMENT = 'runtime.record("doubling", runs=3)'


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A notebook whose first answer is right and whose second is wrong, run to its end, saved."""
    folder = tmp_path_factory.mktemp("run")
    notebook = doubling.released()
    texts = {"start": SETUP, "double": doubling.CODE, "experiment": EXPERIMENT}
    texts["halve"] = "def halve(x):\n    return x"
    for name, text in texts.items():
        doubling.cell_of(notebook, name).source = text
    nbformat.write(notebook, folder / "doubling.ipynb")
    resources = {"metadata": {"path": str(folder)}}
    NotebookClient(notebook, kernel_name="python3", resources=resources).execute()
    return json.loads(nbformat.writes(notebook))["cells"], folder


@pytest.fixture
def cells(run):
    return copy.deepcopy(run[0])


def left(found):
    return [(cell.id, what) for cell, what in found.left]


@pytest.mark.slow
def test_points_are_read_off_the_outputs(run, cells):
    found = progress(cells, run[1])
    assert (found.earned, found.blank, found.answers) == (1, 1, 3)
    assert found.records == {"doubling": True}
    assert left(found) == [("halve", "1 of 1 check failed"), ("explain", "not written yet")]
    assert found.begun


@pytest.mark.slow
@pytest.mark.parametrize("name", ["double", "check_double"])
def test_what_is_changed_afterwards_has_not_been_checked(run, cells, name):
    doubling.cell_of(cells_of(cells), name)["source"] = "def double(x):\n    return 3  # new"
    found = progress(cells, run[1])
    assert found.earned == 0
    assert ("double", "not checked yet") in left(found)


@pytest.mark.slow
def test_an_answer_that_was_moved_is_still_checked(run, cells):
    answer = doubling.cell_of(cells_of(cells), "double")
    cells.insert(2, doubling.extra(answer["source"]))
    answer["source"] = "# It stands above."
    assert progress(cells, run[1]).earned == 1


@pytest.mark.slow
def test_a_record_that_is_gone_is_to_be_made(run, cells, tmp_path):
    found = progress(cells, tmp_path)
    assert found.records == {"doubling": False}
    assert ("experiment", "no record yet") in left(found)


def cells_of(cells):
    return {"cells": cells}


@pytest.mark.parametrize(
    "path", sorted(banks.ROOT.glob("assignments/*/*.ipynb")), ids=lambda path: path.stem
)
def test_released_notebooks_are_not_begun(path, tmp_path):
    found = progress(json.loads(path.read_text(encoding="utf-8"))["cells"], tmp_path)
    assert not found.begun
    assert found.earned == 0
    assert found.blank == found.answers
    assert {what for cell, what in found.left if cell.kind != "code"} == {"not written yet"}
