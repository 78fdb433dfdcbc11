"""The language of a learner's copy: which one was chosen, and the assignments in it.

The course holds its assignments in English and catalogs of translations. In another language they
are made when a learner starts, in `work/.handed_out/in/<language>/`.
"""

import shutil
from pathlib import Path

import click

from casebook_translations import catalogs

_HANDED_OUT = Path("work", ".handed_out")
_SETTING = _HANDED_OUT / "language"


def current(root: Path) -> str:
    """Code of the language that was chosen last; English if none was, or if it is gone.

    Args:
        root: The course's folder.
    """
    path = root / _SETTING
    code = path.read_text(encoding="utf-8").strip() if path.is_file() else catalogs.SOURCE
    return code if code in _known(root) else catalogs.SOURCE


def choose(root: Path, code: str) -> None:
    """Keep a language as the one of the learner's copy.

    Args:
        root: The course's folder.
        code: Code of the language, such as `ko`.

    Raises:
        click.ClickException: The course is not translated into it.
    """
    if code not in _known(root):
        raise click.ClickException(
            f"expected a language of the course, {' or '.join(_known(root))}; found {code!r}. How "
            "a language is added stands in CONTRIBUTING.md."
        )
    path = root / _SETTING
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(code + "\n", encoding="utf-8")


def assignments_in(root: Path, code: str) -> Path:
    """The folder of the assignments in a language, as they were made last.

    Args:
        root: The course's folder.
        code: Code of the language.
    """
    return root / "assignments" if code == catalogs.SOURCE else root / _HANDED_OUT / "in" / code


def make_assignments(root: Path, code: str) -> Path:
    """Make the assignments in a language, and give their folder.

    Where no font has the letters of the language, what notebooks print and draw stays English.

    Args:
        root: The course's folder.
        code: Code of the language.
    """
    target = assignments_in(root, code)
    if code == catalogs.SOURCE:
        return target
    from casebook_translations import translated
    from cnn_casebook import fonts

    kinds = translated.LEARNERS_KINDS
    if code in fonts.FILES and not fonts.find(code):
        kinds = translated.KINDS
        click.echo(
            f"No font here has the letters of {code!r}, so figures and what cells print stay "
            f"English. Install one of {', '.join(fonts.NAMES[code])}, and start again."
        )
    fresh = target.with_name(f"{code}.part")
    shutil.rmtree(fresh, ignore_errors=True)
    for assignment in sorted(path for path in (root / "assignments").iterdir() if path.is_dir()):
        translated.write_assignment(assignment, code, fresh, root, kinds)
    shutil.rmtree(target, ignore_errors=True)
    fresh.rename(target)
    return target


def _known(root: Path) -> list[str]:
    """Codes of the course's languages, English first."""
    return [catalogs.SOURCE, *catalogs.languages(root)]
