"""The page for a learner: the gradebook's newest points and comments, and nothing that acts."""

import json
import re
import shutil
from datetime import datetime

import courses
import doubling
import executed
import labs
import nbformat
import pytest
from click.testing import CliRunner
from nbformat.v4 import new_code_cell, new_output
from nbgrader.utils import notebook_hash

from casebook import command
from casebook_grader import results
from casebook_grader.book import Book
from casebook_grader.course import nbgrader
from casebook_grader.database import open_gradebook
from casebook_grader.feedback import room
from casebook_grader.rebuild import rebuild
from casebook_grader.submission import read_submission
from casebook_grader.verdicts import Verdict

ASSIGNMENT = courses.TRIVIAL
HIDDEN = "double(7) == 14"
SAID = "for 7 expected 14, found 7.\n    return x"
HOSTILE = (
    "<script>document.title='owned'</script></pre></style>{{ 7 * 7 }}"
    '<img src="https://example.org/b" onerror="alert(1)"> ![p](https://example.org/p.png) '
    "[l](javascript:alert(1)) $x<script>$ \x1b[31m \x00 \u202egnp"
)


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    """A course with a written answer, which its gradebook knows."""
    return courses.with_question(tmp_path_factory.mktemp("released") / "course")


@pytest.fixture
def course(released, tmp_path):
    """A copy of it."""
    shutil.copytree(released, tmp_path / "course")
    return tmp_path / "course"


def notebooks():
    """Ada's notebook as it was executed: the hidden check failed."""
    rebuilt = rebuild(doubling.SOURCE, json.dumps(doubling.honest()).encode(), doubling.CONFIG)
    found = executed.execute({"doubling": rebuilt.notebook}, None)
    doubling.cell_of(found["doubling"], "hidden_double").outputs = [executed.failed(SAID)]
    return found


def save(course, found, learner="ada"):
    with Book(nbgrader(course).config, ASSIGNMENT) as book:
        book.save(learner, found, datetime(2026, 3, 1, 12))


def page(course, learner="ada"):
    """The page that the command writes for a learner."""
    words = ["feedback", "--course", str(course), ASSIGNMENT, "--learner", learner]
    done = CliRunner().invoke(command.main, words)
    assert done.exit_code == 0, done.output
    return (course / done.stdout.strip()).read_text(encoding="utf-8")


def grade_by_hand(course, score, comment):
    with open_gradebook(nbgrader(course).config) as gradebook:
        (notebook,) = gradebook.find_submission(ASSIGNMENT, "ada").notebooks
        (grade,) = (grade for grade in notebook.grades if grade.name == "explain")
        grade.manual_score, grade.needs_manual_grade = score, False
        (row,) = (row for row in notebook.comments if row.name == "explain")
        row.manual_comment = comment
        gradebook.db.commit()


def test_what_a_person_gave_is_there_at_once_and_after_a_regrade(course):
    save(course, notebooks())
    before = page(course)
    assert "<b>2</b> of 6 points so far" in before
    assert "not read yet <small>2 points</small>" in before
    assert "Not read yet: 2 points still to come." in before
    assert "0 of 2" not in before.replace("0 of 2</small>", "")  # the hidden check's own zero
    grade_by_hand(course, 1.5, "Why is that so?")
    for _ in range(2):
        after = page(course)
        assert "<b>3.5</b> of 6 points<" in after
        assert after.count("<blockquote>Why is that so?</blockquote>") == 2
        assert "1.5 of 2 points, given by a person" in after
        assert "not read" not in after.lower()
        save(course, notebooks())


def test_all_points_of_the_gradebook_count_and_who_has_none_is_named(course):
    found = notebooks()
    save(course, found)
    executed_at = course / "grading" / "autograded" / "ada" / ASSIGNMENT / "doubling.ipynb"
    found["doubling"].cells = [c for c in found["doubling"].cells if c.id != "check_halve"]
    executed_at.chmod(0o644)
    executed_at.write_text(nbformat.writes(found["doubling"]))
    results.write(results.Grade("noa", Verdict.ENGINE_FAILED), ASSIGNMENT, course)
    words = ["feedback", "--course", str(course), ASSIGNMENT]
    done = CliRunner().invoke(command.main, words)
    assert done.stdout == f"grading/feedback/ada/{ASSIGNMENT}/{ASSIGNMENT}.html\n"
    assert "noa: nothing was scored yet" in done.stderr
    text = (course / done.stdout.strip()).read_text(encoding="utf-8")
    assert "<b>2</b> of 6 points so far" in text
    assert "check_halve" in text


def test_a_failed_check_says_why_and_hides_its_code(course):
    save(course, notebooks())
    text = page(course)
    assert text.count(f"<blockquote>{SAID}</blockquote>") == 2
    assert "More numbers." in text
    assert HIDDEN not in text
    assert "assert double(1) == 2" in text  # a check that learners have
    assert "secret" not in text
    assert doubling.CODE.split("#")[0].rstrip() in text


def test_hostile_text_stays_text_and_the_page_small(course):
    found = notebooks()
    cells = found["doubling"].cells
    for name in ("double", "explain"):
        doubling.cell_of(found["doubling"], name).source = f"x {HOSTILE}"
    doubling.cell_of(found["doubling"], "check_double").outputs = [executed.failed(HOSTILE)]
    outputs = [
        new_output("stream", text=HOSTILE),
        new_output("display_data", {"text/html": HOSTILE, "image/png": HOSTILE}),
        new_output("display_data", {"image/svg+xml": f"<svg><script>{HOSTILE}</script></svg>"}),
        new_output("display_data", {"image/png": "A" * 400_000}),
    ]
    cells += [
        new_code_cell("\x01<" * 20_000, id=f"learner_{n}", outputs=outputs) for n in range(1, 30)
    ]
    cells += [nbformat.v4.new_markdown_cell("$x$ " * 4_000, id=f"words_{n}") for n in range(30)]
    save(course, found)
    text = page(course)
    assert len(text.encode()) < 1_000_000
    assert room.CUT.strip() in text
    tags = {tag.lower() for tag in re.findall(r"<([a-zA-Z]+)", text)}
    assert not {"script", "iframe", "object", "form", "base"} & tags
    assert "49" not in re.findall(r">(49)", text)
    assert set(re.findall(r'(?:src|href)="([a-z]+:|#)', text)) == {"data:", "#"}
    assert not re.search(r'<[^>]* on\w+="', text.replace("&#34;", ""))
    assert "[picture: p]" in text
    assert r"\x00 \u202egnp" in text
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", text)


def test_the_exchange_finds_it(course):
    secret = "8e0f"
    handed_in = course / "grading" / "submitted" / "ada" / ASSIGNMENT
    handed_in.mkdir(parents=True)
    (handed_in / "submission_secret.txt").write_text(secret)
    (handed_in / "timestamp.txt").write_text("2026-03-01 12:00:00.000000 UTC")
    save(course, notebooks())
    text = page(course)
    courses.run_nbgrader(course, "release_feedback", ASSIGNMENT)
    name = notebook_hash(secret=secret, notebook_id="doubling")
    (found,) = (course / "grading" / "exchange").glob(f"*/feedback/{name}.html")
    assert found.read_text(encoding="utf-8") == text
    assert read_submission(handed_in, []).findings == []  # nobody is told of its secret


def test_each_page_as_pdf(course, tmp_path, monkeypatch):
    """A stand-in prints; test_pdf.py asks a real browser."""
    browser = tmp_path / "bin" / "chromium"
    browser.parent.mkdir()
    browser.write_text(
        "#!/bin/sh\nfor word; do case $word in --print-to-pdf=*) "
        'echo %PDF > "${word#*=}" ;; esac; done\n'
    )
    save(course, notebooks())
    words = ["feedback", "--course", str(course), ASSIGNMENT]
    monkeypatch.setenv("PATH", str(browser.parent))
    done = CliRunner().invoke(command.main, [*words, "--pdf"])
    assert done.exit_code == 1
    assert "apt install chromium" in done.output
    assert not (course / "grading" / "feedback").exists()
    browser.chmod(0o755)
    done = CliRunner().invoke(command.main, [*words, "--pdf"])
    written, pdf = done.stdout.split()
    assert pdf == written.replace(".html", ".pdf")
    assert (course / pdf).read_text() == "%PDF\n"
    CliRunner().invoke(command.main, words)
    assert not (course / pdf).exists()  # it would say older points


def test_what_could_not_be_read_is_said(course):
    save(course, {}, "-ben [x]")
    grade = results.Grade("-ben [x]", Verdict.NOT_GRADABLE, findings=["It is no notebook: <b>"])
    results.write(grade, ASSIGNMENT, course)
    text = page(course, "-ben [x]")
    assert "Feedback for <b><bdi>-ben [x]</bdi></b>" in text
    assert "<b>0</b> of 6 points<" in text
    assert "It is no notebook: &lt;b&gt;" in text
    assert "This notebook was not handed in" in text
    assert HIDDEN not in text
    assert "secret" not in text


@pytest.mark.parametrize("words", [[ASSIGNMENT], [ASSIGNMENT, "--learner", "zoe"], ["09_none"]])
def test_nothing_to_write(course, words):
    done = CliRunner().invoke(command.main, ["feedback", "--course", str(course), *words])
    assert done.exit_code == 1
    assert re.search("casebook grade 00_doubling|there is no assignment '09_none'", done.stderr)


@labs.NEEDS_CHROMIUM
def test_a_browser_shows_it_and_asks_for_nothing(course):
    found = notebooks()
    doubling.cell_of(found["doubling"], "explain").source = doubling.WORDS + HOSTILE
    save(course, found)
    page(course)
    path = course / "grading" / "feedback" / "ada" / ASSIGNMENT / f"{ASSIGNMENT}.html"
    asked, said = [], []
    with labs.browser() as browser:
        shown = browser.new_page(viewport={"width": 390, "height": 800}, color_scheme="dark")
        shown.on("request", lambda request: asked.append(request.url))
        shown.on("console", lambda message: said.append(message.text))
        shown.goto(path.as_uri())
        width = shown.evaluate("document.documentElement.scrollWidth")
        title = shown.title()
        dark = shown.evaluate("getComputedStyle(document.body).backgroundColor")
        formula = shown.locator("svg.formula").first.bounding_box()
        shown.emulate_media(media="print")
        folded = shown.locator("details.course").first.is_visible()
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert len([url for url in asked if url.startswith("file:")]) == 1
    assert said == []
    assert title == f"{ASSIGNMENT}: feedback for ada"
    assert width <= 390
    assert dark == "rgb(20, 23, 27)"
    assert 20 < formula["width"] < 200
    assert not folded
