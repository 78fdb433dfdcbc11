"""Files that hostile code may have put where a message is expected."""

import os

import pytest

from casebook_grader.inside.errors import CannotTravel
from casebook_grader.inside.files import create_file, parse_json, read_file


def test_a_regular_file_is_read(tmp_path):
    (tmp_path / "a").write_bytes(b"12345")
    assert read_file(tmp_path / "a") == b"12345"
    assert read_file(tmp_path / "a", largest=5) == b"12345"


def test_a_file_that_is_too_large_is_not_read(tmp_path):
    with open(tmp_path / "a", "wb") as file:
        file.truncate(10**12)  # takes no room on the disk
    with pytest.raises(CannotTravel, match="1,000,000,000,000 bytes; at most 4 travel"):
        read_file(tmp_path / "a", largest=4)


@pytest.mark.parametrize("kind", ["pipe", "folder"])
def test_what_is_no_regular_file_is_not_read(tmp_path, kind):
    os.mkfifo(tmp_path / "a") if kind == "pipe" else (tmp_path / "a").mkdir()
    with pytest.raises((CannotTravel, OSError)):
        read_file(tmp_path / "a")


def test_no_link_is_followed(tmp_path):
    (tmp_path / "secret").write_bytes(b"secret")
    (tmp_path / "link").symlink_to("secret")
    with pytest.raises(OSError, match="symbolic links"):
        read_file(tmp_path / "link")
    with pytest.raises(FileExistsError):
        create_file(tmp_path / "link")
    assert (tmp_path / "secret").read_bytes() == b"secret"


def test_a_new_file_belongs_to_us_alone(tmp_path):
    with create_file(tmp_path / "a") as file:
        file.write(b"1")
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o600


def test_half_of_a_character_becomes_a_question_mark():
    written = '["a \\ud800 b, \\\\ud800, \\u00e9 \\ud83d\\ude00"]'
    assert parse_json(written) == ["a ? b, \\ud800, \u00e9 \U0001f600"]
    assert parse_json(written.encode()) == parse_json(written)
