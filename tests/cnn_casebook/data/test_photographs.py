"""Folders of photographs as people have them: sizes, formats, slips, and clear errors."""

import numpy as np
import pytest
from PIL import Image

from cnn_casebook.data import photographs

SHAPE = (16, 16, 3)


def draw(path, seed=0, size=(30, 20), mode="RGB", **settings):
    """Write a picture of random colours."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(seed).integers(0, 256, (*size[::-1], 3), "uint8")
    Image.fromarray(pixels).convert(mode).save(path, **settings)
    return path


@pytest.fixture
def folder(tmp_path):
    """Two classes of ten photographs each, of three formats and several sizes."""
    for kind, start in (("cup", 0), ("plate", 100)):
        for number in range(10):
            suffix = ("jpg", "png", "webp")[number % 3]
            path = tmp_path / "set" / kind / f"img_{number}.{suffix}"
            draw(path, start + number, (20 + 7 * number, 50))
    return tmp_path / "set"


def test_any_size_and_format_and_the_last_fifth_is_held_out(folder):
    photos = photographs.read(folder, SHAPE)
    assert photos.names == ("cup", "plate")
    assert photos.train.images.shape == (16, *SHAPE)
    assert photos.train.images.dtype == np.float32
    assert photos.train.images.min() >= 0
    assert 100 < photos.train.images.max() <= 255
    assert photos.train.labels.tolist() == 8 * [0] + 8 * [1]
    assert photos.held_out.labels.tolist() == [0, 0, 1, 1]
    assert photos.summary().endswith("16 photographs to train with, 4 held out.")
    assert "cup 10, plate 10." in photos.summary()


def test_names_are_sorted_as_people_sort_them(tmp_path):
    for kind in "ab":
        for number in (2, 9, 10, 11, 1):
            level = 20 * number
            path = tmp_path / kind / f"IMG_{number}.png"
            path.parent.mkdir(exist_ok=True)
            Image.new("RGB", (8, 8), (level, level, ord(kind))).save(path)
    photos = photographs.read(tmp_path, SHAPE)
    assert photos.train.images[:4, 0, 0, 0].tolist() == [20, 40, 180, 200]
    assert photos.held_out.images[:, 0, 0, 0].tolist() == [220, 220]


def test_grey_where_the_backbone_is_grey(folder):
    assert photographs.read(folder, (40, 40, 1)).train.images.shape == (16, 40, 40, 1)


def test_a_photograph_is_turned_as_the_camera_was_held(tmp_path):
    image = Image.new("RGB", (32, 32), "black")
    image.paste("white", (0, 0, 32, 16))  # the upper half is bright
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter, clockwise: the bright half comes to the right
    image.save(tmp_path / "a.jpg", exif=exif, quality=95)
    pixels = photographs._image(tmp_path / "a.jpg", SHAPE)
    assert pixels[:, :6].max() < 20
    assert pixels[:, 10:].min() > 235


def test_cut_to_a_square_around_the_middle(tmp_path):
    image = Image.new("RGB", (90, 30), "black")
    image.paste("white", (30, 0, 60, 30))
    image.save(tmp_path / "a.png")
    pixels = photographs._image(tmp_path / "a.png", SHAPE)
    assert pixels[:, 1:-1].min() == 255  # a bilinear filter mixes at the edges
    assert pixels.min() > 200


def test_what_is_transparent_is_white(tmp_path):
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(tmp_path / "a.png")
    assert photographs._image(tmp_path / "a.png", SHAPE).min() == 255


def test_litter_is_passed_over_and_copies_are_left_out(folder):
    for name in (".DS_Store", "Thumbs.db", "desktop.ini"):
        (folder / "cup" / name).write_bytes(b"x")
        (folder / name).write_bytes(b"x")
    (folder / ".git").mkdir()
    (folder / "__MACOSX").mkdir()
    (folder / "plate" / "img_0 (1).jpg").write_bytes((folder / "plate/img_0.jpg").read_bytes())
    photos = photographs.read(folder, SHAPE)
    assert photos.names == ("cup", "plate")
    assert photos.copies == 1
    assert "1 copies were left out" in photos.summary()
    assert len(photos.train.labels) + len(photos.held_out.labels) == 20


def test_of_many_some_are_taken_from_all(folder):
    photos = photographs.read(folder, SHAPE, most=5)
    assert len(photos.train.labels) == 8
    assert len(photos.held_out.labels) == 2
    files = photographs._files(folder / "cup")
    assert [path.stem for path in photographs._evenly(files, 5)] == [
        f"img_{number}" for number in (0, 2, 4, 6, 8)
    ]


def remove_classes(folder):
    for path in folder.rglob("*.*"):
        path.rename(folder / f"{path.parent.name}_{path.name}")
    (folder / "cup").rmdir()
    (folder / "plate").rmdir()


def remove_one(folder):
    (folder / "plate").rename(folder.parent / "plate")


def too_few(folder):
    for path in sorted((folder / "cup").iterdir())[4:]:
        path.unlink()


def one_level_too_high(folder):
    inner = folder.parent / "outer" / "train"
    folder.rename(folder.parent / "moved")
    inner.parent.mkdir()
    (folder.parent / "moved").rename(inner)
    (inner.parent / "test").mkdir()
    inner.parent.rename(folder)


def cut_short(folder):
    path = draw(folder / "cup" / "img_3.png", 3, (60, 60))
    path.write_bytes(path.read_bytes()[:4000])


def no_picture(folder):
    (folder / "cup" / "notes.txt").write_text("blue cups")


def heic(folder):
    (folder / "cup" / "IMG_1.HEIC").write_bytes(b"\0\0\0\x18ftypheic" + bytes(50))


def pointer(folder):
    text = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'a' * 64}\nsize 48211\n"
    (folder / "cup" / "img_3.png").write_text(text)


@pytest.mark.parametrize(
    ("slip", "says"),
    [
        (remove_classes, r"at least two folders in .*set, one for each class; found none\. Make"),
        (remove_one, r"one for each class; found only 'cup'"),
        (too_few, r"at least 5 different photographs in .*cup, found 4"),
        (one_level_too_high, r"found only folders: cup, plate\. If .*name the folder .*train"),
        (cut_short, r"img_3\.png cannot be read as a photograph \("),
        (no_picture, r"notes\.txt cannot be read as a photograph .*move it elsewhere"),
        (heic, r"IMG_1\.HEIC cannot be read .* export the photographs as JPEG"),
        (pointer, r"img_3\.png cannot be read .* a Git LFS pointer.*`git lfs pull`"),
    ],
)
def test_slips_are_named(folder, slip, says):
    slip(folder)
    with pytest.raises(ValueError, match=says):
        photographs.read(folder, SHAPE)


def test_no_such_folder(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"found none at .*nowhere\. Write its whole path"):
        photographs.read(tmp_path / "nowhere", SHAPE)


def test_a_picture_too_large_for_the_memory_is_refused(tmp_path, monkeypatch):
    path = draw(tmp_path / "a.png", 0, (200, 200))
    for limit in (30_000, 15_000):  # one at which Pillow warns, one at which it stops
        monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", limit)
        with pytest.raises(ValueError, match="DecompressionBomb"):
            photographs._image(path, SHAPE)
