"""`/duel export`: the votes of a channel, as a file for whoever asked and nobody else."""

from collections.abc import Callable
from functools import partial
from tempfile import TemporaryFile
from typing import BinaryIO, Protocol, cast

from bot.channel import Address
from bot.duel import Person, Place, duel_id
from bot.exchange.commands import Archive, Export
from bot.exchange.formats import Format
from bot.jobs import Lease
from bot.words import figure, say, say_many

EXPORT_JOB = "export"
FILE = "votes.csv"

Said = Callable[[], str]
"""Words, said once it is known in which language."""


class Desk(Protocol):
    """Where jobs are written down."""

    async def put(self, id_: str, kind: str) -> None:
        """Write a job down, due now; nothing where it is there already."""


class Courier(Protocol):
    """Brings things to one person, in their language. Raises `StageError`."""

    async def bring(self, lease: Lease, person: Person, name: str, content: BinaryIO, text: Said) -> None:
        """Give them all of that as a file of that name, with a line about it."""

    async def tell(self, lease: Lease, person: Person, text: Said) -> None:
        """Tell them something."""


class Delivery:
    """Takes the request down, and carries it out as a job; the job's name says all that it needs."""

    def __init__(
        self,
        *,
        desk: Desk,
        archive: Archive,
        courier: Courier,
        address: Address,
        called: Callable[[Person], str],
        wake: Callable[[], None],
    ) -> None:
        self._desk = desk
        self._archive = archive
        self._courier = courier
        self._address = address
        self._called = called
        self._wake = wake

    async def ask(self, person: Person, room: Place, *, key: str) -> None:
        """Write the request down. `key` names it for good: the same one delivered twice is one file."""
        await self._desk.put(f"{EXPORT_JOB}:{person.team}:{person.user}:{room}:{duel_id(key)}", EXPORT_JOB)
        self._wake()

    async def run(self, lease: Lease) -> None:
        """Write the file and bring it."""
        person, room = _asked(lease)
        await self._address(person.team, Place(room))
        made = Export(self._called)
        found = self._archive.ended(team=person.team, room=room, since=None, until=None)
        # one without a name: whatever ends this process, nothing of it is left
        with TemporaryFile("w+", encoding="utf-8", newline="") as file:
            await made.write(found, Format.CSV, file)
            if made.count:
                file.flush()
                content = cast(BinaryIO, file.buffer)
                await self._courier.bring(lease, person, FILE, content, partial(_of_channel, made.count))
            else:
                await self._courier.tell(lease, person, lambda: say("No duel has ended in that channel yet."))

    async def give_up(self, lease: Lease, why: str) -> None:
        """Say why there is no file."""
        person, _ = _asked(lease)
        await self._courier.tell(
            lease, person, lambda: say("The votes could not be sent. {why}", why=say(why))
        )


def _of_channel(count: int) -> str:
    return say_many(
        "{total} duel of that channel.", "{total} duels of that channel.", count, total=figure(count, ",")
    )


def _asked(lease: Lease) -> tuple[Person, str]:
    _, team, user, room, _ = lease.job.id.split(":")
    return Person(team, user), room
