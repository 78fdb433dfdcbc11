"""A Keras model as a plain list of steps, with nested models opened up.

Both drawers read models through this module, and so do the tests that compare a drawing with
Keras's own graph.
"""

import dataclasses
import re

from . import operations


@dataclasses.dataclass(frozen=True)
class Step:
    """One operation of a network, or several fused into one box.

    Attributes:
        kind: A key of `palette.HUES`.
        text: What it does, such as "conv 3×3, 64".
        shape: Output shape without the batch axis; None for a size that is not fixed.
        parents: Places, in the list of steps, of what it reads.
        parameters: Number of weights; those of a layer that is used twice count once.
        extras: What was fused into it, such as ("BN", "ReLU").
        names: Keras's names of all operations in it.
        output: True if the network returns its result.
    """

    kind: str
    text: str
    shape: tuple
    parents: tuple = ()
    parameters: int = 0
    extras: tuple = ()
    names: tuple = ()
    output: bool = False

    @property
    def words(self):
        """The operation and all that was fused into it."""
        return " · ".join((self.text, *self.extras))


def read(model):
    """Read a Keras model into steps, in an order in which every step follows what it reads.

    Args:
        model: A functional or Sequential `keras.Model`; models inside it are opened up.

    Returns:
        list: `Step` objects, nothing fused.

    Raises:
        TypeError: Not a Keras model, or one whose graph is not known (a subclass).
        ValueError: A Sequential model that does not know its input shape yet.

    Example:
        >>> import keras
        >>> layers = [keras.layers.Conv2D(6, 5), keras.layers.ReLU(), keras.layers.Flatten()]
        >>> for step in read(keras.Sequential([keras.Input((32, 32, 1)), *layers])):
        ...     print(step.text, step.shape, step.parents)
        input (32, 32, 1) ()
        conv 5×5, 6 (28, 28, 6) (0,)
        ReLU (28, 28, 6) (1,)
        flatten (4704,) (2,)
    """
    _check(model)
    steps, seen = [], set()
    for place in _expand(model, {}, steps, seen):
        steps[place] = dataclasses.replace(steps[place], output=True)
    return steps


def fuse(steps):
    """Fuse normalizations and activations into the box of the layer before them.

    They stay apart after an input, after a merge (the ReLU after a residual addition is worth
    seeing), and where something else reads the tensor in between.

    Args:
        steps: `Step` objects from `read`.

    Returns:
        list: Fewer `Step` objects.

    Example:
        >>> import keras
        >>> layers = [keras.layers.Conv2D(6, 5), keras.layers.BatchNormalization()]
        >>> model = keras.Sequential([keras.Input((32, 32, 1)), *layers, keras.layers.ReLU()])
        >>> [step.words for step in fuse(read(model))]
        ['input', 'conv 5×5, 6 · BN · ReLU']
    """
    readers = [0] * len(steps)
    for step in steps:
        for parent in step.parents:
            readers[parent] += 1
    fused, place = [], []
    for step in steps:
        alone = len(step.parents) == 1 and step.kind in ("norm", "activation")
        before = steps[step.parents[0]] if alone else None
        if alone and readers[step.parents[0]] == 1 and not before.output:
            host = fused[place[step.parents[0]]]
            if host.kind not in ("input", "merge"):
                place.append(place[step.parents[0]])
                fused[place[-1]] = dataclasses.replace(
                    host,
                    shape=step.shape,
                    parameters=host.parameters + step.parameters,
                    extras=(*host.extras, step.text, *step.extras),
                    names=host.names + step.names,
                    output=step.output,
                )
                continue
        place.append(len(fused))
        fused.append(dataclasses.replace(step, parents=tuple(place[p] for p in step.parents)))
    return fused


def given_name(model):
    """Return the model's name, or "network" if Keras made the name up.

    Example:
        >>> import keras
        >>> given_name(keras.Sequential(name="lenet5")), given_name(keras.Sequential())
        ('lenet5', 'network')
    """
    automatic = re.fullmatch(r"(functional|sequential|model)(_\d+)?", model.name)
    return "network" if automatic else model.name


def _check(model):
    """Raise unless the model's graph is known."""
    import keras

    if not isinstance(model, keras.Model):
        raise TypeError(
            f"Expected a Keras model; found {type(model).__name__}. Give the model itself, such "
            "as keras.Model(inputs, outputs), not a tensor, a layer or a function that builds one."
        )
    if _has_graph(model):
        return
    if isinstance(model, keras.Sequential):
        raise ValueError(
            f"Expected a model that knows its shapes; found the unbuilt Sequential {model.name!r}. "
            "Put keras.Input(shape) first, or call model.build(input_shape), then draw it."
        )
    raise TypeError(
        f"Expected a functional or Sequential model; found the subclass {type(model).__name__}, "
        "whose graph Keras does not know. Call it on a keras.Input and draw keras.Model(x, y)."
    )


def _has_graph(operation):
    """Return whether an operation is a model with a known graph."""
    import keras

    if isinstance(operation, keras.Sequential):
        return bool(operation.built and operation._functional)
    return isinstance(operation, keras.Model) and bool(getattr(operation, "operations", None))


def _calls(model):
    """Return the calls (operation, inputs, outputs) of a model, each after what it reads."""
    done = {id(tensor) for tensor in model.inputs}
    calls, stack = [], []
    for tensor in model.inputs:
        operation, node_index, _ = tensor._keras_history
        calls.append((operation, [], operation._inbound_nodes[node_index].output_tensors))
    for output in model.outputs:
        stack.append((output, False))
        while stack:
            tensor, ready = stack.pop()
            if id(tensor) in done:
                continue
            operation, node_index, _ = tensor._keras_history
            node = operation._inbound_nodes[node_index]
            if ready:
                calls.append((operation, node.input_tensors, node.output_tensors))
                done.update(id(made) for made in node.output_tensors)
            else:
                stack.append((tensor, True))
                stack += [(source, False) for source in reversed(node.input_tensors)]
    return calls


def _expand(model, places, steps, seen):
    """Append a model's steps; return the places of its outputs.

    `places` maps the id of a tensor to the place of the step that makes it.
    """
    for operation, inputs, outputs in _calls(model):
        if all(id(tensor) in places for tensor in outputs):
            continue  # an input of a nested model: its step lies outside
        parents = [places[id(tensor)] for tensor in inputs]
        if _has_graph(operation):
            inside = {id(tensor): p for tensor, p in zip(operation.inputs, parents, strict=True)}
            made = _expand(operation, inside, steps, seen)
            places.update((id(t), place) for t, place in zip(outputs, made, strict=True))
            continue
        kind, text, activation = operations.describe(operation)
        if kind == "merge" and len(parents) < 2:
            kind, text = "other", type(operation).__name__.lower()
        count = 0
        if id(operation) not in seen and hasattr(operation, "count_params"):
            count = operation.count_params()
        seen.add(id(operation))
        steps.append(
            Step(
                *(kind, text, tuple(outputs[0].shape[1:]), tuple(parents), count),
                extras=(activation,) if activation else (),
                names=(operation.name,),
            )
        )
        places.update((id(tensor), len(steps) - 1) for tensor in outputs)
    return [places[id(tensor)] for tensor in model.outputs]
