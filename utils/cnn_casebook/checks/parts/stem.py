"""Checks of ResNet-50's stem against its formula, whichever way it is padded."""

import functools

import numpy as np
from keras import ops

from cnn_casebook.checks.parts.verdict import require, require_equal
from cnn_casebook.checks.parts.weights import Kernel, Norm, kernels, norms
from cnn_casebook.models.graph import Graph


def stem(
    x: np.ndarray,
    kernel: Kernel,
    norm: Norm,
    pad: int | None = 3,
    pool_pad: int | str = 1,
    relu: bool = True,
    relu_first: bool = False,
    pool: str = "max",
) -> np.ndarray:
    """What the stem computes: 7x7 convolution, batch norm, ReLU, 3x3 max pool, strides 2.

    Args:
        x: Images, float32 (batch, height, width, channels).
        kernel: The convolution's weights.
        norm: The batch norm's.
        pad: Zeros on each side of the image; None for "same".
        pool_pad: Zeros on each side before the pool, or "same".
        relu: Whether there is a ReLU; with the next two, what mistakes would compute.
        relu_first: It stands before the batch norm.
        pool: "max" or "average".
    """
    y = x if pad is None else ops.pad(x, [(0, 0), (pad, pad), (pad, pad), (0, 0)])
    y = ops.conv(y, kernel.kernel, 2, "same" if pad is None else "valid") + kernel.bias
    y = ops.relu(y) if relu and relu_first else y
    y = (y - norm.mean) / ops.sqrt(norm.variance + norm.epsilon) * norm.gamma + norm.beta
    y = ops.relu(y) if relu and not relu_first else y
    padding = "same" if pool_pad == "same" else "valid"
    if padding == "valid":
        y = ops.pad(y, [(0, 0), (pool_pad, pool_pad), (pool_pad, pool_pad), (0, 0)])
    pooled = {"max": ops.max_pool, "average": ops.average_pool}[pool](y, 3, 2, padding)
    return ops.convert_to_numpy(pooled)


def require_stem(found: Graph, x: np.ndarray, output: np.ndarray) -> None:
    """Require that a stem turned x into what the formula gives, padded in any of the right ways."""
    __tracebackhide__ = True
    all_kernels, all_norms = kernels(found.nodes), norms(found.nodes)
    require(
        len(all_kernels) == len(all_norms) == 1,
        f"the stem has {len(all_kernels)} convolutions and {len(all_norms)} batch norms; expected "
        "one of each.",
    )
    rights = [
        functools.partial(stem, x, all_kernels[0], all_norms[0], pad, pool_pad)
        for pad in (3, None)
        for pool_pad in (1, "same", 0)
    ]

    def mistakes():
        for right in rights:
            yield "the stem has no ReLU after its batch norm.", right(relu=False)
            yield (
                "ReLU stands before batch norm in the stem; the order is convolution, batch norm, "
                "ReLU.",
                right(relu_first=True),
            )
            yield "the stem ends with average pooling; expected max pooling.", right(pool="average")

    require_equal("what leaves the stem", output, *rights, mistakes=mistakes())
