"""One graded notebook in two kernels: what the learner wrote in one, the checks in the other.

Set-up cells run in both. Checks run in the check kernel, where no learner code ever runs; there
`inside.checks` lets them call what the learner defined. A learner's cell or function that hangs,
crashes or takes too much ends its kernel and the check that waited for it; a new kernel repeats
what the learner's earlier cells did, and the next check goes on. What has hung is not repeated,
and after the second time the rest of the notebook is not run.
"""

import ast
import builtins
import json
import time

from nbformat import NotebookNode
from nbformat.v4 import new_output

from casebook_grader import execution
from casebook_grader.allowance import Allowance, until
from casebook_grader.execution import Execution, error, remark
from casebook_grader.kernels import Kernel, remove
from casebook_grader.sandbox import Sandbox, SandboxError
from casebook_grader.seats import Seat
from casebook_grader.verdicts import Incident

_OWN_FOLDER = 0o700  # whatever the learner has made of it, a new kernel can enter
_AFTER_CHECK_SECONDS = 10  # until a check that has used up its time has said so itself


class LearnerKernelLost(Exception):
    """What the learner wrote has left no kernel to run in; the text says how."""


class Session:
    """Runs the cells of one notebook; a context manager.

    Its methods raise SandboxError where something failed that is not the learner's: what ran in
    such a session must not be scored.

    Args:
        sandbox: Starts the kernels; its limits hold.
        seat: Has the check kernel, and keeps it for the next session; one of its own without it.

    Attributes:
        folder: The submission's folder, which both kernels see.
    """

    def __init__(self, sandbox: Sandbox, seat: Seat | None = None):
        """Make the folder that both kernels see."""
        self._sandbox = sandbox
        self._limits = sandbox.limits
        self._allowance = Allowance(sandbox)
        self._own_seat = None if seat else Seat(sandbox)
        self._seat = seat or self._own_seat
        self.folder = self._seat.new_folder()
        self._checks: Kernel | None = None  # the seat's, once it works for this submission
        self._learner: Kernel | None = None
        self._prepared: dict[str, list[NotebookNode]] = {}
        self._bound: set[str] = set()  # names that the check kernel knows as the learner's are now
        self._setup: list[str] = []
        self._written: list[str] = []  # what the learner's kernel has run, to repeat it
        # By reply, what the learner's kernel was asked ahead: the request's id, or what came of it.
        self._begun: dict[str, str | Execution] = {}
        self._starts = 0  # of the learner's kernel
        self._replies = 0  # of the learner's that have reached the check kernel
        self.begin({})

    @property
    def incidents(self) -> list[Incident]:
        """What was ended because it took too much."""
        return self._allowance.incidents

    def __enter__(self):
        """Return itself."""
        return self

    def __exit__(self, *_):
        """End the learner's kernel and remove the folder; the check kernel stays with its seat."""
        if self._learner is not None:
            self._learner.kill()
        self._sandbox.remove_folder(self.folder)
        if self._own_seat is not None:
            self._own_seat.close()

    def prepare(self, setup: list[str]) -> "Session":
        """Start both kernels and run the set-up cells, in time that is not the submission's.

        Args:
            setup: The set-up cells of the notebook to come.

        Raises:
            SandboxError: A step failed, or took longer than the limit `prepare`.
        """
        self._setup = list(setup)
        self._check_kernel()
        learner = self._learner_kernel()
        for source in setup:
            self._prepared[source] = self._allowance.run_own(learner, source).outputs
            self._written.append(source)
        return self

    def begin(self, records: dict[str, bytes]) -> "Session":
        """Take a submission's records; its time runs from here."""
        self._records = records
        self._put_records()
        self._allowance.begin()
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
            self._allowance.run_own(self._checks, source)
        return self.write(source)

    def write(self, source: str) -> list[NotebookNode]:
        """Run a learner's cell."""
        self._bound.clear()
        if stopped := self._allowance.why_stopped():
            return [remark(f"not run: {stopped}")]
        self._settle(self._limits.cell)
        self._begun.clear()
        try:
            ran = self._allowance.run(self._learner_kernel(), source, self._limits.cell)
        except LearnerKernelLost as failure:
            return [remark(str(failure))]
        if ran.ended:
            self._allowance.note(ran.ended, "a cell")
            self._drop_learner()
            return [*ran.outputs, error("TimeoutError", f"this cell {ran.ended.text}")]
        self._written.append(source)
        return ran.outputs

    def check(self, source: str) -> list[NotebookNode]:
        """Run a check; an output of type error among the result means that it failed.

        Where the check kernel ends, the check runs once more in a new one: the cause may lie in
        what that kernel did before, or in the machine. If it ends again, after something of the
        learner's has reached it, this is the learner's.
        """
        if stopped := self._allowance.why_stopped():
            return [error("TimeoutError", f"not run: {stopped}")]
        hung, printed = self._allowance.hung, []
        ran = self._check(source, printed)
        if ran.why not in (None, "time", "disk") and hung == self._allowance.hung:
            printed.clear()
            ran = self._check(source, printed)
            if ran.why == "exited" and not self._replies:
                raise SandboxError("the check kernel ended twice in one check")
        outputs = [output for output in ran.outputs if output.get("name") != "stderr"]
        if ran.failed and not any(output.output_type == "error" for output in outputs):
            outputs.append(error("CheckFailed", "this check failed; its message cannot be shown"))
        if ran.ended:
            self._allowance.note(ran.ended, "a check")
            outputs.append(error("TimeoutError", f"this check {ran.ended.text}"))
        return [*outputs, *printed[: self._limits.prints]]

    def _check(self, source: str, printed: list[NotebookNode]) -> Execution:
        """Run a check; what the learner's code prints meanwhile is added to `printed`."""
        end = time.monotonic() + self._limits.check
        self._replies = 0

        def answer(prompt: str) -> str:
            what, request, reply = json.loads(prompt)
            if what == "ahead":
                return self._work_ahead(request, reply)
            return self._answer(request, reply, end, printed)

        kernel, names = self._check_kernel(), set(names_used(source))
        ran = Execution()
        if not names <= self._bound:  # else the learner's side has not changed since
            ran = self._allowance.run(
                kernel, inside("checks.bind", sorted(names)), self._limits.check, answer
            )
            if not ran.failed and not ran.ended:
                self._bound |= names
        if not ran.failed and not ran.ended:
            ran = self._allowance.run(kernel, source, until(end) + _AFTER_CHECK_SECONDS, answer)
        if ran.ended:
            self._drop_checks()
        return ran

    # ---- kernels ----

    def _learner_kernel(self) -> Kernel:
        """The learner's kernel; a new one where the last has ended, with all cells run again.

        Raises:
            LearnerKernelLost: The learner's cells do not let one run.
            SandboxError: One could not be started, or set up.
        """
        if self._learner is not None and self._allowance.is_alive(self._learner):
            return self._learner
        if self._starts > self._limits.restarts:
            raise LearnerKernelLost("your code ended its kernel too often")
        self._drop_learner()
        self._starts += 1
        self.folder.chmod(_OWN_FOLDER)
        self._learner = self._sandbox.start_kernel(self.folder)
        for source in tuple(self._written):
            if source in self._setup:
                self._allowance.run_own(self._learner, source)
                continue
            ran = self._allowance.run(self._learner, source, self._limits.cell)
            if ran.ended:
                self._written.remove(source)
                self._allowance.note(ran.ended, "a cell that was run again")
                self._drop_learner()
                raise LearnerKernelLost("your cells could not be run again after a kernel ended")
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
        self._seat.drop_kernel()
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
        if self._checks is None or not self._allowance.is_alive(self._checks):
            self._bound.clear()
            kernel = self._seat.require_kernel()
            self.folder.chmod(_OWN_FOLDER)
            self._allowance.run_own(kernel, inside("checks.forget", str(self.folder)))
            for source in self._setup:
                self._allowance.run_own(kernel, source)
            kernel.client.input("")  # the kernel can ask once this has reached it
            connect = inside("checks.connect", self._limits.reply, self._limits.arrays)
            self._allowance.run_own(kernel, connect)
            self._checks = kernel
        return self._checks

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
        if stopped := self._allowance.why_stopped():
            return f"your code was not called: {stopped}."
        ran = self._begun_before(reply, end)
        if ran is None:
            try:
                kernel = self._learner_kernel()
            except LearnerKernelLost as failure:
                return f"{failure}."
            ran = self._allowance.run(kernel, inside("learner.answer", request, reply), until(end))
        for output in ran.outputs:
            if output.output_type == "stream":
                text = output.text[: self._limits.printed]
                printed.append(new_output("stream", name="stdout", text=text))
        if ran.ended:
            self._allowance.note(ran.ended, "a call")
            self._drop_learner()
            return f"your code {ran.ended.text}."
        self._replies += 1
        return "" if not ran.failed else "your code stopped its kernel from answering."

    def _begun_before(self, reply: str, end: float) -> Execution | None:
        """Wait for an answer that was begun ahead.

        Returns:
            What came of it; None if it has to be asked for: it was not begun, or its kernel ended,
            which may be the fault of something else that was.
        """
        self._settle(until(end) / 2, reply)
        begun = self._begun.pop(reply, None)
        if isinstance(begun, str):
            begun = self._allowance.follow(self._learner, begun, until(end))
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
                self._begun[reply] = self._allowance.follow(self._learner, begun, until(end))
                if self._begun[reply].ended:
                    self._drop_learner()
                    return


def inside(function: str, *arguments) -> str:
    """Code that calls a function of `casebook_grader.inside`, and leaves no name in the kernel.

    Args:
        function: Its module and its name.
        arguments: What it is given; anything that `repr` writes as Python reads it.

    Example:
        >>> inside("checks.bind", ["f"])
        "__import__('casebook_grader.inside.checks', fromlist=['bind']).bind(['f'])"
    """
    module, name = function.split(".")
    given = ", ".join(map(repr, arguments))
    return f"__import__('casebook_grader.inside.{module}', fromlist=[{name!r}]).{name}({given})"


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
