"""A Keras model as a list of boxes, with nested models opened up.

`cnn_casebook.models.graph` reads the model. Here its operations get the words that stand in a
diagram, and normalizations and activations join the box of the layer before them. The tests
compare the boxes with Keras's own graph.
"""

import dataclasses
import re

from cnn_casebook.figures.network import operations
from cnn_casebook.models.graph import Node, flatten


@dataclasses.dataclass(frozen=True)
class Box:
    """One operation of a network, or several fused into one box.

    Attributes:
        kind: A key of `palette.HUES`.
        text: What it does, such as "conv 3×3, 64".
        shape: Output shape without the batch axis; None for a size that is not fixed.
        parents: Places, in the list of boxes, of what it reads.
        parameters: Number of weights; those of a layer that is used twice count once.
        extras: What was fused into it, such as ("BN", "ReLU").
        names: Keras's names of all operations in it; an input has none.
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


def read_boxes(model):
    """Read a Keras model into boxes, in an order in which every box follows what it reads.

    Args:
        model: A functional or Sequential `keras.Model`; models inside it are opened up.

    Returns:
        list: `Box` objects, nothing fused; the network's inputs come first.

    Raises:
        UnreadableModelError: Not a Keras model, or one whose graph is not known: not built, or a
            subclass with its own `call`.

    Example:
        >>> import keras
        >>> layers = [keras.layers.Conv2D(6, 5), keras.layers.ReLU(), keras.layers.Flatten()]
        >>> for box in read_boxes(keras.Sequential([keras.Input((32, 32, 1)), *layers])):
        ...     print(box.text, box.shape, box.parents)
        input (32, 32, 1) ()
        conv 5×5, 6 (28, 28, 6) (0,)
        ReLU (28, 28, 6) (1,)
        flatten (4704,) (2,)
    """
    graph = flatten(model, own_layers=True)
    boxes = [Box("input", "input", wire.shape[1:]) for wire in graph.inputs]
    place = {wire: number for number, wire in enumerate(graph.inputs)}
    counted = set()
    for node in graph.depth_first():
        place.update(dict.fromkeys(node.outputs, len(boxes)))
        parents = tuple(place[wire] for wire in node.inputs)
        boxes.append(_box(node, parents, count=node.operation not in counted))
        counted.add(node.operation)
    for wire in graph.outputs:
        boxes[place[wire]] = dataclasses.replace(boxes[place[wire]], output=True)
    return boxes


def _box(node: Node, parents: tuple, count: bool) -> Box:
    """Return the box of a node; `count` says whether its weights are counted here."""
    kind, text, activation = operations.describe(node.operation)
    if kind == "merge" and len(parents) < 2:
        kind, text = "other", node.kind.lower()
    return Box(
        *(kind, text, node.outputs[0].shape[1:], parents),
        parameters=node.operation.count_params() if count and node.has_weights else 0,
        extras=(activation,) if activation else (),
        names=(node.name,),
    )


def fuse(boxes):
    """Fuse normalizations and activations into the box of the layer before them.

    They stay apart after an input, after a merge (the ReLU after a residual addition is worth
    seeing), and where something else reads the tensor in between.

    Args:
        boxes: `Box` objects from `read_boxes`.

    Returns:
        list: Fewer `Box` objects.

    Example:
        >>> import keras
        >>> layers = [keras.layers.Conv2D(6, 5), keras.layers.BatchNormalization()]
        >>> model = keras.Sequential([keras.Input((32, 32, 1)), *layers, keras.layers.ReLU()])
        >>> [box.words for box in fuse(read_boxes(model))]
        ['input', 'conv 5×5, 6 · BN · ReLU']
    """
    readers = [0] * len(boxes)
    for box in boxes:
        for parent in box.parents:
            readers[parent] += 1
    fused, place = [], []
    for box in boxes:
        alone = len(box.parents) == 1 and box.kind in ("norm", "activation")
        before = boxes[box.parents[0]] if alone else None
        if alone and readers[box.parents[0]] == 1 and not before.output:
            host = fused[place[box.parents[0]]]
            if host.kind not in ("input", "merge"):
                place.append(place[box.parents[0]])
                fused[place[-1]] = dataclasses.replace(
                    host,
                    shape=box.shape,
                    parameters=host.parameters + box.parameters,
                    extras=(*host.extras, box.text, *box.extras),
                    names=host.names + box.names,
                    output=box.output,
                )
                continue
        place.append(len(fused))
        fused.append(dataclasses.replace(box, parents=tuple(place[p] for p in box.parents)))
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
