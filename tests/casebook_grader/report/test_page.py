"""The page: nothing of a learner's runs, loads or hides in it; a real browser shows it all."""

import html.parser
import re

import graded_class
import labs
import pytest

from casebook_grader import results
from casebook_grader.report.write import write
from casebook_grader.verdicts import Verdict

SAMPLE = "01_reading_networks"
HOSTILE = [
    "<script>document.title='owned'</script>",
    '"><img src=https://example.org/beacon onerror=alert(1)>',
    "{{ 7 * 7 }}{% raw %}",
    "</title></style></pre></mark><svg onload=alert(1)>",
    "javascript:alert(1)//https://example.org",
    "esc \x1b[31m, bell \x07, null \x00, \u202etxt.exe, \ud800, \u2028, \x85",
    "a" * 5000,
]


@pytest.fixture
def hostile(course):
    """A class that means no good: names, messages, findings and answers."""
    for number, text in enumerate(HOSTILE):
        name = text[:100].replace("/", "\u2215").replace("\x00", "").replace("\ud800", "\udcff")
        failed = {"check_trace_rows": text, "hidden_trace_networks": f"number {number}: {text}"}
        grade = graded_class.grade_of(
            course, SAMPLE, name, failed, verdict=Verdict.TAMPERED, findings=[text] * 3
        )
        results.write(grade, SAMPLE, course)
        code = "\n".join(f"use({n}, '{n}', kernel[{n}])  # {text!a}" for n in range(40))
        answers = {"trace": f'def trace(layers):\n    note = r"""{text}"""\n{code}\n'}
        graded_class.write_answers(course, SAMPLE, name, answers)
    return course


class Reader(html.parser.HTMLParser):
    """Keeps the tags of a page and their attributes."""

    def __init__(self, text):
        super().__init__()
        self.tags = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))


def test_hostile_text_stays_text(hostile):
    (page,) = write(SAMPLE, hostile)
    text = page.read_text(encoding="utf-8")
    tags = Reader(text).tags
    assert not {"script", "img", "iframe", "object", "form", "base"} & {tag for tag, _ in tags}
    for tag, attributes in tags:
        assert not [name for name in attributes if name.startswith("on") or name == "src"]
        link = attributes.get("href", "#")
        assert link.startswith("#") or (tag, link) == ("link", "data:,")
    assert "49" not in re.findall(r"<bdi>(.*?)</bdi>", text)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e]", text)
    assert r"esc \x1b[31m" in text
    assert r"\u202etxt.exe, \ud800" in text
    (policy,) = (a["content"] for tag, a in tags if a.get("http-equiv"))
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'; img-src data:")


def test_a_learner_of_a_large_class_is_not_lost(course, monkeypatch):
    monkeypatch.setattr("casebook_grader.report.page.ROWS", 3)
    for number in range(5):
        grade = graded_class.grade_of(course, SAMPLE, f"guest{number}", {})
        results.write(grade, SAMPLE, course)
    (page,) = write(SAMPLE, course)
    assert "2 learners more: <code>casebook report --json</code>" in page.read_text()


@labs.NEEDS_CHROMIUM
def test_a_browser_shows_the_page_and_asks_for_nothing(hostile):
    graded_class.write(hostile, SAMPLE, 30)
    (report,) = write(SAMPLE, hostile)
    asked, said = [], []
    with labs.browser() as browser:
        page = browser.new_page(viewport={"width": 400, "height": 800})
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("dialog", lambda dialog: said.append(dialog.message))
        page.goto(report.as_uri())
        page.locator("details:not([open]) > summary").first.click()
        page.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
        assert page.title() == f"{SAMPLE}: report on the class"
        assert page.evaluate("document.documentElement.scrollWidth") == 400
        charts = page.locator("svg.histogram")
        assert charts.count() == 2
        labels = charts.first.locator("text").all_text_contents()
        assert {"0", "2", "10"} <= set(labels)
        sizes = "[...document.querySelectorAll('body *')].map(e => getComputedStyle(e).fontSize)"
        assert min(float(size[:-2]) for size in page.evaluate(sizes)) >= 12
        overlaps = """[...document.querySelectorAll('svg.histogram')].some(chart => {
            const boxes = [...chart.querySelectorAll('.value')].map(e => e.getBoundingClientRect());
            return boxes.some((box, n) => n && box.left < boxes[n - 1].right);
        })"""
        assert not page.evaluate(overlaps)
        assert page.get_by_role("img", name=re.compile("How many learners")).count() == 1
        page.emulate_media(color_scheme="dark")
        dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
        page.emulate_media(media="print")
        assert dark != page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert [url for url in asked if url not in (report.as_uri(), "data:,")] == []
    assert said == []
