"""Hostile code in the warm sandbox: what it can reach, what it leaves behind, how it ends."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil
import pytest
from jupyter_client.connect import write_connection_file
from kernels import MEMORY_BOMBS, SMALL, commands, grow, run, until

from casebook_grader import bubblewrap
from casebook_grader.course import ROOT
from casebook_grader.kernels import remove
from casebook_grader.sandbox import Sandbox, SandboxError, require_sandbox

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not shutil.which("bwrap"), reason="bubblewrap is not installed"),
]


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


def test_the_process_that_forks_has_one_thread(small_sandbox, resident):
    bwrap = psutil.Process(small_sandbox._zygote.pid)
    zygote = bwrap.children()[0].children()[0]
    assert "casebook_grader.inside.zygote" in " ".join(zygote.cmdline())
    assert zygote.num_threads() == 1


@pytest.mark.parametrize(
    "path",
    [
        str(ROOT / "solutions"),
        str(ROOT / "grading"),
        str(ROOT / "tests"),
        str(ROOT / "utils" / "casebook_grader" / "session.py"),
        str(ROOT / "utils" / "casebook_grader" / "release.py"),
        str(ROOT / "nbgrader_config.py"),
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


def test_it_sees_its_own_two_folders_only(small_sandbox, resident, kernel):
    (kernel.folder / "secret.txt").write_text("another's answer")
    code = f"""
        import os
        print(sorted(os.listdir({str(small_sandbox.runs)!r})), os.listdir("/casebook/runs"))
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
        f"{ROOT}/utils/casebook_grader/casebook.py",
        f"{ROOT}/utils/casebook_grader/__init__.py",
        f"{ROOT}/utils/casebook_grader/inside/checks.py",
        f"{ROOT}/utils/casebook_grader/inside/casebook.py",
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


def test_it_sees_and_signals_no_other_process(small_sandbox, resident, kernel):
    zygote = small_sandbox._zygote.pid
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
    assert small_sandbox._zygote.pid == zygote
    assert small_sandbox._zygote.poll() is None


def test_two_kernels_share_a_folder_and_nothing_else(small_sandbox, kernel):
    other = small_sandbox.start_kernel(kernel.folder)
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


def test_nothing_outlives_a_kernel(small_sandbox):
    kernel = small_sandbox.start_kernel(small_sandbox.new_folder())
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


ENDINGS = {
    "os._exit": "import os; os._exit(0)",
    "kill -9": "import os; os.kill(os.getpid(), 9)",
    "segmentation fault": "import ctypes; ctypes.string_at(0)",
    "abort": "import os; os.abort()",
}


@pytest.mark.parametrize("code", ENDINGS.values(), ids=ENDINGS)
def test_a_kernel_that_ends_itself_is_noticed(small_sandbox, kernel, code):
    kernel.client.execute(code)
    assert until(lambda: kernel.why) == "exited"
    kernel.kill()
    assert kernel.why == "exited"
    following = small_sandbox.start_kernel(kernel.folder)
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
        for member in family:  # a worker that became another user does not end with its bwrap
            with contextlib.suppress(psutil.NoSuchProcess):
                member.kill()


def test_nothing_outlives_a_worker(worker):
    process, (written, runs) = worker()
    assert written == "1"
    assert "sleep 87654" in commands()
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert until(lambda: "sleep 87654" not in commands())
    assert Path(runs).exists()
    with Sandbox(SMALL) as first, Sandbox(SMALL):
        assert not Path(runs).exists()
        assert first.runs.exists()  # its owner lives


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


def test_a_temporary_folder_with_a_long_path_is_refused(monkeypatch, tmp_path):
    long = tmp_path / ("x" * 90)
    long.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(long))
    with pytest.raises(SandboxError, match="Set TMPDIR"):
        Sandbox()
    assert not list(long.iterdir())


def test_an_error_in_the_fork_is_told(small_sandbox):
    missing = small_sandbox.runs / "submission-99999"
    with pytest.raises(SandboxError, match=r"could not be forked: .*submission-99999"):
        small_sandbox.start_kernel(missing)
    kernel = small_sandbox.start_kernel(small_sandbox.new_folder())
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
    with pytest.raises(SandboxError, match=expected) as refused:
        require_sandbox()
    assert "--no-sandbox" in str(refused.value)
