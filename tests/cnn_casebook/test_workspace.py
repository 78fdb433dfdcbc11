import pytest

from cnn_casebook.workspace import prepare


def test_copies_what_is_missing_and_never_overwrites(tmp_path):
    source = tmp_path / "assignments" / "01"
    source.mkdir(parents=True)
    (source / "a.ipynb").write_text("new")
    assert prepare(tmp_path) == ["01/a.ipynb"]
    mine = tmp_path / "work" / "01" / "a.ipynb"
    mine.write_text("mine")
    (source / "b.svg").write_text("figure")
    assert prepare(tmp_path) == ["01/b.svg"]
    assert mine.read_text() == "mine"


def test_an_incomplete_course(tmp_path):
    with pytest.raises(FileNotFoundError, match="complete copy of the course"):
        prepare(tmp_path)
