"""The extras: packages that only some of it needs, and how somebody who lacks one gets it."""

PIP = ".venv/bin/pip"
"""That of the folder's own environment, which `make` has made."""


def install(extra: str) -> str:
    """The command, to be typed in the folder that Duel is in.

    By that folder and never by the name `duel`: a package index has a project of that name which is not ours.
    """
    return f"{PIP} install -e '.[{extra}]'"
