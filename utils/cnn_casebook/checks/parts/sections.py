"""A residual network cut where its blocks begin and end: stem, blocks, head.

The cuts are found by what flows where, so names, nesting and order of creation do not matter.
"""

from dataclasses import dataclass
from itertools import pairwise

from cnn_casebook.models.graph import Graph, Node, Wire


@dataclass(frozen=True)
class Sections:
    """The parts of a network with shortcuts; each part is a graph that can be run alone."""

    stem: Graph
    blocks: list[Graph]
    head: Graph

    @property
    def cuts(self) -> list[Wire]:
        """The wires where blocks begin, and the one where the last block ends."""
        return [*(block.inputs[0] for block in self.blocks), self.head.inputs[0]]


def sections(graph: Graph) -> Sections:
    """Cut a network at its additions.

    A block begins where its two paths part and ends where the next block begins. The last block
    ends with the last tensor of its own shape: the ReLU after its addition.

    Args:
        graph: A network. Without any addition all of it is the stem, and the head is empty.
    """
    merges = additions(graph)
    if not merges:
        end = graph.outputs[0]
        return Sections(graph, [], Graph([end], [end], []))
    starts = [parting(graph, merge) for merge in merges]
    last = merges[-1].outputs[0]
    while len(readers := graph.readers(last)) == 1 and readers[0].outputs[0].shape == last.shape:
        last = readers[0].outputs[0]
    cuts = [*starts, last]
    blocks = [part(graph, a, b) for a, b in pairwise(cuts)]
    return Sections(
        part(graph, graph.inputs[0], starts[0]), blocks, part(graph, last, graph.outputs[0])
    )


def additions(graph: Graph) -> list[Node]:
    """The operations that read two different tensors, in running order; no concatenations."""
    return [
        node for node in graph.nodes if len(set(node.inputs)) > 1 and node.kind != "Concatenate"
    ]


def part(graph: Graph, start: Wire, end: Wire) -> Graph:
    """What lies between two wires, as a graph of its own with the same nodes."""
    before = set(graph.ancestors(start))
    nodes = [node for node in graph.ancestors(end) if node not in before]
    return Graph([start], [end], nodes)


def parting(graph: Graph, merge: Node) -> Wire:
    """The last wire that all tensors which meet in an operation depend on."""
    known = [
        {wire, *(w for node in graph.ancestors(wire) for w in (*node.inputs, *node.outputs))}
        for wire in merge.inputs
    ]
    shared = set.intersection(*known)
    return max(shared, key=lambda wire: wire.number, default=graph.inputs[0])
