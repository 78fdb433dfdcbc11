"""What a run reports travels with the notebook, as data."""

import nbformat
from nbformat.v4 import new_notebook

from casebook_grader.verdicts import Incident, Verdict, attach, attached, verdict_of

LATE = Incident(Verdict.TIMED_OUT, "did not finish within 5 seconds")
LARGE = Incident(Verdict.KILLED, "took more memory than allowed")


def test_incidents_travel_with_a_notebook(tmp_path):
    notebook = new_notebook()
    attach(notebook, [LATE.of("a cell"), LARGE])
    nbformat.write(notebook, tmp_path / "a.ipynb")
    came = attached(nbformat.read(tmp_path / "a.ipynb", as_version=4))
    assert came == [Incident(Verdict.TIMED_OUT, "a cell did not finish within 5 seconds"), LARGE]
    attach(notebook, [])
    assert attached(notebook) == attached(new_notebook()) == []


def test_the_verdict_follows_from_the_kinds_and_not_from_the_words():
    assert verdict_of([]) == "graded"
    assert verdict_of([LARGE]) == "killed"
    assert verdict_of([LARGE, LATE]) == "timed out"
    assert verdict_of([Incident(Verdict.KILLED, "did not finish")]) == "killed"
