"""Hostile zips and folders: nothing is written by a name, unpacked beyond bounds, or followed."""

import io
import os
import struct
import zipfile

import pytest

from casebook_grader.collect.archive import Bounds, File, Left, read
from casebook_grader.course import CourseError
from casebook_grader.limits import MB

SMALL = Bounds(
    entries=40, total=4 * MB, own_entries=8, own_total=2 * MB, zip_size=MB, ratio=20, depth=2
)


def zipped(files, kind=zipfile.ZIP_DEFLATED):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", kind) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return target.getvalue()


def found(tmp_path, content, bounds=SMALL):
    """Names that were read, and by name why others were left."""
    path = tmp_path / "class.zip"
    path.write_bytes(content)
    items = list(read(path, bounds=bounds))
    files = ["/".join(item.parts) for item in items if isinstance(item, File)]
    return files, {"/".join(item.parts): item.why for item in items if isinstance(item, Left)}


def entry(name="a.ipynb", mode=0o100644, **settings):
    info = zipfile.ZipInfo(name)
    info.external_attr = mode << 16
    for key, value in settings.items():
        setattr(info, key, value)
    return info


@pytest.mark.parametrize(
    "name",
    [
        "../a.ipynb",
        "x/../../a.ipynb",
        "/etc/a.ipynb",
        "C:\\a.ipynb",
        "..\\a.ipynb",
        "\\\\h\\a.ipynb",
    ],
)
def test_names_that_lead_elsewhere(tmp_path, name):
    files, left = found(tmp_path, zipped([(name, "{}"), ("b.ipynb", "{}")]))
    assert files == ["b.ipynb"]
    [why] = left.values()
    assert "no LMS writes" in why
    assert os.listdir(tmp_path) == ["class.zip"]


def test_names_of_windows_and_of_macos(tmp_path):
    content = zipped([("Jane Doe\\a.ipynb", "{}"), ("Zo\u00eb/a.ipynb", "{}")])
    assert found(tmp_path, content)[0] == ["Jane Doe/a.ipynb", "Zoë/a.ipynb"]
    # UTF-8 without the mark that says so
    content = zipped([("Zo??/b.ipynb", "{}")]).replace(b"Zo??", "Zoë".encode())
    assert found(tmp_path, content)[0] == ["Zoë/b.ipynb"]


def test_links_devices_and_encrypted_entries(tmp_path):
    files = [(entry("l.ipynb", 0o120777), "/etc/passwd"), (entry("p.ipynb", 0o010644), "")]
    content = zipped([*files, ("secret.ipynb", "{}")])
    place = content.rindex(b"PK\x01\x02")  # the last entry's; its flags lie at 8
    content = content[: place + 8] + b"\x01" + content[place + 9 :]
    files, left = found(tmp_path, content)
    assert files == []
    assert left["l.ipynb"] == "it is a link"
    assert "a device or a pipe" in left["p.ipynb"]
    assert "encrypted" in left["secret.ipynb"]


def test_what_is_not_read_is_said(tmp_path):
    names = ["a.docx", "settings.yml", "data.json", "w.tar.gz", "__MACOSX/b.ipynb", "._c.ipynb"]
    files, left = found(tmp_path, zipped([(name, "x") for name in names]))
    assert files == []
    assert list(left) == names
    assert "expected a zip" in left["w.tar.gz"]


def test_bombs(tmp_path):
    zeros = zipped([("a.ipynb", bytes(3 * MB))])
    assert "as no notebook does" in found(tmp_path, zeros)[1]["a.ipynb"]
    # it says that it is small: what it says is all that is unpacked, and the sum is wrong
    directory = zeros.rindex(b"PK\x01\x02")
    lying = bytearray(zeros)
    lying[directory + 24 : directory + 28] = struct.pack("<I", 100)
    assert "it is damaged" in found(tmp_path, bytes(lying))[1]["a.ipynb"]
    packed = zipped([("a.ipynb", bytes(MB))], zipfile.ZIP_LZMA)
    assert "unusual way" in found(tmp_path, packed)[1]["a.ipynb"]
    large = zipped([("a.ipynb", os.urandom(1000))])
    assert found(tmp_path, large)[0] == ["a.ipynb"]


def test_a_learners_bomb_costs_the_others_nothing(tmp_path):
    noise = os.urandom(600_000)
    many = zipped([(f"{n}.ipynb", "{}") for n in range(9)])
    wide = zipped([(f"{n}.ipynb", bytes(900_000)) for n in range(4)])
    deep = zipped([("c.zip", zipped([("d.zip", zipped([("e.ipynb", "{}")]))]))])
    content = zipped(
        [
            ("many.zip", many),
            ("wide.zip", wide),
            ("deep.zip", deep),
            ("big.zip", noise + noise),
            ("no.zip", b"PK"),
            ("jane.zip", zipped([("lenet5.ipynb", "{}")])),
        ]
    )
    files, left = found(tmp_path, content)
    assert "jane.zip/lenet5.ipynb" in files
    assert left["many.zip"] == "it holds more than 8 files"
    assert "more files or bytes than a submission" in left["wide.zip"]
    assert "more than 2 deep" in left["deep.zip/c.zip"]
    assert left["big.zip"] == "it takes 1,200,000 bytes; at most 1,048,576 are read"
    assert "no zip, or damaged" in left["no.zip"]


def test_too_much_in_all(tmp_path):
    with pytest.raises(CourseError, match="more than 40 files"):
        found(tmp_path, zipped([(f"{n}.ipynb", "{}") for n in range(41)]))
    noise = os.urandom(500_000) * 2
    with pytest.raises(CourseError, match="than a class hands in"):
        found(tmp_path, zipped([(f"{n}.ipynb", noise) for n in range(5)]))
    with pytest.raises(CourseError, match="it is empty"):
        found(tmp_path, b"")


def test_a_folder_with_links_and_pipes(tmp_path):
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "s.ipynb").write_text("{}")
    folder = tmp_path / "class" / "jane"
    folder.mkdir(parents=True)
    (folder / "a.ipynb").write_text("{}")
    (folder / "link.ipynb").symlink_to(secret / "s.ipynb")
    (folder / "away").symlink_to(secret)
    os.mkfifo(folder / "pipe.ipynb")
    items = list(read(tmp_path / "class"))
    assert [i.parts for i in items if isinstance(i, File)] == [("jane", "a.ipynb")]
    left = {i.parts[-1]: i.why for i in items if isinstance(i, Left)}
    assert left.keys() == {"link.ipynb", "away", "pipe.ipynb"}
    assert left["link.ipynb"] == left["away"] == "it is a link"
