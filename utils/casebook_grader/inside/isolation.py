"""Isolates a fork of the zygote: new namespaces, folders of its own, limits, no capabilities.

    python -m casebook_grader.inside.isolation [USER]

tries whether that is possible here. It is asked before anything else, so this module imports the
standard library alone. What it does are calls of Linux's own, by ctypes.
"""

import contextlib
import ctypes
import os
import resource
import sys

_LIBC = ctypes.CDLL(None, use_errno=True)

# Source: <linux/sched.h>, <sys/mount.h>, <linux/prctl.h>, <linux/capability.h>.
_NEWNS, _NEWUTS, _NEWIPC = 0x00020000, 0x04000000, 0x08000000
_NEWUSER, _NEWPID, _NEWNET = 0x10000000, 0x20000000, 0x40000000
_RDONLY, _NOSUID, _NODEV, _NOEXEC = 1, 2, 4, 8
_BIND, _REC, _PRIVATE = 0x1000, 0x4000, 0x40000
_SET_DUMPABLE, _CAPBSET_DROP, _SET_CHILD_SUBREAPER, _SET_NO_NEW_PRIVS = 4, 24, 36, 38
_CAPABILITY_VERSION_3 = 0x20080522


def probe(user: int | None) -> None:
    """Raise OSError unless a fork could be isolated."""
    enter_namespaces(user)
    child = os.fork()
    if child == 0:
        _mount("tmpfs", "/tmp")
        os._exit(0)
    if os.waitpid(child, 0)[1] != 0:
        raise PermissionError("nothing can be mounted in a new namespace")


def enter_namespaces(user: int | None) -> None:
    """Become this user, if there is one, and leave all namespaces of the zygote."""
    if user is not None:
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    user, group = os.getuid(), os.getgid()
    _call("prctl", _SET_DUMPABLE, 1, 0, 0, 0)  # or /proc/self belongs to root
    _call("unshare", _NEWUSER | _NEWNS | _NEWPID | _NEWIPC | _NEWNET | _NEWUTS)
    _write("/proc/self/setgroups", "deny")
    _write("/proc/self/uid_map", f"{user} {user} 1")
    _write("/proc/self/gid_map", f"{group} {group} 1")


def keep_orphans() -> None:
    """Have what children of this process leave behind stay below it, where Linux can do that."""
    if hasattr(_LIBC, "prctl"):
        _call("prctl", _SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def end_first_without_memory() -> None:
    """Where memory runs out, have Linux end this process and its children before others."""
    if os.path.exists("/proc/self/oom_score_adj"):
        _write("/proc/self/oom_score_adj", "1000")


def forbid_namespaces() -> None:
    """Have no further user namespaces made in here."""
    with contextlib.suppress(OSError):  # a container may have made it read-only
        _write("/proc/sys/user/max_user_namespaces", "0")


def limit(name: str, value: int) -> None:
    """Set a limit of `resource.setrlimit` by its name, or what is allowed at most."""
    number = getattr(resource, name, None)  # macOS does not have them all
    if number is not None:
        most = resource.getrlimit(number)[1]
        value = value if most == resource.RLIM_INFINITY else min(value, most)
        resource.setrlimit(number, (value, value))


def show_own_folders_only(request: dict) -> None:
    """Show the kernel its two folders and nothing of other submissions.

    Args:
        request: As for `zygote.start`.
    """
    _mount(None, "/", flags=_REC | _PRIVATE)
    runs, hidden = request["runs"], request["hidden"]
    kept = {path: f"{os.path.dirname(hidden)}/kept/{i}" for i, path in enumerate(request["kept"])}
    for path, place in kept.items():
        _mount(None, place, source=path, flags=_BIND | _REC)
    for place in ("/tmp", "/dev/shm"):
        _mount("tmpfs", place, options=f"size={request['scratch']},mode=700")
    for path, place in kept.items():
        os.makedirs(path, exist_ok=True)
        _mount(None, path, source=place, flags=_BIND | _REC)
    os.makedirs(runs, exist_ok=True)
    _mount("tmpfs", runs, options="size=64k,mode=700")
    for folder in (request["folder"], request["private"]):
        os.makedirs(folder)
        source = os.path.join(hidden, os.path.relpath(folder, runs))
        _mount(None, folder, source=source, flags=_BIND)
    _mount("tmpfs", hidden, flags=_RDONLY)
    try:
        _mount("proc", "/proc", flags=_NOEXEC)
    except PermissionError:  # parts of the host's /proc are covered, as in a container
        _mount("tmpfs", "/proc", options="size=16k")
        os.mkdir("/proc/self")
        os.symlink(sys.executable, "/proc/self/exe")  # TensorFlow aborts without these two
        _write("/proc/self/cmdline", f"{sys.executable}\0")


def _mount(kind: str | None, place: str, source: str = "none", flags: int = 0, options: str = ""):
    kind = kind and kind.encode()
    flags |= _NOSUID | _NODEV if kind else 0
    _call("mount", os.fsencode(source), os.fsencode(place), kind, flags, options.encode())


def drop_capabilities() -> None:
    """Give up every capability, and the ways to get one back."""
    for number in range(64):
        if _LIBC.prctl(_CAPBSET_DROP, number, 0, 0, 0) != 0:
            break
    _call("prctl", _SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    _call("capset", ctypes.byref(header), (ctypes.c_uint32 * 6)())
    _call("prctl", _SET_DUMPABLE, 1, 0, 0, 0)


def _call(name: str, *arguments) -> None:
    """Call a function of the C library; raise OSError if it fails."""
    if getattr(_LIBC, name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name} {arguments[:2]}: {os.strerror(number)}")


def _write(path: str, text: str) -> None:
    with open(path, "w") as file:
        file.write(text)


if __name__ == "__main__":
    probe(int(sys.argv[1]) if sys.argv[1:] else None)
