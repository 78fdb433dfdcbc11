"""Every figure brings its own ground: whatever the theme behind it, its words can be read."""

import base64
import io
import re
from xml.etree import ElementTree

import banks
import nbformat
import pytest
from PIL import Image

SOLUTIONS = banks.ROOT / "solutions"


@pytest.mark.parametrize("path", sorted(SOLUTIONS.glob("*/*.svg")), ids=lambda path: path.stem)
def test_a_drawing_lies_on_white(path):
    root = ElementTree.parse(path).getroot()
    ground = next(element for element in root.iter() if element.tag.endswith("}rect"))
    assert ground.get("fill") in ("white", "#ffffff")
    width, height = re.split(r"\s+", root.get("viewBox"))[2:]
    assert (ground.get("width"), ground.get("height")) == (width, height)


@pytest.mark.parametrize("path", sorted(SOLUTIONS.glob("*/*.ipynb")), ids=lambda path: path.stem)
def test_a_stored_picture_has_no_hole(path):
    cells = nbformat.read(path, 4).cells
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    pictures = [
        output.data["image/png"] for output in outputs if "image/png" in output.get("data", {})
    ]
    assert pictures
    for content in pictures:
        with Image.open(io.BytesIO(base64.b64decode(content))) as picture:
            assert not picture.has_transparency_data
