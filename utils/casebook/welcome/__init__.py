"""The page that opens first: every notebook, what a learner has done in it, and what comes next.

It is an extension of Jupyter's server, which `casebook start` switches on, and is made anew
whenever it is asked for.
"""

ADDRESS = "casebook"  # where the page is, below the server's own address


def _jupyter_server_extension_points() -> list[dict]:
    return [{"module": "casebook.welcome"}]


def _load_jupyter_server_extension(server) -> None:
    from casebook.welcome.handler import add_to

    add_to(server)
