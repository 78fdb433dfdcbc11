"""Values on their way through JSON, and back: what a check and a learner's function exchange.

In JSON everything but None, a truth, a number and a text becomes `{"is": kind, ...}`, a learner's
dicts too. So no value of a learner's can pass for a place where a tensor or a network belongs.
"""

import base64
import builtins
import contextlib
import math
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import keras
import numpy as np

from casebook_grader.inside.errors import CannotTravel
from casebook_grader.inside.networks import UnreadableModel, decode_networks, encode_networks
from cnn_casebook.models.graph import UnreadableModelError, describe
from cnn_casebook.remote import UnsendableValue

SMALL_ARRAY = 2**15  # bytes; a larger array travels in a file beside the JSON
MOST_ITEMS = 500_000  # in all collections of one value; an array holds any number
MOST_KEYS = 10_000  # of one dict or set: comparing keys that hostile code chose takes their square
DEEPEST = 100  # collections within each other
_LARGEST_BITS = 14_000  # of an integer; it has less digits then than `parse_json` reads
_NUMBERS = "biufcSU"  # kinds of arrays: numbers, truths and texts
_MOST_NETWORKS = 100  # in one value, each described on its own
_LONGEST_DESCRIPTION = 200  # characters


class Collection:
    """Objects that travel apart from the values in which they were found, each once.

    Attributes:
        items: The objects, in the order in which they were found.
    """

    def __init__(self):
        """Begin with none."""
        self.items = []
        self._numbers = {}

    def number_of(self, item) -> int:
        """The object's place among `items`; a new object is added."""
        number = self._numbers.setdefault(id(item), len(self.items))
        if number == len(self.items):
            self.items.append(item)
        return number


class Encoder:
    """Encodes the values of one message.

    Attributes:
        arrays: The arrays that are too large for JSON, in the order of their numbers.
        tensors: The symbolic tensors that were found, or None: then they are refused.
        models: The models that were found, or None: then each is described where it stands.

    Example:
        >>> Encoder().encode(("a", {1: None}))
        {'is': 'tuple', 'items': ['a', {'is': 'dict', 'items': [[1, None]]}]}
    """

    def __init__(self, tensors: Collection | None = None, models: Collection | None = None):
        """Begin an empty message."""
        self.arrays: list[np.ndarray] = []
        self.tensors = tensors
        self.models = models
        self._bounds = _Bounds()
        self._bytes = 0  # of the large arrays

    def encode(self, value):
        """Turn a value into what JSON can hold.

        Raises:
            CannotTravel: It is, or holds, what no message can carry.
        """
        kind = type(value)
        if kind is int and value.bit_length() > _LARGEST_BITS:
            digits = int(value.bit_length() * math.log10(2))
            raise CannotTravel(f"an integer of about {digits:,} digits, which is too long to send")
        if value is None or kind in (bool, int, float, str):
            return value
        if kind in (list, tuple, set, frozenset) or isinstance(value, tuple):
            name = kind.__name__ if kind in (list, set, frozenset) else "tuple"
            with self._bounds.within(name, len(value)):
                return {"is": name, "items": [self.encode(item) for item in value]}
        if isinstance(value, dict):
            with self._bounds.within("dict", len(value)):
                pairs = [[self.encode(key), self.encode(item)] for key, item in value.items()]
            return {"is": "dict", "items": pairs}
        if kind is bytes:
            return {"is": "bytes", "text": base64.b64encode(value).decode()}
        if isinstance(value, Path):
            return {"is": "path", "text": str(value)}
        if isinstance(value, np.ndarray | np.generic):
            scalar = isinstance(value, np.generic)
            return {"is": "array", "scalar": scalar, **self.encode_array(value)}
        if isinstance(value, keras.Model):
            if self.models is None:
                return {"is": "model", **self.encode_model(value)}
            return {"is": "model of the message", "number": self.models.number_of(value)}
        if isinstance(value, keras.KerasTensor):
            if self.tensors is None:
                raise CannotTravel("a symbolic tensor that belongs to no argument")
            return {"is": "symbolic tensor", "number": self.tensors.number_of(value)}
        if isinstance(value, keras.Variable) or kind.__module__.startswith("tensorflow"):
            return {"is": "tensor", **self.encode_array(keras.ops.convert_to_numpy(value))}
        return {"is": "unsendable", "text": str(describe(value))[:_LONGEST_DESCRIPTION]}

    def encode_array(self, value) -> dict:
        """Turn an array into what JSON can hold; a large one waits in `arrays`.

        Raises:
            CannotTravel: It is an array of objects or records.
        """
        array = np.asarray(value, order="C")
        _require_numbers(array.dtype)
        about = {"shape": array.shape, "dtype": array.dtype.str}
        if array.nbytes <= SMALL_ARRAY:
            return {"bytes": base64.b64encode(array.tobytes()).decode(), **about}
        self.arrays.append(array)
        self._bytes += array.nbytes
        return {"begins": self._bytes - array.nbytes, **about}

    def encode_model(self, model: keras.Model) -> dict:
        """Describe one model, or say why it cannot be read."""
        try:
            return self.encode_models([model])
        except UnreadableModelError as error:
            return {"why_unreadable": str(error)}

    def encode_models(self, models: list[keras.Model]) -> dict:
        """Describe models that may share layers.

        Raises:
            UnreadableModelError: One of them cannot be read.
        """
        return encode_networks(models, self.encode_array)


class Decoder:
    """Decodes the values of one message; each time it makes them anew.

    Args:
        load_arrays: Gives the bytes of all large arrays, one after the other.
        tensors: What stands where symbolic tensors were found.
        models: What stands where models of the message were found.

    Any exception here means that the message is not what an `Encoder` writes.
    """

    def __init__(
        self,
        load_arrays: Callable[[], bytes],
        tensors: Sequence = (),
        models: Sequence[keras.Model] = (),
    ):
        """Take what the values refer to."""
        self._load_arrays, self._tensors, self._models = load_arrays, tensors, models
        self._bounds = _Bounds()
        self._ends = 0  # where the last large array ended
        self._networks = 0

    def decode(self, encoded):
        """Make a value of what JSON held."""
        if not isinstance(encoded, dict):
            return encoded
        kind = encoded["is"]
        if kind in ("list", "tuple", "set", "frozenset"):
            with self._bounds.within(kind, len(encoded["items"])):
                return getattr(builtins, kind)([self.decode(item) for item in encoded["items"]])
        if kind == "dict":
            with self._bounds.within(kind, len(encoded["items"])):
                return {self.decode(key): self.decode(item) for key, item in encoded["items"]}
        if kind == "bytes":
            return base64.b64decode(encoded["text"])
        if kind == "path":
            return Path(encoded["text"])
        if kind == "array":
            array = self.decode_array(encoded).copy()  # which may be written to
            return array[()] if encoded["scalar"] else array
        if kind == "tensor":
            return keras.ops.convert_to_tensor(self.decode_array(encoded))
        if kind == "model":
            return self.decode_models(encoded)[0]
        if kind == "model of the message":
            return _item(self._models, encoded["number"])
        if kind == "symbolic tensor":
            return _item(self._tensors, encoded["number"])
        if kind == "unsendable":
            return Unsendable(str(encoded["text"]))
        raise CannotTravel(f"a value marked {kind!r}")

    def decode_array(self, encoded: dict) -> np.ndarray:
        """Make an array, which may not be written to.

        Raises:
            CannotTravel: It is no array of numbers, or not all of it was sent.
        """
        dtype, shape = np.dtype(encoded["dtype"]), encoded["shape"]
        _require_numbers(dtype)
        if any(type(size) is not int or size < 0 for size in shape):
            raise CannotTravel("an array of no shape")
        size = math.prod(shape) * dtype.itemsize
        if "bytes" in encoded:
            content = base64.b64decode(encoded["bytes"])
        else:
            begins = encoded["begins"]
            if begins < self._ends:  # each array once, so that they are no more than was sent
                raise CannotTravel("an array that is not in its place")
            self._ends = begins + size
            content = memoryview(self._load_arrays())[begins : self._ends]
        if len(content) != size:
            raise CannotTravel(f"{len(content):,} bytes of an array; expected {size:,}")
        return np.frombuffer(content, dtype).reshape(shape) if size else np.zeros(shape, dtype)

    def decode_models(self, encoded: dict) -> list[keras.Model]:
        """Make the models of a description."""
        self._networks += 1
        if self._networks > _MOST_NETWORKS:
            raise CannotTravel(f"more than {_MOST_NETWORKS} networks")
        if "why_unreadable" in encoded:
            return [UnreadableModel(str(encoded["why_unreadable"]))]
        return decode_networks(encoded, self.decode_array)


class _Bounds:
    """Counts the items of a value, and how deep they lie within each other."""

    def __init__(self):
        """Begin with none."""
        self._items = self._depth = 0

    @contextlib.contextmanager
    def within(self, kind: str, length: int) -> Iterator[None]:
        """Look at the items of a collection meanwhile.

        Raises:
            CannotTravel: These are too many, or too deep.
        """
        self._items += length
        if self._items > MOST_ITEMS:
            raise CannotTravel(
                f"a value of more than {MOST_ITEMS:,} items; expected fewer, or an array"
            )
        if kind not in ("list", "tuple") and length > MOST_KEYS:
            raise CannotTravel(f"a {kind} of {length:,} items; at most {MOST_KEYS:,} travel")
        if self._depth >= DEEPEST:
            raise CannotTravel(f"a {kind} more than {DEEPEST} levels deep")
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1


class Unsendable(UnsendableValue):
    """Stands for a value that no message can carry."""

    def __init__(self, description: str):
        """Keep what it was."""
        self.description = description

    def __repr__(self):
        """Say what it was."""
        return self.description


def _item(items: Sequence, number):
    """The item of a number that hostile code may have written."""
    if type(number) is not int or not 0 <= number < len(items):
        raise CannotTravel(f"a reference to number {number!r} of {len(items)}")
    return items[number]


def _require_numbers(dtype: np.dtype) -> None:
    if dtype.kind not in _NUMBERS:
        kind = "objects" if dtype.hasobject else f"type {dtype!s:.60}"
        raise CannotTravel(f"an array of {kind}; expected an array of numbers")
