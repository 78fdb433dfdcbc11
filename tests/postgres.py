"""A PostgreSQL server of the tests' own: started in a scratch folder, reached by a socket there."""

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy

# What a test server need not do: survive the machine's end.
_HASTY = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c listen_addresses=''"


def programs() -> Path | None:
    """The folder of the server's programs; None where PostgreSQL is not installed."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"))  # Debian keeps them off the path
    return next((folder for folder in reversed(folders) if (folder / "initdb").exists()), None)


@contextlib.contextmanager
def server() -> Iterator[sqlalchemy.URL]:
    """Start a server; give the address of its first, empty database; end it."""
    folder = Path(tempfile.mkdtemp(prefix="pg"))  # short: a socket's path has 107 bytes at most
    as_user = []
    if os.geteuid() == 0:  # the server refuses to run as root
        nobody = pwd.getpwnam("nobody")
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
        as_user = ["setpriv", f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}"]
        as_user.append("--clear-groups")

    def run(program: str, *arguments: str) -> None:
        command = [*as_user, str(programs() / program), f"--pgdata={folder / 'data'}", *arguments]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr

    try:
        run("initdb", "--username=grader", "--auth=trust", "--no-sync", "--encoding=UTF8")
        log = f"--log={folder / 'log'}"
        run("pg_ctl", "start", "--wait", log, f"--options=-k {folder} {_HASTY}")
        try:
            yield sqlalchemy.URL.create(
                "postgresql+psycopg",
                username="grader",
                database="postgres",
                query={"host": str(folder)},
            )
        finally:
            run("pg_ctl", "stop", "--wait", "--mode=immediate")
    finally:
        shutil.rmtree(folder)


def new_database(server: sqlalchemy.URL, name: str) -> str:
    """Make an empty database; return its address as nbgrader's settings name it."""
    engine = sqlalchemy.create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f'CREATE DATABASE "{name}"')
    engine.dispose()
    return server.set(database=name).render_as_string(hide_password=False)
