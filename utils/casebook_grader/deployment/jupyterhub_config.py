"""Tells a JupyterHub what to start: the course for instructors, their own copy for learners.

`jupyterhub_set_up.sh` puts this file among the settings of The Littlest JupyterHub, and helm among
those of Zero to JupyterHub; neither hub has the course itself.
"""

SERVER = "/opt/casebook/bin/jupyterhub_server.sh"
EXCHANGE = "/srv/casebook-exchange"
INSTRUCTORS = "casebook-instructors"  # a group of the hub; its admins are instructors, too
_FIRST = 10_000


def choose(spawner) -> None:
    """Set what is started for a user, and its variables, just before it is.

    Args:
        spawner: The hub's `Spawner` of this user.
    """
    groups = {group.name for group in spawner.user.groups}
    instructs = spawner.user.admin or INSTRUCTORS in groups
    spawner.cmd = [SERVER, "instructor" if instructs else "learner"]
    # A pod has no accounts; it makes one with this number.
    own = {"CASEBOOK_EXCHANGE": EXCHANGE, "CASEBOOK_NUMBER": str(_FIRST + spawner.user.id)}
    spawner.environment = {**spawner.environment, **own}


def configure(c) -> None:
    """Write this into a hub's settings.

    Args:
        c: Its `Config`.
    """
    c.Spawner.pre_spawn_hook = choose
    c.Spawner.http_timeout = 120  # seconds; many who log in at once start slowly


if "get_config" in globals():  # where JupyterHub reads this file
    configure(get_config())  # noqa: F821
