"""Reads what a learner's own run showed, for whoever reads the answer that rests on it.

A notebook is graded without running its demonstrations and experiments again, so that their outputs
are gone from it; the written questions ask about just these. What was handed in is shown beside the
answer, as the learner's claim: no score rests on it. Only plain text and PNG pictures are taken,
the last ones first, as far as there is room.
"""

import base64
import binascii
import json
import re
from dataclasses import dataclass, field
from pathlib import Path

from nbformat import NotebookNode

from casebook_grader.limits import Limits
from casebook_grader.printable import JOINERS, SPACES, written_out
from casebook_grader.scores import COLOUR
from casebook_grader.submission import read_submission

_TEXT = 3_000  # characters of one cell
_PICTURE = 500_000  # letters of one picture
_ALL = 1_500_000  # letters of all that is taken of a notebook
_PIXELS = 20_000_000  # of one picture: a file of few bytes may hold very many
_PNG = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True)
class Claim:
    """What one cell of the course's showed in the notebook that was handed in.

    Attributes:
        title: The heading that the cell stands under.
        text: What it printed; for a picture, what it says of itself.
        pictures: PNG files in base64.
    """

    title: str
    text: str = ""
    pictures: list[str] = field(default_factory=list)


def read_claims(
    folder: Path, source: NotebookNode, name: str, limits: Limits | None = None
) -> list[Claim]:
    """What the demonstrations and experiments showed that a learner handed in, in their order.

    Args:
        folder: The submitted folder; it may be missing.
        source: The course's own notebook.
        name: Its name, without its ending.
        limits: How much is read; the usual limits without it.
    """
    limits = limits or Limits()
    content = read_submission(folder, [f"{name}.ipynb"], limits).notebooks[f"{name}.ipynb"]
    outputs = _outputs(content or b"", limits)
    found, room = [], _ALL
    for title, cell_id in reversed(_shows(source)):
        claim = _claim(title, outputs.get(cell_id, []), room)
        if claim.text or claim.pictures:
            room -= len(claim.text) + sum(map(len, claim.pictures))
            found.insert(0, claim)
    return found


def _shows(source: NotebookNode) -> list[tuple[str, str]]:
    """The heading and the id of each cell of the course's that only shows something.

    What stands behind the last written question is no ground for an answer.
    """
    found, title, before = [], "", None
    for cell in source.cells:
        mark = cell.metadata.get("nbgrader", {})
        if mark.get("task") or (mark.get("grade") and mark.get("solution")):
            before = len(found)
        elif cell.cell_type == "markdown":
            headings = re.findall(r"^#+ +(.+)$", cell.source, re.MULTILINE)
            title = headings[-1] if headings else title
        elif cell.cell_type == "code":
            graded = mark.get("grade") or mark.get("solution")
            if not graded and "setup" not in cell.metadata.get("tags", []):
                found.append((title, cell.get("id", "")))
    return found[:before]


def _outputs(content: bytes, limits: Limits) -> dict[str, list]:
    """The outputs of a notebook's cells by id; nothing of what cannot be read."""
    if sum(map(content.count, (b"[", b"{", b","))) > limits.parts:
        return {}
    try:
        cells = json.loads(content)["cells"][: limits.cells_read]
        return {cell["id"]: cell["outputs"] for cell in cells if cell["cell_type"] == "code"}
    except (ValueError, TypeError, KeyError, RecursionError):
        return {}


def _claim(title: str, outputs: object, room: int) -> Claim:
    texts, pictures = [], []
    for output in outputs if isinstance(outputs, list) else []:
        data = output.get("data") if isinstance(output, dict) else None
        data = data if isinstance(data, dict) else {}
        picture = _png(data.get("image/png"))
        if picture and len(picture) + sum(map(len, pictures)) <= room:
            pictures.append(picture)
        elif picture:
            texts.append("[A picture is left out here: there is no room for it.]\n")
        if isinstance(output, dict):
            texts.append(_text(output.get("text")) or _text(data.get("text/plain")))
    text = COLOUR.sub("", "".join(texts)).strip()
    text = written_out(text[: _TEXT + 1], kept="\n\t" + JOINERS + SPACES)
    if len(text) > _TEXT:
        text = text[:_TEXT] + "\n[The rest is left out here.]"
    return Claim(title, text if len(text) <= room else "", pictures)


def _text(value: object) -> str:
    if isinstance(value, list) and all(isinstance(line, str) for line in value):
        value = "".join(value)
    return f"{value}\n" if isinstance(value, str) and value.strip() else ""


def _png(value: object) -> str | None:
    """A picture's letters, if they are a PNG file of a size that can be shown."""
    letters = "".join(_text(value).split())
    if not letters or len(letters) > _PICTURE:
        return None
    try:
        content = base64.b64decode(letters, validate=True)
    except (binascii.Error, ValueError):
        return None
    width, height = (int.from_bytes(content[at : at + 4], "big") for at in (16, 20))
    is_png = content.startswith(_PNG) and content[12:16] == b"IHDR"
    return letters if is_png and 0 < width * height <= _PIXELS else None
