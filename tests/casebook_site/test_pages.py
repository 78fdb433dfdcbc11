"""Pages hold what learners received and what cells showed, and nothing of what solutions hide."""

import re

import banks
import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from casebook_grader.address import with_badges
from casebook_grader.course import CourseError
from casebook_site.front import front_page
from casebook_site.pages import instructors_page, learners_page, with_links

NOTEBOOK = "03_residual_networks/residual_blocks.ipynb"
RELEASED = banks.ROOT / "assignments" / NOTEBOOK
SOLVED = banks.ROOT / "solutions" / NOTEBOOK
REPOSITORY = "https://example.org/course"


def cells(notebook):
    return {cell.id: cell for cell in notebook.cells}


def test_text_comes_from_the_assignment_and_outputs_from_the_solution():
    page, released, solved = (
        cells(learners_page(RELEASED, SOLVED)),
        cells(nbformat.read(RELEASED, 4)),
        cells(nbformat.read(SOLVED, 4)),
    )
    assert {name: cell.source for name, cell in page.items()} == {
        name: cell.source for name, cell in released.items()
    }
    for name in ("theory_sum_try", "look_identity_picture", "experiment_picture"):
        shown = page[name].outputs[0]
        assert shown.get("text") == solved[name].outputs[0].get("text")
        if "data" in shown:
            assert shown.data["text/html"] == solved[name].outputs[0].data["text/html"]
            assert "image/png" not in shown.data


def test_outputs_of_experiments_are_folded_and_answers_are_marked():
    page = cells(learners_page(RELEASED, SOLVED))
    assert "hide-output" in page["experiment_picture"].metadata.tags
    assert "hide-output" not in page["look_identity_picture"].metadata.tags
    assert "hide-output" not in page["experiment_run"].metadata.tags  # it shows nothing
    assert page["experiment_prediction"].outputs == []  # it asks for the learner's
    assert "answer" in page["identity_block"].metadata.tags


def write(path, *cells):
    nbformat.write(new_notebook(cells=cells), path)
    return path


def test_what_a_check_or_an_answer_printed_does_not_reach_a_page(tmp_path):
    secret = [new_output("stream", text="the secret")]
    marks = [{"grade": True, "solution": False}, {"grade": False, "solution": True}]
    names = ["hidden_sum", "sum"]
    blank, solved = (
        [
            new_code_cell(id=name, metadata={"nbgrader": mark}, outputs=outputs)
            for name, mark in zip(names, marks, strict=True)
        ]
        for outputs in ([], secret)
    )
    page = learners_page(write(tmp_path / "a.ipynb", *blank), write(tmp_path / "b.ipynb", *solved))
    assert [cell.outputs for cell in page.cells] == [[], []]


def test_a_cell_that_the_solution_does_not_have_is_named(tmp_path):
    released = write(tmp_path / "a.ipynb", new_code_cell(id="old"))
    solved = write(tmp_path / "b.ipynb", new_code_cell(id="new"))
    with pytest.raises(CourseError, match=r"found no cell 'old'.*Run `casebook release`"):
        learners_page(released, solved)


def test_instructors_see_solutions():
    page = cells(instructors_page(SOLVED))
    assert "BEGIN SOLUTION" in page["identity_block"].source
    assert "BEGIN HIDDEN TESTS" in page["hidden_identity_block_sizes"].source


@pytest.mark.parametrize(
    ("target", "repository", "expected"),
    [
        ("resnet50.ipynb", REPOSITORY, "[it](resnet50.ipynb)"),
        ("https://arxiv.org/abs/1", REPOSITORY, "[it](https://arxiv.org/abs/1)"),
        ("#summary", REPOSITORY, "[it](#summary)"),
        ("../../README.md", REPOSITORY, f"[it]({REPOSITORY}/blob/main/README.md)"),
        ("../../README.md", "", "it"),
        ("../../no_file.md", REPOSITORY, "[it](../../no_file.md)"),  # Sphinx warns
    ],
)
def test_links_to_what_is_no_page_lead_to_the_repository(target, repository, expected):
    text = with_links(f"See [it]({target}).", f"assignments/{NOTEBOOK}", banks.ROOT, repository)
    assert text == f"See {expected}."


def test_the_first_page_has_a_card_for_each_notebook_and_nothing_for_instructors():
    readme = (banks.ROOT / "README.md").read_text(encoding="utf-8")
    page = front_page(readme, banks.ROOT, "en")
    assert page.count("{container} case\n") == 10
    assert "**[Residual blocks](03_residual_networks/residual_blocks.ipynb)**" in page
    minutes, points = re.search(r"residual_blocks\.ipynb\) \| (\d+) \| (\d+) \|", readme).groups()
    assert f"{minutes} minutes, {points} points" in page
    assert "make lab" in page
    assert "INSTRUCTORS.md" not in page
    assert "its idea" not in page


def test_what_readme_shows_besides_notebooks_stays_and_its_badges_go():
    """Badges are pictures that other servers hold."""
    readme = (banks.ROOT / "README.md").read_text(encoding="utf-8")
    other = "## Start\n\n| on | type |\n|---|---|\n| Windows | `start` |\n\n## Notebooks\n"
    readme = with_badges(readme, "https://github.com/ada/casebook")
    assert "badge_logo.svg" in readme
    page = front_page(readme.replace("## Notebooks\n", other), banks.ROOT, "en")
    assert "| Windows | `start` |" in page
    assert "badge" not in page


@pytest.mark.parametrize("part", ["## For instructors", "](assignments/"])
def test_a_readme_without_table_or_end_is_refused(part):
    readme = (banks.ROOT / "README.md").read_text(encoding="utf-8").replace(part, "](")
    with pytest.raises(CourseError, match="expected a table whose rows link"):
        front_page(readme, banks.ROOT, "en")
