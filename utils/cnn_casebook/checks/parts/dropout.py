"""Checks of dropout: a share of what a layer reads, in training mode, and nowhere else."""

import numpy as np

from cnn_casebook.checks.parts.modes import noisy, require_free_mode
from cnn_casebook.checks.parts.verdict import require
from cnn_casebook.models.graph import Graph, Node


def require_dropout(graph: Graph, last: Node, x: np.ndarray, rate: float, where: str) -> None:
    """Require that in training mode a share of what the last layer reads is set to zero.

    Args:
        graph: The network.
        last: Its last layer with weights.
        x: What enters it, float32 (batch, ...).
        rate: The share.
        where: Between which layers dropout stands, for the message.
    """
    __tracebackhide__ = True
    require_free_mode(graph)
    behind = [node.kind for node in noisy(graph.nodes) if last in graph.ancestors(*node.inputs)]
    require(
        not behind,
        f"a {' and a '.join(behind)} follows the last layer with weights; expected dropout between "
        f"{where}, and nowhere else.",
    )
    wire = last.inputs[0]
    calm = graph.run(x, watch=[wire])[0]
    alive = calm != 0
    if alive.sum() < 50:
        return
    trained = graph.run(x, training=True, watch=[wire])[0]
    share = float(np.mean(trained[alive] == 0))
    kept = alive & (trained != 0)
    grown = trained[kept] / calm[kept]  # dropout scales all that it keeps by 1 / (1 - its rate)
    elsewhere = len(grown) > 0 and float(np.ptp(grown)) > 0.01 * float(np.max(np.abs(grown)))
    require(
        not elsewhere,
        f"dropout stands elsewhere; expected it between {where}, and nowhere else.",
    )
    dropped = share
    if 0.02 < share < 1:
        dropped = 1 - 1 / float(np.median(grown))  # exact, where the share is as random as the draw
    cause = ""
    if share < 0.02:
        cause = "Dropout is missing, its result is never used, or it has no training mode."
    elif abs(dropped - (1 - rate)) < 0.01:
        cause = "Keras's Dropout takes the share to drop, not the share to keep."
    require(
        abs(dropped - rate) < 0.01,
        f"in training, {dropped:.0%} of the values between {where} are dropped; expected "
        f"{rate:.0%}. {cause}",
    )
