"""Answers the browser that asks for the welcome page."""

from pathlib import Path

from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.utils import url_path_join
from tornado.web import authenticated

from casebook import language
from casebook.welcome import ADDRESS
from casebook.welcome.course import read_course
from casebook.welcome.page import render


def add_to(server) -> None:
    """Have a Jupyter server answer at `ADDRESS`.

    Args:
        server: The running `ServerApp`.
    """
    address = url_path_join(server.base_url, ADDRESS)
    server.web_app.add_handlers(".*$", [(f"{address}/?", _Welcome)])


class _Welcome(JupyterHandler):
    @authenticated
    def get(self) -> None:
        """Send the page as things stand now."""
        root = Path(self.serverapp.root_dir)
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Cache-Control", "no-store")
        code = language.current(root)
        assignments = language.assignments_in(root, code)
        self.finish(render(read_course(root, assignments), self.base_url, code))
