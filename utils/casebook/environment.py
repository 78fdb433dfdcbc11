"""Sets up the environment of the course in `.venv`, and brings it up to date; `make` calls it.

A new environment is built beside the old one, which works until the new one is whole and takes its
place. A build that was interrupted costs nothing but its time.

It is run as a script by whatever Python there is, so it uses nothing but Python's own library:

    python utils/casebook/environment.py
"""

import argparse
import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = "Scripts" if os.name == "nt" else "bin"
LEARNERS, TESTS = "requirements.lock", "requirements-test.lock"
MARK = "ready"  # a file in the environment, written last: what it was built from


def packages(lock: str, gpu: bool) -> str:
    """The lines of a learners' lock that are installed: on Linux one build of TensorFlow of two.

    The lock names `tensorflow-cpu` for Linux, half the size, and `tensorflow` for other systems.

    Args:
        lock: The lock's text.
        gpu: Take `tensorflow` everywhere: on Linux it is the build that can use a GPU.

    Example:
        >>> print(packages("tensorflow==2 ; sys_platform != 'linux'\\ntensorflow-cpu==2\\n", True))
        tensorflow==2
    """
    if not gpu:
        return lock
    blocks = re.split(r"^(?=\S)", lock, flags=re.M)
    blocks = [block for block in blocks if not block.startswith("tensorflow-cpu==")]
    return re.sub(r"^(tensorflow==\S+) ;[^\\\n]*?(?=\s*\\?$)", r"\1", "".join(blocks), flags=re.M)


def has_gpu() -> bool:
    """Whether NVIDIA's driver finds a GPU here."""
    program = shutil.which("nvidia-smi")
    if program is None:
        return False
    try:
        found = subprocess.run([program, "--list-gpus"], capture_output=True, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return found.returncode == 0 and b"GPU" in found.stdout


def is_built(folder: Path, wanted: list[str]) -> bool:
    """Whether an environment is whole, and was built from one of these texts of locks."""
    mark = _mark(folder)
    return mark.get("packages") in map(_digest, wanted) and _python(folder).exists()


def replace(new: Path, folder: Path) -> None:
    """Put a new environment in the place of an old one, which is removed.

    Args:
        new: The new one, whole.
        folder: Where it belongs; the old one lies there, or nothing.

    Raises:
        OSError: The old one is in use (on Windows). It stays as it was.
    """
    old = _beside(folder, "old")
    if folder.exists():
        shutil.rmtree(old, ignore_errors=True)
        folder.rename(old)
    try:
        new.rename(folder)
    except OSError:
        restore(folder)
        raise
    shutil.rmtree(old, ignore_errors=True)


def restore(folder: Path) -> None:
    """Put an old environment back that was moved away for a new one which never came."""
    old = _beside(folder, "old")
    if old.exists() and not folder.exists():
        old.rename(folder)


def name_place(new: Path, folder: Path) -> None:
    """Have the commands of an environment name the place where it will lie.

    Each begins with the path of its Python: as text, or on Windows within a program.
    """
    here, there = (os.fsencode(path) for path in (new, folder))
    for path in (new / "pyvenv.cfg", *(new / SCRIPTS).iterdir()):
        if path.is_file() and not path.is_symlink():
            content = path.read_bytes()
            if here in content:
                path.write_bytes(content.replace(here, there))  # the file keeps its mode


def build(folder: Path, lock: str) -> None:
    """Make an environment with the packages of a lock and the course, in place of an older one.

    Args:
        folder: Where it belongs.
        lock: What to install, with hashes.

    Raises:
        subprocess.CalledProcessError: A step failed; the older one is as it was.
        OSError: The older one is in use.
    """
    new = _beside(folder, "new")
    shutil.rmtree(new, ignore_errors=True)
    _run(sys.executable, "-m", "venv", "--prompt", folder.name, str(new))
    names = new / "requirements.lock"
    names.write_text(lock, encoding="utf-8")
    _pip(new, "--require-hashes", "-r", str(names))
    install_course(new)
    name_place(new, folder)
    _write_mark(new, lock)
    replace(new, folder)


def install_course(folder: Path) -> None:
    """Install the course itself; it stays where it is. Its packages are there already."""
    _pip(folder, "--no-deps", "--no-build-isolation", "--editable", str(ROOT))


def set_up(folder: Path, tests: bool, gpu: bool | None) -> None:
    """Make the environment, or bring it up to date; nothing is done where nothing has changed.

    Args:
        folder: Where it belongs.
        tests: With what tests and authors need. It serves learners too.
        gpu: With the build of TensorFlow that can use a GPU; None looks whether there is one.
    """
    restore(folder)
    for_tests, for_learners = (
        (ROOT / name).read_text(encoding="utf-8") for name in (TESTS, LEARNERS)
    )
    if tests:
        fitting = [for_tests]
    elif gpu is None:
        fitting = [for_tests, *(packages(for_learners, choice) for choice in (False, True))]
    else:
        fitting = [packages(for_learners, gpu), *([for_tests] if gpu else [])]
    if not is_built(folder, fitting):
        print(f"Setting up the environment in {folder}: a few minutes, once.", flush=True)
        choice = has_gpu() if gpu is None else gpu
        build(folder, for_tests if tests else packages(for_learners, choice))
    elif _mark(folder).get("project") != _project():
        install_course(folder)
        _write_mark(folder, None)


def main() -> int:
    """Read the options; say what went wrong in a sentence."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", nargs="?", default=".venv", help="where; .venv without it")
    parser.add_argument("--tests", action="store_true", help="with what tests and authors need")
    parser.add_argument(
        "--gpu",
        choices=("yes", "no"),
        help="on Linux: TensorFlow's build that can use a GPU, or the smaller one that cannot; "
        "without it, as the machine is",
    )
    options = parser.parse_args()
    if subprocess.run([sys.executable, Path(__file__).with_name("suitable.py")]).returncode:
        return 1
    folder = ROOT / options.folder
    try:
        set_up(folder, options.tests, options.gpu and options.gpu == "yes")
    except subprocess.CalledProcessError as error:
        said = "The environment could not be set up."
        if "venv" in error.cmd:
            said += " On Debian and Ubuntu it takes this: apt install python3-venv."
    except KeyboardInterrupt:
        said = "The environment was not set up: it was interrupted."
    except OSError as error:
        said = (
            f"The new environment could not be put in place ({error}). Close JupyterLab and what "
            "else runs in the older one."
        )
    else:
        return 0
    kept = f" The older one in {folder} is as it was." if folder.exists() else ""
    print(f"{said}{kept} Try again.", file=sys.stderr)
    return 1


def _beside(folder: Path, name: str) -> Path:
    return folder.with_name(f"{folder.name}.{name}")


def _python(folder: Path) -> Path:
    return folder / SCRIPTS / ("python.exe" if os.name == "nt" else "python")


def _pip(folder: Path, *words: str) -> None:
    _run(str(_python(folder)), "-m", "pip", "install", "--disable-pip-version-check", *words)


def _run(*words: str) -> None:
    subprocess.run(words, check=True)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _project() -> str:
    """A hash of what decides how the course itself is installed."""
    return _digest((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def _mark(folder: Path) -> dict:
    try:
        return json.loads((folder / MARK).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def _write_mark(folder: Path, lock: str | None) -> None:
    built = _mark(folder)["packages"] if lock is None else _digest(lock)
    mark = {"packages": built, "project": _project(), "python": platform.python_version()}
    (folder / MARK).write_text(json.dumps(mark), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
