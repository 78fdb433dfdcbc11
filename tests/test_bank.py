"""Fairness: right answers of every style keep full marks, wrong ones lose theirs with a reason."""

import zlib

import banks
import pytest
import side_by_side

ANSWERS = banks.answers()


def checks_for(answer):
    """The checks that an answer meets: all of its exercise's, with one exception.

    In a slow exercise a wrong answer meets those that it must fail and one of those that it must
    pass; where `banks.EVERYTHING`, it meets all, too.
    """
    checks = list(banks.notebook_of(answer.exercise).checks_of(answer.exercise))
    if answer.right or answer.exercise not in side_by_side.SLOW or banks.EVERYTHING:
        return checks
    others = [check for check in checks if check not in answer.loses]
    start = zlib.crc32(answer.name.encode()) % max(1, len(others))
    return [*answer.loses, *others[start : start + 1]]


def test_a_right_answer_meets_all_checks_and_a_wrong_one_those_it_fails():
    for answer in ANSWERS:
        every = set(banks.notebook_of(answer.exercise).checks_of(answer.exercise))
        met = set(checks_for(answer))
        assert set(answer.loses) <= met <= every
        assert met == every or not answer.right
        assert met == every or len(met) > len(answer.loses)


@pytest.mark.parametrize("answer", ANSWERS, ids=str)
def test_answer(answer):
    said = banks.notebook_of(answer.exercise).grade(
        answer.exercise, answer.text, checks_for(answer)
    )
    failed = {check: text for check, text in said.items() if text}
    assert tuple(failed) == answer.loses, failed
    if not answer.right:
        assert answer.loses, "a wrong answer must lose a point"
        assert answer.says in next(iter(failed.values()))


@pytest.mark.parametrize("exercise", sorted({answer.exercise for answer in ANSWERS}))
def test_every_check_catches_something(exercise):
    caught = {check for answer in ANSWERS if answer.exercise == exercise for check in answer.loses}
    assert caught == set(banks.notebook_of(exercise).checks_of(exercise))


def test_every_exercise_has_a_bank():
    exercises = {
        exercise
        for path in (banks.ROOT / "solutions").glob("*/*.ipynb")
        for exercise in banks.Notebook(path).answers
    }
    assert exercises == {answer.exercise for answer in ANSWERS}


def test_names_are_unique():
    names = [str(answer) for answer in ANSWERS]
    assert len(names) == len(set(names))
