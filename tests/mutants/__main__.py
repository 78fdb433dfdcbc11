"""Mutate the solutions, grade every mutant, and print what the checks missed.

    cd tests; python -m mutants [--notebook NAME] [--most N] [--seconds S] [--each S]
                                [--rounds N] [--seed N] [--read N] [--write]

Prints survivors as their changed lines, and the table of exercises. Where time is up, the mutants
that were not graded are counted above the last line; those graded are a seeded sample.

`--read 100 --most 4 --rounds 0` is for reading whether messages are true: it grades four mutants
of each exercise, and prints a hundred of them with the first message that a learner would see.
"""

import argparse
import collections
import functools
import itertools
import random
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable
from pathlib import Path

import banks

from mutants import operators, runner

EQUIVALENT = Path(__file__).parent / "equivalent.toml"
PAGE = Path(__file__).parents[1] / "mutants.md"
HEAD = """\
# Mutants

By `make mutants`: solutions, and right answers of the bank, with one small mistake each. Whether a
visible check catches it, a hidden one alone, or neither; of the last, how many are equivalent.

Whether a message names the true cause only a reader can say; in `tests/`, `python -m mutants
--read 100 --most 4 --rounds 0 --seed N` draws what to read. 22 samples of 100 were read, and what
was wrong in one was mended before the next but one: 17, 3, 9, 5, 6, 6, 6, 1, 2, 7, 2, 3, 3, 2, 5,
1, 2, 1, 1, 2, 0 and 1 named a wrong cause. From the third on a hint that guesses wrong counts
too, from the tenth on a question that does. Most of what was mended stands in the bank or in the
tests of messages.
"""


def is_visible(exercise: str, check: str) -> bool:
    """Whether a check, by its short name, can be seen by learners."""
    return f"check_{exercise}_{check}" in banks.notebook_of(exercise).checks


def verdict(exercise: str, said: dict[str, str]) -> tuple[str, str]:
    """Who caught a mutant, "visible", "hidden" or "neither", and the first message shown.

    One that took too long or ended its process has none: grading would have stopped it.
    """
    if "ended" in said:
        return "visible", ""
    failed = sorted((not is_visible(exercise, c), i) for i, c in enumerate(said) if said[c])
    if not failed:
        return "neither", ""
    hidden, place = failed[0]
    return "hidden" if hidden else "visible", list(said.values())[place]


def is_raw(message: str) -> bool:
    """Whether a message is Python's or Keras' own, without a cause that the course adds."""
    return bool(message) and "CheckFailed" not in message and "Likely cause" not in message


def is_key(mutant: operators.Mutant, entry: dict) -> bool:
    """Whether an entry of `equivalent.toml` means this mutant: its diff, or an operator and a line.

    An operator stands for whatever it makes of that line; without `line` of any answer.
    """
    if mutant.exercise != entry["exercise"]:
        return False
    if "diff" in entry:
        return mutant.diff.strip() == entry["diff"].strip()
    old = [line[2:].strip() for line in mutant.diff.splitlines() if line.startswith("- ")]
    line = entry.get("line")
    return mutant.operator == entry["operator"] and (line is None or line.strip() in old)


def report(exercises: list[str], verdicts: list[tuple], equivalent: list[dict]) -> tuple[str, str]:
    """The table, and the survivors that nobody has reviewed.

    Args:
        exercises: Their grade_ids.
        verdicts: (mutant, "visible", "hidden" or "neither", first message) of each mutant graded.
        equivalent: Entries of `equivalent.toml`.
    """
    lines = ["| exercise | mutants | visible | hidden only | neither | equivalent | raw messages |"]
    lines.append("|---|---|---|---|---|---|---|")
    holes = []
    for exercise in exercises:
        own = [v for v in verdicts if v[0].exercise == exercise]
        lost = [v for v in own if v[1] == "neither"]
        same = [v for v in lost if any(is_key(v[0], e) for e in equivalent)]
        counts = [len(own)] + [sum(v[1] == by for v in own) for by in ("visible", "hidden")]
        counts += [len(lost) - len(same), len(same), sum(is_raw(v[2]) for v in own)]
        lines.append(f"| {exercise} | " + " | ".join(map(str, counts)) + " |")
        holes += [f"{exercise}, {v[0].operator}:\n{v[0].diff}\n" for v in lost if v not in same]
    return "\n".join(lines), "\n".join(holes)


def stale(possible: Callable, verdicts: list[tuple], equivalent: list) -> list:
    """Entries that name no mutant, or only mutants that the checks catch.

    Of an entry whose mutants were not all graded nothing is known.

    Args:
        possible: Takes an exercise; gives all mutants of its solution and right answers, graded or
            not. That takes seconds, so it is asked only where none that was graded decides.
        verdicts: As for `report`.
        equivalent: Entries of `equivalent.toml`.
    """
    ended = {v[0] for v in verdicts if v[1] != "neither" and not v[2]}
    caught = {v[0] for v in verdicts if v[1] != "neither"} - ended
    left = [v[0] for v in verdicts if v[0] not in caught]
    open_ones = [e for e in equivalent if not any(is_key(m, e) for m in left)]
    return [
        e
        for e in open_ones
        if caught.issuperset(m for m in possible(e["exercise"]) if is_key(m, e))
    ]


def to_read(verdicts: list[tuple], number: int, seed: int) -> str:
    """Mutants with their first messages, drawn at random from those that the checks caught.

    Args:
        verdicts: As for `report`, in any order.
        number: How many to draw at most.
        seed: Of the draw.
    """
    caught = sorted((v for v in verdicts if v[2]), key=lambda v: (v[0].exercise, v[0].diff))
    chosen = random.Random(seed).sample(caught, min(number, len(caught)))
    chosen.sort(key=lambda v: (v[0].exercise, v[0].diff))
    return "\n\n".join(
        f"[{place}] {mutant.exercise}, {mutant.operator}:\n{mutant.diff}\n=> {message}"
        for place, (mutant, _, message) in enumerate(chosen, 1)
    )


def drawn(
    exercise: str, source: str, right: list, most: int, seed: int = 0
) -> list[operators.Mutant]:
    """Mutants of a solution in a seeded order, and of the bank's right answers where it has few.

    Operators take turns, so that each is among few mutants too.

    Args:
        exercise: Its grade_id.
        source: The solution.
        right: The bank's right answers to it.
        most: How many mutants to return at most.
        seed: Of the order.
    """
    found = {}
    for text in (source, *(answer.text for answer in right)):
        if len(found) < most:
            mutants = operators.mutants_of(exercise, text)
            by_operator = collections.defaultdict(list)
            for mutant in random.Random(seed).sample(mutants, len(mutants)):
                by_operator[mutant.operator].append(mutant)
            turns = in_turn(list(by_operator.values()))
            found |= {mutant.text: mutant for mutant in turns if mutant.text not in found}
    return list(found.values())[:most]


def in_turn(mutants: list[list]) -> list:
    """Take one mutant of each list in turn, as long as there are any."""
    rows = itertools.zip_longest(*mutants)
    return [mutant for row in rows for mutant in row if mutant is not None]


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--notebook", default="", help="name of one notebook; else all")
    parser.add_argument("--seconds", type=float, default=3600, help="for all mutants together")
    parser.add_argument("--each", type=float, default=120, help="seconds for one mutant")
    parser.add_argument("--most", type=int, default=44, help="mutants of each exercise")
    parser.add_argument("--rounds", type=int, default=1, help="runs of each right answer")
    parser.add_argument("--seed", type=int, default=0, help="of the order in which mutants come")
    parser.add_argument("--read", type=int, default=0, help="print so many mutants with messages")
    parser.add_argument("--write", action="store_true", help=f"write the table to {PAGE.name} too")
    chosen = parser.parse_args(arguments)
    paths = sorted((banks.ROOT / "solutions").glob("*/*.ipynb"))
    paths = [path for path in paths if chosen.notebook in ("", path.stem)]
    if not paths:
        sys.exit(f"expected the name of a notebook in solutions/, found {chosen.notebook!r}")
    runner.preload()
    until = time.monotonic() + chosen.seconds
    sources = {e: s for path in paths for e, s in banks.Notebook(path).answers.items()}
    right = [answer for answer in banks.answers() if answer.right and answer.exercise in sources]
    most, seed = chosen.most, chosen.seed
    mutants = in_turn(
        [
            drawn(exercise, source, [a for a in right if a.exercise == exercise], most, seed)
            for exercise, source in sources.items()
        ]
    )
    equivalent = tomllib.loads(EQUIVALENT.read_text(encoding="utf-8"))["equivalent"]
    with tempfile.TemporaryDirectory() as tempfile.tempdir:  # takes what killed forks leave
        graded = list(runner.grade_all(mutants, chosen.each, until))
        kept = list(runner.grade_all(right * chosen.rounds, chosen.each))
    tempfile.tempdir = None
    verdicts = [(m, *verdict(m.exercise, said)) for m, said in graded]
    table, holes = report(list(sources), verdicts, equivalent)
    print(holes)
    if chosen.read:
        print(to_read(verdicts, chosen.read, seed))
        return

    @functools.cache
    def possible(exercise: str) -> set:
        texts = [sources[exercise], *(a.text for a in right if a.exercise == exercise)]
        return {mutant for text in texts for mutant in operators.mutants_of(exercise, text)}

    reviewed = [entry for entry in equivalent if entry["exercise"] in sources]
    for entry in stale(possible, verdicts, reviewed):
        print(f"stale, no mutant or only caught ones; take it out of {EQUIVALENT.name}: {entry}")
    for answer, said in kept:
        if any(said.values()):
            print(f"rejected: {answer}: {said}")
    if len(verdicts) < len(mutants):
        print(f"not graded, time was up: {len(mutants) - len(verdicts)} of {len(mutants)} mutants")
    said = summary(verdicts, equivalent, [said for _, said in kept], chosen.rounds)
    print(f"{table}\n\n{said}")
    if chosen.write:
        PAGE.write_text(f"{HEAD}\n{table}\n\n{said}\n", encoding="utf-8")


def summary(verdicts: list[tuple], equivalent: list[dict], kept: list[dict], rounds: int) -> str:
    """How many mutants were caught, by whom; raw messages; what became of right answers.

    Args:
        verdicts: As for `report`.
        equivalent: Entries of `equivalent.toml`.
        kept: What the checks said of right answers.
        rounds: How often each of these was graded.
    """
    lost = [v[0] for v in verdicts if v[1] == "neither"]
    same = sum(any(is_key(m, e) for e in equivalent) for m in lost)
    matter = max(1, len(verdicts) - same)
    caught, visible = len(verdicts) - len(lost), sum(v[1] == "visible" for v in verdicts)
    raw = collections.Counter(v[2].strip().split("\n")[0][:100] for v in verdicts if is_raw(v[2]))
    ended = sum(v[1] == "visible" and not v[2] for v in verdicts)
    rejected = sum(any(said.values()) for said in kept)
    lines = [
        f"Of those that matter, {100 * visible / matter:.1f} % by a visible check. Raw first "
        f"messages: {100 * raw.total() / max(1, caught):.1f} % of those caught. Too slow, or their "
        f"process died: {ended}.",
        "",
        *(f"- raw, {number} times: `{words}`" for words, number in raw.most_common()),
        *[""] * bool(raw),
        f"mutants: {len(verdicts)}, caught: {100 * caught / matter:.1f} %, correct variants: "
        + (f"{len(kept) // rounds}, rejected: {rejected}" if kept else "not run"),
    ]
    if rounds > 1 and kept:
        lines.insert(-1, f"Each right answer was graded {rounds} times, with new random numbers.\n")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
