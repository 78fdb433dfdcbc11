"""The week of INSTRUCTORS.md on a real JupyterHub: an instructor, and two learners in a browser.

One of them works in nbgrader's list of assignments, the other in a terminal.
"""

import importlib.metadata
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
import yaml

from casebook_grader.deployment.jupyterhub_config import EXCHANGE, INSTRUCTORS, SERVER, choose

ADA, BOB, CYD = "ada", "bob", "cyd"  # the first teaches
TAUGHT, CARRIED = courses.TRIVIAL, "00_carried"
DEPLOYMENT = banks.ROOT / "utils/casebook_grader/deployment"
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
    user = SimpleNamespace(admin=admin, groups=groups, id=7)
    spawner = SimpleNamespace(user=user, environment={"LANG": "de_DE.UTF-8"})
    choose(spawner)
    assert spawner.cmd == [SERVER, role]
    assert spawner.environment["CASEBOOK_EXCHANGE"] == EXCHANGE
    assert spawner.environment["LANG"] == "de_DE.UTF-8"


def test_learners_get_what_is_locked_and_the_hubs_own_version(machine):
    version = importlib.metadata.version("jupyterhub")
    installed = (machine.folder / "srv/installed").read_text().splitlines()
    assert installed[0].endswith("-m pip install --require-hashes -r requirements.lock")
    assert installed[1].endswith(f"-m pip install jupyterhub=={version}")
    exchange = machine.folder / EXCHANGE.strip("/")
    assert exchange.stat().st_mode & 0o7777 == 0o1777
    (taught,) = exchange.iterdir()
    assert taught.stat().st_uid == (machine.home(ADA) / "casebook").stat().st_uid


def test_the_files_for_kubernetes_name_the_same_places():
    values = yaml.safe_load((DEPLOYMENT / "jupyterhub_values.yaml").read_text(encoding="utf-8"))
    image = (DEPLOYMENT / "jupyterhub.Containerfile").read_text(encoding="utf-8")
    assert f"venv {Path(SERVER).parents[1]} " in image
    assert Path(SERVER).name in image
    user = values["singleuser"]
    (mount,) = user["storage"]["extraVolumeMounts"]
    assert Path(EXCHANGE).parent == Path(mount["mountPath"])
    assert user["storage"]["homeMountPath"] == user["extraEnv"]["HOME"]
    for line in image.splitlines():
        if line.startswith("COPY ") and "--from" not in line:
            assert all((banks.ROOT / name).exists() for name in line.strip("\\ ").split()[1:-1])


def test_pods_have_accounts_of_their_own_and_know_each_other(machine, tmp_path):
    """As on Kubernetes: each begins with the image's accounts, and all share a volume."""
    shared, home = tmp_path / "shared", tmp_path / "home"
    for folder in (shared, home):
        folder.mkdir()
    own = machine.folder / "accounts-of-a-pod"
    said = {}
    for name, number, role in ((ADA, "10007", "instructor"), (BOB, "10008", "learner")):
        shutil.copy("/etc/passwd", own)
        script = machine.folder / role
        script.write_text(f"#!/bin/sh\nid -un; stat -c %U {EXCHANGE}/deep-convolutional-models\n")
        script.chmod(0o755)
        variables = {"HOME": "/mnt", "JUPYTERHUB_USER": name, "CASEBOOK_NUMBER": number}
        inside = ["--bind", str(own), "/etc/passwd", "--bind", str(shared), "/srv"]
        inside += ["--bind", str(home), "/mnt", "--setenv", "CASEBOOK_EXCHANGE", EXCHANGE]
        for variable, value in variables.items():
            inside += ["--setenv", variable, value]
        pod = machine.command(*inside, str(DEPLOYMENT / "jupyterhub_pod.sh"), str(script), role)
        done = subprocess.run(pod, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        said[name] = done.stdout.split()
    assert said == {ADA: [ADA, ADA], BOB: [BOB, ADA]}


def test_a_week_on_a_hub(machine):
    course = machine.home(ADA) / "casebook"
    copy = machine.home(BOB) / "casebook" / "work"
    with machine.hub() as hub, labs.browser() as chromium:
        bob = User(chromium, hub, BOB)
        assert bob.page.url == f"{bob.address}/casebook"
        bob.page.get_by_text("1 of 1 answer still blank").wait_for()
        assert (copy / CARRIED / "doubling.ipynb").is_file()

        bob.open_assignments()
        bob.page.locator('.lm-MenuBar-itemLabel:text-is("File")').click()
        bob.page.get_by_text("Hub Control Panel").wait_for()
        bob.page.keyboard.press("Escape")
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
