"""Starts JupyterLab, as learners do with `casebook start`, and a browser that looks at it."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
NEEDS_CHROMIUM = pytest.mark.skipif(not CHROMIUM.exists(), reason="chromium is not installed")
TOKEN = "t"
START = ("casebook", "start")


@contextmanager
def started(course: Path, *options: str, command: Sequence[str] = START):
    """Start JupyterLab on a course; give its address, and end it.

    Args:
        course: The course's folder.
        options: More words of the command.
        command: A module of Python, and its words.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = course / "jupyter"  # not the settings of whoever runs the tests
    folders = {f"JUPYTER_{name}_DIR": str(own / name) for name in ("CONFIG", "DATA", "RUNTIME")}
    command = [sys.executable, "-m", *command, *options]
    command += ["--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}"]
    command += ["--ServerApp.port_retries=0", f"--IdentityProvider.token={TOKEN}"]
    command += [f"--LabApp.user_settings_dir={own / 'settings'}"]
    command += [f"--LabApp.workspaces_dir={own / 'workspaces'}"]
    log = course / "lab.log"
    with open(log, "w") as file:
        environment = {**os.environ, **folders}
        server = subprocess.Popen(command, cwd=course, env=environment, stdout=file, stderr=file)
    try:
        address = f"http://127.0.0.1:{port}"
        wait_for(f"{address}/api", server, log)
        yield address
    finally:
        server.terminate()
        server.wait(60)


def wait_for(address: str, server: subprocess.Popen, log: Path, tries: int = 600) -> None:
    """Wait until a server answers at an address; fail with its log where it ends instead."""
    for _ in range(tries):
        try:
            urllib.request.urlopen(address, timeout=10).close()
            return
        except OSError:
            assert server.poll() is None, log.read_text()
            time.sleep(0.2)


@contextmanager
def browser():
    """Start Chromium; give Playwright's handle of it."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield chromium
        chromium.close()
