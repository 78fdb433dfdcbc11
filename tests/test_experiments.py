"""Experiments of the notebooks can be interrupted and run again: they train nothing from before."""

import ast
import re

import banks
import nbformat
import pytest

NOTEBOOKS = sorted((banks.ROOT / "solutions").glob("*/*.ipynb"))
RENEWED = re.compile(r"\bstart_again\(\s*(\w+)")


def experiments(path):
    for cell in nbformat.read(path, 4).cells:
        if cell.cell_type == "code" and "experiment" in cell.metadata.get("tags", []):
            yield cell


def made_in(tree):
    """Names that a cell gives a value: of a loop's variables only if it goes through such names."""
    made = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            made |= {n.id for t in node.targets for n in ast.walk(t) if isinstance(n, ast.Name)}
    return made


def test_there_are_experiments():
    assert sum(len(list(experiments(path))) for path in NOTEBOOKS) > 20


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_an_experiment_trains_only_what_it_has_made(path):
    for cell in experiments(path):
        tree = ast.parse(cell.source)
        new = made_in(tree) | set(RENEWED.findall(cell.source))
        loops = {
            target.id: {n.id for n in ast.walk(loop.iter) if isinstance(n, ast.Name)}
            for loop in ast.walk(tree)
            if isinstance(loop, ast.For)
            for target in ast.walk(loop.target)
            if isinstance(target, ast.Name)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                trained = node.func.value
                if node.func.attr == "fit" and isinstance(trained, ast.Name):
                    origins = loops.get(trained.id, set()) - {"runtime"} or {trained.id}
                    older = origins - new
                    assert not older, f"{cell.id} goes on training {older} if it is run again"
