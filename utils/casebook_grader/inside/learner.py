"""The learner's kernel: describes and calls what the learner defined, as the check kernel asks.

A request is a message whose `do` is

- "describe", with `names`: the reply's `kinds` says for each name what it is, and its `values`
  holds the values of those that are values;
- "call", with `name`, `args`, `kwargs` and the shapes and dtypes of the `symbols` among them: the
  reply holds the `result`, the arrays among the arguments that were `changed`, and, where there
  are any in the result, the `models`, and the `network` whose outputs are its symbolic tensors.
  Tensors that were not computed from the arguments are listed as `loose`.

A reply with `error` says that an exception was raised.
"""

import gc
import json
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from IPython import get_ipython

from casebook_grader.inside.errors import encode_error
from casebook_grader.inside.messages import Message, files_of, write_message
from casebook_grader.inside.networks import same_variable_name
from casebook_grader.inside.values import Collection, Encoder
from cnn_casebook.checks.parts.own_work import uses
from cnn_casebook.checks.parts.verdict import network

MOST_USED = 1_000  # names of what a function uses


def answer(request: str, reply: str) -> None:
    """Do what the check kernel asks, and write down what came of it.

    Args:
        request: Path of the request.
        reply: Path of the reply to write.
    """
    for path in files_of(Path(reply)):  # of an attempt that ended with its kernel
        path.unlink(missing_ok=True)
    known = get_ipython().user_ns
    message = Message(Path(request))
    encoder = Encoder()
    try:
        if message.content["do"] == "describe":
            content = _described(encoder, known, message.content["names"])
        else:
            encoder = Encoder(Collection(), Collection())
            content = _called(encoder, known[message.content["name"]], message)
        write_message(Path(reply), json.dumps(content), encoder.arrays)
    except BaseException as error:
        encoder.arrays.clear()
        write_message(Path(reply), json.dumps({"error": encode_error(error)}))
    finally:
        if encoder.arrays:  # networks are cycles, and the next one may be as large
            del encoder
            gc.collect()


def _described(encoder: Encoder, known: dict, names: list[str]) -> dict:
    """Say what each name is, and encode the values."""
    kinds, values = {}, []
    for name in names:
        kinds[name] = _kind(encoder, known, name, values)
    return {"kinds": kinds, "values": {"is": "dict", "items": values}}


def _kind(encoder: Encoder, known: dict, name: str, values: list) -> dict:
    """Say what a name is; if it is a value, append it encoded."""
    if name not in known:
        return {"kind": "missing"}
    value = known[name]
    if callable(value) and not isinstance(value, keras.Model):
        shown = str(getattr(value, "__name__", name))
        return {"kind": "function", "name": shown, "uses": uses(value)[:MOST_USED]}
    try:
        encoded = encoder.encode(value)
    except Exception as error:
        return {"kind": "refused", "reason": f"`{name}` is {error}"}
    if isinstance(encoded, dict) and encoded["is"] == "unsendable":
        return {
            "kind": "refused",
            "reason": f"`{name}` is {encoded['text']}; expected a function, a number, a text, an "
            "array, a list, a dict or a Keras model",
        }
    values.append([name, encoded])
    return {"kind": "value"}


def _called(encoder: Encoder, function, message: Message) -> dict:
    """Call the learner's function; symbolic tensors among arguments and results make a network."""
    specifications = message.content["symbols"]
    symbols = [keras.Input(batch_shape=shape, dtype=dtype) for shape, dtype in specifications]
    arguments = message.decode("args", symbols)
    keywords = message.decode("kwargs", symbols)
    given = [*arguments, *keywords.values()]
    before = {
        place: value.copy() for place, value in enumerate(given) if isinstance(value, np.ndarray)
    }
    with tf.variable_creator_scope(same_variable_name):
        result = function(*arguments, **keywords)
    changed = {
        place: given[place]
        for place, value in before.items()
        if not np.array_equal(value, given[place])
    }
    content = {"result": encoder.encode(result), "changed": encoder.encode(changed)}
    models, outputs = encoder.models.items, encoder.tensors.items
    if len(models) == 1:
        content["models"] = encoder.encode_model(models[0])
    elif models:
        content["models"] = encoder.encode_models(models)
    if outputs:
        try:
            whole = network(symbols, outputs)
        except ValueError:
            content["loose"] = [[list(tensor.shape), str(tensor.dtype)] for tensor in outputs]
        else:
            content["network"] = encoder.encode_models([whole])
    return content
