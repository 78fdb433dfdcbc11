"""What one notebook may still use: the time that is left to it, and how often it may hang.

Whatever runs in a notebook's kernels is run by this, so that its limits hold over all of it, and
so that what the engine itself does wrong is told from what a submission does.
"""

import time
from collections.abc import Callable

from casebook_grader import execution
from casebook_grader.execution import Execution
from casebook_grader.kernels import Kernel
from casebook_grader.sandbox import Sandbox, SandboxError
from casebook_grader.verdicts import Incident, Verdict


class Allowance:
    """Runs code in the kernels of one notebook, within what is left to it.

    Args:
        sandbox: Started the kernels; its limits hold.

    Attributes:
        incidents: What was ended because it took too much.
        hung: How many cells, calls and checks took too long, and how many checks ended a kernel.
    """

    def __init__(self, sandbox: Sandbox):
        """Begin with everything."""
        self._sandbox = sandbox
        self._limits = sandbox.limits
        self.incidents: list[Incident] = []
        self.hung = 0
        self.begin()

    def begin(self) -> None:
        """The notebook's time runs from here."""
        self._end = time.monotonic() + self._limits.notebook

    def note(self, incident: Incident, what: str) -> None:
        """Report an incident, with what it happened to."""
        self.incidents.append(incident.of(what))
        self.hung += incident.kind == Verdict.TIMED_OUT or what == "a check"

    def why_stopped(self) -> str:
        """Why nothing more of the notebook is run, or nothing."""
        if self.hung >= self._limits.hangs:
            return f"{self.hung} cells or checks of this notebook took too long or ended a kernel"
        if until(self._end) <= 0:
            used_up = Incident(Verdict.TIMED_OUT, "the notebook's time was used up")
            if used_up not in self.incidents:
                self.incidents.append(used_up)
            return used_up.text
        return ""

    def run(
        self, kernel: Kernel, source: str, seconds: float, answer: Callable | None = None
    ) -> Execution:
        """Run code in a kernel, and follow it as `follow` does."""
        request = execution.request(kernel, source, may_ask=answer is not None)
        return self.follow(kernel, request, seconds, answer)

    def follow(
        self, kernel: Kernel, request: str, seconds: float, answer: Callable | None = None
    ) -> Execution:
        """Follow a request within its time and the notebook's, as `execution.follow` does.

        Raises:
            SandboxError: The kernel was ended by something outside it.
        """
        ran = execution.follow(kernel, request, min(seconds, until(self._end)), answer)
        if ran.ended:
            self.is_alive(kernel)
        return ran

    def run_own(self, kernel: Kernel, source: str) -> Execution:
        """Run the course's own code, in time that is not the learner's.

        Raises:
            SandboxError: It failed, or did not finish.
        """
        ran = execution.follow(kernel, execution.request(kernel, source), self._limits.prepare)
        if ran.failed or ran.ended:
            errors = [f"{o.ename}: {o.evalue}" for o in ran.outputs if o.output_type == "error"]
            why = ran.ended.text if ran.ended else "failed: " + "".join(errors[:1])
            raise SandboxError(f"the course's own code {why} ({source.splitlines()[0]})")
        return ran

    def is_alive(self, kernel: Kernel) -> bool:
        """Whether a kernel runs.

        Raises:
            SandboxError: It does not, and nothing that ran in it is the cause.
        """
        if kernel.is_alive():
            return True
        if kernel.why == "unwatched" or self._sandbox.lost(kernel):
            raise SandboxError("a kernel was ended by something outside it")
        return False


def until(end: float) -> float:
    """Seconds until a moment of `time.monotonic`."""
    return end - time.monotonic()
