"""Hostile code in the warm sandbox: what it can use up.

Every bomb here is bounded by limits that are small, and would end by itself.
"""

import contextlib
import os
import queue
import shutil
import textwrap

import pytest
from kernels import MEMORY_BOMBS, SMALL, grow, run, until

from casebook_grader import watchdog
from casebook_grader.limits import MB

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not shutil.which("bwrap"), reason="bubblewrap is not installed"),
]


def test_a_huge_message_does_not_reach_the_grader(kernel):
    code = """
        kernel, text = get_ipython().kernel, {"name": "stdout", "text": "x" * 70_000_000}
        kernel.session.send(kernel.iopub_socket, "stream", text, parent=kernel.get_parent("shell"))
    """
    kernel.client.execute(textwrap.dedent(code))
    received = []
    with contextlib.suppress(queue.Empty):
        while True:
            received.append(kernel.client.get_iopub_msg(timeout=3))
    assert received
    assert max(len(str(message["content"])) for message in received) < 1000


def test_a_fork_bomb_is_bounded_and_ended(kernel):
    code = """
        import os, time
        try:
            for _ in range(30):  # would end at 2**30
                os.fork()
        finally:
            time.sleep(60)
    """
    why, most, _ = grow(kernel, code)
    assert why == "processes"
    assert SMALL.processes < most <= SMALL.rlimits()["RLIMIT_NPROC"]


def test_a_thread_bomb_is_bounded(kernel):
    code = """
        import threading, time
        threads = []
        try:
            for _ in range(2_000):
                threads.append(threading.Thread(target=time.sleep, args=(5,), daemon=True))
                threads[-1].start()
        except RuntimeError as error:
            print(len(threads), error)
    """
    said = run(kernel, code)
    assert said.endswith("can't start new thread")
    assert int(said.split()[0]) <= SMALL.rlimits()["RLIMIT_NPROC"]


@pytest.mark.parametrize("code", MEMORY_BOMBS.values(), ids=MEMORY_BOMBS)
def test_a_memory_bomb_is_ended(kernel, code):
    why, _, largest = grow(kernel, code)
    assert why == "memory"
    assert largest < 2_500 * MB


def test_memory_shared_with_the_zygote_is_not_counted(kernel):
    code = """
        import os, time
        children = []
        for _ in range(8):  # each shares the 350 MB of its parent
            children.append(os.fork())
            if children[-1] == 0:
                time.sleep(1.5)
                os._exit(0)
        for child in children:
            os.waitpid(child, 0)
        print("done")
    """
    assert run(kernel, code) == "done"


def test_memory_of_no_process_is_bounded(kernel):
    code = """
        import ctypes
        libc = ctypes.CDLL(None)
        print(libc.shmget(0, ctypes.c_size_t(100_000_000), 0o1600), libc.memfd_create(b"bomb", 0))
        for folder in ("/tmp", "/dev/shm"):
            try:
                open(f"{folder}/bomb", "wb").write(b"x" * 50_000_000)
                print("written")
            except OSError as error:
                print(error.strerror)
    """
    assert run(kernel, code) == "-1 -1\nNo space left on device\nNo space left on device"


DISK_BOMBS = {
    "large files": """
        import time
        for number in range(20):
            with open(f"bomb{number}", "wb") as file:
                file.write(b"x" * 50_000_000)
        time.sleep(30)
    """,
    "its own folder": """
        import os, time
        for number in range(20):
            with open(f"{os.environ['TMPDIR']}/bomb{number}", "wb") as file:
                file.write(b"x" * 50_000_000)
        time.sleep(30)
    """,
    "unnamed files": """
        import tempfile, time
        held = [tempfile.TemporaryFile(dir=".") for _ in range(20)]
        for file in held:
            file.write(b"x" * 50_000_000)
        time.sleep(30)
    """,
    "unnamed and hidden files": """
        import ctypes, tempfile, time
        ctypes.CDLL(None).prctl(4, 0, 0, 0, 0)  # not dumpable: /proc/self/fd belongs to root
        held = [tempfile.TemporaryFile(dir=".") for _ in range(20)]
        for file in held:
            file.write(b"x" * 50_000_000)
        time.sleep(30)
    """,
    "many files": """
        import time
        for number in range(2_000):
            open(f"bomb{number}", "w").close()
        time.sleep(30)
    """,
    "a hidden folder": """
        import os, time
        os.mkdir("hidden", 0o300)
        time.sleep(30)
    """,
    "a deep folder": """
        import os, time
        for _ in range(400):
            os.mkdir("x" * 200)
            os.chdir("x" * 200)
        time.sleep(30)
    """,
}


@pytest.mark.parametrize("name", DISK_BOMBS)
def test_a_disk_bomb_is_ended(small_sandbox, name):
    if name == "a hidden folder" and os.geteuid() == 0:
        pytest.skip("nothing is hidden from root")
    kernel = small_sandbox.start_kernel(small_sandbox.new_folder())
    try:
        assert grow(kernel, DISK_BOMBS[name])[0] == "disk"
    finally:
        kernel.kill()
        small_sandbox.remove_folder(kernel.folder)
    assert not kernel.folder.exists()


def test_open_files_and_their_size_are_bounded(kernel):
    code = """
        held = []
        try:
            while len(held) < 10_000:
                held.append(open("/dev/null"))
        except OSError as error:
            count = len(held)
            held.clear()
            print(count < 256, error.strerror)
        try:
            open("large", "wb").write(b"x" * 70_000_000)
        except OSError as error:
            print(error.strerror)
    """
    assert run(kernel, code) == "True Too many open files\nFile too large"
    assert run(kernel, "print(1)") == "1"


def test_a_kernel_that_cannot_be_watched_is_ended(kernel, monkeypatch, caplog):
    broken = kernel.process
    monkeypatch.setattr(watchdog, "exceeded", lambda process, *_: process == broken and 1 / 0)
    assert until(lambda: kernel.why) == "unwatched"
    assert "ZeroDivisionError" in caplog.text
