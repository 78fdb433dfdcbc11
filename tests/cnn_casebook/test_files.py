"""A file is written whole or not at all."""

import pytest

from cnn_casebook.files import write_whole


def test_a_file_is_replaced_by_the_whole_content(tmp_path):
    path = tmp_path / "folder" / "file"
    for content in (b"first", b"second"):
        write_whole(path, content)
        assert path.read_bytes() == content
    assert list(path.parent.iterdir()) == [path]


def test_nothing_is_left_of_a_write_that_failed(tmp_path, monkeypatch):
    monkeypatch.setattr("os.fsync", lambda number: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write_whole(tmp_path / "file", b"half")
    assert list(tmp_path.iterdir()) == []
