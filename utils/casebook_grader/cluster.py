"""Workers that run notebooks: on the cores of this machine, or on a cluster that exists.

Each machine has one worker process with a thread for each notebook at a time, since all of them
share one warm sandbox. What travels is encrypted, here too: whoever can talk to a scheduler can run
code on its workers.
"""

import contextlib
import logging
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from dataclasses import dataclass
from pathlib import Path

import dask
import psutil
from dask.system import CPU_COUNT
from distributed import Client, Future, KilledWorker, LocalCluster, Security, as_completed
from distributed.comm import CommClosedError
from distributed.system import MEMORY_LIMIT

from casebook_grader.course import CourseError
from casebook_grader.limits import GB

_MEMORY_OF_A_WORKER = GB  # of its two kernels, both at work; a quarter of a gigabyte is shared
_AHEAD = 2  # tasks for each thread that wait at a worker
_CONNECT_SECONDS = 30
_LOOK_SECONDS = 5  # between two looks at how many threads there are
_LOCAL = {
    "distributed.scheduler.allowed-failures": 0,  # `Workers` runs a task again, alone
    "distributed.scheduler.http.routes": [],  # no pages that anybody on this machine could read
    "distributed.worker.http.routes": [],
    "distributed.worker.profile.enabled": False,  # nobody looks at what they would measure
    "distributed.admin.system-monitor.interval": "10s",
    "distributed.admin.tick.interval": "1s",
}


class WorkerLost(Exception):
    """A task's worker ended twice while it ran, the second time alone."""


@dataclass(frozen=True)
class Cluster:
    """A cluster that exists.

    Attributes:
        scheduler: Address of its scheduler, such as tls://10.0.0.1:8786.
        authority, certificate, key: Files for TLS: the certificate of the authority that both
            sides trust, and this machine's certificate and key.
    """

    scheduler: str
    authority: Path | None = None
    certificate: Path | None = None
    key: Path | None = None

    def security(self) -> Security:
        """The credentials, as distributed takes them.

        Raises:
            CourseError: TLS is asked for and a file of it is missing.
        """
        files = {"tls-ca": self.authority, "tls-cert": self.certificate, "tls-key": self.key}
        if not self.scheduler.startswith("tls://"):
            if any(files.values()):
                raise CourseError(
                    f"the scheduler's address is {self.scheduler}; with TLS files expected one "
                    "that begins with tls://"
                )
            return Security(require_encryption=False)
        for name, file in files.items():
            if file is None or not file.is_file():
                found = "none was given" if file is None else f"found no file {file}"
                raise CourseError(f"a scheduler at tls:// takes --{name} FILE; {found}")
        return Security(
            require_encryption=True,
            tls_ca_file=str(self.authority),
            tls_client_cert=str(self.certificate),
            tls_client_key=str(self.key),
        )


def workers_here() -> int:
    """How many notebooks this machine can run at a time: as its cores and its memory allow."""
    free = min(psutil.virtual_memory().available, MEMORY_LIMIT)
    return max(1, min(CPU_COUNT, free // _MEMORY_OF_A_WORKER))


@contextlib.contextmanager
def local_workers(number: int | None = None) -> Iterator["Workers"]:
    """Workers on this machine, which end with the block.

    Args:
        number: How many notebooks run at a time; by default as many as `workers_here`.
    """
    number = number or workers_here()
    with (
        dask.config.set(_LOCAL),
        _quiet(),
        LocalCluster(
            n_workers=1,
            threads_per_worker=number,
            security=True,
            memory_limit=0,  # the sandbox has limits of its own
            dashboard_address="127.0.0.1:0",
        ) as cluster,
        Client(cluster) as client,
    ):
        yield Workers(client)


@contextlib.contextmanager
def remote_workers(cluster: Cluster) -> Iterator["Workers"]:
    """The workers of a cluster that exists, which goes on after the block.

    Raises:
        CourseError: It cannot be reached, or has no worker.
    """
    security = cluster.security()
    with _quiet():
        try:
            client = Client(cluster.scheduler, security=security, timeout=_CONNECT_SECONDS)
        except (OSError, ValueError, TimeoutError) as error:
            raise CourseError(
                f"no scheduler answers at {cluster.scheduler} ({error}). Is it started, and do the "
                "TLS files fit?"
            ) from None
    with _quiet(), client:
        try:
            client.wait_for_workers(1, timeout=_CONNECT_SECONDS)
        except TimeoutError:
            raise CourseError(
                f"the scheduler at {cluster.scheduler} has no worker. Start some: dask worker "
                f"{cluster.scheduler} --nworkers 1 --nthreads <cores> --memory-limit 0"
            ) from None
        yield Workers(client)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep what distributed logs from the instructor: what matters is raised, or retried."""
    logger = logging.getLogger("distributed")
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.setLevel(level)


@contextlib.contextmanager
def _scheduler_needed() -> Iterator[None]:
    """Turn what goes wrong where there is no scheduler any more into CourseError."""
    try:
        yield
    except (CancelledError, CommClosedError, OSError, TimeoutError):
        raise CourseError(
            "the scheduler is gone. What was graded is kept; grade again to go on"
        ) from None


class Workers:
    """Runs tasks, as many at a time as there are threads, and a few that wait.

    A task whose worker ended is run once more, when nothing else runs. So whose worker ends again
    has ended it, or has had bad luck twice.

    Args:
        client: Connected with a scheduler.
    """

    def __init__(self, client: Client):
        """Run nothing yet."""
        self._client = client
        self._threads: dict[str, int] = {}
        self._looked = -_LOOK_SECONDS
        self._running: dict[Future, tuple[str, Callable, object]] = {}
        self._completed = as_completed(loop=client.loop)
        self._lost: deque[tuple[str, Callable, object]] = deque()
        self._alone: str | None = None  # the key of a lost task that runs again

    def __len__(self) -> int:
        """How many tasks run, or wait to be run."""
        return len(self._running) + len(self._lost)

    @property
    def number(self) -> int:
        """How many tasks can run at a time."""
        return max(1, sum(self._look().values()))

    @property
    def machines(self) -> int:
        """How many machines they run on."""
        return len({address.rsplit(":", 1)[0] for address in self._look()})

    def _look(self) -> dict[str, int]:
        """The number of threads of each worker, by its address; workers come and go."""
        if time.monotonic() - self._looked > _LOOK_SECONDS:
            with _scheduler_needed():
                self._threads = self._client.nthreads()
            self._looked = time.monotonic()
        return self._threads

    def have_room(self) -> bool:
        """Whether another task may be given: memory does not grow with the class."""
        return self._alone is None and len(self._running) < self.number * (1 + _AHEAD)

    def start(self, key: str, function: Callable, argument: object) -> None:
        """Have a worker call a function; `next` returns what came of it.

        Args:
            key: Names the task; no other that runs has it.
            function: What is called; workers import it by its name.
            argument: What it is given; it is pickled.

        Raises:
            CourseError: The scheduler is gone.
        """
        with _scheduler_needed():
            # Not a key of dask's own: it would give back what another run is still holding.
            future = self._client.submit(function, argument, pure=False)
            self._completed.add(future)
        self._running[future] = (key, function, argument)

    def next(self) -> tuple[str, object]:
        """Wait for a task; return its key, and what its function returned or why it did not.

        Returns:
            The key, and the result, or an exception: `WorkerLost`, or what the function raised.

        Raises:
            CourseError: The scheduler is gone.
        """
        while True:
            if not self._running:
                task = self._lost.popleft()
                self._alone = task[0]
                self.start(*task)
            with _scheduler_needed():
                future = next(self._completed)
                error = future.exception()
            task = self._running.pop(future)
            key, alone, self._alone = task[0], self._alone == task[0], None
            if error is None:
                with _scheduler_needed():
                    return key, future.result()
            if not isinstance(error, KilledWorker):
                return key, error
            if alone:
                return key, WorkerLost(str(error))
            self._lost.append(task)
