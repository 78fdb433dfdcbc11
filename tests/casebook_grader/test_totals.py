"""Numbers that readers see are those of their sources."""

import re

import nbformat
import pytest
from banks import ROOT

from casebook_grader import totals
from casebook_grader.course import CourseError

BLOCKS = "solutions/03_residual_networks/residual_blocks.ipynb"


@pytest.fixture
def blocks():
    return nbformat.read(ROOT / BLOCKS, 4)


def cell(notebook, name):
    return next(cell for cell in notebook.cells if cell.id == name)


def corrected(notebook):
    stale, summary = totals.correct(notebook, "blocks")
    return [str(line) for line in stale], summary


def test_every_number_is_up_to_date():
    stale = [str(line) for line in totals.find_stale(ROOT)]
    assert not stale, "casebook release mends these:\n" + "\n".join(stale)


def test_a_notebook_adds_up(blocks):
    assert corrected(blocks) == (
        [],
        totals.Summary(60, 15, "let a block compute only the *change*, and add its input back."),
    )


def test_points_come_from_metadata(blocks):
    cell(blocks, "hidden_identity_block_reference").metadata.nbgrader.points = 4.5
    stale, summary = corrected(blocks)
    assert summary.points == 17.5
    assert stale == [
        "blocks, cell 'exercise_identity': expected '## Exercise 1: the identity block (20 min, "
        "9.5 points)', found '## Exercise 1: the identity block (20 min, 7 points)'",
        "blocks, cell 'at_a_glance': expected '17.5 points', found '15 points'",
    ]
    assert "| **Points** | 17.5 |" in cell(blocks, "at_a_glance").source
    assert corrected(blocks)[0] == []


def test_minutes_come_from_headings_and_reading(blocks):
    exercise = cell(blocks, "exercise_identity")
    exercise.source = exercise.source.replace("20 min", "25 min")
    cell(blocks, "at_a_glance").metadata.casebook.reading_minutes = 20
    stale, summary = corrected(blocks)
    assert stale == ["blocks, cell 'at_a_glance': expected '75 minutes', found '60 minutes'"]
    assert summary.minutes == 75


def test_exercises_are_numbered_in_their_order(blocks):
    first = next(n for n, cell in enumerate(blocks.cells) if cell.id == "exercise_identity")
    blocks.cells.insert(
        first, nbformat.v4.new_markdown_cell("## Exercise 7: warm up (5 min)\n\nBreathe.")
    )
    stale, _ = corrected(blocks)
    assert blocks.cells[first].source == "## Exercise 1: warm up (5 min)\n\nBreathe."
    assert cell(blocks, "exercise_projection").source.startswith("## Exercise 3: ")
    assert len(stale) == 4  # three headings and the minutes


def test_a_missing_source_is_named(blocks):
    question = cell(blocks, "question")
    question.source = question.source.replace(" (10 min, 2 points)", "")
    with pytest.raises(CourseError, match=r"expected a heading with minutes, such as '## Question"):
        corrected(blocks)
    del cell(blocks, "at_a_glance").metadata["casebook"]
    with pytest.raises(CourseError, match="'reading_minutes': 15"):
        corrected(blocks)
    cell(blocks, "at_a_glance").id = "glance"
    with pytest.raises(CourseError, match="expected a cell 'at_a_glance'"):
        corrected(blocks)


def test_points_before_the_first_heading(blocks):
    blocks.cells.insert(1, cell(blocks, "check_identity_block_layers"))
    with pytest.raises(CourseError, match="expected a heading above its points"):
        corrected(blocks)


def test_an_at_a_glance_without_its_rows(blocks):
    glance = cell(blocks, "at_a_glance")
    glance.source = glance.source.replace("**Points**", "**Marks**")
    with pytest.raises(CourseError, match=r"expected the rows"):
        corrected(blocks)


def test_the_files_are_written_and_nothing_else_moves(course):
    assert totals.update(course) == []
    path = course / BLOCKS
    before = path.read_text(encoding="utf-8")
    path.write_text(before.replace("(20 min, 7 points)", "(30 min, 1 point)"), encoding="utf-8")
    stale = totals.update(course)
    assert [line.expected.split()[-2:] for line in stale[:2]] == [
        ["7", "points)"],
        ["70", "minutes"],
    ]
    assert "| 70 | 15 | compute only the change" in stale[2].expected
    after = path.read_text(encoding="utf-8")
    expected = before.replace("(20 min, 7", "(30 min, 7").replace("| 60 minutes", "| 70 minutes")
    assert after == expected
    assert stale[2].expected in (course / "README.md").read_text(encoding="utf-8")
    assert totals.find_stale(course) == []


def test_the_table_gains_and_loses_notebooks(course):
    readme = course / "README.md"
    before = readme.read_text(encoding="utf-8")
    vgg = course / "solutions" / "02_classic_networks" / "vgg16.ipynb"
    vgg.rename(vgg.with_name("a_vgg.ipynb"))
    gained, lost = totals.update(course)
    assert (gained.found, lost.expected) == ("", "")
    assert "[vgg16]" in lost.found
    rows = re.findall(r"^\| `02_.*?\[(\w+)\]", readme.read_text(encoding="utf-8"), re.M)
    assert rows == ["lenet5", "alexnet", "a_vgg"]  # the order that README had, new ones last
    assert "| 51 | 10 | one simple block, repeated." in gained.expected
    readme.write_text(before.replace("its idea", "about"), encoding="utf-8")
    with pytest.raises(CourseError, match="expected a table"):
        totals.update(course)


def test_links_of_the_table_lead_to_notebooks():
    links = re.findall(r"\]\((assignments/.*?)\)", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert len(links) == len(list((ROOT / "solutions").glob("*/*.ipynb")))
    assert all((ROOT / link).is_file() for link in links)


def test_a_damaged_notebook(course):
    (course / BLOCKS).write_text("{")
    with pytest.raises(CourseError, match="cannot be read as a notebook"):
        totals.update(course)
