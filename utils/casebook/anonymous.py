"""Has formgrader's list of submissions hide names, in servers of `casebook start` that show it.

It is an extension of Jupyter's server. Of two that answer at one address the first counts; they are
loaded in the order of their names, so this one comes before nbgrader's.
"""

FORMGRADER = "nbgrader.server_extensions.formgrader"


def _jupyter_server_extension_points() -> list[dict]:
    return [{"module": "casebook.anonymous"}]


def _load_jupyter_server_extension(server) -> None:
    if server.jpserver_extensions.get(FORMGRADER):
        from casebook_grader.anonymous import add_to  # nbgrader, which a learner's server spares

        add_to(server)
