"""The optional cells at the end of transfer_learning, filled in as a learner would fill them in.

The repository is cloned from an https address, by git's own protocol, on this machine alone.
"""

import datetime
import http.server
import ipaddress
import os
import ssl
import subprocess
import threading
from pathlib import Path

import answer_functions
import banks
import nbformat
import numpy as np
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from PIL import Image

from cnn_casebook import runtime
from cnn_casebook.data import data_files, git

runtime.start(seed=0)

import keras  # noqa: E402
from keras import layers  # noqa: E402

from cnn_casebook.models import backbones  # noqa: E402

NOTEBOOK = banks.ROOT / "solutions" / "05_transfer_learning" / "transfer_learning.ipynb"
# A clone of the repository that the notebook names, where there is one: it is 30 MB.
HAND_SIGNS = os.environ.get("HAND_SIGNS", "")
BUNDLE = data_files.datasets_folder() / "wild_resnet" / "wild_resnet.bundle"
REVISION = "8d5916a4f7a9aeae730a15f9c48d4cac412c511e"
PEOPLE = {
    f"GIT_{role}_{part}": "Someone <someone@example.invalid>"
    for role in ("AUTHOR", "COMMITTER")
    for part in ("NAME", "EMAIL")
}
POINTER = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'7' * 64}\nsize 98304000\n"


@pytest.fixture(scope="module")
def cells():
    return {cell.id: cell.source for cell in nbformat.read(NOTEBOOK, 4).cells}


@pytest.fixture(scope="module")
def names(tmp_path_factory):
    """What a notebook holds when a learner reaches these cells."""
    names = answer_functions.solution_names("transfer_model")
    folder = tmp_path_factory.mktemp("own") / "wild_resnet"
    names["repository"] = Path(names["clone_repository"](BUNDLE, folder, REVISION))
    return names


def run(cells, names, cell, setting="", value=""):
    """Run a cell with the line of its setting filled in; return what it displayed."""
    source = cells[cell]
    if setting:
        first = source.splitlines()[0]
        assert first.startswith(f"{setting} = None  # ")
        source = source.replace(first, f"{setting} = {value!r}", 1)
    shown = []
    exec(compile(source, cell, "exec"), names | {"display": shown.append}, names)
    return shown


def drawn_photographs(folder, count=8):
    """Bright discs on the left or on the right, over noise: two classes that can be learned."""
    rng = np.random.default_rng(0)
    row, column = np.mgrid[:60, :80]
    for kind, centre in (("left", 20), ("right", 60)):
        (folder / kind).mkdir(parents=True)
        for number in range(count):
            where = (row - 30) ** 2 + (column - centre) ** 2 < 15**2
            pixels = np.where(where, 200, 20)[..., None] + rng.integers(0, 50, (60, 80, 3))
            Image.fromarray(pixels.astype("uint8")).save(folder / kind / f"{number}.jpg")
    return folder


def certificate(folder):
    """A certificate for 127.0.0.1 and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mirror")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "certificate.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


class Mirror(http.server.BaseHTTPRequestHandler):
    """Passes requests on to git's own server, `git http-backend`."""

    root: Path
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        path, _, query = self.path.partition("?")
        length = int(self.headers.get("Content-Length") or 0)
        environment = os.environ | {
            "GIT_PROJECT_ROOT": str(self.root),
            "GIT_HTTP_EXPORT_ALL": "1",
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
            "REQUEST_METHOD": self.command,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(length),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
        }
        reply = subprocess.run(
            ["git", "http-backend"],
            input=self.rfile.read(length),
            env=environment,
            stdout=subprocess.PIPE,
            check=False,
        ).stdout
        head, _, body = reply.partition(b"\r\n\r\n")
        fields = dict(line.split(": ", 1) for line in head.decode().splitlines())
        self.send_response(int(fields.pop("Status", "200").split()[0]))
        for name, value in (fields | {"Content-Length": str(len(body))}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, *arguments):
        """Stay silent."""


@pytest.fixture(scope="module")
def mirror(tmp_path_factory):
    """A folder of repositories that are served at an https address, and the address."""
    folder = tmp_path_factory.mktemp("mirror")
    handler = type("Handler", (Mirror,), {"root": folder / "repositories"})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    file = certificate(folder)
    context.load_cert_chain(file)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GIT_SSL_CAINFO", str(file))
        patch.setenv("no_proxy", "127.0.0.1")
        yield folder / "repositories", f"https://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def commit(folder):
    """Make a folder a repository of one commit; return the commit's id."""
    git.run("init", "--quiet", folder)
    git.run("add", "--all", folder=folder)
    git.run("commit", "--quiet", "-m", "All", folder=folder, variables=PEOPLE)
    return git.run("rev-parse", "HEAD", folder=folder)


def test_nothing_happens_until_something_is_filled_in(cells, names, capsys):
    run(cells, names, "go_further_repository_run")
    assert names["mine"] == names["repository"]
    assert "MODEL_CARD.md" in capsys.readouterr().out
    run(cells, names, "go_further_photos_run")
    assert capsys.readouterr().out == "Skipped: no folder is named above.\n"
    assert run(cells, names, "go_further_photos_look") == []


def test_a_repository_at_an_https_address(cells, names, mirror, capsys):
    folder, address = mirror
    work = drawn_photographs(folder / "cups" / "Dataset").parent
    (work / "LICENSE").write_text("MIT License\n")
    (work / "best.h5").write_text(POINTER)
    revision = commit(work)
    assert git.run("ls-remote", f"{address}/cups", "HEAD").split() == [revision, "HEAD"]

    setting = f"{address}/cups", revision[:10]
    run(cells, names, "go_further_repository_run", "MY_REPOSITORY", setting)
    mine = names["mine"]
    says = capsys.readouterr().out
    assert f"cloned into {mine}" in says
    assert 'LICENSE, begins with "MIT License"' in says
    assert "only the commit id vouches" in says
    assert "best.h5 is a pointer, not the file of 98,304,000 bytes" in says
    with pytest.raises(FileNotFoundError):
        names["verify_files"](mine)

    (mine / "best.h5").write_bytes(b"as if it had been pulled")
    names["clones"].write_manifest(mine)
    assert len(names["verify_files"](mine)) == 18
    (mine / "LICENSE").write_text("All rights reserved\n")
    with pytest.raises(ValueError, match="LICENSE"):
        names["verify_files"](mine)


def test_the_course_s_network_from_an_https_address(cells, names, mirror):
    folder, address = mirror
    git.run("clone", "--quiet", "--bare", BUNDLE, folder / "wild_resnet")
    setting = f"{address}/wild_resnet", REVISION[:7]
    run(cells, names, "go_further_repository_run", "MY_REPOSITORY", setting)
    assert len(names["verify_files"](names["mine"])) == 7
    assert names["load_backbone"](names["mine"]).output_shape == (None, 64)


@pytest.mark.parametrize(
    ("path", "revision", "error"),
    [
        ("/nothing", "0123456", FileNotFoundError),
        ("/wild_resnet", "0123456", ValueError),
        ("/wild_resnet", "main", ValueError),
    ],
)
def test_slips_in_address_and_revision(cells, names, mirror, path, revision, error):
    setting = f"{mirror[1]}{path}", revision
    with pytest.raises(error):
        run(cells, names, "go_further_repository_run", "MY_REPOSITORY", setting)


@pytest.fixture
def offline(monkeypatch):
    """ImageNet weights cannot be downloaded."""

    def no_download(weights):
        raise Exception("URL fetch failure on https://storage.googleapis.com/...")

    monkeypatch.setattr(backbones, "mobilenet", no_download)


def small_backbone(repository):
    """In place of the course's own, which takes longer; the name is that of its second stage."""
    images = keras.Input((40, 40, 1))
    x = layers.Conv2D(4, 5, strides=4, activation="relu", name="stage2_block1_1_conv")(images)
    return keras.Model(images, layers.GlobalAveragePooling2D(name="features")(x))


def photos_learned(cells, names, folder):
    """Run the cells on a folder; return the pictures."""
    names["unseen"] = names["datasets"].Split(np.zeros((1, 40, 40, 1), "float32"), np.zeros(1))
    run(cells, names, "go_further_augment_run")
    run(cells, names, "go_further_photos_run", "MY_PHOTOS", str(folder))
    return run(cells, names, "go_further_photos_look")


def test_a_folder_of_photographs(cells, names, tmp_path, offline, monkeypatch, capsys):
    monkeypatch.setenv("CASEBOOK_BUDGET", "quick")
    monkeypatch.setitem(names, "load_backbone", small_backbone)
    pictures = photos_learned(cells, names, drawn_photographs(tmp_path / "discs", 15))
    says = capsys.readouterr().out
    assert "the course's own backbone takes over" in says
    assert "2 classes: left 15, right 15." in says
    assert "24 photographs to train with, 6 held out." in says
    assert "of 6 held-out images" in says
    assert "with 95 % confidence" in says
    curves, grid = (picture.alt for picture in pictures)
    assert "solid lines are training, dashed lines validation" in curves
    assert "1 to 12" in curves
    assert "40×40 pixels" in grid


@pytest.mark.slow
@pytest.mark.skipif(not HAND_SIGNS, reason="HAND_SIGNS names no clone of the photographs")
def test_the_photographs_of_hand_signs(cells, names, offline, capsys):
    """About 9 of 10 are right with the course's own backbone, as the notebook says."""
    photos_learned(cells, names, Path(HAND_SIGNS) / "Dataset")
    says = capsys.readouterr().out
    print(says)
    assert len(names["photos"].names) == 10
    assert "1653 photographs to train with, 409 held out." in says
    assert names["frozen_history"]["val_accuracy"][-1] < 0.7
    assert names["few_images"].accuracy(names["own"], names["photos"].held_out) > 0.7
