import copy
import json
import random

import banks
import doubling
import nbformat
import pytest

from cnn_casebook.corrections.merge import Conflict, has_all_of, merge

OUTPUT = {"output_type": "stream", "name": "stdout", "text": ["seen\n"]}
NOTEBOOKS = sorted((banks.ROOT / "assignments").glob("*/*.ipynb"))


def released():
    return copy.deepcopy(doubling.RELEASED)


@pytest.fixture
def base():
    return released()


@pytest.fixture
def new():
    return released()


@pytest.fixture
def mine():
    return doubling.honest()


def source(cell):
    return "".join(cell["source"])


def write(notebook, name, text):
    doubling.cell_of(notebook, name)["source"] = text


def take_out(notebook, name):
    notebook["cells"].remove(doubling.cell_of(notebook, name))


def ids(notebook):
    return [cell["id"] for cell in notebook["cells"]]


def is_answer(cell):
    return cell.get("metadata", {}).get("nbgrader", {}).get("solution")


def test_what_the_course_corrected_comes_in_and_answers_stay(base, new, mine):
    write(new, "title", "# Doubling, mended")
    write(new, "check_double", "assert double(2) == 4")
    doubling.cell_of(new, "hidden_double")["metadata"]["nbgrader"]["points"] = 3
    merged = merge(base, new, mine)
    texts = {cell["id"]: source(cell) for cell in merged.notebook["cells"]}
    assert texts["title"] == "# Doubling, mended"
    assert texts["check_double"] == "assert double(2) == 4"
    assert {name: texts[name] for name in doubling.ANSWERS} == doubling.ANSWERS
    assert merged.changed == ["title", "check_double", "hidden_double"]
    assert doubling.cell_of(merged.notebook, "hidden_double")["metadata"]["nbgrader"]["points"] == 3
    code = [cell for cell in merged.notebook["cells"] if cell["cell_type"] == "code"]
    assert all(cell["outputs"] and cell["execution_count"] == 7 for cell in code)
    nbformat.validate(merged.notebook)


def test_a_blank_answer_gets_its_new_text(base, new, mine):
    write(new, "double", doubling.STUB.replace("x", "number"))
    write(mine, "double", doubling.STUB)
    merged = merge(base, new, mine)
    assert "number" in source(doubling.cell_of(merged.notebook, "double"))


@pytest.mark.parametrize("name", ["double", "experiment", "title"])
def test_what_both_changed_only_a_person_can_join(base, new, mine, name):
    write(new, name, "# new")
    write(mine, name, "# mine")
    with pytest.raises(Conflict, match=f"its cell '{name}' was corrected, and you have changed"):
        merge(base, new, mine)
    write(mine, name, "# new")  # by the same text
    assert merge(base, new, mine).notebook["cells"]


def test_a_read_only_cell_is_the_courses(base, new, mine):
    write(new, "check_double", "assert double(2) == 4")
    write(mine, "check_double", "assert True")
    merged = merge(base, new, mine)
    assert source(doubling.cell_of(merged.notebook, "check_double")) == "assert double(2) == 4"


def test_cells_of_the_learners_own_stay_where_they_are(base, new, mine):
    mine["cells"].insert(4, doubling.extra("helper = 1"))
    mine["cells"].append(doubling.extra("last = 2") | {"id": "mine2"})
    new["cells"].insert(4, doubling.extra("assert double(0) == 0") | {"id": "check_double_zero"})
    merged = merge(base, new, mine)
    assert merged.added == ["check_double_zero"]
    expected = ids(mine)
    expected.insert(5, "check_double_zero")  # behind the learner's own that follows the answer
    assert ids(merged.notebook) == expected


def test_a_text_that_the_learner_took_out_stays_out(base, new, mine):
    take_out(mine, "theory_try")
    write(new, "theory_try", "print(2)")
    assert "theory_try" not in ids(merge(base, new, mine).notebook)


def test_a_check_that_is_missing_and_was_corrected_is_a_conflict(base, new, mine):
    take_out(mine, "check_double")
    assert "check_double" not in ids(merge(base, new, mine).notebook)
    write(new, "check_double", "assert double(2) == 4")
    with pytest.raises(Conflict, match="its cell 'check_double' was corrected, and is not in"):
        merge(base, new, mine)


def test_an_exercise_that_the_course_took_out_leaves_the_answer(base, new, mine):
    for name in ("halve", "check_halve"):
        take_out(new, name)
    merged = merge(base, new, mine)
    assert merged.gone == ["halve", "check_halve"]
    assert merged.kept == ["halve"]
    left = doubling.cell_of(merged.notebook, "halve")
    assert source(left) == doubling.OTHER_CODE
    assert left["outputs"]
    assert not {"nbgrader", "deletable"} & left["metadata"].keys()  # it is theirs, to delete too
    blank = released()  # nothing was done there
    assert "halve" not in ids(merge(base, new, blank).notebook)


def test_an_experiment_that_the_course_took_out_leaves_what_it_showed(base, new, mine):
    for name in ("theory_try", "experiment", "check_double"):
        take_out(new, name)
    doubling.cell_of(mine, "theory_try")["outputs"] = []
    merged = merge(base, new, mine)
    assert merged.gone == ["theory_try", "check_double", "experiment"]
    assert merged.kept == ["experiment"]
    assert doubling.cell_of(merged.notebook, "experiment")["outputs"]


def test_moved_cells_stay_moved_unless_the_course_moves_them_too(base, new, mine):
    mine["cells"].append(mine["cells"].pop(2))
    write(new, "title", "# mended")
    assert ids(merge(base, new, mine).notebook) == ids(mine)
    new["cells"].insert(5, new["cells"].pop(2))
    with pytest.raises(Conflict, match="another order"):
        merge(base, new, mine)
    own = doubling.honest()
    own["cells"].insert(3, doubling.extra("behind_it = 1"))
    merged = ids(merge(base, new, own).notebook)
    assert [name for name in merged if name != "mine"] == ids(new)
    assert merged[merged.index("theory_try") + 1] == "mine"


def test_an_answer_that_was_cut_and_pasted_is_still_known(base, new, mine):
    answer = doubling.cell_of(mine, "double")
    take_out(mine, "double")
    mine["cells"].append(answer | {"id": "pasted"})
    write(new, "check_double", "assert double(2) == 4")
    merged = merge(base, new, mine)
    assert ids(merged.notebook)[-1] == "double"
    assert source(merged.notebook["cells"][-1]) == doubling.CODE
    assert ids(merged.notebook).count("double") == 1


def test_a_copied_answer_is_one_answer_and_one_cell_of_the_learners_own(base, new, mine):
    mine["cells"].append(doubling.cell_of(mine, "double") | {"id": "pasted", "source": "# older"})
    merged = merge(base, new, mine)
    assert source(doubling.cell_of(merged.notebook, "double")) == doubling.CODE
    assert source(merged.notebook["cells"][-1]) == "# older"


@pytest.mark.parametrize(
    ("notebook", "why"),
    [
        ([], "cannot be read"),
        ({"cells": [3]}, "cannot be read"),
        ({"cells": [{"cell_type": "code", "metadata": {}, "source": [1]}]}, "cannot be read"),
        ({"cells": [], "nbformat": 4, "nbformat_minor": 4}, "which cell is which"),
        ({"cells": [], "nbformat": "4", "nbformat_minor": 5}, "which cell is which"),
    ],
)
def test_what_is_no_notebook_with_ids_is_a_conflict(base, new, notebook, why):
    with pytest.raises(Conflict, match=why):
        merge(base, new, notebook)
    assert not has_all_of(new, notebook)


def test_a_notebook_comes_from_the_version_that_it_has_all_of(new, mine):
    assert has_all_of(new, mine)
    write(new, "title", "# mended")
    assert not has_all_of(new, mine)
    later = released()
    doubling.cell_of(later, "double")["metadata"]["nbgrader"]["checksum"] = "another"
    assert not has_all_of(later, mine)
    take_out(mine, "check_halve")
    assert not has_all_of(released(), mine)


def begun(notebook):
    """A notebook whose answers are written and whose cells are run, with cells in between."""
    cells = []
    for number, cell in enumerate(copy.deepcopy(notebook["cells"])):
        if is_answer(cell):
            cell["source"] = f"answer {cell['id']}"
        if cell["cell_type"] == "code":
            cell["outputs"] = [OUTPUT]
            cell["execution_count"] = number
        cells += [cell, doubling.extra(f"own {number}", execution_count=None, outputs=[OUTPUT])]
        cells[-1]["id"] = f"own-{number}"
    return notebook | {"cells": cells}


def correct(notebook, number):
    """A later version: every third text and check mended, a new check, an answer taken out."""
    cells = copy.deepcopy(notebook["cells"])
    for cell in cells[number::3]:
        if not is_answer(cell):
            cell["source"] = f"{source(cell)}\n# {number}"
    check = {"nbgrader": {"grade": True, "locked": True, "solution": False, "points": 1}}
    place = next(n for n, cell in enumerate(cells) if is_answer(cell)) + 1
    cells.insert(place, doubling.code(f"check_new_{number}", "assert True", **check))
    if number == 2:
        gone = [cell["id"] for cell in cells if is_answer(cell)][-1]
        cells = [cell for cell in cells if cell["id"] != gone]
    return json.loads(json.dumps(notebook | {"cells": cells}))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_real_notebooks_over_three_versions(path):
    first = json.loads(path.read_text(encoding="utf-8"))
    second = correct(first, 1)
    third = correct(second, 2)
    mine = begun(first)
    now = merge(first, second, mine).notebook
    now = merge(second, third, now)
    assert has_all_of(third, now.notebook)
    nbformat.validate(now.notebook)
    found = {cell["id"]: cell for cell in now.notebook["cells"]}
    for cell in mine["cells"]:
        if is_answer(cell) or cell["id"].startswith("own-"):
            assert source(found[cell["id"]]) == source(cell)
        if cell.get("outputs"):
            assert found[cell["id"]]["outputs"] == [OUTPUT]
    course = [cell["id"] for cell in third["cells"]]
    assert [name for name in found if name in course] == course
    # Straight from the first to the third is the same.
    straight = merge(first, third, mine).notebook
    assert [source(c) for c in straight["cells"]] == [source(c) for c in now.notebook["cells"]]


def damage(notebook, chance, number):
    """What a learner, a program or an author may do to a notebook, at random."""
    cells = copy.deepcopy(notebook["cells"])
    for _ in range(chance.randrange(6)):
        place = chance.randrange(len(cells))
        cell = cells[place]
        what = chance.choice(("edit", "edit", "take out", "move", "own", "copy", "type", "bare"))
        if what == "edit":
            cell["source"] = f"{source(cell)}\n# {number} {chance.random()}"
        elif what == "take out":
            del cells[place]
        elif what == "move":
            cells.insert(chance.randrange(len(cells)), cells.pop(place))
        elif what in ("own", "copy"):
            own = doubling.extra(f"own {number}", outputs=[], execution_count=None)
            more = copy.deepcopy(cell) if what == "copy" else own
            cells.insert(place, more | {"id": f"{what}{chance.randrange(10**9)}"})
        elif what == "type":
            kind = "code" if cell["cell_type"] == "markdown" else "markdown"
            more = {"outputs": [], "execution_count": None} if kind == "code" else {}
            lost = ("cell_type", "outputs", "execution_count", "attachments")
            kept = {key: value for key, value in cell.items() if key not in lost}
            cells[place] = kept | {"cell_type": kind} | more
        elif number == "mine":
            cell["metadata"] = {}
    return notebook | {"cells": cells}


def test_whatever_happens_nothing_that_a_learner_made_is_lost():
    joined = 0
    for seed in range(500):
        chance = random.Random(seed)
        base = released()
        mine = damage(doubling.honest(), chance, "mine")
        new = damage(base, chance, "new")
        given = copy.deepcopy(mine)
        try:
            merged = merge(base, new, mine).notebook
        except Conflict:
            assert mine == given
            continue
        joined += 1
        assert mine == given
        nbformat.validate(merged)
        checks = {
            c["id"] for c in base["cells"] if c["id"].startswith(("check", "hidden", "start"))
        }
        original = {source(cell) for cell in base["cells"]}
        texts = [source(cell) for cell in merged["cells"]]
        for cell in mine["cells"]:
            if cell["id"] in checks or cell["metadata"].get("nbgrader", {}).get("locked"):
                continue
            if source(cell) not in original:
                assert source(cell) in texts, seed
        shown = sum(bool(cell.get("outputs")) for cell in merged["cells"])
        lost = sum(bool(c.get("outputs")) for c in mine["cells"] if c["id"] in checks)
        assert shown >= sum(bool(cell.get("outputs")) for cell in mine["cells"]) - lost, seed
        again = merge(new, new, merged).notebook
        assert again == merged, seed
    assert joined > 100
