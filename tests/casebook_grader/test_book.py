"""The gradebook's one writer: nbgrader's own values, in one transaction, whoever else writes."""

import contextlib
import copy
import itertools
import multiprocessing
import shutil
import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import book_cost
import courses
import executed
import nbformat
import postgres
import pytest
import sample_class
import sqlalchemy
from nbgrader import api
from nbgrader.api import Gradebook
from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    IgnorePattern,
    LimitOutput,
    SaveAutoGrades,
)
from traitlets.config import Config

from casebook_grader import autograded, database, rows
from casebook_grader.book import Book
from casebook_grader.course import CourseError, nbgrader, require_success
from casebook_grader.database import open_gradebook
from casebook_grader.pipeline import KeepRead
from casebook_grader.results import known_as

ASSIGNMENT = "03_residual_networks"
FINISH = [IgnorePattern, LimitOutput, SaveAutoGrades, AssignLatePenalties, CheckCellMetadata]
DUE = datetime(2026, 3, 1, 12)


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    """A course of one assignment that its gradebook knows, and a class's rebuilt notebooks."""
    root = courses.released(tmp_path_factory.mktemp("released"), ASSIGNMENT)
    submitted = root / "grading" / "submitted"
    sample_class.write(ASSIGNMENT, submitted, root=root)
    return root, {
        learner: executed.rebuilt(ASSIGNMENT, root, submitted / learner / ASSIGNMENT)
        for learner in sample_class.LEARNERS
    }


@pytest.fixture
def course(released, tmp_path):
    """A copy of that course."""
    shutil.copytree(released[0], tmp_path / "course")
    return tmp_path / "course"


@pytest.fixture
def config(course):
    """Its settings."""
    return nbgrader(course).config


@pytest.fixture
def notebooks(released):
    """Ada's notebooks, executed: all checks pass."""
    return executed.execute(copy.deepcopy(released[1]["ada"]), None)


def contents(course, db_url=None):
    """All rows about submissions, by names instead of ids."""
    with Gradebook(db_url or url(course)) as book:
        found = []
        for submission in book.db.query(api.SubmittedAssignment):
            learner = submission.student_id
            found.append((learner, submission.timestamp, submission.extension, submission.score))
            for notebook in submission.notebooks:
                place = (learner, notebook.name)
                found.append((*place, notebook.late_submission_penalty, notebook.flagged))
                found += [(*place, *of_grade(grade)) for grade in notebook.grades]
                found += [(*place, *of_comment(comment)) for comment in notebook.comments]
        return sorted(found, key=repr)


def of_grade(grade):
    return (
        grade.name,
        grade.auto_score,
        grade.manual_score,
        grade.extra_credit,
        grade.needs_manual_grade,
    )


def of_comment(comment):
    return comment.name, comment.auto_comment, comment.manual_comment


def stock(course, learner, notebooks, timestamp, finish=FINISH):
    """Save executed notebooks as nbgrader does."""
    folder = course / "grading" / "submitted" / learner / ASSIGNMENT
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, notebook in notebooks.items():
        nbformat.write(notebook, folder / f"{name}.ipynb")
    if timestamp:
        (folder / "timestamp.txt").write_text(f"{timestamp:%Y-%m-%d %H:%M:%S.%f} UTC")
    more = Config()
    more.Autograde.sanitize_preprocessors = []
    more.Autograde.autograde_preprocessors = finish
    require_success(nbgrader(course, more).autograde(ASSIGNMENT, learner), "grade")


def url(course):
    return f"sqlite:///{course}/grading/gradebook.db"


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
def test_it_saves_what_nbgrader_saves(released, course, tmp_path):
    """Every kind of output, late or not, a notebook missing, and the same again."""
    other = tmp_path / "stock"
    shutil.copytree(course, other)
    for root in (course, other):
        with open(root / "nbgrader_config.py", "a") as settings:
            settings.write("\nc.LateSubmissionPlugin.penalty_method = 'zero'\n")
        with Gradebook(url(root)) as book:
            book.update_or_create_assignment(ASSIGNMENT, duedate=DUE)
    days = {"ada": None, "ben": -1, "chen": 1, "dana": 1}
    with Book(nbgrader(course).config, ASSIGNMENT) as book:
        for seed, learners in ((1, released[1]), (2, ("chen", "dana"))):
            for learner in learners:
                rebuilt = released[1][learner]
                notebooks = executed.execute(copy.deepcopy(rebuilt), seed)
                if learner == "dana":
                    del notebooks["resnet50"]
                shift = days[learner]
                timestamp = None if shift is None else DUE + timedelta(days=seed * shift)
                stock(other, learner, notebooks, timestamp)
                book.save(learner, notebooks, timestamp)
            assert contents(course) == contents(other)
            assert files(course) == files(other)


def files(course):
    """All files about graded submissions: their bytes and their permissions."""
    folder = course / "grading" / "autograded"
    return {
        str(path.relative_to(folder)): (path.read_bytes(), stat.S_IMODE(path.stat().st_mode))
        for path in folder.rglob("*")
        if path.is_file()
    }


def grades_of(course, learner="ada"):
    """A learner's grades by grade_id: automatic score, manual score, extra credit, unread."""
    found = contents(course)
    return {row[2]: row[3:] for row in found if row[0] == learner and len(row) == 7}


def by_a_person(course, learner, notebook, grade_id, **values):
    """Write what a person does in formgrader."""
    with Gradebook(url(course)) as book:
        grade = book.find_grade(grade_id, notebook, ASSIGNMENT, learner)
        for name, value in values.items():
            setattr(grade, name, value)
        grade.needs_manual_grade = False
        book.db.commit()


def cell(notebook, grade_id):
    """The cell of a grade_id."""
    return next(
        cell
        for cell in notebook.cells
        if cell.metadata.get("nbgrader", {}).get("grade_id") == grade_id
    )


READ = ("why_resnets_work", "explain_degradation")  # a written answer
FAIR = ("resnet50", "hidden_stage_reference")  # a check, of the answer `stage`


def test_what_a_person_did_stays_and_is_unread_only_where_the_answer_changed(
    course, config, notebooks
):
    with Book(config, ASSIGNMENT) as book:
        book.save("ada", notebooks)
        by_a_person(course, "ada", *READ, manual_score=2.0)
        by_a_person(course, "ada", *FAIR, manual_score=0.5, extra_credit=1.0)
        with Gradebook(url(course)) as other:
            comment = other.find_comment(READ[1], READ[0], ASSIGNMENT, "ada")
            comment.manual_comment = "well put"
            other.find_submission_notebook(READ[0], ASSIGNMENT, "ada").flagged = True
            other.db.commit()
        before = contents(course)

        book.save("ada", notebooks)
        assert contents(course) == before

        cell(notebooks[FAIR[0]], "resnet50").source = "def resnet50(): 'below that check'"
        cell(notebooks[FAIR[0]], FAIR[1]).outputs = [executed.failed()]
        book.save("ada", notebooks)
        assert grades_of(course)[FAIR[1]] == (0, 0.5, 1.0, False)

        cell(notebooks[FAIR[0]], "stage").source = "def stage(): 'another answer'"
        cell(notebooks[READ[0]], READ[1]).source = "Another answer."
        book.save("ada", notebooks)
        assert grades_of(course)[FAIR[1]] == (0, 0.5, 1.0, True)
        assert grades_of(course)[READ[1]] == (None, 2.0, None, True)
        assert ("ada", READ[0], READ[1], None, "well put") in contents(course)
        assert ("ada", READ[0], None, True) in contents(course)

        book.save("ada", notebooks)  # nobody read it meanwhile
        assert grades_of(course)[READ[1]] == (None, 2.0, None, True)


def test_a_score_is_unread_where_the_notebook_that_a_person_read_is_gone(course, config, notebooks):
    with Book(config, ASSIGNMENT) as book:
        book.save("ada", notebooks)
        by_a_person(course, "ada", *READ, manual_score=2.0)
        folder = course / "grading" / "autograded" / "ada" / ASSIGNMENT
        (folder / f"{READ[0]}.ipynb").write_text("{")
        book.save("ada", notebooks)  # which answer was read is remembered
        assert grades_of(course)[READ[1]] == (None, 2.0, None, False)
        (folder / f"{READ[0]}.ipynb").write_text("{")
        shutil.rmtree(course / "grading" / "answers")
        book.save("ada", notebooks)
        assert grades_of(course)[READ[1]] == (None, 2.0, None, True)


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
def test_the_button_of_formgrader_keeps_read_what_has_not_changed(course, config, notebooks):
    """Though nbgrader removes the graded notebook before it grades anew."""
    finish = [KeepRead if step is SaveAutoGrades else step for step in FINISH]
    with Book(config, ASSIGNMENT) as book:
        book.save("ada", notebooks)
    by_a_person(course, "ada", *READ, manual_score=2.0)
    by_a_person(course, "ada", *FAIR, manual_score=0.5)
    for _ in range(2):
        stock(course, "ada", notebooks, None, finish)
        assert grades_of(course)[READ[1]] == (None, 2.0, None, False)
        assert grades_of(course)[FAIR[1]][1:] == (0.5, None, False)
    cell(notebooks[READ[0]], READ[1]).source = "Another answer."
    for _ in range(2):  # nobody read it meanwhile
        stock(course, "ada", notebooks, None, finish)
        assert grades_of(course)[READ[1]] == (None, 2.0, None, True)
        assert grades_of(course)[FAIR[1]][1:] == (0.5, None, False)


def test_it_reads_checks_with_their_messages(config, notebooks):
    check = cell(notebooks["residual_blocks"], "hidden_identity_block_reference")
    check.outputs = [executed.failed("\x1b[31mthe shortcut\x1b[0m is missing")]
    cell(notebooks["resnet50"], "check_stage_shape").outputs = [
        nbformat.v4.new_output("error", ename="ValueError", evalue="no shape", traceback=[])
    ]
    cell(notebooks["resnet50"], "check_stage_blocks").outputs = [
        nbformat.v4.new_output("stream", name="stderr", text="first\nlast\n")
    ]
    del notebooks["why_resnets_work"]
    with Book(config, ASSIGNMENT) as book:
        assert not book.known("ada")
        with pytest.raises(CourseError, match="no submission of ada"):
            book.read("ada")
        book.save("ada", notebooks)
        assert book.known("ada")
        assert not book.known("ben")
        checks, by_hand = book.read("ada")
    failed = {name: found.message for name, found in checks.items() if found.score < found.points}
    zeros = {name for name, found in checks.items() if found.notebook == "why_resnets_work"}
    assert {failed.pop(name) for name in zeros} == {"There is no notebook."}
    assert failed == {
        "hidden_identity_block_reference": "the shortcut is missing",
        "check_stage_shape": "ValueError: no shape",
        "check_stage_blocks": "The check wrote to stderr: last",
    }
    assert checks["hidden_identity_block_reference"].points == 2
    assert by_hand == 4  # the written answers of the two notebooks that are there


@pytest.mark.parametrize("learner", ["-c [h]*en", "zo\udceb", "[bold red]x", "a%41"])
def test_a_name_that_no_database_or_pattern_takes(course, config, notebooks, learner):
    with Book(config, ASSIGNMENT) as book:
        book.save(learner, notebooks)
        assert book.known(learner)
        assert len(book.read(learner)[0]) == 35
    assert (course / "grading" / "autograded" / known_as(learner) / ASSIGNMENT).is_dir()


CLASS = [f"learner{number}" for number in range(10)]


@pytest.fixture
def new_course(course):
    """A course of one notebook, with a submission and no gradebook."""
    courses.keep_only(course, ASSIGNMENT, "residual_blocks.ipynb")
    (course / "grading" / "gradebook.db").unlink()
    return course


def test_two_graders_at_once_give_the_same_gradebook(new_course, postgres_server):
    """In SQLite and in PostgreSQL, from the gradebook's beginning, as one grader does."""
    executed.save_class(ASSIGNMENT, new_course, [url(new_course)], CLASS, threading.Barrier(1))
    alone = contents(new_course), files(new_course)
    assert len({row[3] for row in alone[0] if row[0] in CLASS and len(row) == 4}) > 5
    shutil.rmtree(new_course / "grading" / "autograded")
    db_urls = [
        f"sqlite:///{new_course}/grading/other.db",
        postgres.new_database(postgres_server, "course"),
    ]
    context = multiprocessing.get_context("spawn")
    work = ASSIGNMENT, new_course, db_urls, CLASS, context.Barrier(2)
    both = [context.Process(target=executed.save_class, args=work) for _ in range(2)]
    for process in both:
        process.start()
    for process in both:
        process.join(300)
        assert process.exitcode == 0
    for db_url in db_urls:
        assert (contents(new_course, db_url), files(new_course)) == alone


def test_two_programs_make_the_tables_at_once(tmp_path, postgres_server, monkeypatch):
    """Of a new gradebook: whoever comes second finds what the first has made."""
    monkeypatch.setattr(database, "get_alembic_version", lambda: "newest")  # it takes seconds
    for db_url in (
        postgres.new_database(postgres_server, "empty"),
        f"sqlite:///{tmp_path}/gradebook.db",
    ):
        settings = Config()
        settings.CourseDirectory.db_url = db_url
        with ThreadPoolExecutor(3) as pool:
            for gradebook in pool.map(open_gradebook, [settings] * 3):
                with gradebook:
                    tables = set(sqlalchemy.inspect(gradebook.engine).get_table_names())
                    assert {"grade", "comment", "alembic_version"} <= tables
                    assert gradebook.db.query(api.Course).count() == 1


def test_a_save_that_was_cut_short_is_repeated(course, config, notebooks, monkeypatch):
    """Wherever it was cut short, and with what a person did before."""
    written = autograded.write_whole

    def save(allowed):
        count = itertools.count()

        def write_whole(path, content):
            if next(count) == allowed:
                path.parent.mkdir(parents=True, exist_ok=True)
                (path.parent / ".0123.part").write_bytes(content[:10])
                raise InterruptedError
            written(path, content)

        monkeypatch.setattr(autograded, "write_whole", write_whole)
        with Book(config, ASSIGNMENT) as book:
            book.save("ada", notebooks, DUE, {"record_losses.json": b"{}"})
        return next(count)

    total = save(None)
    whole = contents(course), files(course)
    by_a_person(course, "ada", *READ, manual_score=2.0)
    cell(notebooks[READ[0]], READ[1]).source = "Another answer."
    for allowed in range(total - 1):
        shutil.rmtree(course / "grading" / "autograded")
        with contextlib.suppress(InterruptedError):
            save(allowed)
        save(None)
        assert files(course).keys() == whole[1].keys()
        assert grades_of(course)[READ[1]] == (None, 2.0, None, True)


def test_rows_are_written_at_once_or_not_at_all(course, config, notebooks, monkeypatch):
    def fail(*_):
        raise InterruptedError

    monkeypatch.setattr(rows.SubmissionRows, "write_penalties", fail)
    with Book(config, ASSIGNMENT) as book:
        with pytest.raises(InterruptedError):
            book.save("ada", notebooks)
        assert not book.known("ada")
        with Gradebook(url(course)) as other:
            assert other.students == []
        assert not (course / "grading" / "autograded").exists()


def test_a_large_class_costs_no_more_per_submission(course, config, notebooks):
    """Few statements, as many for the last as for the first, and no table is read as a whole."""
    with Book(config, ASSIGNMENT) as book:
        for learner in ("first", "second"):
            with book_cost.counted() as count:
                book.save(learner, notebooks)
            assert count == {"statements": 16, "commits": 2}
        plans = []

        def explain(connection, cursor, statement, parameters, *_):
            if statement.startswith(("SELECT", "UPDATE")):
                cursor.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
                plans.extend(row[3] for row in cursor.fetchall())

        listener = (sqlalchemy.Engine, "before_cursor_execute", explain)
        sqlalchemy.event.listen(*listener)
        book.save("first", notebooks)
        book.read("first")
        sqlalchemy.event.remove(*listener)
    assert len(plans) >= 10
    assert [plan for plan in plans if not plan.startswith("SEARCH")] == []


def test_what_a_gradebook_that_cannot_be_used_says(course, tmp_path, monkeypatch):
    monkeypatch.setattr(database, "_TRIES", 1)

    def said(db_url):
        with pytest.raises(CourseError) as error:
            Book(nbgrader(course, db_url=db_url).config, ASSIGNMENT)
        return str(error.value)

    assert "unable to open database file" in said(f"sqlite:///{tmp_path}/no/folder/gradebook.db")
    (tmp_path / "text.db").write_text("this is no database, but a text that somebody wrote")
    assert "not a database" in said(f"sqlite:///{tmp_path}/text.db")
    assert "Expected c.CourseDirectory.db_url" in said("gradebook.db")
    assert "Expected c.CourseDirectory.db_url" in said("mysql+nodriver://localhost/gradebook")
    text = said(f"postgresql+psycopg://grader:secret@/gradebook?host={tmp_path}")
    assert "Expected a server that answers" in text
    assert "secret" not in text
    assert "generate_assignment" in said(f"sqlite:///{tmp_path}/empty.db")


def test_a_gradebook_of_an_older_nbgrader(course, config):
    with Gradebook(url(course)) as book:
        book.db.execute(sqlalchemy.text("ALTER TABLE grade DROP COLUMN extra_credit"))
        book.db.commit()
    with pytest.raises(CourseError, match=r"older nbgrader.*grade\.extra_credit.*db upgrade"):
        Book(config, ASSIGNMENT)


def test_a_gradebook_that_another_program_holds(course, config, notebooks, monkeypatch):
    monkeypatch.setattr(database, "_PATIENCE", 0.2)
    with Book(config, ASSIGNMENT) as book, Gradebook(url(course)) as other:
        other.db.execute(sqlalchemy.text("BEGIN IMMEDIATE"))
        with pytest.raises(CourseError, match="Another program has held it"):
            book.save("ada", notebooks)
        other.db.rollback()
        book.save("ada", notebooks)
        assert book.known("ada")


def test_a_cell_that_the_gradebook_does_not_know(config, notebooks):
    cell(notebooks["resnet50"], "stage").metadata.nbgrader["grade_id"] = "stages"
    with Book(config, ASSIGNMENT) as book:
        with pytest.raises(CourseError, match="does not know stages of resnet50"):
            book.save("ada", notebooks)
        assert not book.known("ada")


def test_a_learner_who_is_not_enrolled(course, config, notebooks):
    config.Autograde.create_student = False
    with Book(config, ASSIGNMENT) as book:
        with pytest.raises(CourseError, match="does not know ada"):
            book.save("ada", notebooks)
        with Gradebook(url(course)) as other:
            other.add_student("ada")
        book.save("ada", notebooks)
        assert book.known("ada")
