"""Fixtures of the tests of the sandbox."""

import os

import kernels
import postgres
import pytest

from casebook_grader.sandbox import Sandbox


@pytest.fixture(scope="module")
def small_sandbox():
    """A sandbox with small limits."""
    os.environ["CASEBOOK_SECRET"] = "from the host"
    with Sandbox(kernels.SMALL) as sandbox:
        yield sandbox
    del os.environ["CASEBOOK_SECRET"]


@pytest.fixture(scope="module")
def resident(small_sandbox):
    """A kernel that tests share which leave it as it was."""
    kernel = small_sandbox.start_kernel(small_sandbox.new_folder())
    yield kernel
    kernel.kill()


@pytest.fixture
def kernel(small_sandbox):
    """A kernel of the test's own."""
    kernel = small_sandbox.start_kernel(small_sandbox.new_folder())
    yield kernel
    kernel.kill()


@pytest.fixture(scope="session")
def postgres_server():
    """The address of a PostgreSQL server; `postgres.new_database` makes databases on it."""
    if postgres.programs() is None:
        pytest.skip("PostgreSQL is not installed")
    with postgres.server() as address:
        yield address
