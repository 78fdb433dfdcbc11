"""Skeletons of exercises are valid as they are, and no test passes before they are filled in."""

import os
import re
import shutil
import subprocess
import sys

import banks
import nbformat
import pytest

from casebook_grader import totals
from casebook_grader.course import CourseError
from casebook_grader.new_exercise import FILL_IN, LONGEST, write
from casebook_grader.release import release

PATH = "solutions/02_classic_networks/vgg16.ipynb"
LONG = "a" * LONGEST
KINDS = {"function": False, "network": True}


def cells(course, path=PATH):
    return nbformat.read(course / path, 4).cells


def ruff(course, *arguments):
    shutil.copy(banks.ROOT / "pyproject.toml", course)
    done = subprocess.run(
        [sys.executable, "-m", "ruff", *arguments, "--no-cache"],
        cwd=course,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_cells_follow_the_last_exercise(course):
    before = cells(course)
    written = write(course, "wide_block", "vgg16", minutes=12)
    assert written.mentions == []  # no number has moved
    assert written.files == [
        PATH,
        "utils/cnn_casebook/checks/wide_block.py",
        "tests/bank/wide_block.py",
        "tests/cnn_casebook/checks/test_wide_block.py",
    ]
    after = cells(course)
    place = [cell.id for cell in before].index("hidden_vgg16_sizes") + 1
    new = after[place : place + 4]
    assert [cell.id for cell in new] == [
        "exercise_wide_block",
        "wide_block",
        "check_wide_block_values",
        "hidden_wide_block_edges",
    ]
    assert new[0].source.startswith("## Exercise 3: wide block (12 min, 2 points)\n")
    others = [cell for cell in after if cell not in new]
    changed = [cell.id for cell, old in zip(others, before, strict=True) if cell != old]
    assert changed == ["at_a_glance", "start"]
    glance = next(cell.source for cell in after if cell.id == "at_a_glance")
    old_glance = next(cell.source for cell in before if cell.id == "at_a_glance")
    minutes = int(re.search(r"(\d+) minutes;", old_glance)[1]) + 12
    assert f"| {minutes} minutes;" in glance
    assert "| 12 |" in glance
    readme = (course / "README.md").read_text(encoding="utf-8")
    row = f"[vgg16](assignments/02_classic_networks/vgg16.ipynb) | {minutes} | 12 | one"
    assert row in readme
    assert totals.find_stale(course) == []


def test_the_cells_follow_the_one_that_was_named(course):
    write(course, "warm_up", "vgg16.ipynb", title="warm up", after="start")
    found = cells(course)
    headings = [
        cell.source.split("\n")[0] for cell in found if cell.source.startswith("## Exercise")
    ]
    assert headings == [
        "## Exercise 1: warm up (10 min, 2 points)",
        "## Exercise 2: the block (8 min, 3 points)",
        "## Exercise 3: VGG-16 (15 min, 5 points)",
    ]
    assert found[[cell.id for cell in found].index("start") + 1].id == "exercise_warm_up"


def test_cells_that_name_an_exercise_by_its_number_are_listed(course):
    written = write(course, "warm_up", "reading_networks", after="start")
    assert written.mentions == ["theory_lists_kinds"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["g", LONG])
def test_ruff_accepts_a_skeleton(course, name, kind):
    write(course, name, "vgg16", network=KINDS[kind])
    ruff(course, "check", PATH, "utils", "tests")
    ruff(course, "format", "--check", "utils", "tests")


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_release_accepts_a_skeleton(course, kind):
    write(course, "wide_block", "vgg16", network=KINDS[kind])
    assert release(course, ["02_classic_networks"]) == ["02_classic_networks"]
    released = cells(course, PATH.replace("solutions", "assignments"))
    answer = next(cell.source for cell in released if cell.id == "wide_block")
    assert answer.endswith("raise NotImplementedError()")


@pytest.mark.slow
def test_no_test_of_a_skeleton_passes(course):
    tests = course / "tests" / "cnn_casebook" / "checks"
    for kind, network in KINDS.items():
        write(course, f"wide_{kind}", "vgg16", network=network)
    shutil.copytree(banks.ROOT / "utils", course / "utils", dirs_exist_ok=True)
    for path in (banks.ROOT / "tests").glob("*.py"):
        shutil.copy(path, course / "tests")
    shutil.copy(banks.ROOT / "pyproject.toml", course)
    shutil.copy(banks.ROOT / "tests" / "cnn_casebook" / "checks" / "conftest.py", tests)
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-rA", "--tb=line", "-p", "no:cacheprovider"),
            *(str(tests / f"test_wide_{kind}.py") for kind in KINDS),
            *("tests/test_bank.py", "-k", "wide and not every_check"),
        ],
        cwd=course,
        env={**os.environ, "PYTHONPATH": str(course / "utils"), "COLUMNS": "500"},
        capture_output=True,
        text=True,
    )
    outcomes = re.findall(r"^(PASSED|FAILED|ERROR) (\S+)(.*)", done.stdout, flags=re.M)
    assert len(outcomes) == 14, done.stdout + done.stderr  # 5 and 3 of checks, 3 and 3 of banks
    for outcome, name, reason in outcomes:
        assert outcome == "FAILED", name
        assert FILL_IN in reason, f"{name}{reason}"


@pytest.mark.parametrize("kind", KINDS)
def test_two_skeletons_repeat_little(course, kind):
    """No six lines of checks may stand twice; what an author fills in is not the same twice."""
    found = []
    for name in ("wide_block", "deep_block"):
        write(course, name, "vgg16", network=KINDS[kind])
        path = course / "utils" / "cnn_casebook" / "checks" / f"{name}.py"
        lines = [line for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]
        blocks = set(zip(*(lines[n:] for n in range(6)), strict=False))
        found.append(
            {block for block in blocks if not any("import" in x or FILL_IN in x for x in block)}
        )
    assert found[0]
    assert not found[0] & found[1]


@pytest.mark.parametrize("name", ["Wide", "wide-block", "2d", "lambda", "check_x", LONG + "a", ""])
def test_names_that_are_no_functions(course, name):
    with pytest.raises(CourseError, match="expected the name of a Python function"):
        write(course, name, "vgg16")


def test_names_that_are_taken(course):
    with pytest.raises(CourseError, match=r"found a cell 'identity_block' in residual_blocks"):
        write(course, "identity_block", "vgg16")
    with pytest.raises(CourseError, match="checks use 'mistakes' themselves"):
        write(course, "mistakes", "vgg16")
    with pytest.raises(CourseError, match="the set-up cell uses the name 'figures'"):
        write(course, "figures", "vgg16")
    checks = course / "utils" / "cnn_casebook" / "checks"
    checks.mkdir(parents=True)
    (checks / "vgg.py").write_text("")
    with pytest.raises(CourseError, match=r"found .*vgg\.py for 'vgg'"):
        write(course, "vgg", "vgg16")


def test_places_that_do_not_exist(course):
    with pytest.raises(CourseError, match=r"no notebook 'vgg19'; expected one of\n  reading_"):
        write(course, "wide_block", "vgg19")
    with pytest.raises(CourseError, match="expected the id of one of its cells, found 'nowhere'"):
        write(course, "wide_block", "vgg16", after="nowhere")
    with pytest.raises(CourseError, match="expected a place between two exercises"):
        write(course, "wide_block", "vgg16", after="check_vgg_block_layers")
    assert not (course / "utils").exists()
    assert totals.find_stale(course) == []


def test_nothing_in_the_course_waits_to_be_filled_in():
    folders = ("solutions", "tests/bank", "tests/cnn_casebook", "utils/cnn_casebook")
    waiting = [
        f"{path.relative_to(banks.ROOT).as_posix()}, line {number}: {line.strip()}"
        for folder in folders
        for path in sorted((banks.ROOT / folder).rglob("*"))
        if path.suffix in (".py", ".ipynb")
        for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1)
        if FILL_IN in line
    ]
    assert not waiting, "fill these in:\n" + "\n".join(waiting)


def test_a_damaged_course_stays_as_it_is(course):
    (course / "README.md").write_text("# Nothing")
    before = (course / PATH).read_bytes()
    with pytest.raises(CourseError, match="expected a table"):
        write(course, "wide_block", "vgg16")
    (course / "solutions/04_inception/inception.ipynb").write_text("{")
    with pytest.raises(CourseError, match="cannot be read as a notebook"):
        write(course, "wide_block", "vgg16")
    assert (course / PATH).read_bytes() == before
    assert not (course / "utils").exists()
