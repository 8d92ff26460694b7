"""`bot.people.People` in Slack: members, guests, strangers, bots; administrators and makers of channels."""

import logging
from collections import OrderedDict
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from bot.clock import Clock
from bot.duel import Person, Place
from bot.errors import StageAway, StageError
from bot.people import Profile
from bot.rules import Standing
from bot.words import Language
from handlers.workspaces import Workspaces

log = logging.getLogger(__name__)

KNOWN = 10_000
"""People who are kept in mind."""
LOCALES = {
    "en-US": Language.ENGLISH,
    "en-GB": Language.ENGLISH,
    "de-DE": Language.GERMAN,
    "zh-CN": Language.CHINESE,
}
"""Those in which Slack can be used and that we speak; whoever reads zh-TW reads another script."""


class SlackPeople:
    """Asks Slack, and keeps in mind what it said: at the end of a vote many are asked for at once."""

    def __init__(self, workspaces: Workspaces, clock: Clock) -> None:
        self._workspaces = workspaces
        self._clock = clock
        self._known: OrderedDict[Person, tuple[float, Profile]] = OrderedDict()

    async def profile(self, person: Person, *, within: timedelta = timedelta(days=1)) -> Profile:
        asked_at, known = self._known.get(person, (0.0, None))
        now = self._clock.monotonic()
        if known is not None and now - asked_at <= within.total_seconds():
            return known
        slack = await self._workspaces.slack(person.team)
        found = _profile(await slack.user(person.user), person.team)
        self._known[person] = (now, found)
        self._known.move_to_end(person)
        while len(self._known) > KNOWN:
            self._known.popitem(last=False)
        return found

    async def made(self, person: Person, room: Place) -> bool:
        try:
            slack = await self._workspaces.slack(person.team)
            return (await slack.channel(str(room))).get("creator") == person.user
        except StageAway:
            raise
        except StageError as error:
            log.info("who made a channel cannot be told: %s", error)
            return False

    async def belongs(self, person: Person, group: str) -> bool:
        try:
            slack = await self._workspaces.slack(person.team)
            return person.user in await slack.group(group)
        except StageAway:
            raise
        except StageError as error:
            log.warning("SETTINGS_BY: who is in %s cannot be told: %s", group, error)
            return False


def _profile(user: Mapping[str, Any], team: str) -> Profile:
    if not user or user.get("is_bot"):
        return Profile(Standing.BOT)
    # `is_stranger` is only said of those with whom no channel is shared; on an Enterprise Grid somebody of
    # this workspace may be known under another team, and then it is among those of their organisation
    own = {user.get("team_id", team), *(user.get("enterprise_user") or {}).get("teams", ())}
    language = LOCALES.get(user.get("locale", ""))
    if user.get("is_stranger") or team not in own:
        return Profile(Standing.STRANGER, language=language)
    if user.get("is_restricted") or user.get("is_ultra_restricted"):
        return Profile(Standing.GUEST, language=language)
    runs_it = bool(user.get("is_admin") or user.get("is_owner"))
    return Profile(Standing.MEMBER, runs_it=runs_it, language=language)
