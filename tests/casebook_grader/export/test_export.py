"""Each export read back: its numbers are the gradebook's, over an invented class."""

import csv
import io
import json
from datetime import datetime

import courses
import executed
import pytest
from click.testing import CliRunner
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.apps import ExportApp

from casebook import command
from casebook_grader import results
from casebook_grader.book import Book
from casebook_grader.course import nbgrader
from casebook_grader.export import sheet
from casebook_grader.results import Grade, known_as
from casebook_grader.verdicts import Verdict

ASSIGNMENT = "02_classic_networks"
POINTS = 30
# Two whose names a spreadsheet would run.
LEARNERS = ["ada", "=cmd|'calc'!A1", "@sum(a1)"]
ROSTER = """Student,ID,SIS User ID,SIS Login ID,Section
    Points Possible,,,,
"Lovelace, Ada",501,S1,ada,"A;=1+1"
"=HYPERLINK(1), Zed",502,S2,zed,A
"""


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A graded class: a late one, one all of whose answers are read, one who handed in nothing."""
    root = courses.released(tmp_path_factory.mktemp("course"), ASSIGNMENT)
    config = nbgrader(root).config
    folder = root / "assignments" / ASSIGNMENT
    with Book(config, ASSIGNMENT) as book:
        for seed, learner in enumerate(LEARNERS):
            notebooks = executed.execute(executed.rebuilt(ASSIGNMENT, root, folder), seed)
            for notebook in notebooks.values():
                for cell in notebook.cells:
                    if cell.metadata.get("nbgrader", {}).get("grade_id", "").startswith("explain"):
                        cell.source = "An answer."
            book.save(learner, notebooks, datetime(2026, 3, 1, 12, seed))
            checks, by_hand = book.read(learner)
            verdict = [Verdict.GRADED, Verdict.TAMPERED, Verdict.GRADED][seed]
            results.write(Grade(learner, verdict, checks, by_hand), ASSIGNMENT, root)
    results.write(Grade("noa", Verdict.ENGINE_FAILED), ASSIGNMENT, root)
    with Gradebook(config.CourseDirectory.db_url) as gradebook:
        gradebook.add_student("mia", first_name="Mia", last_name="+1", email="mia@example.org")
        submission = gradebook.find_submission(ASSIGNMENT, "ada")
        for notebook in submission.notebooks:
            for grade in notebook.grades:
                if grade.needs_manual_grade:
                    grade.manual_score, grade.needs_manual_grade = 0.5, False
        submission.notebooks[0].late_submission_penalty = 1.25
        gradebook.db.commit()
    return root


def export(course, kind, *words):
    words = ["export", "--course", str(course), ASSIGNMENT, "--to", kind, *map(str, words)]
    done = CliRunner().invoke(command.main, words)
    assert done.exit_code == 0, done.output
    return done.stdout.strip()


def rows(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


def expected(course):
    """By student what nbgrader's own interface says: a submission's scores, None where unread."""
    found = {}
    with Gradebook(nbgrader(course).config.CourseDirectory.db_url) as gradebook:
        for student in gradebook.students:
            try:
                submission = gradebook.find_submission(ASSIGNMENT, student.id)
            except MissingEntry:
                continue
            found[student.id] = {
                "total": submission.score - submission.late_submission_penalty,
                "unread": submission.needs_manual_grade,
                "penalty": submission.late_submission_penalty,
                "cells": {
                    f"{notebook.name}/{grade.name}": (
                        None if grade.needs_manual_grade else grade.score,
                        grade.max_score,
                    )
                    for notebook in submission.notebooks
                    for grade in notebook.grades
                },
            }
    return found


def undone(text):
    """A cell as it was before it was made inert."""
    return text[1:] if text[:1] == "'" else text


def test_a_table_of_everything(course):
    header, possible, *found = rows(export(course, "csv"))
    possible = dict(zip(header, possible, strict=True))
    assert float(possible["total"]) == POINTS
    by_learner = {}
    for row in found:
        row = dict(zip(header, row, strict=True))
        by_learner[undone(row["learner"])] = row
        assert not any(value[:1] in tuple("=+-@\t\r") for value in row.values() if value)
    wanted = expected(course)
    assert by_learner.keys() == {*wanted, "mia", "noa"}
    assert len(wanted) == 3
    for learner, truth in wanted.items():
        row = by_learner[learner]
        cells = {name: row[name] for name in header if "/" in name}
        assert cells.keys() == truth["cells"].keys()
        for name, (score, points) in truth["cells"].items():
            assert cells[name] == ("to read" if score is None else f"{score:.10g}")
            assert float(possible[name]) == points
        assert float(row["late penalty"]) == truth["penalty"]
        assert row["total"] == ("" if truth["unread"] else f"{truth['total']:.10g}")
    assert by_learner["ada"]["total"]
    assert by_learner["ada"]["handed in (UTC)"] == "2026-03-01 12:00:00"
    assert float(by_learner["ada"]["late penalty"]) == 1.25
    other = by_learner[known_as("@sum(a1)")]
    assert other["by hand"] == other["total"] == ""
    assert float(other["still to read"]) > 0
    assert by_learner[known_as(LEARNERS[1])]["verdict"] == "tampered"
    assert by_learner["mia"]["verdict"] == "nothing handed in"
    assert by_learner["mia"]["total"] == by_learner["mia"]["checks"] == ""
    assert (by_learner["noa"]["verdict"], by_learner["noa"]["total"]) == ("engine failed", "")
    assert by_learner["mia"]["last name"] == "'+1"


def test_canvas(course, tmp_path):
    (tmp_path / "gradebook.csv").write_text(ROSTER)
    column = "Classic networks (4711)"
    words = ("--roster", tmp_path / "gradebook.csv", "--column", column)
    out = export(course, "canvas", *words, "--out", tmp_path / "back.csv")
    header, possible, *found = rows(out)
    assert header == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", column]
    assert possible == ["    Points Possible", "", "", "", "", str(POINTS)]
    by_login = {row[3]: row for row in found}
    total = f"{expected(course)['ada']['total']:.10g}"
    assert by_login["ada"] == ["Lovelace, Ada", "501", "S1", "ada", "A;'=1+1", total]
    assert by_login["zed"][0] == "'=HYPERLINK(1), Zed"
    assert by_login["zed"][5] == by_login["mia"][5] == ""
    again = export(course, "canvas", *words, "--so-far", "--out", tmp_path / "b.csv")
    given = {undone(row[3]): row[5] for row in rows(again)[2:]}
    for learner, truth in expected(course).items():
        assert given[learner] == f"{truth['total']:.10g}"


def test_moodle(course, tmp_path):
    header, *found = rows(export(course, "moodle", "--out", tmp_path / "m.csv"))
    assert header[:5] == ["First name", "Last name", "Username", "ID number", "Email address"]
    by_name = {undone(row[2]): row for row in found}
    assert by_name["mia"] == ["Mia", "'+1", "mia", "", "mia@example.org", ""]
    for learner, truth in expected(course).items():
        assert by_name[learner][5] == ("" if truth["unread"] else f"{truth['total']:.10g}")


def test_gradescope(course, tmp_path):
    export(course, "gradescope", "--out", tmp_path / "g")
    wanted = expected(course)
    files = sorted((tmp_path / "g").glob("*/results.json"))
    assert len(files) == len(wanted)
    found = json.loads((tmp_path / "g" / "ada" / "results.json").read_bytes())
    assert found["score"] == pytest.approx(wanted["ada"]["total"])
    assert "1.25 points were taken off" in found["output"]
    given = {test["name"].replace(": ", "/"): test for test in found["tests"]}
    assert given.keys() == wanted["ada"]["cells"].keys()
    for name, (score, points) in wanted["ada"]["cells"].items():
        assert (given[name]["score"], given[name]["max_score"]) == (score, points)
        hidden = "/hidden_" in name
        assert given[name]["visibility"] == ("hidden" if hidden else "visible")
    assert any(executed.FAILED in test["output"] for test in given.values())
    for file in files:
        tests = json.loads(file.read_bytes())["tests"]
        waiting = [test for test in tests if "still to read" in test["output"]]
        assert bool(waiting) == (file.parent.name != "ada")
        assert not any("score" in test for test in waiting)


def test_nbgraders_own_command_takes_them(course, tmp_path, monkeypatch):
    monkeypatch.chdir(course)
    for name, kind in (("Csv", "csv"), ("Canvas", "canvas")):
        app = ExportApp()
        words = [f"--exporter=casebook_grader.export.{name}", f"--to={tmp_path / name}"]
        app.initialize([*words, f"--assignment={ASSIGNMENT}"])
        app.start()
        assert rows(tmp_path / name) == rows(export(course, kind))


def test_what_cannot_be_exported(course):
    words = ["export", "--course", str(course), "09_no_such", "--to", "csv"]
    done = CliRunner().invoke(command.main, words)
    assert "nothing was exported: there is no assignment" in done.stderr


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@a", "\tx", "\rx", " =1", "a;=1", "a\n+1"])
def test_no_text_is_a_formula(text):
    [[cell]] = csv.reader(io.StringIO(sheet.write([[text]]).decode(), newline=""))
    assert cell.replace("'", "") == text
    assert "'" in cell
