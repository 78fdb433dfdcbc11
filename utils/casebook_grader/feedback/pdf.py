"""Prints feedback pages as PDF, for LMSs and people who want that: Chromium does it as on paper."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from casebook_grader.course import CourseError
from cnn_casebook.files import write_whole

_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_OPTIONS = ("--headless", "--disable-gpu", "--no-first-run", "--disable-background-networking")
_SECONDS = 120  # for a page; one takes about two


def find_browser() -> str:
    """The path of Chromium or Chrome.

    Raises:
        CourseError: Neither is installed.
    """
    for name in _BROWSERS:
        if found := shutil.which(name):
            return found
    raise CourseError(
        "a PDF takes Chromium or Chrome, and neither is installed (apt install chromium). Or "
        "print the pages from any browser"
    )


def print_pdf(page: Path, browser: str) -> Path:
    """Write a page as PDF beside it, in place of an older one.

    Args:
        page: A feedback page, as `write` makes it; it loads nothing and runs nothing.
        browser: Path of Chromium or Chrome.

    Returns:
        The PDF.

    Raises:
        CourseError: The browser printed nothing.
    """
    # Chromium refuses to run as root with its own sandbox, as containers do everything.
    options = [*_OPTIONS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    target = page.with_suffix(".pdf")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        made = Path(scratch, "page.pdf")
        options += [f"--user-data-dir={scratch}", "--no-pdf-header-footer"]
        command = [browser, *options, f"--print-to-pdf={made}", page.resolve().as_uri()]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS)
            said = (done.stderr.strip().splitlines() or ["nothing"])[-1]
        except subprocess.TimeoutExpired:
            said = f"nothing for {_SECONDS} seconds"
        if not made.is_file():
            raise CourseError(f"{browser} made no PDF of {page}; it said: {said}")
        write_whole(target, made.read_bytes())
    return target
