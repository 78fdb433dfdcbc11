"""A machine with The Littlest JupyterHub as far as our files can tell, and a real JupyterHub on it.

The machine is this one with other accounts, with folders of its own in place of /opt and /srv, and
with a way to Python and the course where these lie in somebody's closed folder: nothing has to be
made and removed again. What The Littlest JupyterHub would bring (systemd, its proxy, its
environments) has stand-ins; JupyterHub itself, the servers that it starts for each user, and all
files of `casebook_grader/deployment/` are real.
"""

import os
import shutil
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import banks
import labs
import pytest

PASSWORD = "p"
PROXY = "configurable-http-proxy"
NEEDS_HUB = [
    pytest.mark.skipif(os.getuid() != 0, reason="only root can act as several users"),
    *(
        pytest.mark.skipif(shutil.which(name) is None, reason=f"{name} is not installed")
        for name in ("bwrap", PROXY)
    ),
]
_FIRST = 30001  # the number of the first account
# Does what set-up asks of Python, pip and apt-get without loading anything.
_PYTHON = f"""#!/bin/sh
case "$*" in
    "-m venv "*) mkdir -p "$3/bin" && ln -s "$0" "$3/bin/python" ;;
    *"-m pip "*|*environment.py*) echo "$@" >> /srv/installed ;;
    *) exec "{sys.executable}" "$@" ;;
esac
"""
# The last lines before the snippet are what The Littlest JupyterHub says of its own.
_SETTINGS = """
c.JupyterHub.bind_url = "http://127.0.0.1:{ports[0]}"
c.JupyterHub.hub_port = {ports[1]}
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{ports[2]}"
c.JupyterHub.authenticator_class = "dummy"
c.DummyAuthenticator.password = "{password}"
c.Authenticator.allow_all = True
c.Authenticator.admin_users = {{"{instructor}"}}
c.JupyterHub.db_url = "sqlite://"
c.Spawner.default_url = "/lab"
c.Spawner.environment = {{"JUPYTERHUB_SINGLEUSER_APP": "jupyter_server.serverapp.ServerApp"}}
load_subconfig("/opt/tljh/config/jupyterhub_config.d/casebook.py")
"""


class Machine:
    """What root and the users of one machine do.

    Attributes:
        folder: Where all of it lies, readable by everybody.
        users: Names of the accounts; the first is the instructor's.
    """

    def __init__(self, folder: Path, users: tuple[str, ...]):
        """Make the accounts and their homes."""
        self.folder, self.users = folder, users
        passwd = Path("/etc/passwd").read_text()
        for number, user in enumerate(users, start=_FIRST):
            passwd += f"{user}:x:{number}:{number}::{self.home(user)}:/bin/sh\n"
            self.home(user).mkdir(parents=True, mode=0o700)
            os.chown(self.home(user), number, number)
        (folder / "passwd").write_text(passwd)
        for name in ("opt", "srv", "bin"):
            (folder / name).mkdir()
        for name in ("apt-get", "tljh-config"):
            (folder / "bin" / name).symlink_to("/bin/true")
        (folder / "srv" / "installed").touch()
        (folder / "srv" / "installed").chmod(0o666)
        for name in ("hub", "user"):
            python = folder / "opt" / "tljh" / name / "bin" / "python"
            python.parent.mkdir(parents=True)
            python.write_text(_PYTHON)
            python.chmod(0o755)

    def home(self, user: str) -> Path:
        """A user's own folder."""
        return self.folder / "home" / user

    def own(self, user: str, *paths: Path) -> None:
        """Give files to a user, with all that is in them."""
        number = _FIRST + self.users.index(user)
        for path in paths:
            for found in (path, *path.rglob("*")):
                os.chown(found, number, number, follow_symlinks=False)

    def command(self, *words: str) -> list[str]:
        """The command that runs another one on this machine, as root."""
        inside = ["bwrap", "--bind", "/", "/", "--dev-bind", "/dev", "/dev", "--cap-add", "ALL"]
        inside += ["--die-with-parent", "--ro-bind", str(self.folder / "passwd"), "/etc/passwd"]
        for name in ("opt", "srv"):
            inside += ["--bind", str(self.folder / name), f"/{name}"]
        needed = [Path(sys.base_prefix), banks.ROOT, Path(sys.prefix), self.folder]
        covers = {_closed(path) for path in needed} - {None}
        covers |= {path for path in (Path("/etc/jupyter"),) if path.exists()}
        for path in covers:
            inside += ["--tmpfs", str(path)]
        covers |= {Path("/opt"), Path("/srv")}
        for path in needed:
            if covers & set(path.parents):
                for above in reversed(path.parents[:-2]):  # which all may pass
                    inside += ["--dir", str(above), "--chmod", "0755", str(above)]
                inside += ["--bind", str(path), str(path)]
        search = f"{self.folder / 'bin'}:{sys.prefix}/bin:{os.environ['PATH']}"
        return [*inside, "--setenv", "PATH", search, *words]

    def act(self, user: str, folder: Path, *words: str) -> str:
        """Run a command as a user; return what it says."""
        number = str(_FIRST + self.users.index(user))
        drop = ["setpriv", f"--reuid={number}", f"--regid={number}", "--clear-groups"]
        done = subprocess.run(
            self.command("--chdir", str(folder), *drop, *words),
            env={**os.environ, "HOME": str(self.home(user)), "CASEBOOK_EXCHANGE": _exchange()},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    @contextmanager
    def hub(self):
        """Start JupyterHub; give its address, and end it with all that it started."""
        ports = _free_ports(3)
        settings = self.folder / "jupyterhub_config.py"
        settings.write_text(
            _SETTINGS.format(ports=ports, password=PASSWORD, instructor=self.users[0])
        )
        log = self.folder / "hub.log"
        command = [sys.executable, "-m", "jupyterhub", "--config", str(settings)]
        command = self.command("--unshare-pid", "--proc", "/proc", "--chdir", "/srv", *command)
        with open(log, "w") as file:
            server = subprocess.Popen(command, stdout=file, stderr=file)
        try:
            address = f"http://127.0.0.1:{ports[0]}"
            labs.wait_for(f"{address}/hub/api/", server, log, tries=300)
            yield address
        finally:
            server.kill()  # and with it all processes of its namespace
            server.wait(60)


def _closed(path: Path) -> Path | None:
    """The outermost folder around a path that others may not pass; None if they reach it."""
    around = reversed(path.resolve().parents)
    return next((folder for folder in around if not folder.stat().st_mode & 0o001), None)


def _exchange() -> str:
    from casebook_grader.deployment.jupyterhub_config import EXCHANGE

    return EXCHANGE


def _free_ports(count: int) -> list[int]:
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in held]
    for each in held:
        each.close()
    return ports
