"""On a phone a figure scrolls: it keeps a width at which its smallest label is 9 px high."""

import re

import banks
import pytest

SMALLEST = 9  # px
LAB = "utils/casebook/jupyter/labextensions/casebook-lab/static/lab.css"
EXPORT = "utils/casebook/jupyter/nbconvert/templates/casebook/index.html.j2"
SITE = "utils/casebook_site/static/course.css"
DRAWINGS = sorted((banks.ROOT / "solutions").glob("*/*.svg"))


def kept_width(style) -> float:
    """Pixels up to which figures are drawn on a narrow screen."""
    text = (banks.ROOT / style).read_text(encoding="utf-8")
    narrow = re.split(r"@media (?:screen and )?\(max-width: ", text, maxsplit=1)[1]
    rule = re.search(r"img \{ max-width: ([\d.]+)(px|rem); \}", narrow)
    return float(rule[1]) * (16 if rule[2] == "rem" else 1)


@pytest.mark.parametrize("style", [LAB, EXPORT, SITE])
@pytest.mark.parametrize("path", DRAWINGS, ids=lambda path: path.stem)
def test_the_smallest_label_can_be_read(path, style):
    text = path.read_text(encoding="utf-8")
    width = float(re.search(r'viewBox="0 0 ([\d.]+) ', text)[1])
    sizes = [float(size) for size in re.findall(r'font-size="([\d.]+)"', text)]
    assert min(sizes) * min(1, kept_width(style) / width) >= SMALLEST
