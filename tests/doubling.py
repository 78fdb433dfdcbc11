"""A small assignment about doubling, as tests of rebuilding hand it in: whole, damaged, forged."""

import copy
import json

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.nbgraderformat import MetadataValidator
from nbgrader.preprocessors import ClearHiddenTests, ClearSolutions, ComputeChecksums, LockCells
from traitlets.config import Config

from casebook_grader.limits import Limits
from casebook_grader.rebuild import rebuild

LIMITS = Limits()
CONFIG = Config()
CONFIG.ClearSolutions.code_stub = {"python": "# Your code here.\nraise NotImplementedError()"}
CONFIG.ClearSolutions.text_stub = "*Your answer here.*"
STUB = "def double(x):\n    # Your code here.\n    raise NotImplementedError()"
OTHER_STUB = STUB.replace("double", "halve")
CODE = "def double(x):\n    return x + x  # ü 😀"
OTHER_CODE = "def halve(x):\n    return x / 2"
WORDS = "It doubles, because $x + x = 2x$."


def mark(name, **changes):
    plain = {"grade": False, "locked": False, "solution": False, "task": False}
    return {"nbgrader": plain | {"grade_id": name, "schema_version": 3} | changes}


def code(name, text, **metadata):
    return new_code_cell(text, id=name, metadata=metadata)


def check(name, text, points=1):
    return code(name, text, **mark(name, grade=True, locked=True, points=points))


def answer(name, function):
    text = f"def {function}(x):\n    ### BEGIN SOLUTION\n    return 'secret'\n    ### END SOLUTION"
    return code(name, text, **mark(name, solution=True))


SOURCE = new_notebook(
    cells=[
        new_markdown_cell("# Doubling", id="title"),
        code("start", "import math", tags=["setup"], **mark("start", locked=True)),
        code("theory_try", "print(1 + 1)"),
        answer("double", "double"),
        check("check_double", "assert double(1) == 2"),
        check(
            "hidden_double",
            "# More numbers.\n### BEGIN HIDDEN TESTS\nassert double(7) == 14\n### END HIDDEN TESTS",
            points=2,
        ),
        answer("halve", "halve"),
        check("check_halve", "assert halve(2) == 1"),
        code("experiment", "runs = 3", tags=["experiment"]),
        new_markdown_cell("## Question", id="question"),
        new_markdown_cell(
            "BEGIN SOLUTION\nThe secret.\nEND SOLUTION",
            id="explain",
            metadata=mark("explain", grade=True, solution=True, points=2),
        ),
    ],
    metadata={"kernelspec": {"name": "python3", "display_name": "Python", "language": "python"}},
)
ANSWERS = {"double": CODE, "halve": OTHER_CODE, "explain": WORDS}
STUBS = {"double": STUB, "halve": OTHER_STUB, "explain": "*Your answer here.*"}
OPEN = {"theory_try", "experiment"}


def released():
    """What a learner receives, made by nbgrader."""
    notebook = copy.deepcopy(SOURCE)
    steps = (LockCells, ClearSolutions, ComputeChecksums, ClearHiddenTests, ComputeChecksums)
    for step in steps:
        notebook, _ = step(config=CONFIG).preprocess(notebook, {})
    return notebook


RELEASED = json.loads(nbformat.writes(released()))


def honest():
    """A complete submission, as parsed JSON."""
    notebook = copy.deepcopy(RELEASED)
    for cell in notebook["cells"]:
        if cell["id"] in ANSWERS:
            cell["source"] = ANSWERS[cell["id"]].splitlines(keepends=True)
        if cell["cell_type"] == "code":
            cell["execution_count"] = 7
            cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": ["2\n"]}]
    return notebook


def cell_of(notebook, name):
    return next(cell for cell in notebook["cells"] if cell["id"] == name)


def extra(text, kind="code", **more):
    return {"cell_type": kind, "id": "mine", "metadata": {}, "source": text} | more


def hand_in(notebook):
    data = notebook if isinstance(notebook, bytes) else json.dumps(notebook).encode()
    return rebuild(SOURCE, data, CONFIG)


def texts(result):
    return {cell.id: cell.source for cell in result.notebook.cells}


def require_course_cells(notebook):
    """Everything of the instructor's is there, in order, unchanged; ids are unique."""
    ids = [cell.id for cell in notebook.cells]
    assert len(set(ids)) == len(ids)
    ours = {cell.id for cell in SOURCE.cells}
    kept = [cell for cell in notebook.cells if cell.id in ours]
    assert [cell.id for cell in kept] == [cell.id for cell in SOURCE.cells]
    for cell, source in zip(kept, SOURCE.cells, strict=True):
        assert cell.cell_type == source.cell_type
        metadata = copy.deepcopy(cell.metadata)
        if cell.id in ANSWERS:
            metadata.nbgrader.pop("checksum")
        assert metadata == source.metadata
        if cell.id not in OPEN | set(ANSWERS):
            assert cell.source == source.source
    for cell in notebook.cells:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None
        assert "attachments" not in cell
        if cell.id not in ours:
            assert cell.metadata == {}
    assert notebook.metadata == SOURCE.metadata
    nbformat.validate(notebook)
    MetadataValidator().validate_nb(notebook)
