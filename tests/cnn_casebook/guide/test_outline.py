import json

import banks
import doubling
import nbformat
import pytest

from cnn_casebook.guide.outline import Outline, find

NOTEBOOKS = sorted((banks.ROOT / "assignments").glob("*/*.ipynb"))


def read(path):
    return Outline(json.loads(path.read_text(encoding="utf-8"))["cells"])


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_released_notebook_is_understood(path):
    outline = read(path)
    kinds = {cell.kind for cell in outline.cells}
    assert {"setup", "answer", "check", "written", "text", "code"} <= kinds
    for answer in outline.of_kind("answer"):
        assert answer.is_blank
        assert outline.find(f"def {answer.id}(x:\n    return", None) == answer
        assert outline.defining(answer.id) == answer
    for check in outline.of_kind("check"):
        assert outline.find(check.source + "\n", None) == check
        assert check.section
        assert "min" not in check.section
    assert all(cell.is_blank for cell in outline.of_kind("written"))
    total = outline.points("check", "hidden", "written")
    assert f"| **Points** | {total:g} |" in path.read_text(encoding="utf-8")
    setup = outline.of_kind("setup")[0].source
    assert find(path.parent, setup).cells == outline.cells  # no other beside it begins like this


def test_a_notebook_is_found_by_its_cells_and_a_solution_is_not(tmp_path):
    def save(name, notebook):
        (tmp_path / name).write_text(nbformat.writes(notebook), encoding="utf-8")

    save("solution.ipynb", nbformat.from_dict(json.loads(nbformat.writes(doubling.SOURCE))))
    (tmp_path / "broken.ipynb").write_text("{", encoding="utf-8")
    (tmp_path / "list.ipynb").write_text("[]", encoding="utf-8")
    assert find(tmp_path, "runs = 3") is None
    save("work.ipynb", doubling.released())
    assert find(tmp_path, "runs = 3\n").last.id == "experiment"
    assert find(tmp_path, "runs = 4") is None
