"""Pins versions: those of tests, the same for learners, and the same in environment.yml for conda.

Learners get less: no tools of tests and authors, and on Linux the build of TensorFlow without CUDA,
which is half as large and otherwise the same.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from casebook.environment import LEARNERS, ROOT, TESTS, packages

CPU = "tensorflow-cpu{version} ; sys_platform == 'linux' and platform_machine == 'x86_64'"
OTHERS = "tensorflow{version} ; sys_platform != 'linux' or platform_machine != 'x86_64'"
HEAD = """\
# One pinned environment for conda. Generated from requirements.lock by `make lock`.
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
    """The text of environment.yml for the learners' lock; it names `tensorflow` everywhere."""
    named = pins(packages(lock, gpu=True))
    entries = [f'      - "{pin.replace(chr(34), chr(39))}"\n' for pin in named]
    return HEAD + "".join(entries) + "      - -e .\n"


def compile_lock(target: str, *words: str) -> None:
    """Have uv write a lock file, for all systems and Pythons."""
    uv = Path(sys.executable).with_name("uv")
    command = [uv, "pip", "compile", "pyproject.toml", "--universal", "--python-version", "3.11"]
    command += ["--generate-hashes", "--no-header", "--no-annotate", "--quiet"]
    subprocess.run([*command, "--output-file", target, *words], cwd=ROOT, check=True)


def lock_learners() -> None:
    """Write the learners' lock, with the versions of the tests' one."""
    text = (ROOT / TESTS).read_text(encoding="utf-8")
    pin = next(pin for pin in pins(text) if pin.startswith("tensorflow=="))
    with tempfile.TemporaryDirectory() as scratch:
        cpu, others = Path(scratch, "cpu.in"), Path(scratch, "override.in")
        cpu.write_text(CPU.format(version=pin.removeprefix("tensorflow")))
        others.write_text(OTHERS.format(version=pin.removeprefix("tensorflow")))
        compile_lock(LEARNERS, str(cpu), "--override", str(others), "--constraint", TESTS)


if __name__ == "__main__":
    compile_lock(TESTS, "--all-extras", *(["--upgrade"] if "--upgrade" in sys.argv else []))
    lock_learners()
    lock = (ROOT / LEARNERS).read_text(encoding="utf-8")
    (ROOT / "environment.yml").write_text(environment(lock), encoding="utf-8")
