"""Measures claims with every seed, and writes their rows of the table `claims.md`.

    cd tests; python -m claims [NOTEBOOK ...]

With names of notebooks, their rows alone are measured, and the others stay as they stand. All of it
takes less than an hour. Its rows gather in `claims.unfinished`: a run that was interrupted
goes on from there, and the whole takes the place of `claims.md`.
"""

import importlib
import re
import sys
import time

import numpy as np

from claims import CLAIMS, PAGE, SEEDS, Claim
from cnn_casebook import runtime

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


def page_of(claims: list[Claim], rows: dict[str, str]) -> str:
    """The page with the rows that there are, in the order of the claims."""
    lines = [rows[claimed.says] for claimed in claims if claimed.says in rows]
    held = sum(line.endswith("| yes |") for line in lines)
    last = f"claims: {len(lines)}, hold: {held}, seeds: {len(SEEDS)}"
    return "\n".join([*HEAD, *lines, "", last]) + "\n"


def main(*notebooks: str) -> None:
    """Measure the claims of the named notebooks, or all, and write the page.

    Raises:
        SystemExit: No claim is of a named notebook.
    """
    claims = load()
    if unknown := set(notebooks) - {claimed.notebook for claimed in claims}:
        raise SystemExit(f"no claims of {', '.join(sorted(unknown))}; name a module of claims/")
    unfinished = PAGE.with_suffix(".unfinished")
    start = PAGE if notebooks else unfinished
    rows = rows_of(start.read_text(encoding="utf-8")) if start.is_file() else {}
    chosen = [
        claimed
        for claimed in claims
        if (claimed.notebook in notebooks if notebooks else claimed.says not in rows)
    ]
    if not notebooks and rows:
        print(f"{len(rows)} rows are measured; to begin anew delete {unfinished}.")
    began = time.monotonic()
    for done, claimed in enumerate(chosen, start=1):
        rows[claimed.says], _ = row(claimed)
        start.write_text(page_of(claims, rows), encoding="utf-8")
        print(f"{done} of {len(chosen)}, {time.monotonic() - began:.0f} s", rows[claimed.says])
    text = page_of(claims, rows)
    PAGE.write_text(text, encoding="utf-8")
    unfinished.unlink(missing_ok=True)
    print(text.splitlines()[-1])


if __name__ == "__main__":
    runtime.start(seed=0)
    sys.stdout.reconfigure(line_buffering=True)
    main(*sys.argv[1:])
