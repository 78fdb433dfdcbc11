"""nbgrader's own autograde reads whatever was handed in, where it is rebuilt."""

import json

import nbformat
import pytest
from banks import ROOT
from nbformat.reader import NotJSONError

from casebook_grader.course import nbgrader
from casebook_grader.exporter import AnyFileExporter
from casebook_grader.pipeline import Rebuild

ASSIGNMENT, NOTEBOOK = "03_residual_networks", "residual_blocks"
HONEST = (ROOT / "solutions" / ASSIGNMENT / f"{NOTEBOOK}.ipynb").read_bytes()
SUBMITTED = {
    "honest": HONEST,
    "byte order mark": b"\xef\xbb\xbf" + HONEST,
    "utf-16": HONEST.decode().encode("utf-16"),
    "cut short": HONEST[:-400],
    "empty": b"",
    "no notebook": b"[]",
    "no text": bytes(range(256)),
}


@pytest.fixture
def convert(course):
    """Convert bytes as autograde does first, with these steps."""
    path = course / "grading" / "submitted" / "ada" / ASSIGNMENT / f"{NOTEBOOK}.ipynb"
    path.parent.mkdir(parents=True)
    config = nbgrader(course).config
    about = {"student": "ada", "assignment": ASSIGNMENT, "notebook": NOTEBOOK}

    def convert(content, *steps):
        path.write_bytes(content)
        exporter = config.Autograde.exporter_class(config=config)
        for step in steps:
            exporter.register_preprocessor(step, enabled=True)
        text, _ = exporter.from_filename(str(path), resources={"nbgrader": about})
        return nbformat.reads(text, as_version=4)

    return convert


@pytest.mark.parametrize("kind", SUBMITTED)
def test_whatever_was_handed_in_is_rebuilt(convert, kind):
    cells = {cell.id: cell.source for cell in convert(SUBMITTED[kind], Rebuild).cells}
    written = {cell["id"]: "".join(cell["source"]) for cell in json.loads(HONEST)["cells"]}
    assert cells.keys() == written.keys()
    readable = kind in ("honest", "byte order mark", "utf-16")
    assert (cells["identity_block"] == written["identity_block"]) == readable
    assert ("NotImplementedError" in cells["identity_block"]) != readable


def test_without_that_step_a_damaged_file_is_an_error(convert):
    with pytest.raises(NotJSONError):
        convert(SUBMITTED["cut short"])
    assert len(convert(HONEST).cells) == len(json.loads(HONEST)["cells"])


def test_the_settings_name_it():
    assert nbgrader().config.Autograde.exporter_class is AnyFileExporter
