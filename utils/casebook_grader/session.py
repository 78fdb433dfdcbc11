"""One graded notebook in two kernels: what the learner wrote in one, the checks in the other.

Set-up cells run in both. Checks run in the check kernel, where no learner code ever runs; there
`inside.checks` lets them call what the learner defined. A learner's cell or function that hangs,
crashes or takes too much ends its kernel and the check that waited for it; a new kernel repeats
what the learner's earlier cells did, and the next check goes on.
"""

import ast
import builtins
import json
import time
from collections.abc import Callable

from nbformat import NotebookNode
from nbformat.v4 import new_output

from casebook_grader import execution
from casebook_grader.execution import Execution, error, remark
from casebook_grader.kernels import Kernel, remove
from casebook_grader.reports import Incident, Verdict
from casebook_grader.sandbox import Sandbox, SandboxError

_AFTER_CHECK_SECONDS = 10  # until a check that has used up its time has said so itself


class Session:
    """Runs the cells of one notebook; a context manager.

    Args:
        sandbox: Starts the kernels; its limits hold.

    Attributes:
        incidents: What was ended because it took too much, or failed outside the learner's code.
    """

    def __init__(self, sandbox: Sandbox):
        """Make the folder that both kernels see."""
        self._sandbox = sandbox
        self._limits = sandbox.limits
        self.folder = sandbox.new_folder()
        self.begin({})
        self._prepared: dict[str, list[NotebookNode]] = {}
        self._bound: set[str] = set()  # names that the check kernel knows as the learner's are now
        self._learner: Kernel | None = None
        self._checks: Kernel | None = None
        self._written: list[str] = []  # what the learner's kernel has run, to repeat it
        self._setup: list[str] = []
        # By reply, what the learner's kernel was asked ahead: the request's id, or what came of it.
        self._begun: dict[str, str | Execution] = {}
        self._starts = 0  # of the learner's kernel
        self.incidents: list[Incident] = []

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
        self._run(self._check_kernel(), inside("start.warm_up_checks"), self._limits.check)
        self._run(self._learner_kernel(), inside("start.warm_up"), self._limits.cell)
        for source in setup:
            self._prepared[source] = self.write(source)
        return self

    def begin(self, records: dict[str, bytes]) -> "Session":
        """Take a submission's records; its time runs from here."""
        self._records = records
        self._put_records()
        self._end = time.monotonic() + self._limits.notebook
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
            self._run(self._checks, source, self._limits.check)
        return self.write(source)

    def write(self, source: str) -> list[NotebookNode]:
        """Run a learner's cell."""
        self._bound.clear()
        if self._time_left() <= 0:
            return [remark("not run: the notebook's time was used up")]
        self._settle(self._limits.cell)
        self._begun.clear()
        try:
            ran = self._run(self._learner_kernel(), source, self._limits.cell)
        except SandboxError as failure:
            return [remark(str(failure))]
        if ran.ended:
            self._note(ran.ended, "a cell")
            self._drop_learner()
            return [*ran.outputs, error("TimeoutError", f"this cell {ran.ended.text}")]
        self._written.append(source)
        return ran.outputs

    def check(self, source: str) -> list[NotebookNode]:
        """Run a check; an output of type error among the result means that it failed."""
        try:
            return self._check(source)
        except SandboxError as failure:
            self._note(Incident(Verdict.KILLED, f"could not run: {failure}"), "a check")
            return [error("SandboxError", f"this check could not run: {failure}")]

    def _check(self, source: str) -> list[NotebookNode]:
        if self._time_left() <= 0:
            return [error("TimeoutError", "not run: the notebook's time was used up")]
        printed: list[NotebookNode] = []
        end = time.monotonic() + self._limits.check

        def answer(prompt: str) -> str:
            what, request, reply = json.loads(prompt)
            if what == "ahead":
                return self._work_ahead(request, reply)
            return self._answer(request, reply, end, printed)

        kernel, names = self._check_kernel(), set(names_used(source))
        ran = Execution()
        if not names <= self._bound:  # else the learner's side has not changed since
            ran = self._run(
                kernel, inside("checks.bind", sorted(names)), self._limits.check, answer
            )
            if not ran.failed and not ran.ended:
                self._bound |= names
        if not ran.failed and not ran.ended:
            ran = self._run(kernel, source, _until(end) + _AFTER_CHECK_SECONDS, answer)
        outputs = [output for output in ran.outputs if output.get("name") != "stderr"]
        if ran.failed and not any(output.output_type == "error" for output in outputs):
            outputs.append(error("CheckFailed", "this check failed; its message cannot be shown"))
        if ran.ended:
            self._note(ran.ended, "a check")
            self._drop_checks()
            outputs.append(error("TimeoutError", f"this check {ran.ended.text}"))
        return [*outputs, *printed[: self._limits.prints]]

    def _note(self, incident: Incident, what: str) -> None:
        """Report an incident, with what it happened to."""
        self.incidents.append(incident.of(what))

    # ---- kernels ----

    def _learner_kernel(self) -> Kernel:
        """The learner's kernel; a new one where the last has ended, with all cells run again."""
        if self._learner is not None and self._learner.is_alive():
            return self._learner
        if self._starts > self._limits.restarts:
            raise SandboxError("your code ended its kernel too often")
        self._drop_learner()
        self._starts += 1
        self._learner = self._start()
        for source in self._written:
            if self._run(self._learner, source, self._limits.cell).ended:
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

    def _check_kernel(self) -> Kernel:
        """The check kernel, with the set-up cells run and connected with the learner's side."""
        if self._checks is None or not self._checks.is_alive():
            self._drop_checks()
            self._checks = self._start()
            self._bound.clear()
            for source in self._setup:
                self._run(self._checks, source, self._limits.check)
            self._checks.client.input("")  # the kernel can ask once this has reached it
            connect = inside(
                "checks.connect", str(self.folder), self._limits.reply, self._limits.arrays
            )
            self._run(self._checks, connect, self._limits.check)
        return self._checks

    def _start(self) -> Kernel:
        kernel = self._sandbox.start_kernel(self.folder)
        self._run(kernel, inside("start.begin"), self._limits.cell)
        return kernel

    def _time_left(self) -> float:
        return _until(self._end)

    # ---- what the check kernel asks of the learner's ----

    def _work_ahead(self, request: str, reply: str) -> str:
        """Let the learner's kernel begin with a request that the check kernel will ask later."""
        if self._learner is not None and self._learner.is_alive():
            code = inside("learner.answer", request, reply)
            self._begun[reply] = execution.request(self._learner, code)
        return ""

    def _answer(self, request: str, reply: str, end: float, printed: list[NotebookNode]) -> str:
        """Let the learner's kernel answer a request of the check kernel.

        Returns:
            Nothing if the reply is written; else what went wrong.
        """
        ran = self._begun_before(reply, end)
        if ran is None:
            try:
                kernel = self._learner_kernel()
            except SandboxError as failure:
                return f"{failure}."
            ran = self._run(kernel, inside("learner.answer", request, reply), _until(end))
        for output in ran.outputs:
            if output.output_type == "stream":
                text = output.text[: self._limits.printed]
                printed.append(new_output("stream", name="stdout", text=text))
        if ran.ended:
            self._note(ran.ended, "a call")
            self._drop_learner()
            return f"your code {ran.ended.text}."
        return "" if not ran.failed else "your code stopped its kernel from answering."

    def _begun_before(self, reply: str, end: float) -> Execution | None:
        """Wait for an answer that was begun ahead.

        Returns:
            What came of it; None if it has to be asked for: it was not begun, or its kernel ended,
            which may be the fault of something else that was.
        """
        self._settle(_until(end) / 2, reply)
        begun = self._begun.pop(reply, None)
        if isinstance(begun, str):
            begun = self._follow(self._learner, begun, _until(end))
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
                self._begun[reply] = self._follow(self._learner, begun, _until(end))
                if self._begun[reply].ended:
                    self._drop_learner()
                    return

    def _run(
        self, kernel: Kernel, source: str, seconds: float, answer: Callable | None = None
    ) -> Execution:
        """Run code in a kernel within its time and the notebook's, as `execution.follow` does."""
        request = execution.request(kernel, source, may_ask=answer is not None)
        return self._follow(kernel, request, seconds, answer)

    def _follow(
        self, kernel: Kernel, request: str, seconds: float, answer: Callable | None = None
    ) -> Execution:
        return execution.follow(kernel, request, min(seconds, self._time_left()), answer)


def inside(function: str, *arguments) -> str:
    """Code that calls a function of `casebook_grader.inside`, and leaves no name in the kernel.

    Args:
        function: Its module and its name.
        arguments: What it is given; anything that `repr` writes as Python reads it.

    Example:
        >>> inside("start.begin")
        "__import__('casebook_grader.inside.start', fromlist=['begin']).begin()"
    """
    module, name = function.split(".")
    given = ", ".join(map(repr, arguments))
    return f"__import__('casebook_grader.inside.{module}', fromlist=[{name!r}]).{name}({given})"


def _until(end: float) -> float:
    """Seconds until a moment of `time.monotonic`."""
    return end - time.monotonic()


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
