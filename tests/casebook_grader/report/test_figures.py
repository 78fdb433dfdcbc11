"""Figures of a tiny class, checked by hand; what is left out for those who are numbers."""

import json
import re

import banks
import graded_class
import numpy as np
import pytest

from casebook_grader import results
from casebook_grader.course import CourseError
from casebook_grader.report.collect import collect
from casebook_grader.report.figures import figures
from casebook_grader.report.names import FILE
from casebook_grader.report.statistics import histogram, separation, summary
from casebook_grader.report.write import write
from casebook_grader.verdicts import Verdict

SAMPLE = "01_reading_networks"  # one notebook, 11 points from 11 checks


def keep(course, learner, failed=(), message="CheckFailed: no", **more):
    """Write the result of a learner who failed these checks."""
    failed = dict.fromkeys(failed, message)
    results.write(graded_class.grade_of(course, SAMPLE, learner, failed, **more), SAMPLE, course)


@pytest.fixture
def tiny(course):
    """Five learners: 11, 10, 9 and 0 points, and one for whom the engine failed."""
    everything = [
        check["check"] for exercise in found_checks(course) for check in exercise["checks"]
    ]
    keep(course, "ada", seconds={"a": 1.5, "b": 0.5})
    keep(course, "ben", ["check_trace_rows"], "off by 0.25", by_hand=1, seconds={"a": 4.0})
    keep(
        course,
        "chen",
        ["check_trace_rows", "check_trace_work"],
        "off by 17",
        verdict=Verdict.TIMED_OUT,
        findings=["a cell did not finish"],
    )
    keep(course, "dana", everything, "nothing is written", findings=["moved"])
    failed = results.Grade("emil", Verdict.ENGINE_FAILED, findings=["no sandbox"])
    results.write(failed, SAMPLE, course)
    return course


def found_checks(course):
    keep(course, "x")
    exercises = figures(collect(SAMPLE, course), course)["exercises"]
    results.files(SAMPLE, course)[0].unlink()
    return exercises


def test_a_tiny_class_by_hand(tiny):
    found = figures(collect(SAMPLE, tiny), tiny)
    assert (found["submissions"], found["scored"], found["by_hand"]) == (5, 4, 1)
    assert {kind: n for kind, n in found["verdicts"].items() if n} == {
        "graded": 3,
        "timed out": 1,
        "engine failed": 1,
    }
    scores = found["scores"]
    assert scores["points"] == 11
    assert scores["summary"] == {
        "count": 4,
        "least": 0,
        "lower": 6.75,
        "median": 9.5,
        "upper": 10.25,
        "most": 11,
        "mean": 7.5,
    }
    assert [part["count"] for part in scores["bins"]] == [1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1]
    checks = [check for exercise in found["exercises"] for check in exercise["checks"]]
    passed = {check["check"]: check["passed"] for check in checks}
    assert passed.pop("check_trace_rows") == 1
    assert passed.pop("check_trace_work") == 2
    assert set(passed.values()) == {3}
    assert checks[0]["check"] == "check_conv_output_size_valid"
    assert checks[2]["hidden"]
    assert checks[0]["separates"]["why"] == "too few: 4 learners, of at least 20"
    assert found["time"]["summary"]["count"] == 2
    assert found["time"]["slowest"][0] == {"learner": "ben", "seconds": 4.0}
    assert [(row["learner"], row["score"]) for row in found["learners"]] == [
        ("ada", 11),
        ("ben", 10),
        ("chen", 9),
        ("dana", 0),
        ("emil", None),
    ]
    assert found["learners"][4]["findings"] == ["no sandbox"]


def test_messages_that_differ_in_numbers_count_as_one(tiny):
    messages = figures(collect(SAMPLE, tiny), tiny)["messages"]
    shown = {(group["exercise"], group["message"]): group for group in messages["shown"]}
    group = shown["Exercise 3: a trace of all layers", "off by #"]
    assert (group["count"], group["learners"]) == (2, ["ben", "chen"])
    assert group["checks"] == {"check_trace_rows": 2, "check_trace_work": 1}
    assert group["example"] == "off by 0.25"
    assert messages["kinds"] == 1 + 4  # and "nothing is written" in each of four exercises


def test_numbers_name_nobody(tiny):
    keep(tiny, "fay", ["check_trace_rows"], "ben_trace is off by 3")
    keep(tiny, "gil", ["check_trace_rows"], "ben_trace is off by 4")
    keep(tiny, "hal", ["check_trace_rows"], "ben_trace is off by 5")
    found = figures(collect(SAMPLE, tiny), tiny, anonymous=True)
    text = json.dumps(found)
    for name in ("ada", "ben", "chen", "dana", "emil", "fay", "gil", "hal"):
        assert not re.search(rf"\b{name}", text)
    assert "moved" not in text  # findings
    (group,) = found["messages"]["shown"]  # the others are of two learners, or one
    assert (group["message"], group["example"]) == ("…_trace is off by #", None)
    assert [row["learner"] for row in found["learners"]] == [f"learner {n}" for n in range(1, 9)]
    known = json.loads((tiny / FILE).read_text())
    keep(tiny, "aaron")
    figures(collect(SAMPLE, tiny), tiny, anonymous=True)
    again = json.loads((tiny / FILE).read_text())
    assert again == {**known, "aaron": 9}
    (tiny / FILE).write_text("[]")
    with pytest.raises(CourseError, match="list of learners' numbers"):
        figures(collect(SAMPLE, tiny), tiny, anonymous=True)


def test_a_copy_is_shown_beside_its_twin(course):
    right = {}
    for answer in banks.answers():
        if answer.right:
            right.setdefault(answer.exercise, answer.text)
    copy = {name: graded_class.renamed(text) for name, text in right.items()}
    for learner, answers in (("ada", right), ("ben", {}), ("zoe", copy)):
        keep(course, learner)
        graded_class.write_answers(course, SAMPLE, learner, answers)
    keep(course, "yan")  # whose notebooks are nowhere
    copies = figures(collect(SAMPLE, course), course)["copies"]
    assert (copies["compared"], copies["unread"]) == (3, 1)
    (pair,) = copies["pairs"]
    assert pair["learners"] == ["ada", "zoe"]
    trace = next(answer for answer in pair["answers"] if answer["answer"] == "trace")
    one, other = trace["texts"]
    assert "\n".join(line["text"] for line in one) == right["trace"].strip()
    assert other[1] == {"text": "    # I wrote this on my own.", "shared": False}
    assert sum(line["shared"] for line in one) > len(one) / 2
    hidden = figures(collect(SAMPLE, course), course, anonymous=True)["copies"]["pairs"]
    assert [answer["texts"] for answer in hidden[0]["answers"]] == [None] * len(pair["answers"])


def test_the_data_are_the_page_s_figures(tiny):
    page, data = write(SAMPLE, tiny, data=True)
    found = json.loads(data.read_text())
    again = figures(collect(SAMPLE, tiny), tiny)
    assert {**found, "made": None} == {**json.loads(json.dumps(again)), "made": None}
    text = page.read_text()
    assert f"<dd>{found['scores']['summary']['median']:g} <small>of 11</small>" in text
    for exercise in found["exercises"]:
        for check in exercise["checks"]:
            assert check["check"] in text
            assert f"{check['passed']} of {found['scored']}" in text


def test_separation_by_hand():
    item = np.array([1.0] * 10 + [0.0] * 10)
    rest = np.array([3.0] * 10 + [1.0] * 10)
    assert separation(item, rest)["r"] == pytest.approx(1)
    rest[:5], rest[10:15] = 1, 3  # half of those who passed, and of those who did not
    found = separation(item, rest)
    assert found["r"] == pytest.approx(0)
    assert found["low"] == pytest.approx(-found["high"])
    assert found["high"] == pytest.approx(np.tanh(1.96 / np.sqrt(17)))
    assert separation(np.ones(20), rest)["why"] == "all passed"
    assert separation(np.zeros(20), rest)["why"] == "nobody passed"
    few = np.array([1.0] * 4 + [0.0] * 16)
    assert separation(few, rest)["why"] == "too few: 4 passed, of at least 5"
    assert "same points" in separation(item, np.ones(20))["why"]


def test_every_value_falls_into_a_bin():
    values = np.random.default_rng(0).gamma(2, 7, 500)
    for most in (0, 0.4, 10, 1000):
        bins = histogram(values, most)
        assert sum(part["count"] for part in bins) == 500
        assert bins[-1]["open"] == (values.max() > bins[-1]["to"])
    assert summary(np.array([])) is None


@pytest.mark.parametrize("content", ["{", "[]", "{}", '{"learner": "x"}'])
def test_a_damaged_result_is_named(course, content):
    keep(course, "ada")
    path = results.files(SAMPLE, course)[0].with_name("ben.json")
    path.write_text(content)
    with pytest.raises(CourseError, match=r"ben\.json cannot be read.*casebook grade"):
        collect(SAMPLE, course)


def test_a_class_of_which_nobody_was_scored(course):
    results.write(results.Grade("emil", Verdict.NOT_GRADABLE), SAMPLE, course)
    (page,) = write(SAMPLE, course)
    assert "No submission was scored yet" in page.read_text()


def test_results_of_another_state_of_the_assignment(course):
    grade = graded_class.grade_of(course, SAMPLE, "ada", {})
    grade.checks["check_gone"] = results.Check("reading_networks", 5, 5)
    del grade.checks["check_trace_rows"]
    results.write(grade, SAMPLE, course)
    found = figures(collect(SAMPLE, course), course)
    assert found["different_checks"] == ["check_gone", "check_trace_rows"]
    assert found["scores"]["summary"]["most"] == 10
