import json
import re

import pytest

from casebook.welcome.course import read_course, upcoming
from casebook.welcome.page import link, render
from casebook_grader import totals
from cnn_casebook.corrections.copies import bring_up_to_date
from cnn_casebook.workspace import prepare


def text(page):
    """What a reader sees of a page, on one line."""
    body = re.sub(r"<script>.*?</script>", "", page[page.index("<body>") :], flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))


def test_every_notebook_stands_there_in_order_with_its_numbers(course):
    prepare(course)
    notebooks = read_course(course)
    readme = (course / "README.md").read_text(encoding="utf-8")
    rows = [totals.ROW.fullmatch(line) for line in totals.TABLE.search(readme)[0].splitlines()]
    assert [(n.assignment, n.name) for n in notebooks] == [row.group(1, 2) for row in rows]
    seen = text(render(notebooks))
    for notebook, row in zip(notebooks, rows, strict=True):
        assert f"| {notebook.minutes} | {notebook.points:g} |" in row[0]
        assert f"{notebook.title} {notebook.minutes} minutes, {notebook.points:g} points" in seen
        assert notebook.idea
    hours = round(sum(notebook.minutes for notebook in notebooks) / 60)
    points = sum(notebook.points for notebook in notebooks)
    assert f"{len(rows)} notebooks, about {hours} hours, {points:g} points" in seen
    assert f"0 of {sum(notebook.possible for notebook in notebooks):g} points" in seen
    assert "Begin with Reading networks" in seen


def test_the_page_speaks_the_learners_language(course):
    prepare(course)
    notebooks = read_course(course)
    seen = text(render(notebooks, language="ko"))
    points = sum(notebook.points for notebook in notebooks)
    assert f"노트북 {len(notebooks)}개" in seen
    assert f"{points:g}점" in seen
    assert "(아직 작성하지 않음)" in seen
    assert not re.search("points|notebooks|minutes|not written yet", seen)


def test_a_copy_that_cannot_be_read_does_not_hide_the_others(course):
    prepare(course)
    folder = course / "work" / "02_classic_networks"
    (folder / "vgg16.ipynb").write_text("{", encoding="utf-8")
    (folder / "lenet5.ipynb").write_text('{"cells": [3]}', encoding="utf-8")
    (folder / "alexnet.ipynb").unlink()
    notebooks = {notebook.name: notebook for notebook in read_course(course)}
    assert "cannot be read" in notebooks["vgg16"].problem
    assert "cannot be read" in notebooks["lenet5"].problem
    assert "not in your copy" in notebooks["alexnet"].problem
    page = render(list(notebooks.values()))
    seen = text(page)
    possible = sum(notebook.possible for notebook in notebooks.values())
    assert f"0 of {possible:g} points" in seen  # those that are missing count too
    assert seen.count("cannot be read") == 2
    assert link(notebooks["vgg16"]) in page
    assert link(notebooks["alexnet"]) not in page


def test_what_was_begun_and_saved_last_is_gone_on_with(course):
    prepare(course)
    path = course / "work" / "03_residual_networks" / "resnet50.ipynb"
    path.write_text(path.read_text(encoding="utf-8").replace("*Your answer here.*", "<b>&</b>"))
    notebooks = read_course(course)
    assert upcoming(notebooks).name == "resnet50"
    page = render(notebooks, "/user/ada/")
    assert "Go on with ResNet-50" in page
    assert 'href="/user/ada/lab/tree/work/03_residual_networks/resnet50.ipynb"' in page
    assert 'data-cell="stage"' in link(upcoming(notebooks))
    assert "2 of 3 answers still blank" in text(page)
    assert "Next: Exercise 1: a stage (not written yet)" in text(page)


def test_corrections_are_told(course):
    prepare(course)
    bring_up_to_date(course)
    path = course / "assignments" / "03_residual_networks" / "resnet50.ipynb"
    path.write_text(path.read_text(encoding="utf-8").replace("# ResNet-50", "# ResNet 50", 1))
    bring_up_to_date(course)
    seen = text(render(read_course(course)))
    assert re.search(r"Correction of \d{4}-\d\d-\d\d: refreshed; you had not changed it", seen)
    assert seen.count("Correction of ") == 1


def test_nothing_is_left_only_where_all_can_be_read(course):
    assert "Nothing is left" not in render(read_course(course))
    prepare(course)
    for path in (course / "work").glob("*/*.ipynb"):
        path.write_text(json.dumps({"cells": []}), encoding="utf-8")
    assert "Nothing is left to do" in render(read_course(course))


def test_text_of_a_notebook_is_text(course):
    path = course / "assignments" / "01_reading_networks" / "reading_networks.ipynb"
    path.write_text(path.read_text(encoding="utf-8").replace("# Reading", "# <script>Reading"))
    prepare(course)
    assert "&lt;script&gt;Reading" in render(read_course(course))


@pytest.mark.parametrize("base", ["/", "/user/ada/"])
def test_outside_of_the_course_it_says_where_to_start(tmp_path, base):
    assert "No notebooks were found here" in render(read_course(tmp_path), base)
