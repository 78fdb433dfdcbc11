"""The certificates and Dask's settings make a cluster that nobody enters without a key of it."""

import asyncio
import ssl

import dask
import pytest
import yaml
from banks import ROOT
from click.testing import CliRunner
from distributed import Client, Scheduler, Worker
from distributed.security import Security

from casebook_grader.deployment.certificates import main, write_certificates

SETTINGS = ROOT / "utils" / "casebook_grader" / "deployment" / "distributed.yaml"


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """Two clusters' certificates."""
    made = [tmp_path_factory.mktemp("ours"), tmp_path_factory.mktemp("theirs")]
    for folder in made:
        write_certificates(folder)
    return made


@pytest.fixture
def ours(folders):
    """Our certificates' folder, while Dask has the settings that lie beside the certificates."""
    text = SETTINGS.read_text(encoding="utf-8").replace("/etc/casebook/", f"{folders[0]}/")
    with dask.config.set(dask.config.merge(dask.config.config, yaml.safe_load(text))):
        yield folders[0]


def as_client(folder, role="client"):
    """Connect with a certificate from a folder."""
    return Security(
        tls_ca_file=str(folder / "ca.pem"),
        tls_client_cert=str(folder / f"{role}.pem"),
        tls_client_key=str(folder / f"{role}-key.pem"),
        require_encryption=True,
    )


def scheduler(security=None):
    """A scheduler that is not started yet."""
    return Scheduler(
        host="127.0.0.1",
        port=0,
        dashboard=False,
        dashboard_address="127.0.0.1:0",
        security=security,
    )


def with_cluster(use):
    """Run `use(address)` while a scheduler and a worker of ours run."""

    async def run():
        async with (
            scheduler() as started,
            Worker(started.address, nthreads=1, host="127.0.0.1", dashboard=False),
        ):
            assert started.address.startswith("tls://127.0.0.1:")
            return await use(started.address)

    return asyncio.run(run())


async def connect(address, security=None):
    """Have a task done."""
    async with Client(address, security=security, asynchronous=True, timeout=3) as client:
        return await client.submit(sum, [20, 22], pure=False)


def test_scheduler_worker_and_client_work_together(ours):
    async def use(address):
        # By Dask's settings, and by the files that `casebook grade` names.
        return await connect(address), await connect(address, as_client(ours))

    assert with_cluster(use) == (42, 42)


def test_nobody_enters_with_another_cluster_s_certificate_or_without_encryption(folders, ours):
    async def use(address):
        with pytest.raises(OSError, match="certificate does not match"):
            await connect(address, as_client(folders[1]))
        stranger = Security(require_encryption=False)
        with pytest.raises(OSError, match=r"reset|closed"):
            await connect(address.replace("tls://", "tcp://"), stranger)
        return await connect(address)

    assert with_cluster(use) == 42


def test_nobody_enters_without_a_certificate(ours):
    async def use(address):
        trusting = ssl.create_default_context(cafile=ours / "ca.pem")
        trusting.check_hostname = False
        host, port = address.removeprefix("tls://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port), ssl=trusting)
        with pytest.raises(ssl.SSLError, match=r"certificate required|CERTIFICATE_REQUIRED"):
            await reader.read()
        writer.close()

    with_cluster(use)


def test_a_client_s_key_is_no_use_to_pose_as_the_scheduler(ours):
    posing = Security()
    posing.tls_scheduler_cert = str(ours / "client.pem")
    posing.tls_scheduler_key = str(ours / "client-key.pem")

    async def use():
        async with scheduler(posing) as started:
            with pytest.raises(OSError, match="certificate does not match"):
                await connect(started.address)

    asyncio.run(use())


def test_no_page_tells_about_tasks(ours):
    async def use():
        async with scheduler() as started:
            answers = []
            for page in ("health", "info/main/workers.html", "status", "metrics"):
                port = started.http_server.port
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.write(f"GET /{page} HTTP/1.0\r\n\r\n".encode())
                answers.append((await reader.read()).split()[1].decode())
                writer.close()
            return answers

    assert asyncio.run(use()) == ["200", "404", "404", "404"]


def test_the_command_writes_keys_for_their_owner_alone_and_replaces_none(tmp_path):
    done = CliRunner().invoke(main, [str(tmp_path / "new")])
    written = sorted(path.name for path in (tmp_path / "new").iterdir())
    assert done.exit_code == 0
    assert len(written) == 7
    assert "ca-key.pem" not in written
    for path in (tmp_path / "new").iterdir():
        assert oct(path.stat().st_mode)[-3:] == ("600" if "-key" in path.name else "644")
    before = (tmp_path / "new" / "ca.pem").read_bytes()
    again = CliRunner().invoke(main, [str(tmp_path / "new")])
    assert again.exit_code == 1
    assert "expected no ca.pem" in again.output
    assert (tmp_path / "new" / "ca.pem").read_bytes() == before
