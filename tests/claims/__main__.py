"""Measures claims with every seed, and writes their rows of the table `claims.md`.

    cd tests; python -m claims [NOTEBOOK ...]

With names of notebooks, their rows alone are measured, and the others stay as they stand. All of it
takes about an hour.
"""

import importlib
import re
import sys

import numpy as np

from claims import CLAIMS, PAGE, SEEDS, Claim

NOTEBOOKS = (
    "lenet5",
    "alexnet",
    "vgg16",
    "residual_blocks",
    "resnet50",
    "why_resnets_work",
    "one_by_one_convolutions",
    "inception",
    "transfer_learning",
)
HEAD = [
    "# Claims of the notebooks",
    "",
    "Measured by `make claims`. Each pair is the experiment and its control, one pair for a seed.",
    "",
    "| claim | notebook, cell | control | seed by seed | effect | holds |",
    "|---|---|---|---|---|---|",
]


def load() -> list[Claim]:
    """All claims, in the order of the course."""
    for name in NOTEBOOKS:
        importlib.import_module(f"claims.{name}")
    return sorted(CLAIMS, key=lambda claimed: NOTEBOOKS.index(claimed.notebook))


def row(claimed: Claim) -> tuple[str, bool]:
    """Measure a claim with every seed.

    Returns:
        Its row of the table, and whether it holds.
    """
    pairs = [claimed.measure(seed) for seed in SEEDS]
    holds = all(claimed.holds(*pair) for pair in pairs)
    value, control = np.mean(pairs, axis=0)
    effect = f"{value:.3g} against {control:.3g}"
    numbers = "; ".join(f"{a:.2g}, {b:.2g}" for a, b in pairs)
    place = f"{claimed.notebook}, `{claimed.cell}`"
    cells = [claimed.says, place, claimed.control, numbers, effect, "yes" if holds else "**no**"]
    return f"| {' | '.join(cells)} |", holds


def rows_of(page: str) -> dict[str, str]:
    """The rows of a table, by what they claim."""
    return dict(re.findall(r"^(?=\| (.*?) \|)(\| .*)$", page, re.MULTILINE)[1:])


def main(*notebooks: str) -> None:
    """Measure the claims of the named notebooks, or all, and write the page."""
    claims, measured = load(), {}
    for claimed in claims:
        if not notebooks or claimed.notebook in notebooks:
            measured[claimed.says] = row(claimed)[0]
            print(measured[claimed.says], flush=True)
    known = rows_of(PAGE.read_text(encoding="utf-8")) if PAGE.is_file() else {}
    known |= measured
    lines = [known[claimed.says] for claimed in claims if claimed.says in known]
    held = sum(line.endswith("| yes |") for line in lines)
    last = f"claims: {len(lines)}, hold: {held}, seeds: {len(SEEDS)}"
    print(last)
    PAGE.write_text("\n".join([*HEAD, *lines, "", last]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
