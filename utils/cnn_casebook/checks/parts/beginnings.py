"""Where shortcuts begin: the commonest silent mistake in residual blocks, and how it is named.

The name of a block's input stands for a part of the main path by the time the shortcut is made
from it. Shapes often fit all the same, and a network with such blocks trains.
"""

from cnn_casebook.checks.parts.sections import additions, parting
from cnn_casebook.checks.parts.verdict import require
from cnn_casebook.checks.parts.weights import kernels, norms
from cnn_casebook.models.graph import Graph, Node, paths


def doubled(graph: Graph) -> list[Node]:
    """The additions that read one tensor twice: something is added to itself."""
    sums = [node for node in graph.nodes if node.kind == "Add"]
    return [node for node in sums if len(node.inputs) > len(set(node.inputs)) == 1]


def require_beginning(block: Graph) -> None:
    """Require that a block's shortcut begins with what enters the block."""
    __tracebackhide__ = True
    merge = paths(block).merge
    if merge is None:
        return
    before = block.ancestors(parting(block, merge))
    passed = len(kernels(before))
    require(
        not passed and not norms(before),
        f"the shortcut does not begin with x, but behind {_counted(passed)} of the main path: the "
        "name that it is made from was given to the main path by then. Write shortcut = x before "
        "the first convolution, and let everything on the shortcut begin with that name.",
    )


def require_beginnings(graph: Graph, stem: int = 0) -> None:
    """Require that all shortcuts of a network begin where their blocks do.

    Args:
        graph: The network.
        stem: Convolutions that stand in front of the first block.
    """
    __tracebackhide__ = True
    found = doubled(graph)
    require(
        not found,
        f"a tensor is added to itself, in {len(found)} of the additions: the name of the shortcut "
        "was given to the main path by then. Keep what enters a block in a variable of its own, "
        "and add that.",
    )
    known: set[Node] = set()
    for number, merge in enumerate(additions(graph), start=1):
        start = parting(graph, merge)
        passed = len(kernels([node for node in graph.ancestors(start) if node not in known]))
        passed -= stem if number == 1 else 0
        require(
            passed <= 0,
            f"the shortcut of block {number} does not begin with what enters the block, but "
            f"behind {_counted(passed)} of its main path: the name that it is made from was given "
            "to the main path by then. Keep what enters the block in a variable of its own, and "
            "let everything on the shortcut begin with it.",
        )
        known.update(graph.ancestors(merge.outputs[0]))


def _counted(number: int) -> str:
    words = ("a batch norm", "the first convolution", "the second convolution")
    return words[number] if number < 3 else f"{number} convolutions"
