"""JupyterLab as `casebook start` opens it, in a browser: Validate, progress, dark and light."""

import shutil
import time
import urllib.request

import banks
import labs
import pytest
from small_notebooks import BLANK, answer, check, code, heading, text, write, written

SMALL = "work/00_small/small.ipynb"
FIGURE = """
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1000 100" width="1000" height="100">
<rect width="1000" height="100" fill="white"/><text x="9" y="50">x</text></svg>
"""
LONG_LINE = "numbers = [" + ", ".join(["100"] * 20) + "]"
HINT = "<details><summary>A hint</summary>\n\nAdd x to itself.\n</details>"

pytestmark = [
    pytest.mark.slow,
    labs.NEEDS_CHROMIUM,
]


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    folder = tmp_path_factory.mktemp("course")
    shutil.copy(banks.ROOT / "nbgrader_config.py", folder)
    assignment = folder / "assignments" / "00_small"
    write(
        assignment / "small.ipynb",
        code("setup", f"import time\n{LONG_LINE}", tags=["setup"]),
        text("![A figure in words](figure.svg)"),
        text(HINT),
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
    (assignment / "figure.svg").write_text(FIGURE.strip())
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
    page.set_default_timeout(60_000)
    yield page
    page.close()


def open_notebook(page, lab, path=SMALL):
    page.goto(f"{lab}/lab/tree/{path}?token={labs.TOKEN}&reset")
    page.locator(".jp-NotebookPanel").wait_for()
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
    for words in (
        "By visible checks you have 0 of 3 points.",
        "Exercise 1: twice\n",
        "twice two: twice(2) is 2; did you add x once?",
        "Exercise 2: half\n",
        "not written yet",
        "Hidden checks (3 points) and written answers (2 points) come when",
    ):
        assert words in shown, shown
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


def looks(figure):
    """Padding, colour below the figure, and filter."""
    return figure.evaluate(
        "e => { const s = getComputedStyle(e); return [s.padding, s.backgroundColor, s.filter] }"
    )


def test_the_theme_follows_the_browser_and_figures_are_cards_on_dark(lab, chromium):
    page = chromium.new_page(color_scheme="dark", viewport={"width": 1200, "height": 800})
    page.set_default_timeout(60_000)
    open_notebook(page, lab)
    figure = page.locator(".jp-MarkdownOutput img")
    page.locator("body[data-jp-theme-light=false]").wait_for(state="attached")
    figure.wait_for()
    assert looks(figure) == ["6px", "rgb(255, 255, 255)", "brightness(0.92)"]
    page.emulate_media(color_scheme="light")
    page.locator("body[data-jp-theme-light=true]").wait_for(state="attached")
    assert looks(figure) == ["0px", "rgba(0, 0, 0, 0)", "none"]
    page.close()


def test_a_notebook_has_room_on_a_phone(lab, chromium):
    page = chromium.new_page(viewport={"width": 390, "height": 844})
    page.set_default_timeout(60_000)
    open_notebook(page, lab)
    page.locator("#jp-left-stack").wait_for(state="hidden")
    cell = page.locator(".jp-MarkdownOutput").first
    assert cell.bounding_box()["width"] > 300
    page.locator(".jp-MarkdownOutput img").wait_for()
    assert page.locator(".jp-MarkdownOutput img").bounding_box()["width"] == 840
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.close()


def test_what_is_printed_has_its_figures_and_cuts_no_line(lab, page):
    page.set_viewport_size({"width": 794, "height": 1123})  # A4
    page.goto(f"{lab}/nbconvert/html/{SMALL}?download=false&token={labs.TOKEN}")
    page.emulate_media(media="print", color_scheme="dark")
    figure = page.get_by_alt_text("A figure in words")
    assert figure.evaluate("e => e.complete && e.naturalWidth") == 1000
    assert figure.bounding_box()["width"] < 794
    assert not page.get_by_text("Add x to itself.").is_visible()
    wide = page.locator("pre").evaluate_all("all => all.filter(e => e.scrollWidth > e.clientWidth)")
    assert not wide
    assert page.evaluate("document.documentElement.scrollWidth") == 794
