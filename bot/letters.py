"""What people write to us in a conversation: a letter, kept until its job has read it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.duel import Person, Place
from bot.jobs import Lease

LETTER_JOB = "letter"


@dataclass(frozen=True)
class Attachment:
    """A file that came with a letter."""

    name: str
    address: str
    """Where it can be fetched; opaque."""


@dataclass(frozen=True)
class Letter:
    """A message that asks us for something."""

    id: str
    """Its natural key, and the name of its job: the same letter delivered twice is one."""
    sender: Person
    room: Place
    within: Place | None
    """The message whose thread it belongs to; `None`: the room itself."""
    text: str
    is_quoted: bool = False
    """The text is somebody's message, to be put as it stands: it asks for nothing by itself."""
    files: Sequence[Attachment] = ()
    reply_to: str | None = None
    """A way to tell the sender alone something; opaque, short-lived and secret."""

    def __repr__(self) -> str:
        return f"Letter({self.id!r})"


class Letters(Protocol):
    """Where letters lie."""

    async def put(self, letter: Letter) -> None:
        """Write it down together with its job; nothing where it was delivered before."""

    async def letter(self, id_: str) -> Letter | None:
        """The letter of that name; `None` once it is burnt."""

    async def burn(self, lease: Lease) -> None:
        """It is done with: forget it. Raises `LeaseLost`."""
