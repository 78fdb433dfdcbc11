"""What the outputs that are compared never show, or only by chance.

A layer that drops values or adds noise, and a layer whose weights are frozen, leave every
prediction as it is: only training is another. A ReLU that ends at a large number is an ordinary
one as long as no number is larger.
"""

import keras

from cnn_casebook.checks.parts.verdict import require
from cnn_casebook.checks.parts.weights import is_norm
from cnn_casebook.models.graph import Graph, Node

_OTHERS = {  # nonlinearities of Keras, as functions and as layers
    *("celu", "elu", "exponential", "gelu", "hardsigmoid", "hardsilu", "hardswish", "hardtanh"),
    *("leakyrelu", "logsigmoid", "mish", "prelu", "relu6", "selu", "sigmoid", "silu", "softplus"),
    *("softsign", "sparseplus", "swish", "tanh", "tanhshrink"),
}


def noisy(nodes: list[Node]) -> list[Node]:
    """The layers that draw random numbers in training mode: dropout, noise, augmentation."""
    return [node for node in nodes if _draws(node.operation)]


def _draws(operation) -> bool:
    """Whether a layer draws numbers that count; one with a rate of 0 does nothing."""
    drawn = hasattr(operation, "seed_generator") or hasattr(operation, "generator")
    if not isinstance(operation, keras.Layer) or not drawn:
        return False
    strength = getattr(operation, "rate", getattr(operation, "stddev", None))
    return strength != 0


def require_trainable(graph: Graph, what: str, norms: bool = True) -> None:
    """Require that training may change all layers with weights.

    Args:
        graph: A learner's network.
        what: Its name, for the message.
        norms: Whether batch norms count too. Not where a check of their statistics follows.
    """
    __tracebackhide__ = True
    nodes = [node for node in graph.nodes if node.has_weights and (norms or not is_norm(node))]
    layers = {node.operation: None for node in nodes}
    frozen = [layer.name for layer in layers if not layer.trainable]
    require(
        not frozen,
        f"{what} has layers that training leaves as they are: {', '.join(map(repr, frozen))}. "
        "Leave trainable=False out.",
    )


def require_free_mode(graph: Graph) -> None:
    """Require that no random layer is called with training=True.

    Keras and `Graph.run` put the mode that they are asked for in its place, so their outputs never
    show it; a model that is called without a mode does.
    """
    __tracebackhide__ = True
    for node in noisy(graph.nodes):
        require(
            node.kwargs.get("training") is not True,
            f"a {node.kind} is called with training=True, so that it drops values in predictions "
            "too. Leave the argument out: Keras passes the mode on.",
        )


def require_free_norms(graph: Graph) -> None:
    """Require that no batch norm is called with training=True."""
    __tracebackhide__ = True
    require(
        not any(n.kwargs.get("training") is True for n in graph.nodes if is_norm(n)),
        "a batch norm is called with training=True, so that it works in training mode wherever the "
        "mode is not given. Call it on the tensor alone: Keras passes the mode on by itself.",
    )


def require_calm(nodes: list[Node], what: str) -> None:
    """Require that nothing is dropped and no noise is added in training mode.

    Args:
        nodes: Those of a learner's network, or of the part of it that has no dropout by the text.
        what: Its name, for the message.
    """
    __tracebackhide__ = True
    found = noisy(nodes)
    require(
        not found,
        f"{what} has a layer that works in training mode alone, which the text does not ask for: "
        f"{', '.join(sorted({node.kind for node in found}))}. Leave it out.",
    )


def relu_settings(relu: keras.layers.ReLU) -> list[str]:
    """The settings that make a ReLU another nonlinearity, such as "max_value=6"."""
    settings = {name: getattr(relu, name) for name in ("max_value", "negative_slope", "threshold")}
    return [f"{name}={value:g}" for name, value in settings.items() if value]


def nonlinearity(node: Node) -> str:
    """The name of a nonlinearity that comes with Keras; empty for any other operation.

    "relu" for a plain ReLU however it is written: as a layer, a function, or in a convolution.
    """
    used = getattr(node.operation, "activation", node.operation)
    name = getattr(used, "__name__", type(used).__name__)
    plain = name.lower().replace("_", "")
    if plain == "relu":
        settings = relu_settings(used) if isinstance(used, keras.layers.ReLU) else []
        return f"ReLU with {', '.join(settings)}" if settings else "relu"
    return name if plain in _OTHERS else ""


def require_plain_relus(graph: Graph, what: str) -> None:
    """Require that a ReLU has no settings that make it another nonlinearity."""
    __tracebackhide__ = True
    for node in graph.nodes:
        if node.kind == "ReLU":
            found = relu_settings(node.operation)
            require(
                not found,
                f"{what} has a ReLU with {', '.join(found)}, which makes it another nonlinearity. "
                "layers.ReLU takes no settings here.",
            )
        used = getattr(node.operation, "activation", None)
        require(
            getattr(used, "__name__", "") != "relu6" and node.kind != "Relu6",
            f"{what} has a relu6, which ends at 6; expected relu.",
        )


def require_usual_layers(graph: Graph, what: str, norms: bool = True) -> None:
    """Require all three: weights that can be trained, no random layers, plain ReLUs.

    Args:
        graph: A learner's network.
        what: Its name, for the message.
        norms: As for `require_trainable`.
    """
    __tracebackhide__ = True
    require_trainable(graph, what, norms)
    require_calm(graph.nodes, what)
    require_plain_relus(graph, what)
