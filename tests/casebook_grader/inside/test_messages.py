"""Messages between two kernels: written whole, read once, refused where they are none."""

import json
import time

import numpy as np
import pytest

from casebook_grader.inside.errors import CannotTravel
from casebook_grader.inside.messages import ARRAYS, Message, files_of, write_message
from casebook_grader.inside.values import SMALL_ARRAY, Encoder

LARGE = np.arange(SMALL_ARRAY, dtype="float32")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "reply.json"


def write(path, value):
    encoder = Encoder()
    write_message(path, json.dumps({"result": encoder.encode(value)}), encoder.arrays)


def test_a_message_is_read_as_it_was_written_and_each_time_anew(path):
    write(path, [np.zeros(3), LARGE])
    message = Message(path)
    for array in message.decode("result"):
        array[...] = 7
    small, large = message.decode("result")
    np.testing.assert_array_equal(small, np.zeros(3))
    np.testing.assert_array_equal(large, LARGE)
    assert not message.is_small
    assert {name.suffix for name in path.parent.iterdir()} == {".json", ARRAYS}


def test_a_message_without_a_file_of_arrays_is_small(path):
    write(path, "a text")
    message = Message(path)
    assert message.decode("result") == "a text"
    assert message.is_small
    for written in files_of(path):
        written.unlink(missing_ok=True)
    assert message.decode("result") == "a text"
    assert not list(path.parent.iterdir())


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b'{"result": {"is": "list", "items": [' * 50_000,
        b'{"result": {}}',
        b'{"result": {"is": "list"}}',
        b'{"result": {"is": "array", "scalar": false, "file": 3}}',
        b'{"result": {"is": "model", "config": "{}", "parts": null, "weights": []}}',
        b'{"result": {"is": "set", "items": [{"is": "list", "items": []}]}}',
        b'{"other": 1}',
    ],
)
def test_what_is_no_message_is_refused(path, content):
    path.write_bytes(content)
    with pytest.raises(CannotTravel, match="an answer that cannot be read"):
        Message(path).decode("result")


@pytest.mark.parametrize("content", ["null", "[]", "5"])
def test_a_message_has_parts(path, content):
    path.write_text(content)
    with pytest.raises(CannotTravel, match="no answer"):
        Message(path).decode("result")


def test_sizes_are_looked_at_before_reading(path):
    write(path, ["x" * 1000, LARGE])
    with pytest.raises(CannotTravel, match="at most 1,000 travel"):
        Message(path, largest_text=1000).decode("result")
    with pytest.raises(CannotTravel, match="at most 2,000 travel"):
        Message(path, largest_arrays=2000).decode("result")


def test_an_array_file_is_bytes_and_never_unpacked_or_unpickled(path):
    write(path, LARGE)
    with open(path.with_suffix(ARRAYS), "wb") as file:
        np.savez_compressed(file, a0=np.zeros(10**6))  # 1 KB that would become 8 MB
    with pytest.raises(CannotTravel, match="bytes of an array; expected 131,072"):
        Message(path).decode("result")
    forged = {"result": {"is": "array", "scalar": False, "begins": 0, "shape": [1], "dtype": "O"}}
    path.write_text(json.dumps(forged))
    with pytest.raises(CannotTravel, match="an array of objects; expected"):
        Message(path).decode("result")


LARGEST = 60 * 2**20


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b'{"result": [' + b"[]," * 20_000_000 + b"[]]}", "40,000,00. parts; at most 2,000,000"),
        (b'{"result": ' + b"9" * 10_000_000 + b"}", "an integer of 10,000,000 digits"),
        (b'{"result": -' + b"9" * 4_300 + b"}", "an integer of 4,301 digits; at most 4,300"),
        (b'{"result": "' + b"\\u00e9" * 10_000_000 + b'"}', None),
        (b'{"result": {"is": "path", "text": "' + b"x" * LARGEST + b'"}}', None),
        (b'{"result": ' + b"1" * 4_000 + b".5e-4000}", None),
    ],
    ids=["lists", "integer", "negative integer", "escapes", "text", "float"],
)
def test_a_forged_reply_of_60_mb_is_soon_done_with(path, content, words):
    path.write_bytes(content)
    before = time.process_time()
    if words is None:
        Message(path).decode("result")
    else:
        with pytest.raises(CannotTravel, match=words):
            Message(path).decode("result")
    assert time.process_time() - before < 3
