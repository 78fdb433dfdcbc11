"""Shows a grader in formgrader what the graded notebook lacks: the guide to points, measurements.

Both stand right above the written answer. The guide is the course's own answer, which no learner
may see: it is taken from the source when formgrader shows a notebook, and stands in no file.
"""

from html import escape
from pathlib import Path

from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import is_grade, is_solution, is_task

from casebook_grader.limits import Limits
from casebook_grader.policies import read_policies
from casebook_grader.prepare import read_source
from casebook_grader.results import handed_in
from casebook_grader.submitted_outputs import Claim, read_claims

GUIDE = "Guide to the points (learners never see it)"
CLAIMS = "What the learner measured, as it was handed in (not checked: no score rests on it)"
ANONYMOUS = "Names are hidden by grading/policies.toml"


class ForGrader(NbGraderPreprocessor):
    """Puts the guide and the learner's own outputs above each written answer.

    It acts in formgrader's page of a submission alone, where `resources` name the submission; in
    whatever else nbconvert makes with the course's settings it changes nothing.
    """

    def preprocess(
        self, nb: NotebookNode, resources: ResourcesDict
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Add a cell for each; what cannot be read of a submission is left out."""
        if not {"submission_id", "assignment_id", "notebook_id", "student"} <= resources.keys():
            return nb, resources
        assignment, name = resources["assignment_id"], resources["notebook_id"]
        source = read_source(self.config, assignment, name)
        guides = {cell.id: cell.source for cell in source.cells if is_written(cell)}
        root = Path(CourseDirectory(config=self.config).root)
        folder = handed_in(resources["student"], assignment, root)
        if read_policies(root).anonymous:  # formgrader hides names too, but not from who asks
            resources |= {"student": ANONYMOUS, "first_name": "", "last_name": ""}
        claims = read_claims(folder, source, name, Limits.from_config(self.config))
        cells = []
        for cell in nb.cells:
            if is_written(cell) and cell.id in guides:
                if claims:
                    cells.append(new_markdown_cell(_as_html(claims)))
                cells.append(new_markdown_cell(_as_quote(guides[cell.id])))
            cells.append(cell)
        nb.cells = cells
        return nb, resources


def is_written(cell: NotebookNode) -> bool:
    """Whether a person gives the points of a cell."""
    return is_task(cell) or (is_grade(cell) and is_solution(cell))


def _as_quote(text: str) -> str:
    """The guide in a frame, in the course's own markdown."""
    lines = [line for line in text.split("\n") if "BEGIN SOLUTION" not in line]
    lines = [line for line in lines if "END SOLUTION" not in line]
    return "\n".join(["> **" + GUIDE + "**", ">", *(f"> {line}" for line in lines)])


def _as_html(claims: list[Claim]) -> str:
    """A learner's outputs, folded; a line without an end, so that no markdown is read in it."""
    parts = [f"<details><summary>{CLAIMS}</summary>"]
    for claim in claims:
        parts.append(f"<p><b>{escape(claim.title)}</b></p>")
        if claim.text:
            text = escape(claim.text).replace("\n", "&#10;")
            parts.append(f'<pre style="white-space: pre-wrap">{text}</pre>')
        for picture in claim.pictures:
            link = f"data:image/png;base64,{picture}"
            parts.append(f'<p><img style="max-width: 100%" alt="the learner\'s" src="{link}"></p>')
    return "".join(parts) + "</details>"
