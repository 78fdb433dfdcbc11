"""Dask's clusters for tests: small ones here, and settings as an administrator has them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from banks import ROOT
from distributed import LocalCluster

from casebook_grader.cluster import Cluster
from casebook_grader.deployment.certificates import write_certificates

FILES = ROOT / "utils" / "casebook_grader" / "deployment"


@contextmanager
def started(threads: int = 2, **options) -> Iterator[Cluster]:
    """A scheduler and one worker.

    Args:
        threads: Tasks that the worker runs at a time.
        options: More of dask's, such as `processes=False` for a worker in this process.
    """
    with LocalCluster(
        n_workers=1, threads_per_worker=threads, dashboard_address="127.0.0.1:0", **options
    ) as there:
        yield Cluster(there.scheduler_address)


def write_settings(folder: Path) -> Path:
    """Write certificates into `folder / "tls"`, and settings that name them; return their file."""
    write_certificates(folder / "tls")
    text = (FILES / "distributed.yaml").read_text(encoding="utf-8")
    assert "/etc/casebook/" in text
    file = folder / "distributed.yaml"
    file.write_text(text.replace("/etc/casebook/", f"{folder}/tls/"), encoding="utf-8")
    return file
