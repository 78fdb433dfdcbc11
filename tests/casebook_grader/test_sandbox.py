"""Hostile code in the warm sandbox: what it can reach, what it can use up, what it leaves behind.

Every bomb here is bounded by limits that are small, and would end by itself.
"""

import contextlib
import os
import queue
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
from pathlib import Path

import psutil
import pytest
from jupyter_client.connect import write_connection_file

from casebook_grader import bubblewrap, limits
from casebook_grader.course import ROOT
from casebook_grader.kernels import remove
from casebook_grader.limits import MB, Limits
from casebook_grader.sandbox import Sandbox, SandboxError, require_sandbox

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not shutil.which("bwrap"), reason="bubblewrap is not installed"),
]

SMALL = Limits(
    memory=500 * MB,
    processes=40,
    open_files=256,
    file_size=60 * MB,
    disk=200 * MB,
    files=500,
    scratch=16 * MB,
)


def run(kernel, code, seconds=60):
    """Run code in a kernel; return what it prints, or its error as text."""
    said = []

    def listen(message):
        content = message["content"]
        said.append(content.get("text") or f"{content.get('ename', '')}: {content.get('evalue')}")

    kernel.client.execute_interactive(
        textwrap.dedent(code),
        timeout=seconds,
        allow_stdin=False,
        output_hook=lambda message: (
            listen(message) if message["msg_type"] in ("stream", "error") else None
        ),
    )
    return "".join(said).strip()


def until(condition, seconds=30):
    """Wait until a condition holds, and return its value."""
    end = time.monotonic() + seconds
    while not (value := condition()) and time.monotonic() < end:
        time.sleep(0.02)
    return value


def commands():
    """The command lines of all processes on this machine."""
    found = []
    for process in psutil.process_iter():
        try:
            found.append(" ".join(process.cmdline()))
        except psutil.Error:
            continue
    return found


@pytest.fixture(scope="module")
def sandbox():
    os.environ["CASEBOOK_SECRET"] = "from the host"
    with Sandbox(SMALL) as sandbox:
        yield sandbox
    del os.environ["CASEBOOK_SECRET"]


@pytest.fixture(scope="module")
def resident(sandbox):
    """A kernel that tests share which leave it as it was."""
    kernel = sandbox.start_kernel(sandbox.new_folder())
    yield kernel
    kernel.kill()


@pytest.fixture
def kernel(sandbox):
    kernel = sandbox.start_kernel(sandbox.new_folder())
    yield kernel
    kernel.kill()


def test_a_kernel_trains_a_network(kernel):
    code = """
        from cnn_casebook import runtime
        from cnn_casebook.data import datasets
        runtime.start(seed=0)
        import keras
        train, _ = datasets.digits()
        model = keras.Sequential([keras.layers.Flatten(), keras.layers.Dense(10)])
        model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
        model.fit(train.images[:200], train.labels[:200], epochs=1, verbose=0)
        print(model(train.images[:3]).shape)
    """
    assert run(kernel, code) == "(3, 10)"
    assert kernel.is_alive()
    assert kernel.why is None


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


def test_the_process_that_forks_has_one_thread(sandbox, resident):
    bwrap = psutil.Process(sandbox._zygote.pid)
    zygote = bwrap.children()[0].children()[0]
    assert "zygote.py" in " ".join(zygote.cmdline())
    assert zygote.num_threads() == 1


@pytest.mark.parametrize(
    "path",
    [
        str(ROOT / "solutions"),
        str(ROOT / "grading"),
        str(ROOT / "tests"),
        str(ROOT / "utils" / "casebook_grader"),
        str(Path.home() / ".bashrc"),
        "/home",
        "/etc/passwd",
        "/etc/shadow",
        "/sys",
        "/var",
        "/proc/1/root/casebook/runs/submission-1",
        "/proc/sys/fs/binfmt_misc/register",
    ],
)
def test_it_cannot_read(resident, path):
    code = f"""
        import os
        path = {path!r}
        try:
            print(os.listdir(path) if os.path.isdir(path) else open(path).read())
        except OSError as error:
            print("no:", type(error).__name__)
    """
    assert run(resident, code).startswith("no: ")


def test_it_sees_its_own_two_folders_only(sandbox, resident, kernel):
    (kernel.folder / "secret.txt").write_text("another's answer")
    code = f"""
        import os
        print(sorted(os.listdir({str(sandbox.runs)!r})), os.listdir("/casebook/runs"))
        print(os.path.exists({str(kernel.connection_file)!r}))
    """
    expected = sorted([resident.folder.name, resident.private.name])
    assert run(resident, code) == f"{expected} []\nFalse"


@pytest.mark.parametrize(
    "path",
    [
        "/usr/casebook",
        "/dev/casebook",
        "/casebook",
        "/etc/casebook",
        f"{ROOT}/casebook",
        f"{ROOT}/datasets/digits/casebook",
        f"{ROOT}/utils/cnn_casebook/casebook.py",
        f"{sys.prefix}/casebook",
        f"{os.path.dirname(pytest.__path__[0])}/casebook.py",
    ],
)
def test_it_cannot_write(resident, path):
    code = f"""
        try:
            open({path!r}, "w").close()
            print("written")
        except OSError as error:
            print("no:", type(error).__name__)
    """
    assert run(resident, code).startswith("no: ")


def test_it_has_no_network(resident):
    with socket.create_server(("127.0.0.1", 0)) as server:
        code = f"""
            import socket
            for address in ("127.0.0.1", {server.getsockname()[1]}), ("192.0.2.1", 80):
                try:
                    socket.create_connection(address, timeout=2)
                    print("connected")
                except OSError as error:
                    print("no:", type(error).__name__)
            print([name for _, name in socket.if_nameindex()])
        """
        said = run(resident, code)
    assert "connected" not in said
    assert said.endswith("['lo']")


def test_its_environment_is_cleared(resident):
    said = run(resident, "import os; print(os.environ.get('CASEBOOK_SECRET'), os.environ['HOME'])")
    assert said == "None /tmp"


def test_it_has_no_rights_and_gets_none(resident):
    code = r"""
        import ctypes, os, re, subprocess
        status = open("/proc/self/status").read()
        print(re.findall(r"Cap\w+:\s*([1-9a-f]\w*)", status.replace("0" * 16, "0")))
        print(re.findall(r"NoNewPrivs:\s*(\d)", status))
        print(ctypes.CDLL(None).unshare(0x10000000), os.getuid() != 0)
        print(subprocess.run(["unshare", "-Ur", "true"], capture_output=True).returncode != 0)
        print(ctypes.CDLL(None).umount2(b"/proc", 2), ctypes.CDLL(None).umount2(b"/tmp", 2))
    """
    assert run(resident, code) == "[]\n['1']\n-1 True\nTrue\n-1 -1"


def test_it_sees_and_signals_no_other_process(sandbox, resident, kernel):
    zygote = sandbox._zygote.pid
    code = """
        import os
        print(sorted(int(name) for name in os.listdir("/proc") if name.isdigit()))
        reached, own = [], {int(name) for name in os.listdir("/proc/self/task")}
        for pid in set(range(2, 40_000)) - own:
            try:
                os.kill(pid, 9)
                reached.append(pid)
            except OSError:
                pass
        print(reached)
    """
    assert run(resident, code) == "[1, 2]\n[]"
    run(kernel, "import os; os.kill(-1, 9)")  # all that it can reach, but itself
    assert resident.is_alive()
    assert sandbox._zygote.pid == zygote
    assert sandbox._zygote.poll() is None


def test_two_kernels_share_a_folder_and_nothing_else(sandbox, kernel):
    other = sandbox.start_kernel(kernel.folder)
    try:
        assert run(kernel, "open('shadow.py', 'w').write('x = 1'); open('a', 'w')") == ""
        assert run(other, "import os; print(sorted(os.listdir('.')))") == "['a', 'shadow.py']"
        assert "ModuleNotFoundError" in run(other, "import shadow")
        assert "FileNotFoundError" in run(kernel, f"open({str(other.connection_file)!r})")
        assert "FileNotFoundError" in run(kernel, f"open('{other.private}/s-1')")
        (kernel.folder / "from_host.txt").write_text("hello")
        assert run(kernel, "print(open('from_host.txt').read())") == "hello"
        run(kernel, "import tempfile; f = tempfile.NamedTemporaryFile(); print(f.name)")
        assert run(kernel, "print(f.name)").startswith(str(kernel.private))
    finally:
        other.kill()
    assert kernel.is_alive()


def test_nothing_outlives_a_kernel(sandbox):
    kernel = sandbox.start_kernel(sandbox.new_folder())
    code = """
        import os, subprocess
        subprocess.Popen("nohup setsid sleep 98765 & nohup setsid sleep 98765 & exit", shell=True)
        subprocess.Popen(["setsid", "sh", "-c", "trap '' TERM HUP INT; sleep 98765"])
    """
    run(kernel, code)
    assert until(lambda: sum(line == "sleep 98765" for line in commands()) == 3)
    kernel.kill()
    kernel.kill()
    assert not [line for line in commands() if "98765" in line]
    assert kernel.why is None
    assert not kernel.is_alive()
    assert not kernel.private.exists()
    assert kernel.folder.exists()


def grow(kernel, code):
    """Run a bomb until a limit ends it; return why, and the most processes and bytes seen."""
    kernel.client.execute(textwrap.dedent(code))
    most, largest, end = 0, 0, time.monotonic() + 60
    while kernel.is_alive() and time.monotonic() < end:
        try:
            family = kernel.process.children(recursive=True)
            most = max(most, len(family))
            largest = max(largest, sum(one.memory_info().rss for one in family[:1]))
        except psutil.Error:
            pass
        time.sleep(0.01)
    return kernel.why, most, largest


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


MEMORY_BOMBS = {
    "one process": """
        held = []
        for _ in range(60):
            held.append(b"x" * 50_000_000)
    """,
    "children": """
        import os, time
        for _ in range(10):
            if os.fork() == 0:
                held = b"x" * 200_000_000
                time.sleep(30)
    """,
}


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
def test_a_disk_bomb_is_ended(sandbox, name):
    if name == "a hidden folder" and os.geteuid() == 0:
        pytest.skip("nothing is hidden from root")
    kernel = sandbox.start_kernel(sandbox.new_folder())
    try:
        assert grow(kernel, DISK_BOMBS[name])[0] == "disk"
    finally:
        kernel.kill()
        sandbox.remove_folder(kernel.folder)
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


ENDINGS = {
    "os._exit": "import os; os._exit(0)",
    "kill -9": "import os; os.kill(os.getpid(), 9)",
    "segmentation fault": "import ctypes; ctypes.string_at(0)",
    "abort": "import os; os.abort()",
}


@pytest.mark.parametrize("code", ENDINGS.values(), ids=ENDINGS)
def test_a_kernel_that_ends_itself_is_noticed(sandbox, kernel, code):
    kernel.client.execute(code)
    assert until(lambda: kernel.why) == "exited"
    kernel.kill()
    assert kernel.why == "exited"
    following = sandbox.start_kernel(kernel.folder)
    assert run(following, "print(1)") == "1"
    following.kill()


def test_a_kernel_that_stops_itself_can_be_killed(kernel):
    kernel.client.execute("import os, signal; os.kill(os.getpid(), signal.SIGSTOP)")
    time.sleep(0.5)
    assert kernel.is_alive()
    kernel.kill()
    assert not kernel.is_alive()


def test_a_cell_can_be_interrupted(kernel):
    threading.Timer(1, kernel.interrupt).start()
    assert "KeyboardInterrupt" in run(kernel, "import time; time.sleep(30)")
    assert run(kernel, "print(1)") == "1"


def test_a_new_zygote_follows_one_that_died():
    with Sandbox(SMALL) as sandbox:
        folder, private = sandbox.new_folder(), sandbox.new_folder("kernel")
        write_connection_file(str(private / "connection.json"), transport="ipc", ip=f"{private}/s")
        kernels = []
        thread = threading.Thread(target=lambda: kernels.append(sandbox.launch(folder, private)))
        thread.start()
        thread.join()
        first = sandbox._zygote
        time.sleep(0.5)
        assert first.poll() is None, "the zygote ended with the thread that asked for it"
        first.kill()
        assert until(lambda: kernels[0].why) == "exited"
        kernel = sandbox.start_kernel(kernels[0].folder)
        assert run(kernel, "print(1)") == "1"
        assert sandbox._zygote is not first
        runs = sandbox.runs
    assert not runs.exists()
    assert not kernel.is_alive()


WORKER = """
import sys, time
from casebook_grader.sandbox import Sandbox
sandbox = Sandbox()
kernel = sandbox.start_kernel(sandbox.new_folder())
kernel.client.execute_interactive("import os, subprocess; subprocess.Popen(['sleep', '87654']);")
kernel.client.execute_interactive("import keras; keras.layers.Dense(3).build((None, 4))")
kernel.client.execute_interactive("open('x', 'w').write('1');")
print((kernel.folder / "x").read_text(), sandbox.runs, flush=True)
time.sleep(120)
"""


@pytest.fixture
def worker():
    """Start a process that runs a kernel, as another user perhaps; it ends after the test."""
    started = []

    def start(prefix=()):
        command = [*prefix, sys.executable, "-c", WORKER]
        started.append(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
        return started[-1], started[-1].stdout.readline().split()

    yield start
    for process in started:
        family = psutil.Process(process.pid).children(recursive=True) if not process.poll() else []
        process.kill()
        process.wait()
        process.stdout.close()
        for one in family:  # a worker that became another user does not end with its bwrap
            with contextlib.suppress(psutil.NoSuchProcess):
                one.kill()


def test_nothing_outlives_a_worker(worker):
    process, (written, runs) = worker()
    assert written == "1"
    assert "sleep 87654" in commands()
    process.send_signal(signal.SIGKILL)
    assert until(lambda: "sleep 87654" not in commands())
    remove(Path(runs))


@pytest.mark.skipif(os.geteuid() != 0, reason="takes root to become another user")
def test_it_works_for_an_ordinary_user_too(worker):
    home, base = str(Path.home()), sys.base_prefix
    prefix = ["bwrap", "--dev-bind", "/", "/", "--perms", "0755", "--tmpfs", home, "--dir", base]
    prefix += ["--ro-bind", base, base, "--setenv", "PYTHONDONTWRITEBYTECODE", "1"]
    prefix += ["--cap-add", "ALL", "--die-with-parent", "--", "setpriv", "--reuid=65534"]
    prefix += ["--regid=65534", "--clear-groups", "--"]
    _, (written, runs) = worker(prefix)
    assert written == "1"
    remove(Path(runs))


def test_it_works_where_a_kernel_gets_no_proc_of_its_own(worker):
    """In many containers parts of /proc are covered, and Linux then allows no new one."""
    prefix = ["bwrap", "--unshare-pid", "--dev-bind", "/", "/", "--proc", "/proc"]
    _, (written, runs) = worker([*prefix, "--die-with-parent", "--"])
    assert written == "1"
    remove(Path(runs))


def test_without_a_sandbox_it_works_and_says_what_is_lost(capsys):
    with Sandbox(SMALL, sandboxed=False) as sandbox:
        assert "use the network" in capsys.readouterr().err
        kernel = sandbox.start_kernel(sandbox.new_folder())
        code = "import subprocess; subprocess.Popen('nohup setsid sleep 76543 & exit', shell=True)"
        run(kernel, code)
        assert until(lambda: "sleep 76543" in commands())
        kernel.kill()
        assert until(lambda: "sleep 76543" not in commands())
        kernel = sandbox.start_kernel(sandbox.new_folder())
        assert grow(kernel, MEMORY_BOMBS["one process"])[0] == "memory"


def test_a_kernel_that_cannot_be_watched_is_ended(kernel, monkeypatch, caplog):
    broken = kernel.process
    monkeypatch.setattr(limits, "exceeded", lambda process, *_: process == broken and 1 / 0)
    assert until(lambda: kernel.why) == "unwatched"
    assert "ZeroDivisionError" in caplog.text


def test_a_temporary_folder_with_a_long_path_is_refused(monkeypatch, tmp_path):
    long = tmp_path / ("x" * 90)
    long.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(long))
    with pytest.raises(SandboxError, match="Set TMPDIR"):
        Sandbox()
    assert not list(long.iterdir())


def test_an_error_in_the_fork_is_told(sandbox):
    missing = sandbox.runs / "submission-99999"
    with pytest.raises(SandboxError, match=r"could not be forked: .*submission-99999"):
        sandbox.start_kernel(missing)
    kernel = sandbox.start_kernel(sandbox.new_folder())
    kernel.kill()


@pytest.mark.parametrize(
    ("target", "name", "value", "expected"),
    [
        (sys, "platform", "darwin", "it takes Linux"),
        (bubblewrap.shutil, "which", lambda name: None, "apt install bubblewrap"),
        (bubblewrap, "_bubblewrap", lambda runs: ["false"], "user.max_user_namespaces"),
    ],
)
def test_what_is_missing_is_told(monkeypatch, target, name, value, expected):
    monkeypatch.setattr(target, name, value)
    with pytest.raises(SandboxError, match=expected) as told:
        require_sandbox()
    assert "--no-sandbox" in str(told.value)
