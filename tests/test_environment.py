"""The environment's files agree with each other and name no machine."""

import ast
import itertools
import re
import sys
import tomllib
from importlib.metadata import packages_distributions

import banks
import pytest
import yaml
from packaging.requirements import Requirement

from casebook.environment import LEARNERS, TESTS, packages

LOCKS = {name: (banks.ROOT / name).read_text(encoding="utf-8") for name in (LEARNERS, TESTS)}
ENVIRONMENT = yaml.safe_load((banks.ROOT / "environment.yml").read_text(encoding="utf-8"))
PROJECT = tomllib.loads((banks.ROOT / "pyproject.toml").read_text(encoding="utf-8"))
EXTRAS = PROJECT["project"]["optional-dependencies"]
# Each is installed in one environment or another: by system, processor and version of Python.
PLACES = [
    {"sys_platform": system, "os_name": name, "platform_machine": machine}
    | {"python_full_version": version, "python_version": version[:4]}
    | {"platform_python_implementation": "CPython", "implementation_name": "cpython"}
    for system, name, machine in (
        ("linux", "posix", "x86_64"),
        ("linux", "posix", "aarch64"),
        ("darwin", "posix", "arm64"),
        ("win32", "nt", "AMD64"),
    )
    for version in ("3.11.7", "3.12.3", "3.13.1")
]


def locked(lock):
    lines = re.findall(r"^(\S.*?) *\\?$", lock, flags=re.M)
    return [Requirement(line) for line in lines if not line.startswith("#")]


def installed(lock, place):
    """What is installed there, by name."""
    pins = [pin for pin in locked(lock) if pin.marker is None or pin.marker.evaluate(place)]
    versions = {pin.name: next(iter(pin.specifier)).version for pin in pins}
    assert len(versions) == len(pins), "a package stands twice"
    return versions


def test_environment_names_the_versions_of_the_lock():
    pip = next(entry["pip"] for entry in ENVIRONMENT["dependencies"] if isinstance(entry, dict))
    assert pip[-1] == "-e ."
    assert [Requirement(pin) for pin in pip[:-1]] == locked(packages(LOCKS[LEARNERS], gpu=True))
    assert f"tensorflow=={version_of('tensorflow')}" in pip
    assert "python=3.11" in ENVIRONMENT["dependencies"]


def version_of(name):
    return next(iter(next(p for p in locked(LOCKS[TESTS]) if p.name == name).specifier)).version


@pytest.mark.parametrize("lock", LOCKS.values(), ids=LOCKS)
def test_the_lock_pins_everything_with_hashes(lock):
    blocks = re.split(r"^(?=\S)", lock, flags=re.M)[1:]
    assert all(re.match(r"[a-z0-9.\-_]+==\S+", block) for block in blocks)
    assert all("--hash=sha256:" in block for block in blocks)
    assert "://" not in lock


@pytest.mark.parametrize(("name", "extras"), [(LEARNERS, []), (TESTS, EXTRAS.values())])
def test_the_lock_satisfies_the_project(name, extras):
    wanted = [*PROJECT["project"]["dependencies"], *itertools.chain(*extras)]
    wanted += PROJECT["build-system"]["requires"]  # the course is installed without isolation
    for place in PLACES:
        found = installed(packages(LOCKS[name], gpu=True), place)
        for requirement in map(Requirement, wanted):
            assert requirement.specifier.contains(found[requirement.name]), requirement


@pytest.mark.parametrize("place", PLACES, ids=lambda place: " ".join(list(place.values())[:4]))
def test_learners_get_the_same_course(place):
    """The same version of everything, and on Linux the build of TensorFlow without CUDA."""
    for_tests = installed(LOCKS[TESTS], place)
    for_learners = installed(LOCKS[LEARNERS], place)
    small = (place["sys_platform"], place["platform_machine"]) == ("linux", "x86_64")
    assert ("tensorflow-cpu" in for_learners) == small
    if small:
        assert "tensorflow" not in for_learners
        for_learners["tensorflow"] = for_learners.pop("tensorflow-cpu")
    assert for_learners.items() <= for_tests.items()
    with_gpu = installed(packages(LOCKS[LEARNERS], gpu=True), place)
    assert with_gpu == for_learners


def test_both_builds_of_tensorflow_have_all_their_hashes():
    def block(lock):
        return re.search(r"^tensorflow==\S+.*\n(?:    .*\n)+", lock, flags=re.M)[0]

    assert block(packages(LOCKS[LEARNERS], gpu=True)) == block(LOCKS[TESTS])


def test_learners_get_no_tools_of_tests_and_authors():
    needed = {Requirement(text).name for text in PROJECT["project"]["dependencies"]}
    extras = {Requirement(text).name for extra in EXTRAS.values() for text in extra}
    found = {pin.name for pin in locked(LOCKS[LEARNERS])}
    # What others need anyway: TensorFlow setuptools, JupyterLab babel, rich markdown-it-py.
    anyway = {"babel", "markdown-it-py", "packaging", "setuptools"}
    assert found & (extras - needed) <= anyway
    assert not found & {
        "playwright",
        "uv",
        "scikit-learn",
        "scipy",
        "pre-commit",
        "nbval",
        "sphinx",
    }


def test_learners_have_what_their_course_imports():
    """The cluster of a department, the web edition and translations are not theirs."""
    found = {pin.name for pin in locked(LOCKS[LEARNERS])}
    owners = packages_distributions()
    utils = banks.ROOT / "utils"
    own = {path.parent.name for path in utils.glob("*/__init__.py")}
    for path in utils.rglob("*.py"):
        if {"deployment", "casebook_site", "casebook_translations"} & set(path.parts):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module]
            tops = {name.split(".")[0] for name in names} - own - sys.stdlib_module_names
            for top in tops - {"jupyterhub"}:  # a hub's; where it is missing, `start --hub` says so
                packages = {re.sub(r"[-_.]+", "-", owner.lower()) for owner in owners[top]}
                assert packages & found, f"{path} imports {top}"


def test_what_a_learner_reads_first_fits_on_a_screen():
    readme = (banks.ROOT / "README.md").read_text(encoding="utf-8")
    lines = readme[: readme.index("## Notebooks")].splitlines()
    assert sum(1 + len(line) // 120 for line in lines if not line.startswith("<!--")) <= 45
