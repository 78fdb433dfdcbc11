"""A Keras model as one flat list of operations, to look into it and to operate on it.

Learners nest models, name layers, mix layers with functions and create them in any order. What
a network computes does not depend on that. Here a model becomes a graph of single operations,
which can be run with some results replaced: a branch zeroed, a block deleted.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import keras
import numpy as np

from cnn_casebook.remote import UnreadableNetwork, UnsendableValue


class UnreadableModelError(ValueError):
    """What was given is not a model made of Keras's built-in layers and operations."""


class UnrunnableModelError(ValueError):
    """An operation fails on the tensors that reach it, though the model could be built."""


@dataclass(frozen=True)
class Wire:
    """A place where a tensor flows: a number within the graph, and the tensor's shape."""

    number: int
    shape: tuple


@dataclass(frozen=True, eq=False)
class Node:
    """One call of one operation: a layer or a function of `keras.ops`."""

    operation: keras.Operation
    args: tuple
    kwargs: Mapping
    outputs: list[Wire]

    @cached_property
    def inputs(self) -> list[Wire]:
        """The wires that the operation reads, in the order of its arguments."""
        leaves = keras.tree.flatten((self.args, dict(self.kwargs)))
        return [leaf for leaf in leaves if isinstance(leaf, Wire)]

    @property
    def kind(self) -> str:
        """Name of the operation's class: "Conv2D", "Add", "Relu"."""
        return type(self.operation).__name__

    @property
    def name(self) -> str:
        """The layer's name, which the learner chose or Keras made up."""
        return self.operation.name

    @property
    def has_weights(self) -> bool:
        """Whether this is a layer that holds weights."""
        return isinstance(self.operation, keras.Layer) and bool(self.operation.weights)


@dataclass(eq=False)
class Graph:
    """A flattened model: nodes in an order in which they can run, and the wires at its ends."""

    inputs: list[Wire]
    outputs: list[Wire] = field(default_factory=list)
    nodes: list[Node] = field(default_factory=list)

    @cached_property
    def maker(self) -> dict[Wire, Node]:
        """The node that makes each wire's tensor; the graph's inputs have none."""
        return {wire: node for node in self.nodes for wire in node.outputs}

    def ancestors(self, *wires: Wire) -> list[Node]:
        """All nodes that the given wires depend on, in running order."""
        found, open_wires = set(), list(wires)
        while open_wires:
            node = self.maker.get(open_wires.pop())
            if node is not None and node not in found:
                found.add(node)
                open_wires.extend(node.inputs)
        return [node for node in self.nodes if node in found]

    def depth_first(self) -> list[Node]:
        """All nodes, each after what it reads, and what lies on one path side by side.

        The order is that of a walk from the outputs back to the inputs, arguments from left to
        right, whatever the order in which the layers were called.
        """
        order: dict[Node, None] = {}
        stack = [(wire, False) for wire in reversed(self.outputs)]
        while stack:
            wire, ready = stack.pop()
            node = self.maker.get(wire)
            if node is None or node in order:
                continue
            if ready:
                order[node] = None
            else:
                stack.append((wire, True))
                stack += [(source, False) for source in reversed(node.inputs)]
        return list(order)

    def readers(self, wire: Wire) -> list[Node]:
        """The nodes that read a wire."""
        return [node for node in self.nodes if wire in node.inputs]

    def run(
        self,
        *images,
        training: bool = False,
        replace: Mapping[Wire, Callable] | None = None,
        watch: list[Wire] | None = None,
    ):
        """Run the graph on arrays.

        Args:
            images: One array for each input, with a batch axis.
            training: Passed to every layer that knows a training mode.
            replace: For some wires, a function that takes the tensor and returns another one.
            watch: Return these wires' arrays instead of the outputs'.

        Returns:
            One array, or a list of arrays where the model has several outputs.

        Raises:
            UnrunnableModelError: An operation fails.
        """
        replace = replace or {}
        tensors = {}

        def store(wire, tensor):
            tensors[wire] = replace[wire](tensor) if wire in replace else tensor

        for wire, array in zip(self.inputs, images, strict=True):
            store(wire, keras.ops.convert_to_tensor(array))
        for node in self.nodes:
            args, kwargs = keras.tree.map_structure(
                lambda leaf: tensors[leaf] if isinstance(leaf, Wire) else leaf,
                (node.args, dict(node.kwargs)),
            )
            if getattr(node.operation, "_call_has_training_arg", False):
                kwargs["training"] = training  # as Keras does in model(x, training=...)
            try:
                results = keras.tree.flatten(node.operation(*args, **kwargs))
            except Exception as error:
                entering = [tuple(tensors[wire].shape) for wire in node.inputs]
                raise UnrunnableModelError(_why(node, entering, error)) from error
            for wire, tensor in zip(node.outputs, results, strict=True):
                store(wire, tensor)
        wanted = self.outputs if watch is None else watch
        arrays = [keras.ops.convert_to_numpy(tensors[wire]) for wire in wanted]
        return arrays[0] if len(arrays) == 1 and watch is None else arrays


def flatten(model: keras.Model, own_layers: bool = False) -> Graph:
    """Flatten a model; models within it, at any depth, become their own operations.

    Args:
        model: A functional or a built sequential model of built-in layers and operations.
        own_layers: Whether layers that do not come with Keras are let in, as operations whose
            inside stays closed: a drawing shows them, a check cannot know what they compute.

    Raises:
        UnreadableModelError: It is no such model: no Keras model, not built, a subclass with
            its own `call`, or a layer that is not one of Keras's own (`Lambda` included).

    Example:
        >>> images = keras.Input((8, 8, 3))
        >>> body = keras.Sequential([keras.layers.Conv2D(4, 3), keras.layers.ReLU()])
        >>> [node.kind for node in flatten(keras.Model(images, body(images))).nodes]
        ['Conv2D', 'ReLU']
    """
    functional = _functional(model)
    wires = [Wire(number, tuple(tensor.shape)) for number, tensor in enumerate(functional.inputs)]
    graph = Graph(inputs=wires)
    graph.outputs = _walk(functional, wires, graph, own_layers)
    used = set(graph.ancestors(*graph.outputs))
    graph.nodes = [node for node in graph.nodes if node in used]
    return graph


@dataclass(frozen=True)
class Paths:
    """The two ways through a block, and what follows after they meet."""

    main: list[Node]
    shortcut: list[Node]
    after: list[Node]
    merge: Node | None
    end: Wire
    """Where the main path ends."""


def paths(graph: Graph) -> Paths:
    """Find the main path and the shortcut of a block, whatever its layers are called.

    They end at the last operation that reads two different tensors. The way with more weights is
    the main path. Without such an operation there is no shortcut.
    """
    merges = [node for node in graph.nodes if len(set(node.inputs)) > 1]
    if not merges:
        return Paths(graph.nodes, [], [], None, graph.outputs[0])
    merge = merges[-1]

    def weights(wire: Wire) -> int:
        return sum(node.has_weights for node in graph.ancestors(wire))

    first, *others = sorted(dict.fromkeys(merge.inputs), key=weights, reverse=True)
    shortcut = graph.ancestors(*others)
    main = [node for node in graph.ancestors(first) if node not in shortcut]
    known = {*main, *shortcut, merge}
    after = [node for node in graph.nodes if node not in known]
    return Paths(main, shortcut, after, merge, first)


def without_shortcut(block: keras.Model) -> Callable:
    """Cut a residual block's shortcut: what is left is the same block of a plain network.

    Args:
        block: A model of one residual block.

    Returns:
        A function of images and of `training`, which returns the block's output computed from
        the main path alone, with the block's own weights and the ReLU at its end.

    Raises:
        ValueError: The block has no shortcut.

    Example:
        >>> x = keras.Input((8, 8, 4))
        >>> block = keras.Model(x, keras.layers.ReLU()(keras.layers.Conv2D(4, 1)(x) + x))
        >>> float(without_shortcut(block)(np.zeros((1, 8, 8, 4))).max())
        0.0
    """
    graph = flatten(block)
    found = paths(graph)
    if found.merge is None:
        raise ValueError("expected a block with a shortcut; found no place where two paths meet.")

    def run(images, training=False):
        (main,) = graph.run(images, training=training, watch=[found.end])
        meeting = found.merge.outputs[0]
        return graph.run(images, training=training, replace={meeting: lambda _: main})

    return run


def _walk(functional, inputs: list[Wire], graph: Graph, own_layers: bool) -> list[Wire]:
    """Append a functional model's nodes to the graph; return the wires of its outputs."""
    wires = {id(tensor): wire for tensor, wire in zip(functional.inputs, inputs, strict=True)}
    for depth in sorted(functional._nodes_by_depth, reverse=True):
        for node in functional._nodes_by_depth[depth]:
            if node.is_input:
                continue
            args, kwargs = keras.tree.map_structure(
                lambda leaf: wires[id(leaf)] if isinstance(leaf, keras.KerasTensor) else leaf,
                (node.arguments.args, dict(node.arguments.kwargs)),
            )
            operation = node.operation
            closed = own_layers and not _has_graph(operation)
            if isinstance(operation, keras.Model) and not closed:
                leaves = keras.tree.flatten((args, kwargs))
                read = [leaf for leaf in leaves if isinstance(leaf, Wire)]
                made = _walk(_functional(operation), read, graph, own_layers)
            else:
                if not closed:
                    _require_built_in(operation)
                first = len(graph.inputs) + sum(len(earlier.outputs) for earlier in graph.nodes)
                made = [
                    Wire(first + i, tuple(tensor.shape))
                    for i, tensor in enumerate(node.output_tensors)
                ]
                graph.nodes.append(Node(operation, args, kwargs, made))
            for tensor, wire in zip(node.output_tensors, made, strict=True):
                wires[id(tensor)] = wire
    return [wires[id(tensor)] for tensor in functional.outputs]


def _has_graph(operation) -> bool:
    """Whether an operation is a model whose own operations Keras knows."""
    model = operation._functional if isinstance(operation, keras.Sequential) else operation
    return isinstance(operation, keras.Model) and hasattr(model, "_nodes_by_depth")


def _functional(model):
    """Return the functional model behind a model."""
    if not isinstance(model, keras.Model):
        raise UnreadableModelError(f"expected a Keras model, found {describe(model)}")
    if isinstance(model, keras.Sequential):
        if not model.built or model._functional is None:
            raise UnreadableModelError(
                f"the Sequential model {model.name!r} has no shapes yet. "
                "Make keras.Input(shape) its first entry."
            )
        return model._functional
    if not hasattr(model, "_nodes_by_depth"):
        if isinstance(model, UnreadableNetwork):
            raise UnreadableModelError(model.why_unreadable)
        raise UnreadableModelError(
            f"{type(model).__name__} is a model class of its own. "
            "Build the network with keras.Model(inputs, outputs) or keras.Sequential."
        )
    return model


def _why(node: Node, entering: list[tuple], error: Exception) -> str:
    """Say which operation cannot be run, and what it gets.

    Args:
        node: The operation.
        entering: The shapes of the tensors that it reads.
        error: What it raised.
    """
    text = (
        f"the network can be built, but not run: its {node.kind} ({node.name!r}) gets "
        f"{' and '.join(map(str, entering))} and fails."
    )
    if len({shape[:1] for shape in entering}) > 1:
        return f"{text} The number of images differs: a step before it changes the first axis."
    said = re.sub(r"\x1b\[\d+m|\{\{.*?\}\}", "", str(error)).splitlines()
    said = [line.strip() for line in said if not line.startswith("Exception encountered")]
    words = next(filter(None, said), type(error).__name__)
    return f"{text} Look at its arguments, and at the steps before it. It says: {words[:200]}"


def _require_built_in(operation) -> None:
    kind = type(operation)
    if not kind.__module__.startswith("keras.") or kind.__name__ == "Lambda":
        raise UnreadableModelError(
            f"the network contains {kind.__name__} ({operation.name!r}), which is not a layer or "
            "operation that comes with Keras, or hides what it computes. Use keras.layers and "
            "keras.ops."
        )


def describe(value) -> str:
    """Say in a few words what a value is, for a message.

    Example:
        >>> describe(None), describe(np.zeros((2, 3)))
        ('None (is the return missing?)', 'an array of shape (2, 3)')
    """
    if value is None:
        return "None (is the return missing?)"
    if isinstance(value, UnsendableValue):
        return value.description
    if isinstance(value, keras.KerasTensor):
        return f"a symbolic tensor of shape {tuple(value.shape)}"
    if isinstance(value, keras.Model):
        return f"a model of class {type(value).__name__}"
    if isinstance(value, type | keras.Layer):
        return f"the layer {getattr(value, 'name', getattr(value, '__name__', ''))}, not called"
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    if callable(value):
        return f"the function {getattr(value, '__name__', value)!s}, not called"
    text = repr(value)
    return f"{text if len(text) <= 60 else text[:57] + '...'} ({type(value).__name__})"
