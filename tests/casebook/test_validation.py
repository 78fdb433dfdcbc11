"""Validate runs a notebook from the top beside the server, and says what came of each exercise."""

import asyncio
import contextlib
import os

import nbformat
import psutil
import pytest
from small_notebooks import BLANK, answer, check, code, heading, write, written

from casebook.validation.run import CannotValidate, validate

TWICE = "def twice(x):\n    return 2 * x"


def lines_of(path, seconds=60):
    async def collect():
        return [line async for line in validate(path, seconds)]

    return asyncio.run(collect())


def report_of(path, seconds=60):
    return lines_of(path, seconds)[-1]["report"]


@pytest.fixture
def notebook(tmp_path):
    return tmp_path / "small.ipynb"


def test_it_lists_exercises_with_their_messages(notebook):
    write(
        notebook,
        code("setup", "import os, sys"),
        heading("Exercise 1: twice (5 min, 2 points)"),
        answer("twice", "def twice(x):\n    return x"),
        check("check_twice_zero", "assert twice(0) == 0"),
        check("check_twice_two", "assert twice(2) == 4, 'twice(2) is 2; did you add x once?'"),
        heading("Exercise 2: half (5 min, 1 point)"),
        answer("half", BLANK.format("half")),
        check("check_half_two", "assert half(2) == 1"),
        heading("Exercise 3: both (5 min, 1 point)"),
        answer("both", "def both(x):\n    return twice(half(x))"),
        check("check_both_two", "assert both(2) == 2"),
        check("hidden_both_reference", "### hidden", points=3),
        heading("Exercise 4: why (5 min, 2 points)"),
        written("explain"),
        heading("Exercise 5: when (5 min, 2 points)"),
        written("date", "In 2012."),
        heading("Summary"),
    )
    before = notebook.read_bytes()
    *progress, last = lines_of(notebook)
    assert [(line["done"], line["of"]) for line in progress] == [(n, 9) for n in range(9)]
    assert progress[-1]["section"] == "Exercise 3: both"
    report = last["report"]
    assert report["total"] == "By visible checks you have 1 of 4 points."
    assert report["later"] == (
        "Hidden checks (3 points) and written answers (4 points) come when the notebook is graded."
    )
    assert [(e["title"], e["said"], e["messages"]) for e in report["exercises"]] == [
        (
            "Exercise 1: twice",
            "1 of 2 checks failed",
            ["twice two: twice(2) is 2; did you add x once?"],
        ),
        ("Exercise 2: half", "not written yet", []),
        (
            "Exercise 3: both",
            "1 of 1 check failed",
            ["both two: waits for half, not written yet."],
        ),
        ("Exercise 4: why", "not written yet", []),
        ("Exercise 5: when", "written; graded later", []),
    ]
    assert notebook.read_bytes() == before


def test_experiments_know_that_a_notebook_is_validated(notebook, monkeypatch):
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    write(
        notebook,
        heading("Exercise 1: twice"),
        answer("twice", TWICE),
        check(
            "check_twice_two", "import os\nassert os.environ['NBGRADER_EXECUTION'] == 'validate'"
        ),
    )
    (exercise,) = report_of(notebook)["exercises"]
    assert (exercise["said"], exercise["passed"]) == ("the check passed", True)
    assert "NBGRADER_EXECUTION" not in os.environ


def test_it_names_the_cell_that_raised_and_the_check_that_was_changed(notebook):
    changed = check("check_twice_two", "assert twice(2) == 4")
    changed.source = "pass"
    write(
        notebook,
        heading("Exercise 1: twice"),
        answer("twice", "def twice(x)\n    return x"),
        changed,
        heading("More"),
        code("experiment", "1 / 0"),
    )
    report = report_of(notebook)
    assert "check_twice_two" in report["changed"]
    first, more = report["exercises"]
    (message,) = first["messages"]
    assert message.startswith("twice:")
    assert "SyntaxError: expected ':'" in message
    assert more["messages"] == ["experiment: ZeroDivisionError: division by zero"]
    assert not first["passed"]


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("import time; time.sleep(60)", "the cell did not finish within 3 seconds."),
        ("import os; os._exit(1)", "the kernel ended; most often memory has run out."),
    ],
)
def test_a_cell_that_ends_the_run_is_named_and_nothing_counts_as_passed(notebook, source, message):
    write(
        notebook,
        heading("Exercise 1: half"),
        answer("half", BLANK.format("half")),
        code("experiment_half", "half(2)"),  # the blank answer explains what this raises
        heading("Exercise 2: twice"),
        answer("twice", TWICE),
        code("experiment", source),
        check("check_twice_two", "assert twice(2) == 4"),
    )
    report = report_of(notebook, seconds=3)
    assert report["total"] == "By visible checks you have 0 of 1 point."
    first, exercise = report["exercises"]
    assert (first["said"], first["messages"]) == ("not written yet", [])
    assert exercise["said"] == "not checked yet"
    (said,) = exercise["messages"]
    assert said.endswith(message)


def test_whoever_stops_listening_ends_the_kernel(notebook):
    write(notebook, code("one", "1"), code("two", "2"))

    async def begin():
        async with contextlib.aclosing(validate(notebook)) as lines:
            async for _ in lines:
                return psutil.Process().children()

    before = set(psutil.Process().children())
    (kernel,) = set(asyncio.run(begin())) - before
    assert not kernel.is_running()


def test_what_cannot_run_is_said(notebook):
    notebook.write_text("{")
    with pytest.raises(CannotValidate, match="Save it again"):
        lines_of(notebook)
    path = write(notebook, code("one", "1"))
    path.write_text(path.read_text().replace('"python3"', '"none_such"'))
    with pytest.raises(CannotValidate, match="no kernel 'none_such'"):
        lines_of(path)


def test_it_speaks_the_notebooks_language(notebook):
    write(
        notebook,
        code("setup", "import os, sys"),
        heading("연습 1: 두 배 (5분, 2점)"),
        answer("twice", TWICE),
        check("check_twice_zero", "assert twice(0) == 0"),
        check("check_twice_two", "assert twice(2) == 5"),
    )
    found = nbformat.read(notebook, as_version=4)
    found.metadata["language"] = "ko"
    nbformat.write(found, notebook)
    report = report_of(notebook)
    assert report["total"] == "보이는 검사로 2점 중 1점을 얻었습니다."
    (exercise,) = report["exercises"]
    assert (exercise["title"], exercise["said"]) == (
        "연습 1: 두 배",
        "검사 2개 중 1개를 통과하지 못함",
    )
