"""The engine as steps of nbgrader's own pipeline; `nbgrader_config.py` names them.

`Rebuild` comes first when a submission is read, `TwoKernels` stands where nbgrader would execute
the notebook, `Redact` prepares feedback. With their lines taken out of the settings, nbgrader
grades on its own, and honest submissions get the same scores.
"""

import atexit
import symtable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import nbformat
from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Bool, Float

from casebook_grader.kernels import in_this_thread
from casebook_grader.rebuild import rebuild
from casebook_grader.sandbox import Sandbox
from casebook_grader.session import Seconds, Session
from casebook_grader.submission import read_submission

_sandboxes: dict[bool, Sandbox] = {}


def warm_sandbox(sandboxed: bool = True) -> Sandbox:
    """The sandbox of this process: started once, used for every submission, closed at the end."""
    if sandboxed not in _sandboxes:
        _sandboxes[sandboxed] = Sandbox(sandboxed=sandboxed)
        atexit.register(_sandboxes[sandboxed].close)
    return _sandboxes[sandboxed]


_waiting: dict[tuple, Future] = {}  # at most one session, prepared for the next submission
_preparing = ThreadPoolExecutor(1, thread_name_prefix="casebook-prepare")


def _next_session(sandboxed: bool, setup: list[str]) -> Session:
    """Take the session that waits for these set-up cells, and prepare another one meanwhile."""
    sandbox, kind = warm_sandbox(sandboxed), (sandboxed, *setup)
    ready = _waiting.pop(kind, None)
    for other in list(_waiting):  # the class has come to another notebook
        _waiting.pop(other).result().__exit__()
    session = ready.result() if ready else Session(sandbox).prepare(setup)
    _waiting[kind] = _preparing.submit(in_this_thread()(Session(sandbox).prepare), setup)
    return session


def _source(course: CourseDirectory, about: dict) -> NotebookNode:
    """Read the solution that a submission belongs to."""
    folder = course.format_path(course.source_directory, ".", about["assignment"])
    return nbformat.read(Path(folder) / f"{about['notebook']}.ipynb", as_version=4)


class Rebuild(NbGraderPreprocessor):
    """Takes every cell but the learner's own from the solution."""

    def preprocess(
        self, nb: NotebookNode, resources: ResourcesDict
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Return the notebook rebuilt; what was odd goes to the log."""
        about = resources["nbgrader"]
        source = _source(CourseDirectory(config=self.config), about)
        rebuilt = rebuild(source, nbformat.writes(nb).encode(), self.config)
        for finding in rebuilt.findings:
            self.log.warning("%s, %s: %s", about["student"], about["notebook"], finding)
        return rebuilt.notebook, resources


class TwoKernels(NbGraderPreprocessor):
    """Executes the learner's cells in one sandboxed kernel, the checks in another."""

    cell_seconds = Float(60, help="Longest time of one cell of the learner.").tag(config=True)
    check_seconds = Float(60, help="Longest time of one check.").tag(config=True)
    notebook_seconds = Float(600, help="Longest time of one notebook.").tag(config=True)
    sandboxed = Bool(True, help="False runs learner code as yourself.").tag(config=True)

    def preprocess(
        self, nb: NotebookNode, resources: ResourcesDict
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Return the notebook with the outputs of its cells."""
        about = resources["nbgrader"]
        course = CourseDirectory(config=self.config)
        submitted = course.format_path(
            course.submitted_directory, about["student"], about["assignment"]
        )
        records = read_submission(Path(submitted), [f"{about['notebook']}.ipynb"]).records
        seconds = Seconds(self.cell_seconds, self.check_seconds, self.notebook_seconds)
        setup = [cell.source for cell in nb.cells if "setup" in cell.metadata.get("tags", [])]
        idle = not_needed(nb, _source(course, about))
        with _next_session(self.sandboxed, setup).begin(records, seconds) as session:
            for cell in nb.cells:
                if cell.cell_type == "code":
                    cell.outputs = [] if cell.id in idle else run_cell(session, cell)
                    cell.execution_count = None
        for incident in session.incidents:
            self.log.warning("%s, %s: %s", about["student"], about["notebook"], incident)
        return nb, resources


def not_needed(nb: NotebookNode, source: NotebookNode) -> set[str]:
    """Ids of the instructor's demonstrations that no learner's text makes use of.

    They are as they were released, and nothing that a learner wrote reads a name that they define.
    """
    written = {cell.id: cell.source for cell in source.cells}
    code = [cell for cell in nb.cells if cell.cell_type == "code"]
    shown = [
        cell
        for cell in code
        if not cell.metadata.get("nbgrader") and written.get(cell.id) == cell.source
    ]
    kept = {cell.id for cell in shown}
    read: set[str] = set()
    for cell in code:
        mark = cell.metadata.get("nbgrader", {})
        if cell.id not in kept and (mark.get("solution") or not mark):
            names = _global_names(cell.source)
            if names is None:  # such as a magic: who knows what it reads
                return set()
            read |= names
    defined = {cell.id: _defined(cell.source) for cell in shown}
    return {name for name, names in defined.items() if names is not None and not names & read}


def _names(source: str) -> symtable.SymbolTable | None:
    """The names of code; None if it cannot be read."""
    try:
        return symtable.symtable(source, "cell", "exec")
    except (SyntaxError, ValueError):
        return None


def _global_names(source: str) -> set[str] | None:
    """Names that code takes from outside itself; None if it cannot be read or looks names up."""
    whole = _names(source)
    tables, found = [whole] if whole else [], set()
    while tables:
        table = tables.pop()
        tables += table.get_children()
        found |= {
            one.get_name() for one in table.get_symbols() if one.is_global() or table is whole
        }
    looks = found & {"globals", "eval", "exec", "get_ipython", "vars", "locals"}
    return None if whole is None or looks else found


def _defined(source: str) -> set[str] | None:
    """Names that code defines at the top; None if it cannot be read."""
    table = _names(source)
    if table is None:
        return None
    return {one.get_name() for one in table.get_symbols() if one.is_assigned() or one.is_imported()}


def run_cell(session: Session, cell: NotebookNode) -> list[NotebookNode]:
    """Run a code cell where it belongs; experiments are not run again."""
    tags, mark = cell.metadata.get("tags", []), cell.metadata.get("nbgrader", {})
    if "setup" in tags:
        return session.set_up(cell.source)
    if mark.get("grade") and not mark.get("solution"):
        return session.check(cell.source)
    if "experiment" in tags:
        return []
    return session.write(cell.source)


_PAGE = """<style>
pre {white-space: pre-wrap; word-break: normal; overflow-wrap: anywhere}
img {max-width: 100%; height: auto}
</style>"""


class Redact(NbGraderPreprocessor):
    """Takes the source of hidden tests out of feedback; what they found and their points stay."""

    def preprocess(
        self, nb: NotebookNode, resources: ResourcesDict
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Redact all cells, and keep long messages and figures within the page."""
        nb, resources = super().preprocess(nb, resources)
        nb.cells.insert(0, new_markdown_cell(_PAGE))
        return nb, resources

    def preprocess_cell(
        self, cell: NotebookNode, resources: ResourcesDict, cell_index: int
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Keep the lines of a test that learners have seen."""
        mark = cell.metadata.get("nbgrader", {})
        if mark.get("grade") and not mark.get("solution") and cell.cell_type == "code":
            kept, hidden = [], False
            for line in cell.source.split("\n"):
                if "BEGIN HIDDEN TESTS" in line:
                    hidden = True
                elif "END HIDDEN TESTS" in line:
                    hidden = False
                elif not hidden:
                    kept.append(line)
            cell.source = "\n".join(kept)
        return cell, resources
