import nbformat
import pytest
from banks import ROOT

from casebook_grader import release as releasing
from casebook_grader.course import CourseError, assignments
from casebook_grader.mending import mend
from casebook_grader.release import release

NAME = "03_residual_networks"
NOTEBOOK = "residual_blocks.ipynb"


def contents(folder):
    files = (path for path in folder.rglob("*") if path.is_file())
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in files
        if ".ipynb_checkpoints" not in path.parts
    }


@pytest.mark.slow
def test_assignments_are_what_the_solutions_generate(course, monkeypatch):
    committed = contents(ROOT / "assignments")
    for path in (course / "assignments").iterdir():
        for file in path.iterdir():
            file.unlink()
        path.rmdir()
    assert release(course) == assignments(course)
    assert contents(course / "assignments") == committed
    with monkeypatch.context() as patch:  # what has not changed is not made again
        patch.setattr(releasing, "_generate", None)
        assert release(course) == []
        path = course / "assignments" / NAME / NOTEBOOK
        path.write_text("{}")
        with pytest.raises(TypeError):
            release(course)
    assert release(course, [NAME]) == [NAME]
    assert contents(course / "assignments") == committed


class Source:
    """A solution that a test may spoil."""

    def __init__(self, course):
        self.course = course
        self.path = course / "solutions" / NAME / NOTEBOOK
        for path in self.path.parent.glob("*.ipynb"):
            if path != self.path:
                path.unlink()
        self.notebook = nbformat.read(self.path, as_version=4)

    def cell(self, name):
        return next(cell for cell in self.notebook.cells if cell.id == name)

    def refused(self):
        nbformat.write(self.notebook, self.path)
        before = contents(self.course / "assignments")
        with pytest.raises(CourseError) as caught:
            release(self.course, [NAME])
        assert contents(self.course / "assignments") == before
        return str(caught.value)


@pytest.fixture
def source(course):
    return Source(course)


def test_an_answer_without_marks(source):
    cell = source.cell("identity_block")
    cell.source = cell.source.replace("### BEGIN SOLUTION", "").replace("### END SOLUTION", "")
    assert "an answer cell without BEGIN SOLUTION" in source.refused()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("### END SOLUTION", "", "BEGIN SOLUTION without END SOLUTION"),
        ("### BEGIN SOLUTION", "", "END SOLUTION without BEGIN SOLUTION"),
        ("### END SOLUTION", "### BEGIN SOLUTION", "BEGIN SOLUTION twice"),
    ],
)
def test_marks_that_do_not_match(source, old, new, said):
    cell = source.cell("identity_block")
    cell.source = cell.source.replace(old, new)
    assert said in source.refused()


def test_a_hidden_test_without_marks(source):
    source.cell(
        "hidden_identity_block_sizes"
    ).source = "checks.identity_block_sizes(identity_block)"
    assert "begins with hidden_ if, and only if" in source.refused()


def test_a_visible_check_with_hidden_tests(source):
    cell = source.cell("check_identity_block_order")
    cell.source += "\n### BEGIN HIDDEN TESTS\nassert True\n### END HIDDEN TESTS"
    assert "begins with hidden_ if, and only if" in source.refused()


def test_a_solution_in_a_cell_that_is_no_answer(source):
    cell = source.cell("theory_sum_try")
    cell.source += "\n### BEGIN SOLUTION\npass\n### END SOLUTION"
    assert "a solution in a cell that is not marked as an answer" in source.refused()


def test_hidden_tests_in_a_cell_that_is_no_test(source):
    cell = source.cell("theory_sum_try")
    cell.source += "\n### BEGIN HIDDEN TESTS\npass\n### END HIDDEN TESTS"
    assert "hidden tests in a cell that is not marked as a test" in source.refused()


@pytest.mark.parametrize("lines", [2, 3])
@pytest.mark.parametrize("place", ["theory_projection_try", "theory_sum"])
def test_a_part_of_a_solution_in_another_cell(source, place, lines):
    body = source.cell("projection_block").source.split("### BEGIN SOLUTION\n")[1]
    source.cell(place).source += "\n" + "\n".join(body.split("\n")[2 : 2 + lines])
    assert "part of a solution would be released" in source.refused()


def test_a_line_of_a_solution_within_a_sentence(source):
    body = source.cell("projection_block").source.split("### BEGIN SOLUTION\n")[1]
    line = max(map(str.strip, body.split("\n")), key=len)
    source.cell("theory_sum").source += f"\n\nIt begins with `{line}`, as above."
    assert "part of a solution would be released" in source.refused()


def test_a_hidden_test_copied_into_another_cell(source):
    source.cell("theory_sum").source += "\n\n    checks.identity_block_sizes(identity_block)"
    assert "a hidden test would be released" in source.refused()


def test_another_grade_id_than_the_cells_id(source):
    source.cell("identity_block").metadata.nbgrader.grade_id = "block"
    assert "expected the cell's id" in source.refused()


def test_a_name_that_create_assignment_invented_is_mended(source):
    """Whatever learners have got already stays; else the name that a person chose."""
    ids = [cell.id for cell in source.notebook.cells]
    source.cell("identity_block").metadata.nbgrader["grade_id"] = "cell-0a1b2c3d4e5f"
    source.cell("check_identity_block_order").id = "3f2b91ac"
    assert "casebook release --mend" in source.refused()
    assert mend(source.course) == [
        f"solutions/{NAME}/{NOTEBOOK}: the cell {said}"
        for said in (
            "identity_block / cell-0a1b2c3d4e5f is now identity_block",
            "3f2b91ac / check_identity_block_order is now check_identity_block_order",
        )
    ]
    source.notebook = nbformat.read(source.path, as_version=4)
    assert [cell.id for cell in source.notebook.cells] == ids
    release(source.course, [NAME])
    made = (source.course / "assignments" / NAME / NOTEBOOK).read_bytes()
    assert made == (ROOT / "assignments" / NAME / NOTEBOOK).read_bytes()
    assert mend(source.course) == []

    new = nbformat.v4.new_code_cell("assert True", id="9f2b91ac")
    new.metadata.nbgrader = {**source.cell("check_identity_block_order").metadata.nbgrader}
    source.notebook.cells.append(new)
    for name, said in (
        ("cell-ab12", "neither is a name"),
        ("identity_block", "two cells are called identity_block"),
    ):
        new.metadata.nbgrader["grade_id"] = name
        nbformat.write(source.notebook, source.path)
        with pytest.raises(CourseError, match=said):
            mend(source.course)
    new.metadata.nbgrader["grade_id"] = "check_new"
    nbformat.write(source.notebook, source.path)
    assert len(mend(source.course)) == 1
    assert nbformat.read(source.path, as_version=4).cells[-1].id == "check_new"


def test_a_set_up_cell_that_learners_could_edit(source):
    source.cell("start").metadata.pop("nbgrader")
    assert "a set-up cell must be read-only" in source.refused()


@pytest.mark.parametrize("name", ["notes.txt", "solution.py", "data.npz", "old.ipynb.bak"])
def test_a_stray_file(source, name):
    (source.path.parent / name).write_text("secret")
    assert f"{name} would be handed to learners" in source.refused()


def test_a_stray_folder_or_link(source):
    (source.path.parent / "figures.svg").symlink_to("/etc/passwd")
    assert "figures.svg would be handed to learners" in source.refused()


def test_records_and_checkpoints_stay_behind(source):
    (source.path.parent / "record_what_is_left.json").write_text("{}")
    (source.path.parent / ".ipynb_checkpoints").mkdir()
    release(source.course, [NAME])
    names = {path.name for path in (source.course / "assignments" / NAME).iterdir()}
    assert names == {NOTEBOOK} | {path.name for path in source.path.parent.glob("*.svg")}


def test_a_damaged_notebook(source):
    source.path.write_text("{")
    with pytest.raises(CourseError, match="cannot be read as a notebook"):
        release(source.course, [NAME])
    source.path.unlink()
    with pytest.raises(CourseError, match="holds no notebook"):
        release(source.course, [NAME])


def test_assignments_without_solutions_are_removed(course):
    (course / "assignments" / "99_gone").mkdir()
    (course / "assignments" / "99_gone" / "old.ipynb").write_text("{}")
    assert release(course) == ["99_gone"]


def test_learners_get_no_outputs_and_no_answers():
    for path in sorted((ROOT / "assignments").glob("*/*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        for cell in notebook.cells:
            if cell.cell_type == "code":
                assert cell.outputs == []
                assert cell.execution_count is None
            mark = cell.metadata.get("nbgrader", {})
            if mark.get("solution") and cell.cell_type == "code":
                assert cell.source.endswith("raise NotImplementedError()")
            if cell.id.startswith("hidden_"):
                assert cell.source.startswith("# ")
                assert "\n" not in cell.source
