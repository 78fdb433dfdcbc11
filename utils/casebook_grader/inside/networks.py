"""Keras networks on their way through JSON: a description, and their weights as arrays.

Keras would import and call whatever a description names. So a description may name Keras's own
layers, operations and the like, and nothing else; and a network that is not made of them is
refused on its way out already, with a message for the learner.
"""

import json
import re
from collections.abc import Callable, Iterator

import keras
import numpy as np
import tensorflow as tf

from casebook_grader.inside.errors import CannotTravel
from casebook_grader.inside.files import parse_json
from cnn_casebook.models.graph import Graph, Wire, flatten
from cnn_casebook.remote import UnreadableNetwork

# What a description may name.
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

    Raises:
        CannotTravel: It names anything but what is built into Keras, or a weight does not fit.
    """
    config = parse_json(description["config"])
    _require_built_in(config)
    _reserve_names(config)  # first: Keras takes the names out of it
    compiled = config.pop("compile_config", None)  # an optimizer has values of its own
    for part in _dicts(config):
        part.pop("compile_config", None)
    values = [decode_array(weight) for weight in description["weights"]]
    with tf.variable_creator_scope(same_variable_name):
        with keras.StatelessScope():
            whole = keras.saving.deserialize_keras_object(config, safe_mode=True)
            _begin_with(whole.weights, values)  # which they get as the scope ends
        if compiled:
            whole.compile_from_config(compiled)
    if not description["parts"]:
        return [whole]
    return [_part(whole, *part) for part in description["parts"]]


def _begin_with(variables: list, values: list[np.ndarray]) -> None:
    """Give variables that wait for their first value another one: a third of a network's time."""
    for variable, value in zip(variables, values, strict=True):
        if tuple(variable.shape) != value.shape:
            raise CannotTravel(f"a weight of shape {value.shape}; expected {variable.shape}")
        variable._initializer = lambda shape, dtype, value=value: value.astype(dtype, copy=False)


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


def _dicts(config) -> Iterator[dict]:
    """Yield every dict of a network's description; it may change before the next is asked for."""
    waiting = [config]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            yield part
            waiting.extend(part.values())
        elif isinstance(part, list):
            waiting.extend(part)


def _require_built_in(config) -> None:
    """Refuse a description that names anything but Keras's own layers and operations."""
    for part in _dicts(config):
        if "class_name" in part:
            name, module = str(part["class_name"]), str(part.get("module"))
            known = f"{module}.".startswith(_MODULES) and name not in _REFUSED
            known |= name in _OTHERS and module in ("keras", "None", "builtins")
            if not known or part.get("registered_name") not in (None, name):
                raise CannotTravel(f"a network with {name}, which is not built into Keras")


def _reserve_names(config) -> None:
    """Keep Keras from giving new layers the names that a network brought along.

    In one process no two layers that Keras named have one name, so they fit into one network.
    """
    for part in _dicts(config):
        if "class_name" not in part and isinstance(part.get("name"), str):
            kind, number = _NUMBERED.fullmatch(part["name"]).groups()
            while keras.backend.get_uid(kind) <= int(number or 0):
                pass
