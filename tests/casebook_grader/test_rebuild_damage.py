"""Damaged and forged notebooks: what cannot be read counts as blank, everything else is kept."""

import copy
import json

import pytest
from doubling import (
    ANSWERS,
    CONFIG,
    LIMITS,
    OTHER_CODE,
    RELEASED,
    SOURCE,
    STUB,
    STUBS,
    cell_of,
    extra,
    hand_in,
    honest,
    mark,
    require_course_cells,
    texts,
)

from casebook_grader.rebuild import rebuild

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
    "without answer cells": (
        json.dumps(
            honest() | {"cells": [c for c in honest()["cells"] if c["id"] not in ANSWERS]}
        ).encode(),
        "None of the 8 cells handed in can be read as an answer of this notebook",
    ),
    "another assignment with the same first cells and blank text": (
        json.dumps(
            {
                "nbformat": 4,
                "cells": [
                    cell_of(RELEASED, "start"),
                    extra("*Your answer here.*", "markdown"),
                    extra(
                        "def treble(x):\n    return 3 * x", metadata=mark("treble", solution=True)
                    ),
                ],
            }
        ).encode(),
        "It may be another notebook under this one's name, or its cells have lost both.",
    ),
    "cells without ids and without grade_ids": (
        json.dumps(
            honest()
            | {
                "cells": [
                    {k: v for k, v in c.items() if k not in ("id", "metadata")}
                    for c in honest()["cells"]
                ]
            }
        ).encode(),
        "none has the id or the grade_id of one",
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
def cells_without_ids(notebook):
    for cell in notebook["cells"]:
        del cell["id"]


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
    assert result.verdict == "graded"
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
        ("x\n" + "y" * LIMITS.cell_text, "x"),
        ("y" * (LIMITS.cell_text + 1), "y" * LIMITS.cell_text),
    ],
)
def test_text_that_needs_cleaning(written, kept):
    notebook = honest()
    cell_of(notebook, "double")["source"] = written
    result = hand_in(notebook)
    assert texts(result)["double"] == kept
    assert bool(result.findings) == (kept not in ("a\nb", ""))
