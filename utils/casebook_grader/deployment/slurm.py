"""Starts a scheduler here and workers as jobs of Slurm, and keeps them until it is interrupted.

    python -m casebook_grader.deployment.slurm --jobs 4 --cores 16 --sbatch=--partition=teaching

A job is one worker with a thread for each of its cores. Certificates are those of Dask's settings
(`distributed.yaml`). It takes dask-jobqueue, which nothing else in the course needs.
"""

import os
import time

import click
from distributed import Security

_GB_OF_A_CORE, _GB_OF_A_JOB = 1, 2  # memory of a notebook's two kernels; of what they share


def start(
    jobs: int,
    cores: int,
    memory: str | None = None,
    walltime: str = "04:00:00",
    directives: tuple[str, ...] = (),
    interface: str | None = None,
    port: int = 8786,
):
    """Start a scheduler here, and ask Slurm for workers.

    Args:
        jobs: How many.
        cores: Of each job.
        memory: Of each job, such as "18GB"; without it as much as its cores need.
        walltime: After which Slurm ends a job, in Slurm's notation.
        directives: What else its `#SBATCH` lines say, such as "--partition=teaching".
        interface: The network card by which jobs reach this machine, such as "ib0".
        port: Where the scheduler listens.

    Returns:
        A `dask_jobqueue.SLURMCluster`.

    Raises:
        click.ClickException: Dask's settings name no certificates, or a package is missing.
    """
    security = Security()
    roles = [security.get_tls_config_for_role(role) for role in ("scheduler", "worker")]
    files = [role.get(name) for role in roles for name in ("ca_file", "cert", "key")]
    if not (security.require_encryption and all(files)):
        raise click.ClickException(
            "expected Dask's settings to require encryption and to name certificates, found "
            "others. Put distributed.yaml into ~/.config/dask/, or name it: export "
            "DASK_CONFIG=/path/to/distributed.yaml"
        )
    try:
        from dask_jobqueue import SLURMCluster
    except ImportError:
        raise click.ClickException(
            "dask-jobqueue is missing. Install it: python -m pip install dask-jobqueue"
        ) from None
    prologue = ["export TMPDIR=/tmp"]  # sockets lie there, whose paths are short
    if "DASK_CONFIG" in os.environ:
        prologue.append(f"export DASK_CONFIG='{os.environ['DASK_CONFIG']}'")
    cluster = SLURMCluster(
        cores=cores,
        processes=1,  # which shares one warm sandbox
        memory=memory or f"{cores * _GB_OF_A_CORE + _GB_OF_A_JOB}GiB",
        walltime=walltime,
        job_name="casebook",
        job_extra_directives=list(directives),
        job_script_prologue=prologue,
        local_directory="/tmp",
        # Slurm keeps the memory, and ends kernels first; Dask would end the worker.
        worker_extra_args=["--no-dashboard", "--memory-limit", "0"],
        interface=interface,
        security=security,
        scheduler_options={"port": port, "dashboard": False},
    )
    cluster.scale(jobs=jobs)
    return cluster


@click.command()
@click.option("--jobs", type=click.IntRange(1), required=True, help="How many workers.")
@click.option("--cores", type=click.IntRange(1), required=True, help="Of each worker.")
@click.option("--memory", help="Of each worker, such as 18GB; by default 1 GiB a core and 2 more.")
@click.option("--walltime", default="04:00:00", show_default=True, help="After which jobs end.")
@click.option(
    "--sbatch",
    "directives",
    multiple=True,
    metavar="OPTION",
    help="An option for sbatch, such as --sbatch=--partition=teaching; may stand several times.",
)
@click.option("--interface", help="The network card by which jobs reach this machine.")
@click.option("--port", default=8786, show_default=True, help="Where the scheduler listens.")
@click.option("--show", is_flag=True, help="Print a job's script, and ask for none.")
def main(show: bool, **options) -> None:
    """Start a scheduler here and workers as jobs of Slurm, until Ctrl-C."""
    cluster = start(**options | ({"jobs": 0} if show else {}))
    try:
        if show:
            click.echo(cluster.job_script())
            return
        click.echo(
            f"{options['jobs']} jobs are asked for. Grade with\n  casebook grade ASSIGNMENT "
            f"--scheduler {cluster.scheduler_address} --tls-ca ... --tls-cert ... --tls-key ...\n"
            "Ctrl-C ends the workers.",
        )
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        click.echo("Ending.")
    finally:
        cluster.close()


if __name__ == "__main__":
    main()
