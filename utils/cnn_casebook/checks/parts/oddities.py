"""What stands in a network and in no text of the course: the likely cause where values differ."""

from cnn_casebook.checks.parts.modes import relu_settings
from cnn_casebook.models.graph import Graph, Node

# What blocks and networks of the course may consist of, by the names of Keras's classes. Layers
# that act in training alone are here too: they do not change what is compared.
_KNOWN = {
    "Conv2D",
    "Dense",
    "BatchNormalization",
    "ReLU",
    "Relu",
    "Activation",
    "Add",
    "Maximum",
    "ZeroPadding2D",
    "Pad",
    "GetItem",
    "Flatten",
    "Reshape",
    "Identity",
    "Concatenate",
    "Softmax",
    "Dropout",
    "SpatialDropout2D",
    "GaussianNoise",
    "GaussianDropout",
    "AlphaDropout",
}


def oddities(graph: Graph, *also_known: str, norms: bool = True) -> str:
    """Say which layers or settings of a network the text does not ask for; empty where none is.

    Args:
        graph: A learner's network.
        also_known: Kinds of layers that this network may have besides the usual ones.
        norms: Whether batch norms are among the usual ones.
    """
    found = {}
    known = {*_KNOWN, *also_known} - (set() if norms else {"BatchNormalization"})
    for node in graph.nodes:
        text = _oddity(node, known)
        if text:
            found[text] = None
    return f"The text does not ask for {' and '.join(found)}." if found else ""


def _oddity(node: Node, known: set[str]) -> str:
    """What is odd in one layer, in a few words."""
    layer, kind = node.operation, node.kind
    if kind not in known:
        return f"{'an' if kind[0] in 'AEIOU' else 'a'} {kind}, as in {node.name!r}"
    if kind == "Conv2D":
        if tuple(layer.dilation_rate) != (1, 1):
            return f"dilation_rate={tuple(layer.dilation_rate)} in {node.name!r}"
        if layer.groups != 1 and "groups" not in known:
            return f"groups={layer.groups} in {node.name!r}"
    if kind in ("Conv2D", "Dense"):
        activation = getattr(layer.activation, "__name__", "linear")
        if activation not in ("linear", "relu", "softmax"):
            return f"activation={activation!r} in {node.name!r}"
    if kind == "Activation" and layer.activation.__name__ not in ("linear", "relu", "softmax"):
        return f"a {layer.activation.__name__}, as in {node.name!r}"
    settings = relu_settings(layer) if kind == "ReLU" else []
    return f"{settings[0]} in {node.name!r}" if settings else ""
