"""Whether what the notebooks read off their experiments holds for other seeds, beside a control.

A claim is one function of a seed. It returns what the notebook's sentence is about and the same
number for the control; the claim holds if it does for every seed. The claims of a notebook stand in
the module of its name; `__main__` measures them and writes the table `claims.md`.
"""

import functools
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import answer_functions

from cnn_casebook.data import datasets

SEEDS = range(5)
PAGE = Path(__file__).parents[1] / "claims.md"


class Claim(NamedTuple):
    """One sentence of a notebook, and how it is measured."""

    says: str
    notebook: str
    cell: str
    control: str
    holds: Callable[[float, float], bool]
    measure: Callable[[int], tuple[float, float]]


CLAIMS: list[Claim] = []


def claim(says: str, place: str, control: str, holds: Callable[[float, float], bool]):
    """Register a function of a seed that returns a number and the control's number.

    Args:
        says: The claim in a few words.
        place: Notebook and cell id, as `alexnet/experiment_seen`.
        control: What the second number is.
        holds: Whether both numbers of one seed bear the claim out.
    """

    def register(measure):
        CLAIMS.append(Claim(says, *place.split("/"), control, holds, measure))
        return measure

    return register


@functools.cache
def solution(exercise: str) -> dict:
    return answer_functions.solution_names(exercise)


@functools.cache
def clothes(size: int) -> tuple:
    return datasets.fashion_mnist(size=size)
