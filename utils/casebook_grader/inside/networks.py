"""Keras networks on their way through JSON: a description, and their weights as arrays.

Keras would import and call whatever a description names. So a description may name what
`built_in` lists, and nothing else; and a network that is not made of Keras's own layers and
operations is refused on its way out already, with a message for the learner.
"""

import contextlib
import json
import math
import re
from collections.abc import Callable, Iterator

import keras
import numpy as np
import tensorflow as tf
from keras.src.backend.common import global_state  # Keras has no public name for the lists below

from casebook_grader.inside.descriptions import only_built_in, parts_of, require_built_in
from casebook_grader.inside.errors import CannotTravel
from casebook_grader.inside.files import parse_json
from cnn_casebook.models.graph import Graph, Wire, flatten
from cnn_casebook.remote import UnreadableNetwork

MOST_VALUES = 2**27  # in one result for one image; Keras's applications need 4 million at most
_MOST_CALLS = 30_000  # of layers, while a joint network is taken apart
_WAITING = "uninitialized_variables"
_SMALL_VARIABLE = 1_000  # values of one that is no weight: a generator of random numbers holds 2
_NUMBERED = re.compile(r"(.*?)(?:_(\d{1,5}))?", re.DOTALL)  # a name as Keras makes it up


class UnreadableModel(UnreadableNetwork, keras.Model):
    """Stands for a network that cannot be read, where a check expects a model."""

    def __init__(self, why_unreadable: str):
        """Keep the reason."""
        super().__init__()
        self.why_unreadable = why_unreadable


def same_variable_name(create: Callable, **variable):
    """Make a variable of TensorFlow's that is named as all others are; Keras keeps its own names.

    TensorFlow compiles what makes a variable for each name anew: half the time of a new layer.
    For `tf.variable_creator_scope`.
    """
    return create(**variable | {"name": "variable/"})


def encode_networks(networks: list[keras.Model], encode_array: Callable) -> dict:
    """Describe networks; several become one, so that layers that they share stay shared.

    Args:
        networks: At least one.
        encode_array: Turns an array into what JSON can hold.

    Raises:
        UnreadableModelError: One of them is not made of built-in layers and operations.
    """
    graphs = [flatten(network) for network in networks]  # names what is not built in
    whole, parts = (networks[0], None) if len(networks) == 1 else _joined(networks, graphs)
    return {
        "config": json.dumps(keras.saving.serialize_keras_object(whole)),
        "parts": parts,
        "weights": [encode_array(weight) for weight in whole.weights],
    }


def decode_networks(description: dict, decode_array: Callable) -> list[keras.Model]:
    """Make networks of what `encode_networks` returned, or of what hostile code says it did.

    Nothing is computed before it is known that it is no more than what was sent.

    Raises:
        CannotTravel: It names anything but what `built_in` lists, or a weight does not fit, or it
            would take more than a network does.
    """
    config = parse_json(description["config"])
    layers = require_built_in(config)
    parts = description["parts"]
    if parts and len(parts) * layers > _MOST_CALLS:
        raise CannotTravel(f"{len(parts):,} networks with {layers:,} layers in all")
    _reserve_names(config)  # first: Keras takes the names out of it
    compiled = config.pop("compile_config", None)  # an optimizer has values of its own
    for part in parts_of(config):
        part.pop("compile_config", None)
    values = [decode_array(weight) for weight in description["weights"]]
    with tf.variable_creator_scope(same_variable_name), only_built_in():
        with _without_values() as waiting:
            whole = keras.saving.deserialize_keras_object(config, safe_mode=True)
            _require_small(whole)
            _begin_with(whole.weights, values, waiting)
        for variable in waiting:
            variable._deferred_initialize()
        if compiled:
            whole.compile_from_config(compiled)
    if not parts:
        return [whole]
    return [_part(whole, *part) for part in parts]


@contextlib.contextmanager
def _without_values() -> Iterator[list]:
    """Make variables without values; they are in the list, and nothing else waits for a value."""
    before = global_state.get_global_attribute(_WAITING, None) or []
    waiting = []
    global_state.set_global_attribute(_WAITING, waiting)
    try:
        with keras.StatelessScope(initialize_variables=False):
            yield waiting
    finally:
        global_state.set_global_attribute(_WAITING, before)


def _begin_with(weights: list, values: list[np.ndarray], waiting: list) -> None:
    """Give variables that wait for their first value another one: a third of a network's time."""
    if len(weights) != len(values):
        raise CannotTravel(f"{len(values):,} arrays for {len(weights):,} weights")
    for variable, value in zip(weights, values, strict=True):
        if tuple(variable.shape) != value.shape:
            raise CannotTravel(f"a weight of shape {value.shape}; expected {variable.shape}")
        if keras.backend.standardize_dtype(value.dtype) != variable.dtype:
            raise CannotTravel(f"a weight of type {value.dtype}; expected {variable.dtype}")
        variable._initializer = lambda shape, dtype, value=value: value
    known = {id(variable) for variable in weights}
    for variable in waiting:
        if id(variable) not in known and math.prod(variable.shape) > _SMALL_VARIABLE:
            raise CannotTravel(f"a network that leaves out a weight of shape {variable.shape}")


def _require_small(model: keras.Model) -> None:
    """Refuse a network with a result that would fill the memory.

    Raises:
        CannotTravel: It has one.
    """
    for operation in _operations(model):
        for tensor in keras.tree.flatten(
            [node.output_tensors for node in operation._inbound_nodes]
        ):
            if math.prod(size or 1 for size in tensor.shape) > MOST_VALUES:
                raise CannotTravel(
                    f"a network in which {operation.name!s:.60} gives a result of shape "
                    f"{tuple(tensor.shape)}"
                )


def _operations(model: keras.Model) -> Iterator:
    """Yield all operations of a network and of the networks within it."""
    functional = getattr(model, "_functional", None) or model
    for operation in getattr(functional, "operations", ()):
        yield operation
        if isinstance(operation, keras.Model):
            yield from _operations(operation)


def _joined(networks: list[keras.Model], graphs: list[Graph]) -> tuple[keras.Model, list]:
    """Make one flat network of several.

    Returns:
        The network; and for each of the several the numbers of its inputs, its first and last
        output, and whether it carries weights that its outputs do not depend on.
    """
    inputs, outputs, parts, names = {}, [], [], {}
    for network, graph in zip(networks, graphs, strict=True):
        for tensor in network.inputs:
            if id(tensor) not in inputs:
                inputs[id(tensor)] = keras.Input(batch_shape=tensor.shape, dtype=tensor.dtype)
        own_inputs = [inputs[id(tensor)] for tensor in network.inputs]
        tensors = dict(zip(graph.inputs, own_inputs, strict=True))
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
        places = [list(inputs).index(id(tensor)) for tensor in network.inputs]
        carried = {id(w) for node in graph.nodes for w in getattr(node.operation, "weights", ())}
        carries_more = len({id(weight) for weight in network.weights}) > len(carried)
        parts.append([places, len(outputs), len(outputs) + len(graph.outputs), carries_more])
        outputs += [tensors[wire] for wire in graph.outputs]
    return keras.Model(list(inputs.values()), outputs), parts


def _part(whole: keras.Model, places: list, first: int, last: int, carries_more: bool):
    """Take one network out of a joint one again."""
    if not carries_more:
        return keras.Model([whole.inputs[place] for place in places], whole.outputs[first:last])
    own = {
        place: keras.Input(batch_shape=whole.inputs[place].shape, dtype=whole.inputs[place].dtype)
        for place in places
    }
    anything = own[places[0]]  # for inputs of other networks, which do not reach these outputs
    given = [own.get(place, anything) for place in range(len(whole.inputs))]
    return keras.Model(list(own.values()), whole(given)[first:last])


def _reserve_names(config) -> None:
    """Keep Keras from giving new layers the names that a network brought along.

    In one process no two layers that Keras named have one name, so they fit into one network.
    """
    keras.backend.get_uid("layer")  # makes the table of numbers, should there be none yet
    numbers = global_state.get_global_attribute("object_name_uids")
    for part in parts_of(config):
        if "class_name" not in part and isinstance(part.get("name"), str):
            kind, number = _NUMBERED.fullmatch(part["name"]).groups()
            numbers[kind] = max(numbers[kind], int(number or 0) + 1)
