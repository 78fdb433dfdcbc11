"""Machines with addresses of their own, made of namespaces: for tests of what crosses a network.

    with network("grader", "worker") as hosts:
        hosts["worker"].start(["python", "-m", "http.server"])
        hosts["grader"].run(["curl", "http://10.77.0.2:8000"])

A host has its own network, processes and mounts; folders that are named as hidden are empty there.
Hosts reach each other and nothing else. A host is all that its first process started: it ends with
that process, which ends with the test's.
"""

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

needs_hosts = pytest.mark.skipif(
    shutil.which("ip") is None,
    reason="iproute2 is not installed",
)
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root makes hosts of namespaces")

_NETWORK = "10.77.0"  # seen within the hosts alone


class Host:
    """One machine.

    Args:
        hidden: Folders whose place an empty one takes, which is the host's own.
    """

    def __init__(self, hidden: tuple[Path, ...] = ()):
        """Start its first process, in new namespaces."""
        self.address = ""
        cover = "".join(f"mount -t tmpfs none '{folder}' && " for folder in hidden)
        script = f"{cover}mount -t tmpfs none /mnt && ip link set lo up && echo up && read end"
        namespaces = ["unshare", "--net", "--mount", "--pid", "--fork", "--mount-proc"]
        self._first = subprocess.Popen(
            [*namespaces, "--kill-child=KILL", "sh", "-c", script],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        if self._first.stdout.readline() != "up\n":
            self.end()
            raise OSError("a host of namespaces did not start")
        (shell,) = psutil.Process(self._first.pid).children()
        self.pid = shell.pid

    def command(self, arguments: list[str]) -> list[str]:
        """The command that runs another one on this host; its own folder is /mnt."""
        enter = ["nsenter", "--target", str(self.pid), "--net", "--mount", "--pid", "--wd=/mnt"]
        return [*enter, "env", "TMPDIR=/mnt", *map(str, arguments)]

    def start(self, arguments: list[str], **options) -> subprocess.Popen:
        """Start a command on this host, with options of `subprocess.Popen`."""
        return subprocess.Popen(self.command(arguments), **options)

    def run(self, arguments: list[str], **options) -> subprocess.CompletedProcess:
        """Run a command on this host to its end, with options of `subprocess.run`."""
        return subprocess.run(self.command(arguments), text=True, capture_output=True, **options)

    def disconnect(self) -> None:
        """Pull its cable: nothing arrives any more, and nobody is told."""
        self._ip("link", "set", "eth0", "down")

    def end(self) -> None:
        """End all its processes at once, as where its power goes."""
        self._first.kill()
        self._first.communicate()

    def _ip(self, *arguments: str) -> None:
        subprocess.run(["nsenter", f"--net=/proc/{self.pid}/ns/net", "ip", *arguments], check=True)


@contextlib.contextmanager
def network(*names: str, hidden: dict[str, list[Path]] | None = None) -> Iterator[dict[str, Host]]:
    """Hosts by name; the first is 10.77.0.1, and all others are connected with it.

    Args:
        names: Their names.
        hidden: By host, folders that are empty there.
    """
    hosts: dict[str, Host] = {}
    try:
        for number, name in enumerate(names, start=1):
            host = hosts[name] = Host(tuple((hidden or {}).get(name, ())))
            host.address = f"{_NETWORK}.{number}"
            first = hosts[names[0]]
            if host is first:
                host._ip("link", "add", "eth0", "type", "bridge")
            else:
                peer = ["peer", "name", f"port{number}", "netns", str(first.pid)]
                host._ip("link", "add", "eth0", "type", "veth", *peer)
                first._ip("link", "set", f"port{number}", "master", "eth0", "up")
            host._ip("address", "add", f"{host.address}/24", "dev", "eth0")
            host._ip("link", "set", "eth0", "up")
        yield hosts
    finally:
        for host in hosts.values():
            host.end()
