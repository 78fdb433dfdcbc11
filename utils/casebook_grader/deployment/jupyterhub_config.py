"""Tells a JupyterHub what to start: the course for instructors, their own copy for learners.

`jupyterhub_set_up.sh` puts this file among the settings of The Littlest JupyterHub, whose own
environment does not have the course.
"""

SERVER = "/opt/casebook/bin/jupyterhub_server.sh"
EXCHANGE = "/srv/casebook-exchange"
INSTRUCTORS = "casebook-instructors"  # a group of the hub; its admins are instructors, too


def choose(spawner) -> None:
    """Set what is started for a user, just before it is.

    Args:
        spawner: The hub's `Spawner` of this user.
    """
    groups = {group.name for group in spawner.user.groups}
    instructs = spawner.user.admin or INSTRUCTORS in groups
    spawner.cmd = [SERVER, "instructor" if instructs else "learner"]


def configure(c) -> None:
    """Write this into a hub's settings.

    Args:
        c: Its `Config`.
    """
    c.Spawner.pre_spawn_hook = choose
    c.Spawner.environment.update({"CASEBOOK_EXCHANGE": EXCHANGE})
    c.Spawner.http_timeout = 120  # seconds; many who log in at once start slowly


if "get_config" in globals():  # where JupyterHub reads this file
    configure(get_config())  # noqa: F821
