"""Grade what learners submitted for one assignment: read, rebuild, run, score, say what happened.

Submissions lie in `grading/submitted/<learner>/<assignment>/`. Each is rebuilt from the course's
own source, so that a damaged one is graded as far as it goes and never stops the others. Workers
run the notebooks (`task`); what they return is kept (`store`) and written into nbgrader's gradebook
by this process alone (`book`). A run that was killed goes on where it stopped.
"""

import contextlib
import functools
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from traitlets.config import Config

from casebook_grader import results, task
from casebook_grader.attempts import Tried, attempts, best
from casebook_grader.book import Book
from casebook_grader.changes import Change, find_changes
from casebook_grader.cluster import (
    Cluster,
    WorkerLost,
    Workers,
    local_workers,
    remote_workers,
)
from casebook_grader.course import ROOT, CourseError, nbgrader, require_assignment
from casebook_grader.entering import enter_assignment
from casebook_grader.lateness import apply_policies
from casebook_grader.limits import Limits
from casebook_grader.policies import read_policies
from casebook_grader.prepare import Prepared, language_of, prepare, read_source
from casebook_grader.results import Grade
from casebook_grader.sandbox import require_sandbox
from casebook_grader.store import Store, environment, key_of
from casebook_grader.verdicts import Incident, Verdict, attached, seconds_of, verdict_of

_MOST_IN_A_ROW = 3  # submissions that cannot be saved: then it is not their doing
_MOST_BEGUN = 200  # submissions in memory; a class may wait for one notebook, if all are equal
# Verdicts after which a submission is not run again unless something has changed.
SETTLED = frozenset(Verdict) - {Verdict.ENGINE_FAILED}


@dataclass(frozen=True)
class Options:
    """How to grade.

    Attributes:
        learner: Grade this learner alone.
        force: Run notebooks again whose outcome is known.
        workers: How many notebooks run at a time here; by default as this machine allows.
        cluster: Run them there instead.
        limits: Limits to use in place of the settings' ones, by name.
        sandboxed: False runs learner code as yourself, without isolation.
    """

    learner: str | None = None
    force: bool = False
    workers: int | None = None
    cluster: Cluster | None = None
    limits: dict[str, float] = field(default_factory=dict)
    sandboxed: bool = True


def learners(assignment: str, root: Path = ROOT) -> list[str]:
    """Names of those who submitted something for an assignment."""
    folders = (root / "grading" / "submitted").glob(f"*/{assignment}")
    return sorted(folder.parent.name for folder in folders if folder.is_dir())


def grade(
    assignment: str,
    root: Path = ROOT,
    options: Options | None = None,
    started: Callable[[Workers, int], None] = lambda workers, submissions: None,
    noticed: Callable[[list[Change]], None] = lambda changes: None,
) -> Iterator[Grade]:
    """Grade the submissions of an assignment, each once it is done.

    Args:
        assignment: Name of the assignment.
        root: The course's folder.
        options: How.
        started: Called once with the workers, and the number of submissions.
        noticed: Called before with what has changed in the course since this was graded last.

    Raises:
        CourseError: No such assignment, nothing submitted, nonsense among the limits, nbgrader
            cannot read the source, or the gradebook or the cluster cannot be reached.
        SandboxError: Learner code cannot be isolated on this machine.
    """
    options = options or Options()
    require_assignment(assignment, root)
    names = _names(assignment, root, options.learner)
    more = Config()
    more.CasebookLimits.update(options.limits)
    # The gradebook must know the checks and their points; assignments/ stays as it is.
    course = nbgrader(root, more, release_directory="grading/release")
    limits = Limits.from_config(course.config)
    if options.sandboxed and options.cluster is None:
        require_sandbox()
    read_policies(root)  # before anything is run
    noticed(find_changes(course.config, assignment, mark=True))
    enter_assignment(course, assignment)
    apply_policies(course.config, assignment)
    with _workers(options) as workers, Book(course.config, assignment) as book:
        started(workers, len(names))
        yield from _Run(course.config, assignment, root, options, limits, workers, book).of(names)
    apply_policies(course.config, assignment)


def outdated(assignment: str, root: Path = ROOT, options: Options | None = None) -> list[str]:
    """Names of those whose submission is not graded yet as it is now, with the course as it is now.

    Args:
        assignment: Name of the assignment.
        root: The course's folder.
        options: As for `grade`.

    Raises:
        CourseError: No such assignment, nothing submitted, or a source is damaged.
    """
    options = options or Options()
    require_assignment(assignment, root)
    more = Config()
    more.CasebookLimits.update(options.limits)
    config = nbgrader(root, more).config
    limits = Limits.from_config(config)
    source = functools.cache(functools.partial(_bare_source, config, assignment))
    terms, store, found = read_policies(root).of(assignment), Store(root), []
    for name in _names(assignment, root, options.learner):
        result = results.read(name, assignment, root)
        tried = [
            _keys(prepare(config, assignment, folder), source, limits)
            for folder in attempts(name, assignment, root, terms)
        ]
        known = len(tried) == 1 or all(store.get(key) for keys in tried for key in keys.values())
        if result is None or result.keys not in tried or not known:
            found.append(name)
    return found


def _keys(
    prepared: Prepared, source: Callable[[str, str], NotebookNode], limits: Limits
) -> dict[str, str]:
    """What each notebook's run is kept under."""
    return {
        name: key_of(
            rebuilt.notebook, source(name, language_of(rebuilt.notebook)), prepared.records, limits
        )
        for name, rebuilt in prepared.notebooks.items()
    }


def _names(assignment: str, root: Path, learner: str | None) -> list[str]:
    names = learners(assignment, root)
    if not names:
        raise CourseError(
            f"nothing is submitted for {assignment}. Put each learner's notebooks into "
            f"grading/submitted/<learner>/{assignment}/ and run this again. To try it out with "
            f"invented learners: make sample-class ASSIGNMENT={assignment}"
        )
    if learner is not None and learner not in names:
        raise CourseError(
            f"nothing is submitted for {assignment} by {learner!r}; expected the name of a folder "
            f"in grading/submitted/, such as {names[0]!r}"
        )
    return names if learner is None else [learner]


def _workers(options: Options) -> contextlib.AbstractContextManager[Workers]:
    return remote_workers(options.cluster) if options.cluster else local_workers(options.workers)


@dataclass
class _Submission:
    """A submission whose notebooks are being run.

    Attributes:
        learner: Name of its folder.
        folder: The folder itself.
        prepared: Its notebooks, ready to be run.
        keys: What each notebook's run is kept under.
        executed: The notebooks whose outcome is known.
        missing: Names of notebooks that are still being run.
        failures: What failed outside the learner's code, by notebook.
        lost: What ended its worker, by notebook.
    """

    learner: str
    folder: Path
    prepared: Prepared
    keys: dict[str, str]
    executed: dict[str, NotebookNode] = field(default_factory=dict)
    missing: set[str] = field(default_factory=set)
    failures: dict[str, str] = field(default_factory=dict)
    lost: dict[str, str] = field(default_factory=dict)


class _Run:
    """One run of `grade`: bounded in memory, whatever the size of the class."""

    def __init__(
        self,
        config: Config,
        assignment: str,
        root: Path,
        options: Options,
        limits: Limits,
        workers: Workers,
        book: Book,
    ):
        self._config, self._assignment, self._root = config, assignment, root
        self._options, self._limits = options, limits
        self._workers, self._book, self._store = workers, book, Store(root)
        self._source = functools.cache(functools.partial(_bare_source, config, assignment))
        # By key, who waits for a notebook's run: equal notebooks are run once.
        self._waiting: dict[str, list[tuple[_Submission, str]]] = {}
        self._fresh: set[str] = set()  # keys that this run has put into the store
        self._begun = 0  # submissions of which a notebook is still being run
        self._done: deque[_Submission] = deque()
        self._not_saved = 0  # in a row
        self._policies = read_policies(root)
        self._terms = self._policies.of(assignment)
        self._tried: dict[str, Tried] = {}  # by learner, the attempts that are done

    def of(self, names: list[str]) -> Iterator[Grade]:
        """Grade these learners' submissions."""
        left = iter(names)
        name = next(left, None)
        while True:
            while self._done:
                if (counts := self._that_counts(self._done.popleft())) is not None:
                    yield self._finish(counts)
            if name is not None and self._workers.have_room() and self._begun < _MOST_BEGUN:
                folders = attempts(name, self._assignment, self._root, self._terms)
                self._tried[name] = Tried(len(folders))
                for folder in folders:
                    self._begin(name, folder)
                name = next(left, None)
            elif self._workers:
                self._take(*self._workers.next())
            elif name is None:
                return

    def _that_counts(self, submission: _Submission) -> _Submission | None:
        """The attempt that counts, once all of this learner are done; None until then."""
        tried = self._tried[submission.learner]
        tried.done.append(submission)
        if len(tried.done) < tried.expected:
            return None
        del self._tried[submission.learner]
        return best(tried.done, self._terms, self._policies.late)

    def _begin(self, learner: str, folder: Path) -> None:
        """Read a submission, and have those of its notebooks run whose outcome is not known."""
        prepared = prepare(self._config, self._assignment, folder)
        keys = _keys(prepared, self._source, self._limits)
        submission = _Submission(learner, folder, prepared, keys)
        for name, rebuilt in prepared.notebooks.items():
            source = self._source(name, language_of(rebuilt.notebook))
            key = submission.keys[name]
            if key in self._waiting:
                submission.missing.add(name)
                self._waiting[key].append((submission, name))
            elif executed := self._known(key):
                submission.executed[name] = executed
            else:
                submission.missing.add(name)
                self._waiting[key] = [(submission, name)]
                self._workers.start(key, task.run, self._task(rebuilt.notebook, source, prepared))
        if submission.missing:
            self._begun += 1
        else:
            self._done.append(submission)

    def _known(self, key: str) -> NotebookNode | None:
        """What came of a notebook before; None if it has to be run."""
        if self._options.force and key not in self._fresh:
            return None
        return self._store.get(key)

    def _task(self, notebook: NotebookNode, source: NotebookNode, prepared: Prepared) -> task.Task:
        return task.Task(
            notebook=nbformat.v4.writes(notebook).encode(),
            source=nbformat.v4.writes(source).encode(),
            records=prepared.records,
            limits=self._limits,
            sandboxed=self._options.sandboxed,
            environment=environment(),
        )

    def _take(self, key: str, ran: task.Ran | Exception) -> None:
        """Keep what came of a notebook, and tell those who wait for it."""
        if isinstance(ran, task.Ran) and ran.notebook is not None:
            self._store.put(key, ran.notebook)
            if self._options.force:
                self._fresh.add(key)
        for submission, name in self._waiting.pop(key):
            submission.missing.discard(name)
            if isinstance(ran, task.Ran) and ran.notebook is not None:
                submission.executed[name] = nbformat.v4.reads(ran.notebook.decode())
            elif isinstance(ran, WorkerLost):
                submission.lost[name] = str(ran)
            elif isinstance(ran, Exception):
                submission.failures[name] = f"{type(ran).__name__}: {ran}"
            else:
                submission.failures[name] = ran.failure
            if not submission.missing:
                self._begun -= 1
                self._done.append(submission)

    def _finish(self, submission: _Submission) -> Grade:
        """Score a submission, keep the result and return it."""
        grade = Grade(submission.learner, submission.prepared.verdict, keys=submission.keys)
        grade.findings = list(submission.prepared.all_findings)
        if submission.folder.is_relative_to(self._root / "grading" / "replaced"):
            grade.folder = str(submission.folder.relative_to(self._root / "grading"))
            grade.findings.append(f"Of several attempts the best counts: {grade.folder}.")
        if submission.prepared.timestamp:
            grade.handed_in = submission.prepared.timestamp.isoformat()
        if not (submission.lost or submission.failures):
            self._save(submission, grade)
        if submission.lost or submission.failures:
            self._not_scored(grade, submission)
        else:
            incidents: dict[str, list[Incident]] = {}
            for name in submission.keys:
                notebook = submission.executed[name]
                incidents[name] = attached(notebook)
                grade.seconds[name] = seconds_of(notebook)
                grade.findings += [f"{name}: {incident.text}" for incident in incidents[name]]
            if grade.verdict == Verdict.GRADED:
                grade.verdict = verdict_of(chain.from_iterable(incidents.values()))
            grade.checks, grade.by_hand = self._book.read(grade.learner)
            earlier = results.read(grade.learner, self._assignment, self._root)
            if earlier is not None and earlier.checks and earlier.score != grade.score:
                grade.before = earlier.score
        results.write(grade, self._assignment, self._root)
        return grade

    def _save(self, submission: _Submission, grade: Grade) -> None:
        """Write a submission into the gradebook, unless it stands there already.

        Raises:
            CourseError: Several in a row could not be written.
        """
        if not self._options.force and self._is_saved(grade):
            return
        prepared = submission.prepared
        try:
            self._book.save(
                grade.learner, submission.executed, prepared.timestamp, prepared.records
            )
            self._not_saved = 0
        except CourseError as error:
            self._not_saved += 1
            if self._not_saved == _MOST_IN_A_ROW:
                raise
            submission.failures["gradebook"] = str(error)

    def _is_saved(self, grade: Grade) -> bool:
        """Whether the gradebook holds just this."""
        earlier = results.read(grade.learner, self._assignment, self._root)
        return (
            earlier is not None
            and (earlier.keys, earlier.handed_in) == (grade.keys, grade.handed_in)
            and self._book.known(grade.learner)
        )

    def _not_scored(self, grade: Grade, submission: _Submission) -> None:
        """Say what stood in the way; the next run tries again."""
        for name, why in submission.lost.items():
            grade.verdict = Verdict.KILLED
            grade.findings.append(
                f"{name}: its worker ended twice while it ran, the second time with nothing else "
                f"beside it ({why}). Nothing was scored; the next run tries again."
            )
        for name, why in submission.failures.items():
            grade.verdict = Verdict.ENGINE_FAILED
            grade.findings.append(
                f"{name}: {why}. It is not the learner's doing. Nothing was scored; the next run "
                "tries again."
            )
        grade.keys = {}


def _bare_source(config: Config, assignment: str, name: str, language: str) -> NotebookNode:
    """The course's own notebook in a language, without outputs, which no worker needs."""
    source = read_source(config, assignment, name, language)
    for cell in source.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return source
