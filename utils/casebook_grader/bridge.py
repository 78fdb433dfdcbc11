"""The bridge between two kernels: how a check calls what a learner wrote, in another process.

The grader runs this file's text in both kernels of a submission, as a module of its own. Values
travel as JSON and as array files in the folder that both kernels see; nothing is unpickled.

- In the check kernel, `bind(names)` puts a stand-in where a check uses a name that the learner
  defined. Calling the stand-in of a function writes the arguments down, asks the grader to let
  the learner's kernel work, and reads the result.
- In the learner kernel, `serve(request, reply)` does the work.
- A check that builds several networks may announce them (`verdict.work_ahead`): the learner
  kernel then makes the next one while the check kernel looks at the last.

Both sides may read what the other wrote only as data. What cannot travel is refused, and fails
the check that needed it.
"""

import base64
import builtins
import gc
import io
import json
import os
import re
import stat
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

LARGEST_REPLY = 64 * 2**20  # bytes of JSON
LARGEST_ARRAYS = 2 * 2**30  # bytes of one file of arrays
SMALL_REPLY = 2**20  # bytes of JSON; a smaller one, without a file of arrays, may be kept
SMALL_ARRAY = 2**15  # bytes; a smaller array travels within the JSON

# What a network's description may name. Keras would import and call whatever it is told to.
_MODULES = ("keras.layers", "keras.models", "keras.initializers", "keras.regularizers")
_MODULES += ("keras.constraints", "keras.activations", "keras.optimizers", "keras.losses")
_MODULES += ("keras.metrics", "keras.src.ops.", "keras.src.activations.", "keras.src.layers.")
_MODULES += ("keras.src.models.", "keras.optimizers.schedules")
_OTHERS = {
    "Sequential",
    "Functional",
    "DTypePolicy",
    "__keras_tensor__",
    "__numpy__",
    "__tuple__",
    "__slice__",
    "__ellipsis__",
}
_REFUSED = {"Lambda", "TFSMLayer", "TorchModuleWrapper", "JaxLayer", "FlaxLayer", "function"}

_HALVES = re.compile(r"\\u[dD][89a-fA-F]")  # as JSON writes half of a character
_NUMBERED = re.compile(r"(.*?)(?:_(\d{1,5}))?", re.DOTALL)  # a name as Keras makes it up


def _one_name(create, **variable):
    """Make a variable of TensorFlow's that is named as all others are; Keras keeps its own names.

    TensorFlow compiles what makes a variable for each name anew: half the time of a new layer.
    """
    return create(**variable | {"name": "variable/"})


class CannotTravel(TypeError):
    """A value that is no number, text, array, list, dict, tensor or model."""


class _Encoded:
    """A value that was encoded for the message already."""

    def __init__(self, told):
        """Keep what encoding gave."""
        self.told = told


class Stranger:
    """Stands for a value that cannot travel; `graph.describe` says what it was."""

    def __init__(self, text: str):
        """Keep what it was."""
        self.described = text

    def __repr__(self):
        """Say what it was."""
        return self.described


class Opaque(keras.Model):
    """Stands for a model that cannot be read, and so cannot travel; `graph.flatten` says why."""

    def __init__(self, reason: str):
        """Keep the reason."""
        super().__init__()
        self.why_unreadable = reason


class Bundle:
    """Values of one message on their way through JSON, with the arrays in a file beside it.

    Args:
        path: Where the message lies; its arrays lie in `path` with the ending `.npz`.
    """

    def __init__(self, path: Path):
        """Begin an empty message."""
        self.path = path
        self.arrays = []
        self._told = None  # the JSON that was read
        self._size = 0  # its bytes
        self._read = None  # the arrays

    @property
    def unfinished(self) -> Path:
        """Where it lies while it is written."""
        return self.path.with_suffix(".part")

    # ---- writing ----

    def write(self, value) -> None:
        """Write a value, whole or not at all."""
        self.write_text(json.dumps(self.encode(value)))

    def write_text(self, text: str) -> None:
        """Write what was encoded, and its arrays."""
        if self.arrays:
            named = {f"a{i}": array for i, array in enumerate(self.arrays)}
            with _create(self.path.with_suffix(".npz")) as file:
                np.savez(file, **named)
        with _create(self.unfinished) as file:
            file.write(text.encode())
        self.unfinished.replace(self.path)

    def encode(self, value):
        """Turn a value into what JSON can hold."""
        kind = type(value)
        if kind is _Encoded:
            return value.told
        if value is None or kind in (bool, int, float, str):
            return value
        if kind in (list, tuple, set, frozenset) or isinstance(value, tuple):
            name = kind.__name__ if kind in (list, set, frozenset) else "tuple"
            return {"is": name, "items": [self.encode(one) for one in value]}
        if isinstance(value, dict):
            pairs = [[self.encode(key), self.encode(one)] for key, one in value.items()]
            return {"is": "dict", "items": pairs}
        if kind is bytes:
            return {"is": "bytes", "text": base64.b64encode(value).decode()}
        if isinstance(value, Path):
            return {"is": "path", "text": str(value)}
        if isinstance(value, np.ndarray | np.generic):
            return {"is": "array", "scalar": isinstance(value, np.generic), **self._array(value)}
        if isinstance(value, keras.Model):
            return self._model(value)
        if isinstance(value, keras.KerasTensor):
            raise CannotTravel("a symbolic tensor that belongs to no argument")
        if isinstance(value, keras.Variable) or type(value).__module__.startswith("tensorflow"):
            return {"is": "tensor", **self._array(keras.ops.convert_to_numpy(value))}
        from cnn_casebook.models.graph import describe

        return {"is": "stranger", "text": str(describe(value))[:200]}

    def _array(self, value) -> dict:
        array = np.asarray(value)
        if array.dtype.hasobject or array.dtype.names:
            raise CannotTravel("an array of objects or records; expected an array of numbers")
        if array.nbytes > SMALL_ARRAY:
            self.arrays.append(array)
            return {"file": len(self.arrays) - 1}
        text = base64.b64encode(array.tobytes()).decode()
        return {"bytes": text, "shape": array.shape, "dtype": array.dtype.str}

    def _model(self, model) -> dict:
        from cnn_casebook.models.graph import UnreadableModelError

        try:
            return {"is": "model", **self._models([model])}
        except UnreadableModelError as error:
            return {"is": "opaque", "reason": str(error)}

    def _models(self, models: list) -> dict:
        """Describe models; several become one network, so that layers they share stay shared."""
        from cnn_casebook.models.graph import flatten

        graphs = [flatten(model) for model in models]  # names what is not built in
        whole, parts = (models[0], None) if len(models) == 1 else _joined(models, graphs)
        return {
            "config": json.dumps(keras.saving.serialize_keras_object(whole)),
            "parts": parts,
            "weights": [self._array(weight) for weight in whole.weights],
        }

    # ---- reading ----

    @property
    def is_small(self) -> bool:
        """Whether what was read may be kept for other checks."""
        return self._read is None and self._size <= SMALL_REPLY

    def read(self):
        """Read a value that the other side wrote; each time it is made anew.

        Raises:
            CannotTravel: It is too large, or not what `write` writes.
        """
        try:
            if self._told is None:
                content = _read_file(self.path, LARGEST_REPLY)
                self._told, self._size = _parsed(content), len(content)
            return self.decode(self._told)
        except CannotTravel:
            raise
        except Exception as error:
            raise CannotTravel(f"an answer that cannot be read ({type(error).__name__})") from None

    def decode(self, told):
        """Make a value of what JSON held."""
        if not isinstance(told, dict):
            return told
        kind = told["is"]
        if kind in ("list", "tuple", "set", "frozenset"):
            return getattr(builtins, kind)(self.decode(one) for one in told["items"])
        if kind == "dict":
            return {self.decode(key): self.decode(one) for key, one in told["items"]}
        if kind == "bytes":
            return base64.b64decode(told["text"])
        if kind == "path":
            return Path(told["text"])
        if kind == "array":
            array = self._load(told)
            return array[()] if told["scalar"] else array
        if kind == "tensor":
            return keras.ops.convert_to_tensor(self._load(told))
        if kind == "model":
            return self.decode_models(told)[0]
        if kind == "stranger":
            return Stranger(str(told["text"]))
        if kind == "opaque":
            return Opaque(told["reason"])
        raise CannotTravel(f"a value marked {kind!r}")

    def decode_models(self, told: dict) -> list:
        """Make models of their description and weights."""
        config = _parsed(told["config"])
        _require_built_in(config)
        _reserve_names(config)  # first: Keras takes the names out of it
        compiled = config.pop("compile_config", None)  # an optimizer has values of its own
        for one in _dicts(config):
            one.pop("compile_config", None)
        values = [self._load(weight) for weight in told["weights"]]
        with tf.variable_creator_scope(_one_name):
            with keras.StatelessScope():
                whole = keras.saving.deserialize_keras_object(config, safe_mode=True)
                _begin_with(whole.weights, values)  # which they get as the scope ends
            if compiled:
                whole.compile_from_config(compiled)
        if not told["parts"]:
            return [whole]
        return [_part(whole, *part) for part in told["parts"]]

    def _load(self, told: dict) -> np.ndarray:
        if "bytes" in told:
            array = np.frombuffer(base64.b64decode(told["bytes"]), told["dtype"])
            return array.reshape(told["shape"]).copy()
        if self._read is None:
            content = io.BytesIO(_read_file(self.path.with_suffix(".npz"), LARGEST_ARRAYS))
            self._read = np.load(content, allow_pickle=False)
        return self._read[f"a{int(told['file'])}"]


def _begin_with(variables: list, values: list[np.ndarray]) -> None:
    """Give variables that wait for their first value another one: a third of a network's time."""
    for variable, value in zip(variables, values, strict=True):
        if tuple(variable.shape) != value.shape:
            raise CannotTravel(f"a weight of shape {value.shape}; expected {variable.shape}")
        variable._initializer = lambda shape, dtype, value=value: value.astype(dtype, copy=False)


def _joined(models: list, graphs: list) -> tuple:
    """Make one flat network of several models.

    Returns:
        The network; and for each model the numbers of its inputs, its first and last output, and
        whether it carries weights that its outputs do not depend on.
    """
    from cnn_casebook.models.graph import Wire

    inputs, outputs, parts, names = {}, [], [], {}
    for model, graph in zip(models, graphs, strict=True):
        for one in model.inputs:
            if id(one) not in inputs:
                inputs[id(one)] = keras.Input(batch_shape=one.shape, dtype=one.dtype)
        tensors = {w: inputs[id(one)] for w, one in zip(graph.inputs, model.inputs, strict=True)}
        for node in graph.nodes:
            operation = node.operation
            if id(operation) not in names:
                names[id(operation)] = f"{operation.name}_{len(names)}"
                operation.name = names[id(operation)]  # clones have equal names
            args, kwargs = keras.tree.map_structure(
                lambda leaf, known=tensors: known[leaf] if isinstance(leaf, Wire) else leaf,
                (node.args, dict(node.kwargs)),
            )
            results = keras.tree.flatten(operation(*args, **kwargs))
            tensors.update(zip(node.outputs, results, strict=True))
        places = [list(inputs).index(id(one)) for one in model.inputs]
        carried = {id(w) for node in graph.nodes for w in getattr(node.operation, "weights", ())}
        carries_more = len({id(w) for w in model.weights}) > len(carried)
        parts.append([places, len(outputs), len(outputs) + len(graph.outputs), carries_more])
        outputs += [tensors[wire] for wire in graph.outputs]
    return keras.Model(list(inputs.values()), outputs), parts


def _part(whole, places: list, first: int, last: int, carries_more: bool):
    """Take one model out of a joint network again."""
    if not carries_more:
        return keras.Model([whole.inputs[i] for i in places], whole.outputs[first:last])
    own = {
        i: keras.Input(batch_shape=whole.inputs[i].shape, dtype=whole.inputs[i].dtype)
        for i in places
    }
    anything = own[places[0]]  # for inputs of other models, which do not reach these outputs
    given = [own.get(i, anything) for i in range(len(whole.inputs))]
    return keras.Model(list(own.values()), whole(given)[first:last])


def _read_file(path: Path, largest: int) -> bytes:
    """Read a file that hostile code may have put there: no link, no pipe, not too large."""
    number = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(number, "rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode) or status.st_size > largest:
            raise CannotTravel(f"an answer of {status.st_size:,} bytes; at most {largest:,} travel")
        return file.read(largest + 1)


def _parsed(text: str | bytes):
    """Read JSON; what no message could carry, half of a character, becomes a question mark."""
    text = text if isinstance(text, str) else text.decode("utf-8", "replace")
    if not _HALVES.search(text):
        return json.loads(text)
    clean = json.dumps(json.loads(text), ensure_ascii=False).encode("utf-8", "replace")
    return json.loads(clean)


def _create(path: Path):
    """Open a new file for writing bytes: what hostile code put in its place is no file of ours."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    return open(os.open(path, flags, 0o600), "wb")


def _dicts(config):
    """Yield every dict of a network's description."""
    if isinstance(config, dict):
        yield config
        config = config.values()
    if not isinstance(config, str):
        for one in config if hasattr(config, "__iter__") else ():
            yield from _dicts(one)


def _require_built_in(config) -> None:
    """Refuse a network's description that names anything but Keras's own layers and operations."""
    for one in _dicts(config):
        if "class_name" in one:
            name, module = str(one["class_name"]), str(one.get("module"))
            known = f"{module}.".startswith(_MODULES) and name not in _REFUSED
            known |= name in _OTHERS and module in ("keras", "None", "builtins")
            if not known or one.get("registered_name") not in (None, name):
                raise CannotTravel(f"a network with {name}, which is not built into Keras")


def _reserve_names(config) -> None:
    """Keep Keras from giving new layers the names that a network brought along.

    In one process no two layers that Keras named have one name, so they fit into one network.
    """
    for one in _dicts(config):
        if "class_name" not in one and isinstance(one.get("name"), str):
            kind, number = _NUMBERED.fullmatch(one["name"]).groups()
            while keras.backend.get_uid(kind) <= int(number or 0):
                pass


# ---- the learner's side ----


def serve(request: str, reply: str) -> None:
    """Do what the check kernel asks, and write down what came of it."""
    wanted = Bundle(Path(request)).read()
    answer = Bundle(Path(reply))
    for path in (*_files(answer), answer.unfinished):  # of an attempt that ended with its kernel
        path.unlink(missing_ok=True)
    known = get_ipython().user_ns  # noqa: F821 - the kernel defines it
    try:
        if wanted["do"] == "describe":
            answer.write({name: _described(answer, known, name) for name in wanted["names"]})
        else:
            answer.write({"value": _called(answer, known[wanted["name"]], wanted)})
    except BaseException as error:
        answer.arrays.clear()
        answer.write({"error": _error(error)})
    finally:
        if answer.arrays:  # networks are cycles, and the next one may be as large
            del answer
            gc.collect()


def _described(answer: Bundle, known: dict, name: str) -> dict:
    if name not in known:
        return {"kind": "missing"}
    value = known[name]
    if callable(value) and not isinstance(value, keras.Model):
        return {"kind": "function", "name": str(getattr(value, "__name__", name))}
    try:
        told = answer.encode(value)
    except Exception as error:
        return {"kind": "refused", "reason": f"`{name}` is {error}"}
    if isinstance(told, dict) and told["is"] == "stranger":
        return {
            "kind": "refused",
            "reason": f"`{name}` is {told['text']}; expected a function, a number, a text, an "
            "array, a list, a dict or a Keras model",
        }
    return {"kind": "value", "value": _Encoded(told)}


def _called(answer: Bundle, function, wanted: dict):
    """Call the learner's function; symbolic tensors among arguments and results become a model."""
    from cnn_casebook.checks.parts.verdict import network
    from cnn_casebook.models.graph import flatten

    symbols = [keras.Input(batch_shape=shape, dtype=kind) for shape, kind in wanted["symbols"]]
    arguments, keywords = _replaced((wanted["args"], wanted["kwargs"]), symbols)
    given = [*arguments, *keywords.values()]
    kept = {i: one.copy() for i, one in enumerate(given) if isinstance(one, np.ndarray)}
    with tf.variable_creator_scope(_one_name):
        result = function(*arguments, **keywords)
    changed = {i: given[i] for i, one in kept.items() if not np.array_equal(one, given[i])}
    found = {}

    def mark(value):
        if isinstance(value, keras.KerasTensor):
            found.setdefault(id(value), value)
            return _Symbol(list(found).index(id(value)))
        if isinstance(value, keras.Model):
            return value
        if type(value) in (list, tuple):
            return type(value)(map(mark, value))
        return {key: mark(one) for key, one in value.items()} if type(value) is dict else value

    marked = mark(result)
    models = _models_in(marked)
    told = {"result": marked, "changed": changed}
    if len(models) > 1:
        joint = answer._models(models)
        marked = _swapped(marked, {id(model): _Part(i) for i, model in enumerate(models)})
        told |= {"result": marked, "joint": json.dumps(joint)}
    if found:
        outputs = list(found.values())
        try:
            told["network"] = network(symbols, outputs)
        except ValueError:
            told["loose"] = [[list(t.shape), str(t.dtype)] for t in outputs]
        else:
            flatten(told["network"])  # names what is not built in
    return _plain(told)


class _Symbol:
    """A place among the network's outputs."""

    def __init__(self, number):
        self.number = number


class _Part:
    """A place among models that travel together."""

    def __init__(self, number):
        self.number = number


def _plain(value):
    """Write places as dicts that `_restored` knows."""
    if isinstance(value, _Symbol):
        return {"casebook": "symbol", "number": value.number}
    if isinstance(value, _Part):
        return {"casebook": "part", "number": value.number}
    if type(value) in (list, tuple):
        return type(value)(map(_plain, value))
    return {key: _plain(one) for key, one in value.items()} if type(value) is dict else value


def _models_in(value) -> list:
    if isinstance(value, keras.Model):
        return [value]
    if type(value) is dict:
        value = list(value.values())
    return (
        [one for part in value for one in _models_in(part)] if type(value) in (list, tuple) else []
    )


def _swapped(value, by_id: dict):
    if id(value) in by_id:
        return by_id[id(value)]
    if type(value) in (list, tuple):
        return type(value)(_swapped(one, by_id) for one in value)
    return {k: _swapped(v, by_id) for k, v in value.items()} if type(value) is dict else value


def _replaced(value, symbols: list):
    """Put tensors where places of symbols stand."""
    if type(value) is dict and value.get("casebook") == "symbol":
        return symbols[value["number"]]
    if type(value) in (list, tuple):
        return type(value)(_replaced(one, symbols) for one in value)
    return {k: _replaced(v, symbols) for k, v in value.items()} if type(value) is dict else value


def _error(error: BaseException) -> dict:
    """Describe an exception: the nearest class that Python itself has, and its words."""
    kind = next(one for one in type(error).__mro__ if one.__module__ == "builtins")
    name = type(error).__name__
    if name in ("UnreadableModelError", "CannotTravel", "CheckFailed"):
        return {"kind": name, "name": name, "text": str(error)[:4000]}
    return {"kind": kind.__name__, "name": name, "text": str(error)[:4000]}


# ---- the check's side ----


class StandIn:
    """Stands where a learner's function is used; calls it in the other kernel."""

    def __init__(self, bridge, name: str, shown: str):
        """Stand for the function that the learner's kernel knows by this name."""
        self._bridge, self._known_as = bridge, name
        self.__name__ = shown

    def __call__(self, *args, **kwargs):
        """Call the learner's function and return its result, or raise what it raised."""
        __tracebackhide__ = True
        return self._bridge.call(self._known_as, args, kwargs)

    def work_ahead(self, calls: list[tuple[tuple, dict]]) -> None:
        """Let the learner's kernel begin with these calls; each is still to be made."""
        self._bridge.work_ahead(self._known_as, calls)


class Bridge:
    """The check kernel's end.

    Args:
        ask: Takes "answer" and the paths of a request and of its reply, returns "" once the reply
            is written, or else what went wrong. With "ahead" it does not wait for the reply.
        folder: The folder that both kernels see.
        space: The names of the check kernel.
    """

    def __init__(self, ask, folder: Path, space: dict):
        """Remember which names the set-up cells defined: the learner's never replace them."""
        self._ask, self._folder, self._space = ask, folder, space
        self._own = set(space)
        self._count, self._mark = 0, os.urandom(4).hex()  # of files; another bridge has others
        self._last: Bundle | None = None
        self._done: list[Path] = []  # files of the last exchange, not needed any more
        self._networks: dict[str, Bundle] = {}  # replies that later checks may read, by request
        self._asked: set[str] = set()  # requests of this check whose replies are kept
        self._begun: dict[str, tuple[Bundle, Bundle]] = {}  # request and reply of work ahead

    def next_check(self, *_) -> None:
        """Begin another check."""
        self._asked.clear()

    def bind(self, names: list[str]) -> None:
        """Put stand-ins and values in place of the names that only the learner knows."""
        __tracebackhide__ = True
        self._networks.clear()
        for pair in self._begun.values():
            self._done += _files(*pair)
        self._begun.clear()
        names = [name for name in names if name not in self._own]
        if not names:
            return
        described = self._exchange({"do": "describe", "names": names})
        for name in names:
            told = described[name]
            self._space.pop(name, None)
            if told["kind"] == "function":
                self._space[name] = StandIn(self, name, told["name"])
            elif told["kind"] == "value":
                self._space[name] = told["value"]
            elif told["kind"] == "refused":
                raise _check_failed(told["reason"])

    def work_ahead(self, name: str, calls: list[tuple[tuple, dict]]) -> None:
        """Let the learner's kernel begin with calls that will be made."""
        for args, kwargs in calls:
            question, reply = self._new_pair()
            text = json.dumps(question.encode(_request(name, args, kwargs)[0]))
            if text not in self._begun and text not in self._networks:
                question.write_text(text)
                self._begun[text] = question, reply
                self._ask("ahead", str(question.path), str(reply.path))

    def call(self, name: str, args: tuple, kwargs: dict):
        """Call a learner's function."""
        __tracebackhide__ = True
        request, tensors = _request(name, args, kwargs)
        told = self._exchange(request)["value"]
        given = [*args, *kwargs.values()]
        for number, array in told["changed"].items():
            given[number][...] = array  # as it would be in one process
        outputs, models = [], []
        if "network" in told:
            outputs = told["network"](tensors if len(tensors) > 1 else tensors[0])
            outputs = outputs if isinstance(outputs, list | tuple) else [outputs]
        elif "loose" in told:  # not computed from the arguments: nor is this
            outputs = [keras.Input(batch_shape=shape, dtype=kind) for shape, kind in told["loose"]]
        if "joint" in told:
            models = self._last.decode_models(_parsed(told["joint"]))
        return _restored(told["result"], outputs, models)

    def _exchange(self, request: dict) -> dict:
        """Return the reply to a request, or raise what the learner's side raised.

        A block that several checks ask for in the same words is built once: until the learner's
        side runs something else, a later check reads the network that an earlier one was given.
        Within one check each request is answered anew, as layers of one network need own names.
        """
        __tracebackhide__ = True
        question, reply = self._new_pair()
        text = json.dumps(question.encode(request))
        if text in self._networks and text not in self._asked:
            self._last = self._networks[text]
        else:
            self._last = self._answered(text, question, reply)
        try:
            told = self._last.read()
            if not isinstance(told, dict):
                raise CannotTravel("no answer")
        except CannotTravel as error:
            raise _check_failed(f"your code gave {error}.") from None
        if "error" in told:
            raise _raised(told["error"])
        if request.get("symbols") and not question.arrays and self._last.is_small:
            self._asked.add(text)
            self._networks[text] = self._last
        return told

    def _new_pair(self) -> tuple[Bundle, Bundle]:
        """A request and its reply, both still to be written."""
        self._count += 1
        number = f"{self._mark}-{self._count}.json"
        return Bundle(self._folder / f"request-{number}"), Bundle(self._folder / f"reply-{number}")

    def _answered(self, text: str, question: Bundle, reply: Bundle) -> Bundle:
        """Have a request answered; return the reply, which is written then."""
        __tracebackhide__ = True
        if any(path.suffix == ".npz" and path.exists() for path in self._done):
            gc.collect()  # what came with the last exchange may be large, and not needed any more
        for path in self._done:
            path.unlink(missing_ok=True)
        if text in self._begun:
            question, reply = self._begun.pop(text)
        else:
            question.write_text(text)
        self._done = _files(question, reply)
        failure = self._ask("answer", str(question.path), str(reply.path))
        if failure:
            raise _check_failed(failure)
        return reply


def _files(*bundles: Bundle) -> list[Path]:
    """The files that messages may lie in."""
    return [path for one in bundles for path in (one.path, one.path.with_suffix(".npz"))]


def _request(name: str, args: tuple, kwargs: dict) -> tuple[dict, list]:
    """The request to call a function; and the symbolic tensors among its arguments."""
    symbols = {}

    def mark(value):
        if isinstance(value, keras.KerasTensor):
            symbols.setdefault(id(value), value)
            return {"casebook": "symbol", "number": list(symbols).index(id(value))}
        if type(value) in (list, tuple):
            return type(value)(map(mark, value))
        return {k: mark(v) for k, v in value.items()} if type(value) is dict else value

    request = {"do": "call", "name": name, "args": mark(args), "kwargs": mark(kwargs)}
    tensors = list(symbols.values())
    request["symbols"] = [[list(t.shape), str(t.dtype)] for t in tensors]
    return request, tensors


def _restored(value, outputs: list, models: list):
    if type(value) is dict and value.get("casebook") == "symbol":
        return outputs[value["number"]]
    if type(value) is dict and value.get("casebook") == "part":
        return models[value["number"]]
    if type(value) in (list, tuple):
        return type(value)(_restored(one, outputs, models) for one in value)
    return (
        {k: _restored(v, outputs, models) for k, v in value.items()}
        if type(value) is dict
        else value
    )


def _check_failed(text: str) -> Exception:
    from cnn_casebook.checks.parts.verdict import CheckFailed

    return CheckFailed(text)


def _raised(told: dict) -> BaseException:
    """Make the exception that the learner's side described."""
    from cnn_casebook.models.graph import UnreadableModelError

    kind, name, text = (str(told[part])[:4000] for part in ("kind", "name", "text"))
    if kind == "UnreadableModelError":
        return UnreadableModelError(text)
    if kind == "CheckFailed":
        return _check_failed(text)
    if kind == "CannotTravel":
        return _check_failed(f"your code gave {text}.")
    known = getattr(builtins, kind, None)
    if not (isinstance(known, type) and issubclass(known, Exception)):  # such as SystemExit
        return _check_failed(f"your code raised {name}: {text}")
    try:
        error = known(text if kind == name else f"{name}: {text}")
    except TypeError:  # such as UnicodeDecodeError, which takes five arguments
        error = RuntimeError(f"{name}: {text}")
    return error
