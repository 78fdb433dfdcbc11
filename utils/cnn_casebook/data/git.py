"""Runs git on anybody's repositories: no shell, no user settings, no questions, an end in time.

What a repository contains is its owner's choice. So nothing that it carries is started here: no
hook, no submodule, no filter; a symbolic link becomes a small text file.
"""

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path

# Settings for each call. They stand above all files of settings, which are not read anyway.
_SETTINGS = {
    "core.hooksPath": os.devnull,
    "core.fsmonitor": "false",
    "core.symlinks": "false",
    "core.autocrlf": "false",  # a checksum is one of bytes
    "core.longPaths": "true",
    "credential.helper": "",
    "init.templateDir": "",
    "submodule.recurse": "false",
    "fetch.recurseSubmodules": "false",
    "filter.lfs.smudge": "",
    "filter.lfs.process": "",
    "filter.lfs.required": "false",
    "protocol.allow": "never",
    "protocol.file.allow": "always",
    "protocol.https.allow": "always",
    "safe.directory": "*",  # hooks and filters are off, so another owner's folder does no harm
    "commit.gpgSign": "false",
    "tag.gpgSign": "false",
    "advice.detachedHead": "false",
}

# What git says (in English: LC_ALL=C), the exception that says it here, and what to do.
_ERRORS = (
    (
        r"could not resolve|couldn't resolve|failed to connect|couldn't connect|could not connect"
        r"|network is unreachable|connection (?:timed out|refused|reset)|no route to host"
        r"|operation timed out|proxy connect aborted",
        ConnectionError,
        "the network does not answer. Check the connection, or clone a local copy by its path.",
    ),
    (
        r"transport '.*' not allowed",
        ValueError,
        "only https addresses and local paths are allowed here.",
    ),
    (
        r"not our ref|reference is not a tree|unable to read tree|did not match any|path argument"
        r"|unknown revision|needed a single revision|bad object|invalid reference|bad revision",
        ValueError,
        "the repository has no such revision. Compare it with the source that named it to you, "
        "digit by digit.",
    ),
    (
        r"already exists and is not an empty directory",
        FileExistsError,
        "the destination is not empty. Choose another folder, or delete this one yourself.",
    ),
    (
        r"not a git repository",
        FileNotFoundError,
        "the folder is not a git repository: nothing was cloned there.",
    ),
    (
        r"does not exist|not found|does not appear to be|terminal prompts disabled"
        r"|could not read (?:username|from remote)|error: 40[134]"
        r"|not a valid bundle|bad bundle|not recognized",
        FileNotFoundError,
        "there is no repository at this address, or none that is public. Look for a slip in the "
        "address.",
    ),
)


def run(
    *arguments: str | Path,
    folder: str | Path | None = None,
    timeout: float = 60,
    variables: Mapping[str, str] | None = None,
) -> str:
    """Run one git command and return what it printed.

    Args:
        arguments: The command's words, such as `"rev-parse", "HEAD"`. They reach git as they are;
            no shell reads them. Put `"--"` before what somebody else has chosen and could begin
            with a dash.
        folder: The repository to work in; None for commands that need none, such as clone.
        timeout: Seconds after which git is stopped.
        variables: Environment variables to add, such as GIT_AUTHOR_NAME for a commit.

    Returns:
        What git wrote to its standard output, without white space at the ends.

    Raises:
        ConnectionError: The network does not answer.
        FileNotFoundError: There is no repository at the address, or none in the folder.
        FileExistsError: The destination of a clone is not empty.
        ValueError: The repository has no such revision, or the address is of a forbidden kind.
        TimeoutError: Git took longer than the timeout.
        RuntimeError: Git is not installed, or failed for another reason.

    Example:
        >>> run("version").startswith("git version")
        True
    """
    words = [str(argument) for argument in arguments]
    git = shutil.which("git")
    if git is None:
        raise RuntimeError(
            "git is not installed, or not on the PATH. Get it from https://git-scm.com/downloads, "
            "then restart Jupyter."
        )
    environment = _environment() | dict(variables or {})
    if folder is not None:
        folder = Path(folder).resolve()
        if not folder.is_dir():
            raise FileNotFoundError(f"git {words[0]}: there is no folder {folder}.")
        # Without this git would climb up and take the repository of the course itself.
        environment["GIT_CEILING_DIRECTORIES"] = str(folder.parent)
    settings = [part for name, value in _SETTINGS.items() for part in ("-c", f"{name}={value}")]
    process = subprocess.Popen(
        [git, *settings, *words],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        output, errors = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        raise TimeoutError(
            f"git {words[0]} did not end within {timeout:g} seconds and was stopped. The network "
            "may be slow: try again with a longer timeout."
        ) from None
    finally:
        _stop(process)
    if process.returncode:
        raise _error(words, errors.decode(errors="replace"))
    return output.decode(errors="replace").strip()


def _environment() -> dict[str, str]:
    """The caller's environment without anything that steers git, and with what keeps it quiet.

    The file of certificates stays: where a network has its own, no https address works without.
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("GIT_") or name == "GIT_SSL_CAINFO"
    }
    return kept | {
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_LFS_SKIP_SMUDGE": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "LC_ALL": "C",
    }


def _stop(process: subprocess.Popen) -> None:
    """End git and whatever it started, if it still runs."""
    if process.poll() is None:
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
        process.wait()
    process.stdout.close()
    process.stderr.close()


def _error(words: list[str], output: str) -> Exception:
    """Turn what git wrote into the exception that fits, with what to do."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    quoted = " / ".join(lines[-3:]) or "nothing"
    for pattern, kind, advice in _ERRORS:
        if re.search(pattern, output, re.IGNORECASE):
            return kind(f"git {words[0]}: {advice} (git said: {quoted})")
    return RuntimeError(f"git {words[0]} failed. (git said: {quoted})")
