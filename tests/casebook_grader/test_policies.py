"""The rules of a class: read from one file, and what they do to grades, feedback and exports."""

import csv
import json
import shutil
from datetime import datetime, timedelta

import clusters
import courses
import doubling
import executed
import nbformat
import pytest

from casebook_grader import results, task, verdicts
from casebook_grader.book import Book
from casebook_grader.course import CourseError, nbgrader
from casebook_grader.database import open_gradebook
from casebook_grader.export import PLUGINS
from casebook_grader.feedback.write import write
from casebook_grader.grade import Options, grade, outdated
from casebook_grader.lateness import LatePenalty, apply_policies
from casebook_grader.policies import FILE, Late, Policies, read_policies
from casebook_grader.rebuild import rebuild

ASSIGNMENT = courses.TRIVIAL
DUE = datetime(2026, 3, 1, 22, 59)  # in UTC
RULES = f"""
anonymous = true
[late]
per_day = 0.1
at_most_days = 3
[assignments.{ASSIGNMENT}]
due = 2026-03-01T23:59:00+01:00
counts_from = 2026-02-01T00:00:00Z
[assignments.{ASSIGNMENT}.extensions]
bo = 2026-03-03T23:59:00+01:00
"""


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    """A course with a written answer, which its gradebook knows."""
    return courses.with_question(tmp_path_factory.mktemp("policies") / "course")


@pytest.fixture
def course(released, tmp_path):
    return shutil.copytree(released, tmp_path / "course")


def rules(course, text):
    (course / FILE).write_text(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("late = ", "cannot be read as TOML"),
        ("[latee]", "there is no rule latee; expected one of: late, anonymous, assignments"),
        ("anonymous = 1", "expected anonymous to be true or false; found 1"),
        ("[late]\nper_day = 10", "expected late.per_day to be from 0 to 1; found 10"),
        ("[late]\nper_day = true", "expected late.per_day to be a number; found True"),
        ("[assignments.99_none]", "there is no assignment '99_none'"),
        ("[assignments]\n00_doubling = 1", "expected assignments.00_doubling to be a table"),
        ("[assignments.00_doubling]\ndue = 2026-03-01T23:59:00", "a time with its zone"),
        ("[assignments.00_doubling]\ndue = 2026-03-01", "a time with its zone"),
        ('[assignments.00_doubling]\nattempts = "first"', '"last" or "best"; found \'first\''),
        (
            "[assignments.00_doubling.extensions]\nada = 2026-03-01T00:00:00Z",
            "expected assignments.00_doubling.due beside its extensions",
        ),
        (RULES.replace("03-03", "02-03"), "extensions.bo to be later than"),
    ],
)
def test_what_no_rule_is(course, text, words):
    rules(course, text)
    with pytest.raises(CourseError) as error:
        read_policies(course)
    assert words in str(error.value)
    assert FILE in str(error.value) or "99_none" in str(error.value)


def test_without_a_file_there_are_no_rules(course):
    assert read_policies(course) == Policies()
    assert nbgrader(course).config.AssignLatePenalties.plugin_class is LatePenalty


def test_what_being_late_takes_off():
    late = Late(per_day=0.1, at_most_days=3, grace_minutes=15)
    hour = 3600
    found = [late.penalty(10, seconds) for seconds in (0, 900, 901, 24 * hour, 25 * hour)]
    assert found == [0, 0, 1, 1, 2]
    assert late.penalty(10, 72 * hour) == pytest.approx(3)
    assert late.penalty(10, 72 * hour + 1) == 10
    assert Late(per_day=0.5).penalty(10, 9 * 24 * hour) == 10


def save(course, learner, time):
    rebuilt = rebuild(doubling.SOURCE, json.dumps(doubling.honest()).encode(), doubling.CONFIG)
    with Book(nbgrader(course).config, ASSIGNMENT) as book:
        book.save(learner, executed.execute({"doubling": rebuilt.notebook}, None), time)


def penalties(course):
    """By learner: what is taken off, in the gradebook."""
    with open_gradebook(nbgrader(course).config) as gradebook:
        return {
            found.student_id: found.late_submission_penalty
            for found in gradebook.assignment_submissions(ASSIGNMENT)
        }


def read_by_hand(course, points):
    with open_gradebook(nbgrader(course).config) as gradebook:
        for submission in gradebook.assignment_submissions(ASSIGNMENT):
            for found in submission.notebooks[0].grades:
                if found.name == "explain":
                    found.manual_score, found.needs_manual_grade = points, False
        gradebook.db.commit()


def totals(course):
    """By learner: the exported total and the verdict."""
    config = nbgrader(course).config
    plugin = PLUGINS["csv"](config=config, assignment=[ASSIGNMENT])
    with open_gradebook(config) as gradebook:
        plugin.export(gradebook)
    with open(plugin.to, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))[1:]
    return {row["learner"]: (row["total"], row["verdict"]) for row in rows}


def test_deadlines_extensions_and_practice_up_to_the_export(course):
    hour = timedelta(hours=1)
    times = {"ada": DUE, "bo": DUE + 25 * hour, "chen": DUE + 25 * hour, "dana": DUE + 99 * hour}
    times["eve"] = datetime(2026, 1, 31)
    for learner, time in times.items():
        save(course, learner, time)
    read_by_hand(course, 0.0)
    rules(course, RULES)
    apply_policies(nbgrader(course).config, ASSIGNMENT)
    none = {"ada": 0, "bo": 0, "eve": 0}
    assert penalties(course) == none | {"chen": pytest.approx(0.8), "dana": 4}  # of 4 points

    read_by_hand(course, 2.0)  # points that come later are late too
    found = totals(course)
    assert found["ada"] == found["bo"] == ("6", "graded")
    assert found["chen"][0] == "4.8"
    assert found["dana"][0] == "0"
    assert found["eve"] == ("", "practice: handed in before it counts")
    assert penalties(course) == none | {"chen": pytest.approx(1.2), "dana": 6}

    rules(course, RULES.replace("bo = 2026", "chen = 2026"))
    pages = {page.parts[-3]: page.read_text() for page in write(ASSIGNMENT, course).pages}
    assert "Handed in late: 1.2 points taken off." in pages["bo"]
    assert "Handed in late" not in pages["chen"]
    assert "it is practice" in pages["eve"]
    assert penalties(course)["chen"] == 0

    with open_gradebook(nbgrader(course).config) as gradebook:
        gradebook.update_or_create_assignment(ASSIGNMENT, duedate=DUE - timedelta(days=1))
    rules(course, "[late]\nper_day = 1.0")  # no deadline here: the gradebook's own stays
    save(course, "ada", DUE)
    assert penalties(course)["ada"] == 6


def judged(given):
    """Stand in for `task.run`: a check fails where the answer is wrong."""
    notebook = nbformat.reads(given.notebook, as_version=4)
    if "wrong" in doubling.cell_of(notebook, "double").source:
        doubling.cell_of(notebook, "hidden_double").outputs = [executed.failed("it is wrong")]
    if "costly" in doubling.cell_of(notebook, "double").source:
        doubling.cell_of(notebook, "check_halve").outputs = [executed.failed("it is costly")]
    verdicts.attach(notebook, [], 0.0)
    return task.Ran(nbformat.writes(notebook).encode())


def hand_in(course, folder, words, day):
    folder = course / "grading" / folder
    folder.mkdir(parents=True)
    notebook = doubling.honest()
    doubling.cell_of(notebook, "double")["source"] = f"{doubling.CODE}  # {words}"
    (folder / "doubling.ipynb").write_text(json.dumps(notebook))
    (folder / "timestamp.txt").write_text(f"2026-03-{day:02} 12:00:00 UTC")


def test_of_several_attempts_the_best_counts(course, monkeypatch):
    monkeypatch.setattr(task, "run", judged)
    hand_in(course, f"replaced/ada/{ASSIGNMENT}/1", "wrong", 1)
    hand_in(course, f"replaced/ada/{ASSIGNMENT}/2", "costly", 2)
    hand_in(course, f"submitted/ada/{ASSIGNMENT}", "wrong, too", 3)
    hand_in(course, f"replaced/bo/{ASSIGNMENT}/1", "costly", 1)
    hand_in(course, f"submitted/bo/{ASSIGNMENT}", "right", 9)

    def graded():
        with clusters.started(processes=False) as cluster:
            options = Options(cluster=cluster)
            return {found.learner: found for found in grade(ASSIGNMENT, course, options)}

    assert {name: found.score for name, found in graded().items()} == {"ada": 2, "bo": 4}
    rule = f'[assignments.{ASSIGNMENT}]\nattempts = "best"\ndue = 2026-03-05T12:00:00Z\n'
    rules(course, rule)
    assert outdated(ASSIGNMENT, course) == ["ada", "bo"]
    found = graded()
    assert {name: grade.score for name, grade in found.items()} == {"ada": 3, "bo": 4}
    assert found["ada"].folder == f"replaced/ada/{ASSIGNMENT}/2"
    assert found["ada"].handed_in == "2026-03-02T12:00:00"
    assert "Of several attempts the best counts" in " ".join(found["ada"].findings)
    assert results.handed_in("ada", ASSIGNMENT, course).name == "2"
    assert found["bo"].folder == ""
    assert outdated(ASSIGNMENT, course) == []
    rules(course, f"{rule}[late]\nper_day = 0.2")  # late by four days, the right one costs 80 %
    assert {name: grade.score for name, grade in graded().items()} == {"ada": 3, "bo": 3}
