"""The jobs that Slurm is asked for are workers of the cluster, encrypted; Slurm is played."""

import os
import subprocess
import sys

import pytest
from click.testing import CliRunner
from clusters import write_settings

pytest.importorskip("dask_jobqueue", reason="dask-jobqueue is not installed")

from casebook_grader.deployment.slurm import main

SBATCH = """#!/bin/sh
# Plays Slurm: keeps the script, runs it at once and tells a number for it.
cp "$1" "$(dirname "$0")/job.sh"
sh "$(dirname "$0")/job.sh" > "$(dirname "$0")/job.log" 2>&1 &
echo $! > "$(dirname "$0")/job.pid"
echo "Submitted batch job 7"
"""
SCANCEL = """#!/bin/sh
kill "$(cat "$(dirname "$0")/job.pid")"
"""
GRADER = """
import sys
import time
from casebook_grader.deployment.slurm import start
from distributed import Client

if __name__ == "__main__":
    cluster = start(jobs=1, cores=2, interface="lo", port=0, directives=("--partition=teaching",))
    with cluster, Client(cluster) as client:
        client.wait_for_workers(1, timeout=60)
        assert client.submit(sum, [20, 22]).result() == 42
        assert cluster.scheduler_address.startswith("tls://127.0.0.1:")
        print(list(client.nthreads().values()))
"""


@pytest.fixture
def environment(tmp_path):
    """Settings with certificates, and commands that play Slurm."""
    for name, text in (("sbatch", SBATCH), ("scancel", SCANCEL)):
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)
    settings = str(write_settings(tmp_path))
    return {**os.environ, "DASK_CONFIG": settings, "PATH": f"{tmp_path}:{os.environ['PATH']}"}


def test_a_job_is_a_worker_with_a_thread_for_each_core(environment, tmp_path):
    (tmp_path / "grader.py").write_text(GRADER)
    done = subprocess.run(
        [sys.executable, str(tmp_path / "grader.py")],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.stdout == "[2]\n", done.stderr
    lines = (tmp_path / "job.sh").read_text().splitlines()
    assert {"#SBATCH --cpus-per-task=2", "#SBATCH --mem=4G"} < set(lines)
    assert "#SBATCH --partition=teaching" in lines
    assert f"export DASK_CONFIG='{environment['DASK_CONFIG']}'" in lines


def test_settings_without_certificates_are_refused():
    done = CliRunner().invoke(main, ["--jobs=1", "--cores=2"])
    assert done.exit_code == 1
    assert "expected Dask's settings to require encryption" in done.output
