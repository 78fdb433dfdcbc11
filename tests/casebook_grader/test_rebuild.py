import copy
import html
import json
import re
import time

import nbformat
import pytest
from banks import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st
from nbconvert.filters import markdown2html
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.nbgraderformat import MetadataValidator
from nbgrader.preprocessors import ClearHiddenTests, ClearSolutions, ComputeChecksums, LockCells
from nbgrader.utils import determine_grade
from traitlets.config import Config

from casebook_grader import rebuild as module
from casebook_grader.course import CourseError
from casebook_grader.rebuild import rebuild
from casebook_grader.submission import LONGEST_SOURCE, read_notebook

CONFIG = Config()
CONFIG.ClearSolutions.code_stub = {"python": "# Your code here.\nraise NotImplementedError()"}
CONFIG.ClearSolutions.text_stub = "*Your answer here.*"
STUB = "def double(x):\n    # Your code here.\n    raise NotImplementedError()"
OTHER_STUB = STUB.replace("double", "halve")
CODE = "def double(x):\n    return x + x  # ü 😀"
OTHER_CODE = "def halve(x):\n    return x / 2"
WORDS = "It doubles, because $x + x = 2x$."


def mark(name, **changes):
    plain = {"grade": False, "locked": False, "solution": False, "task": False}
    return {"nbgrader": plain | {"grade_id": name, "schema_version": 3} | changes}


def code(name, text, **metadata):
    return new_code_cell(text, id=name, metadata=metadata)


def check(name, text, points=1):
    return code(name, text, **mark(name, grade=True, locked=True, points=points))


def answer(name, function):
    text = f"def {function}(x):\n    ### BEGIN SOLUTION\n    return 'secret'\n    ### END SOLUTION"
    return code(name, text, **mark(name, solution=True))


SOURCE = new_notebook(
    cells=[
        new_markdown_cell("# Doubling", id="title"),
        code("start", "import math", tags=["setup"], **mark("start", locked=True)),
        code("theory_try", "print(1 + 1)"),
        answer("double", "double"),
        check("check_double", "assert double(1) == 2"),
        check(
            "hidden_double",
            "# More numbers.\n### BEGIN HIDDEN TESTS\nassert double(7) == 14\n### END HIDDEN TESTS",
            points=2,
        ),
        answer("halve", "halve"),
        check("check_halve", "assert halve(2) == 1"),
        code("experiment", "runs = 3", tags=["experiment"]),
        new_markdown_cell("## Question", id="question"),
        new_markdown_cell(
            "BEGIN SOLUTION\nThe secret.\nEND SOLUTION",
            id="explain",
            metadata=mark("explain", grade=True, solution=True, points=2),
        ),
    ],
    metadata={"kernelspec": {"name": "python3", "display_name": "Python", "language": "python"}},
)
ANSWERS = {"double": CODE, "halve": OTHER_CODE, "explain": WORDS}
STUBS = {"double": STUB, "halve": OTHER_STUB, "explain": "*Your answer here.*"}
OPEN = {"theory_try", "experiment"}


def released():
    """What a learner receives, made by nbgrader."""
    notebook = copy.deepcopy(SOURCE)
    steps = (LockCells, ClearSolutions, ComputeChecksums, ClearHiddenTests, ComputeChecksums)
    for step in steps:
        notebook, _ = step(config=CONFIG).preprocess(notebook, {})
    return notebook


RELEASED = json.loads(nbformat.writes(released()))


def honest():
    """A complete submission, as parsed JSON."""
    notebook = copy.deepcopy(RELEASED)
    for cell in notebook["cells"]:
        if cell["id"] in ANSWERS:
            cell["source"] = ANSWERS[cell["id"]].splitlines(keepends=True)
        if cell["cell_type"] == "code":
            cell["execution_count"] = 7
            cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": ["2\n"]}]
    return notebook


def cell_of(notebook, name):
    return next(cell for cell in notebook["cells"] if cell["id"] == name)


def extra(text, kind="code", **more):
    return {"cell_type": kind, "id": "mine", "metadata": {}, "source": text} | more


def hand_in(notebook):
    data = notebook if isinstance(notebook, bytes) else json.dumps(notebook).encode()
    return rebuild(SOURCE, data, CONFIG)


def texts(result):
    return {cell.id: cell.source for cell in result.notebook.cells}


def require_course_cells(notebook):
    """Everything of the instructor's is there, in order, unchanged; ids are unique."""
    ids = [cell.id for cell in notebook.cells]
    assert len(set(ids)) == len(ids)
    ours = {cell.id for cell in SOURCE.cells}
    kept = [cell for cell in notebook.cells if cell.id in ours]
    assert [cell.id for cell in kept] == [cell.id for cell in SOURCE.cells]
    for cell, source in zip(kept, SOURCE.cells, strict=True):
        assert cell.cell_type == source.cell_type
        metadata = copy.deepcopy(cell.metadata)
        if cell.id in ANSWERS:
            metadata.nbgrader.pop("checksum")
        assert metadata == source.metadata
        if cell.id not in OPEN | set(ANSWERS):
            assert cell.source == source.source
    for cell in notebook.cells:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None
        assert "attachments" not in cell
        if cell.id not in ours:
            assert cell.metadata == {}
    assert notebook.metadata == SOURCE.metadata
    nbformat.validate(notebook)
    MetadataValidator().validate_nb(notebook)


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


# Damage that leaves nothing to read.
UNREADABLE = {
    "no file": (None, "no notebook to read"),
    "empty": (b"", "the file is empty"),
    "blank": (b" \n\0\0", "the file is empty"),
    "binary": (bytes(range(256)) * 20, "not JSON"),
    "picture": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "not JSON"),
    "truncated": (json.dumps(honest()).encode()[:-400], "not JSON (line 1, column"),
    "merge conflict": (b"<<<<<<< HEAD\n" + json.dumps(honest()).encode(), "not JSON (line 1,"),
    "deep list": (b"[" * 100_000, "nested too deeply"),
    "deep object": (b'{"cells":' * 100_000, "nested too deeply"),
    "a list": (b"[]", "not an object"),
    "null": (b"null", "not an object"),
    "no cells": (b'{"nbformat": 4}', "no list of cells (its nbformat is 4"),
    "format 3": (
        b'{"nbformat": 3, "worksheets": [{"cells": []}]}',
        "no list of cells (its nbformat is 3; expected 4)",
    ),
    "huge format, no cells": (b'{"nbformat": ' + b"9" * 5000 + b"}", "its nbformat is inf"),
    "cells as a dict": (b'{"nbformat": 4, "cells": {}}', "no list of cells"),
    "no cell": (b'{"nbformat": 4, "cells": []}', "None of the 0 cells"),
    "cells are no dicts": (b'{"nbformat": 4, "cells": [1, null, "x", []]}', "4 no JSON object"),
    "another notebook": (
        json.dumps({"nbformat": 4, "cells": [extra("x = 1")]}).encode(),
        "None of the 1 cells handed in can be read",
    ),
    "too large": (b" " * 20_000_001, "it takes 20,000,001 bytes"),
    "too many parts": (b"[" + b"{}," * 600_000 + b"{}]", "it has 1,200,002 parts"),
}


@pytest.mark.parametrize("damage", UNREADABLE)
def test_what_cannot_be_read_counts_as_blank(damage):
    data, finding = UNREADABLE[damage]
    result = rebuild(SOURCE, data, CONFIG)
    assert result.verdict == "not gradable"
    assert finding in " ".join(result.findings)
    assert result.findings[-1] == "All its answers count as blank."
    assert texts(result) == {cell.id: cell.source for cell in SOURCE.cells} | STUBS
    require_course_cells(result.notebook)


# Damage that keeps every answer: a change to the notebook (or its bytes), verdict, finding.
KEPT = {}


def keeps(finding, verdict="graded"):
    def register(damage):
        KEPT[damage.__name__] = (damage, verdict, finding)
        return damage

    return register


@keeps("saved as utf-8-sig; expected utf-8")
def byte_order_mark(notebook):
    return b"\xef\xbb\xbf" + json.dumps(notebook).encode()


@keeps("saved as utf-16")
def utf16(notebook):
    return json.dumps(notebook, ensure_ascii=False).encode("utf-16")


@keeps("Some bytes are no utf-8")
def one_bad_byte(notebook):
    cell_of(notebook, "start")["outputs"] = [{"text": "@@@"}]
    return json.dumps(notebook).encode().replace(b"@@@", b"\xe4")


@keeps("nbformat is 5; expected 4")
def newer_format(notebook):
    notebook["nbformat"] = 5


@keeps("nbformat is 3; expected 4")
def older_format(notebook):
    notebook["nbformat"] = 3


@keeps("nbformat is None; expected 4")
def no_format(notebook):
    del notebook["nbformat"]


@keeps("nbformat is True; expected 4")
def format_of_wrong_type(notebook):
    notebook["nbformat"] = True


@keeps(None)
@keeps(None)
def huge_number_somewhere(notebook):
    return json.dumps(notebook).encode().replace(b": 7", b": " + b"7" * 5000)


@keeps("The keys nbformat occur twice")
def duplicate_key(notebook):
    return b'{"nbformat": 3, ' + json.dumps(notebook).encode()[1:]


@keeps("asks for the kernel '../../evil'; it runs with the course's, 'python3'")
def hostile_kernel(notebook):
    notebook["metadata"]["kernelspec"] = {"name": "../../evil", "argv": ["rm"]}


@keeps(None)
def no_kernel(notebook):
    notebook["metadata"] = {}


@keeps(None)
def notebook_metadata_of_wrong_type(notebook):
    notebook["metadata"] = ["kernelspec"]


@keeps(None)
def hostile_schema_version(notebook):
    for cell in notebook["cells"]:
        cell["metadata"].get("nbgrader", {})["schema_version"] = {"a": "99"}


@keeps(None)
def skipped_check(notebook):
    cell_of(notebook, "check_double")["metadata"]["tags"] = ["skip-execution"]


@keeps(None)
def no_metadata_at_all(notebook):
    for cell in notebook["cells"]:
        del cell["metadata"]


@keeps(None)
def ids_in_metadata_as_colab_keeps_them(notebook):
    for cell in notebook["cells"]:
        cell["metadata"] = {"id": cell.pop("id")}


@keeps(None)
def fresh_ids(notebook):
    for number, cell in enumerate(notebook["cells"]):
        cell["id"] = f"fresh-{number}"


@keeps("Among its cells are 2 no JSON object and 1 without a readable source")
def broken_cells_between(notebook):
    notebook["cells"][3:3] = [None, 7, {"cell_type": "code", "source": {"a": 1}}]


@keeps("Cells of the course are missing and were put back: start, check_double")
def deleted_checks(notebook):
    notebook["cells"] = [
        cell for cell in notebook["cells"] if cell["id"] not in ("start", "check_double", "title")
    ]


@keeps("Answers or tests were moved")
def reversed_cells(notebook):
    notebook["cells"].reverse()


@keeps("Cells of the course were turned into another type; its own were taken: check_double")
def retyped_check(notebook):
    cell_of(notebook, "check_double")["cell_type"] = "raw"


@keeps("Answer cells were turned into another type of cell; their text was taken")
def answers_as_markdown(notebook):
    for name in ANSWERS:
        cell_of(notebook, name)["cell_type"] = "markdown"


@keeps("turned into another type of cell")
def answer_of_unknown_type(notebook):
    cell_of(notebook, "double")["cell_type"] = ["code"]


@keeps("Text differs from the course's; its own is shown: title, question")
def edited_text(notebook):
    cell_of(notebook, "title")["source"] = "# Mine"
    cell_of(notebook, "question")["source"] = "## Question?"


@keeps("The text of cells cannot be read; the course's own was taken: check_double")
def check_without_source(notebook):
    del cell_of(notebook, "check_double")["source"]


@keeps("Blank copies of answer cells were left out: 2")
def stub_copies(notebook):
    for place in (0, 6):
        copied = copy.deepcopy(cell_of(RELEASED, "double")) | {"id": "copy"}
        notebook["cells"].insert(place, copied)


@keeps("Several cells hold an answer; one counts and the others were kept as extra cells: double")
def edited_copy_ahead(notebook):
    copied = copy.deepcopy(cell_of(notebook, "double")) | {"id": "copy", "source": "double = 3"}
    notebook["cells"].insert(0, copied)


@keeps("one counts and the others were kept")
def answer_whose_copy_has_another_type(notebook):
    copied = copy.deepcopy(cell_of(notebook, "double")) | {"cell_type": "markdown"}
    notebook["cells"].insert(0, copied | {"source": "an older try"})


@keeps(None)
def cell_with_another_grade_id_than_its_id(notebook):
    other = cell_of(notebook, "theory_try")
    other["metadata"] = copy.deepcopy(cell_of(notebook, "double")["metadata"])
    other["source"] = STUB


@keeps("Extra cells of an unknown type: 1")
def unknown_type(notebook):
    notebook["cells"].append(extra("# heading", kind="heading"))


@keeps("Pictures pasted into text are not kept")
def pasted_picture(notebook):
    picture = {"x.png": {"image/png": "aGk="}}
    notebook["cells"].append(extra("![x](attachment:x.png)", "markdown", attachments=picture))


@keeps("Changed by hand: the text of start, check_double.", "tampered")
def changed_check(notebook):
    cell_of(notebook, "start")["source"] = "import os"
    cell_of(notebook, "check_double")["source"] = "assert True"


@keeps("Changed by hand: the points of check_double, explain.", "tampered")
def changed_points(notebook):
    cell_of(notebook, "check_double")["metadata"]["nbgrader"]["points"] = 100
    cell_of(notebook, "explain")["metadata"]["nbgrader"]["points"] = "many"


@keeps("the points of check_double", "tampered")
def endless_points(notebook):
    cell_of(notebook, "check_double")["metadata"]["nbgrader"]["points"] = 10**400


@keeps("the role (answer or test) of check_double", "tampered")
def changed_role(notebook):
    cell_of(notebook, "check_double")["metadata"]["nbgrader"]["solution"] = True


@keeps("the grade_id of double, check_double", "tampered")
def changed_grade_ids(notebook):
    for name in ("double", "check_double"):
        cell_of(notebook, name)["metadata"]["nbgrader"]["grade_id"] = "\ud800"


@keeps("Cells were added that claim points ('bonus')", "tampered")
def invented_check(notebook):
    bonus = mark("bonus", grade=True, locked=True, points=10)
    notebook["cells"].append(extra("pass") | {"metadata": bonus})


@pytest.mark.parametrize("damage", KEPT)
def test_damage_that_keeps_every_answer(damage):
    change, verdict, finding = KEPT[damage]
    notebook = honest()
    data = change(notebook)
    result = hand_in(notebook if data is None else data)
    assert result.verdict == verdict
    if finding is None:
        assert result.findings == []
    else:
        assert finding in " ".join(result.findings)
    assert {name: texts(result)[name] for name in ANSWERS} == ANSWERS
    require_course_cells(result.notebook)


@pytest.mark.parametrize(
    ("source", "finding"),
    [
        (None, "The text of answer cells cannot be read, so they count as blank: double"),
        ({"a": 1}, "count as blank: double"),
        (["def", 1], "count as blank: double"),
    ],
)
def test_an_answer_of_the_wrong_type_is_blank(source, finding):
    notebook = honest()
    cell_of(notebook, "double")["source"] = source
    result = hand_in(notebook)
    assert result.verdict == "graded"
    assert finding in " ".join(result.findings)
    assert texts(result)["double"] == STUB
    assert texts(result)["halve"] == OTHER_CODE


def test_a_missing_answer_is_blank():
    notebook = honest()
    notebook["cells"].remove(cell_of(notebook, "double"))
    result = hand_in(notebook)
    assert "Answer cells are missing and count as blank: double." in result.findings
    assert texts(result)["double"] == STUB


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("a\0b", "a\N{REPLACEMENT CHARACTER}b"),
        ("a\ud800b", "a\N{REPLACEMENT CHARACTER}b"),
        (["a\ud83d", "\ude00b"], "a😀b"),
        ("a\r\nb", "a\nb"),
        ("", ""),
        ("x\n" + "y" * LONGEST_SOURCE, "x"),
        ("y" * (LONGEST_SOURCE + 1), "y" * LONGEST_SOURCE),
    ],
)
def test_text_that_needs_cleaning(written, kept):
    notebook = honest()
    cell_of(notebook, "double")["source"] = written
    result = hand_in(notebook)
    assert texts(result)["double"] == kept
    assert bool(result.findings) == (kept not in ("a\nb", ""))


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
    assert len(result.notebook.cells) == module.MOST_CELLS
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


# Random edits of an honest notebook.
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)
names = st.sampled_from([*ANSWERS, "check_double", "start", "title", "unknown"])
flags = st.fixed_dictionaries(
    {"grade_id": names | json_values},
    optional={
        key: json_values | st.booleans()
        for key in ("grade", "solution", "locked", "points", "checksum", "schema_version")
    },
)
metadata = json_values | st.fixed_dictionaries({"nbgrader": flags | json_values})
keys = st.sampled_from(["cell_type", "id", "source", "metadata", "outputs", "attachments"])
edits = st.lists(
    st.one_of(
        st.tuples(st.just("shuffle"), st.randoms(use_true_random=False)),
        st.tuples(st.just("delete"), st.integers(0, 30)),
        st.tuples(st.just("copy"), st.integers(0, 30)),
        st.tuples(st.just("type"), st.integers(0, 30), st.sampled_from(["code", "markdown", "x"])),
        st.tuples(st.just("metadata"), st.integers(0, 30), metadata),
        st.tuples(st.just("key"), st.integers(0, 30), keys, json_values | names),
        st.tuples(st.just("cell"), st.integers(0, 30), json_values),
        st.tuples(st.just("top"), st.sampled_from(["nbformat", "metadata", "new"]), json_values),
    ),
    max_size=8,
)


def edit(notebook, steps):
    """Apply random edits; return the ids of answers whose own cells still are as written."""
    cells = notebook["cells"]
    spoiled = []
    for kind, *what in steps:
        if kind == "shuffle":
            what[0].shuffle(cells)
        elif kind == "top":
            notebook[what[0]] = what[1]
        elif cells:
            place = what[0] % len(cells)
            cell = cells[place]
            if kind == "copy":
                # As in JupyterLab, a copy gets an id of its own.
                copied = copy.deepcopy(cell)
                if isinstance(copied, dict):
                    copied["id"] = f"copy-{len(cells)}"
                cells.insert(0, copied)
            elif kind == "delete":
                spoiled.append(cells.pop(place))
            elif kind == "cell":
                spoiled.append(cell)
                cells[place] = what[1]
            elif isinstance(cell, dict) and kind == "type":
                cell["cell_type"] = what[1]
            elif isinstance(cell, dict):
                spoiled.append(dict(cell))
                cell[what[1] if kind == "key" else "metadata"] = what[-1]
    spoiled = {cell["id"] for cell in spoiled if isinstance(cell, dict) and in_answers(cell)}
    return set(ANSWERS) - spoiled


def in_answers(cell):
    return isinstance(cell.get("id"), str) and cell["id"] in ANSWERS


@settings(max_examples=100, deadline=None)
@given(edits)
def test_random_edits(steps):
    notebook = honest()
    intact = edit(notebook, steps)
    data = json.dumps(notebook).encode()
    result = hand_in(data)
    assert result.verdict in ("graded", "not gradable", "tampered")
    require_course_cells(result.notebook)
    by_learner = {cell.text for cell in read_notebook(data).cells or []}
    for name, text in texts(result).items():
        if name in STUBS:
            assert text in by_learner | {STUBS[name]}
        if name in intact:
            assert text == ANSWERS[name]
    assert all(isinstance(finding, str) for finding in result.findings)


@settings(max_examples=60, deadline=None)
@given(json_values.map(lambda value: json.dumps(value).encode()) | st.binary(max_size=200))
def test_random_files(data):
    result = hand_in(data)
    assert result.verdict == "not gradable"
    require_course_cells(result.notebook)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10_000), st.binary(min_size=1, max_size=4))
def test_random_bytes_in_an_honest_file(place, noise):
    data = json.dumps(honest()).encode()
    place %= len(data)
    result = hand_in(data[:place] + noise + data[place + len(noise) :])
    require_course_cells(result.notebook)
