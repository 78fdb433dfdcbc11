"""What a submission may use, with all limits in one place; `nbgrader_config.py` can set each.

    c.CasebookLimits.cell = 120

Here they are named and checked. `session` keeps the times, `execution` the sizes of what cells
show, `watchdog` and the operating system what kernels use, `inside.messages` what they send each
other, and `submission` and `rebuild` what is read of the files that were handed in.
"""

import dataclasses
import difflib
import math
import os
from dataclasses import dataclass

from traitlets.config import Config

from casebook_grader.course import CourseError

MB = 2**20
GB = 2**30
SECTION = "CasebookLimits"


@dataclass(frozen=True)
class Limits:
    """What a submission may use.

    Times. The slowest honest notebook of this course takes 7 s on a quiet machine, its slowest
    check 3 s; a machine five times slower is no reason to lose a point. Three notebooks that use
    up all their time take three minutes.
        cell: Seconds of one cell of the learner.
        check: Seconds of one check, with every call of the learner's code.
        notebook: Seconds of a whole notebook, with kernels that end and start again on the way.
        start: Seconds until a new kernel answers.
        prepare: Seconds of one step of the course's own that makes a kernel ready.
        hangs: How many cells, calls and checks may take too long, or end the check kernel, before
            the rest of a notebook is not run.

    What one kernel may use, together with every process that it started:
        memory: Bytes in memory; what several processes share is divided among them.
        processes: How many may run at once, the kernel among them.
        open_files: How many files one process may hold open.
        file_size: Bytes of the largest file it may write.
        disk: Bytes in the submission's folder and in the kernel's own folder.
        files: How many files and folders may lie in these folders.
        scratch: Bytes in /tmp and in /dev/shm, each; they lie in memory.
        cpu_seconds: Seconds of computing of one process, summed over its cores.
        restarts: How often a learner's kernel that ended is started again in one notebook.

    What it may send:
        output: Characters of JSON that one cell may show.
        error_line: Characters of one line of an error that a cell shows.
        printed: Characters of one piece of what a function prints while a check calls it.
        prints: How many such pieces one check shows.
        message: Bytes of one message from a kernel to the grader, and of all that one cell shows;
            more ends the kernel.
        reply: Bytes of JSON in a learner's reply to a check.
        arrays: Bytes of the arrays in such a reply.

    What is read of the files handed in:
        notebook_size: Bytes of a notebook.
        parts: Commas and opening brackets in a notebook's JSON, a measure of its memory and time.
        cells_read: Cells that are read.
        cells: Cells of the notebook that is made of it; extra cells beyond are left out.
        cell_text: Characters of one cell.
        records: How many records.
        record_size: Bytes of a record, as `cnn_casebook.runtime.record` writes at most.

    Raises:
        ValueError: A limit is not a number above 0, or not a whole one where only that has sense.

    Example:
        >>> Limits(memory=2 * GB).memory
        2147483648
    """

    cell: float = 30
    check: float = 30
    notebook: float = 60
    start: float = 60
    prepare: float = 60
    hangs: int = 2

    memory: int = 4 * GB
    processes: int = 64
    open_files: int = 512
    file_size: int = GB
    disk: int = 2 * GB
    files: int = 10_000
    scratch: int = 64 * MB
    cpu_seconds: int = 3600
    restarts: int = 8

    output: int = 100_000
    error_line: int = 10_000
    printed: int = 4_000
    prints: int = 20
    message: int = 64 * MB
    reply: int = 64 * MB
    arrays: int = 2 * GB

    notebook_size: int = 20_000_000
    parts: int = 1_000_000
    cells_read: int = 10_000
    cells: int = 2_000
    cell_text: int = 200_000
    records: int = 16
    record_size: int = 256 * 1024

    def __post_init__(self):
        """Refuse nonsense."""
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            whole = field.type in (int, "int")
            kinds = (int,) if whole else (int, float)
            usable = isinstance(value, kinds) and not isinstance(value, bool)
            if not usable or not (0 < value < math.inf):
                raise ValueError(
                    f"the limit `{field.name}` is {value!r}; expected a "
                    f"{'whole ' if whole else ''}number above 0, such as {field.default:_}"
                )

    @classmethod
    def from_config(cls, config: Config) -> "Limits":
        """The limits that `nbgrader_config.py` or the command line sets, or the usual ones.

        Args:
            config: nbgrader's settings.

        Raises:
            CourseError: There is no limit of a name, or its value is nonsense.

        Example:
            >>> Limits.from_config(Config(CasebookLimits={"cell": 5})).cell
            5
        """
        known = {field.name: field for field in dataclasses.fields(cls)}
        chosen = {}
        for name, value in config.get(SECTION, {}).items():
            if name not in known:
                near = difflib.get_close_matches(name, known, n=1)
                raise CourseError(
                    f"nbgrader_config.py sets c.{SECTION}.{name}, which is no limit. "
                    + (f"Did you mean `{near[0]}`? " if near else "")
                    + f"Expected one of: {', '.join(known)}."
                )
            chosen[name] = _number(value) if isinstance(value, str) else value
        try:
            return cls(**chosen)
        except ValueError as error:
            raise CourseError(f"nbgrader_config.py, c.{SECTION}: {error}.") from None

    def rlimits(self) -> dict[str, int]:
        """Limits for `resource.setrlimit`, by name.

        RLIMIT_NPROC counts threads too, of which TensorFlow starts some for each core.
        RLIMIT_DATA stops a single huge request at once; it is wide, as stacks count in full.
        """
        return {
            "RLIMIT_CORE": 0,
            "RLIMIT_CPU": self.cpu_seconds,
            "RLIMIT_DATA": 2 * self.memory + 4 * GB,
            "RLIMIT_FSIZE": self.file_size,
            "RLIMIT_NOFILE": self.open_files,
            "RLIMIT_NPROC": 2 * self.processes + 64 + 8 * (os.cpu_count() or 1),
        }


def _number(text: str) -> int | float | str:
    """A number as the command line gives it, else the text itself."""
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
