"""Who is let in to ask, of two contenders or of one, and what holds for what they ask."""

from dataclasses import replace
from datetime import timedelta

from bot.channel import Channels, House, Terms, terms
from bot.contenders import Lineup
from bot.duel import Person, Place
from bot.errors import UsageError
from bot.people import People
from bot.rules import Rules, Standing


class Unwelcome(UsageError):
    """Whoever asked may not ask there."""


class Door:
    """Where everything that is asked comes in, whether a duel or a question comes of it."""

    def __init__(self, channels: Channels, house: House, lineup: Lineup) -> None:
        self._channels = channels
        self.house = house
        self._lineup = lineup

    async def terms(self, team: str, room: Place) -> Terms:
        """What holds in that channel for what is asked now."""
        return terms(self.house, (await self._channels.settled(team, room)).settings)

    async def starting(self, asked_by: Person, room: Place) -> Terms:
        """The same for what this person asks. Raises `UsageError` where they may not."""
        here = await self.terms(asked_by.team, room)
        if here.named is not None and asked_by.user not in here.named:
            raise UsageError(
                "In this channel only people who are named in its settings start duels or use `/ask`. Ask "
                "one of them, or do it in another channel; everybody may vote."
            )
        return here

    async def let_in(
        self,
        asked_by: Person,
        room: Place,
        *,
        pair: tuple[str, ...] | None = None,
        vote_for: timedelta | None = None,
    ) -> Terms:
        """The same with the pair and the length of vote that they want themselves.

        Raises `UsageError` as well where these two cannot be called; whether they are paused is not asked.
        """
        here = await self.starting(asked_by, room)
        two = self._lineup.check(here.pair if pair is None else pair)
        return replace(here, pair=two, vote_for=vote_for or here.vote_for)


async def check_member(people: People, rules: Rules, person: Person) -> None:
    """Raise `Unwelcome` where only members may ask and this is none. They are looked up: it is for jobs."""
    if rules.members_only and (await people.profile(person)).standing is not Standing.MEMBER:
        raise Unwelcome(
            "In this channel only members of the workspace start duels or use `/ask`, no guests. Ask one of "
            "them to; you may vote."
        )
