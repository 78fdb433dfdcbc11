import json
import shutil

import banks
import doubling
import pytest

from cnn_casebook.corrections.copies import bring_up_to_date, last_corrections
from cnn_casebook.corrections.merge import has_all_of
from cnn_casebook.workspace import own_files, prepare

NAME = "02_classic_networks"
VGG, LENET, ALEXNET = (f"{NAME}/{name}.ipynb" for name in ("vgg16", "lenet5", "alexnet"))


@pytest.fixture
def root(tmp_path):
    """A course of three real notebooks, and a learner's fresh copy of them."""
    shutil.copytree(banks.ROOT / "assignments" / NAME, tmp_path / "assignments" / NAME)
    start(tmp_path)
    return tmp_path


def start(root):
    """Do what `casebook start` does; return what is said of each file."""
    prepare(root)
    return {entry.path: entry.text for entry in bring_up_to_date(root)}


def read(root, name, step="work"):
    return json.loads((root / step / name).read_text(encoding="utf-8"))


def save(root, name, notebook, step="work"):
    (root / step / name).write_text(json.dumps(notebook, indent=1), encoding="utf-8")


def change(root, name, cell, text, step="work"):
    notebook = read(root, name, step)
    doubling.cell_of(notebook, cell)["source"] = text
    save(root, name, notebook, step)


def correct(root, name, cell, text):
    change(root, name, cell, text, "assignments")


def text(root, name, cell):
    return "".join(doubling.cell_of(read(root, name), cell)["source"])


def release(root, version):
    """A later version: in each notebook a text, in AlexNet a figure too."""
    for name in (VGG, LENET, ALEXNET):
        correct(root, name, "title", f"# Version {version}")
    (root / "assignments" / NAME / "alexnet.svg").write_text(f"<svg>{version}</svg>")


def test_three_versions_reach_an_untouched_and_a_begun_notebook(root):
    assert start(root) == {}
    change(root, VGG, "vgg_block", "def vgg_block(): 1")
    release(root, 2)
    correct(root, VGG, "check_vgg_block_layers", "checks.block_layers(vgg_block)  # mended")
    said = start(root)
    assert said[LENET] == said[ALEXNET] == "refreshed; you had not changed it"
    assert said[f"{NAME}/alexnet.svg"] == "refreshed; you had not changed it"
    assert said[VGG] == (
        "2 cells corrected (title, check_vgg_block_layers). Your answers are as they were"
    )
    assert set(said) == {VGG, LENET, ALEXNET, f"{NAME}/alexnet.svg"}
    assert (root / "work" / LENET).read_bytes() == (root / "assignments" / LENET).read_bytes()
    assert start(root) == {}

    change(root, VGG, "explain_small_windows", "They see as far.")
    change(root, LENET, "lenet5", "def lenet5(): 2")
    release(root, 3)
    said = start(root)
    assert said[VGG] == said[LENET] == "1 cell corrected (title). Your answers are as they were"
    assert text(root, VGG, "vgg_block") == "def vgg_block(): 1"
    assert text(root, VGG, "explain_small_windows") == "They see as far."
    assert text(root, VGG, "check_vgg_block_layers").endswith("# mended")
    assert text(root, LENET, "lenet5") == "def lenet5(): 2"
    for name in (VGG, LENET, ALEXNET):
        assert text(root, name, "title") == "# Version 3"
        assert has_all_of(read(root, name, "assignments"), read(root, name))
    assert start(root) == {}
    assert last_corrections(root)[VGG].endswith(said[VGG])


def test_as_it_was_before_is_kept(root):
    change(root, VGG, "vgg_block", "def vgg_block(): 1")
    before = (root / "work" / VGG).read_bytes()
    release(root, 2)
    start(root)
    assert (root / "work" / ".handed_out" / "before" / VGG).read_bytes() == before


def test_what_both_changed_lies_beside_once_and_can_be_taken_over(root):
    beside = root / "work" / NAME / "vgg16_new_version.ipynb"
    change(root, VGG, "vgg_block", "def vgg_block(): 1")
    correct(root, VGG, "vgg_block", "def vgg_block(x): raise NotImplementedError()")
    notebook = read(root, VGG, "assignments")
    doubling.cell_of(notebook, "vgg_block")["metadata"]["nbgrader"]["checksum"] = "2"
    save(root, VGG, notebook, "assignments")
    mine = (root / "work" / VGG).read_bytes()
    said = start(root)[VGG]
    assert said.startswith(
        "yours is as it was, because its cell 'vgg_block' was corrected, and you"
    )
    assert "vgg16_new_version.ipynb" in said
    assert (root / "work" / VGG).read_bytes() == mine
    assert beside.read_bytes() == (root / "assignments" / VGG).read_bytes()
    assert beside not in own_files(root, NAME)  # what is handed in is the learner's

    assert start(root) == {}  # said once
    beside.unlink()
    assert start(root) == {}  # nobody who threw it away gets it again
    release(root, 3)
    assert VGG in start(root)
    assert beside.exists()

    beside.rename(root / "work" / VGG)
    change(root, VGG, "vgg_block", "def vgg_block(x): 1")
    assert start(root) == {}  # that is the new version now
    release(root, 4)
    assert start(root)[VGG] == "1 cell corrected (title). Your answers are as they were"
    assert text(root, VGG, "vgg_block") == "def vgg_block(x): 1"
    assert not beside.exists()


def test_what_a_learner_began_beside_is_not_overwritten(root):
    beside = root / "work" / NAME / "vgg16_new_version.ipynb"
    change(root, VGG, "title", "# Mine")
    release(root, 2)
    start(root)
    change(root, beside.relative_to(root / "work"), "vgg_block", "def vgg_block(): 1")
    kept = beside.read_bytes()
    release(root, 3)
    assert "vgg16_new_version2.ipynb" in start(root)[VGG]
    assert beside.read_bytes() == kept
    change(root, VGG, "title", "# Version 3")  # settled by hand
    assert start(root) == {}
    assert not beside.with_name("vgg16_new_version2.ipynb").exists()  # nothing was done there
    assert beside.read_bytes() == kept


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b'{"cells": 3}', b"[" * 9999])
def test_a_broken_notebook_stays_and_the_new_version_lies_beside(root, content):
    (root / "work" / VGG).write_bytes(content)
    release(root, 2)
    assert "cannot be read as a notebook" in start(root)[VGG]
    assert (root / "work" / VGG).read_bytes() == content
    assert (root / "work" / NAME / "vgg16_new_version.ipynb").exists()


def test_a_copy_from_before_there_were_corrections(root):
    shutil.rmtree(root / "work" / ".handed_out")
    change(root, VGG, "vgg_block", "def vgg_block(): 1")
    assert start(root) == {}  # it has all of the version that is there
    shutil.rmtree(root / "work" / ".handed_out")
    release(root, 2)
    said = start(root)
    assert "it is not known which version you were given" in said[VGG]
    assert said[f"{NAME}/alexnet.svg"] == "replaced"
    assert text(root, VGG, "vgg_block") == "def vgg_block(): 1"


def test_a_base_that_is_damaged_is_as_good_as_none(root):
    (root / "work" / ".handed_out" / "base" / VGG).write_bytes(b"{")
    change(root, VGG, "vgg_block", "def vgg_block(): 1")
    release(root, 2)
    assert "it is not known which version" in start(root)[VGG]


def test_killed_between_two_writes_it_ends_the_same(root):
    change(root, VGG, "vgg_block", "def vgg_block(): 1")
    base = root / "work" / ".handed_out" / "base" / VGG
    older = base.read_bytes()
    release(root, 2)
    start(root)
    joined = (root / "work" / VGG).read_bytes()
    base.write_bytes(older)
    assert start(root) == {}
    assert (root / "work" / VGG).read_bytes() == joined
    assert base.read_bytes() == (root / "assignments" / VGG).read_bytes()


def test_half_a_character_in_an_answer_is_kept(root):
    change(root, VGG, "vgg_block", "name = '\ud83d'")
    release(root, 2)
    start(root)
    assert text(root, VGG, "vgg_block") == "name = '\ud83d'"
