"""What nbgrader's own commands read and write with where ours differ; the settings name it.

`FeedbackPage` lets *Generate feedback*, the button and the command, write the course's own page.
`AnyFileExporter` lets autograde cope with a file that is no notebook: nbgrader reads a submitted
notebook before its first step sees it, and stops at one that is cut short, empty or saved in
another encoding. Where the first step is `pipeline.Rebuild`, that step reads the file's bytes
itself, and makes a notebook of any of them.
"""

from pathlib import Path

import nbformat
from nbconvert.exporters import Exporter, NotebookExporter
from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbgrader.coursedir import CourseDirectory

from casebook_grader.pipeline import Rebuild


class AnyFileExporter(NotebookExporter):
    """Reads a notebook as others do, except where it is rebuilt from its bytes all the same."""

    def from_file(
        self, file_stream, resources: ResourcesDict | None = None, **more
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Convert an open file; one that is no notebook becomes an empty one, to be rebuilt."""
        if not any(isinstance(step, Rebuild) for step in self._preprocessors):
            return super().from_file(file_stream, resources=resources, **more)
        empty = nbformat.v4.new_notebook()
        return self.from_notebook_node(empty, resources=resources, **more)


class FeedbackPage(Exporter):
    """Gives the learner's page for whichever notebook of an assignment it is asked for."""

    file_extension = ".html"

    def from_filename(
        self, filename: str, resources: ResourcesDict | None = None, **more
    ) -> tuple[str, ResourcesDict]:
        """Write a learner's feedback, with what the exchange needs beside it; return the page."""
        from casebook_grader.feedback.write import write  # matplotlib, for formulas: half a second

        about = resources["nbgrader"]
        root = Path(CourseDirectory(config=self.config).root)
        (page,) = write(about["assignment"], root, about["student"]).pages
        return page.read_text(encoding="utf-8"), {**resources, "output_extension": ".html"}
