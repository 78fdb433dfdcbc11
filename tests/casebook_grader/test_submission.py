import os

import pytest

from casebook_grader import submission
from casebook_grader.limits import Limits
from casebook_grader.submission import read_submission

NOTEBOOK = "residual_blocks.ipynb"
LIMITS = Limits()


@pytest.fixture(params=["bitdiddle", "-rf *", "Zoë [a] $(x)\n'", ".hidden"])
def folder(tmp_path, request):
    """A submitted folder; the learner's name is any name."""
    path = tmp_path / request.param / "03_residual_networks"
    path.mkdir(parents=True)
    (path / NOTEBOOK).write_bytes(b"{}")
    return path


def read(folder, *more):
    return read_submission(folder, [NOTEBOOK, *more])


def test_notebooks_and_records_and_nothing_else(folder):
    (folder / "record_what_is_left.json").write_bytes(b"[1]")
    found = read(folder)
    assert found.notebooks == {NOTEBOOK: b"{}"}
    assert found.records == {"record_what_is_left.json": b"[1]"}
    assert found.findings == []


@pytest.mark.parametrize(
    "name",
    [
        "numpy.py",
        "sitecustomize.py",
        "other.ipynb",
        "Residual_Blocks.ipynb",
        "record_.json",
        "record_A.json",
        "record_a.json.bak",
        "record_a.json\n",
        "-record_a.json",
        "* ? [a-z] $(id)",
        "äöü 😀.svg",
        "--help",
        b"\xff\xfe",
    ],
)
def test_everything_else_is_left_out_and_named(folder, name):
    with open(os.path.join(os.fsencode(folder), os.fsencode(name)), "wb") as file:
        file.write(b"x")
    found = read(folder)
    assert found.notebooks == {NOTEBOOK: b"{}"}
    assert found.records == {}
    [finding] = found.findings
    assert finding.startswith("Left out, because only the assignment's notebooks")
    assert submission.shown(os.fsdecode(name)) in finding
    finding.encode()
    assert "\n" not in finding


@pytest.fixture
def plain(tmp_path):
    return tmp_path


@pytest.mark.parametrize("name", [NOTEBOOK, "record_a.json"])
@pytest.mark.parametrize("kind", ["link", "dangling link", "folder", "pipe", "socket"])
def test_only_regular_files_are_read(plain, monkeypatch, name, kind):
    secret = plain / "secret"
    secret.mkdir()
    (secret / "file").write_bytes(b"{}")
    monkeypatch.chdir(plain)
    if kind == "link":
        (plain / name).symlink_to(secret / "file")
    elif kind == "dangling link":
        (plain / name).symlink_to("nowhere")
    elif kind == "folder":
        (plain / name).mkdir()
    elif kind == "pipe":
        os.mkfifo(name)
    else:
        import socket

        with socket.socket(socket.AF_UNIX) as bound:
            bound.bind(name)
    found = read(plain)
    assert found.notebooks == {NOTEBOOK: None}
    assert found.records == {}
    assert "it is a link, a folder or a device; expected a file" in " ".join(found.findings)


def test_a_file_exchanged_for_a_pipe_after_the_first_look(plain, monkeypatch):
    (plain / NOTEBOOK).write_bytes(b"{}")
    look = os.stat

    def exchange(name, **options):
        about = look(name, **options)
        (plain / NOTEBOOK).unlink()
        os.mkfifo(plain / NOTEBOOK)
        return about

    monkeypatch.setattr(os, "stat", exchange)
    assert read(plain).notebooks == {NOTEBOOK: None}


def test_a_folder_that_is_a_link_or_missing(plain):
    (plain / "real").mkdir()
    (plain / "real" / NOTEBOOK).write_bytes(b"{}")
    (plain / "link").symlink_to("real")
    for name in ("link", "missing", "a\0b"):
        found = read(plain / name)
        assert found.notebooks == {NOTEBOOK: None}
        assert found.findings[0].startswith("The submitted folder cannot be opened (")


def test_a_missing_notebook_is_named(folder):
    found = read(folder, "resnet50.ipynb")
    assert found.notebooks == {NOTEBOOK: b"{}", "resnet50.ipynb": None}
    assert found.findings == ["The notebook 'resnet50.ipynb' was not handed in."]


def test_sizes_are_looked_at_before_reading(plain):
    with open(plain / NOTEBOOK, "wb") as file:
        file.truncate(10**12)  # takes no room on the disk
    (plain / "record_a.json").write_bytes(b"x" * (LIMITS.record_size + 1))
    (plain / "record_b.json").write_bytes(b"x" * LIMITS.record_size)
    found = read(plain)
    assert found.notebooks == {NOTEBOOK: None}
    assert list(found.records) == ["record_b.json"]
    assert "it takes 1,000,000,000,000 bytes, and at most 20,000,000 are read" in found.findings[0]
    assert "'record_a.json' was not read: it takes 262,145 bytes" in found.findings[1]


def test_records_have_a_number(plain):
    (plain / NOTEBOOK).write_bytes(b"{}")
    for number in range(LIMITS.records + 2):
        (plain / f"record_{number:02}.json").write_bytes(b"{}")
    found = read(plain)
    assert list(found.records) == [f"record_{number:02}.json" for number in range(LIMITS.records)]
    assert "There are 18 records; the first 16" in found.findings[0]
    assert "'record_16.json', 'record_17.json'" in found.findings[0]


def test_a_thousand_files_make_one_short_finding(plain):
    (plain / NOTEBOOK).write_bytes(b"{}")
    for number in range(1000):
        (plain / f"{number:04}{'x' * 200}").touch()
    [finding] = read(plain).findings
    assert "and 990 more" in finding
    assert len(finding) < 1000


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("2026-03-01 18:30:00.123456 UTC", 18),
        ("2026-03-01 18:30:00 Asia/Seoul", 9),
        ("2026-03-01T18:30:00Z", 18),
        ("2026-03-01 18:30:00", 18),
    ],
)
def test_the_time_of_handing_in(tmp_path, text, hour):
    (tmp_path / "timestamp.txt").write_text(text + "\n")
    found = read_submission(tmp_path, ())
    assert (found.timestamp.hour, found.timestamp.minute, found.timestamp.tzinfo) == (
        hour,
        30,
        None,
    )
    assert found.findings == []


@pytest.mark.parametrize(
    "text",
    ["yesterday", "2026-13-41 18:30:00 UTC", "2026-03-01 18:30:00 ../../etc/passwd", "9" * 1000],
)
def test_a_time_that_is_none_is_said_and_not_used(tmp_path, text):
    (tmp_path / "timestamp.txt").write_text(text)
    found = read_submission(tmp_path, ())
    assert found.timestamp is None
    assert found.findings[0].startswith("The time in timestamp.txt was not read: ")
