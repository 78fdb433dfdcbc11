"""A learner's text in the course's own notebook: what is kept, what is shown, what it costs."""

import copy
import html
import json
import re
import time
from html.parser import HTMLParser

import nbformat
import pytest
from banks import ROOT
from doubling import (
    ANSWERS,
    CODE,
    CONFIG,
    LIMITS,
    RELEASED,
    SOURCE,
    STUB,
    STUBS,
    WORDS,
    cell_of,
    extra,
    hand_in,
    honest,
    mark,
    released,
    require_course_cells,
    texts,
)
from nbconvert import HTMLExporter
from nbconvert.filters import markdown2html
from nbgrader.preprocessors import ComputeChecksums
from nbgrader.utils import determine_grade

from casebook_grader.course import CourseError
from casebook_grader.rebuild import rebuild


def test_an_honest_submission_is_graded_without_a_word():
    result = hand_in(honest())
    assert (result.verdict, result.findings) == ("graded", [])
    assert texts(result) == {cell.id: cell.source for cell in SOURCE.cells} | ANSWERS
    require_course_cells(result.notebook)


def test_the_source_is_not_changed():
    before = copy.deepcopy(SOURCE)
    hand_in(honest())
    assert before == SOURCE


def test_the_released_notebook_comes_back_blank_and_nbgrader_knows_it():
    result = hand_in(RELEASED)
    assert (result.verdict, result.findings) == ("graded", [])
    cells = {cell.id: cell for cell in result.notebook.cells}
    for name, stub in STUBS.items():
        assert cells[name].source == stub
        checksum = cell_of(RELEASED, name)["metadata"]["nbgrader"]["checksum"]
        assert cells[name].metadata.nbgrader.checksum == checksum
    assert determine_grade(cells["explain"]) == (0, 2)
    written = {cell.id: cell for cell in hand_in(honest()).notebook.cells}
    assert determine_grade(written["explain"]) == (None, 2)


@pytest.mark.parametrize("name", ["03_residual_networks/residual_blocks"])
def test_a_notebook_of_the_course(name):
    source = nbformat.read(ROOT / "solutions" / f"{name}.ipynb", as_version=4)
    given = nbformat.read(ROOT / "assignments" / f"{name}.ipynb", as_version=4)
    result = rebuild(source, (ROOT / "assignments" / f"{name}.ipynb").read_bytes())
    assert result.verdict == "graded"
    blank = {cell.id: cell for cell in given.cells}
    for cell in result.notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            assert cell.source == blank[cell.id].source
            assert cell.metadata.nbgrader.checksum == blank[cell.id].metadata.nbgrader.checksum
    assert rebuild(source, nbformat.writes(source).encode()).findings == []


def test_extra_cells_keep_their_text_and_place_and_nothing_else():
    notebook = honest()
    hostile = {"tags": ["setup", "experiment"], "trusted": True}
    ahead = extra("import numpy", metadata=hostile, id="learner_1")
    after = extra("helper = 1", metadata=hostile, outputs=[{"output_type": "error"}])
    note = extra("my note", "markdown", id="check_double", attachments={"a": {"b": "c"}})
    notebook["cells"][4:4] = [after, note]
    notebook["cells"].insert(0, ahead)
    result = hand_in(notebook)
    order = [cell.id for cell in result.notebook.cells]
    assert order[0] == "learner_1"
    assert order[3:7] == ["theory_try", "double", "learner_2", "learner_3"]
    assert texts(result)["learner_2"] == "helper = 1"
    assert texts(result)["learner_3"] == "my note"
    assert result.verdict == "graded"
    require_course_cells(result.notebook)


@pytest.mark.parametrize(
    "live",
    [
        "<script>alert(1)</script>",
        "a <img src=x onerror=alert(1)> b",
        "<div\nonclick=alert(1)>",
        "<!-- --><svg/onload=alert(1)>",
        "```\n</code><script>alert(1)</script>\n```",
        "[x](JavaScript:alert(1))",
        "[x](javascript\\:alert(1))",
        "[x](java&#115;cript:alert(1))",
        "[x](javascript&colon;alert(1))",
        "[x](java&Tab;script:alert(1))",
        "[x](<java\tscript:alert(1)>)",
        "<javascript:alert(1)>",
        "[x]: javascript:alert(1)\n\n[x]",
    ],
)
def test_text_of_a_learner_is_shown_and_not_run(live):
    notebook = honest()
    cell_of(notebook, "explain")["source"] = live
    notebook["cells"] += [extra(live, "markdown"), extra(live, "raw")]
    result = hand_in(notebook)
    own = [cell for cell in result.notebook.cells if cell.id.startswith(("explain", "learner"))]
    assert len(own) == 3
    for cell in own:
        page = markdown2html(cell.source) if cell.cell_type == "markdown" else cell.source
        found = re.findall(r"<(script|img|div onclick|div\nonclick|svg|!)", page)
        assert found == [], page
        links = html.unescape(page).lower().replace("\t", "")
        assert 'href="javascript:' not in links
    assert texts(result)["explain"].replace("\u200b", "") == live


def test_text_of_a_learner_keeps_its_meaning():
    notebook = honest()
    text = "As $a < b$ and 2 <3, `x<y` holds.\n\n> quoted, *so* [there](https://example.org)"
    cell_of(notebook, "explain")["source"] = text
    result = hand_in(notebook)
    assert texts(result)["explain"] == text.replace("x<y", "x<\u200by")
    assert texts(hand_in(json.loads(nbformat.writes(result.notebook)))) == texts(result)


def test_a_formula_is_no_link():
    notebook = honest()
    cell_of(notebook, "explain")["source"] = r"$\href{https://example.org}{x}$"
    assert texts(hand_in(notebook))["explain"] == "$\\\u200bhref{https://example.org}{x}$"


def test_nbconvert_can_show_text_whose_picture_is_gone():
    notebook = honest()
    cell_of(notebook, "explain")["source"] = "See ![x](attachment:x.png), an attachment: mine."
    for text in (
        "![x](Attachment:x.png)",
        "![x](attachment\\:x.png)",
        "![x](attachment: )",
        "![x](  attachment:\n)",
        "![x][r]\n\n[r]: attachment:\n",
    ):
        notebook["cells"].append(extra(text, "markdown"))
    result = hand_in(notebook)
    shown = texts(result)["explain"].replace("\u200b", "")
    assert shown == "See ![x](attachment:x.png), an attachment: mine."
    for cell in result.notebook.cells:
        if cell.cell_type == "markdown":
            markdown2html(cell.source)


FAR = "https://beacon.example/x.png"
PIXEL = "data:image/png;base64,iVBORw0KGgo="
BEACONS = [
    f"![]({FAR})",
    f"![a picture]({FAR} 'title')",
    f"![a][r]\n\n[r]: {FAR}",
    f"![r][]\n\n[r]: {FAR}",
    f"![r]\n\n[r]: {FAR}",
    f"[![a]({FAR})](https://example.org)",
    f"<img src={FAR}>",
    f"<IMG SRCSET='{FAR} 2x'>",
    f"<svg><image href='{FAR}'/></svg>",
    f"<video poster='{FAR}'></video>",
    f"<link rel=stylesheet href={FAR}>",
    f"<style>p {{background: url({FAR})}}</style>",
    f"<p style='background: url({FAR})'>a</p>",
    f"&lt;img src={FAR}&gt;",
    f"&#33;[a]({FAR})",
    f"\\![a]({FAR})",
    f"!\\[a]({FAR})",
    f"![a [b]({PIXEL})]({FAR})",
    f"![a\\](data:image/png;base64,AA)]({FAR})",
    f"![a`](data:image/png;base64,AA)`]({FAR})",
    f"![a](data:image/png;base64,AA x)\n\n[a]: {FAR}",
    f"![a](data:image/png;base64,AA)\n\n![b]({FAR})",
    "![a](//beacon.example/x.png)![b](x.png)![c](file:///etc/passwd)",
    f"| a |\n|---|\n| ![a]({FAR}) |",
    f"![a](<{FAR}>)",
    f"!\n[a]({FAR})",
    f"$![a]({FAR})$",
]


class Loads(HTMLParser):
    """Collects what a page loads by itself."""

    def __init__(self, page):
        super().__init__()
        self.found = set()
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        for name, value in attributes:
            value = value or ""
            loads = name in ("src", "srcset", "poster", "data", "background", "xlink:href")
            loads |= name == "href" and tag != "a"
            loads |= name == "style" and "url(" in value
            if loads and not value.startswith("data:"):
                self.found.add((tag, name, value))


def page_of(notebook):
    return HTMLExporter().from_notebook_node(notebook)[0]


def test_no_text_of_a_learner_loads_anything():
    notebook = honest()
    before = Loads(page_of(hand_in(notebook).notebook)).found
    for kind in ("markdown", "raw"):
        notebook["cells"] += [extra(text, kind) for text in BEACONS]
    cell_of(notebook, "explain")["source"] = "\n\n".join(BEACONS)
    result = hand_in(notebook)
    page = page_of(result.notebook)
    assert Loads(page).found == before
    assert "Pictures that lie elsewhere are not shown in text" in str(result.findings)
    assert f'<a href="{FAR}"' in page  # a person may still follow it
    unguarded = copy.deepcopy(SOURCE)
    unguarded.cells[0].source = BEACONS[0]
    assert Loads(page_of(unguarded)).found - before == {("img", "src", FAR)}


def test_a_picture_that_stands_in_the_text_is_shown():
    notebook = honest()
    cell_of(notebook, "explain")["source"] = f"See ![a plot]({PIXEL})!"
    result = hand_in(notebook)
    assert result.findings == []
    assert f'<img alt="a plot" src="{PIXEL}"' in page_of(result.notebook)


def test_ids_of_extra_cells_never_clash():
    source = copy.deepcopy(SOURCE)
    source.cells[0].id = "learner_1"
    notebook = honest()
    notebook["cells"] += [extra("a"), extra("b")]
    ids = [
        cell.id for cell in rebuild(source, json.dumps(notebook).encode(), CONFIG).notebook.cells
    ]
    assert ids[-2:] == ["learner_2", "learner_3"]


def test_open_cells_take_the_learners_text():
    notebook = honest()
    cell_of(notebook, "experiment")["source"] = "runs = 1"
    cell_of(notebook, "theory_try")["cell_type"] = "markdown"
    result = hand_in(notebook)
    assert texts(result)["experiment"] == "runs = 1"
    assert texts(result)["theory_try"] == "print(1 + 1)"


def test_the_copy_that_was_written_in_counts():
    notebook = honest()
    copied = copy.deepcopy(cell_of(notebook, "double")) | {"id": "copy"}
    cell_of(notebook, "double")["source"] = STUB
    notebook["cells"].append(copied)
    result = hand_in(notebook)
    assert texts(result)["double"] == CODE
    assert sum("NotImplementedError" in cell.source for cell in result.notebook.cells) == 0


def test_an_earlier_release_is_not_called_tampered():
    notebook = released()
    cell = cell_of(notebook, "check_double")
    cell.source = "assert double(1) == 3  # since corrected"
    cell_of(notebook, "explain").metadata.nbgrader.points = 1
    notebook, _ = ComputeChecksums().preprocess(notebook, {})
    notebook = json.loads(nbformat.writes(notebook))
    cell_of(notebook, "explain")["source"] = WORDS
    result = hand_in(notebook)
    assert result.verdict == "graded"
    assert "earlier release; the course's present ones were taken: check_double" in str(
        result.findings
    )
    require_course_cells(result.notebook)


def test_too_many_cells_cost_extra_cells_only():
    notebook = honest()
    notebook["cells"][1:1] = [extra(f"x = {n}") for n in range(3000)]
    result = hand_in(notebook)
    assert len(result.notebook.cells) == LIMITS.cells
    assert f"{3000 - 2000 + len(SOURCE.cells):,} extra cells were left out" in str(result.findings)
    assert {name: texts(result)[name] for name in ANSWERS} == ANSWERS


def test_a_hundred_thousand_cells_are_soon_done_with():
    notebook = honest()
    claim = copy.deepcopy(cell_of(notebook, "double"))
    notebook["cells"] += [claim] * 10_000 + [extra("x = 1")] * 90_000
    data = json.dumps(notebook).encode()
    before = time.process_time()
    result = hand_in(data)
    assert time.process_time() - before < 2
    assert "only the first 10,000 were read" in str(result.findings)
    assert texts(result)["double"] == CODE


def test_messages_stay_short():
    notebook = honest()
    for number in range(500):
        metadata = mark("x" * 1000 + f"\n{number}", grade=True)
        notebook["cells"].append(extra("\0" * 5, metadata=metadata))
    notebook["metadata"] = {"kernelspec": {"name": "k\n" * 1000}}
    findings = hand_in(notebook).findings
    assert max(map(len, findings)) < 1500
    assert "\n" not in "".join(findings)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda source: source.cells[3].update(source="### BEGIN SOLUTION"),
        lambda source: source.cells[3].pop("id"),
        lambda source: source.cells[3].update(id="no id!"),
    ],
)
def test_a_damaged_source_is_the_courses_fault(spoil):
    source = copy.deepcopy(SOURCE)
    spoil(source)
    with pytest.raises(CourseError):
        rebuild(source, json.dumps(honest()).encode(), CONFIG)
