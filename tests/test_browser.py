"""A learner in a real browser: a mistake, its message, the right answer, Validate."""

import re
import shutil
from pathlib import Path

import banks
import labs
import nbformat
import pytest
import sample_class
from courses import keep_only

from casebook_grader.course import nbgrader
from cnn_casebook.workspace import prepare

NOTEBOOK = Path("work/03_residual_networks/residual_blocks.ipynb")
ERROR = '.jp-OutputArea-output[data-mime-type="application/vnd.jupyter.stderr"]'
MINUTES = 60_000  # milliseconds

pytestmark = [
    pytest.mark.slow,
    labs.NEEDS_CHROMIUM,
]


@pytest.fixture
def lab(course):
    """Plain JupyterLab, without what `casebook start` adds, on a copy of the course."""
    prepare(course)
    settings = course / "jupyter" / "settings" / "@jupyterlab" / "notebook-extension"
    settings.mkdir(parents=True)
    # All cells in the page, so that they can be counted.
    (settings / "tracker.jupyterlab-settings").write_text('{"windowingMode": "none"}')
    with labs.started(course, "--LabApp.news_url=None", command=("jupyter", "lab")) as address:
        yield address


@pytest.fixture
def page():
    with labs.browser() as browser:
        page = browser.new_page(viewport={"width": 1400, "height": 900})
        page.set_default_timeout(2 * MINUTES)
        yield page


class Learner:
    """What a learner does in JupyterLab."""

    def __init__(self, page, address):
        self.page = page
        page.goto(f"{address}/lab/tree/{NOTEBOOK}?token=t&reset")
        page.locator("jp-button.validate-button").wait_for()
        page.get_by_text("| Idle").wait_for()
        self.ids = [cell.id for cell in nbformat.read(banks.ROOT / self.source, 4).cells]

    @property
    def source(self):
        return Path("solutions", *NOTEBOOK.parts[1:])

    def cell(self, name):
        return self.page.locator(".jp-Notebook .jp-Cell").nth(self.ids.index(name))

    def write(self, name, text):
        rendered = self.cell(name).locator(".jp-MarkdownOutput")
        if rendered.is_visible():
            rendered.dblclick()
        self.cell(name).locator(".cm-content").click()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.press("Delete")
        self.page.keyboard.insert_text(text)

    def run_from_the_top(self):
        self.page.locator('.lm-MenuBar-itemLabel:text-is("Run")').click()
        self.page.locator('.lm-Menu-item[data-command="runmenu:run-all"]').click()

    def error_below(self, name):
        error = self.cell(name).locator(ERROR)
        error.wait_for()
        return error.inner_text()

    def shown_below(self, name):
        return self.cell(name).locator(".jp-OutputArea-output").last

    def validate(self):
        self.page.locator("jp-button.validate-button").click()
        self.page.locator(".nbgrader-SuccessDialog, .nbgrader-ErrorDialog").wait_for(
            timeout=5 * MINUTES
        )
        said = self.page.locator(".jp-Dialog").inner_text()
        self.page.locator(".jp-Dialog button:has-text('Ok')").click()
        return said


@pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not installed")
def test_an_instructor_autogrades_in_formgrader(course, lab, page):
    from playwright.sync_api import expect

    name = NOTEBOOK.parent.name
    keep_only(course, name, NOTEBOOK.name)
    api = nbgrader(course)
    assert api.generate_assignment(name)["success"]
    sample_class.write(name, course / "grading" / "submitted", ("dana",))

    page.goto(f"{lab}/lab?token=t")  # formgrader itself takes no token
    page.goto(f"{lab}/formgrader/manage_submissions/{name}")
    page.locator("td.autograde a").first.click()
    title = page.locator(".modal.in .modal-title")
    title.wait_for(timeout=5 * MINUTES)
    assert title.inner_text() == "Success"
    page.locator(".modal.in button:visible").last.click()
    expect(page.locator("td.score").first).to_have_text("8 / 15")
    expect(page.locator("td.status").first).to_have_text("needs manual grading")


def test_a_learner_makes_a_mistake_and_mends_it(lab, page):
    from playwright.sync_api import expect

    notebook = banks.notebook_of("identity_block")
    mistake = next(a for a in banks.answers() if str(a) == "identity_block-wrong-no_shortcut")
    learner = Learner(page, lab)

    learner.run_from_the_top()  # blank as it is
    left = learner.shown_below("experiment_picture")
    expect(left).to_contain_text("Still to do:\n- Exercise 1", timeout=2 * MINUTES)
    blank = learner.shown_below("check_identity_block_order")
    expect(blank).to_have_text(re.compile("identity_block is not written yet"))
    assert page.locator(ERROR).count() == 0

    learner.write("identity_block", mistake.text)
    learner.run_from_the_top()
    shown = learner.error_below("check_identity_block_shortcut")
    assert shown.startswith("CheckFailed: the output equals the main path alone")
    assert "Traceback" not in shown
    passed = learner.shown_below("check_identity_block_layers")
    expect(passed).to_have_text(re.compile("Passed: 1 point. By visible checks you have 1 of 5"))
    failed = re.compile(r"- Exercise 1.*, identity_block: \d of \d checks failed")
    expect(left).to_contain_text(failed, timeout=5 * MINUTES)  # it ran to its end all the same

    for exercise, text in notebook.answers.items():
        learner.write(exercise, text)
    learner.run_from_the_top()
    expect(left).to_contain_text("you have 5 of 5 points", timeout=5 * MINUTES)
    picture = learner.cell("experiment_picture").locator("img")
    expect(picture).to_have_count(1, timeout=5 * MINUTES)
    alt = picture.get_attribute("alt")
    assert alt.startswith("What untrained blocks leave of the images")
    assert page.locator(ERROR).count() == 0
    assert "You did not provide a response" in learner.validate()

    learner.write("explain_relu_place", "It can only grow.")
    assert "Success" in learner.validate()
