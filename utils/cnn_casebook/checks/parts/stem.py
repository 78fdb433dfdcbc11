"""Checks of ResNet-50's stem against its steps, whichever way it is padded."""

import numpy as np
from keras import ops

from cnn_casebook.checks.parts.mistakes import relu_before_norm
from cnn_casebook.checks.parts.steps import (
    Mistakes,
    Steps,
    changed,
    conv,
    norm,
    pool,
    relu,
    require_steps,
    without,
)
from cnn_casebook.checks.parts.verdict import require
from cnn_casebook.checks.parts.weights import Kernel, Norm, kernels, norms
from cnn_casebook.models.graph import Graph


def stem_steps(
    kernel: Kernel, batch_norm: Norm, padding: int | str = 3, pool_padding: int | str = 1
) -> Steps:
    """7x7 convolution, batch norm, ReLU, 3x3 max pooling, both with strides of 2.

    Args:
        kernel: The convolution's weights.
        batch_norm: The batch norm's.
        padding: Of the convolution: zeros on each side, or "same".
        pool_padding: Of the pooling.
    """
    return [
        conv("the stem", kernel, 2, padding),
        norm("the stem", batch_norm),
        relu("the stem"),
        pool("the stem's pooling", 3, 2, pool_padding),
    ]


def _mistakes(right: Steps) -> Mistakes:
    yield "the stem has no ReLU after its batch norm.", without(right, "relu")
    yield (
        "ReLU stands before batch norm in the stem; the order is convolution, batch norm, ReLU.",
        relu_before_norm(right),
    )
    average = changed(right, "pool", by=ops.average_pool)
    yield "the stem ends with average pooling; expected max pooling.", average


def require_stem(found: Graph, x: np.ndarray, output: np.ndarray) -> None:
    """Require that a stem turned x into what its steps give, padded in any of the right ways."""
    __tracebackhide__ = True
    all_kernels, all_norms = kernels(found.nodes), norms(found.nodes)
    require(
        len(all_kernels) == len(all_norms) == 1,
        f"the stem has {len(all_kernels)} convolutions and {len(all_norms)} batch norms; expected "
        "one of each.",
    )
    rights = [
        stem_steps(all_kernels[0], all_norms[0], padding, pool_padding)
        for padding in (3, "same")
        for pool_padding in (1, "same", 0)
    ]
    require_steps("what leaves the stem", output, x, *rights, mistakes=_mistakes)
