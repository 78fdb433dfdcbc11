"""In every drawing: no label covers another, words are large enough, the page is not too wide."""

import drawings
import numpy as np
import pytest
from drawings import build, texts
from matplotlib.backends.backend_agg import FigureCanvasAgg

from cnn_casebook import figures
from cnn_casebook.figures.drawing import lettering


def every_picture():
    for block in drawings.BLOCKS:
        for direction in ("down", "right"):
            name = f"{block.__name__}-{direction}"
            yield name, lambda b=block, d=direction: figures.blocks(build(b), "Title", direction=d)
    yield "lenet5", lambda: figures.volumes(drawings.lenet5(), "LeNet-5", parameters=True)
    yield "alexnet", lambda: figures.volumes(drawings.ALEXNET, "AlexNet")
    yield "vgg16", lambda: figures.volumes(drawings.vgg16(), "VGG-16", parameters=True)
    yield "lenet5-blocks", lambda: figures.blocks(drawings.lenet5())
    yield "resnet50", lambda: figures.stages(drawings.RESNET50, title="ResNet-50")
    yield "googlenet", lambda: figures.stages(drawings.GOOGLENET, drawings.HEADS, "GoogLeNet")
    yield "seeds", lambda: figures.learning_curves(drawings.CURVES, title="Depth")
    yield "history", lambda: figures.learning_curves({"frozen": drawings.HISTORY}, log=True)
    yield "images", lambda: figures.image_grid(np.zeros((12, 8, 8, 3)), ["a long label"] * 12)
    rows = {"the new image": np.zeros((1, 9, 9)), "C3's maps, 10×10": np.zeros((16, 9, 9))}
    yield "tiles", lambda: figures.tiles(rows, "Filters")
    numbers = {"LeNet-5": 61706, "VGG-16": 138357544}
    yield "bars", lambda: figures.bars(numbers, "Parameters", log=True, xlabel="weights")
    both = {"parameters": numbers, "multiplications": {"LeNet-5": 416520, "VGG-16": 15470264320}}
    yield "groups", lambda: figures.bars(both, "Cost", percent=True)
    events = [(1998, "LeNet-5", "reads cheques " * 12), (2012, "AlexNet", ""), (2014, "VGG-16")]
    yield "dates", lambda: figures.timeline(events, "Networks")
    yield "table", lambda: figures.connections(np.eye(6, 16), "map of S2", "map of C3", "Table 1")


PICTURES = dict(every_picture())
DIAGRAMS = [name for name in PICTURES if name.rsplit("-")[-1] in ("down", "right")]


@pytest.mark.parametrize("name", PICTURES)
def test_no_label_covers_another(name):
    assert drawings.overlapping(PICTURES[name]()) == []


@pytest.mark.parametrize("name", [*DIAGRAMS, "resnet50", "googlenet"])
def test_words_lie_in_a_box_or_outside_all_boxes(name):
    picture = PICTURES[name]()
    canvas = FigureCanvasAgg(picture.figure)
    canvas.draw()
    renderer = canvas.get_renderer()
    found = picture.figure.findobj(lambda artist: (artist.get_gid() or "").startswith("node:"))
    boxes = [artist.get_window_extent(renderer) for artist in found]
    for text in texts(picture):
        words = text.get_window_extent(renderer)
        for box in boxes:
            x0, x1 = max(words.x0, box.x0), min(words.x1, box.x1)
            y0, y1 = max(words.y0, box.y0), min(words.y1, box.y1)
            apart = x1 - x0 < 1 or y1 - y0 < 1
            inside = x1 - x0 > words.width - 1 and y1 - y0 > words.height - 1
            assert apart or inside, text.get_text()


@pytest.mark.parametrize("name", PICTURES)
def test_text_is_large_enough_and_the_page_not_too_wide(name):
    picture = PICTURES[name]()
    if "right" not in name:
        assert picture.figure.get_figwidth() <= lettering.WIDTH + 1
    assert min(text.get_fontsize() for text in texts(picture)) >= 9
