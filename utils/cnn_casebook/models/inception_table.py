"""The widths of GoogLeNet's nine Inception modules, as the paper's table gives them."""

from typing import NamedTuple


class Widths(NamedTuple):
    """Filters of an Inception module, in the order of the arguments of `inception_module`."""

    f1: int
    f3_reduce: int
    f3: int
    f5_reduce: int
    f5: int
    pool_projection: int


# Source: Szegedy et al. 2014, arXiv 1409.4842, table 1. (The table's own column of parameters
# does not agree with these widths from 4a on.)
MODULES = {
    "3a": Widths(64, 96, 128, 16, 32, 32),
    "3b": Widths(128, 128, 192, 32, 96, 64),
    "4a": Widths(192, 96, 208, 16, 48, 64),
    "4b": Widths(160, 112, 224, 24, 64, 64),
    "4c": Widths(128, 128, 256, 24, 64, 64),
    "4d": Widths(112, 144, 288, 32, 64, 64),
    "4e": Widths(256, 160, 320, 32, 128, 128),
    "5a": Widths(256, 160, 320, 32, 128, 128),
    "5b": Widths(384, 192, 384, 48, 128, 128),
}

# Channels that enter each of them: what the stem or the module before it gives.
INPUTS = (192, 256, 480, 512, 512, 512, 528, 832, 832)
