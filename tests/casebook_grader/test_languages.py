"""A class that works in Korean is graded as one that works in English."""

import shutil

import banks
import clusters
import courses
import doubling
import nbformat
import pytest
from babel.messages.catalog import Catalog
from nbgrader.api import Gradebook

from casebook_grader.course import CourseError, nbgrader
from casebook_grader.feedback import write as feedback
from casebook_grader.grade import Options, grade
from casebook_grader.prepare import prepare, read_source
from casebook_grader.release import release
from casebook_grader.verdicts import Verdict
from casebook_translations import catalogs, translated

ANSWERS = {"ada": courses.RIGHT, "ben": courses.HALF, "chen": courses.BLANK}
WORDS = {"Doubling": "두 배", "More numbers.": "숫자를 더 넣어 봅니다."}
SAMPLE = "03_residual_networks"

needs_bubblewrap = pytest.mark.skipif(
    shutil.which("bwrap") is None, reason="bubblewrap is not installed"
)


@pytest.fixture(scope="module")
def cluster():
    with clusters.started(threads=1, memory_limit=0) as cluster:
        yield cluster


@pytest.fixture
def course(tmp_path):
    """A trivial course with a Korean catalog."""
    root = courses.trivial(tmp_path / "course")
    (source,) = (root / "solutions").glob("*/*.ipynb")
    catalog = Catalog(locale="ko", fuzzy=False)
    for english, korean in WORDS.items():
        catalog.add(english, korean)
    catalogs.write(catalog, catalogs.path_of(source, "ko", root))
    return root


def submit(root, language, names=ANSWERS):
    """Hand in what the class wrote in their copies of a language."""
    folder = root / "assignments" / courses.TRIVIAL
    if language == "ko":
        folder = translated.write_assignment(folder, "ko", root / "in_korean", root)
    for name in names:
        notebook = nbformat.read(folder / "doubling.ipynb", as_version=4)
        doubling.cell_of(notebook, "double").source = ANSWERS[name]
        target = root / "grading" / "submitted" / f"{name}_{language}" / courses.TRIVIAL
        target.mkdir(parents=True)
        nbformat.write(notebook, target / "doubling.ipynb")


def scores(found, language):
    return {
        learner.removesuffix(f"_{language}"): (
            one.verdict,
            one.findings,
            {name: (check.score, check.message) for name, check in one.checks.items()},
        )
        for learner, one in found.items()
        if learner.endswith(language)
    }


@needs_bubblewrap
@pytest.mark.slow
def test_a_korean_class_of_three_is_graded_as_an_english_one(course, cluster):
    submit(course, "en")
    submit(course, "ko")
    found = {one.learner: one for one in grade(courses.TRIVIAL, course, Options(cluster=cluster))}
    korean, english = scores(found, "ko"), scores(found, "en")
    assert korean == english
    assert {name: verdict for name, (verdict, *_) in korean.items()} == dict.fromkeys(
        ANSWERS, Verdict.GRADED
    )
    assert all(findings == [] for _, findings, _ in korean.values())
    points = {
        name: sum(score for score, _ in checks.values()) for name, (*_, checks) in korean.items()
    }
    assert points == {name: courses.POINTS[text] for name, text in ANSWERS.items()}
    pages = {
        page.parts[-3]: page.read_text() for page in feedback.write(courses.TRIVIAL, course).pages
    }
    assert "두 배" in pages["ben_ko"]
    assert "숫자를 더 넣어 봅니다." in pages["ben_ko"]
    assert '<section class="notebook" lang="ko">' in pages["ben_ko"]
    assert "<h2>연습별 결과</h2>" in pages["ben_ko"]
    assert "By exercise" not in pages["ben_ko"]
    assert "두 배" not in pages["ben_en"]
    assert "<h2>By exercise</h2>" in pages["ben_en"]
    assert "More numbers." in pages["ben_en"]


@pytest.mark.slow
def test_plain_nbgrader_gives_a_korean_class_the_same_scores(course):
    submit(course, "en", ["ben"])
    submit(course, "ko", ["ben"])
    courses.without_engine(course)
    for command in ("generate_assignment", "autograde"):
        courses.run_nbgrader(course, command, courses.TRIVIAL, "--create", "--force")
    with Gradebook(f"sqlite:///{course}/grading/gradebook.db") as book:
        found = {
            learner: {
                check.name: check.auto_score
                for check in book.find_submission_notebook(
                    "doubling", courses.TRIVIAL, learner
                ).grades
            }
            for learner in ("ben_en", "ben_ko")
        }
    assert found["ben_ko"] == found["ben_en"] == {"check_double": 1, "hidden_double": 0}


def rebuilt(root, language):
    """What is made of the one notebook handed in, which says that it is in a language."""
    submit(root, "ko", ["ada"])
    (path,) = (root / "grading" / "submitted").glob("*/*/*.ipynb")
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata["language"] = language
    nbformat.write(notebook, path)
    return prepare(nbgrader(root).config, courses.TRIVIAL, path.parent).notebooks["doubling"]


def test_the_source_is_that_of_the_notebooks_language(course):
    found = rebuilt(course, "ko")
    assert found.findings == []
    texts = {cell.id: cell.source for cell in found.notebook.cells}
    assert texts["title"] == "# 두 배"
    assert texts["hidden_double"].startswith("# 숫자를 더 넣어 봅니다.\n### BEGIN HIDDEN TESTS")
    assert texts["double"] == courses.RIGHT


@pytest.mark.parametrize("language", ["tlh", "../ko", "en_US" * 50])
def test_an_unknown_language_is_said_and_read_as_english(course, language):
    found = rebuilt(course, language)
    assert found.findings[0].startswith("The notebook says that its language is ")
    assert found.findings[0].endswith("It was read as the English one.")
    assert "language" not in found.notebook.metadata
    assert found.notebook.cells[0].source == "# Doubling"
    assert found.verdict == Verdict.GRADED


def test_a_language_that_is_no_text_is_nothing(course):
    assert rebuilt(course, ["ko"]).notebook.cells[0].source == "# Doubling"


def test_a_changed_catalog_counts_at_once(course):
    (path,) = (course / "solutions").glob("*/*.ipynb")
    config = nbgrader(course).config
    assert read_source(config, courses.TRIVIAL, "doubling", "ko").cells[0].source == "# 두 배"
    catalog = catalogs.path_of(path, "ko", course)
    catalog.write_text(catalog.read_text("utf-8").replace("두 배", "곱하기 이"), "utf-8")
    assert read_source(config, courses.TRIVIAL, "doubling", "ko").cells[0].source == "# 곱하기 이"


@pytest.mark.slow
def test_translating_before_a_release_gives_what_learners_get(tmp_path):
    """Byte for byte, checksums too: what is translated was released, and looked through, before."""
    translated.write_assignment(
        banks.ROOT / "solutions" / SAMPLE, "ko", tmp_path / "solutions", banks.ROOT
    )
    shutil.copy(banks.ROOT / "nbgrader_config.py", tmp_path)
    release(tmp_path)
    made = translated.write_assignment(
        banks.ROOT / "assignments" / SAMPLE, "ko", tmp_path / "made", banks.ROOT
    )
    for path in sorted(made.iterdir()):
        assert (tmp_path / "assignments" / SAMPLE / path.name).read_bytes() == path.read_bytes()


def test_a_translation_that_says_a_solution_is_refused(course):
    (path,) = (course / "solutions").glob("*/*.ipynb")
    catalog = catalogs.path_of(path, "ko", course)
    leak = "두 배\\n\\nassert double(7) == 14"
    catalog.write_text(catalog.read_text("utf-8").replace("두 배", leak), "utf-8")
    with pytest.raises(CourseError, match=r"ko: 00_doubling/doubling\.ipynb, cell 'title'"):
        release(course)
