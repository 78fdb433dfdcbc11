"""Workers: results come back, what ends a worker is tried once more, alone, and said."""

import clusters
import jobs
import pytest

from casebook_grader.cluster import (
    Cluster,
    WorkerLost,
    local_workers,
    remote_workers,
    workers_here,
)
from casebook_grader.course import CourseError


@pytest.fixture(scope="module")
def workers():
    with local_workers(2) as workers:
        yield workers


def collect(workers):
    """What came of everything that was started."""
    found = {}
    while workers:
        key, result = workers.next()
        found[key] = result
    return found


def test_each_task_is_answered_under_its_key(workers):
    for number in range(5):
        workers.start(f"task {number}", jobs.double, number)
    assert len(workers) == 5
    assert collect(workers) == {f"task {number}": 2 * number for number in range(5)}
    assert len(workers) == 0


def test_few_tasks_wait_whatever_the_class(workers):
    started = 0
    while workers.have_room():
        workers.start(f"task {started}", jobs.slowly, 0.01)
        started += 1
    assert (workers.number, workers.machines, started) == (2, 1, 6)
    assert set(collect(workers).values()) == {"done"}


def test_what_a_task_raises_is_its_answer_alone(workers):
    workers.start("bad", jobs.fail, "no")
    workers.start("good", jobs.double, 1)
    found = collect(workers)
    assert isinstance(found["bad"], ValueError)
    assert found["good"] == 2


def test_what_ends_its_worker_is_run_again_alone_and_costs_no_other(workers):
    workers.start("deadly", jobs.end_the_worker, None)
    for number in range(4):
        workers.start(f"task {number}", jobs.slowly, 0.1)
    found = collect(workers)
    assert isinstance(found.pop("deadly"), WorkerLost)
    assert found == {f"task {number}": "done" for number in range(4)}


def test_a_worker_that_ended_once_costs_nothing(workers, tmp_path):
    workers.start("unlucky", jobs.end_the_worker_once, str(tmp_path / "marker"))
    assert collect(workers) == {"unlucky": "ran"}


def test_this_machine_runs_at_least_one_and_at_most_a_notebook_a_core(monkeypatch):
    assert workers_here() >= 1
    monkeypatch.setattr("casebook_grader.cluster.CPU_COUNT", 64)
    monkeypatch.setattr("casebook_grader.cluster.MEMORY_LIMIT", 5 * 2**30)
    assert workers_here() == 5
    monkeypatch.setattr("casebook_grader.cluster.MEMORY_LIMIT", 1000)
    assert workers_here() == 1


def test_a_cluster_that_exists_goes_on_afterwards():
    with clusters.started(threads=1, processes=False) as cluster:
        for number in (1, 2):
            with remote_workers(cluster) as workers:
                workers.start("task", jobs.double, number)
                assert collect(workers) == {"task": 2 * number}


@pytest.mark.parametrize(
    ("cluster", "words"),
    [
        (Cluster("tcp://127.0.0.1:9"), "no scheduler answers at tcp://127.0.0.1:9"),
        (Cluster("nonsense"), "no scheduler answers at nonsense"),
        (Cluster("tls://127.0.0.1:9"), "takes --tls-ca FILE; none was given"),
    ],
)
def test_a_cluster_that_is_not_there(cluster, words, monkeypatch):
    monkeypatch.setattr("casebook_grader.cluster._CONNECT_SECONDS", 1)
    with pytest.raises(CourseError, match=words), remote_workers(cluster):
        pass


def test_files_of_tls_that_do_not_fit_the_address(tmp_path):
    with pytest.raises(CourseError, match="begins with tls://"):
        Cluster("tcp://127.0.0.1:8786", tmp_path / "ca.pem").security()
    with pytest.raises(CourseError, match="found no file"):
        Cluster("tls://127.0.0.1:8786", tmp_path / "ca.pem").security()
