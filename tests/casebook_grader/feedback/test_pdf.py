"""A page on paper, by the browser that is installed."""

import labs
import pytest

from casebook_grader.course import CourseError
from casebook_grader.feedback.pdf import find_browser, print_pdf


@pytest.fixture
def page(tmp_path):
    page = tmp_path / "00_doubling.html"
    page.write_text("<title>For Ada</title><p>3 of 3 points", encoding="utf-8")
    page.with_suffix(".pdf").write_bytes(b"older")
    return page


@pytest.mark.slow
@labs.NEEDS_CHROMIUM
def test_a_page_is_printed_beside_it(page):
    pdf = print_pdf(page, find_browser())
    assert pdf == page.with_suffix(".pdf")
    content = pdf.read_bytes()
    assert content.startswith(b"%PDF-")
    assert b"/Title (For Ada)" in content
    assert len(list(page.parent.iterdir())) == 2


def test_a_browser_that_prints_nothing(page):
    with pytest.raises(CourseError, match=r"made no PDF of .*; it said: nothing"):
        print_pdf(page, "/bin/true")
    assert page.with_suffix(".pdf").read_bytes() == b"older"


def test_no_browser(monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(CourseError, match="apt install chromium"):
        find_browser()
