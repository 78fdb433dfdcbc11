"""The built site, read as files and then in a real browser: complete, described, self-contained."""

import functools
import http.server
import re
import resource
import shutil
import threading
import urllib.parse
from html.parser import HTMLParser
from pathlib import Path

import banks
import labs
import nbformat
import pytest

from casebook_site.build import Edition, build
from casebook_site.leaks import words

NAMES = sorted(
    path.relative_to(banks.ROOT / "assignments").with_suffix("").as_posix()
    for path in (banks.ROOT / "assignments").glob("*/*.ipynb")
)
PAGES = ["index", *NAMES]
LANGUAGES = ("en", "ko")
BLOCKS = "03_residual_networks/residual_blocks"
READ = [f"en/{name}" for name in PAGES] + ["ko/index", f"ko/{BLOCKS}"]
BUDGET = 30  # seconds of a processor for ten pages

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The folder of the English site, beside the Korean one, and what the first took in seconds."""
    root = tmp_path_factory.mktemp("course")
    for name in ("solutions", "assignments", "locale"):
        shutil.copytree(banks.ROOT / name, root / name)
    card = Path("datasets", "wild_resnet", "README.md")
    (root / card).parent.mkdir(parents=True)
    shutil.copy(banks.ROOT / card, root / card)
    for name in ("README.md", "nbgrader_config.py"):
        shutil.copy(banks.ROOT / name, root)
    repository = "https://github.com/example/course"
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    first = build(Edition(root, "en", repository, languages=LANGUAGES))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    build(Edition(root, "ko", repository, languages=LANGUAGES))
    return first.parent, spent


class Page(HTMLParser):
    """What the tests ask of a page's tags."""

    def __init__(self, path):
        super().__init__()
        self.images, self.links, self.text, self.open = [], [], [], []
        self.folded = 0
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "img":
            self.images.append(attributes)
        if tag == "a":
            self.links.append(attributes.get("href", ""))
        if tag == "details" and "hide" in attributes.get("class", ""):
            self.folded += 1

    def handle_data(self, data):
        self.text.append(data)


@pytest.fixture(scope="module")
def pages(site):
    return {name: Page(site[0] / f"{name}.html") for name in PAGES}


def test_ten_pages_are_built_in_time(site):
    assert len(NAMES) == 10
    assert site[1] < BUDGET


@pytest.mark.parametrize("name", NAMES)
def test_a_page_shows_the_code_and_outputs_of_its_notebook(pages, name):
    text = words("".join(pages[name].text))
    solved = nbformat.read(banks.ROOT / "solutions" / f"{name}.ipynb", 4)
    outputs = {cell.id: cell.get("outputs", []) for cell in solved.cells}
    pictures = folded = 0
    for cell in nbformat.read(banks.ROOT / "assignments" / f"{name}.ipynb", 4).cells:
        if cell.cell_type == "code":
            assert words(cell.source) in text, cell.id
            tags, mark = cell.metadata.get("tags", []), cell.metadata.get("nbgrader", {})
            hidden = mark.get("grade") or "prediction" in tags
            shown = [] if hidden else outputs[cell.id]
            printed = "".join(output.get("text", "") for output in shown)
            assert words(printed) in text, cell.id
            pictures += sum("data" in output for output in shown)
            folded += bool(shown) and "experiment" in tags
        else:
            pictures += len(re.findall(r"!\[", cell.source))
    assert len([image for image in pages[name].images if "_static" not in image["src"]]) == pictures
    assert pages[name].folded == folded


@pytest.mark.parametrize("name", PAGES)
def test_every_picture_has_words(pages, name):
    assert pages[name].images
    assert all(len(image.get("alt", "")) > 5 for image in pages[name].images)


def test_every_link_within_the_site_has_its_target(site, pages):
    for name, page in pages.items():
        for link in page.links:
            path = urllib.parse.urlsplit(link)
            if path.scheme or not path.path:
                continue
            assert (site[0] / name).parent.joinpath(path.path).exists(), f"{name}: {link}"


def test_one_setting_gives_the_launch_buttons(pages):
    colab = "https://colab.research.google.com/github/example/course/blob/main/assignments"
    binder = "https://mybinder.org/v2/gh/example/course/main?urlpath=lab/tree/assignments"
    for name in NAMES:
        assert f"{binder}/{name}.ipynb" in pages[name].links
        assert f"{colab}/{name}.ipynb" in pages[name].links
    card = "https://github.com/example/course/blob/main/datasets/wild_resnet/README.md"
    assert card in pages["05_transfer_learning/transfer_learning"].links


def test_nothing_but_pages_is_published(site):
    assert not list(site[0].rglob("*.ipynb"))
    assert not list(site[0].glob("_sources/*"))
    assert (site[0].parent / "index.html").exists()


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        pass


@pytest.fixture(scope="module")
def address(site):
    serve = functools.partial(Quiet, directory=str(site[0].parent))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), serve) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def browser():
    if not labs.CHROMIUM.exists():
        pytest.skip("chromium is not installed")
    with labs.browser() as browser:
        yield browser


@pytest.fixture
def tab(browser, address):
    """A page of the browser that notes what leaves the site and what goes wrong."""
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    tab = context.new_page()
    tab.foreign, tab.faults = [], []

    def answer(route):
        if route.request.url.startswith((address, "data:")):
            route.continue_()
        else:
            tab.foreign.append(route.request.url)
            route.abort()

    tab.route("**/*", answer)
    tab.on("pageerror", lambda error: tab.faults.append(str(error)))
    tab.on("console", lambda said: said.type == "error" and tab.faults.append(said.text))
    yield tab
    context.close()
    assert tab.foreign == []
    assert tab.faults == []


FORMULAS = "window.MathJax ? MathJax.startup.promise.then(() => 1) : 1"
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
CUT = """[...document.querySelectorAll('.cell_input pre')].filter(pre =>
    pre.scrollWidth > pre.clientWidth
    && pre.textContent.split('\\n').every(line => line.length <= 100)).length"""
# Text that does not fit its column; code, formulas and figures scroll in their places.
TEXT_TOO_WIDE = """[...document.querySelectorAll('article p, article li, article td, article h2')]
    .filter(part => !part.querySelector('img') && part.scrollWidth > part.clientWidth + 1)
    .map(part => part.textContent.slice(0, 60))"""


def test_pages_read_well_at_every_width_and_ask_nothing_of_others(tab, address):
    for name in READ:
        tab.set_viewport_size({"width": 1200, "height": 900})
        tab.goto(f"{address}/{name}.html")
        tab.evaluate(FORMULAS)
        assert tab.evaluate(CUT) == 0, name
        assert tab.locator("mjx-merror").count() == 0, name
        written = tab.locator(".math").count()
        assert tab.locator(".math mjx-container").count() == written, name
        tab.set_viewport_size({"width": 375, "height": 800})
        assert tab.evaluate(TOO_WIDE) == 0, name
        assert tab.evaluate(TEXT_TOO_WIDE) == [], name


def test_a_reader_searches_and_finds(tab, address):
    tab.goto(f"{address}/en/index.html")
    tab.keyboard.press("Control+k")
    tab.keyboard.insert_text("bottleneck")
    tab.keyboard.press("Enter")
    tab.locator("#search-results li a", has_text="Residual blocks").first.click()
    tab.locator("article h1", has_text="Residual blocks").wait_for()


def test_a_reader_predicts_then_unfolds_and_may_print_all(tab, address):
    tab.goto(f"{address}/en/{BLOCKS}.html")
    picture = tab.get_by_alt_text("What untrained blocks leave of the images")
    assert not picture.is_visible()
    tab.locator("summary", has_text="Predict first").click()
    picture.wait_for()
    hint = tab.locator("details:not(.hide)").first
    assert hint.get_attribute("open") is None
    tab.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert hint.get_attribute("open") is not None
    tab.evaluate("dispatchEvent(new Event('afterprint'))")
    assert hint.get_attribute("open") is None


def test_drawings_turn_dark_with_the_page_and_plots_keep_their_ground(tab, address):
    tab.emulate_media(color_scheme="dark")
    tab.goto(f"{address}/en/{BLOCKS}.html")
    style = "part => [getComputedStyle(part).filter, getComputedStyle(part).backgroundColor]"
    drawing = tab.locator("article img[src$='.svg']").first.evaluate(style)
    plot = tab.locator("article .cell_output img").first.evaluate(style)
    assert "invert" in drawing[0]
    assert "invert" not in plot[0]
    assert plot[1] == "rgb(255, 255, 255)"
    tab.emulate_media(color_scheme="light")
    tab.reload()
    assert tab.locator("article img[src$='.svg']").first.evaluate(style)[0] == "none"


def test_the_contents_of_a_page_open_beside_wide_code(tab, address):
    tab.goto(f"{address}/en/{BLOCKS}.html")
    link = tab.locator("nav.page-toc a", has_text="Summary")
    assert not link.is_visible()
    tab.locator("button.secondary-toggle").click()
    link.click()
    assert tab.url.endswith("#summary")


def test_a_korean_reader_finds_words_with_particles_and_may_change_the_language(tab, address):
    tab.goto(f"{address}/ko/search.html?q=신호")  # the page says 신호를 and 신호의
    tab.locator("#search-results li a", has_text="잔차 블록").first.click()
    tab.locator("article h1", has_text="잔차 블록").wait_for()
    tab.locator("a.course-language", has_text="English").click()
    tab.locator("article h1", has_text="Residual blocks").wait_for()
    tab.locator("a.course-language", has_text="한국어").click()
    tab.locator("article h1", has_text="잔차 블록").wait_for()
    assert tab.locator("html").get_attribute("lang") == "ko"


def test_the_address_above_the_languages_leads_to_the_course(tab, address):
    tab.goto(address)
    tab.wait_for_url("**/en/index.html")
