from collections import Counter

import banks
import side_by_side
from xdist.scheduler import LoadFileScheduling


def test_files_stay_together():
    assert side_by_side.group("tests/test_make.py::test_help") == "tests/test_make.py"
    assert side_by_side.group("utils/a/b.py::a.b.f") == "utils/a/b.py"
    name = "tests/casebook_grader/test_two_kernels.py::test_names_used"
    assert side_by_side.group(name) == "tests/casebook_grader/test_two_kernels.py"


def test_all_tests_of_an_exercise_stay_together():
    groups = Counter(
        side_by_side.group(f"tests/test_bank.py::test_answer[{answer}]")
        for answer in banks.answers()
    )
    exercises = Counter(answer.exercise for answer in banks.answers())
    assert groups == {f"tests/test_bank.py::{name}": count for name, count in exercises.items()}
    every = "tests/test_bank.py::test_every_check_catches_something[vgg16]"
    assert side_by_side.group(every) == "tests/test_bank.py::vgg16"


def test_the_bank_comes_last_and_its_slow_exercises_first():
    quick = "tests/test_bank.py::test_answer[collapse-right-a]"
    slow = [f"tests/test_bank.py::test_answer[{name}-right-a]" for name in side_by_side.SLOW]
    others = ["tests/test_make.py::test_help", "tests/a/test_two_kernels.py::test_scores[alexnet]"]
    assert sorted([quick, *slow, *others], key=side_by_side.place) == [*others, *slow, quick]


def test_slow_exercises_are_exercises():
    assert set(side_by_side.SLOW) <= {answer.exercise for answer in banks.answers()}


def test_xdist_asks_for_groups_in_the_way_that_is_overridden():
    assert "_split_scope" in vars(LoadFileScheduling)
