"""Validate: runs a learner's notebook from the top, and says exercise by exercise what came of it.

It is an extension of Jupyter's server, which `casebook start` switches on. nbgrader's own answers
nothing else while it validates; this one runs the notebook beside the server, tells how far it is,
and stops when asked. The button itself is in `jupyter/labextensions/`.
"""

ADDRESS = "casebook/validate"  # where it listens, below the server's own address


def _jupyter_server_extension_points() -> list[dict]:
    return [{"module": "casebook.validation"}]


def _load_jupyter_server_extension(server) -> None:
    from casebook.validation.handler import add_to

    add_to(server)
