"""Fairness: right answers of every style keep full marks, wrong ones lose theirs with a reason."""

import banks
import pytest

ANSWERS = banks.answers()


@pytest.mark.parametrize("answer", ANSWERS, ids=str)
def test_answer(answer):
    said = banks.notebook_of(answer.exercise).grade(answer.exercise, answer.text)
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
