"""Write environment.yml (conda, Binder) from requirements.lock, so that both name one set."""

from pathlib import Path

ROOT = Path(__file__).parents[1]
HEAD = """\
# One pinned environment for conda and Binder. Generated from requirements.lock by `make lock`.
name: cnn-casebook
channels:
  - conda-forge
dependencies:
  - python=3.11
  - pip
  - git
  - graphviz
  - pip:
"""


def pins(lock: str) -> list[str]:
    """The requirements of a lock file, without their hashes."""
    lines = [line.rstrip("\\ ").rstrip() for line in lock.splitlines()]
    return [line for line in lines if line and not line.startswith((" ", "#"))]


def environment(lock: str) -> str:
    """The text of environment.yml for a lock file."""
    entries = [f'      - "{pin.replace(chr(34), chr(39))}"\n' for pin in pins(lock)]
    return HEAD + "".join(entries) + "      - -e .\n"


if __name__ == "__main__":
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    (ROOT / "environment.yml").write_text(environment(lock), encoding="utf-8")
