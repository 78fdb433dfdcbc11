"""The check kernel: lets checks use what the learner defined, in the other kernel.

`bind` puts a stand-in where a check uses a name that the learner defined. Calling the stand-in of
a function writes the arguments down, asks the grader to let the learner's kernel work (`learner`),
and reads the reply. A check that builds several networks may announce them (`verdict.work_ahead`):
the learner's kernel then makes the next one while this kernel looks at the last.

A learner's code never runs here. What it sends is data; what cannot be sent, or is not what
`learner` writes, fails the check that needed it.
"""

import contextlib
import gc
import json
import os
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import keras
import matplotlib.pyplot as plt
from IPython import get_ipython

from casebook_grader.inside.errors import CannotTravel, decode_error
from casebook_grader.inside.messages import ARRAYS, Message, files_of, reading, write_message
from casebook_grader.inside.values import Collection, Encoder
from cnn_casebook.checks.parts.repositories import FOLDER_VARIABLE
from cnn_casebook.checks.parts.verdict import CheckFailed
from cnn_casebook.remote import RemoteCallable

_CONNECTED_MILLISECONDS = 30_000
_MOST_LOOSE = 1_000  # tensors of a reply that have nothing to do with the arguments

_connection: "LearnerConnection | None" = None


def forget(folder: str) -> None:
    """Begin with another submission: leave nothing of the last one but what Keras has compiled.

    The set-up cells run again after this, and set the seeds.

    Args:
        folder: The folder that this kernel and the learner's see.
    """
    global _connection
    os.chdir(folder)  # first: the last one's is gone
    os.environ[FOLDER_VARIABLE] = folder  # where checks put what the learner's code reads
    shell = get_ipython()
    if _connection is not None:
        shell.events.unregister("pre_run_cell", _connection.next_check)
        _connection = None
    shell.set_custom_exc((), None)
    shell.reset(new_session=False)
    for name in ("last_exc", "last_type", "last_value", "last_traceback"):
        vars(sys).pop(name, None)
    plt.close("all")
    keras.utils.clear_session()  # the names that it has given to layers
    gc.collect()


def connect(largest_reply: int, largest_arrays: int) -> None:
    """Connect this kernel with the learner's, once the set-up cells have run.

    Args:
        largest_reply: Bytes of JSON in one reply.
        largest_arrays: Bytes of the arrays in one reply.
    """
    global _connection
    shell, folder = get_ipython(), Path.cwd()

    def ask(what: str, request: Path, reply: Path) -> str:
        return shell.kernel.raw_input(json.dumps([what, str(request), str(reply)]))

    # Before the grader's line is connected, a question would be dropped without a word.
    if not shell.kernel.stdin_socket.poll(_CONNECTED_MILLISECONDS):
        raise TimeoutError("the grader cannot be asked")
    _connection = LearnerConnection(ask, folder, shell.user_ns, largest_reply, largest_arrays)
    shell.events.register("pre_run_cell", _connection.next_check)
    shell.set_custom_exc((BaseException,), _show_message)


def bind(names: list[str]) -> None:
    """Put stand-ins and values in place of the names that only the learner knows."""
    __tracebackhide__ = True
    _connection.bind(names)


def _show_message(shell, kind: type, error: BaseException, tb, tb_offset=None) -> list[str]:
    """Show an exception as IPython's handler of exceptions, without the way into the check."""
    text = "".join(traceback.format_exception_only(kind, error)).strip()
    text = text.encode("utf-8", "replace").decode()  # else no message could carry it
    lines = [text.replace(f"{CheckFailed.__module__}.", "")]
    shell._showtraceback(kind, error, lines)
    return lines


class StandIn(RemoteCallable):
    """Stands where a learner's function is used; calls it in the other kernel."""

    def __init__(self, connection: "LearnerConnection", name: str, shown: str, uses: list):
        """Stand for the function that the learner's kernel knows by this name."""
        self._connection, self._known_as = connection, name
        self.__name__ = shown
        self.uses = tuple(map(str, uses))

    def __call__(self, *args, **kwargs):
        """Call the learner's function and return its result, or raise what it raised."""
        __tracebackhide__ = True
        return self._connection.call(self._known_as, args, kwargs)

    def work_ahead(self, calls: list[tuple[tuple, dict]]) -> None:
        """Let the learner's kernel begin with these calls; each is still to be made."""
        self._connection.work_ahead(self._known_as, calls)


class LearnerConnection:
    """The check kernel's end of the line to the learner's kernel.

    Args:
        ask: Takes "answer" and the paths of a request and of its reply, returns "" once the reply
            is written, or else what went wrong. With "ahead" it does not wait for the reply.
        folder: The folder that both kernels see.
        names: The names of the check kernel.
        largest_reply: Bytes of JSON in one reply.
        largest_arrays: Bytes of the arrays in one reply.
    """

    def __init__(
        self,
        ask: Callable[[str, Path, Path], str],
        folder: Path,
        names: dict,
        largest_reply: int,
        largest_arrays: int,
    ):
        """Remember which names the set-up cells defined: the learner's never replace them."""
        self._ask, self._folder, self._names = ask, folder, names
        self._largest = largest_reply, largest_arrays
        self._own_names = set(names)
        # Of messages, in their files' names: another connection uses another prefix.
        self._count, self._prefix = 0, os.urandom(4).hex()
        self._done: list[Path] = []  # files of the last exchange, not needed any more
        self._kept: dict[str, Message] = {}  # replies that later checks may read, by request
        self._asked: set[str] = set()  # requests of this check whose replies are kept
        self._begun: dict[str, tuple[Path, Path]] = {}  # request and reply of work ahead

    def next_check(self, *_) -> None:
        """Begin another check."""
        self._asked.clear()

    def bind(self, names: list[str]) -> None:
        """Put stand-ins and values in place of the names that only the learner knows."""
        __tracebackhide__ = True
        self._kept.clear()
        for pair in self._begun.values():
            self._done += files_of(*pair)
        self._begun.clear()
        names = [name for name in names if name not in self._own_names]
        if not names:
            return
        reply = self._exchange(json.dumps({"do": "describe", "names": names}), [])
        with _reading():
            kinds = {name: dict(reply.content["kinds"][name]) for name in names}
            values = reply.decode("values")
            found = {name: self._bound(name, kinds[name], values) for name in names}
        for name in names:
            self._names.pop(name, None)
            if kinds[name]["kind"] == "refused":
                raise CheckFailed(str(kinds[name]["reason"]))
            if kinds[name]["kind"] in ("function", "value"):
                self._names[name] = found[name]

    def _bound(self, name: str, kind: dict, values: dict):
        """What a name of the learner's becomes here."""
        if kind["kind"] == "function":
            return StandIn(self, name, str(kind["name"]), kind["uses"])
        return values[name] if kind["kind"] == "value" else None

    def work_ahead(self, name: str, calls: list[tuple[tuple, dict]]) -> None:
        """Let the learner's kernel begin with calls that will be made."""
        for args, kwargs in calls:
            request, encoder = _request(name, args, kwargs)
            text = json.dumps(request)
            if text not in self._begun and text not in self._kept:
                question, reply = self._new_pair()
                write_message(question, text, encoder.arrays)
                self._begun[text] = question, reply
                self._ask("ahead", question, reply)

    def call(self, name: str, args: tuple, kwargs: dict):
        """Call a learner's function.

        A block that several checks ask for in the same words is built once: until the learner's
        side runs something else, a later check reads the network that an earlier one was given.
        Within one check each request is answered anew, as layers of one network need own names.
        """
        __tracebackhide__ = True
        request, encoder = _request(name, args, kwargs)
        text, tensors = json.dumps(request), encoder.tensors.items
        if text in self._kept and text not in self._asked:
            reply = self._kept[text]
        else:
            reply = self._exchange(text, encoder.arrays)
        given = [*args, *kwargs.values()]
        with _reading():
            models = reply.decode_models("models") if "models" in reply.content else []
            result = reply.decode("result", self._outputs(reply, tensors), models)
            for place, array in reply.decode("changed").items():
                given[place][...] = array  # as it would be in one process
        if tensors and not encoder.arrays and reply.is_small:
            self._asked.add(text)
            self._kept[text] = reply
        return result

    @staticmethod
    def _outputs(reply: Message, tensors: list) -> list:
        """The symbolic tensors of a reply, made of those among the arguments."""
        if "network" in reply.content:
            (network,) = reply.decode_models("network")
            outputs = network(tensors if len(tensors) > 1 else tensors[0])
            return outputs if isinstance(outputs, list | tuple) else [outputs]
        loose = reply.content.get("loose", ())  # not computed from the arguments: nor is this
        if len(loose) > _MOST_LOOSE:
            raise CannotTravel(f"{len(loose):,} tensors; at most {_MOST_LOOSE:,} travel")
        return [keras.Input(batch_shape=shape, dtype=dtype) for shape, dtype in loose]

    def _exchange(self, text: str, arrays: list) -> Message:
        """Have a request answered; return the reply, or raise what the learner's side raised."""
        __tracebackhide__ = True
        if any(path.suffix == ARRAYS and path.exists() for path in self._done):
            gc.collect()  # what came with the last exchange may be large, and not needed any more
        for path in self._done:
            path.unlink(missing_ok=True)
        if text in self._begun:
            question, answer = self._begun.pop(text)
        else:
            question, answer = self._new_pair()
            write_message(question, text, arrays)
        self._done = files_of(question, answer)
        failure = self._ask("answer", question, answer)
        if failure:
            raise CheckFailed(failure)
        reply = Message(answer, *self._largest)
        with _reading():
            error = decode_error(reply.content["error"]) if "error" in reply.content else None
        if error is not None:
            raise error
        return reply

    def _new_pair(self) -> tuple[Path, Path]:
        """Paths of a request and of its reply."""
        self._count += 1
        name = f"{self._prefix}-{self._count}.json"
        return self._folder / f"request-{name}", self._folder / f"reply-{name}"


@contextlib.contextmanager
def _reading() -> Iterator[None]:
    """Fail the check where a reply is not what `learner` writes."""
    try:
        with reading():
            yield
    except CannotTravel as error:
        raise CheckFailed(f"your code gave {error}.") from None


def _request(name: str, args: tuple, kwargs: dict) -> tuple[dict, Encoder]:
    """The request to call a function; the encoder holds its arrays and symbolic tensors."""
    encoder = Encoder(tensors=Collection())
    request = {
        "do": "call",
        "name": name,
        "args": encoder.encode(args),
        "kwargs": encoder.encode(kwargs),
    }
    tensors = encoder.tensors.items
    request["symbols"] = [[list(tensor.shape), str(tensor.dtype)] for tensor in tensors]
    return request, encoder
