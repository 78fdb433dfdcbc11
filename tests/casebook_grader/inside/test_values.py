"""Values on their way between two kernels, here within one process."""

import base64
import json
from collections import namedtuple
from pathlib import Path

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casebook_grader.inside.errors import CannotTravel
from casebook_grader.inside.values import SMALL_ARRAY, Collection, Decoder, Encoder


def travelled(value):
    """A value after it went through JSON."""
    encoder = Encoder()
    text = json.dumps(encoder.encode(value))
    large = b"".join(array.tobytes() for array in encoder.arrays)
    return Decoder(lambda: large).decode(json.loads(text))


plain = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
values = st.recursive(
    plain | st.binary() | st.frozensets(plain, max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.tuples(inner, inner)
        | st.dictionaries(plain, inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(max_examples=60, deadline=None)
@given(values)
def test_plain_values_come_back_as_they_were(value):
    came = travelled(value)
    assert came == value
    assert type(came) is type(value)


@pytest.mark.parametrize(
    "value",
    [
        {"is": "symbolic tensor", "number": 0},
        {"is": "model of the message", "number": 0},
        {"is": "dict", "items": []},
        {"is": "unsendable", "text": "a tensor"},
        {"casebook": "part", "number": 0},
        [{"casebook": "symbol", "number": 3}],
    ],
)
def test_no_value_passes_for_something_else(value):
    tensors, models = Collection(), Collection()
    encoded = Encoder(tensors, models).encode(value)
    assert (tensors.items, models.items) == ([], [])
    assert Decoder(None, ["a tensor"], ["a model"]).decode(encoded) == value


def test_paths_and_other_kinds_of_tuples_and_dicts():
    pair = namedtuple("pair", "a b")
    assert travelled(Path("a") / "b") == Path("a/b")
    assert travelled(pair(1, [2])) == (1, [2])
    assert travelled(type("Own", (dict,), {})(a=1)) == {"a": 1}


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6, dtype="int16").reshape(2, 3),
        np.asfortranarray(np.eye(3) + 2j),
        np.zeros((2, 0, 3), "float32"),
        np.array(2.5),
        np.array(["a", "bcd"]),
        np.array([True, False]),
        np.arange(SMALL_ARRAY, dtype="float64"),
    ],
    ids=lambda array: f"{array.dtype}{list(array.shape)}",
)
def test_arrays_travel(array):
    came = travelled(array)
    np.testing.assert_array_equal(came, array, strict=True)
    assert came.flags.writeable


def test_tensors_and_scalars_travel():
    tensor = travelled(keras.ops.ones((2, 3)))
    assert keras.ops.is_tensor(tensor)
    assert tensor.shape == (2, 3)
    assert type(travelled(np.float32(0.5))) is np.float32


@pytest.mark.parametrize("kind", [object, [("size", "int32"), ("name", object)], [("size", "f4")]])
def test_arrays_of_anything_but_numbers_are_refused(kind):
    with pytest.raises(CannotTravel, match="expected an array of numbers"):
        travelled(np.zeros(2, kind))


@pytest.mark.parametrize("kind", ["O", "O,O", "f4,O"])
def test_a_forged_array_of_objects_is_refused(kind):
    with pytest.raises(CannotTravel, match="expected an array of numbers"):
        Decoder(None).decode(forged(bytes(16), [1], kind))


def forged(content, shape, dtype):
    text = base64.b64encode(content).decode()
    return {"is": "array", "scalar": False, "bytes": text, "shape": shape, "dtype": dtype}


@pytest.mark.parametrize("shape", [[10**12], [10**12, 0, 10**12, -1], [True], [1.0], [[4]]])
def test_an_array_is_as_large_as_what_was_sent(shape):
    with pytest.raises(CannotTravel, match="an array"):
        Decoder(None).decode(forged(bytes(16), shape, "<f4"))


@pytest.mark.parametrize(
    "begins", [[0, 0], [0, 100], [4, 8], [-64, 0], [0, 10**12]], ids="{0[0]} {0[1]}".format
)
def test_each_large_array_is_read_once_and_whole(begins):
    array = {"is": "array", "scalar": False, "shape": [2, 16], "dtype": "<f4"}
    items = [array | {"begins": begin} for begin in begins]
    decoder = Decoder(lambda: bytes(256))
    with pytest.raises(CannotTravel, match=r"an array that is not in|bytes of an array"):
        decoder.decode({"is": "list", "items": items})


def nested(levels):
    value = []
    for _ in range(levels):
        value = [value]
    return value


def endless():
    value = []
    value.append(value)
    return value


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (10**4300, "an integer of about 4,300 digits, which is too long"),
        (1 << 40_000_000, "an integer of about 12,041,200 digits"),
        ([0] * 1_000_000, "more than 500,000 items; expected fewer, or an array"),
        ([[0] * 1000] * 501, "more than 500,000 items"),
        (set(range(20_000)), "a set of 20,000 items; at most 10,000 travel"),
        (dict.fromkeys(range(20_000)), "a dict of 20,000 items"),
        (nested(101), "a list more than 100 levels deep"),
        (endless(), "a list more than 100 levels deep"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_too_large_is_refused_on_its_way_out(value, words):
    with pytest.raises(CannotTravel, match=words):
        Encoder().encode(value)


@pytest.mark.parametrize("value", [-(10**4200), [0] * 400_000, nested(90)], ids=type)
def test_what_is_just_small_enough_travels(value):
    assert travelled(value) == value


@pytest.mark.parametrize("kind", ["set", "dict"])
def test_keys_that_are_hard_to_compare_are_refused(kind):
    keys = [number * (2**61 - 1) for number in range(20_000)]  # one hash for all
    items = [[key, 0] for key in keys] if kind == "dict" else keys
    with pytest.raises(CannotTravel, match=f"a {kind} of 20,000 items"):
        Decoder(None).decode({"is": kind, "items": items})


def test_a_forged_value_is_not_too_large_either():
    empty = {"is": "list", "items": []}
    with pytest.raises(CannotTravel, match="more than 500,000 items"):
        Decoder(None).decode({"is": "list", "items": [empty] * 600_000})
    deep = empty
    for _ in range(150):
        deep = {"is": "tuple", "items": [deep]}
    with pytest.raises(CannotTravel, match="levels deep"):
        Decoder(None).decode(deep)
    model = {"is": "model", "why_unreadable": "no"}
    with pytest.raises(CannotTravel, match="more than 100 networks"):
        Decoder(None).decode({"is": "list", "items": [model] * 101})


@pytest.mark.parametrize("number", [2, -1, True, "0", None, 10**30])
@pytest.mark.parametrize("kind", ["symbolic tensor", "model of the message"])
def test_a_forged_reference_is_refused(kind, number):
    with pytest.raises(CannotTravel, match="a reference to number"):
        Decoder(None, ["a", "b"], ["c", "d"]).decode({"is": kind, "number": number})


@pytest.mark.parametrize("kind", ["__class__", "object", "eval", None, 5])
def test_a_forged_kind_is_refused(kind):
    with pytest.raises(CannotTravel, match="a value marked"):
        Decoder(None).decode({"is": kind, "items": [1]})


def test_tensors_and_models_are_collected_once_each():
    x, y = keras.Input((2,)), keras.Input((3,))
    model = keras.Model(x, keras.layers.ReLU()(x))
    tensors, models = Collection(), Collection()
    encoded = Encoder(tensors, models).encode([y, {"x": (x, y)}, model, model])
    assert [id(item) for item in tensors.items] == [id(y), id(x)]
    assert models.items == [model]
    decoded = Decoder(None, ["y", "x"], ["model"]).decode(encoded)
    assert decoded == ["y", {"x": ("x", "y")}, "model", "model"]


def test_a_symbolic_tensor_is_refused_where_it_has_no_meaning():
    with pytest.raises(CannotTravel, match="a symbolic tensor that belongs to no argument"):
        Encoder().encode([keras.Input((2,))])


def test_what_cannot_be_sent_arrives_as_its_description():
    came = travelled([keras.layers.ReLU(name="last")])
    assert repr(came[0]) == "the layer last, not called"
    from cnn_casebook.models.graph import describe

    assert describe(came[0]) == "the layer last, not called"


def test_a_model_that_cannot_be_read_arrives_with_its_reason():
    from cnn_casebook.models.graph import UnreadableModelError, flatten

    class Own(keras.Model):
        def call(self, x):
            return x

    came = travelled(Own())
    assert isinstance(came, keras.Model)
    with pytest.raises(UnreadableModelError, match="Own is a model class of its own"):
        flatten(came)
