"""`/duel settings`: the modal opened, and what comes back in it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from slack_bolt.async_app import AsyncAck

from bot.channel import ChannelSettings, Starters
from bot.digest import Slot, parse_slot, parse_zone
from bot.duel import ContenderId, Person, Place
from bot.errors import Away, DuelError, UsageError
from bot.rules import Voters
from bot.settling import Overtaken, Settling, Unfit
from bot.words import Language, say, sentences, speak
from handlers.cards import Block
from handlers.cards import settings as cards
from handlers.cards.duel import Labels
from handlers.cards.settings import FIELD, OFF, USUAL
from handlers.command import vote_length
from handlers.emoji import Emoji
from handlers.languages import PATIENCE_S, Languages
from handlers.workspaces import Workspaces

CHECKED_WITHIN_S = 1.0
"""How long Slack may take to say whether somebody may settle anything: time must be left to tell them."""
OPENED_WITHIN_S = 3.0 - PATIENCE_S - 0.1
"""What is left of Slack's three seconds once it is known how they are spoken to."""

T = TypeVar("T")
Values = dict[str, Any]
"""What stands in the fields, by their blocks, as Slack sends it."""


@dataclass(frozen=True)
class SettingsDesk:
    """Where a channel's settings are opened and taken in."""

    settling: Settling
    workspaces: Workspaces
    languages: Languages
    labels: Labels

    async def open(self, person: Person, room: Place, trigger_id: str) -> None:
        """Show somebody the form. Slack gives three seconds for it, so it is no job.

        Raises `UsageError`, and `Away` where Slack or the database does not answer in time.
        """
        async with _in_time():
            await self._show(person, trigger_id, await self._form(person, room))

    async def offer(self, person: Person, room: Place, trigger_id: str) -> None:
        """The same for somebody who can be answered nowhere but in a window."""
        async with _in_time():
            try:
                view = await self._form(person, room)
            except (UsageError, Away) as error:
                view = cards.notice(say(str(error)))
            await self._show(person, trigger_id, view)

    async def _form(self, person: Person, room: Place) -> Block:
        sheet = await self.settling.sheet(person, room)
        speak(await self.languages.between(person, room, patience_s=PATIENCE_S))
        return cards.modal(sheet, self.labels)

    async def _show(self, person: Person, trigger_id: str, view: Block) -> None:
        await (await self.workspaces.slack(person.team)).open_view(trigger_id, view)


@asynccontextmanager
async def _in_time() -> AsyncIterator[None]:
    """Within it all is looked up and a window opened, or whoever asked for it is told to try again."""
    try:
        async with asyncio.timeout(OPENED_WITHIN_S):
            yield
    except TimeoutError:
        raise UsageError("That took Slack too long to open a window. Try it once more.") from None


async def save(ack: AsyncAck, body: dict[str, Any], view: dict[str, Any], *, desk: SettingsDesk) -> None:
    """*Save*: written down, then told what holds now, or what is wrong beside its field.

    Whatever else is in the way is told in a window above the form: what was typed stays in it.
    """
    person = Person(body["team"]["id"], body["user"]["id"])
    room, since = cards.room_of(view["private_metadata"])
    try:
        speak(await desk.languages.between(person, room, patience_s=PATIENCE_S))
        wanted, digest = read(view["state"]["values"])
        sheet = await desk.settling.save(person, room, wanted, digest, since=since, form=view["id"])
    except Unfit as error:
        await ack(response_action="errors", errors=error.fields)
    except Overtaken as error:
        await ack(response_action="push", view=cards.modal(error.sheet, desk.labels, above=str(error)))
    except DuelError as error:
        told = say("Close this window and save again in a minute: what you had put in is still there.")
        text = sentences(say(str(error)), told if isinstance(error, Away) else "")
        await ack(response_action="push", view=cards.notice(text, say("Not saved")))
    else:
        speak(await desk.languages.between(person, room, patience_s=PATIENCE_S))  # it may be another one now
        await ack(response_action="update", view=cards.saved(sheet, desk.labels))


def read(values: Values) -> tuple[ChannelSettings, Slot | None]:
    """What somebody wants, and when their digest is to come. Raises `Unfit` with all that makes no sense."""
    wrong: dict[str, str] = {}

    def field(name: str, reading: Callable[[Any], T]) -> T | None:
        value = _value(values.get(name, {}).get(FIELD) or {})
        if value in (None, "", [], USUAL):
            return None
        try:
            return reading(value)
        except UsageError as error:
            wrong[name] = say(str(error))
        except (ValueError, InvalidOperation) as error:
            wrong[name] = f"{error}."
        return None

    zone = field("digest_zone", lambda name: str(parse_zone(name.strip())))
    day = field("digest", str)
    at = field("digest_at", str)
    wanted = ChannelSettings(
        pair=field("pair", _pair),
        system=field("system", str.strip) or None,
        signs=field("signs", Emoji.read),
        vote_for=field("vote_for", _length),
        quorum=field("quorum", int),
        starters=field("starters", Starters),
        named=field("named", tuple) or (),
        voters=field("voters", Voters),
        anyone_reveals=field("reveal", lambda value: value == "anyone"),
        duels_a_day=field("duels_a_day", int),
        usd_a_day=field("usd_a_day", _dollars),
        language=field("language", Language),
    )
    if day not in (None, OFF) and zone is None and "digest_zone" not in wrong:
        wrong["digest_zone"] = say("A digest needs a time zone, like Europe/Berlin.")
    if wrong:
        raise Unfit(wrong)
    if day in (None, OFF):
        return wanted, None
    return wanted, parse_slot(f"{day} {at} {zone}", parse_zone(str(zone)))


def _value(state: dict[str, Any]) -> Any:
    """What an element holds, whatever its kind."""
    if option := state.get("selected_option"):
        return option["value"]
    if "selected_options" in state:
        return [option["value"] for option in state["selected_options"] or []]
    return state.get("value") or state.get("selected_users") or state.get("selected_time")


def _pair(names: list[str]) -> tuple[ContenderId, ContenderId]:
    if len(names) != 2:
        raise UsageError("A duel takes two: choose both, or neither for the usual pair.")
    return ContenderId(names[0]), ContenderId(names[1])


def _length(text: str) -> timedelta:
    return vote_length(text.strip(), "10m, 24h or 2d")


def _dollars(text: str) -> Decimal:
    try:
        usd = Decimal(text.strip().removeprefix("$"))
    except InvalidOperation:
        usd = Decimal("NaN")
    if not usd.is_finite() or not 0 <= usd < 10**9:
        raise UsageError("Write dollars like 2.50.")
    return usd
