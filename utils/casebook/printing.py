"""Puts a notebook's figures into the page that JupyterLab prints, or saves as HTML.

The page names them as the notebook does, by files beside it, and from where it lies these are out
of reach. (nbconvert's own `embed_images` would close every hint before its text.)
"""

import base64
import mimetypes
import re
from pathlib import Path

from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode

_IMAGE = re.compile(r"(!\[[^\]]*\]\()([\w-]+\.\w+)(\))")  # its words, a file's name


class EmbedFigures(Preprocessor):
    """A step of nbconvert's: makes attachments of the figures that lie beside the notebook."""

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict, index: int
    ) -> tuple[NotebookNode, dict]:
        """Attach the figures that a cell of text shows."""
        if cell.cell_type == "markdown":
            folder = Path(resources.get("metadata", {}).get("path") or ".")
            cell.source = _IMAGE.sub(lambda found: _attached(cell, folder, found), cell.source)
        return cell, resources


def _attached(cell: NotebookNode, folder: Path, found: re.Match) -> str:
    """Attach a figure to a cell; return how the cell's text names it from now on."""
    path = folder / found[2]
    kind, _ = mimetypes.guess_type(path)
    if not (kind or "").startswith("image/") or not path.is_file():
        return found[0]
    content = base64.b64encode(path.read_bytes()).decode("ascii")
    cell.setdefault("attachments", NotebookNode())[path.name] = NotebookNode({kind: content})
    return f"{found[1]}attachment:{path.name}{found[3]}"
