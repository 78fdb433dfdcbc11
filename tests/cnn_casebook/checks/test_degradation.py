"""Whether honest records of the degradation experiment are accepted, and why others are refused.

Final training losses of the normal setting (2,000 images of 14 x 14, widths 8, 16 and 32, first
stride 2, 60 steps of 100 images, SGD 0.05 with momentum 0.9), one line for each of twelve seeds.
The smallest gap between plain-56 and the next one is 0.87; the check asks for 0.1.
"""

import itertools
import math

import numpy as np
import pytest

from cnn_casebook import runtime
from cnn_casebook.checks import degradation
from cnn_casebook.checks.parts.verdict import CheckFailed

ENDS = (  # plain-20, plain-56, residual-20, residual-56
    (0.88, 1.91, 0.58, 0.76),
    (0.91, 1.81, 0.59, 0.75),
    (0.94, 2.04, 0.65, 0.87),
    (0.85, 2.03, 0.61, 0.85),
    (0.98, 1.85, 0.66, 0.92),
    (0.96, 1.88, 0.57, 0.86),
    (1.08, 2.32, 0.61, 0.99),
    (0.94, 1.98, 0.64, 1.01),
    (0.94, 2.08, 0.55, 0.78),
    (1.00, 2.27, 0.58, 0.91),
    (0.89, 2.07, 0.65, 0.84),
    (1.06, 2.26, 0.59, 0.87),
)
# The same networks with one epoch less and one more (seed 7, the closest one after two epochs).
OTHER_LENGTHS = ((1.25, 2.10, 0.82, 1.54), (0.84, 1.81, 0.52, 0.82))


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)


def losses(*ends, epochs=3, start=2.3):
    """Runs that fall from `start` to the given ends; no two of them alike."""
    runs = {name: [] for name in degradation.NETWORKS}
    for number, row in enumerate(ends):
        for place, (name, end) in enumerate(zip(runs, row, strict=True)):
            first = start + 0.01 * number + 0.003 * place
            runs[name].append([float(x) for x in np.geomspace(first, end, epochs)])
    return runs


def check(loss, **more):
    runtime.record("degradation", loss=loss, **more)
    degradation.degradation_record()


@pytest.mark.parametrize("ends", [*ENDS, *OTHER_LENGTHS])
def test_every_seed_alone_is_accepted(ends):
    check(losses(ends))


def test_many_seeds_are_accepted():
    check(losses(*ENDS), images=2000, predicted=["plain-56"], anything="else")
    for some in itertools.combinations(ENDS, 3):
        check(losses(*some))


@pytest.mark.parametrize("epochs", [2, 5, 40])
@pytest.mark.parametrize("start", [0.9, 2.3, 5.0])
def test_other_budgets_are_accepted(epochs, start):
    check(losses((0.05, 0.4, 0.02, 0.03), epochs=epochs, start=start))


def test_the_margin_is_far_below_the_smallest_gap():
    gaps = [plain - max(small, deep) for small, plain, _, deep in ENDS]
    assert min(gaps) > 8 * degradation.MARGIN


def test_no_record():
    with pytest.raises(FileNotFoundError, match="Run the experiment"):
        degradation.degradation_record()


def refused(loss, says, **more):
    with pytest.raises(CheckFailed) as caught:
        check(loss, **more)
    assert says in str(caught.value)


def test_record_without_losses():
    refused(None, "holds no losses")
    refused([1, 2], "holds no losses")
    refused({"plain-20": 1.0}, "holds no losses")
    runtime.record("degradation", images=3)
    with pytest.raises(CheckFailed, match="holds no losses"):
        degradation.degradation_record()


def test_missing_networks():
    loss = losses(ENDS[0])
    loss["plain-56"] = []
    del loss["residual-20"]
    refused(loss, "lacks plain-56, residual-20. Run the experiment to its end")


def test_quick_budget():
    quick = {
        name.replace("20", "8").replace("56", "14"): runs for name, runs in losses(ENDS[0]).items()
    }
    refused(
        quick,
        "holds plain-8, plain-14, residual-8, residual-14 instead: it was made with the quick",
    )


@pytest.mark.parametrize(
    ("run", "says"),
    [
        ([2.0], "has 1 epochs"),
        ([], "has 0 epochs"),
        (2.0, "has no epochs"),
        ([2.0, "1.0", 0.9], "not a number"),
        ([2.0, True, 0.9], "not a number"),
        ([2.0, None, 0.9], "not a number"),
        ([2.0, -1.0, 0.9], "zero, negative or not finite"),
        ([2.0, 0.0, 0.9], "zero, negative or not finite"),
        ([2.0, math.nan, 0.9], "zero, negative or not finite"),
        ([2.0, math.inf, 0.9], "zero, negative or not finite"),
        ([0.01, 0.008, 0.007], "begins with a loss of 0.01"),
        ([99.0, 2.0, 0.9], "begins with a loss of 99"),
        ([2.3, 2.3, 2.3], "nothing was trained"),
    ],
)
def test_implausible_runs(run, says):
    loss = losses(ENDS[0])
    loss["residual-56"] = [run]
    refused(loss, says)


def test_runs_of_different_lengths():
    loss = losses(ENDS[0], ENDS[1])
    loss["plain-20"][1].append(0.7)
    refused(loss, "different numbers of epochs. Train every seed")
    loss["plain-20"][0].append(0.71)
    refused(loss, "plain-20 4, plain-56 3")


def test_copied_runs():
    loss = losses(ENDS[0])
    loss["residual-56"] = [list(loss["residual-20"][0])]
    refused(loss, "exactly the same losses")
    loss = losses(ENDS[0])
    loss["plain-56"] *= 2
    refused(loss, "exactly the same losses")


@pytest.mark.parametrize(
    ("ends", "says"),
    [
        ((0.9, 0.95, 0.6, 0.8), "plain-20 with 0.90; expected plain-56 to end clearly higher"),
        ((0.9, 2.0, 0.6, 2.1), "residual-56 with 2.10"),
        ((2.0, 0.9, 0.6, 0.8), "plain-56 ends with a training loss of 0.90"),
        ((2.25, 2.29, 2.0, 2.2), "cannot be told apart yet"),
    ],
)
def test_other_orders_are_refused(ends, says):
    refused(losses(ends), says)
