"""Messages between two kernels: written whole, read once, refused where they are none."""

import json

import numpy as np
import pytest

from casebook_grader.inside.errors import CannotTravel
from casebook_grader.inside.messages import Message, files_of, write_message
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
    assert {name.suffix for name in path.parent.iterdir()} == {".json", ".npz"}


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


def test_compressed_arrays_are_refused(path):
    write(path, LARGE)
    np.savez_compressed(path.with_suffix(".npz"), a0=np.zeros(10**6))
    with pytest.raises(CannotTravel, match="compressed arrays"):
        Message(path).decode("result")


def test_nothing_is_unpickled(path):
    write(path, LARGE)
    np.savez(path.with_suffix(".npz"), a0=np.array([print], object))
    with pytest.raises(CannotTravel, match="cannot be read"):
        Message(path).decode("result")
