"""Says whether a Python can run the course; `make` asks before it sets an environment up.

It is run as a script by whatever Python is there, so it uses nothing that an old one lacks.
"""

import platform
import sys

FIRST, LAST = (3, 11), (3, 13)  # TensorFlow 2.21 has wheels for these


def why_not(version, system, machine):
    """Why the course cannot run there, as a sentence; nothing if it can.

    Example:
        >>> why_not((3, 12), "Linux", "x86_64")
        ''
    """
    names = "{}.{} to {}.{}".format(*FIRST + LAST)
    if tuple(version) < FIRST:
        return "This course needs Python {}; this is {}.{}.".format(names, *version)
    if tuple(version) > LAST:
        return (
            "This course needs Python {}; this is {}.{}, and TensorFlow has no wheel for it yet. "
            "An older Python can be installed beside it.".format(names, *version)
        )
    if (system, machine) == ("Darwin", "x86_64"):
        return (
            "TensorFlow has no wheel for Macs with an Intel processor any more. Use the course on "
            "Binder (see the README). On a Mac with an Apple chip, use a Python made for it."
        )
    return ""


if __name__ == "__main__":
    sys.exit(why_not(sys.version_info[:2], platform.system(), platform.machine()) or 0)
