"""What stops a site: a missing word, a warning, a leak; and then the one before it stays."""

import hashlib
import re
import shutil

import banks
import nbformat
import pytest
import yaml
from click.testing import CliRunner

from casebook.command import main
from casebook_grader.course import CourseError
from casebook_grader.release import hidden_lines
from casebook_site import build as building
from casebook_site.leaks import require_no_leak

NOTEBOOK = "03_residual_networks/residual_blocks.ipynb"
STATIC = banks.ROOT / "utils" / "casebook_site" / "static"


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A course of one notebook, so that a build takes two seconds."""
    root = tmp_path_factory.mktemp("small")
    for folder in ("assignments", "solutions"):
        target = (root / folder / NOTEBOOK).parent
        target.mkdir(parents=True)
        shutil.copy(banks.ROOT / folder / NOTEBOOK, target)
        shutil.copy((banks.ROOT / folder / NOTEBOOK).with_name("identity_block.svg"), target)
        path = root / folder / NOTEBOOK
        notebook = nbformat.read(path, 4)
        for cell in notebook.cells:  # links to the notebooks that are not here
            cell.source = re.sub(r"\[(\w+\.ipynb)\]\(\w+\.ipynb\)", r"\1", cell.source)
        nbformat.write(notebook, path)
    shutil.copy(banks.ROOT / "nbgrader_config.py", root)
    readme = (banks.ROOT / "README.md").read_text(encoding="utf-8")
    rows = [row for row in readme.splitlines() if "](assignments/" in row and NOTEBOOK not in row]
    for row in rows:
        readme = readme.replace(row + "\n", "")
    (root / "README.md").write_text(readme, encoding="utf-8")
    return root


@pytest.mark.slow
def test_the_instructors_edition_lies_apart_and_says_what_it_is(small):
    first = building.build(building.Edition(small, instructors=True))
    assert first == small / "site-with-solutions" / "en" / "index.html"
    assert not (small / "site").exists()
    page = (first.parent / NOTEBOOK).with_suffix(".html").read_text(encoding="utf-8")
    assert "BEGIN SOLUTION" in page
    assert "BEGIN HIDDEN TESTS" in page
    assert "Do not publish" in page
    assert '<meta content="noindex" name="robots"' in page
    with pytest.raises(CourseError, match=r"residual_blocks\.html: a mark of a solution"):
        require_no_leak(first.parent, small)


@pytest.mark.slow
def test_a_warning_stops_the_build_and_the_last_site_stays(small):
    kept = small / "site" / "en" / "kept.html"
    kept.parent.mkdir(parents=True)
    kept.touch()
    path = small / "assignments" / NOTEBOOK
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("(identity_block.svg)", "(no_figure.svg)"), encoding="utf-8")
    try:
        with pytest.raises(CourseError, match=r"residual_blocks\.ipynb.*no_figure\.svg"):
            building.build(building.Edition(small))
    finally:
        path.write_text(text, encoding="utf-8")
    assert kept.exists()
    shutil.rmtree(small / "site")


def longest(kind):
    """The longest line that learners do not receive, by a pattern for its beginning."""
    lines = hidden_lines(banks.ROOT / "solutions" / NOTEBOOK)
    return max((line for line in lines if re.match(kind, line)), key=len)


@pytest.mark.parametrize("kind", [r"\w+ = layers\.", r"checks\.", r"\d\. "])
@pytest.mark.parametrize(
    ("name", "page"),
    [
        ("page.html", "<p>Some words.</p><pre>{}</pre>"),
        ("page.html", "<img alt='{}'>"),
        ("searchindex.js", "Search.setIndex('{}')"),
    ],
)
def test_a_line_that_learners_did_not_receive_is_found(tmp_path, name, page, kind):
    secret = longest(kind)
    coloured = re.sub(r"(\w+)", r"<span class='n'>\1</span>", secret)
    rendered = re.sub(r"^\d\. |[`*]", "", secret)
    for shown in (secret, rendered, coloured if "<p>" in page else secret):
        (tmp_path / name).write_text(page.format(shown), encoding="utf-8")
        with pytest.raises(CourseError, match=f"{name}: part of a solution"):
            require_no_leak(tmp_path, banks.ROOT)


def test_the_instructors_edition_takes_its_word(small):
    said = CliRunner().invoke(main, ["site", "--course", str(small), "--instructors", "yes"])
    assert said.exit_code == 1
    assert "--instructors unpublished" in said.output
    assert not (small / "site-with-solutions" / "yes").exists()


def test_an_unknown_language_is_named(small):
    said = CliRunner().invoke(main, ["site", "--course", str(small), "--language", "tlh"])
    assert said.exit_code == 1
    assert "expected languages among en" in said.output


def test_mathjax_is_the_file_that_its_readme_describes():
    readme = (STATIC / "mathjax" / "README.md").read_text(encoding="utf-8")
    data = (STATIC / "mathjax" / "tex-svg.js").read_bytes()
    assert f"{len(data):,} bytes" in readme
    assert hashlib.sha256(data).hexdigest() in readme
    assert "Apache License" in (STATIC / "mathjax" / "LICENSE").read_text(encoding="utf-8")


def test_the_workflow_publishes_the_learners_site_alone():
    text = (banks.ROOT / ".github" / "workflows" / "pages.yml").read_text(encoding="utf-8")
    steps = yaml.safe_load(text)["jobs"]["build"]["steps"]
    assert [step["with"]["path"] for step in steps if "upload" in step.get("uses", "")] == ["site"]
    assert "--instructors" not in text
