"""Looks through the description of a network before Keras does, and while Keras does.

Keras would import, call and allocate whatever a description says. `require_built_in` refuses one
that names anything but what `built_in` lists, or that would cost more than a network does.
`only_built_in` closes the place where Keras looks a name up: what it asks for comes from the list
as well, wherever in a description it was found.
"""

import contextlib
import importlib
import itertools
from collections.abc import Iterator

import keras
from keras.src.saving import serialization_lib  # Keras has no public place for its look-up

from casebook_grader.inside.built_in import (
    ACTIVATIONS,
    CLASSES,
    LOSSES_AND_METRICS,
    SHORT_NAMES,
)
from casebook_grader.inside.errors import CannotTravel

MOST_LAYERS = 6_000  # layers and calls of layers; Keras's largest application has 2,100
MOST_DETOURS = 200  # calls that stand before what they read: each may cost a walk over all layers
_DEEPEST = 100  # lists and objects within each other; a network in a network takes 6
_MOST_MADE = 10_000  # of what Keras makes a number of at once
_LONGEST_NAME = 60  # characters of a name in a message

# What Keras writes as an object, and is only data.
_DATA = {"__keras_tensor__", "__tensor__", "__numpy__", "__slice__", "__ellipsis__"}
_FUNCTIONS = {
    "keras.activations": ACTIVATIONS,
    "keras.losses": LOSSES_AND_METRICS,
    "keras.metrics": LOSSES_AND_METRICS,
}
_FUNCTIONS["builtins"] = frozenset().union(*_FUNCTIONS.values())  # which is what Keras writes
_IN_COMPILE = SHORT_NAMES.union(
    LOSSES_AND_METRICS, CLASSES["keras.losses"], CLASSES["keras.metrics"]
)
_LAYERS = {"layers", "ops", "models", "applications", "activations"}  # parts of their modules
_COUNTS = {"indices_or_sections", "num_thresholds", "num_labels", "num_classes"}


def require_built_in(config) -> int:
    """Refuse a description that names what is not on the list, or is too large.

    Args:
        config: What JSON held.

    Returns:
        How many layers and calls of layers it describes.

    Raises:
        CannotTravel: It is refused; the text says why.
    """
    layers = 0
    for part in parts_of(config):
        if "class_name" in part:
            _require_listed(part)
            layers += _is_layer(part)
            if part["class_name"] == "Normalization":
                _require_channels(part.get("config"))
    for part in parts_of(config):
        for key, value in part.items():
            if key.endswith("activation"):
                _require_activation(value)
            elif key.endswith(("regularizer", "constraint")) and isinstance(value, str):
                raise _refused("keras", f"the {key} {_shown(value)}")  # Keras writes objects
            elif key == "compile_config":
                _require_losses(value)
            elif key in _COUNTS and isinstance(value, int) and value > _MOST_MADE:
                raise CannotTravel(f"a network with {key}={value}; at most {_MOST_MADE:,} travel")
            elif key == "inbound_nodes":
                layers += _count_calls(value)
            elif key == "layers":
                _require_order(value)
        if layers > MOST_LAYERS:
            raise CannotTravel(f"a network of more than {MOST_LAYERS:,} layers and calls of layers")
    return layers


@contextlib.contextmanager
def only_built_in() -> Iterator[None]:
    """Let Keras find by name what is on the list, and nothing else, whoever registered it."""
    before = serialization_lib._retrieve_class_or_fn
    serialization_lib._retrieve_class_or_fn = _look_up
    try:
        yield
    finally:
        serialization_lib._retrieve_class_or_fn = before


def _look_up(name, registered_name, module, obj_type, full_config, custom_objects=None):
    """Find a class or function; stands where Keras does so, with Keras's own arguments."""
    if obj_type == "function":
        _require_function(module, name)
        places = ("keras.activations", "keras.losses", "keras.metrics")
        found = (getattr(importlib.import_module(place), name, None) for place in places)
        return next(filter(None, found))
    _require_class(module, name)
    return getattr(importlib.import_module(module), name)


def parts_of(config) -> Iterator[dict]:
    """Yield every object of a description; it may change before the next is asked for.

    Raises:
        CannotTravel: They lie too deep within each other.
    """
    waiting = [(config, 0)]
    while waiting:
        part, depth = waiting.pop()
        if depth > _DEEPEST:
            raise CannotTravel(f"a network of more than {_DEEPEST} levels")
        if isinstance(part, dict):
            yield part
            waiting.extend(zip(part.values(), itertools.repeat(depth + 1)))
        elif isinstance(part, list):
            waiting.extend(zip(part, itertools.repeat(depth + 1)))


def _is_layer(part: dict) -> bool:
    """Whether an object is a layer, an operation or a model."""
    return not _LAYERS.isdisjoint(str(part.get("module")).split(".")) or "inbound_nodes" in part


def _require_listed(part: dict) -> None:
    name, module = part["class_name"], part.get("module")
    if isinstance(name, str) and name in _DATA and module in (None, "builtins"):
        _require_data(part)
        return
    if name == "function":
        name = part.get("config")
        _require_function(module, name)
        expected = (None, name, "function")
    else:
        _require_class(module, name)
        expected = (None, name)
    if part.get("registered_name") not in expected:
        raise CannotTravel(f"a network with {_shown(name)}, which is not built into Keras")


def _require_class(module, name) -> None:
    if not (isinstance(module, str) and isinstance(name, str) and name in CLASSES.get(module, ())):
        raise _refused(module, name)


def _require_function(module, name) -> None:
    known = isinstance(module, str) and isinstance(name, str)
    if not known or name not in _FUNCTIONS.get(module, ()):
        raise _refused(module, name)


def _refused(module, name) -> CannotTravel:
    if isinstance(name, str) and str(module).partition(".")[0] == "keras":
        return CannotTravel(
            f"a network with {_shown(name)}, which cannot be sent to a check: expected layers and "
            "operations that compute with numbers and weights"
        )
    return CannotTravel(f"a network with {_shown(name)}, which is not built into Keras")


def _require_data(part: dict) -> None:
    """Refuse an array of objects, or of texts of any length."""
    dtype = part["config"].get("dtype") if isinstance(part.get("config"), dict) else None
    if dtype is not None:
        keras.backend.standardize_dtype(dtype)  # raises where it is none of Keras's
        if dtype == "string":
            raise CannotTravel("a network with an array of texts; expected numbers")


def _require_channels(config) -> None:
    """Refuse means that Keras would repeat at once, as often as an input's description says."""
    for key in ("mean", "variance"):
        values = config.get(key) if isinstance(config, dict) else None
        if values is None:
            continue
        numbers = isinstance(values, list) and all(type(value) in (int, float) for value in values)
        if not numbers or len(values) < 2:
            raise CannotTravel(
                f"a network with Normalization and a {key} of {_brief(values)}; expected a list "
                "with a number for each channel, or Rescaling"
            )


def _require_activation(value) -> None:
    if isinstance(value, str):
        if value not in ACTIVATIONS:
            raise _refused("keras", f"the activation {_shown(value)}")
    elif value is not None and not (isinstance(value, dict) and "class_name" in value):
        raise CannotTravel("a network with an activation that is not built into Keras")


def _require_losses(config) -> None:
    """Refuse names that Keras would look up only as the network is trained."""
    if not isinstance(config, dict):
        return
    waiting = [config.get(key) for key in ("loss", "metrics", "weighted_metrics")]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str) and value not in _IN_COMPILE:
            raise _refused("keras", value)
        if isinstance(value, list):
            waiting.extend(value)
        elif isinstance(value, dict) and "class_name" not in value:
            waiting.extend(value.values())


def _count_calls(nodes) -> int:
    """Count the calls of a layer; each must read a tensor, else Keras would compute it at once."""
    if not isinstance(nodes, list):
        raise CannotTravel("a network whose layers are not connected")
    for node in nodes:
        if not (isinstance(node, dict) and any(_tensors_of(node))):
            raise CannotTravel("a network with a call that reads no tensor")
    return len(nodes)


def _tensors_of(node) -> Iterator[list]:
    """Yield for each tensor that a call reads the layer that made it, and two numbers."""
    for part in parts_of(node):
        if "inbound_nodes" in part:  # which would be looked through once more for each level
            raise CannotTravel("a network with a layer within a call")
        if part.get("class_name") == "__keras_tensor__" and isinstance(part.get("config"), dict):
            history = part["config"].get("keras_history")
            if not (isinstance(history, list) and len(history) == 3):
                raise CannotTravel("a network with a tensor that no layer made")
            yield history


def _require_order(layers) -> None:
    """Refuse layers that do not stand in an order in which they can be called."""
    seen, detours = set(), 0
    for layer in layers if isinstance(layers, list) else ():
        if not isinstance(layer, dict):
            raise CannotTravel("a network with a layer that is none")
        seen.add(str(layer.get("name")))
        nodes = layer.get("inbound_nodes")
        for node in nodes if isinstance(nodes, list) else ():
            detours += any(str(history[0]) not in seen for history in _tensors_of(node))
    if detours > MOST_DETOURS:
        raise CannotTravel(f"a network with more than {MOST_DETOURS} calls before what they read")


def _brief(value) -> str:
    return str(value)[:_LONGEST_NAME]


def _shown(name) -> str:
    return name[:_LONGEST_NAME] if isinstance(name, str) else "something without a name"
