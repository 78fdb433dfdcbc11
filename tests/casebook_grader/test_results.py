"""Results are kept whole, read back equal, and a damaged one is as good as none."""

import pytest

from casebook_grader import results
from casebook_grader.results import Check, Grade
from casebook_grader.verdicts import Verdict

GRADE = Grade(
    "zoë [*]",
    Verdict.TIMED_OUT,
    {"check_a": Check("n", 1, 1), "check_b": Check("n", 0, 2, "is \ud800 wrong")},
    by_hand=2,
    findings=["odd"],
    seconds={"n": 1.5},
    keys={"n": "abc"},
)


def test_a_result_is_read_as_it_was_written(tmp_path):
    results.write(GRADE, "a", tmp_path)
    results.write(Grade("ada"), "a", tmp_path)
    assert results.read(GRADE.learner, "a", tmp_path) == GRADE
    assert results.read_all("a", tmp_path) == [Grade("ada"), GRADE]
    assert (GRADE.score, GRADE.notebooks) == (1, {"n": (1, 3)})


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"learner": "ada"}', b"\xff"])
def test_a_damaged_result_is_none(tmp_path, content):
    results.write(Grade("ada"), "a", tmp_path)
    (file,) = (tmp_path / "grading" / "results" / "a").iterdir()
    file.write_bytes(content)
    assert results.read("ada", "a", tmp_path) is None
