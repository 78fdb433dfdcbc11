"""A submission made ready: all notebooks rebuilt, findings named, one verdict so far."""

import nbformat
import pytest
from doubling import CONFIG, SOURCE, honest
from traitlets.config import Config

from casebook_grader.prepare import prepare, read_source


@pytest.fixture
def config(tmp_path):
    for name in ("first", "second"):
        folder = tmp_path / "solutions" / "a"
        folder.mkdir(parents=True, exist_ok=True)
        nbformat.write(SOURCE, folder / f"{name}.ipynb")
    (tmp_path / "handed_in").mkdir()
    config = Config(CONFIG)
    config.CourseDirectory.root = str(tmp_path)
    config.CourseDirectory.source_directory = "solutions"
    return config


def hand_in(folder, **notebooks):
    for name, content in notebooks.items():
        if isinstance(content, dict):
            content = nbformat.writes(nbformat.from_dict(content)).encode()
        (folder / f"{name}.ipynb").write_bytes(content)


def test_a_whole_submission(config, tmp_path):
    hand_in(tmp_path / "handed_in", first=honest(), second=honest())
    (tmp_path / "handed_in" / "record_a.json").write_bytes(b"[1]")
    prepared = prepare(config, "a", tmp_path / "handed_in")
    assert list(prepared.notebooks) == ["first", "second"]
    assert prepared.records == {"record_a.json": b"[1]"}
    assert (prepared.verdict, prepared.all_findings) == ("graded", [])
    assert len(read_source(config, "a", "first").cells) == len(SOURCE.cells)


def test_findings_name_their_notebook_and_decide_the_verdict(config, tmp_path):
    folder = tmp_path / "handed_in"
    hand_in(folder, first=honest(), second=b"{")
    prepared = prepare(config, "a", folder)
    assert prepared.verdict == "graded"  # as far as it goes
    assert any(finding.startswith("second: ") for finding in prepared.all_findings)
    forged = honest()
    forged["cells"][4]["source"] = "pass"
    hand_in(folder, first=forged)
    assert prepare(config, "a", folder).verdict == "tampered"
    hand_in(folder, first=b"")
    assert prepare(config, "a", folder).verdict == "not gradable"
    assert list(prepare(config, "a", folder, ["first"]).notebooks) == ["first"]


def test_the_limits_are_those_of_the_settings(config, tmp_path):
    hand_in(tmp_path / "handed_in", first=honest(), second=honest())
    config.CasebookLimits.notebook_size = 100
    prepared = prepare(config, "a", tmp_path / "handed_in")
    assert "at most 100 are read" in str(prepared.all_findings)
    assert prepared.verdict == "not gradable"
