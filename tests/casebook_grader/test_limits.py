"""Limits: what `nbgrader_config.py` can set, what it cannot, and that each setting takes effect.

What a kernel may use up has its tests in `test_bombs.py`.
"""

import dataclasses
import json

import pytest
from doubling import ANSWERS, CONFIG, SOURCE, extra, honest, texts
from traitlets.config import Config, PyFileConfigLoader

from casebook_grader.course import ROOT, CourseError
from casebook_grader.limits import Limits
from casebook_grader.rebuild import rebuild
from casebook_grader.submission import read_submission

NAMES = [field.name for field in dataclasses.fields(Limits)]


@pytest.mark.parametrize("name", NAMES)
def test_every_limit_can_be_set(name):
    value = getattr(Limits(), name) * 2
    for written in (value, str(value)):  # the command line gives texts
        assert Limits.from_config(Config(CasebookLimits={name: written})) == dataclasses.replace(
            Limits(), **{name: value}
        )
    assert f" {name}: " in Limits.__doc__


def test_the_courses_settings_are_the_usual_ones():
    config = PyFileConfigLoader("nbgrader_config.py", path=str(ROOT)).load_config()
    assert Limits.from_config(config) == Limits() == Limits.from_config(Config())


@pytest.mark.parametrize("value", [0, -3, float("nan"), float("inf"), "much", True, None, [60]])
@pytest.mark.parametrize("name", ["cell", "processes"])
def test_nonsense_is_refused(name, value):
    with pytest.raises(CourseError, match=rf"c\.CasebookLimits: the limit `{name}` is .*above 0"):
        Limits.from_config(Config(CasebookLimits={name: value}))


def test_what_is_counted_is_whole():
    with pytest.raises(CourseError, match=r"`processes` is 2\.5; expected a whole number above 0"):
        Limits.from_config(Config(CasebookLimits={"processes": 2.5}))
    assert Limits(cell=2.5).cell == 2.5


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("cels", r"sets c\.CasebookLimits\.cels, which is no limit\. Did you mean `cells`\?"),
        ("xyz", r"which is no limit\. Expected one of: cell, check, notebook, "),
    ],
)
def test_a_name_that_is_none_is_refused(name, words):
    with pytest.raises(CourseError, match=words):
        Limits.from_config(Config(CasebookLimits={name: 5}))


# ---- what is read of the files handed in ----


def rebuilt(notebook, **limits):
    return rebuild(SOURCE, json.dumps(notebook).encode(), CONFIG, Limits(**limits))


def test_the_size_of_a_notebook():
    assert "at most 1,000 are read" in str(rebuilt(honest(), notebook_size=1000).findings)


def test_the_parts_of_a_notebook():
    assert "at most 50 are read" in str(rebuilt(honest(), parts=50).findings)


def test_the_cells_that_are_read():
    assert "only the first 4 were read" in str(rebuilt(honest(), cells_read=4).findings)


def test_the_cells_that_are_kept():
    notebook = honest()
    notebook["cells"] += [extra("x = 1")] * 3
    result = rebuilt(notebook, cells=len(SOURCE.cells) + 1)
    assert len(result.notebook.cells) == len(SOURCE.cells) + 1
    assert "2 extra cells were left out" in str(result.findings)


def test_the_text_of_a_cell():
    result = rebuilt(honest(), cell_text=10)
    assert {texts(result)[name] for name in ANSWERS} == {text[:10] for text in ANSWERS.values()}
    assert "longer than 10 characters" in str(result.findings)


def test_records(tmp_path):
    for number in range(3):
        (tmp_path / f"record_{number}.json").write_bytes(b"x" * 10 * number)
    assert set(read_submission(tmp_path, []).records) == {f"record_{n}.json" for n in range(3)}
    assert set(read_submission(tmp_path, [], Limits(records=1)).records) == {"record_0.json"}
    found = read_submission(tmp_path, [], Limits(record_size=10))
    assert set(found.records) == {"record_0.json", "record_1.json"}
