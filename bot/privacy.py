"""What becomes of people's own data: forgotten on request, erased by age, given to them as a file."""

import json
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any, Protocol
from urllib.parse import urlsplit

from bot.clock import Clock
from bot.duel import CloseReason, DuelId, Person, duel_id
from bot.errors import StageAway, StageError
from bot.exchange.delivery import Courier, Desk
from bot.jobs import Lease
from bot.ledger import Ledger
from bot.people import People
from bot.rules import Standing
from bot.words import noted, say

log = logging.getLogger(__name__)

FORGET_JOB, MINE_JOB = "forget", "mine"
AGAIN = timedelta(minutes=1)
"""After which we look whether the last of somebody's duels has ended."""
FILE = "my-data.json"
FORGOTTEN = noted(
    "You are forgotten. The prompts that you had asked are erased, with their answers; your votes count on, "
    "under a name that nothing links to you. What stands in Slack's channels has to be deleted there."
)


@dataclass(frozen=True)
class Erased:
    """What was erased of somebody."""

    duels: int
    """Duels that they had asked, without their texts now."""
    votes: int
    """Duels on which their vote counts on, under another name."""
    left: int
    """What they asked and is not over yet: it is erased once it is."""


class Files(Protocol):
    """What is known of people."""

    async def running(self, person: Person) -> list[DuelId]:
        """The duels that they asked, and that have not ended."""

    async def erase(self, person: Person, standing: Standing | None) -> Erased:
        """Erase the texts of the ended duels that they asked, and put a random name in the place of theirs.

        All at once, or nothing. In duels that are open they vote on under that name until these end; what
        they are now, which nobody can ask any more then, decides whether that counts. `None`: that cannot be
        told, and it counts where everybody's does.
        """

    async def erase_older(self, than: timedelta) -> int:
        """Erase the texts of duels that ended that long ago; gives how many duels that were."""

    async def drop_requests(self) -> None:
        """Forget who has asked to be forgotten, or for their data, where that is done."""

    async def mine(self, person: Person) -> dict[str, Any]:
        """Everything that is stored of them."""


class Privacy:
    """Takes requests down, and carries them out as jobs, whose names say all that they need."""

    def __init__(
        self,
        *,
        desk: Desk,
        files: Files,
        ledger: Ledger,
        people: People,
        courier: Courier,
        keep: timedelta | None,
        clock: Clock,
        wake: Callable[[], None],
    ) -> None:
        """`keep` is how long texts are kept after their duel has ended; `None`: for good."""
        self._desk = desk
        self._files = files
        self._ledger = ledger
        self._people = people
        self._courier = courier
        self._keep = keep
        self._clock = clock
        self._wake = wake

    async def forget(self, person: Person, *, key: str) -> None:
        """Write the request down. `key` names it for good: asked twice, it is one."""
        await self._desk.put(forget_job(person, key), FORGET_JOB)
        self._wake()

    async def export(self, person: Person, *, key: str) -> None:
        """Write down that they want their own data."""
        await self._desk.put(f"{MINE_JOB}:{person.team}:{person.user}:{duel_id(key)}", MINE_JOB)
        self._wake()

    async def tick(self) -> None:
        """What is due once an hour: erase what has been kept long enough."""
        await self._files.drop_requests()
        if self._keep is not None and (count := await self._files.erase_older(self._keep)):
            log.info("erased the texts of %d duels (KEEP_PROMPTS_FOR)", count)

    async def run_forget(self, lease: Lease) -> datetime | None:
        """Close their open votes, erase what can be, and come back for the rest. Any run may be the last.

        That is the one in which nothing of theirs is on its way: what they had asked may become a duel only
        now, and to go by when that was asked would pass it over.
        """
        person = _whose(lease)
        for id_ in await self._files.running(person):
            await self._ledger.end_vote(id_, CloseReason.ASKER, person)
        self._wake()
        standing = await self._standing(person)
        await lease.check()
        if (await self._files.erase(person, standing)).left:
            return self._clock.now() + AGAIN
        await self._courier.tell(lease, person, lambda: say(FORGOTTEN))
        return None

    async def _standing(self, person: Person) -> Standing | None:
        try:
            return (await self._people.profile(person)).standing
        except StageAway:
            raise
        except StageError as error:  # whom Slack does not show us is to be forgotten all the same
            log.info("what somebody is who is forgotten cannot be told: %s", error)
            return None

    async def run_mine(self, lease: Lease) -> None:
        """Write the file and bring it."""
        person = _whose(lease)
        found = {"team": person.team, "person": person.user, **await self._files.mine(person)}
        file = json.dumps(found, indent=2, ensure_ascii=False, default=str).encode()
        await self._courier.bring(
            lease, person, FILE, BytesIO(file), lambda: say("Everything that Duel has stored of you.")
        )

    async def give_up(self, lease: Lease, why: str) -> None:
        """Say that it could not be done."""
        await self._courier.tell(
            lease, _whose(lease), lambda: say("That could not be done. {why}", why=say(why))
        )


def forget_job(person: Person, key: str) -> str:
    """The job that forgets somebody."""
    return f"{FORGET_JOB}:{person.team}:{person.user}:{duel_id(key)}"


def receivers(addresses: Iterable[str]) -> str:
    """The hosts that prompts are sent to, in words."""
    return ", ".join(sorted({host for address in addresses if (host := urlsplit(address).hostname)}))


def _whose(lease: Lease) -> Person:
    _, team, user, _ = lease.job.id.split(":")
    return Person(team, user)
