"""The words that stand for a block diagram, and its files."""

import io

import drawings
import keras
import pytest
from drawings import build
from keras import layers
from PIL import Image

from cnn_casebook import figures
from cnn_casebook.models.graph import UnreadableModelError


def test_alternative_text_lists_boxes_and_shortcuts():
    assert figures.blocks(build(drawings.identity), "A block").alt == (
        "A block: a diagram of 6 boxes. 1. input, 16×16×32. "
        "2. conv 1×1, 8 · BN · ReLU, 16×16×8, reads 1. "
        "3. conv 3×3, 12 · BN · ReLU, 16×16×12, reads 2. "
        "4. conv 1×1, 32 · BN, 16×16×32, reads 3. "
        "5. add, 16×16×32, reads 4 and by an identity shortcut 1. 6. ReLU, 16×16×32, reads 5."
    )
    assert (
        "concatenate, 16×16×44, reads 2 and directly 1"
        in figures.blocks(build(drawings.dense_block)).alt
    )


def test_alternative_text_is_the_same_however_often_layers_were_made():
    for block in (drawings.projection, drawings.nested):
        assert figures.blocks(build(block)).alt == figures.blocks(build(block)).alt


def test_the_direction_does_not_change_the_words():
    down, right = (
        figures.blocks(build(drawings.inception), direction=direction)
        for direction in ("down", "right")
    )
    assert down.alt == right.alt
    assert down.figure.get_figheight() > right.figure.get_figheight()


def test_png_and_svg_files(tmp_path):
    picture = figures.blocks(build(drawings.identity), "Identity block")
    png = picture.save(tmp_path / "block.png")
    with Image.open(io.BytesIO(png.read_bytes())) as image:
        image.load()
        assert image.info["Description"] == picture.alt
        corner = image.convert("RGB").getpixel((2, 2))
    assert corner == (255, 255, 255)
    svg = picture.save(tmp_path / "block.svg").read_text(encoding="utf-8")
    assert 'role="img"' in svg
    assert f'aria-label="{picture.alt}"' in svg
    again = figures.blocks(build(drawings.identity), "Identity block")
    assert again.svg() == svg
    assert again.png() == png.read_bytes()


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (keras.Sequential([layers.Dense(3)]), r"Make keras\.Input\(shape\) its first entry"),
        (type("Mine", (keras.Model,), {})(), "Mine is a model class of its own"),
        ("resnet", r"expected a Keras model, found 'resnet' \(str\)"),
    ],
)
def test_what_cannot_be_read_is_explained(model, words):
    with pytest.raises(UnreadableModelError, match=words):
        figures.blocks(model)


def test_an_unknown_direction_is_explained():
    with pytest.raises(ValueError, match="Expected direction 'down' or 'right'; found 'up'"):
        figures.blocks(drawings.lenet5(), direction="up")
