"""A submission made ready to be executed: its files read, its notebooks rebuilt."""

import copy
import functools
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from casebook_grader.course import source_folder
from casebook_grader.limits import Limits
from casebook_grader.rebuild import Rebuilt, rebuild
from casebook_grader.submission import read_submission
from casebook_grader.verdicts import Verdict
from casebook_translations import catalogs, translated
from casebook_translations.catalogs import SOURCE


@dataclass(frozen=True)
class Prepared:
    """What is executed in place of what was handed in.

    Attributes:
        notebooks: The rebuilt notebooks, by name.
        records: The records beside them: bytes for each file name.
        findings: What was odd about the files, in plain sentences; the notebooks have their own.
        timestamp: When it was handed in, where that is known.
    """

    notebooks: dict[str, Rebuilt]
    records: dict[str, bytes]
    findings: list[str]
    timestamp: datetime | None = None

    @property
    def verdict(self) -> Verdict:
        """The verdict so far: not gradable if no notebook is, tampered if one was."""
        verdicts = {rebuilt.verdict for rebuilt in self.notebooks.values()}
        if verdicts == {Verdict.NOT_GRADABLE}:
            return Verdict.NOT_GRADABLE
        return Verdict.TAMPERED if Verdict.TAMPERED in verdicts else Verdict.GRADED

    @property
    def all_findings(self) -> list[str]:
        """What was odd about the files, and about each notebook with its name."""
        return [
            *self.findings,
            *(
                f"{name}: {finding}"
                for name, rebuilt in sorted(self.notebooks.items())
                for finding in rebuilt.findings
            ),
        ]


def read_source(
    config: Config, assignment: str, notebook: str, language: str = SOURCE
) -> NotebookNode:
    """Read the course's own notebook, with solutions and hidden tests.

    Args:
        config: nbgrader's settings.
        assignment: Name of the assignment.
        notebook: Name of the notebook, without its ending.
        language: Code of the language, one that the course is translated into.
    """
    path = source_folder(config, assignment) / f"{notebook}.ipynb"
    if language == SOURCE:
        return nbformat.read(path, as_version=4)
    root = Path(CourseDirectory(config=config).root)
    catalog = catalogs.content_of(path, language, root)
    return copy.deepcopy(_translated(path.read_bytes(), catalog, path, language, root))


@functools.lru_cache(maxsize=64)
def _translated(
    content: bytes, catalog: bytes, path: Path, language: str, root: Path
) -> NotebookNode:
    """A source in a language, once for all submissions; anew where it or its catalog changes."""
    source = nbformat.reads(content.decode(), as_version=4)
    return translated.in_language(source, path, language, root)


def language_of(notebook: NotebookNode | None) -> str:
    """The language of a notebook that was rebuilt; the course's own where there is none."""
    return notebook.metadata.get("language", SOURCE) if notebook else SOURCE


def prepare(
    config: Config, assignment: str, submitted: Path, names: Iterable[str] | None = None
) -> Prepared:
    """Read a submission and rebuild its notebooks. Nothing that a learner hands in raises.

    Args:
        config: nbgrader's settings.
        assignment: Name of the assignment.
        submitted: The folder handed in.
        names: Names of the notebooks to rebuild; all of the assignment without it.

    Raises:
        CourseError: A source is damaged.
    """
    limits = Limits.from_config(config)
    sources = {path.stem: path for path in source_folder(config, assignment).glob("*.ipynb")}
    known = catalogs.languages(Path(CourseDirectory(config=config).root))
    found = read_submission(submitted, [path.name for path in sources.values()], limits)
    notebooks = {
        name: rebuild(
            read_source(config, assignment, name),
            found.notebooks[sources[name].name],
            config,
            limits,
            lambda language, name=name: (
                read_source(config, assignment, name, language) if language in known else None
            ),
        )
        for name in (sorted(sources) if names is None else names)
    }
    return Prepared(notebooks, found.records, found.findings, found.timestamp)
