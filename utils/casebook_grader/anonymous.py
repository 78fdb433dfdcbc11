"""Keeps names out of formgrader's list of submissions, where the rules of a class hide them."""

import json
from pathlib import Path

from jupyter_server.utils import url_path_join
from nbgrader.server_extensions.formgrader.apihandlers import SubmittedNotebookCollectionHandler

from casebook_grader.grader_view import ANONYMOUS
from casebook_grader.policies import read_policies

_NOBODY = {"student": ANONYMOUS, "first_name": None, "last_name": None}


def add_to(server) -> None:
    """Have a Jupyter server answer in nbgrader's place.

    Args:
        server: The running `ServerApp`, before nbgrader's extension is loaded.
    """
    address = url_path_join(server.base_url, "formgrader/api/submitted_notebooks/([^/]+)/([^/]+)")
    server.web_app.add_handlers(".*$", [(address, _Listed)])


class _Listed(SubmittedNotebookCollectionHandler):
    def write(self, chunk: str) -> None:
        """Send nbgrader's list, with or without names; an error where the rules are unreadable."""
        if self.get_status() == 200 and read_policies(Path(self.coursedir.root)).anonymous:
            chunk = json.dumps([entry | _NOBODY for entry in json.loads(chunk)])
        super().write(chunk)
