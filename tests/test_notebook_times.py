"""Whether a solution's time and its slowest cell are what they are said to be."""

import nbformat
import notebook_times
import pytest
from nbformat.v4 import new_code_cell, new_notebook


@pytest.mark.slow
def test_a_notebook_runs_whole_in_a_copy_of_its_folder(tmp_path):
    sources = ["import time", "time.sleep(0.6); open('left', 'w').close()", "time.sleep(0.1)"]
    sources.append("import os; assert os.environ['CASEBOOK_BUDGET'] == 'normal'")
    cells = [new_code_cell(source, id=f"cell{n}") for n, source in enumerate(sources)]
    nbformat.write(new_notebook(cells=cells), tmp_path / "naps.ipynb")
    took = notebook_times.measure(tmp_path / "naps.ipynb")
    assert took.notebook == "naps"
    assert took.cell == "cell1"
    assert 0.6 <= took.cell_seconds < took.seconds
    assert [path.name for path in tmp_path.iterdir()] == ["naps.ipynb"]


def test_all_solutions_are_measured_or_the_named_ones():
    assert len(notebook_times.paths()) == 10
    assert [path.stem for path in notebook_times.paths(["vgg16"])] == ["vgg16"]
    with pytest.raises(SystemExit, match=r"no notebook vgg19; expected of .*vgg16"):
        notebook_times.paths(["vgg19", "vgg16"])


def test_a_notebook_over_the_budget_does_not_count(monkeypatch, capsys):
    took = [
        notebook_times.Took("quick", 20.4, "run", 9),
        notebook_times.Took("slow", 91, "run", 80),
    ]
    monkeypatch.setattr(notebook_times, "measured", lambda names: took)
    notebook_times.main([])
    *_, slow, last = capsys.readouterr().out.splitlines()
    assert slow.split() == ["slow", "91", "run", "80"]
    assert last == "notebooks: 2, within 90 s: 1"
