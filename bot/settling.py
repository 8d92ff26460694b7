"""The use cases of a channel's settings: who may see them, and what they come to once they are saved."""

import asyncio
from dataclasses import dataclass
from hashlib import sha256

from bot.bulletin import Bulletin
from bot.channel import Channels, ChannelSettings, House, faults
from bot.clock import Clock
from bot.contenders import Lineup
from bot.digest import Schedule, Slot
from bot.duel import ContenderId, Person, Place
from bot.errors import StageAway, UsageError
from bot.people import Keeper, Keepers, People, may_settle
from bot.words import noted, say


class Unfit(UsageError):
    """Something that cannot be settled so."""

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__(" ".join(fields.values()))
        self.fields = fields
        """What is wrong, by the name of the field."""


class Overtaken(UsageError):
    """Somebody else was faster."""

    def __init__(self, sheet: "Sheet") -> None:
        super().__init__(
            say(
                "Somebody else has changed these settings while you had them open, so yours were not saved. "
                "This is what holds now: change it here, or go back to what you had put in."
            )
        )
        self.sheet = sheet
        """What holds now."""


@dataclass(frozen=True)
class Sheet:
    """A channel's settings as somebody has them in front of them."""

    room: Place
    settings: ChannelSettings
    revision: int
    schedule: Schedule | None
    """When its digest comes, by its own wish or as usual; `None`: nobody said and nothing is usual."""
    house: House
    ready: tuple[ContenderId, ...]
    """Contenders to choose from."""

    @property
    def digest(self) -> Slot | None:
        """When it comes; `None`: it does not."""
        return self.schedule.slot if self.schedule and self.schedule.on else None


class Settling:
    """What can be done with a channel's settings."""

    def __init__(
        self,
        *,
        channels: Channels,
        people: People,
        bulletin: Bulletin,
        lineup: Lineup,
        house: House,
        keepers: Keepers,
        clock: Clock,
        patience_s: float,
    ) -> None:
        """`patience_s` is how long somebody waits to hear whether they may, however much has to be asked."""
        self._channels = channels
        self._people = people
        self._bulletin = bulletin
        self._lineup = lineup
        self._house = house
        self._keepers = keepers
        self._clock = clock
        self._patience_s = patience_s

    async def sheet(self, person: Person, room: Place) -> Sheet:
        """What holds there now. Raises `UsageError` for somebody who may not settle it, and `Away`."""
        await self._check(person, room)
        return await self._sheet(person.team, room)

    async def save(
        self,
        person: Person,
        room: Place,
        wanted: ChannelSettings,
        digest: Slot | None,
        *,
        since: int,
        form: str,
    ) -> Sheet:
        """Settle it; duels that are on keep the rules that they were asked under.

        `digest` is when its digest is to come, `None` for never; `since` the revision that the person saw in
        that form. Raises `Unfit`, `Overtaken`, and `UsageError` for somebody who may not.
        """
        await self._check(person, room)
        if wrong := faults(wanted, self._house, self._lineup.names):
            raise Unfit(wrong)
        schedule = await self._schedule(person.team, room, digest)
        content = sha256(repr((wanted, digest)).encode()).hexdigest()
        if not await self._channels.settle(
            person, room, wanted, schedule, since=since, form=form, content=content
        ):
            raise Overtaken(await self._sheet(person.team, room))
        return await self._sheet(person.team, room)

    async def _sheet(self, team: str, room: Place) -> Sheet:
        settled = await self._channels.settled(team, room)
        return Sheet(
            room=room,
            settings=settled.settings,
            revision=settled.revision,
            schedule=await self._bulletin.schedule(team, room),
            house=self._house,
            ready=self._lineup.names,
        )

    async def _schedule(self, team: str, room: Place, digest: Slot | None) -> Schedule | None:
        """What is to be written down of the digest; `None`: it comes as it is wanted already."""
        held = await self._bulletin.schedule(team, room)
        if digest == (held.slot if held and held.on else None):
            return None
        slot = digest or (held.slot if held else Slot.usual())
        return Schedule(team, room, slot, on=digest is not None, since=self._clock.now())

    async def _check(self, person: Person, room: Place) -> None:
        try:
            async with asyncio.timeout(self._patience_s):
                if await may_settle(self._people, self._keepers, person, room):
                    return
        except TimeoutError:
            raise StageAway(
                noted(
                    "It takes Slack too long just now to say who you are, so it is not known whether these "
                    "settings are for you. Try again in a minute."
                )
            ) from None
        said = {
            Keeper.ADMINS: say("the administrators of this workspace"),
            Keeper.CREATOR: say("whoever made the channel"),
        }
        who = [said[kind] for kind in said if kind in self._keepers.kinds]
        if self._keepers.people or self._keepers.groups:
            who.append(say("people whom your operator has named"))
        raise UsageError(
            say(
                "A channel's settings are for {who}. Ask one of them; what anybody may set for one duel is "
                "told by `/duel help ask`.",
                who=say(" and ").join(who) or say("nobody"),
            )
        )
