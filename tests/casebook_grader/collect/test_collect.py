"""Collecting from downloads as each LMS names them; hostile ones are in test_archive."""

import io
import json
import os
import shutil
import zipfile
from datetime import datetime

import pytest
from banks import ROOT
from click.testing import CliRunner

from casebook import command
from casebook_grader.collect import manifest, writing
from casebook_grader.collect.collecting import Rule, collect
from casebook_grader.collect.naming import owner_of
from casebook_grader.collect.roster import NotKnown, read_roster
from casebook_grader.course import CourseError
from casebook_grader.submission import read_submission

ASSIGNMENT = "02_classic_networks"
METADATA = """---
submission_71:
  :submitters:
  - :name: Jane Doe
    :sid: '1001'
    :email: jane@example.org
  - :name: Zoë Ng
    :sid: '1002'
    :email: zoe@example.org
  :created_at: 2026-03-01 17:30:00.123456000 Z
  :score: 3.0
submission_72:
  :submitters:
  - :name: Ben Roe
    :sid: '1003'
    :email: ben@example.org
  :created_at: !ruby/object:ActiveSupport::TimeWithZone
    utc: 2026-03-02 09:00:00.000000000 Z
    zone: !ruby/object:ActiveSupport::TimeZone
      name: UTC
"""
CANVAS = """Student,ID,SIS User ID,SIS Login ID,Section,HW (99)
    Points Possible,,,,,30
"Doe, Jane",12345,S1,jane,A,
"Ng, Zoë",12346,S2,zoe,A,
"Roe, Ben",12347,S3,ben,A,
"""


@pytest.fixture(scope="module")
def pristine(tmp_path_factory):
    root = tmp_path_factory.mktemp("pristine")
    for other in (ASSIGNMENT, "01_reading_networks"):
        shutil.copytree(ROOT / "solutions" / other, root / "solutions" / other)
    shutil.copy(ROOT / "nbgrader_config.py", root)
    return root


@pytest.fixture
def course(pristine, tmp_path):
    shutil.copytree(pristine, tmp_path / "course")
    return tmp_path / "course"


def notebook(name="lenet5", mark="", assignment=ASSIGNMENT):
    """What a learner hands in: the released notebook, with a mark of its own."""
    found = json.loads((ROOT / "assignments" / assignment / f"{name}.ipynb").read_bytes())
    found["metadata"]["mark"] = mark
    return json.dumps(found).encode()


def zipped(files, path=None):
    """A zip of these files; its bytes, or written to a path."""
    target = path or io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path or target.getvalue()


def handed_in(course, learner):
    """What lies there of a learner: marks of notebooks, names of records, and the time."""
    names = ["lenet5.ipynb", "alexnet.ipynb", "vgg16.ipynb"]
    found = read_submission(course / "grading" / "submitted" / learner / ASSIGNMENT, names)
    marks = {
        name.removesuffix(".ipynb"): json.loads(content)["metadata"]["mark"]
        for name, content in found.notebooks.items()
        if content is not None
    }
    return marks, list(found.records), found.timestamp


def roster(tmp_path, text):
    (tmp_path / "class.csv").write_text(text, encoding="utf-8")
    return read_roster(tmp_path / "class.csv")


def test_canvas(course, tmp_path):
    files = {
        "doejane_12345_678910_lenet5-1.ipynb": notebook(mark="second"),
        "doejane_12345_678905_lenet5.ipynb": notebook(mark="first"),
        "doejane_12345_678911_record_losses-1.json": b"{}",
        "ngzoë_LATE_12346_678912_my homework (2).ipynb": notebook("vgg16", "zoe"),
        "stranger_777_678913_lenet5.ipynb": notebook(),
    }
    source = zipped(files, tmp_path / "submissions.zip")
    made = collect(ASSIGNMENT, source, course, roster=roster(tmp_path, CANVAS))
    assert made.system == "canvas"
    assert handed_in(course, "jane") == ({"lenet5": "second"}, ["record_losses.json"], None)
    assert handed_in(course, "zoe") == ({"vgg16": "zoe"}, [], None)
    assert made.nothing == ["ben"]
    assert made.learners["jane"].missing == ["alexnet", "vgg16"]
    assert made.learners["jane"].left == [
        ("doejane_12345_678905_lenet5.ipynb", "it is attempt 1 of 2 at lenet5.ipynb")
    ]
    assert "called my homework (2).ipynb" in made.learners["zoe"].files["vgg16.ipynb"].why
    [(stranger, why)] = made.left
    assert "stranger" in stranger
    assert "roster has nobody" in why


def test_canvas_without_a_roster_and_late_ones_left(course, tmp_path):
    files = {
        "doejane_1_10_lenet5.ipynb": notebook(mark="one Jane"),
        "doejane_2_11_lenet5.ipynb": notebook(mark="another"),
        "roeben_LATE_3_12_lenet5.ipynb": notebook(),
    }
    rule = Rule(late_after=datetime(2026, 3, 1))
    made = collect(ASSIGNMENT, zipped(files, tmp_path / "c.zip"), course, rule)
    assert handed_in(course, "doejane_1")[0] == {"lenet5": "one Jane"}
    assert handed_in(course, "doejane_2")[0] == {"lenet5": "another"}
    assert made.learners["roeben"].left == [(list(files)[2], "it came late, as the LMS says")]


@pytest.mark.parametrize("as_folder", [True, False])
def test_moodle(course, tmp_path, as_folder):
    inner = zipped({"my work/record_losses.json": b"{}", "my work/x.ipynb": notebook("alexnet")})
    files = {
        "Jane Doe_501_assignsubmission_file_/lenet5 (1).ipynb": notebook(mark="jane"),
        "Jane Doe_501_assignsubmission_file_/Ben Roe_502_assignsubmission_file_/vgg16.ipynb": (
            notebook("vgg16")
        ),
        "Jane Doe_501_assignsubmission_onlinetext_/onlinetext.html": b"<p>",
        "Jane Doe_501_assignsubmission_file_/submission_metadata.yml": b"{: no YAML",
        "Ben Roe_502_assignsubmission_file_work.zip": inner,
        "Ben Roe_502_assignsubmission_file_/__MACOSX/._x.ipynb": b"\0",
    }
    source = zipped(files, tmp_path / "moodle.zip")
    if as_folder:
        zipfile.ZipFile(source).extractall(tmp_path / "moodle")
        source = tmp_path / "moodle"
    known = roster(
        tmp_path,
        "\ufeffIdentifier;Full name;ID number;Email address\n"
        "Participant 501;Jane Doe;1001;jane@example.org\n"
        "Participant 502;Ben Roe;1003;ben@example.org\n",
    )
    made = collect(ASSIGNMENT, source, course, roster=known)
    assert made.system == "moodle"
    jane, ben = "jane@example.org", "ben@example.org"
    assert handed_in(course, jane) == ({"lenet5": "jane", "vgg16": ""}, [], None)
    assert handed_in(course, ben) == ({"alexnet": ""}, ["record_losses.json"], None)
    assert {why for _, why in made.learners[jane].left} == {
        "it is no notebook, no record and no zip",
        "a learner handed it in; Gradescope's lies outside",
    }
    assert [why for _, why in made.left] == ["the computer made it, not the learner"]


def test_gradescope_with_a_group(course, tmp_path):
    top = "assignment_9_export"
    files = {
        f"{top}/submission_71/lenet5.ipynb": notebook(mark="both"),
        f"{top}/submission_72/lenet5.ipynb": notebook(mark="ben"),
        f"{top}/submission_72/submission_metadata.yml": METADATA.replace("jane", "ben").encode(),
        f"{top}/submission_73/lenet5.ipynb": notebook(),
        f"__MACOSX/{top}/submission_71/._lenet5.ipynb": b"",
        f"{top}/submission_metadata.yml": METADATA.encode(),
    }
    made = collect(ASSIGNMENT, zipped(files, tmp_path / "g.zip"), course)
    time = datetime(2026, 3, 1, 17, 30, 0, 123456)
    for learner in ("jane@example.org", "zoe@example.org"):
        assert handed_in(course, learner) == ({"lenet5": "both"}, [], time)
    assert handed_in(course, "ben@example.org")[2] == datetime(2026, 3, 2, 9)
    assert [why for _, why in made.learners["ben@example.org"].left] == [
        "a learner handed it in; Gradescope's lies outside"
    ]
    assert made.left[1][1] == "submission_metadata.yml says nothing of submission_73"
    known = roster(tmp_path, "Name,SID,Email\nJane Doe,1001,jane@example.org\n")
    made = collect(ASSIGNMENT, tmp_path / "g.zip", course, roster=known)
    assert made.learners.keys() == {"jane@example.org"}
    assert any("nobody known as 'zoe@example.org'" in why for _, why in made.left)


def test_blackboard_latest_first_and_late(course, tmp_path):
    def at(moment, who="jane", name="lenet5"):
        return f"Home work_3_{who}_attempt_{moment}_{name}.ipynb"

    spoof = "Home work_3_ben_attempt_2026-03-01-19-00-00_jane_attempt_2027-01-01-00-00-00_x.ipynb"
    files = {
        at("2026-03-01-18-30-00"): notebook(mark="first"),
        at("2026-03-01-20-00-00"): notebook(mark="second"),
        at("2026-03-02-08-00-00"): notebook(mark="third"),
        "Home work_3_jane_attempt_2026-03-01-18-30-00.txt": b"Name: Jane",
        spoof: notebook(mark="ben"),
    }
    source = zipped(files, tmp_path / "b.zip")
    known = roster(tmp_path, "Last Name,First Name,Username\nDoe,Jane,jane\nRoe,Ben,ben\n")
    late = Rule(late_after=datetime(2026, 3, 1, 23))
    for rule, mark, time in (
        (Rule(first=True), "first", datetime(2026, 3, 1, 18, 30)),
        (late, "second", datetime(2026, 3, 1, 20)),
        (Rule(), "third", datetime(2026, 3, 2, 8)),
    ):
        made = collect(ASSIGNMENT, source, course, rule, known)
        assert made.system == "blackboard"
        assert handed_in(course, "jane") == ({"lenet5": mark}, [], time)
    assert handed_in(course, "ben")[0] == {"lenet5": "ben"}
    assert "it came 2026-03-02 08:00 UTC" in {
        why for _, why in collect(ASSIGNMENT, source, course, late, known).learners["jane"].left
    }
    assert len(list((course / "grading" / "replaced" / "jane" / ASSIGNMENT).iterdir())) == 2


def test_blackboard_without_a_roster_and_the_same_file_twice(course, tmp_path):
    def at(who, day):
        return f"HW_3_{who}_attempt_2026-03-0{day}-12-00-00_lenet5.ipynb"

    files = {
        at("a_doe", 1): notebook(mark="a"),
        at("a_doe", 2): notebook(mark="a"),
        at("b_doe", 1): notebook(mark="b"),
    }
    collect(ASSIGNMENT, zipped(files, tmp_path / "b.zip"), course)
    assert handed_in(course, "a_doe") == ({"lenet5": "a"}, [], datetime(2026, 3, 1, 12))
    assert handed_in(course, "b_doe")[0] == {"lenet5": "b"}


def test_what_lies_there_is_replaced_only_by_a_later_one(course, tmp_path):
    def canvas(number, mark, name="lenet5"):
        return {f"doejane_1_{number}_{name}.ipynb": notebook(name, mark)}

    def take(files, rule=None):
        return collect(ASSIGNMENT, zipped(files, tmp_path / "c.zip"), course, rule)

    take(canvas(20, "new") | canvas(21, "a", "alexnet"))
    made = take(canvas(10, "old"))
    assert handed_in(course, "doejane")[0] == {"alexnet": "a", "lenet5": "new"}
    assert made.learners["doejane"].left[0][1] == "one that is as new or newer lies there"
    made = take(canvas(30, "newest"))
    assert handed_in(course, "doejane")[0] == {"alexnet": "a", "lenet5": "newest"}  # kept
    assert not made.learners["doejane"].files["alexnet.ipynb"].new
    earlier = course / made.learners["doejane"].replaced / "lenet5.ipynb"
    assert json.loads(earlier.read_bytes())["metadata"]["mark"] == "new"
    take(canvas(10, "old"), Rule(replace=True))
    assert handed_in(course, "doejane")[0]["lenet5"] == "old"
    # one that somebody put there by hand
    folder = course / "grading" / "submitted" / "doejane" / ASSIGNMENT
    (folder / "lenet5.ipynb").write_bytes(notebook(mark="by hand"))
    made = take(canvas(40, "newer still"))
    assert handed_in(course, "doejane")[0]["lenet5"] == "by hand"
    assert "nobody knows when it came" in made.learners["doejane"].left[0][1]


def test_folders_and_what_a_notebook_is(course, tmp_path):
    files = {
        "hw/jane/02_classic_networks/LeNet 5 final FINAL.ipynb": notebook(mark="renamed"),
        "hw/jane/02_classic_networks/vgg16.ipynb": notebook("alexnet", "misnamed"),
        "hw/ben/lenet5 - Copy.ipynb": b"{",
        "hw/ben/reading.ipynb": notebook("reading_networks", assignment="01_reading_networks"),
        "hw/ben/notes.ipynb": b'{"nbformat": 4, "cells": []}',
        "hw/readme.ipynb": b"{}",
        "__MACOSX/hw/jane/._lenet5.ipynb": b"",
        "readme.txt": b"",
    }
    made = collect(ASSIGNMENT, zipped(files, tmp_path / "hw.zip"), course)
    assert made.system == "folders"
    assert handed_in(course, "jane")[0] == {"lenet5": "renamed", "alexnet": "misnamed"}
    assert made.learners["ben"].files["lenet5.ipynb"].why == "by its name alone: it cannot be read"
    said = dict(made.learners["ben"].left)
    assert (
        said["hw/ben/reading.ipynb"]
        == "its cells are those of reading_networks in 01_reading_networks"
    )
    assert said["hw/ben/notes.ipynb"].startswith("none of its cells is known by an id")


def test_a_crash_between_two_files_leaves_the_earlier_submission(course, tmp_path, monkeypatch):
    first = zipped({"jane/lenet5.ipynb": notebook(mark="1")}, tmp_path / "1.zip")
    collect(ASSIGNMENT, first, course)
    files = {"jane/lenet5.ipynb": notebook(mark="2"), "jane/vgg16.ipynb": notebook("vgg16", "2")}
    both = zipped(files, tmp_path / "2.zip")
    written, calls = writing.write_whole, []

    def write_whole(path, content):
        calls.append(path)
        if len(calls) == 2:
            raise InterruptedError
        written(path, content)

    monkeypatch.setattr(writing, "write_whole", write_whole)
    with pytest.raises(InterruptedError):
        collect(ASSIGNMENT, both, course, Rule(replace=True))
    assert handed_in(course, "jane")[0] == {"lenet5": "1"}
    collect(ASSIGNMENT, both, course, Rule(replace=True))
    assert handed_in(course, "jane")[0] == {"lenet5": "2", "vgg16": "2"}
    assert sorted(os.listdir(course / "grading" / "submitted" / "jane")) == [ASSIGNMENT]
    assert not list((course / "grading").glob(".collect-*"))


def test_the_command(course, tmp_path):
    source = zipped({"jdoe_1_2_lenet5 (1).ipynb": notebook()}, tmp_path / "c.zip")
    words = ["collect", "--course", str(course), ASSIGNMENT, str(source)]
    done = CliRunner().invoke(command.main, words)
    assert done.exit_code == 0, done.output
    for said in ("canvas", "jdoe", "1 of 3", "alexnet, vgg16", "Next: casebook grade"):
        assert said in done.stdout
    kept = json.loads(manifest.path_of(course, ASSIGNMENT).read_bytes())
    assert (
        kept["learners"]["jdoe"]["files"]["lenet5.ipynb"]["source"] == "jdoe_1_2_lenet5 (1).ipynb"
    )
    done = CliRunner().invoke(command.main, [*words, "--late-after", "tomorrow"])
    assert "expected such as 2026-03-01 18:30:00 UTC" in done.stderr
    (tmp_path / "text.zip").write_text("no zip")
    done = CliRunner().invoke(command.main, [*words[:-1], str(tmp_path / "text.zip")])
    assert done.exit_code == 1
    assert "nothing was collected" in done.stderr


def test_a_zip_for_each_learner_and_names_like_another_lms(course, tmp_path):
    names = [f"x_1_{n}_lenet5.ipynb" for n in range(5)]  # as Canvas would name another learner's
    files = {
        "jane.zip": zipped(dict.fromkeys(names, notebook(mark="jane"))),
        "ben.zip": zipped({"vgg16.ipynb": notebook("vgg16", "ben")}),
    }
    made = collect(ASSIGNMENT, zipped(files, tmp_path / "all.zip"), course)
    assert made.system == "folders"
    assert made.learners.keys() == {"jane", "ben"}
    assert handed_in(course, "ben")[0] == {"vgg16": "ben"}


def test_a_number_of_the_lms_is_no_student_number(tmp_path):
    known = roster(
        tmp_path, "learner,id,first name,last name\nben,12345,Ben,Roe\njane,2,Jane,Doe\n"
    )
    owner = owner_of(("doejane_12345_7_x.ipynb",), "canvas")
    assert known.find(owner) == "jane"


def test_rosters_that_cannot_be_used(tmp_path):
    with pytest.raises(CourseError, match="has 'jane' in rows 2 and 3"):
        roster(tmp_path, "learner\njane\njane\n")
    with pytest.raises(CourseError, match="names nobody"):
        roster(tmp_path, "colour\nred\n")
    twins = "learner,first name,last name\na,Jane,Doe\nb,Jane,Doe\n"
    owner = owner_of(("doejane_1_2_x.ipynb",), "canvas")
    with pytest.raises(NotKnown, match="may be any of a, b"):
        roster(tmp_path, twins).find(owner)
