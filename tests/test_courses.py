"""The trivial course is graded as its table of points says."""

import shutil

import pytest
from courses import POINTS, TRIVIAL, submit, trivial

from casebook_grader.grade import grade


@pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not installed")
@pytest.mark.slow
def test_the_answers_to_the_trivial_course_earn_what_is_said(tmp_path):
    course = trivial(tmp_path)
    expected = {}
    for number, (answer, points) in enumerate(POINTS.items()):
        submit(course, [f"learner{number}"], answer)
        expected[f"learner{number}"] = ("graded", points, [])
    found = grade(TRIVIAL, course)
    assert {each.learner: (each.verdict, each.score, each.findings) for each in found} == expected
