"""The environment's files agree with each other and name no machine."""

import re
import tomllib

import banks
import yaml
from packaging.requirements import Requirement

LOCK = (banks.ROOT / "requirements.lock").read_text(encoding="utf-8")
ENVIRONMENT = yaml.safe_load((banks.ROOT / "environment.yml").read_text(encoding="utf-8"))
PROJECT = tomllib.loads((banks.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def locked():
    lines = re.findall(r"^(\S.*?) *\\?$", LOCK, flags=re.M)
    return [line for line in lines if not line.startswith("#")]


def test_environment_names_the_versions_of_the_lock():
    pip = next(entry["pip"] for entry in ENVIRONMENT["dependencies"] if isinstance(entry, dict))
    assert pip[-1] == "-e ."
    assert [Requirement(pin) for pin in pip[:-1]] == [Requirement(pin) for pin in locked()]
    assert "python=3.11" in ENVIRONMENT["dependencies"]


def test_the_lock_pins_everything_with_hashes():
    assert all(re.match(r"[a-z0-9.\-_]+==\S+", pin) for pin in locked())
    blocks = re.split(r"^(?=\S)", LOCK, flags=re.M)[1:]
    assert all("--hash=sha256:" in block for block in blocks)
    assert "://" not in LOCK


def test_the_lock_satisfies_the_project():
    extras = PROJECT["optional-dependencies"].values()
    wanted = [*PROJECT["dependencies"], *(one for extra in extras for one in extra)]
    pinned = {}
    for pin in map(Requirement, locked()):
        pinned.setdefault(pin.name, []).append(next(iter(pin.specifier)).version)
    for requirement in map(Requirement, wanted):
        versions = pinned[requirement.name]
        assert all(map(requirement.specifier.contains, versions)), requirement
