"""Lets nbgrader's own autograde cope with a file that is no notebook; the settings name it.

nbgrader reads a submitted notebook before its first step sees it, and stops at one that is cut
short, empty or saved in another encoding. Where the first step is `pipeline.Rebuild`, that step
reads the file's bytes itself, and makes a notebook of any of them.
"""

import nbformat
from nbconvert.exporters import NotebookExporter
from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode

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
