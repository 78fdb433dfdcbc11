"""JupyterLab as `casebook start` opens it, in a browser: Validate, progress, dark and light."""

import shutil
import time
import urllib.request

import banks
import labs
import pytest
from small_notebooks import BLANK, answer, check, code, heading, write, written

SMALL = "work/00_small/small.ipynb"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not labs.CHROMIUM.exists(), reason="chromium is not installed"),
]


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    folder = tmp_path_factory.mktemp("course")
    shutil.copy(banks.ROOT / "nbgrader_config.py", folder)
    write(
        folder / "assignments" / "00_small" / "small.ipynb",
        code("setup", "import time", tags=["setup"]),
        heading("Exercise 1: twice (5 min, 2 points)"),
        answer("twice", "def twice(x):\n    return x"),
        check("check_twice_two", "assert twice(2) == 4, 'twice(2) is 2; did you add x once?'", 2),
        code("experiment", "time.sleep(4)"),
        heading("Exercise 2: half (5 min, 1 point)"),
        answer("half", BLANK.format("half")),
        check("check_half_two", "assert half(2) == 1"),
        check("hidden_half_reference", "### hidden", 3),
        heading("Exercise 3: why (5 min, 2 points)"),
        written("explain"),
    )
    return folder


@pytest.fixture(scope="module")
def lab(course):
    with labs.started(course) as address:
        yield address


@pytest.fixture(scope="module")
def chromium():
    with labs.browser() as chromium:
        yield chromium


@pytest.fixture
def page(chromium):
    page = chromium.new_page(viewport={"width": 1200, "height": 800})
    page.set_default_timeout(30_000)
    yield page
    page.close()


def open_notebook(page, lab, path=SMALL):
    page.goto(f"{lab}/lab/tree/{path}?token={labs.TOKEN}&reset")
    page.locator(".jp-NotebookPanel .validate-button").wait_for()
    page.get_by_text("| Idle").wait_for()


def test_validate_lets_the_server_answer_and_lists_exercises(lab, page):
    open_notebook(page, lab)
    button = page.locator(".validate-button")
    assert button.count() == 1  # nbgrader's own is gone
    button.click()
    page.get_by_text("Validating 3/7: stop").wait_for()  # the cell that takes four seconds
    began = time.monotonic()
    urllib.request.urlopen(f"{lab}/api/contents/work?token={labs.TOKEN}", timeout=10).close()
    took = time.monotonic() - began
    assert button.inner_text() == "Validating 3/7: stop", "it was over already"
    assert took < 2
    dialog = page.locator(".jp-Dialog")
    dialog.wait_for()
    shown = dialog.inner_text()
    for text in (
        "By visible checks you have 0 of 3 points.",
        "Exercise 1: twice\n",
        "twice two: twice(2) is 2; did you add x once?",
        "Exercise 2: half\n",
        "not written yet",
        "Hidden checks (3 points) and written answers (2 points) come when",
    ):
        assert text in shown, shown
    dialog.get_by_role("button", name="Ok").click()
    assert button.inner_text() == "Validate"


def test_validate_stops_when_asked(lab, page):
    open_notebook(page, lab)
    button = page.locator(".validate-button")
    button.click()
    page.get_by_text("Validating 3/7: stop").click()
    page.get_by_text("Validate", exact=True).wait_for()
    page.wait_for_timeout(500)
    assert page.locator(".jp-Dialog").count() == 0
