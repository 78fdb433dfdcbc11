"""Puts the course's files into the wheel, so that a learner needs no clone; see pyproject.toml."""

from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).parent
# What goes where; solutions, tests and scripts stay out.
CARRIED = {
    "nbgrader_config.py": "casebook/course",
    "assignments/*/*.ipynb": "casebook/course",
    "assignments/*/*.svg": "casebook/course",
    "locale/*/*.po": "casebook/course",
    "datasets/SHA256SUMS": "cnn_casebook",
    "datasets/README.md": "cnn_casebook",
    "datasets/*/*": "cnn_casebook",
}


class BuildWithCourse(build_py):
    """Builds the packages, and the course's files among them."""

    def run(self):
        """Copy the files too, unless the packages are used where they lie."""
        super().run()
        if self.editable_mode:
            return
        for pattern, package in CARRIED.items():
            found = [path for path in ROOT.glob(pattern) if path.is_file()]
            if not found:
                raise FileNotFoundError(f"no {pattern} in {ROOT}: it is no complete course")
            for path in found:
                target = Path(self.build_lib, package, path.relative_to(ROOT))
                self.mkpath(str(target.parent))
                self.copy_file(str(path), str(target), preserve_mode=False)


setup(cmdclass={"build_py": BuildWithCourse})
