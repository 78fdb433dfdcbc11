"""A report as data: what the page shows and what `--json` writes, names and all."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from casebook_grader.report import copies
from casebook_grader.report.collect import Class, answers_of
from casebook_grader.report.messages import Group
from casebook_grader.report.names import numbered
from casebook_grader.report.statistics import histogram, separation, summary
from casebook_grader.report.tokens import GRAM, WINDOW
from casebook_grader.verdicts import Verdict

MOST_GROUPS = 200  # of messages
MOST_PAIRS = 1000  # of learners whose answers are nearly the same
WITH_TEXT = 40  # pairs whose answers are shown
MOST_LINES = 300  # of an answer that is shown
SLOWEST = 5
_DIGITS = re.compile(r"(\d{1,18})")
SHARED_BY = 3  # learners; a message of fewer may tell who they are


def figures(found: Class, root: Path, anonymous: bool = False) -> dict:
    """All that a report says, as plain data.

    Args:
        found: What was read of the class.
        root: The course's folder.
        anonymous: Learners are numbers, and what they may have named themselves in (findings, rare
            messages, code) is left out.
    """
    true = found.learners
    learners = numbered(true, root) if anonymous else {name: name for name in true}
    names = [learners[name] for name in true]
    first, last = (time.isoformat(timespec="seconds") for time in found.times)
    scores = found.earned.sum(axis=1)
    return {
        "assignment": found.assignment,
        "anonymous": anonymous,
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "graded": {"first": first, "last": last},
        "submissions": len(names),
        "scored": len(found.scored),
        "verdicts": {str(kind): found.verdicts.count(kind) for kind in Verdict},
        "by_hand": sum(found.by_hand),
        "different_checks": sorted(found.different),
        "scores": _scores(found, scores),
        "notebooks": _notebooks(found),
        "exercises": _exercises(found),
        "messages": _messages(found, names, anonymous),
        "time": _time(found, names),
        "copies": _copies(found, names, root, anonymous),
        "learners": _learners(found, names, scores, anonymous),
    }


def _scores(found: Class, scores: np.ndarray) -> dict:
    points = float(found.points.sum())
    return {
        "points": points,
        "summary": summary(scores),
        "bins": histogram(scores, points, whole=True),
    }


def _columns(found: Class) -> list[tuple[str, int]]:
    """For each check the notebook and the number of its exercise."""
    return [
        (exercise.notebook, n)
        for n, exercise in enumerate(found.outline.exercises)
        for _ in exercise.checks
    ]


def _notebooks(found: Class) -> list[dict]:
    columns = np.array([notebook for notebook, _ in _columns(found)])
    return [
        {
            "notebook": name,
            "points": float(found.points[columns == name].sum()),
            "summary": summary(found.earned[:, columns == name].sum(axis=1)),
        }
        for name in dict.fromkeys(columns.tolist())
    ]


def _exercises(found: Class) -> list[dict]:
    """Every check in order: who passed, and what that says of the learner's other points."""
    earned, points = found.earned, found.points
    passed = earned >= points - 1e-9
    total = earned.sum(axis=1)
    column, shown = 0, []
    for exercise in found.outline.exercises:
        checks = []
        for check in exercise.checks:
            item = passed[:, column]
            checks.append(
                {
                    "check": check.name,
                    "says": check.says,
                    "hidden": check.hidden,
                    "points": check.points,
                    "passed": int(item.sum()),
                    "share": float(item.mean()) if len(item) else None,
                    "separates": separation(item.astype(float), total - earned[:, column]),
                }
            )
            column += 1
        if checks:
            about = {"notebook": exercise.notebook, "title": exercise.title}
            shown.append({**about, "checks": checks})
    return shown


def _messages(found: Class, names: list[str], anonymous: bool) -> dict:
    groups = found.messages.commonest()
    shown = groups[:MOST_GROUPS]
    if anonymous:
        shown = [group for group in shown if len(group.learners) >= SHARED_BY]
    words = _words(found.learners) if anonymous else set()
    return {
        "kinds": len(groups),
        "shown": [_message(found, group, names, words, anonymous) for group in shown],
    }


def _message(found: Class, group: Group, names: list[str], words: set[str], anonymous: bool):
    exercise = found.outline.exercises[group.exercise]
    return {
        "notebook": exercise.notebook,
        "exercise": exercise.title,
        "count": len(group.learners),
        "message": without_names(group.text, words),
        "example": None if anonymous else group.example,
        "checks": dict(group.checks),
        "learners": in_order(names[n] for n in group.learners),
    }


def _words(learners: list[str]) -> set[str]:
    """Words of three letters or more in learners' names."""
    return {word.lower() for name in learners for word in re.findall(r"[^\W_]{3,}", name)}


def without_names(text: str, words: set[str]) -> str:
    """A text in which each word that is one of those is left out.

    Example:
        >>> without_names("name 'Ada_block' is not defined", {"ada"})
        "name '…_block' is not defined"
    """
    return re.sub(r"[^\W_]{3,}", lambda m: "…" if m[0].lower() in words else m[0], text)


def _time(found: Class, names: list[str]) -> dict:
    seconds = np.array(found.seconds)
    known = np.flatnonzero(np.isfinite(seconds))
    taken = seconds[known]
    figures = summary(taken)
    slowest = known[np.argsort(-taken, kind="stable")[:SLOWEST]]
    return {
        "summary": figures,
        # Few take much longer than all others: they share the last bin.
        "bins": histogram(taken, min(figures["most"], 3 * figures["upper"])) if figures else [],
        "slowest": [{"learner": names[n], "seconds": float(seconds[n])} for n in slowest],
    }


def _copies(found: Class, names: list[str], root: Path, anonymous: bool) -> dict:
    pairs = found.answers.pairs()
    exercises = found.outline.answers
    shown = []
    for pair in pairs[:MOST_PAIRS]:
        texts = [{}, {}]
        if len(shown) < WITH_TEXT and not anonymous:
            texts = [
                answers_of(found.learners[n], found.assignment, found.outline, root) or {}
                for n in (pair.one, pair.other)
            ]
        answers = [
            {
                "answer": alike.answer,
                "notebook": exercises[alike.answer].notebook,
                "exercise": exercises[alike.answer].title,
                "shared": alike.shared,
                "share": alike.share,
                "texts": _side_by_side(found.answers, *(text.get(alike.answer) for text in texts)),
            }
            for alike in pair.answers
        ]
        learners = [names[pair.one], names[pair.other]]  # in the order of the texts
        learners = in_order(learners) if anonymous else learners
        shown.append({"learners": learners, "shared": pair.shared, "answers": answers})
    return {
        "found": len(pairs),
        "compared": found.answers.count - found.unread,
        "unread": found.unread,
        "limit": found.answers.limit,
        "gram": GRAM,
        "window": WINDOW,
        "enough": copies.ENOUGH,
        "alone": copies.ALONE,
        "like": copies.LIKE,
        "pairs": shown,
    }


def _side_by_side(answers: copies.Answers, one: str | None, other: str | None) -> list | None:
    """Both texts as lines, each with whether it lies in a passage that both have."""
    if one is None or other is None:
        return None
    passages = answers.passages(one, other)
    return [
        [
            {"text": line, "shared": n in lines and bool(line.strip())}
            for n, line in enumerate(text.rstrip().split("\n")[:MOST_LINES])
        ]
        for text, lines in zip((one, other), passages, strict=True)
    ]


def _learners(found: Class, names: list[str], scores: np.ndarray, anonymous: bool) -> list[dict]:
    points = dict(zip(found.scored, scores.tolist(), strict=True))
    shown = []
    for n, name in enumerate(names):
        findings, seconds = found.findings.get(n, []), found.seconds[n]
        shown.append(
            {
                "learner": name,
                "verdict": str(found.verdicts[n]),
                "score": points.get(n),
                "by_hand": found.by_hand[n],
                "seconds": None if np.isnan(seconds) else seconds,
                "findings": None if anonymous else findings,
                "found": len(findings),
            }
        )
    return sorted(shown, key=lambda row: _key(row["learner"]))


def in_order(names: Iterable[str]) -> list[str]:
    """Names in the order of the alphabet, numbers in them by size.

    Example:
        >>> in_order(["learner 12", "learner 3", "ada"])
        ['ada', 'learner 3', 'learner 12']
    """
    return sorted(names, key=_key)


def _key(name: str) -> list:
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in _DIGITS.split(name)]
