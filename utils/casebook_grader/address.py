"""Where the course is published, read from its one place, and what readers see of it.

The place is `Repository` in `[project.urls]` of pyproject.toml. `casebook release` writes what
follows from it: the badges in README, and the first line of each notebook's first code cell. An
address at example.org stands for none.
"""

import re
import tomllib
from pathlib import Path
from urllib.parse import quote, urlsplit

from casebook_grader.course import CourseError

FIRST = "assignments/01_reading_networks/reading_networks.ipynb"
BEGIN, END = "<!-- badges -->", "<!-- end of badges -->"
_BADGES = re.compile(f"{BEGIN}\n(.*?){END}\n", re.S)
_MISSING = "# No module named 'cnn_casebook'? "


def published_at(root: Path) -> str | None:
    """The address of the repository; empty if there is none yet, None in a course without one.

    Raises:
        CourseError: It is not the address of a repository.
    """
    path = root / "pyproject.toml"
    if not path.is_file():
        return None
    project = tomllib.loads(path.read_text(encoding="utf-8"))["project"]
    address = project.get("urls", {}).get("Repository", "").removesuffix("/").removesuffix(".git")
    parts = urlsplit(address)
    if not address or parts.hostname == "example.org":
        return ""
    if parts.scheme != "https" or not re.fullmatch(r"(/[\w.-]+){2,}", parts.path):
        raise CourseError(
            f'{path}: expected Repository = "https://github.com/OWNER/NAME", found {address!r}'
        )
    return address


def badges(address: str) -> str:
    """Lines of Markdown with what opens the course elsewhere; empty without an address.

    Example:
        >>> print(badges("https://git.example.com/ada/casebook"), end="")
        [![Binder](https://mybinder.org/badge_logo.svg)](https://mybinder.org/v2/git/https%3A%2F%2Fgit.example.com%2Fada%2Fcasebook/HEAD?urlpath=lab/tree/work)
    """
    if not address:
        return ""
    parts = urlsplit(address)
    name = parts.path.strip("/")
    on_github = parts.hostname == "github.com"
    source = f"gh/{name}" if on_github else f"git/{quote(address, safe='')}"
    found = {
        "Binder": (
            "https://mybinder.org/badge_logo.svg",
            f"https://mybinder.org/v2/{source}/HEAD?urlpath=lab/tree/work",
        )
    }
    if on_github:
        found["Codespaces"] = (
            "https://github.com/codespaces/badge.svg",
            f"https://codespaces.new/{name}",
        )
        found["Colab"] = (
            "https://colab.research.google.com/assets/colab-badge.svg",
            f"https://colab.research.google.com/github/{name}/blob/main/{FIRST}",
        )
        found["Kaggle"] = (
            "https://kaggle.com/static/images/open-in-kaggle.svg",
            f"https://kaggle.com/kernels/welcome?src={address}/blob/main/{FIRST}",
        )
    return "".join(f"[![{name}]({image})]({link})\n" for name, (image, link) in found.items())


def with_badges(readme: str, address: str) -> str:
    """README's text with its badges as they should be.

    Raises:
        CourseError: There is no place for them.
    """
    found = _BADGES.search(readme)
    if found is None:
        raise CourseError(f"README.md: expected a line {BEGIN} and one {END}; put them back.")
    return readme[: found.start(1)] + badges(address) + readme[found.end(1) :]


def with_hint(source: str, address: str) -> str:
    """A notebook's first code cell with the line that helps where the course is not installed.

    Python shows it above the line that failed, so whoever sees the error sees it.

    Example:
        >>> print(with_hint("from cnn_casebook import runtime", ""))
        # No module named 'cnn_casebook'? Choose the kernel of the course's environment.
        from cnn_casebook import runtime
    """
    hint = f"{_MISSING}Choose the kernel of the course's environment."
    if address:
        hint += f" On Colab or Kaggle run this first: %pip install --no-deps git+{address}"
    lines = source.split("\n")
    return "\n".join([hint, *lines[lines[0].startswith(_MISSING) :]])
