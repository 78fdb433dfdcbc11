"""What a clone's look-over says, and manifests for repositories that have none."""

import hashlib

import pytest

from cnn_casebook.data import clones

DIGITS = hashlib.sha256(b"the real file").hexdigest()
POINTER = f"version https://git-lfs.github.com/spec/v1\noid sha256:{DIGITS}\nsize 553467096\n"


@pytest.fixture
def clone(tmp_path):
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "config").write_text("[core]\n")
    (tmp_path / "weights").mkdir()
    (tmp_path / "LICENSE").write_text("\n   Apache License\n Version 2.0\n")
    (tmp_path / "README.md").write_text("# A network\n")
    (tmp_path / "weights" / "best.keras").write_bytes(bytes(1234))
    return tmp_path


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (POINTER, clones.Pointer(DIGITS, 553467096)),
        (POINTER.replace("oid", "ext-0-foo sha256:00\noid"), clones.Pointer(DIGITS, 553467096)),
        (POINTER + 1024 * " ", None),
        (POINTER.replace("git-lfs.github", "example"), None),
        (POINTER.replace(DIGITS, DIGITS[1:]), None),
        ("", None),
        ("version 2", None),
    ],
)
def test_lfs_pointers_are_told_from_other_files(tmp_path, text, found):
    path = tmp_path / "model.h5"
    path.write_bytes(text.encode())
    assert clones.lfs_pointer(path) == found


def test_look_over_names_what_to_read_and_to_verify(clone):
    says = clones.look_over(clone).splitlines()
    assert says[:3] == ["Read first:", '  LICENSE, begins with "Apache License"', "  README.md"]
    assert "only the commit id vouches" in says[says.index("Manifest:") + 1]
    assert says[says.index("Weights:") + 1].startswith("  weights/best.keras, 1,234 bytes: load it")
    assert says[-2:] == ["Large files in Git LFS:", "  none"]
    (clone / clones.MANIFEST).write_text("")
    assert "`verify_files` compares" in clones.look_over(clone)


def test_a_missing_licence_is_said_and_a_card_of_hugging_face_names_one(clone):
    (clone / "LICENSE").unlink()
    assert "without one you have no right to use it" in clones.look_over(clone)
    (clone / "README.md").write_text("---\nlanguage: en\nlicense: cc-by-nc-4.0\n---\n# A network\n")
    says = clones.look_over(clone)
    assert "README.md, says license: cc-by-nc-4.0" in says
    assert "no right" not in says


def test_pickles_are_named(clone):
    (clone / "model.pt").write_bytes(b"x")
    assert "model.pt, 1 bytes: may be a pickle, which runs code" in clones.look_over(clone)


def test_large_files_that_were_not_cloned(clone):
    (clone / "weights" / "best.keras").write_text(POINTER)
    (clone / ".lfsconfig").write_text("[lfs]\n url = https://example.invalid\n")
    says = clones.look_over(clone)
    assert "weights/best.keras is a pointer, not the file of 553,467,096 bytes" in says
    assert DIGITS[:10] in says
    assert f"in a terminal in {clone}: git lfs install --local; git lfs pull" in says
    assert ".lfsconfig says from which server" in says
    assert "none that a name tells" in says  # a pointer is no weight file
    with pytest.raises(ValueError, match=r"found Git LFS pointers: weights/best\.keras.*lfs pull"):
        clones.write_manifest(clone)
    assert not (clone / clones.MANIFEST).exists()


def test_long_lists_are_cut(clone):
    for number in range(13):
        (clone / f"{number:02}.h5").write_bytes(b"x")
    assert clones.look_over(clone).count(".h5") == 10
    assert "  and 4 more" in clones.look_over(clone)


def test_own_manifest(clone):
    path = clones.write_manifest(clone)
    sums = dict(line.split("  ")[::-1] for line in path.read_text().splitlines())
    assert list(sums) == ["LICENSE", "README.md", "weights/best.keras"]
    assert sums["weights/best.keras"] == hashlib.sha256(bytes(1234)).hexdigest()
    with pytest.raises(FileExistsError, match="there already"):
        clones.write_manifest(clone)


def test_no_such_folder(tmp_path):
    with pytest.raises(FileNotFoundError, match="Clone the repository first"):
        clones.look_over(tmp_path / "nowhere")
