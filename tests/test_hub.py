"""The week of INSTRUCTORS.md on a real JupyterHub: an instructor, and two learners in a browser.

One of them works in nbgrader's list of assignments, the other in a terminal.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace

import banks
import courses
import doubling
import hubs
import labs
import nbformat
import pytest
from traitlets.config import Config

from casebook_grader.deployment.jupyterhub_config import EXCHANGE, INSTRUCTORS, choose, configure

ADA, BOB, CYD = "ada", "bob", "cyd"  # the first teaches
TAUGHT, CARRIED = courses.TRIVIAL, "00_carried"
SET_UP = "utils/casebook_grader/deployment/jupyterhub_set_up.sh"
NBGRADER = (sys.executable, "-m", "nbgrader")
CASEBOOK = (sys.executable, "-m", "casebook")

pytestmark = [pytest.mark.slow, labs.NEEDS_CHROMIUM, *hubs.NEEDS_HUB]


@pytest.fixture(scope="module")
def machine():
    """A machine that was set up by our script, with an assignment that is released."""
    folder = Path(tempfile.mkdtemp())  # which all users reach, unlike pytest's own
    folder.chmod(0o755)
    machine = hubs.Machine(folder, (ADA, BOB, CYD))
    course = courses.trivial(machine.home(ADA) / "casebook")
    for name in ("utils", "datasets", "pyproject.toml", "setup.py", "MANIFEST.in", "README.md"):
        (course / name).symlink_to(banks.ROOT / name)
    for name in ("LICENSE", "requirements.lock"):
        (course / name).symlink_to(banks.ROOT / name)
    (course / ".venv").symlink_to(sys.prefix)
    machine.own(ADA, course)
    set_up = ["--chdir", str(course), "env", f"SUDO_USER={ADA}", "sh", SET_UP]
    done = subprocess.run(machine.command(*set_up), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    # The environment that it makes, and the folder that its wheel lays out for a learner.
    (folder / "opt/casebook/bin/casebook").symlink_to(Path(sys.prefix, "bin/casebook"))
    for learner in (BOB, CYD):
        own = courses.trivial(machine.home(learner) / "casebook")
        shutil.rmtree(own / "solutions")
        (own / "assignments" / TAUGHT).rename(own / "assignments" / CARRIED)
        machine.own(learner, own)
    machine.act(ADA, course, *NBGRADER, "release_assignment", TAUGHT)
    yield machine
    shutil.rmtree(folder)


class User:
    """Somebody who is logged in, in a browser of their own."""

    def __init__(self, chromium, hub, name):
        self.address = f"{hub}/user/{name}"
        self.page = chromium.new_context(viewport={"width": 1400, "height": 900}).new_page()
        self.page.set_default_timeout(60_000)
        self.page.goto(f"{hub}/hub/login")
        self.page.fill("#username_input", name)
        self.page.fill("#password_input", hubs.PASSWORD)
        self.page.click("#login_submit")
        self.page.wait_for_url(f"{self.address}/**")

    def status(self, address):
        return self.page.request.get(address).status

    def open_assignments(self):
        self.page.goto(f"{self.address}/lab?reset")
        self.page.locator('.lm-MenuBar-itemLabel:text-is("Nbgrader")').click()
        self.page.locator('[data-command="nbgrader:open-assignment-list"]').click()

    def listed(self, kind):
        return self.page.locator(f"#{kind}_assignments_list .list_item", has_text=TAUGHT)


@pytest.mark.parametrize(
    ("admin", "groups", "role"),
    [
        (True, [], "instructor"),
        (False, [INSTRUCTORS], "instructor"),
        (False, ["others"], "learner"),
    ],
)
def test_who_instructs(admin, groups, role):
    groups = [SimpleNamespace(name=name) for name in groups]
    spawner = SimpleNamespace(user=SimpleNamespace(admin=admin, groups=groups))
    choose(spawner)
    assert spawner.cmd[-1] == role


def test_what_others_set_for_servers_stays():
    c = Config()
    c.Spawner.environment = {"LANG": "de_DE.UTF-8"}
    configure(c)
    assert c.Spawner.environment == {"LANG": "de_DE.UTF-8", "CASEBOOK_EXCHANGE": EXCHANGE}


def test_a_week_on_a_hub(machine):
    course = machine.home(ADA) / "casebook"
    copy = machine.home(BOB) / "casebook" / "work"
    with machine.hub() as hub, labs.browser() as chromium:
        bob = User(chromium, hub, BOB)
        assert bob.page.url == f"{bob.address}/casebook"
        bob.page.get_by_text("1 of 1 answer still blank").wait_for()
        assert (copy / CARRIED / "doubling.ipynb").is_file()

        bob.open_assignments()
        bob.listed("released").get_by_text("Fetch").click()
        bob.listed("fetched").get_by_text("Submit").wait_for()
        write(copy / TAUGHT, courses.WRONG)
        assert "By visible checks you have 0 of 1 point" in validate(bob)
        write(copy / TAUGHT, courses.RIGHT)
        bob.open_assignments()
        bob.listed("fetched").get_by_text("Submit").click()
        bob.listed("submitted").first.wait_for()

        ada, cyd = (User(chromium, hub, name) for name in (ADA, CYD))
        own = machine.home(CYD) / "casebook"
        machine.act(CYD, own, *NBGRADER, "fetch_assignment", TAUGHT)
        write(own / "work" / TAUGHT, courses.WRONG)
        machine.act(CYD, own, *NBGRADER, "submit", TAUGHT)
        assert cyd.status(f"{cyd.address}/formgrader") == 404
        assert cyd.status(f"{bob.address}/api/contents") == 403
        assert cyd.status(f"{hub}/user/{ADA}/formgrader") == 403
        for path in (course / "solutions", copy, Path(EXCHANGE, "*/inbound")):
            with pytest.raises(AssertionError, match="Permission denied"):
                machine.act(CYD, own, "sh", "-c", f"ls {path}")

        machine.act(ADA, course, *NBGRADER, "collect", TAUGHT)
        machine.act(ADA, course, *CASEBOOK, "grade", TAUGHT)
        machine.act(ADA, course, *CASEBOOK, "feedback", TAUGHT)
        machine.act(ADA, course, *NBGRADER, "release_feedback", TAUGHT)
        ada.page.goto(f"{ada.address}/formgrader/manage_submissions/{TAUGHT}")
        ada.page.locator("td.score").first.wait_for()
        assert sorted(ada.page.locator("td.score").all_inner_texts()) == ["0 / 3", "3 / 3"]

        bob.open_assignments()
        bob.listed("submitted").get_by_text("Fetch Feedback").click()
        bob.listed("submitted").get_by_text("(view feedback)").first.wait_for()
        (page,) = (copy / TAUGHT / "feedback").glob("*/doubling.html")
        feedback = page.read_text(encoding="utf-8")
        assert f"<bdi>{BOB}</bdi>" in feedback
        assert "<b>3</b> of 3 points" in feedback
        assert CYD not in feedback


def write(folder, answer):
    """Write an answer into a learner's notebook, as root."""
    path = folder / "doubling.ipynb"
    notebook = nbformat.read(path, as_version=4)
    doubling.cell_of(notebook, "double").source = answer
    path.write_text(nbformat.writes(notebook), encoding="utf-8")


def validate(user):
    user.page.goto(f"{user.address}/lab/tree/work/{TAUGHT}/doubling.ipynb?reset")
    user.page.get_by_text("| Idle").wait_for()
    user.page.locator(".validate-button").click()
    dialog = user.page.locator(".jp-Dialog")
    dialog.wait_for()
    return dialog.inner_text()
