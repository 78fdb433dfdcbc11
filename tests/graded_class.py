"""An invented class that has been graded: results and executed notebooks, without any kernel.

    python tests/graded_class.py COURSE ASSIGNMENT SIZE

writes one into a copy of the course's folder, to look at reports.
"""

import json
import random
import re
import sys
from pathlib import Path

import banks
import nbformat

from casebook_grader import results
from casebook_grader.report.outline import read_outline
from casebook_grader.verdicts import Verdict


def write_answers(course: Path, assignment: str, learner: str, answers: dict[str, str]) -> None:
    """Write a learner's executed notebooks, as autograde leaves them."""
    folder = course / "grading" / "autograded" / results.known_as(learner) / assignment
    folder.mkdir(parents=True, exist_ok=True)
    for path in sorted((course / "assignments" / assignment).glob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        for cell in notebook.cells:
            cell.source = answers.get(cell.id, cell.source)
        (folder / path.name).write_text(json.dumps(notebook))


def grade_of(course: Path, assignment: str, learner: str, failed: dict[str, str], **more):
    """A result in which these checks failed, each with its message."""
    outline = read_outline(assignment, course)
    checks = {
        check.name: results.Check(
            exercise.notebook,
            0.0 if check.name in failed else check.points,
            check.points,
            failed.get(check.name),
        )
        for exercise in outline.exercises
        for check in exercise.checks
    }
    return results.Grade(learner, checks=checks, **more)


def write(course: Path, assignment: str, size: int, seed: int = 0) -> None:
    """Write a class whose answers come from the bank, with messages and a few oddities."""
    draw = random.Random(seed)
    bank = {}
    for answer in banks.answers():
        bank.setdefault(answer.exercise, []).append(answer)
    names = [f"{first}.{last}@example.org" for first in FIRST for last in LAST]
    draw.shuffle(names)
    while len(names) < size:
        names.append(f"guest{len(names)}@example.org")
    outline = read_outline(assignment, course)
    earlier = {}
    for number, learner in enumerate(names[:size]):
        skill, failed, answers = draw.betavariate(4, 2), {}, {}
        for exercise in outline.exercises:
            for name in exercise.answers:
                fits = [a for a in bank[name] if a.right == (draw.random() < skill)]
                answer = draw.choice(fits or bank[name])
                answers[name] = answer.text
                for check in exercise.checks:
                    lost = check.name.split(f"{name}_", 1)[-1] in answer.loses
                    if lost or draw.random() < 0.02:
                        says = answer.says or f"the output differs by up to {draw.random():.3g}"
                        failed[check.name] = f"CheckFailed: {name}: {says}"
        if number % 10 == 9:
            answers = {name: renamed(text) for name, text in earlier.items()}
        earlier = answers
        verdict, findings = Verdict.GRADED, []
        if draw.random() < 0.1:
            verdict, findings = draw.choice(ODD)
        grade = grade_of(
            course,
            assignment,
            learner,
            failed,
            verdict=verdict,
            findings=list(findings),
            by_hand=draw.choice((0, 2, 5)),
            seconds={"all": draw.lognormvariate(1.6, 0.5) + 60 * (verdict == "timed out")},
        )
        if verdict in (Verdict.ENGINE_FAILED, Verdict.NOT_GRADABLE):
            grade.checks.clear()
        results.write(grade, assignment, course)
        write_answers(course, assignment, learner, answers)


def renamed(text: str) -> str:
    """An answer as someone hands it in who took it over: other names, other comments."""
    for old, new in {"y": "result", "f": "width", "i": "step", "shortcut": "skip"}.items():
        text = re.sub(rf"\b{old}\b", new, text)
    lines = [line.split("  #")[0] for line in text.split("\n")]
    return "\n".join([lines[0], "    # I wrote this on my own.", *lines[1:]])


FIRST = ("ada", "ben", "chen", "dana", "emil", "fatima", "goran", "hana", "ivo", "jun", "kofi")
LAST = ("adams", "baker", "costa", "diaz", "eriksen", "fischer", "gupta", "haddad", "ito", "kim")
ODD = [
    (Verdict.TIMED_OUT, ["residual_blocks: a cell did not finish within 60 seconds"]),
    (
        Verdict.TAMPERED,
        [
            "resnet50: Changed by hand: the points of hidden_stage_formula. The "
            "course's own was taken instead."
        ],
    ),
    (
        Verdict.GRADED,
        [
            "Answers or tests were moved; they run in the course's order.",
            "record_degradation.json is missing.",
        ],
    ),
    (Verdict.KILLED, ["stage: a cell took more than 4 GB of memory"]),
    (Verdict.NOT_GRADABLE, ["residual_blocks: it is no notebook: the text ends within a string"]),
    (Verdict.ENGINE_FAILED, ["the check kernel did not start twice; nothing was scored"]),
]


if __name__ == "__main__":
    write(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
