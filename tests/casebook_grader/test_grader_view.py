"""What a grader sees beside a written answer, and that it goes nowhere else."""

import base64
import copy
import io
import json
import re
import shutil
import urllib.error
import urllib.request

import courses
import doubling
import executed
import labs
import pytest
from nbconvert.exporters import HTMLExporter
from nbformat.v4 import new_output
from nbgrader.server_extensions.formgrader import handlers
from PIL import Image

from casebook_grader.book import Book
from casebook_grader.course import nbgrader, require_success
from casebook_grader.feedback.write import write
from casebook_grader.grader_view import ANONYMOUS, CLAIMS, GUIDE
from casebook_grader.policies import FILE
from casebook_grader.rebuild import rebuild
from casebook_grader.submitted_outputs import read_claims

ASSIGNMENT = courses.TRIVIAL
HOSTILE = "<script>alert(1)</script>\n\n# **x** $x$ ![p](https://example.org/p) \x1b[31m \u202egnp"


def png(width=2, height=2):
    file = io.BytesIO()
    Image.new("RGB", (width, height)).save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    """A course with a written answer, which its gradebook knows."""
    return courses.with_question(tmp_path_factory.mktemp("view") / "course")


@pytest.fixture
def course(released, tmp_path):
    shutil.copytree(released, tmp_path / "course")
    return tmp_path / "course"


def hand_in(course, outputs, cell_id="experiment"):
    """Ada hands in what her experiment showed, and is graded."""
    folder = course / "grading" / "submitted" / "ada" / ASSIGNMENT
    folder.mkdir(parents=True, exist_ok=True)
    notebook = doubling.honest()
    doubling.cell_of(notebook, cell_id)["outputs"] = outputs
    (folder / "doubling.ipynb").write_text(json.dumps(notebook))
    rebuilt = rebuild(doubling.SOURCE, json.dumps(notebook).encode(), doubling.CONFIG)
    with Book(nbgrader(course).config, ASSIGNMENT) as book:
        book.save("ada", executed.execute({"doubling": rebuilt.notebook}, None))
    return folder


def formgrader(course, **more):
    """The page of Ada's submission as formgrader makes it."""
    config = nbgrader(course).config
    config.HTMLExporter.template_name = "formgrade"
    config.HTMLExporter.extra_template_basedirs = [handlers.template_path]
    path = course / "grading" / "autograded" / "ada" / ASSIGNMENT / "doubling.ipynb"
    about = {"assignment_id": ASSIGNMENT, "notebook_id": "doubling", "student": "ada"}
    about |= {"index": 0, "total": 1, "base_url": "", "notebook_path": "x"}
    page, _ = HTMLExporter(config=config).from_filename(str(path), resources=about | more)
    return page


def test_the_guide_and_the_measurement_stand_above_the_answer(course):
    picture = png()
    data = {"text/plain": "a curve that falls", "image/png": picture, "text/html": "<b>no</b>"}
    hand_in(course, [new_output("stream", text="3 runs\n"), new_output("display_data", data)])
    page = formgrader(course, submission_id="1")
    places = [page.index(text) for text in (CLAIMS, "3 runs", picture, GUIDE, "The secret.")]
    assert [*places, page.index("It doubles")] == sorted([*places, page.index("It doubles")])
    assert page.count(GUIDE) == page.count(picture) == 1
    assert "<b>no</b>" not in page
    kept = (course / "grading" / "autograded").rglob("*")
    assert not [path for path in kept if path.is_file() and b"The secret" in path.read_bytes()]
    assert 'class="name-shown"' in page
    assert ">ada<" in re.sub(r"\s", "", page)
    (course / FILE).write_text("anonymous = true")
    assert ">ada<" not in re.sub(r"\s", "", formgrader(course, submission_id="1"))
    elsewhere = formgrader(course, submission_id_="1")  # such as nbconvert's own page
    assert "The secret" not in elsewhere
    assert CLAIMS not in elsewhere


def test_feedback_has_the_measurement_and_not_the_guide_whichever_button_makes_it(course):
    picture = png()
    data = {"text/plain": HOSTILE, "image/png": picture}
    hand_in(course, [new_output("display_data", data)])
    (page,) = write(ASSIGNMENT, course).pages
    ours = page.read_text(encoding="utf-8")
    assert "What you measured, as you handed it in" in ours
    assert ours.count(f"data:image/png;base64,{picture}") == 1
    assert "secret" not in ours
    assert "<script" not in ours
    require_success(nbgrader(course).generate_feedback(ASSIGNMENT, "ada"), "write feedback")
    made = re.compile(r"Made [^<]*")
    for name in ("doubling", ASSIGNMENT):
        theirs = (page.parent / f"{name}.html").read_text(encoding="utf-8")
        assert made.sub("", theirs) == made.sub("", ours)


def test_what_is_hostile_is_shown_as_text_or_not_at_all(course):
    bomb = bytearray(base64.b64decode(png()))
    bomb[16:24] = (60_000).to_bytes(4, "big") * 2
    outputs = [
        new_output("stream", text=HOSTILE),
        new_output("display_data", {"text/html": HOSTILE, "application/javascript": HOSTILE}),
        new_output("display_data", {"image/svg+xml": f"<svg><script>{HOSTILE}</script></svg>"}),
        new_output("display_data", {"image/png": f'x" onerror="alert(1)">{HOSTILE}'}),
        new_output("display_data", {"image/png": base64.b64encode(b"<svg onload=x>").decode()}),
        new_output("display_data", {"image/png": base64.b64encode(bomb).decode()}),
        new_output("display_data", {"image/png": "A" * 600_000}),
        {"output_type": ["list"], "text": {"a": 1}, "data": [1]},
        "text",
    ]
    hand_in(course, outputs)
    page = formgrader(course, submission_id="1")
    claimed = page[page.index(CLAIMS) : page.index(GUIDE)]
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in claimed
    assert r"\u202egnp" in claimed
    tags = set(re.findall(r"</?([a-zA-Z]+)", claimed.partition("</details>")[0]))
    assert tags == {"summary", "p", "b", "pre"}


def test_what_is_long_or_cannot_be_read_leaves_room_for_the_rest(course):
    shows = [new_output("stream", text="x" * 9_000) for _ in range(9)]
    shows += [new_output("display_data", {"image/png": png()}) for _ in range(3)]
    folder = hand_in(course, shows)
    claim = read_claims(folder, doubling.SOURCE, "doubling")[-1]
    assert len(claim.text) < 3_100
    assert claim.text.endswith("[The rest is left out here.]")
    assert len(claim.pictures) == 3
    for content in (b"{", b"[]", b'{"cells": 3}', b'{"cells": [{}]}', b"[" * 100_000, b"\xff"):
        (folder / "doubling.ipynb").write_bytes(content)
        assert read_claims(folder, doubling.SOURCE, "doubling") == []
    assert read_claims(course / "nowhere", doubling.SOURCE, "doubling") == []
    assert GUIDE in formgrader(course, submission_id="1")


def test_outputs_of_checks_and_answers_are_no_claims(course):
    folder = hand_in(course, [new_output("stream", text="passed")], "check_double")
    assert "passed" in (folder / "doubling.ipynb").read_text()
    texts = [claim.text for claim in read_claims(folder, doubling.SOURCE, "doubling")]
    assert texts
    assert "passed" not in texts
    source = copy.deepcopy(doubling.SOURCE)
    source.cells.insert(0, source.cells.pop())  # the question comes first
    assert read_claims(folder, source, "doubling") == []


def test_the_list_of_submissions_has_no_names_either(course):
    hand_in(course, [])

    def students(address):
        path = f"formgrader/api/submitted_notebooks/{ASSIGNMENT}/doubling?token={labs.TOKEN}"
        with urllib.request.urlopen(f"{address}/{path}", timeout=60) as reply:
            return [entry["student"] for entry in json.loads(reply.read())]

    with labs.started(course, "--instructor") as address:
        assert students(address) == ["ada"]
        (course / FILE).write_text("anonymous = true")
        assert students(address) == [ANONYMOUS]
        (course / FILE).write_text("anonymous = perhaps")
        with pytest.raises(urllib.error.HTTPError, match="500"):
            students(address)
