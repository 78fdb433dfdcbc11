"""One graded notebook in two kernels: what the learner wrote in one, the checks in the other.

Set-up cells run in both. Checks run in the check kernel, where no learner code ever runs; there
`bridge` lets them call what the learner defined. A learner's cell or function that hangs, crashes
or takes too much ends its kernel and the check that waited for it; a new kernel repeats what the
learner's earlier cells did, and the next check goes on.
"""

import ast
import builtins
import json
import queue
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import zmq
from nbformat import NotebookNode
from nbformat.v4 import new_output, output_from_msg

from casebook_grader.kernels import Kernel, remove
from casebook_grader.sandbox import Sandbox, SandboxError

BRIDGE = Path(__file__).with_name("bridge.py")
MOST_OUTPUT = 100_000  # characters that one cell may show
MOST_RESTARTS = 8  # of the learner's kernel in one notebook
_MOST_TEXT = 10_000  # characters of one line of an error
_REPLY_SECONDS = 5
_QUIET = {"store_history": False, "allow_stdin": False}

_BOOT = """
def _casebook_boot():
    import gc, os, sys, types
    gc.set_threshold(50_000, 20, 20)  # the process is young, and networks are many small objects
    os.environ["NBGRADER_EXECUTION"] = "autograde"
    module = types.ModuleType("casebook_bridge")
    exec(compile({source!r}, "bridge", "exec"), module.__dict__)
    sys.modules["casebook_bridge"] = module
_casebook_boot()
del _casebook_boot
"""

_BIND = """
def _casebook_checks():
    import json, os, pathlib
    import casebook_bridge
    shell = get_ipython()
    os.environ["CASEBOOK_EXCHANGE"] = {folder!r}  # where checks put what the learner's code reads
    def ask(what, request, reply):
        return shell.kernel.raw_input(json.dumps([what, request, reply]))
    # Before the grader's line is connected, a question would be dropped without a word.
    if not shell.kernel.stdin_socket.poll(30_000):
        raise TimeoutError("the grader cannot be asked")
    casebook_bridge.checks = casebook_bridge.Bridge(ask, pathlib.Path({folder!r}), shell.user_ns)
    shell.events.register("pre_run_cell", casebook_bridge.checks.next_check)
_casebook_checks()
del _casebook_checks
"""

_SHOW = """
def _casebook_show():
    import traceback
    def show(shell, kind, error, tb, tb_offset=None):
        lines = "".join(traceback.format_exception_only(kind, error)).strip()
        lines = lines.encode("utf-8", "replace").decode()  # else no message could carry it
        lines = [lines.replace("cnn_casebook.checks.parts.verdict.", "")]
        shell._showtraceback(kind, error, lines)
        return lines
    get_ipython().set_custom_exc((BaseException,), show)
_casebook_show()
del _casebook_show
"""


# What the first network costs once in a process, spent before a submission waits for it.
_WARM = """
def _casebook_warm():
    import keras, numpy
    x = keras.Input((5, 4, 3))
    y = keras.layers.Conv2D(2, 3, padding="same")(x)
    y = keras.layers.ReLU()(keras.layers.BatchNormalization()(y))
    model = keras.Model(x, keras.ops.add(y, y))
    for training in (False, True):
        model(numpy.zeros((2, 5, 4, 3), "float32"), training=training)
    keras.saving.serialize_keras_object(model)
    keras.utils.clear_session(free_memory=False)
_casebook_warm()
del _casebook_warm
"""
_WARM_CHECKS = (
    _WARM
    + """
def _casebook_warm():
    import types
    for value in list(get_ipython().user_ns.values()):
        if isinstance(value, types.ModuleType) and hasattr(value, "warm_up"):
            value.warm_up()
_casebook_warm()
del _casebook_warm
"""
)


@dataclass(frozen=True)
class Seconds:
    """How long things may take.

    Attributes:
        cell: One cell of the learner.
        check: One check, with every call of the learner's code.
        notebook: All cells together.
    """

    cell: float = 60
    check: float = 60
    notebook: float = 600


@dataclass
class Ran:
    """What came of running code in a kernel."""

    outputs: list[NotebookNode] = field(default_factory=list)
    failed: bool = False
    ended: str = ""
    """Why the kernel did not finish: "" if it did."""


class Session:
    """Runs the cells of one notebook; a context manager.

    Args:
        sandbox: Starts the kernels.
        records: Files that the learner submitted beside the notebook, by name.
        seconds: How long things may take.
    """

    def __init__(
        self,
        sandbox: Sandbox,
        records: dict[str, bytes] | None = None,
        seconds: Seconds = Seconds(),
    ):
        """Make the folder that both kernels see."""
        self._sandbox = sandbox
        self.folder = sandbox.new_folder()
        self.begin(records or {}, seconds)
        self._prepared: dict[str, list[NotebookNode]] = {}
        self._bound: set[str] = set()  # names that the check kernel knows as the learner's are now
        self._learner: Kernel | None = None
        self._checks: Kernel | None = None
        self._written: list[str] = []  # what the learner's kernel has run, to repeat it
        self._setup: list[str] = []
        # By reply, what the learner's kernel was asked ahead: the request's id, or what came of it.
        self._begun: dict[str, str | Ran] = {}
        self._restarts = 0
        self.incidents: list[str] = []

    def __enter__(self):
        """Return itself."""
        return self

    def __exit__(self, *_):
        """Kill both kernels and remove their files."""
        for kernel in (self._learner, self._checks):
            if kernel is not None:
                kernel.kill()
        self._sandbox.remove_folder(self.folder)

    def prepare(self, setup: list[str]) -> "Session":
        """Start both kernels and run the set-up cells, before there is a submission.

        One kernel after the other: while another submission is graded, that one has a core.

        Args:
            setup: The set-up cells of the notebook to come.
        """
        self._setup = list(setup)
        self._run(self._checkers(), _WARM_CHECKS, self._seconds.check)
        self._run(self._learners(), _WARM, self._seconds.cell)
        for source in setup:
            self._prepared[source] = self.write(source)
        return self

    def begin(self, records: dict[str, bytes], seconds: Seconds) -> "Session":
        """Take a submission's records; its time runs from here."""
        self._records, self._seconds = records, seconds
        self._put_records()
        self._end = time.monotonic() + seconds.notebook
        return self

    def _put_records(self) -> None:
        for name, content in self._records.items():
            path = self.folder / name
            path.write_bytes(content)
            self._sandbox.give_away(path)

    # ---- cells ----

    def set_up(self, source: str) -> list[NotebookNode]:
        """Run an instructor's set-up cell in both kernels, unless it was run when preparing."""
        if source in self._prepared:
            return self._prepared.pop(source)
        self._setup.append(source)
        if self._checks is not None:
            self._run(self._checks, source, self._seconds.check)
        return self.write(source)

    def write(self, source: str) -> list[NotebookNode]:
        """Run a learner's cell."""
        self._bound.clear()
        if self._time_left() <= 0:
            return [_remark("not run: the notebook's time was used up")]
        self._settle(self._seconds.cell)
        self._begun.clear()
        try:
            ran = self._run(self._learners(), source, self._seconds.cell)
        except SandboxError as error:
            return [_remark(str(error))]
        if ran.ended:
            self.incidents.append(f"a cell {ran.ended}")
            self._drop_learner()
            return [*ran.outputs, _error("TimeoutError", f"this cell {ran.ended}")]
        self._written.append(source)
        return ran.outputs

    def check(self, source: str) -> list[NotebookNode]:
        """Run a check; an output of type error among the result means that it failed."""
        try:
            return self._check(source)
        except SandboxError as error:
            self.incidents.append(f"a check could not run: {error}")
            return [_error("SandboxError", f"this check could not run: {error}")]

    def _check(self, source: str) -> list[NotebookNode]:
        if self._time_left() <= 0:
            return [_error("TimeoutError", "not run: the notebook's time was used up")]
        said: list[NotebookNode] = []
        end = time.monotonic() + self._seconds.check

        def serve(prompt: str) -> str:
            what, *paths = json.loads(prompt)
            if what == "ahead":
                return self._work_ahead(*paths)
            return self._answer(*paths, end, said)

        checks, names = self._checkers(), set(names_used(source))
        ran = Ran()
        if not names <= self._bound:  # else the learner's side has not changed since
            bind = f"import casebook_bridge; casebook_bridge.checks.bind({sorted(names)!r})"
            ran = self._run(checks, bind, self._seconds.check, serve)
            if not ran.failed and not ran.ended:
                self._bound |= names
        if not ran.failed and not ran.ended:
            ran = self._run(checks, source, end - time.monotonic() + 10, serve)
        outputs = [one for one in ran.outputs if one.get("name") != "stderr"]
        if ran.failed and not any(one.output_type == "error" for one in outputs):
            outputs.append(_error("CheckFailed", "this check failed; its message cannot be shown"))
        if ran.ended:
            self.incidents.append(f"a check {ran.ended}")
            self._drop_checks()
            outputs.append(_error("TimeoutError", f"this check {ran.ended}"))
        return [*outputs, *said[:20]]

    # ---- kernels ----

    def _learners(self) -> Kernel:
        """The learner's kernel; a new one where the last has ended, with all cells run again."""
        if self._learner is not None and self._learner.is_alive():
            return self._learner
        if self._restarts > MOST_RESTARTS:
            raise SandboxError("your code ended its kernel too often")
        self._drop_learner()
        self._restarts += 1
        self._learner = self._start()
        for source in self._written:
            if self._run(self._learner, source, self._seconds.cell).ended:
                self._drop_learner()
                raise SandboxError("your cells could not be run again after a kernel ended")
        return self._learner

    def _drop_learner(self) -> None:
        """End the learner's kernel, and the check kernel too if their folder is full."""
        if self._learner is not None:
            self._learner.kill()
            if self._learner.why == "disk":
                self._empty_folder()
        self._learner = None
        self._begun.clear()

    def _drop_checks(self) -> None:
        """End the check kernel."""
        if self._checks is not None:
            self._checks.kill()
        self._checks = None

    def _empty_folder(self) -> None:
        if self._checks is not None:
            self._checks.end("disk")  # it shares the folder that the learner's side has filled
            self._drop_checks()
        for path in self.folder.iterdir():
            if path.is_dir() and not path.is_symlink():
                remove(path)
            else:
                path.unlink(missing_ok=True)
        self._put_records()

    def _checkers(self) -> Kernel:
        """The check kernel, with the set-up cells run and the bridge in place."""
        if self._checks is None or not self._checks.is_alive():
            self._drop_checks()
            self._checks = self._start()
            self._bound.clear()
            for source in self._setup:
                self._run(self._checks, source, self._seconds.check)
            self._checks.client.input("")  # the kernel can ask once this has reached it
            self._run(self._checks, _BIND.format(folder=str(self.folder)), self._seconds.check)
            self._run(self._checks, _SHOW, self._seconds.check)
        return self._checks

    def _start(self) -> Kernel:
        kernel = self._sandbox.start_kernel(self.folder)
        boot = _BOOT.format(source=BRIDGE.read_text(encoding="utf-8"))
        self._run(kernel, boot, self._seconds.cell)
        return kernel

    def _time_left(self) -> float:
        return self._end - time.monotonic()

    def _work_ahead(self, request: str, reply: str) -> str:
        """Let the learner's kernel begin with a request that the check kernel will ask later."""
        if self._learner is not None and self._learner.is_alive():
            code = _served(request, reply)
            self._begun[reply] = self._learner.client.execute(code, **_QUIET)
        return ""

    def _answer(self, request: str, reply: str, end: float, said: list) -> str:
        """Let the learner's kernel answer a request of the check kernel.

        Returns:
            Nothing if the reply is written; else what went wrong.
        """
        ran = self._begun_before(reply, end)
        if ran is None:
            try:
                kernel = self._learners()
            except SandboxError as error:
                return f"{error}."
            ran = self._run(kernel, _served(request, reply), end - time.monotonic())
        for output in ran.outputs:
            if output.output_type == "stream":
                said.append(new_output("stream", name="stdout", text=output.text[:4000]))
        if ran.ended:
            self.incidents.append(f"a call {ran.ended}")
            self._drop_learner()
            return f"your code {ran.ended}."
        return "" if not ran.failed else "your code stopped its kernel from answering."

    def _begun_before(self, reply: str, end: float) -> Ran | None:
        """Wait for an answer that was begun ahead.

        Returns:
            What came of it; None if it has to be asked for: it was not begun, or its kernel ended,
            which may be the fault of something else that was.
        """
        self._settle((end - time.monotonic()) / 2, reply)
        begun = self._begun.pop(reply, None)
        if isinstance(begun, str):
            begun = self._follow(self._learner, begun, end - time.monotonic())
            if begun.ended and not self._learner.is_alive():
                self._drop_learner()
                return None
        return begun

    def _settle(self, seconds: float, before: str | None = None) -> None:
        """Wait for what was begun, all or `before` a reply; end the kernel if it takes too long."""
        end = time.monotonic() + seconds
        for reply, begun in list(self._begun.items()):
            if reply == before:
                return
            if isinstance(begun, str):
                self._begun[reply] = self._follow(self._learner, begun, end - time.monotonic())
                if self._begun[reply].ended:
                    self._drop_learner()
                    return

    def _run(
        self, kernel: Kernel, source: str, seconds: float, serve: Callable | None = None
    ) -> Ran:
        """Run code in a kernel and collect what it shows, within its time and the notebook's.

        Code that may ask, through `serve`, is the course's own, in a check kernel: it has failed
        unless that kernel says that it has not.
        """
        request = kernel.client.execute(source, **_QUIET | {"allow_stdin": serve is not None})
        return self._follow(kernel, request, seconds, serve)

    def _follow(
        self, kernel: Kernel, request: str, seconds: float, serve: Callable | None = None
    ) -> Ran:
        """Collect what comes of a request to run code, as `_run` does."""
        limit = min(seconds, self._time_left())
        end = time.monotonic() + limit
        client, ran, size = kernel.client, Ran(), 0
        poller = zmq.Poller()
        poller.register(client.iopub_channel.socket, zmq.POLLIN)
        if serve is not None:
            poller.register(client.stdin_channel.socket, zmq.POLLIN)
        while True:
            ready = dict(poller.poll(200))
            if client.stdin_channel.socket in ready:
                message = _message(client.get_stdin_msg)
                if message and message["msg_type"] == "input_request":
                    answer = serve(message["content"]["prompt"])
                    if not kernel.is_alive():
                        ran.ended = _end_of(kernel)
                        return ran
                    client.input(answer)
                    end = max(end, time.monotonic() + 10)
            if client.iopub_channel.socket in ready:
                message = _message(client.get_iopub_msg)
                if message and message["parent_header"].get("msg_id") == request:
                    kind, content = message["msg_type"], message["content"]
                    if kind == "status" and content.get("execution_state") == "idle":
                        ran.failed |= serve is not None and not _succeeded(client, request)
                        return ran
                    output = _output(message) if size < MOST_OUTPUT else None
                    if output is not None:
                        size += len(json.dumps(output))
                        ran.outputs.append(output)
                        if size >= MOST_OUTPUT:
                            ran.outputs[-1] = _remark("too much output: the rest is left out")
                    ran.failed |= kind == "error"
            elif not kernel.is_alive():
                ran.ended = _end_of(kernel)
                return ran
            if time.monotonic() > end:
                ran.ended = f"did not finish within {max(limit, 0):.0f} seconds"
                return ran


def _served(request: str, reply: str) -> str:
    """Code with which the learner's kernel answers a request."""
    return f"__import__('casebook_bridge').serve({request!r}, {reply!r})"


def _succeeded(client, request: str) -> bool:
    """Whether a kernel's reply to a request says that all went well."""
    try:
        reply = client.get_shell_msg(timeout=_REPLY_SECONDS)
        while reply["parent_header"].get("msg_id") != request:  # of what nobody asked after
            reply = client.get_shell_msg(timeout=_REPLY_SECONDS)
    except queue.Empty:
        return False
    return reply["content"]["status"] == "ok"


def _end_of(kernel: Kernel) -> str:
    """Say how a kernel ended."""
    return {
        "memory": "took more memory than allowed",
        "processes": "started more processes than allowed",
        "disk": "wrote more files than allowed",
    }.get(kernel.why, "ended its kernel")


def names_used(source: str) -> list[str]:
    """Names that a check uses and does not define itself.

    Example:
        >>> names_used("y = f(3)\\nassert g(y) == len(y)")
        ['f', 'g']
    """
    found, own = set(), set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Name):
            (found if isinstance(node.ctx, ast.Load) else own).add(node.id)
    return sorted(found - own - set(dir(builtins)))


def _message(receive: Callable) -> dict | None:
    """Receive a message; None where it is not one: hostile code can send anything."""
    try:
        message = receive(timeout=0.5)
        message["parent_header"].get, message["content"].get
        return message
    except queue.Empty:
        return None
    except Exception:
        return None


def _output(message: dict) -> NotebookNode | None:
    """Turn a message into a cell's output; only plain text and PNG pictures are kept."""
    try:
        output = output_from_msg(message)
        if output.output_type == "stream":
            return output if type(output.text) is str else None
        if output.output_type == "error":
            lines = [_cut(line) for line in output.traceback]
            return new_output(
                "error", ename=_cut(output.ename), evalue=_cut(output.evalue), traceback=lines
            )
        if "data" in output:
            kept = {
                key: output.data[key] for key in ("text/plain", "image/png") if key in output.data
            }
            output["data"] = {key: value for key, value in kept.items() if isinstance(value, str)}
            output["metadata"] = {}
        return output
    except Exception:
        return None


def _cut(text: str) -> str:
    """A text of bearable length; raise TypeError if it is none."""
    if type(text) is not str:
        raise TypeError
    return text if len(text) <= _MOST_TEXT else text[:_MOST_TEXT] + " ..."


def _remark(text: str) -> NotebookNode:
    return new_output("stream", name="stdout", text=f"({text})\n")


def _error(name: str, text: str) -> NotebookNode:
    return new_output("error", ename=name, evalue=text, traceback=[f"{name}: {text}"])
