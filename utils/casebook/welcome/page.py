"""Makes the welcome page of what `course` has read."""

import re
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from casebook.welcome.course import Notebook, upcoming
from casebook_translations.catalogs import SOURCE
from casebook_translations.pages import said_in

FOLDER = Path(__file__).parent
_EMPHASIS = re.compile(r"\*([^*]+)\*")
_NUMBER = re.compile(r"^\d+_")


def render(notebooks: list[Notebook], base: str = "/", language: str = SOURCE) -> str:
    """The page, complete.

    Args:
        notebooks: The course's notebooks, in order.
        base: Where the server's addresses begin; ends with a slash.
        language: Code of the learner's language.
    """
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"markdown": markdown, "said": said_in(language), "words": words}
    return environment.get_template("page.html").render(
        notebooks=notebooks,
        language=language,
        upcoming=upcoming(notebooks),
        earned=sum(notebook.progress.earned for notebook in notebooks if notebook.progress),
        possible=sum(notebook.possible for notebook in notebooks),
        minutes=sum(notebook.minutes for notebook in notebooks),
        points=sum(notebook.points for notebook in notebooks),
        link=lambda notebook: link(notebook, base),
        lab=f"{base}lab/tree/work",
        style=Markup((FOLDER / "page.css").read_text(encoding="utf-8")),
        script=Markup((FOLDER / "page.js").read_text(encoding="utf-8")),
    )


def link(notebook: Notebook, base: str = "/") -> Markup:
    """The attributes of a link that opens a notebook in JupyterLab, at what comes next in it.

    Args:
        notebook: A notebook in the learner's copy.
        base: Where the server's addresses begin; ends with a slash.
    """
    path = f"work/{notebook.assignment}/{notebook.name}.ipynb"
    begun = notebook.next and notebook.progress.begun  # otherwise it opens at its top
    return Markup(
        'href="{}lab/tree/{}" target="casebook-lab" data-path="{}" data-cell="{}"'
    ).format(base, quote(path), path, notebook.next[0].id if begun else "")


def markdown(text: str) -> Markup:
    """A sentence of Markdown with nothing but emphasis in it.

    Example:
        >>> markdown("only the *change* < all")
        Markup('Only the <em>change</em> &lt; all')
    """
    return Markup(_EMPHASIS.sub(r"<em>\1</em>", str(escape(text[:1].upper() + text[1:]))))


def words(folder: str) -> str:
    """The name of an assignment's folder, in words.

    Example:
        >>> words("01_reading_networks")
        'Reading networks'
    """
    return _NUMBER.sub("", folder).replace("_", " ").capitalize()
