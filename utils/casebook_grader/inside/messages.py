"""Messages between two kernels: a JSON file, and a file of bytes beside it where arrays are large.

Nothing is unpickled or unpacked: the JSON says of each large array its type, its shape and where
in the other file its bytes begin. A message is written whole or not at all, and read once.
"""

import contextlib
import functools
from collections.abc import Iterator, Sequence
from pathlib import Path

import keras
import numpy as np

from casebook_grader.inside.errors import CannotTravel
from casebook_grader.inside.files import create_file, parse_json, read_file
from casebook_grader.inside.values import Decoder

ARRAYS = ".arrays"  # how the file with the bytes of the large arrays ends
_SMALL = 2**20  # bytes of JSON; a smaller message, without an array file, may be kept


def files_of(*paths: Path) -> list[Path]:
    """The files that messages of these paths may lie in, finished or not."""
    return [path.with_suffix(end) for path in paths for end in (".json", ARRAYS, ".part")]


def write_message(path: Path, text: str, arrays: Sequence[np.ndarray] = ()) -> None:
    """Write a message.

    Args:
        path: Where its JSON will lie, with the ending `.json`.
        text: Its JSON.
        arrays: The large arrays that the JSON refers to, in their order.
    """
    if arrays:
        with create_file(path.with_suffix(ARRAYS)) as file:
            for array in arrays:
                file.write(array.data)
    unfinished = path.with_suffix(".part")
    with create_file(unfinished) as file:
        file.write(text.encode())
    unfinished.replace(path)


@contextlib.contextmanager
def reading() -> Iterator[None]:
    """Turn whatever goes wrong with what hostile code may have written into CannotTravel."""
    try:
        yield
    except CannotTravel:
        raise
    except Exception as error:
        raise CannotTravel(f"an answer that cannot be read ({type(error).__name__})") from None


class Message:
    """A message that the other kernel wrote, or hostile code in its place.

    Args:
        path: Where its JSON lies.
        largest_text: Bytes of JSON that are read at most; any number without it.
        largest_arrays: Bytes of the array file that are read at most.
    """

    def __init__(
        self, path: Path, largest_text: int | None = None, largest_arrays: int | None = None
    ):
        """Read nothing yet."""
        self.path = path
        self._largest_text, self._largest_arrays = largest_text, largest_arrays
        self._size = 0  # bytes of JSON, once they are read

    @functools.cached_property
    def content(self) -> dict:
        """Its JSON: names of its parts, and each part's encoded value or plain data.

        Raises:
            CannotTravel: It is too large, or no message.
        """
        with reading():
            text = read_file(self.path, self._largest_text)
            self._size = len(text)
            content = parse_json(text)
        if not isinstance(content, dict):
            raise CannotTravel("no answer")
        return content

    def decode(self, part: str, tensors: Sequence = (), models: Sequence = ()):
        """Make the value of a part, anew each time.

        Args:
            part: The part's name.
            tensors: What stands where symbolic tensors were found.
            models: What stands where models of the message were found.

        Raises:
            CannotTravel: The part is missing, or not what an `Encoder` writes.
        """
        with reading():
            return self._decoder(tensors, models).decode(self.content[part])

    def decode_models(self, part: str) -> list[keras.Model]:
        """Make the models that a part describes, anew each time; as `decode` does."""
        with reading():
            return self._decoder().decode_models(self.content[part])

    @property
    def is_small(self) -> bool:
        """Whether it may be kept for other checks."""
        return "_arrays" not in self.__dict__ and self._size <= _SMALL

    def _decoder(self, *references) -> Decoder:
        return Decoder(lambda: self._arrays, *references)

    @functools.cached_property
    def _arrays(self) -> bytes:
        return read_file(self.path.with_suffix(ARRAYS), self._largest_arrays)
