"""A learner's first minutes in a real browser: the welcome page, a notebook, back again."""

import json
import re
import urllib.request
from contextlib import ExitStack

import banks
import doubling
import labs
import nbformat
import pytest
from test_browser import ERROR, MINUTES

SETUP = "import math\n\nfrom cnn_casebook import runtime\n\nruntime.explain_errors()"
PAGE_CONFIG = re.compile(r'id="jupyter-config-data" type="application/json">(.*?)</script>', re.S)

pytestmark = [
    pytest.mark.slow,
    labs.NEEDS_CHROMIUM,
]


@pytest.fixture
def small(tmp_path):
    """A course of one small notebook, that loads no TensorFlow."""
    notebook = doubling.released()
    doubling.cell_of(notebook, "start").source = SETUP
    folder = tmp_path / "assignments" / "00_doubling"
    folder.mkdir(parents=True)
    nbformat.write(notebook, folder / "doubling.ipynb")
    settings = (banks.ROOT / "nbgrader_config.py").read_text(encoding="utf-8")
    (tmp_path / "nbgrader_config.py").write_text(settings, encoding="utf-8")
    return tmp_path


@pytest.fixture
def start(small):
    """Run `casebook start`; return the server's address."""
    with ExitStack() as servers:
        yield lambda *options: servers.enter_context(labs.started(small, *options))


@pytest.fixture
def page():
    """The tab in which the welcome page opens."""
    with labs.browser() as browser:
        context = browser.new_context(viewport={"width": 1400, "height": 900})
        context.set_default_timeout(2 * MINUTES)
        yield context.new_page()


def lab_at(page, link):
    """Follow a link of the welcome page to JupyterLab, in a tab of its own."""
    with page.context.expect_page() as opened:
        page.locator(link).click()
    lab = opened.value
    lab.locator("jp-button.validate-button").wait_for()
    lab.get_by_text("| Idle").wait_for()
    return lab


def cell(lab, name):
    ids = [cell.id for cell in doubling.SOURCE.cells]
    return lab.locator(".jp-Notebook .jp-Cell").nth(ids.index(name))


def test_a_learner_goes_from_the_page_to_a_notebook_and_back(start, small, page):
    from playwright.sync_api import expect

    address = start()
    with urllib.request.urlopen(f"{address}/casebook") as answer:  # whoever has no token
        assert "/login" in answer.url
    page.goto(f"{address}/?token=t")
    expect(page.locator("h3")).to_have_text("Doubling")
    expect(page.locator("a.next")).to_have_text("Begin with Doubling")
    lab = lab_at(page, "a.next")
    bars = lab.locator(".lm-MenuBar-itemLabel").all_inner_texts()
    assert "Run" in bars
    assert "Nbgrader" not in bars
    assert lab.get_by_text("official Jupyter news").count() == 0

    cell(lab, "double").locator(".cm-content").click()
    lab.keyboard.press("Control+A")
    lab.keyboard.insert_text(doubling.CODE)
    cell(lab, "halve").locator(".cm-content").click()
    lab.keyboard.press("Control+A")
    lab.keyboard.insert_text("def halve(x):\n    return x")
    lab.locator('.lm-MenuBar-itemLabel:text-is("Run")').click()
    lab.locator('.lm-Menu-item[data-command="runmenu:run-all"]').click()
    # A check that fails does not stop what is below it.
    left = cell(lab, "experiment").locator(".jp-OutputArea-output").last
    expect(left).to_contain_text("You have 1 of 2 points", ignore_case=True)
    expect(left).to_contain_text("- halve: 1 of 1 check failed")
    assert cell(lab, "check_halve").locator(ERROR).count() == 1
    lab.keyboard.press("Escape")
    lab.keyboard.press("Control+S")

    page.bring_to_front()
    for _ in range(100):  # saving takes a moment; a headless browser does not tell tabs of it
        page.evaluate("dispatchEvent(new Event('focus'))")
        if page.get_by_text("1 of 2 points").count():
            break
        page.wait_for_timeout(100)
    expect(page.locator("article")).to_contain_text("1 of 2 points by visible checks")
    expect(page.locator("article")).to_contain_text("1 of 3 answers still blank")
    expect(page.locator("a.next")).to_have_text("Go on with Doubling")
    lab.evaluate("document.kept = true")
    page.locator("a.next").click()
    expect(cell(lab, "halve")).to_have_class(re.compile("jp-mod-selected"))
    assert lab.evaluate("document.kept")  # nothing was loaded anew


def test_an_instructor_has_the_tools_of_instructors(start):
    with urllib.request.urlopen(f"{start('--instructor')}/lab?token=t") as answer:
        config = json.loads(PAGE_CONFIG.search(answer.read().decode())[1])
    off = config["disabledExtensions"]
    assert "@jupyterlab/apputils-extension:announcements" in off
    tools = ("menu", "formgrader", "create-assignment", "assignment-list", "course-list")
    assert not [tool for tool in tools if f"@jupyter/nbgrader:{tool}" in off]
